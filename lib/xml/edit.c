/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Changing the lossless tree: each change writes one byte range anew. */
#include <string.h>

#include "xml/node.h"

static struct span keep_string(struct xml_tree *tree, const char *text)
{
	return xml_keep(tree, text, strlen(text));
}

/* Take `text` into the tree's strings and free it. */
static struct span keep_take(struct xml_tree *tree, char *take_text)
{
	struct span kept = keep_string(tree, take_text);

	g_free(take_text);
	return kept;
}

/* ---- Indentation ---- */

char *xml_indent(const struct xml_node *node)
{
	const char *start = node->lead.at, *end = start + node->lead.size, *p = end;

	if (!node->parent || !node->parent->parent)
		return g_strdup("");
	while (p > start && (p[-1] == ' ' || p[-1] == '\t'))
		p--;
	return p > start && p[-1] == '\n' ? g_strndup(p, end - p) : NULL;
}

/* The bytes of lead without the line end and the blanks that belong to the element after it. */
static struct span cut_indent(struct span lead)
{
	size_t size = lead.size;

	while (size > 0 && (lead.at[size - 1] == ' ' || lead.at[size - 1] == '\t'))
		size--;
	if (size == 0 || lead.at[size - 1] != '\n')
		return lead;
	size--;
	return (struct span){ lead.at, size > 0 && lead.at[size - 1] == '\r' ? size - 1 : size };
}

static void reindent_text(struct span text, const char *old, const char *new, GString *out)
{
	const char *p = text.at, *end = p + text.size;

	while (p < end) {
		g_string_append_c(out, *p);
		if (*p++ != '\n')
			continue;
		if (p < end && (*p == '\n' || *p == '\r'))
			continue; /* an empty line stays empty */
		if ((size_t)(end - p) < strlen(old) || memcmp(p, old, strlen(old)) != 0)
			continue;
		p += strlen(old);
		g_string_append(out, new);
	}
}

/* Comments and instructions keep their lines: only what stands between them is moved. */
static struct span reindent(struct xml_tree *tree, struct span run, const char *old,
			    const char *new)
{
	GString *out;
	struct xml_scan scan;

	if (!old || !new)
		return xml_keep(tree, run.at, run.size);
	out = g_string_sized_new(run.size);
	xml_scan_init(&scan, run.at, run.size);
	while (xml_scan_next(&scan) < TOKEN_END) {
		if (scan.kind == TOKEN_TEXT)
			reindent_text(scan.whole, old, new, out);
		else
			g_string_append_len(out, scan.whole.at, scan.whole.size);
	}
	return keep_take(tree, g_string_free(out, FALSE));
}

struct xml_node *xml_node_copy(struct xml_tree *tree, const struct xml_node *node,
			       const char *old_indent, const char *new_indent)
{
	struct xml_node *copy = xml_node_alloc(tree, xml_keep_string(tree, node->name));
	bool moves = node->first && !xml_is_mixed(node);
	const char *old = moves ? old_indent : NULL;

	copy->is_foreign = node->is_foreign;
	copy->has_namespace = node->has_namespace;
	copy->open = xml_keep(tree, node->open.at, node->open.size);
	copy->close = xml_keep(tree, node->close.at, node->close.size);
	copy->tail = reindent(tree, node->tail, old, new_indent);
	for (const struct xml_node *child = node->first; child; child = child->next) {
		struct xml_node *copied = xml_node_copy(tree, child, old, new_indent);

		copied->lead = reindent(tree, child->lead, old, new_indent);
		xml_node_link(copied, copy, NULL);
	}
	return copy;
}

/* ---- Elements ---- */

/* <a/> → <a></a> */
static void open_up(struct xml_node *node)
{
	size_t size = node->open.size;

	if (node->close.size > 0)
		return;
	size -= strlen("/>");
	while (xml_is_blank(node->open.at[size - 1]))
		size--;
	node->open = keep_take(node->tree, g_strdup_printf("%.*s>", (int)size, node->open.at));
	node->close = keep_take(node->tree, g_strdup_printf("</%s>", node->name));
}

static struct xml_node *make(struct xml_tree *tree, const char *name)
{
	struct xml_node *node = xml_node_alloc(tree, xml_keep_string(tree, name));

	node->open = keep_take(tree, g_strdup_printf("<%s/>", name));
	return node;
}

/* A first child opens a line of its own if the parent stands on one; comments stay above it. */
static void link_only_child(struct xml_node *node, struct xml_node *parent)
{
	g_autofree char *indent = xml_indent(parent);
	struct span rest = cut_indent(parent->tail);

	open_up(parent);
	if (indent && !xml_is_mixed(parent)) {
		node->lead = keep_take(parent->tree, g_strdup_printf("%.*s\n%s  ", (int)rest.size,
								     rest.at, indent));
		parent->tail = keep_take(parent->tree, g_strdup_printf("\n%s", indent));
	}
	xml_node_link(node, parent, NULL);
}

static struct xml_node *insert_after(struct xml_node *after, struct xml_node *node)
{
	g_autofree char *indent = xml_indent(after);

	if (indent)
		node->lead = keep_take(after->tree, g_strdup_printf("\n%s", indent));
	xml_node_link(node, after->parent, after->next);
	return node;
}

static struct xml_node *insert_last(struct xml_node *parent, struct xml_node *node)
{
	if (parent->last)
		return insert_after(parent->last, node);
	link_only_child(node, parent);
	return node;
}

struct xml_node *xml_add(struct xml_node *parent, const char *name)
{
	return insert_last(parent, make(parent->tree, name));
}

struct xml_node *xml_add_after(struct xml_node *after, const char *name)
{
	return insert_after(after, make(after->tree, name));
}

/* The new element takes the place of the first one, which moves to a line of its own. */
struct xml_node *xml_add_first(struct xml_node *parent, const char *name)
{
	struct xml_node *old_first = parent->first, *node;
	g_autofree char *indent = NULL;

	if (!old_first)
		return xml_add(parent, name);
	indent = xml_indent(old_first);
	node = make(parent->tree, name);
	node->lead = old_first->lead;
	old_first->lead = keep_take(parent->tree, indent ? g_strconcat("\n", indent, NULL)
							 : g_strdup(""));
	xml_node_link(node, parent, old_first);
	return node;
}

struct xml_node *xml_ensure(struct xml_node *parent, const char *name)
{
	struct xml_node *child = xml_child(parent, name);

	return child ? child : xml_add(parent, name);
}

void xml_set_text(struct xml_node *node, const char *text)
{
	node->first = node->last = NULL;
	open_up(node);
	node->tail = keep_take(node->tree, xml_encode(text ? text : "", false));
}

/* What stood before the element, a comment say, stays. */
void xml_remove(struct xml_node *node)
{
	struct xml_node *parent = node->parent, *next = node->next;
	struct span *heir = next ? &next->lead : &parent->tail;
	struct span rest = cut_indent(node->lead);

	if (rest.size > 0)
		*heir = keep_take(node->tree, g_strdup_printf("%.*s%.*s", (int)rest.size, rest.at,
							      (int)heir->size, heir->at));
	if (node->prev)
		node->prev->next = next;
	else
		parent->first = next;
	if (next)
		next->prev = node->prev;
	else
		parent->last = node->prev;
	node->parent = node->prev = node->next = NULL;
}

/* ---- Attributes ---- */

/* Replace the bytes [from, from + size) of the start tag. */
static void splice(struct xml_node *node, size_t from, size_t size, const char *text)
{
	struct span old = node->open;
	GString *tag = g_string_sized_new(old.size + strlen(text));

	g_string_append_len(tag, old.at, from);
	g_string_append(tag, text);
	g_string_append_len(tag, old.at + from + size, old.size - from - size);
	node->open = keep_take(node->tree, g_string_free(tag, FALSE));
}

void xml_set_attr(struct xml_node *node, const char *name, const char *value)
{
	g_autofree char *encoded = value ? xml_encode(value, true) : NULL;
	struct xml_attribute attribute;
	size_t pos = 0, end = 1 + strlen(node->name);

	while (xml_scan_attribute(node->open, &pos, &attribute)) {
		end = pos;
		if (!span_is(attribute.name, name))
			continue;
		if (encoded)
			splice(node, attribute.value.at - node->open.at, attribute.value.size,
			       encoded);
		else
			splice(node, attribute.whole.at - node->open.at, attribute.whole.size, "");
		return;
	}
	if (encoded) {
		g_autofree char *text = g_strdup_printf(" %s='%s'", name, encoded);

		splice(node, end, 0, text);
	}
}

/* ---- Whole trees ---- */

static void rename_element(struct xml_node *node, const char *name)
{
	splice(node, 1, strlen(node->name), name);
	if (node->close.size > 0)
		node->close = keep_take(node->tree, g_strdup_printf("</%s>", name));
	node->name = xml_keep_string(node->tree, name);
}

/* Declarations that stood above `from` and are needed where `to` goes. */
static void carry_namespaces(struct xml_node *to, const struct xml_node *from)
{
	struct xml_attribute attribute, own;

	for (const struct xml_node *up = from->parent; up && up->parent; up = up->parent) {
		for (size_t pos = 0; xml_scan_attribute(up->open, &pos, &attribute);) {
			g_autofree char *name =
				g_strndup(attribute.name.at, attribute.name.size);
			g_autofree char *value = xml_decode(attribute.value, true);

			if (strcmp(name, "xmlns") != 0 && !g_str_has_prefix(name, "xmlns:"))
				continue;
			if (!xml_find_attribute(to->open, name, &own))
				xml_set_attr(to, name, value);
		}
	}
}

struct xml_node *xml_graft(struct xml_node *parent, const struct xml_node *node,
			   const char *new_name)
{
	struct xml_node *place = xml_add(parent, node->name);
	g_autofree char *old_indent = xml_indent(node);
	g_autofree char *new_indent = xml_indent(place);
	struct xml_node *copy = xml_node_copy(parent->tree, node, old_indent, new_indent);

	copy->lead = place->lead;
	xml_node_link(copy, parent, place);
	place->lead = keep_string(parent->tree, "");
	xml_remove(place);
	carry_namespaces(copy, node);
	if (new_name)
		rename_element(copy, new_name);
	return copy;
}

static struct xml_tree *tree_of(struct xml_tree *tree, struct xml_node *root)
{
	xml_node_link(root, tree->document, NULL);
	tree->document->tail = keep_string(tree, "\n");
	return tree;
}

struct xml_tree *xml_new(const char *root)
{
	struct xml_tree *tree = xml_tree_alloc();

	return tree_of(tree, make(tree, root));
}

struct xml_tree *xml_tree_from(const struct xml_node *node, const char *root_name)
{
	struct xml_tree *tree = xml_tree_alloc();
	g_autofree char *indent = xml_indent(node);
	struct xml_node *root = xml_node_copy(tree, node, indent, "");

	carry_namespaces(root, node);
	if (root_name)
		rename_element(root, root_name);
	return tree_of(tree, root);
}

struct xml_tree *xml_copy(const struct xml_tree *tree)
{
	struct xml_tree *copy = xml_tree_alloc();

	copy->document = xml_node_copy(copy, tree->document, NULL, NULL);
	return copy;
}
