/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* From bytes to the lossless tree, within bounds. */
#include <stdarg.h>
#include <string.h>

#include "base/error.h"
#include "xml/libxml.h"
#include "xml/node.h"

struct builder {
	struct xml_scan scan;
	struct xml_tree *tree;
	struct xml_node *parent; /* the innermost open element */
	const char *run;         /* where the bytes since the last tag begin */
	const char *what;
	guint depth;
};

static size_t line_of(const char *text, const char *at)
{
	size_t line = 1;

	while ((text = memchr(text, '\n', at - text))) {
		line++;
		text++;
	}
	return line;
}

G_GNUC_PRINTF(3, 4)
static bool complain(const struct builder *b, GError **err, const char *fmt, ...)
{
	g_autofree char *problem = NULL;
	va_list args;

	va_start(args, fmt);
	problem = g_strdup_vprintf(fmt, args);
	va_end(args);
	return fail(err, VIR_ERR_XML_ERROR, "%s XML, line %zu: %s", b->what,
		    line_of(b->tree->text, b->scan.whole.at), problem);
}

static bool check_bytes(const char *text, size_t size, const char *what, GError **err)
{
	if (size > XML_MAX_SIZE)
		return fail(err, VIR_ERR_XML_ERROR, "%s XML has %zu bytes, at most %u are allowed",
			    what, size, XML_MAX_SIZE);
	if (memchr(text, '\0', size))
		return fail(err, VIR_ERR_XML_ERROR, "%s XML contains a NUL byte", what);
	if (!g_utf8_validate_len(text, size, NULL))
		return fail(err, VIR_ERR_XML_ERROR, "%s XML is not valid UTF-8", what);
	return true;
}

/* The bytes since the last tag: before `node`, or before the end tag of its parent. */
static struct span take_run(struct builder *b)
{
	struct span run = { b->run, b->scan.whole.at - b->run };

	b->run = b->scan.whole.at + b->scan.whole.size;
	return run;
}

static bool on_start_tag(struct builder *b, GError **err)
{
	const struct xml_scan *scan = &b->scan;
	struct xml_node *node;

	if (b->depth >= XML_MAX_DEPTH)
		return complain(b, err, "elements are nested more than %d deep", XML_MAX_DEPTH);
	if (scan->n_attributes > XML_MAX_ATTRIBUTES)
		return complain(b, err, "the element has %zu attributes, at most %d are allowed",
				scan->n_attributes, XML_MAX_ATTRIBUTES);
	if (b->tree->nodes->len > XML_MAX_ELEMENTS)
		return complain(b, err, "more than %d elements", XML_MAX_ELEMENTS);
	if (b->depth == 0 && b->parent->first)
		return complain(b, err, "more than one root element");
	node = xml_node_alloc(b->tree, xml_keep(b->tree, scan->name.at, scan->name.size).at);
	node->lead = take_run(b);
	node->open = scan->whole;
	xml_node_set_scope(node, b->parent);
	xml_node_link(node, b->parent, NULL);
	if (scan->kind == TOKEN_OPEN) {
		b->parent = node;
		b->depth++;
	}
	return true;
}

static bool on_end_tag(struct builder *b, GError **err)
{
	struct xml_node *node = b->parent;

	if (b->depth == 0)
		return complain(b, err, "an end tag without a start tag");
	if (!span_is(b->scan.name, node->name))
		return complain(b, err, "the end tag does not match the start tag of '%.100s'",
				node->name);
	node->tail = take_run(b);
	node->close = b->scan.whole;
	b->parent = node->parent;
	b->depth--;
	return true;
}

/* The declaration may name UTF-8 and nothing else: libxml2 would follow it into UTF-7. */
static bool on_instruction(struct builder *b, GError **err)
{
	struct xml_attribute encoding;

	if (!g_str_has_prefix(b->scan.whole.at, "<?xml") || !xml_is_blank(b->scan.whole.at[5]))
		return true;
	if (!xml_find_attribute(b->scan.whole, "encoding", &encoding))
		return true;
	if (encoding.value.size == 5 && g_ascii_strncasecmp(encoding.value.at, "UTF-8", 5) == 0)
		return true;
	return complain(b, err, "the encoding must be UTF-8");
}

static bool on_end(struct builder *b, GError **err)
{
	if (b->depth > 0)
		return complain(b, err, "the text ends inside '%.100s'", b->parent->name);
	if (!b->parent->first)
		return complain(b, err, "there is no element");
	b->parent->tail = take_run(b);
	return true;
}

static bool build(struct builder *b, GError **err)
{
	bool ok = true;

	while (ok) {
		switch (xml_scan_next(&b->scan)) {
		case TOKEN_OPEN:
		case TOKEN_EMPTY:
			ok = on_start_tag(b, err);
			break;
		case TOKEN_CLOSE:
			ok = on_end_tag(b, err);
			break;
		case TOKEN_INSTRUCTION:
			ok = on_instruction(b, err);
			break;
		case TOKEN_BAD:
			return complain(b, err, "%s", b->scan.problem);
		case TOKEN_END:
			return on_end(b, err);
		default:
			break;
		}
	}
	return false;
}

struct xml_tree *xml_build(const char *text, size_t size, const char *what, GError **err)
{
	g_autoptr(xml_tree) tree = NULL;
	struct builder b = { .what = what };

	if (!check_bytes(text, size, what, err))
		return NULL;
	tree = xml_tree_alloc();
	tree->text = g_strndup(text, size);
	b.tree = tree;
	b.parent = tree->document;
	b.run = tree->text;
	xml_scan_init(&b.scan, tree->text, size);
	return build(&b, err) ? g_steal_pointer(&tree) : NULL;
}

/* Bounds first: libxml2 must not see what it cannot digest. */
struct xml_tree *xml_parse(const char *text, size_t size, const char *what, GError **err)
{
	g_autoptr(xml_tree) tree = xml_build(text, size, what, err);

	if (!tree || !libxml_check(text, size, what, err))
		return NULL;
	return g_steal_pointer(&tree);
}
