/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xml/libxml.h"

#include <dlfcn.h>
#include <libxml/parser.h>
#include <libxml/xmlerror.h>
#include <pthread.h>
#include <string.h>

#include "base/error.h"

/* The name that goes with the headers we were built with: the layout of the parser context, which
 * is read below, changed with it. */
#define LIBXML_SONAME (LIBXML_VERSION >= 21400 ? "libxml2.so.16" : "libxml2.so.2")

/* Every function of libxml2 that is used, once. */
#define LIBXML_FUNCTIONS(X)           \
	X(xmlInitParser)              \
	X(xmlNewParserCtxt)           \
	X(xmlCtxtReadMemory)          \
	X(xmlFreeParserCtxt)          \
	X(xmlFreeDoc)                 \
	X(xmlSetStructuredErrorFunc)  \
	X(__xmlStructuredError)       \
	X(__xmlStructuredErrorContext)

/* The two of them hide the functions' own names. */
#undef xmlStructuredError
#undef xmlStructuredErrorContext

#define MEMBER(name) __typeof__(name) *name;
#define NAME(name) { #name, offsetof(struct libxml, name) },

struct libxml {
	LIBXML_FUNCTIONS(MEMBER)
};

static const struct symbol {
	const char *name;
	size_t offset;
} symbols[] = { LIBXML_FUNCTIONS(NAME) };

static bool load_symbols(void *handle, struct libxml *lib)
{
	for (size_t i = 0; i < G_N_ELEMENTS(symbols); i++) {
		void *address = dlsym(handle, symbols[i].name);

		if (!address)
			return false;
		memcpy((char *)lib + symbols[i].offset, &address, sizeof(address));
	}
	return true;
}

/* NULL when it cannot be loaded. It stays loaded: threads may be inside it. */
static const struct libxml *load(void)
{
	void *handle = dlopen(LIBXML_SONAME, RTLD_NOW | RTLD_LOCAL);
	struct libxml *lib;

	if (!handle)
		return NULL;
	lib = g_new0(struct libxml, 1);
	if (!load_symbols(handle, lib)) {
		g_free(lib);
		dlclose(handle);
		return NULL;
	}
	lib->xmlInitParser();
	return lib;
}

static const struct libxml *loaded;

static void load_once(void)
{
	loaded = load();
}

static const struct libxml *libxml(GError **err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT; /* which a thread sanitizer knows */

	pthread_once(&once, load_once);
	if (!loaded)
		fail(err, VIR_ERR_NO_SUPPORT,
		     "%s cannot be loaded: install libxml2 to work with XML", LIBXML_SONAME);
	return loaded;
}

/* ---- Errors ---- */

struct complaint {
	char *text; /* of the first error; NULL: none */
	int line;
};

/* The first line of libxml2's text, cut to a size that fits into a message, with a small letter
 * in front. */
static char *tidy(const char *message)
{
	g_autofree char *valid = g_utf8_make_valid(message ? message : "", -1);
	char *text;

	valid[strcspn(valid, "\n")] = '\0';
	text = g_utf8_substring(valid, 0, MIN(g_utf8_strlen(valid, -1), 200));
	if (g_ascii_islower(text[0] ? text[1] : '\0'))
		text[0] = g_ascii_tolower(text[0]);
	return text;
}

#if LIBXML_VERSION >= 21200
static void on_error(void *data, const xmlError *error)
#else
static void on_error(void *data, xmlError *error)
#endif
{
	struct complaint *complaint = data;

	if (complaint->text || error->level < XML_ERR_ERROR)
		return;
	complaint->text = tidy(error->message);
	complaint->line = error->line;
}

/* The thread's handler is set and put back around the parse: a context's own would not see errors
 * that arise before there is a context. Returns whether the text is a document. */
static bool parse(const struct libxml *lib, const char *text, size_t size,
		  struct complaint *complaint)
{
	const int options = XML_PARSE_NONET | XML_PARSE_NOWARNING | XML_PARSE_COMPACT;
	xmlStructuredErrorFunc old_func = *lib->__xmlStructuredError();
	void *old_data = *lib->__xmlStructuredErrorContext();
	xmlParserCtxtPtr ctxt;
	xmlDocPtr doc = NULL;
	bool is_good = false;

	lib->xmlSetStructuredErrorFunc(complaint, on_error);
	ctxt = lib->xmlNewParserCtxt();
	if (ctxt)
		doc = lib->xmlCtxtReadMemory(ctxt, text, size, NULL, NULL, options);
	/* Without memory libxml2 hands out another document than it was given; only errNo tells. */
	if (doc)
		is_good = ctxt->wellFormed && ctxt->errNo == XML_ERR_OK;
	lib->xmlFreeDoc(doc);
	lib->xmlFreeParserCtxt(ctxt);
	lib->xmlSetStructuredErrorFunc(old_data, old_func);
	return is_good && !complaint->text;
}

bool libxml_check(const char *text, size_t size, const char *what, GError **err)
{
	const struct libxml *lib = libxml(err);
	struct complaint complaint = { NULL, 0 };
	bool is_good;

	if (!lib)
		return false;
	is_good = parse(lib, text, size, &complaint);
	if (!is_good)
		fail(err, VIR_ERR_XML_ERROR, "%s XML, line %d: %s", what, complaint.line,
		     complaint.text ? complaint.text : "the parser failed without a reason");
	g_free(complaint.text);
	return is_good;
}
