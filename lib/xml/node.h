/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * Inside the lossless tree (tree.h is the way to use it).
 *
 * The tree is made of byte ranges: every element has the bytes before its start tag (`lead`: text,
 * comments …), its start tag, the bytes before its end tag (`tail`) and its end tag; `<a/>` has no
 * end tag. Put together in order they are the document, byte for byte. A change replaces one range
 * by a string of the tree and leaves all others alone. Attributes are read from the start tag each
 * time they are asked for.
 *
 * Above the root element stands a nameless document node without tags of its own.
 */
#include "xml/scan.h"
#include "xml/tree.h"

struct xml_node {
	struct xml_tree *tree;
	struct xml_node *parent, *first, *last, *next, *prev;
	struct span lead, open, tail, close;
	const char *name;   /* as written, with the prefix; "" for the document node */
	bool is_foreign;    /* in some namespace */
	bool has_namespace; /* a default namespace is in scope below */
};

struct xml_tree {
	char *text;            /* what was parsed */
	GStringChunk *strings; /* what was written since, and names */
	GPtrArray *nodes;      /* all ever made: removed ones live as long as the tree */
	struct xml_node *document;
};

/* Build without asking libxml2: for text that was checked when it was written. Bounds are checked,
 * and tags must match. */
struct xml_tree *xml_build(const char *text, size_t size, const char *what, GError **err);
struct xml_tree *xml_tree_alloc(void);
/* A node not yet linked. name is kept as it is: a string of the tree or a constant. */
struct xml_node *xml_node_alloc(struct xml_tree *tree, const char *name);
void xml_node_set_scope(struct xml_node *node, const struct xml_node *parent);
/* Link as child of parent, before `next` (NULL: as the last). */
void xml_node_link(struct xml_node *node, struct xml_node *parent, struct xml_node *next);

/* Copies of strings, owned by the tree. */
struct span xml_keep(struct xml_tree *tree, const char *text, size_t size);
const char *xml_keep_string(struct xml_tree *tree, const char *text);

/* Append the element with (or without) its lead. */
void xml_node_print(const struct xml_node *node, bool with_lead, GString *out);

/* The blanks that a line with this element begins with: "" for a root; NULL when the element does
 * not begin a line. Caller frees. */
char *xml_indent(const struct xml_node *node);
/* Does the element hold text of its own that is not blank? */
bool xml_is_mixed(const struct xml_node *node);
/* A copy of node in tree, not linked; the beginnings of its lines are moved from one indentation
 * to another where no text is touched by that (NULL: lines stay as they are). */
struct xml_node *xml_node_copy(struct xml_tree *tree, const struct xml_node *node,
			       const char *old_indent, const char *new_indent);
