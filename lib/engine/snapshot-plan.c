/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Snapshots: what a delete or a revert means for the user, told before it is done. */
#include "engine/snapshot.h"

#include <libvirt/libvirt-domain-snapshot.h>
#include "base/util.h"
#include "xml/snapshot.h"

static void add(GPtrArray *items, enum fate fate, char *take_what, const char *where)
{
	g_ptr_array_add(items, plan_item_new(fate, take_what, where, -1));
	g_free(take_what);
}

static GPtrArray *new_items(void)
{
	return g_ptr_array_new_with_free_func((GDestroyNotify)plan_item_free);
}

/* ---- Delete ---- */

static void add_target(struct op *op, GPtrArray *items, const char *name)
{
	bool forgets = op->flags & VIR_DOMAIN_SNAPSHOT_DELETE_METADATA_ONLY;

	if (forgets)
		add(items, FATE_OLD, g_strdup_printf("record of snapshot '%s'", name), NULL);
	add(items, forgets ? FATE_STAYS : FATE_PERMANENT,
	    g_strdup_printf(forgets ? "data of snapshot '%s'" : "snapshot '%s'", name),
	    op->n_disks == 1 ? op->disks[0].path : NULL);
}

GPtrArray *snapshot_plan_of_delete(struct op *op)
{
	struct snap_op *s = &op->snap;
	GPtrArray *items = new_items();

	for (guint i = 0; i < s->targets->len; i++)
		add_target(op, items, s->targets->pdata[i]);
	for (guint i = 0; s->reparent && i < s->reparent->len; i++) {
		const char *name = s->reparent->pdata[i];

		add(items, FATE_STAYS,
		    s->new_parent ? g_strdup_printf("snapshot '%s', below '%s' then", name,
						    s->new_parent) :
				    g_strdup_printf("snapshot '%s', without a parent then", name),
		    NULL);
	}
	return items;
}

/* ---- Revert ---- */

/* "changes since 'base', 3 h": what no snapshot holds. */
static char *changes_text(struct op *op, const char *thing)
{
	const char *current = op->snap.current_before;
	g_autofree char *text = NULL, *age = NULL;
	g_autoptr(snapshot_record) rec = NULL;
	size_t size;

	if (!current || !record_read(op->dd, current, &text, &size, NULL))
		return g_strdup(thing);
	rec = snapshot_peek(text, size);
	if (!rec)
		return g_strdup_printf("%s: changes since '%s'", thing, current);
	age = format_age(now_sec() - rec->creation_time);
	return g_strdup_printf("%s: changes since '%s', %s", thing, current, age);
}

static void add_disks(struct op *op, GPtrArray *items)
{
	for (size_t i = 0; i < op->n_disks; i++) {
		g_autofree char *thing = g_strdup_printf("disk '%s'", op->disks[i].target);

		add(items, op->snap.keeps ? FATE_STAYS : FATE_PERMANENT, changes_text(op, thing),
		    op->disks[i].path);
	}
}

static bool changes_config(struct op *op)
{
	g_autofree char *now = NULL, *then = NULL;
	size_t size;

	if (!op->state.has_config || !op->snap.domain)
		return false;
	domain_xml_set_name(op->snap.domain, op->name);
	op_settle(op, op->snap.domain);
	then = xml_format(op->snap.domain);
	return domain_read_xml(op->dd, "domain.xml", &now, &size, NULL) &&
	       g_strcmp0(now, then) != 0;
}

GPtrArray *snapshot_plan_of_revert(struct op *op)
{
	struct snap_op *s = &op->snap;
	GPtrArray *items = new_items();
	bool ends = op->facts & FACT_STOPS_GUEST;

	if (s->keeps)
		add(items, FATE_STAYS, g_strdup_printf("snapshot '%s', taken first", s->safety),
		    NULL);
	add_disks(op, items);
	if (op->state.is_alive)
		add(items, s->keeps ? FATE_STAYS : FATE_PERMANENT,
		    changes_text(op, ends ? "memory of the guest, which ends" : "memory"), NULL);
	if (!op->state.is_alive && !(op->facts & FACT_RECORD_MEMORY) && (op->facts & FACT_NVRAM))
		add(items, FATE_OLD, g_strdup("nvram"), "nvram.fd");
	add(items, changes_config(op) ? FATE_OLD : FATE_STAYS, g_strdup("configuration"),
	    "domain.xml");
	return items;
}
