/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reconcile: what every writer does first, and the guard when a client was killed. Facts of the
 * intent, of the directory and of the hypervisor go to the rule; its plan of repeatable steps takes
 * back or finishes. It runs as an operation of its own beside the writer's, on the same directory.
 */
#include "engine/op.h"

#include <libvirt/libvirt-domain-snapshot.h>
#include <string.h>
#include <unistd.h>
#include "base/error.h"
#include "base/sys.h"
#include "base/util.h"
#include "engine/snapshot.h"
#include "xml/snapshot.h"

/* ---- Unpublished runs ---- */

/* The lock is ours, so whoever built run.<id> is dead; its process may live. */
static void sweep_one(struct op *op, const char *dir)
{
	g_autoptr(GError) e = NULL;
	struct guest g;

	op_fill_guest(op);
	g = op->guest;
	g.session = NULL;
	g.run_id = dir + strlen("run.");
	g.run_fd = open_dir_at(op->dd->fd, dir);
	if (g.run_fd >= 0) {
		op->e->hv->ops->abandon(op->e->hv, &g);
		op->e->hv->ops->close_session(op->e->hv, &g);
		close(g.run_fd);
	}
	/* A guard that is about to leave may still write there: the next writer tries again. */
	if (!run_clear(op->dd, dir, &e))
		g_debug("sweeping '%s': %s", dir, e->message);
}

bool op_sweep_runs(struct op *op, GError **err)
{
	g_autoptr(GPtrArray) dirs = run_unpublished(op->dd, err);

	if (!dirs)
		return false;
	for (guint i = 0; i < dirs->len; i++)
		sweep_one(op, dirs->pdata[i]);
	return true;
}

/* ---- Facts of unfinished work ---- */

static const struct {
	const char *op;
	guint64 fact;
} intent_ops[] = {
	{ "start", FACT_OP_START },
	{ "create", FACT_OP_START },
	{ "restore", FACT_OP_START },
	{ "managed-save", FACT_OP_SAVE },
	{ "save", FACT_OP_SAVE },
	{ "snapshot-create", FACT_OP_SNAPSHOT },
	{ "snapshot-delete", FACT_OP_DELETE },
	{ "snapshot-revert", FACT_OP_REVERT },
	{ "snapshot-rename", FACT_OP_RENAME },
};

static guint64 op_fact(const char *name)
{
	for (guint i = 0; i < G_N_ELEMENTS(intent_ops); i++)
		if (g_strcmp0(intent_ops[i].op, name) == 0)
			return intent_ops[i].fact;
	return 0;
}

/* One that has its memory from an image and that was not told to go on looks like one that was
 * paused. */
static bool is_from_image(const struct op *r)
{
	return exists_at(r->dd->fd, "run/restored") == 1 ||
	       g_strcmp0(r->intent.op, "restore") == 0;
}

/* Of a file nothing is lost: a guest that has its memory from there and did not run ends, and the
 * restore can be asked for again, also where it was about to run or could not. */
static void forget_cont(struct op *r, enum hv_status status)
{
	if (status == HV_PAUSED && g_strcmp0(r->intent.op, "restore") == 0)
		r->facts &= ~(guint64)FACT_CONTINUED;
}

/* A guest that dies while we ask is not one that went on: its image must stay. */
static bool witness_guest(struct op *r, GError **err)
{
	enum hv_status status;

	if (!op_open_guest(r, err) || !r->e->hv->ops->status(r->e->hv, &r->guest, &status, err))
		return false;
	if (status == HV_PRELAUNCH || status == HV_INMIGRATE ||
	    (status == HV_PAUSED && is_from_image(r)))
		r->facts |= FACT_PRELAUNCH;
	forget_cont(r, status);
	if (status != HV_GONE)
		return true;
	op_close_guest(r);
	return op_gather(r, err) &&
	       (!r->state.is_alive || fail(err, VIR_ERR_OPERATION_FAILED,
					   "the guest of '%s' does not answer", r->name));
}

/* Do the disks still fit the image that a dead guest was resumed from? */
static void witness_restored(struct op *r)
{
	g_autofree char *now = NULL, *difference = NULL;

	if (exists_at(r->dd->fd, "run/restored") != 1)
		return;
	/* What cannot be read cannot be shown to fit: it is kept, and put aside if it may be stale. */
	r->facts |= FACT_DISKS_CHANGED;
	if (!image_open(&r->image, r->dd->fd, "run/restored", true, NULL))
		return;
	r->tree = xml_parse(r->image.xml, strlen(r->image.xml), "saved domain", NULL);
	if (!r->tree || !op_load_view(r, NULL))
		return;
	now = fingerprint_take(r->e->hv, r->disks, r->n_disks, NULL);
	if (!now || !r->image.fingerprint)
		return;
	difference = fingerprint_compare(r->image.fingerprint, now);
	if (!difference)
		r->facts &= ~(guint64)FACT_DISKS_CHANGED;
}

static bool witness_start(struct op *r, GError **err)
{
	if (r->state.has_run_state && g_strcmp0(r->state.run.run_id, r->intent.run_id) == 0)
		r->facts |= FACT_PUBLISHED;
	else if (r->state.has_run && !r->state.has_run_state)
		r->facts |= FACT_PUBLISHED;
	if (r->state.is_alive && (r->facts & FACT_PUBLISHED) && !witness_guest(r, err))
		return false;
	if (!r->state.is_alive)
		witness_restored(r);
	return true;
}

/* Complete under its spare name, or in its place already. */
static bool is_saved(struct op *r)
{
	struct image img;
	bool found;

	image_init(&img);
	found = image_open(&img, save_dir(r), save_spare(r), true, NULL) &&
		image_is_complete(&img);
	image_clear(&img);
	if (found || !r->save.path)
		return found || r->state.has_managed_save;
	found = image_open(&img, save_dir(r), save_name(r), false, NULL) &&
		g_strcmp0(img.run_id, r->intent.run_id) == 0;
	image_clear(&img);
	return found;
}

/* When the directory of the file is out of reach, a guest that lives goes on; of one that does not,
 * nobody can tell whether its memory is there. */
static bool witness_save(struct op *r, GError **err)
{
	g_autoptr(GError) why = NULL;

	if (r->save.path && !save_file_reopen(r, &why)) {
		if (r->state.is_alive)
			return true;
		return fail(err, VIR_ERR_OPERATION_FAILED,
			    "%s; the memory that was saved to '%s' is there: make that directory "
			    "reachable again, or make an empty one to give the memory up",
			    why->message, r->save.path);
	}
	if (is_saved(r))
		r->facts |= FACT_COMPLETE;
	return true;
}

/* The disks that the work is about: as it noted them, else of the living guest or the config. */
static bool load_disks(struct op *r, GError **err)
{
	return op_intent_disks(r) || (op_load_tree(r, r->state.is_alive || !r->state.has_config ? "live.xml" : "domain.xml",
			    err) &&
	       op_load_view(r, err));
}

static bool ready_disks(struct op *r, GError **err)
{
	struct hv *hv = r->e->hv;

	if (!load_disks(r, err))
		return false;
	if (r->state.is_alive)
		return op_open_guest(r, err) && hv->ops->snap_settle(hv, &r->guest, err);
	op_fill_guest(r);
	/* A process that died in the middle may have left leaks or worse in the images. */
	return hv->ops->repair(hv, r->disks, r->n_disks, err);
}

/* Is there a record, made or to be made? One whose publishing failed is void, and data without a
 * record go. */
static bool has_record(struct op *r)
{
	return (r->flags & VIR_DOMAIN_SNAPSHOT_CREATE_NO_METADATA) ||
	       record_exists(r->dd, r->snap.name) || record_is_staged(r->dd, r->snap.name);
}

static bool witness_snapshot(struct op *r, GError **err)
{
	struct hv_tag tag;

	if (!ready_disks(r, err))
		return false;
	if (!r->e->hv->ops->tag_query(r->e->hv, &r->guest, r->disks, r->n_disks, r->snap.name, &tag,
				      err))
		return false;
	if (tag.n_disks_with == r->n_disks &&
	    (tag.has_memory || !(r->facts & FACT_RECORD_MEMORY)) && has_record(r))
		r->facts |= FACT_COMPLETE;
	return true;
}

static bool witness_revert(struct op *r, GError **err)
{
	g_autofree char *text = NULL;
	size_t size;

	if (!ready_disks(r, err))
		return false;
	if (!record_read(r->dd, r->snap.name, &text, &size, err))
		return false;
	r->snap.rec = snapshot_peek(text, size);
	r->snap.domain = snapshot_inactive_domain(text, size, NULL);
	if (!r->snap.domain)
		r->snap.domain = snapshot_domain(text, size, NULL);
	return true;
}

static bool witness_rename(struct op *r, GError **err)
{
	if (record_exists(r->dd, r->snap.name))
		r->facts |= FACT_COMPLETE;
	return snapshot_choose_records(r, err);
}

static bool witness(struct op *r, GError **err)
{
	r->facts |= op_fact(r->intent.op);
	if (r->intent.steps_done > 0)
		r->facts |= FACT_CONTINUED;
	if (r->facts & FACT_OP_START)
		return witness_start(r, err);
	if (r->facts & FACT_OP_SAVE)
		return witness_save(r, err);
	if (r->facts & FACT_OP_SNAPSHOT)
		return witness_snapshot(r, err);
	if (r->facts & FACT_OP_DELETE)
		return snapshot_choose_records(r, err) && ready_disks(r, err);
	if (r->facts & FACT_OP_REVERT)
		return witness_revert(r, err);
	return !(r->facts & FACT_OP_RENAME) || witness_rename(r, err);
}

/* What the killed command would have told last, and has not: told when its work is finished. */
static void choose_event(struct op *r)
{
	if (r->facts & FACT_OP_START) {
		r->event = "started";
		r->event_detail = (r->facts & FACT_MANAGED_SAVE) || r->image.fd >= 0 ||
						  exists_at(r->dd->fd, "run/restored") == 1 ?
					  "restored" :
					  "booted";
	} else if (r->facts & FACT_OP_SAVE) {
		r->event = "stopped";
		r->event_detail = (r->facts & FACT_COMPLETE) ? "saved" : op_end_reason(r);
	} else if (r->facts & FACT_OP_REVERT) {
		r->event = "reverted";
		r->event_detail = r->snap.name;
		if (r->facts & FACT_STOPS_GUEST)
			op_news(r, NULL, "stopped", "from-snapshot");
		if (r->state.has_config)
			op_news(r, NULL, "defined", "from-snapshot");
	}
}

static bool run_reconcile(struct op *r, GError **err)
{
	struct verdict v;

	if (!op_gather(r, err) || !intent_read(r->dd, &r->intent, err))
		return false;
	op_intent_apply(r);
	if (!witness(r, err))
		return false;
	v = rules_reconcile(r->facts, r->flags);
	choose_event(r);
	if (v.n_reasons)
		return fail(err, VIR_ERR_OPERATION_INVALID, "unfinished '%s' is not known",
			    r->intent.op);
	return op_execute(r, &v.plan, err);
}

/* An operation of its own on the borrowed directory. */
bool op_reconcile(struct op *op, GError **err)
{
	g_autoptr(GError) e = NULL;
	struct op r;
	bool done;

	op_borrow(&r, op, "reconcile", 0);
	done = run_reconcile(&r, &e);
	if (!done && r.went_back) {
		/* The direction has changed, durably: once more, the other way. */
		op_give_back(&r);
		g_clear_error(&e);
		op_borrow(&r, op, "reconcile", 0);
		done = run_reconcile(&r, &e);
	}
	if (!done)
		g_propagate_error(err, g_steal_pointer(&e));
	op_give_back(&r);
	return done;
}

/* ---- The end of a guest ---- */

bool op_exit(struct op *op, GError **err)
{
	struct verdict v = rules_exit(op->facts, 0);
	bool had_config = op->state.has_config;

	if (!v.plan.n)
		return true;
	op->event = op->state.has_run ? "stopped" : NULL;
	op->event_detail = op_end_reason(op);
	if (!op_execute(op, &v.plan, err))
		return false;
	op->event = op->event_detail = NULL;
	if (!had_config)
		g_clear_pointer(&op->dd, domain_close);
	return true;
}

bool engine_reconcile(struct engine *e, const char *name, bool try_only, GError **err)
{
	struct op op;
	bool done = false;

	op_init(&op, e, "reconcile", 0);
	if (op_open(&op, err)) {
		if (try_only)
			op.store->lock_wait_ms = 0;
		done = op_lock(&op, name, err);
	}
	if (done && op.unclear)
		done = fail(err, VIR_ERR_OPERATION_INVALID, "%s", op.unclear);
	op_end(&op);
	return done;
}

bool engine_guest_ended(struct engine *e, const char *name, const char *run_id, const char *reason,
			GError **err)
{
	g_autoptr(GError) why = NULL;
	struct op op;
	bool done = false;

	op_init(&op, e, "guest-ended", 0);
	op.end_reason = reason;
	op.run_id = g_strdup(run_id);
	if (op_open(&op, err)) {
		op.store->lock_wait_ms = G_MAXINT32;
		done = op_lock(&op, name, &why) || error_is(why, VIR_ERR_NO_DOMAIN);
		if (!done)
			g_propagate_error(err, g_steal_pointer(&why));
	}
	op_end(&op);
	return done;
}
