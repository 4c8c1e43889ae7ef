/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "output/tree.h"

#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "output/output.h"

#define NONE ((size_t)-1)

struct link {
	const char *name;
	size_t parent, child, last_child, sibling;
	bool printed;
};

struct tree {
	const struct shell *sh;
	struct link *links;
	size_t count;
	struct buffer indent;
};

static int by_name(const void *a, const void *b)
{
	const struct link *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

static size_t find(const struct tree *t, struct link *const *sorted, const char *name)
{
	struct link key = { .name = name }, *pkey = &key;
	struct link *const *hit = bsearch(&pkey, sorted, t->count, sizeof(*sorted), by_name);

	return hit ? (size_t)(*hit - t->links) : NONE;
}

static void link_child(struct tree *t, size_t child, size_t parent)
{
	struct link *p = &t->links[parent];

	t->links[child].parent = parent;
	if (p->child == NONE)
		p->child = child;
	else
		t->links[p->last_child].sibling = child;
	p->last_child = child;
}

static void link_all(struct tree *t, const struct tree_node *nodes)
{
	auto_free struct link **sorted = mem_alloc(t->count * sizeof(*sorted));

	for (size_t i = 0; i < t->count; i++) {
		t->links[i] = (struct link){ nodes[i].name, NONE, NONE, NONE, NONE, false };
		sorted[i] = &t->links[i];
	}
	qsort(sorted, t->count, sizeof(*sorted), by_name);
	for (size_t i = 0; i < t->count; i++) {
		size_t parent = nodes[i].parent ? find(t, sorted, nodes[i].parent) : NONE;

		if (parent != NONE)
			link_child(t, i, parent);
	}
}

static void trim(struct tree *t, size_t count)
{
	t->indent.length -= count;
	t->indent.text[t->indent.length] = '\0';
}

/* Print one node; `top`: the root of this walk. */
static void enter(struct tree *t, size_t node, size_t top)
{
	struct link *l = &t->links[node];
	bool last = node == top || l->sibling == NONE;

	print_line(t->sh, "%s%s%s", t->indent.text, node == top ? "" : "+- ", l->name);
	l->printed = true;
	if (node != top)
		buffer_puts(&t->indent, last ? "  " : "| ");
	if (l->child != NONE)
		print_line(t->sh, "%s  |", t->indent.text);
	else if (last)
		print_line(t->sh, "%s", t->indent.text);
}

/* The next node after all below `node`; NONE when the walk from `top` is over. */
static size_t climb(struct tree *t, size_t node, size_t top)
{
	while (node != top) {
		trim(t, 2);
		if (t->links[node].sibling != NONE)
			return t->links[node].sibling;
		node = t->links[node].parent;
		trim(t, 2);
	}
	return NONE;
}

static void walk(struct tree *t, size_t top)
{
	size_t node = top;

	while (node != NONE) {
		size_t child;

		enter(t, node, top);
		child = t->links[node].child;
		if (child != NONE && !t->links[child].printed) {
			buffer_puts(&t->indent, "  ");
			node = child;
		} else {
			node = climb(t, node, top);
		}
	}
}

void tree_print(const struct shell *sh, const struct tree_node *nodes, size_t count)
{
	struct tree t = { .sh = sh, .count = count };

	t.links = mem_alloc(count * sizeof(*t.links));
	buffer_puts(&t.indent, "");
	link_all(&t, nodes);
	for (size_t i = 0; i < count; i++)
		if (t.links[i].parent == NONE)
			walk(&t, i);
	for (size_t i = 0; i < count; i++)
		if (!t.links[i].printed)
			walk(&t, i);
	free(t.links);
	free(t.indent.text);
}
