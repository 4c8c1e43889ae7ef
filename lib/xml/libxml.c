/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xml/libxml.h"

#include "base/error.h"
#include "xml/libxml-load.h"

/* Returns whether the text is a document. */
static bool parse(const struct libxml *lib, const char *text, size_t size,
		  struct libxml_complaint *complaint)
{
	const int options = XML_PARSE_NONET | XML_PARSE_NOWARNING | XML_PARSE_COMPACT;
	xmlParserCtxtPtr ctxt;
	xmlDocPtr doc = NULL;
	bool is_good = false;

	libxml_listen(lib, complaint);
	ctxt = lib->xmlNewParserCtxt();
	if (ctxt)
		doc = lib->xmlCtxtReadMemory(ctxt, text, size, NULL, NULL, options);
	/* Without memory libxml2 hands out another document than it was given; only errNo tells. */
	if (doc)
		is_good = ctxt->wellFormed && ctxt->errNo == XML_ERR_OK;
	lib->xmlFreeDoc(doc);
	lib->xmlFreeParserCtxt(ctxt);
	libxml_heard(lib, complaint);
	return is_good && !complaint->text;
}

bool libxml_check(const char *text, size_t size, const char *what, GError **err)
{
	const struct libxml *lib = libxml_load(err);
	struct libxml_complaint complaint;
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
