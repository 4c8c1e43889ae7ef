/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Steps on snapshots: the data in the images, then the records. */
#include "engine/steps.h"

#include <libvirt/libvirt-domain-snapshot.h>
#include <string.h>
#include "base/error.h"
#include "base/util.h"
#include "xml/snapshot.h"

/* The guest when it lives, the files when it does not. */
static bool ready(struct op *op, GError **err)
{
	if (op->state.is_alive || op->guest.run_fd >= 0)
		return op_open_guest(op, err);
	op_fill_guest(op);
	return true;
}

/* The record that this operation makes. */
static const char *made_record(const struct op *op)
{
	return op->snap.keeps ? op->snap.safety : op->snap.name;
}

static bool is_metadata_only(const struct op *op)
{
	return op->flags & VIR_DOMAIN_SNAPSHOT_DELETE_METADATA_ONLY;
}

/* ---- Data ---- */

bool step_snapshot_save(struct op *op, GError **err)
{
	return ready(op, err) && op->e->hv->ops->snap_save(op->e->hv, &op->guest, op->disks,
							   op->n_disks, op->snap.name, err);
}

/* Tag and firmware variables. */
static bool drop_data(struct op *op, const char *name, GError **err)
{
	return op->e->hv->ops->snap_drop(op->e->hv, &op->guest, op->disks, op->n_disks, name,
					 err) &&
	       record_drop_nvram(op->dd, name, err);
}

bool step_snapshot_drop(struct op *op, GError **err)
{
	if (!ready(op, err))
		return false;
	for (guint i = 0; i < op->snap.targets->len; i++)
		if (!drop_data(op, op->snap.targets->pdata[i], err))
			return false;
	return true;
}

bool step_drop_tag(struct op *op, GError **err)
{
	return ready(op, err) && drop_data(op, op->snap.name, err);
}

bool step_save_nvram(struct op *op, GError **err)
{
	return record_save_nvram(op->dd, op->snap.name, err);
}

bool step_revert_nvram(struct op *op, GError **err)
{
	return record_put_nvram(op->dd, op->snap.name, err);
}

/* What a failed load is undone with, or what is kept of now. Without a living guest there is no
 * memory, but variables of the firmware. */
bool step_safety_snapshot(struct op *op, GError **err)
{
	const char *tag = op->snap.safety;

	if (!op->state.is_alive && (op->facts & FACT_NVRAM) &&
	    !record_save_nvram(op->dd, tag, err))
		return false;
	return ready(op, err) && op->e->hv->ops->snap_save(op->e->hv, &op->guest, op->disks,
							   op->n_disks, tag, err);
}

bool step_keep_record(struct op *op, GError **err)
{
	return record_stage(op->dd, op->snap.safety, op->snap.text, err) &&
	       record_publish(op->dd, op->snap.safety, err);
}

/* Nothing was given up, so nothing is to be kept; but a guest that has ended for it is in there. */
bool step_drop_safety(struct op *op, GError **err)
{
	if (op->snap.keeps && (op->facts & FACT_STOPS_GUEST) && !op->state.is_alive &&
	    record_exists(op->dd, op->snap.safety))
		return true;
	return (!op->snap.keeps || record_delete(op->dd, op->snap.safety, err)) &&
	       ready(op, err) && drop_data(op, op->snap.safety, err);
}

bool step_settle_safety(struct op *op, GError **err)
{
	return op->snap.keeps || step_drop_safety(op, err);
}

/* After a failed load: the disks (and the guest, when it was loaded in place) as they were. The
 * intent says afterwards that nothing was begun, so that reconcile goes back. */
static bool load_safety(struct op *op, GError **err)
{
	struct hv *hv = op->e->hv;

	if (op->is_spawned && !op->is_published) {
		hv->ops->abandon(hv, &op->guest);
		op_close_guest(op);
	}
	if (!hv->ops->snap_load(hv, &op->guest, op->disks, op->n_disks, op->snap.safety, err) ||
	    !record_put_nvram(op->dd, op->snap.safety, err))
		return false;
	op->intent.steps_done = 0;
	return intent_write(op->dd, &op->intent, err);
}

bool step_snapshot_load(struct op *op, GError **err)
{
	struct hv *hv = op->e->hv;
	g_autoptr(GError) e = NULL;

	if (!ready(op, err))
		return false;
	if (hv->ops->snap_load(hv, &op->guest, op->disks, op->n_disks, op->snap.name, err))
		return true;
	if (!load_safety(op, &e))
		fail_prefix(err, "the state before could not be loaded back (%s)", e->message);
	return false;
}

bool step_load_again(struct op *op, GError **err)
{
	struct hv *hv = op->e->hv;

	if (!ready(op, err))
		return false;
	if (hv->ops->snap_load(hv, &op->guest, op->disks, op->n_disks, op->snap.name, err))
		return true;
	/* Its tag may be gone by now: then there is only the way back. */
	op->went_back = load_safety(op, NULL);
	return false;
}

/* ---- Records ---- */

bool step_stage_record(struct op *op, GError **err)
{
	return record_stage(op->dd, op->snap.name, op->snap.text, err);
}

bool step_unstage(struct op *op, GError **err)
{
	(void)err;
	record_unstage(op->dd, made_record(op));
	return true;
}

bool step_record(struct op *op, GError **err)
{
	return record_publish(op->dd, op->snap.name, err);
}

bool step_record_retire(struct op *op, GError **err)
{
	return record_retire(op->dd, op->snap.targets->pdata[0], err);
}

bool step_records_delete(struct op *op, GError **err)
{
	const GPtrArray *targets = op->snap.targets;

	if (is_metadata_only(op))
		return records_retire(op->dd, (const char *const *)targets->pdata, targets->len,
				      err);
	for (guint i = 0; i < targets->len; i++)
		if (!record_delete(op->dd, targets->pdata[i], err))
			return false;
	return true;
}

bool step_reparent(struct op *op, GError **err)
{
	for (guint i = 0; i < op->snap.reparent->len; i++) {
		const char *name = op->snap.reparent->pdata[i];
		g_autofree char *text = NULL, *changed = NULL;
		size_t size;

		if (!record_read(op->dd, name, &text, &size, err))
			return false;
		changed = snapshot_reparent(text, size, op->snap.new_parent, err);
		if (changed && strcmp(changed, text) == 0)
			continue; /* repeated */
		if (!changed || !record_stage(op->dd, name, changed, err) ||
		    !record_publish(op->dd, name, err))
			return false;
	}
	return true;
}

/* Before the record's own change: what a reader finds is right before and after it. */
bool step_point_current(struct op *op, GError **err)
{
	struct snap_op *s = &op->snap;

	if (s->makes_current)
		return records_point(op->dd, s->name, s->current_before, false, err);
	return records_point(op->dd, s->current_before, s->current_after, false, err);
}

bool step_set_current(struct op *op, GError **err)
{
	return records_point(op->dd, op->snap.current_after, NULL, true, err);
}

/* ---- Config ---- */

static bool is_same_text(struct op *op, const char *text)
{
	g_autofree char *now = NULL;
	size_t size;

	return domain_read_xml(op->dd, "domain.xml", &now, &size, NULL) &&
	       g_strcmp0(now, text) == 0;
}

/* The recorded configuration replaces today's, which goes to old/. */
bool step_revert_config(struct op *op, GError **err)
{
	g_autofree char *text = NULL;

	if (!op->state.has_config || !op->snap.domain)
		return true;
	domain_xml_set_name(op->snap.domain, op->name);
	op_settle(op, op->snap.domain);
	text = xml_format(op->snap.domain);
	return is_same_text(op, text) || domain_put_config(op->dd, text, err);
}
