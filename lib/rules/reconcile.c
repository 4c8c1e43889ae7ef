/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Reconcile: what becomes of work that a killed command left. Facts say whose work (OP_*), how far
 * it got and what the hypervisor witnesses; the plan takes it back or finishes it, with steps that
 * may be repeated. It never starts a guest that does not live.
 */
#include <libvirt/libvirt-domain.h>
#include <libvirt/libvirt-domain-snapshot.h>
#include "rules/internal.h"

static void reconcile_start(struct plan *p, guint64 facts, unsigned int flags)
{
	bool boots = flags & VIR_DOMAIN_START_FORCE_BOOT;
	bool wants_running = !(flags & VIR_DOMAIN_START_PAUSED);

	if (!(facts & FACT_PUBLISHED)) {
		/* What was spawned is swept with its unpublished run directory. */
		PLAN(p, STEP_NVRAM_BACK, STEP_DROP_INTENT);
		return;
	}
	if (!(facts & FACT_ALIVE)) {
		/* Once it may have run, its image fits only disks that did not change since. */
		if ((facts & FACT_CONTINUED) && (facts & FACT_DISKS_CHANGED))
			plan_add(p, STEP_IMAGE_ARCHIVE);
		else
			plan_add(p, STEP_IMAGE_BACK);
		/* Whether it ran with new variables nobody can tell: the old ones count. */
		PLAN(p, STEP_NVRAM_BACK, STEP_END_RUN, STEP_DROP_INTENT);
		return;
	}
	/* Never continued, and not left so on purpose; or its image is still in its place. */
	if (!(facts & FACT_CONTINUED) &&
	    ((facts & FACT_MANAGED_SAVE) || ((facts & FACT_PRELAUNCH) && wants_running))) {
		PLAN(p, STEP_QUIT, STEP_IMAGE_BACK, STEP_NVRAM_BACK, STEP_END_RUN,
		     STEP_DROP_INTENT);
		return;
	}
	if ((facts & FACT_PRELAUNCH) && wants_running && (boots || !(facts & FACT_IMAGE_PAUSED)))
		plan_add(p, STEP_CONT);
	/* A guest that was not to run has not used its image up. */
	if (boots || !wants_running || (facts & FACT_IMAGE_PAUSED))
		plan_add(p, STEP_IMAGE_ARCHIVE);
	else
		plan_add(p, STEP_IMAGE_GONE);
	PLAN(p, STEP_NVRAM_ARCHIVE, STEP_EVENT, STEP_DROP_INTENT);
}

static void reconcile_save(struct plan *p, guint64 facts)
{
	if (facts & FACT_COMPLETE) {
		if (facts & FACT_ALIVE)
			plan_add(p, STEP_QUIT);
		PLAN(p, STEP_IMAGE_FINISH, STEP_END_RUN, STEP_EVENT, STEP_DROP_INTENT);
		return;
	}
	if (!(facts & FACT_ALIVE)) {
		PLAN(p, STEP_IMAGE_DROP, STEP_END_RUN, STEP_EVENT, STEP_DROP_INTENT);
		return;
	}
	PLAN(p, STEP_SAVE_CANCEL, STEP_IMAGE_DROP);
	if (facts & FACT_WAS_RUNNING)
		plan_add(p, STEP_CONT);
	plan_add(p, STEP_DROP_INTENT);
}

static void reconcile_snapshot(struct plan *p, guint64 facts, unsigned int flags)
{
	bool has_record = !(flags & VIR_DOMAIN_SNAPSHOT_CREATE_NO_METADATA);

	if (!(facts & FACT_COMPLETE)) {
		plan_add(p, STEP_DROP_TAG);
		plan_add(p, STEP_UNSTAGE);
	} else if (has_record) {
		plan_add(p, STEP_RECORD_AFTER);
	}
	if (refreshes_fingerprint(facts))
		plan_add(p, STEP_FINGERPRINT);
	/* One that was to be halted is, once its memory is in the snapshot. */
	if ((facts & FACT_COMPLETE) && (facts & FACT_STOPS_GUEST)) {
		if (facts & FACT_ALIVE)
			plan_add(p, STEP_QUIT);
		plan_add(p, STEP_END_RUN);
	/* A job that failed half way may have left the guest stopped. */
	} else if ((facts & FACT_ALIVE) && (facts & FACT_WAS_RUNNING)) {
		plan_add(p, STEP_CONT);
	}
	plan_add(p, STEP_DROP_INTENT);
}

static void reconcile_delete(struct plan *p, guint64 facts, unsigned int flags)
{
	bool has_data = !(flags & VIR_DOMAIN_SNAPSHOT_DELETE_METADATA_ONLY);

	if (has_data)
		plan_add(p, STEP_DROP_AGAIN);
	PLAN(p, STEP_REPARENT, STEP_RECORDS_DELETE, STEP_SET_CURRENT);
	if (has_data && refreshes_fingerprint(facts))
		plan_add(p, STEP_FINGERPRINT);
	plan_add(p, STEP_DROP_INTENT);
}

static void reconcile_revert(struct plan *p, guint64 facts)
{
	bool alive = facts & FACT_ALIVE;

	if (!(facts & FACT_CONTINUED)) {
		PLAN(p, STEP_DROP_SAFETY, STEP_UNSTAGE);
		if ((facts & FACT_ALIVE) && (facts & FACT_WAS_RUNNING))
			plan_add(p, STEP_CONT);
		plan_add(p, STEP_DROP_INTENT);
		return;
	}
	/* A load that began always goes forward: which disks it reverted nobody can tell. */
	if (alive && (facts & FACT_STOPS_GUEST)) {
		plan_add(p, STEP_QUIT);
		alive = false;
	}
	PLAN(p, STEP_LOAD_AGAIN, STEP_REVERT_CONFIG, alive ? STEP_RUN_STATE : STEP_REVERT_NVRAM,
	     STEP_SET_CURRENT, STEP_SETTLE_SAFETY);
	if (!alive)
		plan_add(p, STEP_END_RUN);
	PLAN(p, STEP_EVENT, STEP_DROP_INTENT);
}

static void reconcile_rename(struct plan *p, guint64 facts)
{
	if (facts & FACT_COMPLETE)
		PLAN(p, STEP_REPARENT, STEP_RECORDS_DELETE, STEP_SET_CURRENT);
	else
		plan_add(p, STEP_UNSTAGE);
	plan_add(p, STEP_DROP_INTENT);
}

struct verdict rules_reconcile(guint64 facts, unsigned int flags)
{
	struct verdict v = { 0 };

	if (facts & FACT_OP_START)
		reconcile_start(&v.plan, facts, flags);
	else if (facts & FACT_OP_SAVE)
		reconcile_save(&v.plan, facts);
	else if (facts & FACT_OP_SNAPSHOT)
		reconcile_snapshot(&v.plan, facts, flags);
	else if (facts & FACT_OP_DELETE)
		reconcile_delete(&v.plan, facts, flags);
	else if (facts & FACT_OP_REVERT)
		reconcile_revert(&v.plan, facts);
	else if (facts & FACT_OP_RENAME)
		reconcile_rename(&v.plan, facts);
	else
		v.reasons[v.n_reasons++] = REASON_UNCLEAR;
	return v;
}
