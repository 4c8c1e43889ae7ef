/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api/forest.h"
#include <libvirt/libvirt.h>
#include "api/list.h"

#define FLAG(name) VIR_DOMAIN_SNAPSHOT_LIST_##name

static const unsigned int groups[] = {
	FLAG(LEAVES) | FLAG(NO_LEAVES),
	FLAG(METADATA) | FLAG(NO_METADATA),
	FLAG(INACTIVE) | FLAG(ACTIVE) | FLAG(DISK_ONLY),
	FLAG(INTERNAL) | FLAG(EXTERNAL),
};

static const unsigned int state_flags[] = {
	[SNAPSHOT_SHUTOFF] = FLAG(INACTIVE),
	[SNAPSHOT_RUNNING] = FLAG(ACTIVE),
	[SNAPSHOT_PAUSED] = FLAG(ACTIVE),
	[SNAPSHOT_DISK_ONLY] = FLAG(DISK_ONLY),
};
G_STATIC_ASSERT(G_N_ELEMENTS(state_flags) == SNAPSHOT_STATE_COUNT);

struct node {
	const struct snapshot_record *record;
	GPtrArray *children; /* struct node, in the order of the records */
	struct node *above;  /* from where a walk came to it first */
	unsigned int n_descendants;
	bool is_root;
	bool is_walked;
};

struct forest {
	struct node *nodes; /* as many as records, in their order */
	guint n;
	GHashTable *by_name; /* name → struct node */
};

static void forest_clear(struct forest *f)
{
	for (guint i = 0; i < f->n; i++)
		g_ptr_array_unref(f->nodes[i].children);
	g_free(f->nodes);
	g_hash_table_unref(f->by_name);
}

/* Append the nodes of `starts` and, when is_deep, all below them, parents first. */
static void walk(GPtrArray *order, const GPtrArray *starts, bool is_deep)
{
	guint next = order->len;

	for (guint i = 0; i < starts->len; i++) {
		struct node *start = starts->pdata[i];

		if (!start->is_walked)
			g_ptr_array_add(order, start);
		start->is_walked = true;
	}
	for (; is_deep && next < order->len; next++) {
		struct node *node = order->pdata[next];

		for (guint i = 0; i < node->children->len; i++) {
			struct node *child = node->children->pdata[i];

			if (child->is_walked)
				continue;
			g_ptr_array_add(order, child);
			child->is_walked = true;
			child->above = node;
		}
	}
}

/* From the roots, then from whatever no root leads to. */
static void walk_all(struct forest *f, GPtrArray *order, bool is_deep)
{
	g_autoptr(GPtrArray) starts = g_ptr_array_new();

	for (guint i = 0; i < f->n; i++) {
		if (f->nodes[i].is_root)
			g_ptr_array_add(starts, &f->nodes[i]);
	}
	walk(order, starts, is_deep);
	for (guint i = 0; is_deep && i < f->n; i++) {
		g_ptr_array_set_size(starts, 0);
		g_ptr_array_add(starts, &f->nodes[i]);
		walk(order, starts, true);
	}
}

/* Each counts for what a walk came to it from: on a cycle nobody is counted twice. */
static void count_descendants(struct forest *f)
{
	g_autoptr(GPtrArray) order = g_ptr_array_new();

	walk_all(f, order, true);
	for (guint i = order->len; i-- > 0;) {
		struct node *node = order->pdata[i];

		if (node->above)
			node->above->n_descendants += node->n_descendants + 1;
	}
	for (guint i = 0; i < f->n; i++)
		f->nodes[i].is_walked = false;
}

static void forest_init(struct forest *f, const GPtrArray *records)
{
	f->n = records->len;
	f->nodes = g_new0(struct node, f->n);
	f->by_name = g_hash_table_new(g_str_hash, g_str_equal);
	for (guint i = 0; i < f->n; i++) {
		f->nodes[i].record = records->pdata[i];
		f->nodes[i].children = g_ptr_array_new();
		g_hash_table_insert(f->by_name, f->nodes[i].record->name, &f->nodes[i]);
	}
	for (guint i = 0; i < f->n; i++) {
		const char *parent = f->nodes[i].record->parent;
		struct node *above = parent ? g_hash_table_lookup(f->by_name, parent) : NULL;

		f->nodes[i].is_root = !above;
		if (above)
			g_ptr_array_add(above->children, &f->nodes[i]);
	}
	count_descendants(f);
}

static unsigned int bits_of(const struct node *node)
{
	const struct snapshot_record *record = node->record;
	unsigned int bits = FLAG(METADATA);

	bits |= node->children->len ? FLAG(NO_LEAVES) : FLAG(LEAVES);
	if (record->state >= SNAPSHOT_STATE_COUNT)
		return bits | FLAG(INACTIVE) | FLAG(ACTIVE) | FLAG(DISK_ONLY) | FLAG(INTERNAL) |
		       FLAG(EXTERNAL);
	bits |= snapshot_record_is_external(record) ? FLAG(EXTERNAL) : FLAG(INTERNAL);
	return bits | state_flags[record->state];
}

static int compare_nodes(const void *a, const void *b)
{
	const struct node *const *x = a, *const *y = b;

	return (*x > *y) - (*x < *y);
}

static struct forest_pick *pick(const struct node *node)
{
	struct forest_pick *p = g_new(struct forest_pick, 1);

	*p = (struct forest_pick){ node->record, node->children->len, node->n_descendants };
	return p;
}

GPtrArray *forest_select(const GPtrArray *records, const char *from, unsigned int flags)
{
	g_autoptr(GPtrArray) order = g_ptr_array_new();
	GPtrArray *picks = g_ptr_array_new_with_free_func(g_free);
	struct node *above;
	struct forest f;

	G_STATIC_ASSERT((int)FLAG(ROOTS) == (int)FLAG(DESCENDANTS));
	forest_init(&f, records);
	above = from ? g_hash_table_lookup(f.by_name, from) : NULL;
	if (above) {
		above->is_walked = true;
		walk(order, above->children, flags & FLAG(DESCENDANTS));
	} else if (!from) {
		walk_all(&f, order, !(flags & FLAG(ROOTS)));
	}
	if (!(flags & FLAG(TOPOLOGICAL)))
		g_ptr_array_sort(order, compare_nodes);
	for (guint i = 0; i < order->len; i++) {
		const struct node *node = order->pdata[i];

		if (list_passes(flags, bits_of(node), groups, G_N_ELEMENTS(groups)))
			g_ptr_array_add(picks, pick(node));
	}
	forest_clear(&f);
	return picks;
}

struct forest_pick *forest_find(const GPtrArray *records, const char *name)
{
	const struct node *node;
	struct forest_pick *found;
	struct forest f;

	forest_init(&f, records);
	node = g_hash_table_lookup(f.by_name, name);
	found = node ? pick(node) : NULL;
	forest_clear(&f);
	return found;
}
