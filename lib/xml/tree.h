/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * XML as a lossless tree. Comments, unknown elements and foreign namespaces survive parse → change
 * → format; text that was not touched keeps its bytes, down to quotes and blanks inside tags. (A
 * tree of libxml2 does not keep those; it is asked only whether the text is well-formed.)
 *
 * Parsing is bounded and entity-free, whoever wrote the text: at most XML_MAX_SIZE bytes, depth
 * XML_MAX_DEPTH, XML_MAX_ATTRIBUTES on one element and XML_MAX_ELEMENTS in all; UTF-8 only; no
 * DOCTYPE; no network, no file but the text itself. The bounds are checked before libxml2 sees the
 * text, because one element with 100,000 attributes costs it half a minute.
 *
 * libxml2 is loaded on first use (libxml.h), so that commands which never parse do not pay for it.
 */
#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#define XML_MAX_SIZE (10u << 20)
#define XML_MAX_DEPTH 200
#define XML_MAX_ATTRIBUTES 256
#define XML_MAX_ELEMENTS 100000

struct xml_tree;
struct xml_node; /* an element of a tree; lives as long as the tree */

/* Parse `size` bytes. `what` names the text in messages ("domain", "snapshot"). Errors:
 * VIR_ERR_XML_ERROR with line and cause. */
struct xml_tree *xml_parse(const char *text, size_t size, const char *what, GError **err);
void xml_free(struct xml_tree *tree);
typedef struct xml_tree xml_tree; /* for g_autoptr(xml_tree) only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(xml_tree, xml_free)

struct xml_tree *xml_copy(const struct xml_tree *tree);
/* The whole document, ending in a newline; no XML declaration is added where there was none. */
char *xml_format(const struct xml_tree *tree);
/* One element and what is below it, as a document of its own. */
char *xml_format_node(const struct xml_node *node);

struct xml_node *xml_root(const struct xml_tree *tree);
const char *xml_name(const struct xml_node *node);
/* "devices/disk[2]/driver/@cache"-like path from the root element's children, for messages. */
char *xml_path(const struct xml_node *node, const char *attribute);

/* The element around it, NULL for the root. */
struct xml_node *xml_parent(const struct xml_node *node);
/* Is the element in a namespace (a prefix, or a default one)? xml_name is as written then. */
bool xml_is_foreign(const struct xml_node *node);

/* First child element of that name in no namespace (NULL: any, foreign ones too), next sibling
 * likewise. */
struct xml_node *xml_child(const struct xml_node *node, const char *name);
struct xml_node *xml_next(const struct xml_node *node, const char *name);
/* Follow "a/b/c" of first children; NULL when one is missing. */
struct xml_node *xml_at(const struct xml_node *node, const char *path);
/* The element's own characters without leading and trailing blanks, "" when it is empty, NULL when
 * there is no such element (path NULL: node itself); caller frees. */
char *xml_text(const struct xml_node *node, const char *path);
/* The same with its blanks, of node itself: names and descriptions are what is written. */
char *xml_text_exact(const struct xml_node *node);
/* Attribute value, NULL when absent; caller frees. */
char *xml_attr(const struct xml_node *node, const char *name);
/* The same of the element at path. */
char *xml_attr_at(const struct xml_node *node, const char *path, const char *name);

/* Walk the attributes, xmlns included. *pos starts at 0; both strings are the caller's. */
bool xml_attr_each(const struct xml_node *node, size_t *pos, char **ret_name, char **ret_value);

/* Changing: new elements take the indentation of their siblings. */
struct xml_node *xml_add(struct xml_node *parent, const char *name);
struct xml_node *xml_add_first(struct xml_node *parent, const char *name);
/* Insert right after `after` (same parent). */
struct xml_node *xml_add_after(struct xml_node *after, const char *name);
/* Child of that name, added at the end when missing. */
struct xml_node *xml_ensure(struct xml_node *parent, const char *name);
void xml_set_text(struct xml_node *node, const char *text);
void xml_set_attr(struct xml_node *node, const char *name, const char *value); /* NULL removes */
void xml_remove(struct xml_node *node);
/* A deep copy of `node` (of any tree) as the last child of parent, under a new name (NULL: its
 * own). */
struct xml_node *xml_graft(struct xml_node *parent, const struct xml_node *node,
			   const char *new_name);
/* A tree of one empty root element. */
struct xml_tree *xml_new(const char *root);
/* A tree of its own from a node (`inactiveDomain` → `domain`). */
struct xml_tree *xml_tree_from(const struct xml_node *node, const char *root_name);
