/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The lossless tree: its memory, reading it, printing it. */
#include "xml/tree.h"

#include <string.h>

#include "xml/node.h"

/* ---- Memory ---- */

struct xml_tree *xml_tree_alloc(void)
{
	struct xml_tree *tree = g_new0(struct xml_tree, 1);

	tree->strings = g_string_chunk_new(4096);
	tree->nodes = g_ptr_array_new_with_free_func(g_free);
	tree->document = xml_node_alloc(tree, "");
	return tree;
}

void xml_free(struct xml_tree *tree)
{
	if (!tree)
		return;
	g_ptr_array_unref(tree->nodes);
	g_string_chunk_free(tree->strings);
	g_free(tree->text);
	g_free(tree);
}

struct xml_node *xml_node_alloc(struct xml_tree *tree, const char *name)
{
	struct xml_node *node = g_new0(struct xml_node, 1);

	node->tree = tree;
	node->name = name;
	node->lead.at = node->open.at = node->tail.at = node->close.at = "";
	g_ptr_array_add(tree->nodes, node);
	return node;
}

void xml_node_set_scope(struct xml_node *node, const struct xml_node *parent)
{
	bool is_none = false;

	if (xml_declares_namespace(node->open, &is_none))
		node->has_namespace = !is_none;
	else
		node->has_namespace = parent->has_namespace;
	node->is_foreign = node->has_namespace || strchr(node->name, ':');
}

void xml_node_link(struct xml_node *node, struct xml_node *parent, struct xml_node *next)
{
	struct xml_node *prev = next ? next->prev : parent->last;

	node->parent = parent;
	node->prev = prev;
	node->next = next;
	if (prev)
		prev->next = node;
	else
		parent->first = node;
	if (next)
		next->prev = node;
	else
		parent->last = node;
}

struct span xml_keep(struct xml_tree *tree, const char *text, size_t size)
{
	return (struct span){ g_string_chunk_insert_len(tree->strings, text, size), size };
}

const char *xml_keep_string(struct xml_tree *tree, const char *text)
{
	return g_string_chunk_insert(tree->strings, text);
}

/* ---- Reading ---- */

struct xml_node *xml_root(const struct xml_tree *tree)
{
	return tree->document->first;
}

const char *xml_name(const struct xml_node *node)
{
	return node->name;
}

struct xml_node *xml_parent(const struct xml_node *node)
{
	return node->parent && node->parent->parent ? node->parent : NULL;
}

bool xml_is_foreign(const struct xml_node *node)
{
	return node->is_foreign;
}

/* The first of node and its next siblings with that name in no namespace. */
static struct xml_node *seek(struct xml_node *node, const char *name)
{
	while (node && name && (node->is_foreign || strcmp(node->name, name) != 0))
		node = node->next;
	return node;
}

struct xml_node *xml_child(const struct xml_node *node, const char *name)
{
	return seek(node->first, name);
}

struct xml_node *xml_next(const struct xml_node *node, const char *name)
{
	return seek(node->next, name);
}

struct xml_node *xml_at(const struct xml_node *node, const char *path)
{
	g_auto(GStrv) names = g_strsplit(path, "/", -1);
	struct xml_node *at = (struct xml_node *)node;

	for (char **name = names; *name && at; name++)
		at = xml_child(at, *name);
	return at;
}

char *xml_text_exact(const struct xml_node *node)
{
	GString *out = g_string_new(NULL);

	for (const struct xml_node *child = node->first; child; child = child->next)
		xml_decode_run(child->lead, out);
	xml_decode_run(node->tail, out);
	return g_string_free(out, FALSE);
}

char *xml_text(const struct xml_node *node, const char *path)
{
	const struct xml_node *at = path ? xml_at(node, path) : node;
	g_autofree char *raw = at ? xml_text_exact(at) : NULL;

	return raw ? xml_strip(raw) : NULL;
}

bool xml_is_mixed(const struct xml_node *node)
{
	g_autofree char *text = xml_text(node, NULL);

	return *text != '\0';
}

char *xml_attr(const struct xml_node *node, const char *name)
{
	struct xml_attribute attribute;

	if (!xml_find_attribute(node->open, name, &attribute))
		return NULL;
	return xml_decode(attribute.value, true);
}

char *xml_attr_at(const struct xml_node *node, const char *path, const char *name)
{
	const struct xml_node *at = xml_at(node, path);

	return at ? xml_attr(at, name) : NULL;
}

bool xml_attr_each(const struct xml_node *node, size_t *pos, char **ret_name, char **ret_value)
{
	struct xml_attribute attribute;

	if (!xml_scan_attribute(node->open, pos, &attribute))
		return false;
	*ret_name = g_strndup(attribute.name.at, attribute.name.size);
	*ret_value = xml_decode(attribute.value, true);
	return true;
}

/* "disk[2]", or "disk" when there is only one. */
static char *path_step(const struct xml_node *node)
{
	guint position = 1, others = 0;

	for (const struct xml_node *s = node->parent->first; s; s = s->next) {
		if (s == node)
			position = others + 1;
		else if (strcmp(s->name, node->name) == 0)
			others++;
	}
	return others ? g_strdup_printf("%s[%u]", node->name, position) : g_strdup(node->name);
}

char *xml_path(const struct xml_node *node, const char *attribute)
{
	GString *path = g_string_new(NULL);

	if (attribute)
		g_string_printf(path, "@%s", attribute);
	for (; node->parent && node->parent->parent; node = node->parent) {
		g_autofree char *step = path_step(node);

		if (path->len)
			g_string_prepend_c(path, '/');
		g_string_prepend(path, step);
	}
	return g_string_free(path, FALSE);
}

/* ---- Printing ---- */

static void append(GString *out, struct span span)
{
	g_string_append_len(out, span.at, span.size);
}

void xml_node_print(const struct xml_node *node, bool with_lead, GString *out)
{
	if (with_lead)
		append(out, node->lead);
	append(out, node->open);
	for (const struct xml_node *child = node->first; child; child = child->next)
		xml_node_print(child, true, out);
	append(out, node->tail);
	append(out, node->close);
}

char *xml_format(const struct xml_tree *tree)
{
	GString *out = g_string_new(NULL);

	xml_node_print(tree->document, false, out);
	if (out->len == 0 || out->str[out->len - 1] != '\n')
		g_string_append_c(out, '\n');
	return g_string_free(out, FALSE);
}

char *xml_format_node(const struct xml_node *node)
{
	g_autoptr(xml_tree) tree = xml_tree_from(node, NULL);

	return xml_format(tree);
}
