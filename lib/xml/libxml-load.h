/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * Inside lib/xml: libxml2 as a table of functions, loaded when somebody first asks for it, because
 * loading it costs more than a whole `domsh list`. libxml.h and xpath.h are the ways to use it.
 */
#include <glib.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xmlerror.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

/* Every function of libxml2 that is used, once. */
#define LIBXML_FUNCTIONS(X)           \
	X(xmlInitParser)              \
	X(xmlNewParserCtxt)           \
	X(xmlCtxtReadMemory)          \
	X(xmlFreeParserCtxt)          \
	X(xmlFreeDoc)                 \
	X(xmlSetStructuredErrorFunc)  \
	X(__xmlStructuredError)       \
	X(__xmlStructuredErrorContext) \
	X(xmlNewDoc)                  \
	X(xmlNewDocNode)              \
	X(xmlNewDocText)              \
	X(xmlDocCopyNode)             \
	X(xmlDocSetRootElement)       \
	X(xmlDocGetRootElement)       \
	X(xmlAddChild)                \
	X(xmlFreeNode)                \
	X(xmlBufferCreate)            \
	X(xmlBufferContent)           \
	X(xmlBufferFree)              \
	X(xmlNodeDump)                \
	X(xmlXPathNewContext)         \
	X(xmlXPathFreeContext)        \
	X(xmlXPathRegisterNs)         \
	X(xmlXPathEvalExpression)     \
	X(xmlXPathFreeObject)         \
	X(xmlXPathCastToString)

/* The two of them hide the functions' own names. */
#undef xmlStructuredError
#undef xmlStructuredErrorContext

#define LIBXML_MEMBER(name) __typeof__(name) *name;

struct libxml {
	LIBXML_FUNCTIONS(LIBXML_MEMBER)
};

/* VIR_ERR_NO_SUPPORT says that libxml2 is not installed. It stays loaded: threads may be in it. */
const struct libxml *libxml_load(GError **err);

/* ---- Errors ---- */

struct libxml_complaint {
	char *text; /* of the first error, in one line; NULL: none. Free it. */
	int line;
	xmlStructuredErrorFunc old_func;
	void *old_data;
};

/* From here to libxml_heard() the thread's errors are collected, and nothing is printed: a
 * context's own handler would not see errors that arise before there is a context. */
void libxml_listen(const struct libxml *lib, struct libxml_complaint *complaint);
void libxml_heard(const struct libxml *lib, struct libxml_complaint *complaint);
