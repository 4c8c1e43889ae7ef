/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Snapshots: delete, one or a subtree, with data or records only. */
#include "engine/op.h"

#include <libvirt/libvirt-domain-snapshot.h>
#include <string.h>
#include "base/error.h"
#include "engine/snapshot.h"
#include "xml/snapshot.h"

#define CHILDREN VIR_DOMAIN_SNAPSHOT_DELETE_CHILDREN
#define CHILDREN_ONLY VIR_DOMAIN_SNAPSHOT_DELETE_CHILDREN_ONLY

/* Name → parent (NULL: root or unreadable) of all records. */
static GHashTable *read_parents(struct op *op, GError **err)
{
	g_autoptr(GPtrArray) names = records_names(op->dd, err);
	GHashTable *parents;

	if (!names)
		return NULL;
	parents = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	for (guint i = 0; i < names->len; i++) {
		g_autofree char *text = NULL;
		g_autoptr(snapshot_record) rec = NULL;
		size_t size;

		if (record_read(op->dd, names->pdata[i], &text, &size, NULL))
			rec = snapshot_peek(text, size);
		g_hash_table_insert(parents, g_strdup(names->pdata[i]),
				    rec ? g_strdup(rec->parent) : NULL);
	}
	return parents;
}

/* The same the other way round: name → names of its children; both are the table's. */
static GHashTable *children_by_parent(GHashTable *parents)
{
	GHashTable *children = g_hash_table_new_full(g_str_hash, g_str_equal, NULL,
						     (GDestroyNotify)g_ptr_array_unref);
	GHashTableIter iter;
	gpointer name, parent;

	g_hash_table_iter_init(&iter, parents);
	while (g_hash_table_iter_next(&iter, &name, &parent)) {
		GPtrArray *list = parent ? g_hash_table_lookup(children, parent) : NULL;

		if (parent && !list) {
			list = g_ptr_array_new();
			g_hash_table_insert(children, parent, list);
		}
		if (list)
			g_ptr_array_add(list, name);
	}
	return children;
}

static void add_children(GPtrArray *names, GHashTable *children, const char *parent)
{
	GPtrArray *list = g_hash_table_lookup(children, parent);

	for (guint i = 0; list && i < list->len; i++)
		g_ptr_array_add(names, g_strdup(list->pdata[i]));
}

/* All below `name`, parents before children; a worklist, so that depth costs no stack. On a loop,
 * which only hands from outside can make, nobody comes twice: who was looked at has no children
 * left, and `name` is not below itself. */
static void add_descendants(GPtrArray *names, GHashTable *children, const char *name)
{
	guint self;

	add_children(names, children, name);
	g_hash_table_remove(children, name);
	for (guint i = 0; i < names->len; i++) {
		add_children(names, children, names->pdata[i]);
		g_hash_table_remove(children, names->pdata[i]);
	}
	if (g_ptr_array_find_with_equal_func(names, name, g_str_equal, &self))
		g_ptr_array_remove_index(names, self);
}

static void reverse(GPtrArray *names)
{
	for (guint i = 0; i < names->len / 2; i++) {
		gpointer *one = &names->pdata[i], *other = &names->pdata[names->len - 1 - i];
		gpointer kept = *one;

		*one = *other;
		*other = kept;
	}
}

/* Who goes, and who gets another parent. */
static void choose_records(struct op *op, GHashTable *parents)
{
	g_autoptr(GHashTable) children = children_by_parent(parents);
	struct snap_op *s = &op->snap;
	const char *root = s->old_name ? s->old_name : s->name;

	s->targets = g_ptr_array_new_with_free_func(g_free);
	s->reparent = g_ptr_array_new_with_free_func(g_free);
	if (op->flags & (CHILDREN | CHILDREN_ONLY))
		add_descendants(s->targets, children, root);
	else
		add_children(s->reparent, children, root);
	/* Leaves first: what is cut short leaves a whole tree, from which the rest is found. */
	reverse(s->targets);
	if (!(op->flags & CHILDREN_ONLY))
		g_ptr_array_add(s->targets, g_strdup(root));
}

bool snapshot_choose_records(struct op *op, GError **err)
{
	g_autoptr(GHashTable) parents = read_parents(op, err);

	if (parents)
		choose_records(op, parents);
	return parents != NULL;
}

static bool list_has(const GPtrArray *list, const char *name)
{
	for (guint i = 0; name && i < list->len; i++)
		if (strcmp(list->pdata[i], name) == 0)
			return true;
	return false;
}

/* And who is current afterwards. */
static void choose(struct op *op, GHashTable *parents)
{
	struct snap_op *s = &op->snap;
	const char *parent = g_hash_table_lookup(parents, s->name);

	choose_records(op, parents);
	s->new_parent = g_strdup(parent);
	s->current_before = records_current(op->dd);
	if (!list_has(s->targets, s->current_before))
		s->current_after = g_strdup(s->current_before);
	else
		s->current_after = g_strdup((op->flags & CHILDREN_ONLY) ? s->name : parent);
	if (s->targets->len > 1 || s->reparent->len > 0)
		op->facts |= FACT_SEVERAL;
}

/* Is the tag of that snapshot on all disks that it was taken of and that the domain still has? One
 * that was added later has none. */
static bool query_target(struct op *op, const char *name, GError **err)
{
	g_autofree struct hv_disk *disks = g_new(struct hv_disk, op->n_disks + 1);
	size_t n = snapshot_disks_of(op, name, disks);
	struct hv_tag tag;

	if (!op->e->hv->ops->tag_query(op->e->hv, &op->guest, disks, n, name, &tag, err))
		return false;
	if (tag.n_disks_with < MAX(n, 1)) {
		op->facts |= FACT_TAG_INCOMPLETE;
		op_detail(op, REASON_TAG_INCOMPLETE, g_strdup(name));
	}
	return true;
}

/* Data must be there to be deleted: asked of each target unless only records go. */
static bool gather_tags(struct op *op, GError **err)
{
	if (op->flags & VIR_DOMAIN_SNAPSHOT_DELETE_METADATA_ONLY)
		return true;
	if (!op_load_tree(op, op->state.is_alive ? "live.xml" : "domain.xml", err) ||
	    !op_load_view(op, err))
		return false;
	snapshot_gather_image(op);
	if (op->facts & (FACT_RECORD_EXTERNAL | FACT_RECORD_BROKEN))
		return true;
	if (!op_ready_disks(op, err))
		return false;
	for (guint i = 0; i < op->snap.targets->len; i++)
		if (!query_target(op, op->snap.targets->pdata[i], err))
			return false;
	return true;
}

/* Of every target, not only the one that was named. */
static bool gather_records(struct op *op)
{
	for (guint i = 0; i < op->snap.targets->len; i++) {
		g_autofree char *text = NULL;
		g_autoptr(snapshot_record) rec = NULL;
		size_t size;

		if (record_read(op->dd, op->snap.targets->pdata[i], &text, &size, NULL))
			rec = snapshot_parse(text, size, true, NULL);
		if (!rec)
			op->facts |= FACT_RECORD_BROKEN;
		else if (snapshot_record_is_external(rec) || rec->state == SNAPSHOT_DISK_ONLY)
			op->facts |= FACT_RECORD_EXTERNAL;
	}
	return true;
}

/* ret_items: only tell what would be done. */
static bool delete(struct op *op, const char *snapshot, GPtrArray **ret_items, GError **err)
{
	g_autoptr(GHashTable) parents = NULL;
	struct verdict v;

	if ((op->flags & CHILDREN) && (op->flags & CHILDREN_ONLY))
		return fail(err, VIR_ERR_INVALID_ARG,
			    "children and children-only exclude each other");
	if (!snapshot_load_record(op, snapshot, err))
		return false;
	op->facts &= ~(guint64)(FACT_RECORD_BROKEN | FACT_RECORD_EXTERNAL);
	parents = read_parents(op, err);
	if (!parents)
		return false;
	choose(op, parents);
	if (op->snap.targets->len == 0 && !ret_items)
		return true; /* --children-only without children */
	if (!gather_records(op) || !gather_tags(op, err))
		return false;
	v = rules_snapshot_delete(op->facts, op->flags);
	if (v.n_reasons)
		return op_refuse(op, &v, err);
	if (ret_items) {
		*ret_items = snapshot_plan_of_delete(op);
		return true;
	}
	op->event = "snapshot-deleted";
	op->event_detail = op->snap.name;
	return op_execute(op, &v.plan, err);
}

static bool run(struct engine *e, const char *name, const char *snapshot, unsigned int flags,
		GPtrArray **ret_items, GError **err)
{
	struct op op;
	bool done;

	op_init(&op, e, "snapshot-delete", flags);
	done = op_lock(&op, name, err) && delete(&op, snapshot, ret_items, err);
	op_end(&op);
	return done;
}

bool engine_snapshot_delete(struct engine *e, const char *name, const char *snapshot,
			    unsigned int flags, GError **err)
{
	return run(e, name, snapshot, flags, NULL, err);
}

GPtrArray *engine_snapshot_plan_delete(struct engine *e, const char *name, const char *snapshot,
				       unsigned int flags, GError **err)
{
	GPtrArray *items = NULL;

	run(e, name, snapshot, flags, &items, err);
	return items;
}
