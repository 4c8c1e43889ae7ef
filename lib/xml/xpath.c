/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xml/xpath.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "xml/libxml-load.h"
#include "xml/node.h"

/* One question to libxml2. Whatever is NULL was not made. */
typedef struct {
	const struct libxml *lib;
	xmlDocPtr doc;
	xmlXPathContextPtr context;
	xmlXPathObjectPtr answer;
	xmlDocPtr wrapping; /* what is printed as a whole */
} question; /* for g_auto only */

static void question_clear(question *q)
{
	if (q->answer)
		q->lib->xmlXPathFreeObject(q->answer);
	if (q->context)
		q->lib->xmlXPathFreeContext(q->context);
	if (q->doc)
		q->lib->xmlFreeDoc(q->doc);
	if (q->wrapping)
		q->lib->xmlFreeDoc(q->wrapping);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(question, question_clear)

/* The document without the blanks that only make lines of it, so that parts are indented anew. */
static bool read_document(question *q, const char *text, size_t size)
{
	const int options = XML_PARSE_NONET | XML_PARSE_NOWARNING | XML_PARSE_NOBLANKS;
	xmlParserCtxtPtr ctxt = q->lib->xmlNewParserCtxt();
	bool is_good;

	if (!ctxt)
		return false;
	q->doc = q->lib->xmlCtxtReadMemory(ctxt, text, (int)size, NULL, "UTF-8", options);
	is_good = q->doc && ctxt->wellFormed && ctxt->errNo == XML_ERR_OK;
	q->lib->xmlFreeParserCtxt(ctxt);
	return is_good;
}

/* Every prefix that the document declares, wherever: of one that means several things, the first. */
static void declare_prefixes(question *q)
{
	xmlXPathObjectPtr found = q->lib->xmlXPathEvalExpression(BAD_CAST "//namespace::*",
								 q->context);
	int n = found && found->nodesetval ? found->nodesetval->nodeNr : 0;

	for (int i = n - 1; i >= 0; i--) {
		const xmlNs *ns = (const xmlNs *)found->nodesetval->nodeTab[i];

		if (ns->prefix && strcmp((const char *)ns->prefix, "xml") != 0)
			q->lib->xmlXPathRegisterNs(q->context, ns->prefix, ns->href);
	}
	if (found)
		q->lib->xmlXPathFreeObject(found);
}

static bool ask(question *q, const char *expression)
{
	q->context = q->lib->xmlXPathNewContext(q->doc);
	if (!q->context)
		return false;
	declare_prefixes(q);
	q->answer = q->lib->xmlXPathEvalExpression(BAD_CAST expression, q->context);
	return q->answer != NULL;
}

/* ---- The answer as text ---- */

/* The nodes of the answer; a document stands for its root element. */
static xmlNodePtr node_at(const question *q, int i)
{
	xmlNodePtr node = q->answer->nodesetval->nodeTab[i];

	return node->type == XML_DOCUMENT_NODE ? q->lib->xmlDocGetRootElement(q->doc) : node;
}

static int count_nodes(const question *q)
{
	return q->answer->nodesetval ? q->answer->nodesetval->nodeNr : 0;
}

static bool dump(const struct libxml *lib, xmlNodePtr node, GString *out)
{
	xmlBufferPtr buffer = lib->xmlBufferCreate();
	bool is_good = buffer && lib->xmlNodeDump(buffer, node->doc, node, 0, 1) >= 0;

	if (is_good)
		g_string_append_printf(out, "%s\n", (const char *)lib->xmlBufferContent(buffer));
	if (buffer)
		lib->xmlBufferFree(buffer);
	return is_good;
}

static bool dump_nodes(const question *q, GString *out)
{
	for (int i = 0; i < count_nodes(q); i++)
		if (!dump(q->lib, node_at(q, i), out))
			return false;
	return true;
}

static bool add_copy(question *q, xmlNodePtr root, xmlNodePtr take_copy)
{
	if (!take_copy)
		return false;
	if (q->lib->xmlAddChild(root, take_copy))
		return true;
	q->lib->xmlFreeNode(take_copy);
	return false;
}

static bool wrap_answer(question *q, xmlNodePtr root)
{
	if (q->answer->type != XPATH_NODESET) {
		xmlChar *text = q->lib->xmlXPathCastToString(q->answer);
		bool is_good = text && add_copy(q, root, q->lib->xmlNewDocText(q->wrapping, text));

		free(text);
		return is_good;
	}
	for (int i = 0; i < count_nodes(q); i++)
		if (!add_copy(q, root, q->lib->xmlDocCopyNode(node_at(q, i), q->wrapping, 1)))
			return false;
	return true;
}

static bool dump_wrapped(question *q, GString *out)
{
	xmlNodePtr root;

	q->wrapping = q->lib->xmlNewDoc(BAD_CAST "1.0");
	if (!q->wrapping)
		return false;
	root = q->lib->xmlNewDocNode(q->wrapping, NULL, BAD_CAST "nodes", NULL);
	if (!root)
		return false;
	q->lib->xmlDocSetRootElement(q->wrapping, root);
	return wrap_answer(q, root) && dump(q->lib, root, out);
}

static bool dump_value(const question *q, GString *out)
{
	xmlChar *text = q->lib->xmlXPathCastToString(q->answer);

	if (text)
		g_string_append_printf(out, "%s\n", (const char *)text);
	free(text);
	return text != NULL;
}

static bool print_answer(question *q, bool wrap, GString *out)
{
	if (wrap)
		return dump_wrapped(q, out);
	return q->answer->type == XPATH_NODESET ? dump_nodes(q, out) : dump_value(q, out);
}

static bool has_namespace_node(const question *q)
{
	for (int i = 0; q->answer->type == XPATH_NODESET && i < count_nodes(q); i++)
		if (q->answer->nodesetval->nodeTab[i]->type == XML_NAMESPACE_DECL)
			return true;
	return false;
}

static char *answer(question *q, const char *text, size_t size, const char *expression,
		    bool wrap, GError **err)
{
	g_autoptr(GString) out = g_string_new(NULL);
	struct libxml_complaint complaint;
	bool is_read, is_asked = false, is_printed = false;

	libxml_listen(q->lib, &complaint);
	is_read = read_document(q, text, size);
	if (is_read)
		is_asked = ask(q, expression);
	if (is_asked && !has_namespace_node(q))
		is_printed = print_answer(q, wrap, out);
	libxml_heard(q->lib, &complaint);
	g_autofree char *reason = complaint.text;
	if (!is_read)
		fail(err, VIR_ERR_XML_ERROR, "%s", reason ? reason : "not XML");
	else if (!is_printed || reason)
		fail(err, VIR_ERR_INVALID_ARG, "incorrect xpath '%.200s': %s", expression,
		     reason ? reason : is_asked ? "what it selects cannot be printed"
						: "it cannot be evaluated");
	return is_printed && !reason ? g_string_free(g_steal_pointer(&out), FALSE) : NULL;
}

char *xpath_select(const char *text, size_t size, const char *expression, bool wrap, GError **err)
{
	g_autoptr(xml_tree) bounded = xml_build(text, size, "this", err);
	g_auto(question) q = { .lib = bounded ? libxml_load(err) : NULL };

	return q.lib ? answer(&q, text, size, expression, wrap, err) : NULL;
}
