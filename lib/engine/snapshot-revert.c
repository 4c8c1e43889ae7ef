/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Snapshots: revert. A failed load of a running guest stops it and may have reverted some disks
 * only, and the hypervisor does not notice another configuration: so everything is compared first,
 * and a safety snapshot is taken before the load.
 */
#include "engine/op.h"

#include <libvirt/libvirt-domain.h>
#include <libvirt/libvirt-domain-snapshot.h>
#include <string.h>
#include "base/error.h"
#include "base/util.h"
#include "engine/snapshot.h"
#include "xml/snapshot.h"

/* The configuration whose disks are reverted: the living guest's, else the recorded one. */
static bool load_machine(struct op *op, GError **err)
{
	if (op->state.is_alive)
		return op_load_tree(op, "live.xml", err) && op_load_view(op, err);
	if (!op->snap.domain)
		return op_load_tree(op, "domain.xml", err) && op_load_view(op, err);
	op->tree = xml_copy(op->snap.domain);
	op_settle(op, op->tree);
	domain_xml_set_name(op->tree, op->name);
	return op_load_view(op, err);
}

/* Of a running guest: all of its disks, and no other ones, are in the record. */
static bool has_recorded_disks(struct op *op)
{
	g_autofree struct hv_disk *disks = g_new(struct hv_disk, op->n_disks + 1);
	g_autoptr(domain_config) config = domain_config_read(op->snap.domain, NULL);
	size_t n = 0;

	for (guint i = 0; config && i < config->disks->len; i++) {
		const struct disk_config *d = config->disks->pdata[i];

		n += disk_is_writable(d) && d->source;
	}
	return n == op->n_disks && snapshot_disks_of(op, op->snap.name, disks) == n;
}

static void compare_machines(struct op *op)
{
	g_autofree char *difference = NULL;

	if (!op->state.is_alive || !op->snap.domain ||
	    domain_xml_same_machine(op->snap.domain, op->tree, &difference))
		return;
	op->facts |= FACT_CONFIG_DIFFERS;
	op_detail(op, REASON_CONFIG_DIFFERS, g_steal_pointer(&difference));
	if (!has_recorded_disks(op))
		op->facts |= FACT_DISKS_DIFFER;
}

/* Only when all else is fine: it asks the hypervisor or opens images. */
static bool gather_tag(struct op *op, GError **err)
{
	struct hv *hv = op->e->hv;
	struct verdict so_far = rules_snapshot_revert(op->facts, op->flags);
	bool bitmaps = false;
	struct hv_tag tag;

	if (so_far.n_reasons)
		return true;
	if (!op_ready_disks(op, err))
		return false;
	if (!hv->ops->tag_query(hv, &op->guest, op->disks, op->n_disks, op->snap.name, &tag, err) ||
	    !hv->ops->has_bitmaps(hv, &op->guest, op->disks, op->n_disks, &bitmaps, err))
		return false;
	if (tag.n_disks_with < MAX(op->n_disks, 1) ||
	    ((op->facts & FACT_RECORD_MEMORY) && !tag.has_memory))
		op->facts |= FACT_TAG_INCOMPLETE;
	if (tag.id_collides)
		op->facts |= FACT_TAG_COLLIDES;
	if (bitmaps)
		op->facts |= FACT_BITMAPS;
	return true;
}

/* The config that stands after the revert: the persistent one of the time. */
static void choose_config(struct op *op)
{
	g_autofree char *text = NULL;
	struct xml_tree *inactive;
	size_t size;

	if (!record_read(op->dd, op->snap.name, &text, &size, NULL))
		return;
	inactive = snapshot_inactive_domain(text, size, NULL);
	if (!inactive)
		return;
	xml_free(op->snap.domain);
	op->snap.domain = inactive;
}

/* What a revert is in words of the life cycle; what it does to a running guest its guard notes. */
static void tell_revert(struct op *op)
{
	bool is_paused = op->snap.rec && op->snap.rec->state == SNAPSHOT_PAUSED;
	bool is_alive = op->state.is_alive;

	if (op->flags & (VIR_DOMAIN_SNAPSHOT_REVERT_PAUSED | VIR_DOMAIN_SNAPSHOT_REVERT_RUNNING))
		is_paused = op->flags & VIR_DOMAIN_SNAPSHOT_REVERT_PAUSED;
	if (op->facts & FACT_STOPS_GUEST)
		op_news(op, NULL, "stopped", "from-snapshot");
	if (op->state.has_config)
		op_news(op, NULL, "defined", "from-snapshot");
	if ((op->facts & FACT_STOPS_GUEST) || !(op->facts & FACT_RECORD_MEMORY))
		return;
	if (!is_alive)
		op_news(op, NULL, "started", "from-snapshot");
	if (is_paused && (!is_alive || !op->e->hv->ops->is_watched))
		op_news(op, NULL, "suspended", "from-snapshot");
	else if (is_alive && !op->e->hv->ops->is_watched)
		op_news(op, NULL, "resumed", "from-snapshot");
}

/* ---- --keep: a snapshot of now in the same plan ---- */

static bool has_same_disks(const struct op *a, const struct op *b)
{
	bool same = a->n_disks == b->n_disks;

	for (size_t i = 0; same && i < a->n_disks; i++)
		same = strcmp(a->disks[i].path, b->disks[i].path) == 0;
	return same;
}

/* Refused where snapshot-create is, and for the same reasons. */
static bool prepare_keep(struct op *op, const char *keep, GError **err)
{
	struct verdict v;
	bool is_ready;
	struct op k;

	if (!snapshot_name_check(keep, err))
		return false;
	op_borrow(&k, op, "snapshot-create", 0);
	k.snap.rec = snapshot_record_new();
	k.snap.rec->name = g_strdup(keep);
	is_ready = op_gather(&k, err) && snapshot_prepare(&k, &v, err) &&
		   (v.n_reasons == 0 || op_refuse(&k, &v, err));
	if (is_ready) {
		op->facts |= FACT_KEEPS;
		if (!has_same_disks(&k, op))
			op->facts |= FACT_DISKS_DIFFER;
		op->snap.keeps = true;
		op->snap.safety = g_strdup(keep);
		op->snap.text = g_steal_pointer(&k.snap.text);
	}
	op_give_back(&k);
	return is_ready;
}

/* Both refusals in one: all reasons are told. */
static bool refuse(struct op *op, const struct verdict *v, GError *take_other, GError **err)
{
	g_autoptr(GError) other = take_other, e = NULL;

	op_refuse(op, v, &e);
	error_add_reasons(e, other);
	g_propagate_error(err, g_steal_pointer(&e));
	return false;
}

/* ---- The operation ---- */

static bool gather(struct op *op, const char *snapshot, const char *keep, GError **ret_refusal,
		   GError **err)
{
	if (!snapshot_load_record(op, snapshot, err))
		return false;
	if (op->facts & FACT_RECORD_BROKEN)
		return true;
	if (!load_machine(op, err))
		return false;
	compare_machines(op);
	if (keep && !prepare_keep(op, keep, ret_refusal) && !error_reasons(*ret_refusal)) {
		g_propagate_error(err, g_steal_pointer(ret_refusal));
		return false;
	}
	return gather_tag(op, err);
}

static void begin(struct op *op)
{
	struct snap_op *s = &op->snap;

	choose_config(op);
	if (op->state.is_alive &&
	    (!(op->facts & FACT_RECORD_MEMORY) || (op->facts & FACT_CONFIG_DIFFERS)))
		op->facts |= FACT_STOPS_GUEST;
	op->run_id = op->state.is_alive ? g_strdup(op->state.run.run_id) : g_uuid_string_random();
	if (!s->keeps)
		s->safety = g_strdup_printf("domsh-safety-%" G_GINT64_FORMAT, now_usec());
	s->current_before = records_current(op->dd);
	s->current_after = g_strdup(s->name);
	op->end_reason = "from-snapshot"; /* of a guest that has to be given up */
	op->event = "reverted";
	op->event_detail = s->name;
	tell_revert(op);
}

/* ret_items: only tell what would be done. */
static bool revert(struct op *op, const char *snapshot, const char *keep, GPtrArray **ret_items,
		   GError **err)
{
	g_autoptr(GError) refusal = NULL;
	struct verdict v;

	if (!gather(op, snapshot, keep, &refusal, err))
		return false;
	v = rules_snapshot_revert(op->facts, op->flags);
	if (v.n_reasons)
		return refuse(op, &v, g_steal_pointer(&refusal), err);
	if (refusal) {
		g_propagate_error(err, g_steal_pointer(&refusal));
		return false;
	}
	begin(op);
	if (!ret_items)
		return op_execute(op, &v.plan, err);
	*ret_items = snapshot_plan_of_revert(op);
	return true;
}

/* What is left to do once the guest is off and its disks are reverted. */
static bool finish_revert(struct engine *e, const char *name, const char *snapshot,
			  unsigned int flags, bool has_memory, GError **err)
{
	bool paused = flags & VIR_DOMAIN_SNAPSHOT_REVERT_PAUSED;

	if (has_memory && !engine_snapshot_revert(e, name, snapshot, NULL, flags, err))
		return fail_prefix(err, "the guest was stopped and its disks are those of snapshot "
					"'%s', but it could not be started", snapshot);
	if (!has_memory && (paused || (flags & VIR_DOMAIN_SNAPSHOT_REVERT_RUNNING)))
		return engine_start(e, name, paused ? VIR_DOMAIN_START_PAUSED : 0, NULL, err);
	return true;
}

bool engine_snapshot_revert(struct engine *e, const char *name, const char *snapshot,
			    const char *keep, unsigned int flags, GError **err)
{
	struct op op;
	bool done, has_memory, is_stopped_first;

	op_init(&op, e, "snapshot-revert", flags);
	done = op_lock(&op, name, err) && revert(&op, snapshot, keep, NULL, err);
	has_memory = op.snap.rec && (op.snap.rec->state == SNAPSHOT_RUNNING ||
				     op.snap.rec->state == SNAPSHOT_PAUSED);
	is_stopped_first = op.facts & FACT_STOPS_GUEST;
	op_end(&op);
	if (!done || (has_memory && !is_stopped_first))
		return done;
	return finish_revert(e, name, snapshot, flags, has_memory, err);
}

GPtrArray *engine_snapshot_plan_revert(struct engine *e, const char *name, const char *snapshot,
				       const char *keep, unsigned int flags, GError **err)
{
	GPtrArray *items = NULL;
	struct op op;

	op_init(&op, e, "snapshot-revert", flags);
	if (op_lock(&op, name, err))
		revert(&op, snapshot, keep, &items, err);
	op_end(&op);
	return items;
}
