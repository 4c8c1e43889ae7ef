/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Snapshots: never a record without its data, nor data without its record. */
#include <libvirt/libvirt-domain-snapshot.h>
#include "rules/internal.h"

#define NO_METADATA VIR_DOMAIN_SNAPSHOT_CREATE_NO_METADATA
#define METADATA_ONLY VIR_DOMAIN_SNAPSHOT_DELETE_METADATA_ONLY
#define HALT VIR_DOMAIN_SNAPSHOT_CREATE_HALT
#define REVERT_FORCE VIR_DOMAIN_SNAPSHOT_REVERT_FORCE
#define REVERT_RUNNING VIR_DOMAIN_SNAPSHOT_REVERT_RUNNING
#define REVERT_PAUSED VIR_DOMAIN_SNAPSHOT_REVERT_PAUSED

/* clang-format off */
static const struct guard create_guards[] = {
	{ .with = FACT_UNCLEAR, .reason = REASON_UNCLEAR },
	{ .with = FACT_RECORD_EXISTS, .reason = REASON_RECORD_EXISTS },
	{ .with = FACT_ALIVE, .without = FACT_PERSISTENT, .flags = HALT,
	  .reason = REASON_HALT_TRANSIENT },
	{ .flags = VIR_DOMAIN_SNAPSHOT_CREATE_LIVE, .reason = REASON_LIVE_INTERNAL },
	{ .flags = VIR_DOMAIN_SNAPSHOT_CREATE_QUIESCE, .allowed_by = VIR_DOMAIN_SNAPSHOT_CREATE_DISK_ONLY,
	  .reason = REASON_QUIESCE_INTERNAL },
	{ .with = FACT_WANTS_EXTERNAL, .reason = REASON_WANTS_EXTERNAL },
	{ .without = FACT_WANTS_EXTERNAL, .flags = VIR_DOMAIN_SNAPSHOT_CREATE_DISK_ONLY,
	  .reason = REASON_WANTS_EXTERNAL },
	{ .with = FACT_WANTS_PARTIAL, .without = FACT_WANTS_EXTERNAL, .reason = REASON_WANTS_PARTIAL },
	{ .with = FACT_NO_DISKS, .without = FACT_WANTS_EXTERNAL, .reason = REASON_NO_DISKS },
	{ .with = FACT_RAW_DISKS, .without = FACT_WANTS_EXTERNAL, .reason = REASON_RAW_DISKS },
	{ .with = FACT_NVRAM_OUTSIDE, .without = FACT_ALIVE | FACT_WANTS_EXTERNAL,
	  .reason = REASON_NVRAM_OFFLINE },
	{ .with = FACT_TAG_NUMERIC, .without = FACT_WANTS_EXTERNAL, .reason = REASON_TAG_NUMERIC },
	{ .with = FACT_TAG_EXISTS, .without = FACT_RECORD_EXISTS, .reason = REASON_TAG_EXISTS },
	{ .with = FACT_CHECKPOINTS, .reason = REASON_CHECKPOINTS_SNAPSHOT },
};

static const struct guard redefine_guards[] = {
	{ .with = FACT_UNCLEAR, .reason = REASON_UNCLEAR },
	{ .with = FACT_PARENT_BAD, .reason = REASON_PARENT_BAD },
	{ .with = FACT_UUID_DIFFERS, .reason = REASON_REDEFINE_UUID },
	{ .with = FACT_RECORD_NO_DOMAIN, .without = FACT_RECORD_EXISTS,
	  .reason = REASON_REDEFINE_NO_DOMAIN },
	{ .with = FACT_RECORD_EXISTS | FACT_STATE_CHANGED, .reason = REASON_STATE_CHANGED },
	{ .with = FACT_RECORD_EXISTS | FACT_CONFIG_DIFFERS, .reason = REASON_REDEFINE_MACHINE },
};

/* A record and its tag are called the same, always. */
static const struct guard rename_guards[] = {
	{ .with = FACT_UNCLEAR, .reason = REASON_UNCLEAR },
	{ .with = FACT_NAME_TAKEN, .reason = REASON_RECORD_EXISTS },
	{ .with = FACT_PARENT_BAD, .reason = REASON_PARENT_BAD },
	{ .with = FACT_UUID_DIFFERS, .reason = REASON_REDEFINE_UUID },
	{ .with = FACT_STATE_CHANGED, .reason = REASON_STATE_CHANGED },
	{ .with = FACT_CONFIG_DIFFERS, .reason = REASON_REDEFINE_MACHINE },
	{ .with = FACT_TAG_EXISTS, .reason = REASON_RENAME_DATA },
	{ .with = FACT_TAG_COLLIDES, .reason = REASON_TAG_EXISTS },
};

static const struct guard delete_guards[] = {
	{ .with = FACT_UNCLEAR, .reason = REASON_UNCLEAR },
	{ .with = FACT_PROTECTED, .reason = REASON_PROTECTED_SNAPSHOT },
	{ .with = FACT_RECORD_BROKEN, .allowed_by = METADATA_ONLY, .reason = REASON_RECORD_BROKEN },
	{ .with = FACT_RECORD_EXTERNAL, .allowed_by = METADATA_ONLY, .reason = REASON_RECORD_EXTERNAL },
	{ .with = FACT_TAG_INCOMPLETE, .without = FACT_RECORD_EXTERNAL | FACT_RECORD_BROKEN,
	  .allowed_by = METADATA_ONLY, .reason = REASON_TAG_INCOMPLETE },
};

static const struct guard revert_guards[] = {
	{ .flags = REVERT_RUNNING | REVERT_PAUSED, .reason = REASON_EXCLUSIVE_STATE },
	{ .with = FACT_UNCLEAR, .reason = REASON_UNCLEAR },
	{ .with = FACT_RECORD_BROKEN, .reason = REASON_RECORD_BROKEN },
	{ .with = FACT_RECORD_EXTERNAL, .reason = REASON_RECORD_EXTERNAL },
	{ .with = FACT_RECORD_NO_DOMAIN, .without = FACT_RECORD_BROKEN, .allowed_by = REVERT_FORCE,
	  .reason = REASON_RECORD_NO_DOMAIN },
	{ .with = FACT_TAG_INCOMPLETE, .without = FACT_RECORD_EXTERNAL | FACT_RECORD_BROKEN,
	  .reason = REASON_TAG_INCOMPLETE },
	{ .with = FACT_TAG_COLLIDES, .reason = REASON_TAG_COLLIDES },
	{ .with = FACT_CHECKPOINTS, .reason = REASON_BITMAPS },
	{ .with = FACT_BITMAPS, .without = FACT_CHECKPOINTS, .reason = REASON_BITMAPS },
	{ .with = FACT_MANAGED_SAVE, .reason = REASON_SAVE_BLOCKS_REVERT },
	{ .with = FACT_ALIVE, .without = FACT_RECORD_MEMORY | FACT_RECORD_BROKEN | FACT_PERSISTENT,
	  .reason = REASON_REVERT_TRANSIENT },
	{ .with = FACT_ALIVE | FACT_RECORD_MEMORY | FACT_CONFIG_DIFFERS, .without = FACT_PERSISTENT,
	  .reason = REASON_CONFIG_DIFFERS },
	{ .with = FACT_ALIVE | FACT_DISKS_DIFFER, .reason = REASON_REVERT_DISKS },
	{ .with = FACT_KEEPS | FACT_DISKS_DIFFER, .without = FACT_ALIVE, .reason = REASON_KEEP_DISKS },
};
/* clang-format on */

struct verdict rules_snapshot_create(guint64 facts, unsigned int flags)
{
	struct verdict v = guards_run(create_guards, N_GUARDS(create_guards), facts, flags);
	bool halts = (flags & HALT) && (facts & FACT_ALIVE);
	struct plan *p = &v.plan;

	if (v.n_reasons)
		return v;
	plan_add(p, STEP_INTENT);
	if (!(flags & NO_METADATA))
		PLAN(p, STEP_STAGE_RECORD, STEP_POINT_CURRENT);
	/* Of a guest that is off no image holds them. */
	if ((facts & FACT_NVRAM_RAW) && !(facts & FACT_ALIVE))
		plan_add(p, STEP_SAVE_NVRAM);
	/* What a guest that is to end does after its snapshot would be lost. */
	if (halts)
		plan_add(p, STEP_STOP);
	plan_add(p, STEP_SNAPSHOT_SAVE);
	if (!(flags & NO_METADATA))
		plan_add(p, STEP_RECORD_AFTER);
	if (halts)
		PLAN(p, STEP_QUIT, STEP_END_RUN);
	if (refreshes_fingerprint(facts))
		plan_add(p, STEP_FINGERPRINT);
	PLAN(p, STEP_DROP_INTENT, STEP_EVENT);
	return v;
}

struct verdict rules_snapshot_redefine(guint64 facts, unsigned int flags)
{
	struct verdict v = guards_run(redefine_guards, N_GUARDS(redefine_guards), facts, flags);

	if (!v.n_reasons)
		PLAN(&v.plan, STEP_STAGE_RECORD, STEP_POINT_CURRENT, STEP_RECORD, STEP_EVENT);
	return v;
}

struct verdict rules_snapshot_rename(guint64 facts, unsigned int flags)
{
	struct verdict v = guards_run(rename_guards, N_GUARDS(rename_guards), facts, flags);
	struct plan *p = &v.plan;

	if (v.n_reasons)
		return v;
	if (flags & RULE_RENAME_CLONE) {
		PLAN(p, STEP_STAGE_RECORD, STEP_POINT_CURRENT, STEP_RECORD, STEP_EVENT);
		return v;
	}
	/* With the new record in place only forward: children, then the old one. */
	PLAN(p, STEP_INTENT, STEP_STAGE_RECORD, STEP_POINT_CURRENT, STEP_RECORD, STEP_REPARENT,
	     STEP_RECORDS_DELETE, STEP_SET_CURRENT, STEP_DROP_INTENT, STEP_EVENT);
	return v;
}

struct verdict rules_snapshot_delete(guint64 facts, unsigned int flags)
{
	struct verdict v = guards_run(delete_guards, N_GUARDS(delete_guards), facts, flags);
	struct plan *p = &v.plan;

	if (v.n_reasons)
		return v;
	if (flags & METADATA_ONLY) {
		/* One record without children is one rename; more is rolled forward. */
		plan_add(p, STEP_POINT_CURRENT);
		if (facts & FACT_SEVERAL)
			plan_add(p, STEP_INTENT);
		plan_add(p, STEP_RECORD_RETIRE);
		if (facts & FACT_SEVERAL)
			PLAN(p, STEP_REPARENT, STEP_RECORDS_DELETE);
		plan_add(p, STEP_SET_CURRENT);
		if (facts & FACT_SEVERAL)
			plan_add(p, STEP_DROP_INTENT);
		plan_add(p, STEP_EVENT);
		return v;
	}
	/* The intent last: with it the work goes forward only. */
	PLAN(p, STEP_POINT_CURRENT, STEP_INTENT, STEP_SNAPSHOT_DROP, STEP_REPARENT,
	     STEP_RECORDS_DELETE, STEP_SET_CURRENT);
	if (refreshes_fingerprint(facts))
		plan_add(p, STEP_FINGERPRINT);
	PLAN(p, STEP_DROP_INTENT, STEP_EVENT);
	return v;
}

/* What may have to be undone, and what is kept on request, is one snapshot of now. */
static void plan_safety(struct plan *p, guint64 facts)
{
	PLAN(p, STEP_INTENT, STEP_SAFETY_SNAPSHOT);
	/* Before anything is given up: a record that cannot be written is no reason to lose it. */
	if (facts & FACT_KEEPS)
		plan_add(p, STEP_KEEP_RECORD);
}

/* It goes, unless it has a record. */
static void plan_end(struct plan *p)
{
	PLAN(p, STEP_SET_CURRENT, STEP_SETTLE_SAFETY, STEP_DROP_INTENT, STEP_EVENT);
}

/* The guest runs and was running or paused in the snapshot: loaded in place. */
static void plan_in_place(struct plan *p)
{
	PLAN(p, STEP_LOAD_BEGINS, STEP_SNAPSHOT_LOAD, STEP_REVERT_CONFIG, STEP_RUN_STATE);
}

/* Off, and the snapshot holds memory: a fresh process loads it. */
static void plan_fresh(struct plan *p)
{
	PLAN(p, STEP_SPAWN, STEP_LIVE_XML, STEP_LOAD_BEGINS, STEP_SNAPSHOT_LOAD,
	     STEP_REVERT_CONFIG, STEP_PUBLISH_LOADED, STEP_RUN_STATE);
}

static void plan_offline(struct plan *p)
{
	PLAN(p, STEP_LOAD_BEGINS, STEP_SNAPSHOT_LOAD, STEP_REVERT_NVRAM, STEP_REVERT_CONFIG);
}

/* It runs, and what was recorded cannot be loaded into it: the guest is given up, then its disks are
 * reverted. One that was running then is started afresh by a second revert. */
static void plan_stop_first(struct plan *p)
{
	PLAN(p, STEP_LOAD_BEGINS, STEP_END_GUEST, STEP_LOAD_AGAIN, STEP_END_RUN,
	     STEP_REVERT_NVRAM, STEP_REVERT_CONFIG);
}

struct verdict rules_snapshot_revert(guint64 facts, unsigned int flags)
{
	struct verdict v = guards_run(revert_guards, N_GUARDS(revert_guards), facts, flags);

	if (v.n_reasons)
		return v;
	plan_safety(&v.plan, facts);
	if ((facts & FACT_ALIVE) && (!(facts & FACT_RECORD_MEMORY) || (facts & FACT_CONFIG_DIFFERS)))
		plan_stop_first(&v.plan);
	else if (facts & FACT_ALIVE)
		plan_in_place(&v.plan);
	else if (facts & FACT_RECORD_MEMORY)
		plan_fresh(&v.plan);
	else
		plan_offline(&v.plan);
	plan_end(&v.plan);
	return v;
}
