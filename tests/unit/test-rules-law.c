/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the rules may destroy and when, said a second time and in another way than the rules say
 * it: each step that takes something away has a licence, each step stands behind those that it
 * relies on, and the reasons come in the order in which the law lists them.
 */
#include "test-rules.h"

#define SAVE VIR_DOMAIN_UNDEFINE_MANAGED_SAVE
#define SNAPSHOTS VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA
#define CHECKPOINTS VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA
#define NVRAM VIR_DOMAIN_UNDEFINE_NVRAM
#define KEEP_NVRAM VIR_DOMAIN_UNDEFINE_KEEP_NVRAM
#define TPM VIR_DOMAIN_UNDEFINE_TPM
#define KEEP_TPM VIR_DOMAIN_UNDEFINE_KEEP_TPM
#define METADATA_ONLY VIR_DOMAIN_SNAPSHOT_DELETE_METADATA_ONLY

/* ---- Licences ---- */

#define REVERT_BLOCKS                                                                         \
	(FACT_UNCLEAR | FACT_MANAGED_SAVE | FACT_CHECKPOINTS | FACT_BITMAPS | FACT_TAG_COLLIDES | \
	 FACT_TAG_INCOMPLETE | FACT_RECORD_BROKEN | FACT_RECORD_EXTERNAL)

/* A step that takes away or replaces: which rule may use it, which facts must and must not hold,
 * which flags must and must not have been given. One that no row grants to a rule is a fault. */
static const struct licence {
	enum step step;
	enum rule_id rule;
	guint64 with, without;
	unsigned int flags, no_flags;
} licences[] = {
	{ STEP_RETIRE, RULE_UNDEFINE, FACT_PERSISTENT,
	  FACT_ALIVE | FACT_PROTECTED | FACT_UNCLEAR | FACT_EXTERNAL_SNAPSHOTS, 0, 0 },
	{ STEP_RETIRE, RULE_EXIT, 0, FACT_PERSISTENT | FACT_ALIVE | FACT_UNCLEAR | FACT_MANAGED_SAVE,
	  0, 0 },
	{ STEP_DISCARD, RULE_EXIT, 0,
	  FACT_PERSISTENT | FACT_ALIVE | FACT_UNCLEAR | FACT_MANAGED_SAVE | FACT_WORTH_KEEPING |
		  FACT_WISHES,
	  0, 0 },
	{ STEP_CLEAR_RUN, RULE_EXIT, FACT_PERSISTENT, FACT_ALIVE | FACT_UNCLEAR, 0, 0 },
	{ STEP_DROP_CONFIG, RULE_UNDEFINE, FACT_PERSISTENT | FACT_ALIVE,
	  FACT_PROTECTED | FACT_UNCLEAR | FACT_MANAGED_SAVE, 0, RULE_UNDEFINE_PURGE },
	{ STEP_PURGE, RULE_UNDEFINE, FACT_PERSISTENT, FACT_ALIVE, RULE_UNDEFINE_PURGE, 0 },
	{ STEP_UNLINK_OUTSIDE, RULE_UNDEFINE, FACT_NVRAM | FACT_NVRAM_OUTSIDE,
	  FACT_ALIVE | FACT_NVRAM_UNFIT, NVRAM, KEEP_NVRAM },
	{ STEP_PUT_CONFIG, RULE_DEFINE, 0, FACT_NEW | FACT_UNCLEAR | FACT_UUID_DIFFERS, 0, 0 },
	{ STEP_REMOVE_IMAGE, RULE_MANAGED_SAVE_REMOVE, FACT_MANAGED_SAVE,
	  FACT_ALIVE | FACT_UNCLEAR, 0, RULE_REMOVE_PURGE },
	{ STEP_PURGE_IMAGE, RULE_MANAGED_SAVE_REMOVE, FACT_MANAGED_SAVE, FACT_ALIVE | FACT_UNCLEAR,
	  RULE_REMOVE_PURGE, 0 },
	{ STEP_IMAGE_GONE, RULE_START, FACT_MANAGED_SAVE,
	  FACT_ALIVE | FACT_IMAGE_BROKEN | FACT_IMAGE_PAUSED, 0,
	  VIR_DOMAIN_START_FORCE_BOOT | VIR_DOMAIN_START_PAUSED },
	{ STEP_IMAGE_ARCHIVE, RULE_START, FACT_MANAGED_SAVE, FACT_ALIVE | FACT_UNCLEAR, 0, 0 },
	{ STEP_NVRAM_ASIDE, RULE_START, 0, FACT_ALIVE | FACT_UNCLEAR | FACT_NVRAM_OUTSIDE,
	  VIR_DOMAIN_START_RESET_NVRAM, 0 },
	{ STEP_NVRAM_ASIDE, RULE_CREATE, 0, FACT_NVRAM_OUTSIDE | FACT_NVRAM_UNFIT,
	  VIR_DOMAIN_START_RESET_NVRAM, 0 },
	{ STEP_LOAD_IMAGE, RULE_START, FACT_MANAGED_SAVE,
	  FACT_ALIVE | FACT_UNCLEAR | FACT_IMAGE_BROKEN, 0, VIR_DOMAIN_START_FORCE_BOOT },
	{ STEP_STOP, RULE_MANAGED_SAVE, FACT_PERSISTENT | FACT_ALIVE,
	  FACT_UNCLEAR | FACT_MANAGED_SAVE, 0, 0 },
	{ STEP_PUBLISH_IMAGE, RULE_MANAGED_SAVE, FACT_PERSISTENT | FACT_ALIVE,
	  FACT_UNCLEAR | FACT_MANAGED_SAVE, 0, 0 },
	{ STEP_END_RUN, RULE_MANAGED_SAVE, FACT_PERSISTENT | FACT_ALIVE, 0, 0, 0 },
	{ STEP_STOP, RULE_SAVE, FACT_ALIVE, FACT_UNCLEAR | FACT_FILE_UNFIT | FACT_CONFIG_DIFFERS, 0,
	  0 },
	{ STEP_PUBLISH_IMAGE, RULE_SAVE, FACT_ALIVE,
	  FACT_UNCLEAR | FACT_FILE_UNFIT | FACT_CONFIG_DIFFERS, 0, 0 },
	{ STEP_END_RUN, RULE_SAVE, FACT_ALIVE, 0, 0, 0 },
	{ STEP_REPLACE_IMAGE, RULE_MANAGED_SAVE_DEFINE, FACT_MANAGED_SAVE,
	  FACT_ALIVE | FACT_UNCLEAR | FACT_IMAGE_BROKEN | FACT_CONFIG_DIFFERS, 0, 0 },
	{ STEP_LOAD_IMAGE, RULE_RESTORE, 0, FACT_UUID_TAKEN | FACT_CONFIG_DIFFERS, 0, 0 },
	{ STEP_SNAPSHOT_SAVE, RULE_SNAPSHOT_CREATE, 0,
	  FACT_UNCLEAR | FACT_RECORD_EXISTS | FACT_TAG_EXISTS | FACT_TAG_NUMERIC | FACT_NO_DISKS |
		  FACT_RAW_DISKS | FACT_WANTS_EXTERNAL | FACT_WANTS_PARTIAL | FACT_CHECKPOINTS,
	  0, VIR_DOMAIN_SNAPSHOT_CREATE_DISK_ONLY },
	{ STEP_STOP, RULE_SNAPSHOT_CREATE, FACT_PERSISTENT | FACT_ALIVE, FACT_UNCLEAR,
	  VIR_DOMAIN_SNAPSHOT_CREATE_HALT, 0 },
	{ STEP_QUIT, RULE_SNAPSHOT_CREATE, FACT_PERSISTENT | FACT_ALIVE, FACT_UNCLEAR,
	  VIR_DOMAIN_SNAPSHOT_CREATE_HALT, 0 },
	{ STEP_END_RUN, RULE_SNAPSHOT_CREATE, FACT_PERSISTENT | FACT_ALIVE, FACT_UNCLEAR,
	  VIR_DOMAIN_SNAPSHOT_CREATE_HALT, 0 },
	{ STEP_FINGERPRINT, RULE_SNAPSHOT_CREATE, FACT_MANAGED_SAVE,
	  FACT_ALIVE | FACT_IMAGE_BROKEN | FACT_DISKS_CHANGED, 0, 0 },
	{ STEP_RECORD, RULE_SNAPSHOT_REDEFINE, 0,
	  FACT_UNCLEAR | FACT_PARENT_BAD | FACT_UUID_DIFFERS, 0, 0 },
	{ STEP_RECORD, RULE_SNAPSHOT_RENAME, 0,
	  FACT_UNCLEAR | FACT_NAME_TAKEN | FACT_TAG_EXISTS | FACT_TAG_COLLIDES, 0, 0 },
	{ STEP_RECORDS_DELETE, RULE_SNAPSHOT_RENAME, 0, FACT_UNCLEAR | FACT_TAG_EXISTS, 0,
	  RULE_RENAME_CLONE },
	{ STEP_SNAPSHOT_DROP, RULE_SNAPSHOT_DELETE, 0,
	  FACT_UNCLEAR | FACT_PROTECTED | FACT_RECORD_BROKEN | FACT_RECORD_EXTERNAL |
		  FACT_TAG_INCOMPLETE,
	  0, METADATA_ONLY },
	{ STEP_FINGERPRINT, RULE_SNAPSHOT_DELETE, FACT_MANAGED_SAVE,
	  FACT_ALIVE | FACT_IMAGE_BROKEN | FACT_DISKS_CHANGED, 0, METADATA_ONLY },
	{ STEP_RECORDS_DELETE, RULE_SNAPSHOT_DELETE, 0, FACT_UNCLEAR | FACT_PROTECTED, 0, 0 },
	{ STEP_RECORD_RETIRE, RULE_SNAPSHOT_DELETE, 0, FACT_UNCLEAR | FACT_PROTECTED, METADATA_ONLY,
	  0 },
	{ STEP_SNAPSHOT_LOAD, RULE_SNAPSHOT_REVERT, 0, REVERT_BLOCKS, 0, 0 },
	/* A guest is given up only when it is persistent. */
	{ STEP_END_GUEST, RULE_SNAPSHOT_REVERT, FACT_PERSISTENT | FACT_ALIVE, REVERT_BLOCKS, 0, 0 },
	{ STEP_LOAD_AGAIN, RULE_SNAPSHOT_REVERT, FACT_PERSISTENT | FACT_ALIVE, REVERT_BLOCKS, 0, 0 },
	{ STEP_END_RUN, RULE_SNAPSHOT_REVERT, FACT_PERSISTENT | FACT_ALIVE, 0, 0, 0 },
	{ STEP_REVERT_CONFIG, RULE_SNAPSHOT_REVERT, 0, FACT_UNCLEAR | FACT_RECORD_BROKEN, 0, 0 },
	{ STEP_SETTLE_SAFETY, RULE_SNAPSHOT_REVERT, 0, FACT_UNCLEAR, 0, 0 },
	{ STEP_REVERT_NVRAM, RULE_SNAPSHOT_REVERT, 0, REVERT_BLOCKS, 0, 0 },
	{ STEP_RESTORE_OLD, RULE_TRASH_RESTORE, 0,
	  FACT_IN_TRASH | FACT_UNDEFINED | FACT_UNCLEAR | FACT_RECORD_EXISTS | FACT_ALIVE, 0, 0 },
	{ STEP_RESTORE_CONFIG, RULE_TRASH_RESTORE, FACT_UNDEFINED, FACT_IN_TRASH | FACT_UNCLEAR, 0,
	  0 },
	{ STEP_RESTORE_ENTRY, RULE_TRASH_RESTORE, FACT_IN_TRASH,
	  FACT_NAME_TAKEN | FACT_UUID_TAKEN | FACT_NO_CONFIG, 0, 0 },
	/* What a killed command left; more of it in test-rules-reconcile.c. */
	{ STEP_QUIT, RULE_RECONCILE, FACT_ALIVE, 0, 0, 0 },
	{ STEP_CONT, RULE_RECONCILE, FACT_ALIVE, 0, 0, 0 },
	{ STEP_RUN_STATE, RULE_RECONCILE, FACT_ALIVE | FACT_CONTINUED, 0, 0, 0 },
	{ STEP_END_RUN, RULE_RECONCILE, 0, 0, 0, 0 },
	{ STEP_IMAGE_GONE, RULE_RECONCILE, FACT_OP_START | FACT_ALIVE | FACT_PUBLISHED, 0, 0,
	  VIR_DOMAIN_START_FORCE_BOOT },
	{ STEP_IMAGE_ARCHIVE, RULE_RECONCILE, FACT_OP_START | FACT_PUBLISHED, 0, 0, 0 },
	{ STEP_IMAGE_DROP, RULE_RECONCILE, FACT_OP_SAVE, FACT_COMPLETE, 0, 0 },
	{ STEP_IMAGE_FINISH, RULE_RECONCILE, FACT_OP_SAVE | FACT_COMPLETE, 0, 0, 0 },
	{ STEP_SAVE_CANCEL, RULE_RECONCILE, FACT_OP_SAVE | FACT_ALIVE, FACT_COMPLETE, 0, 0 },
	{ STEP_DROP_TAG, RULE_RECONCILE, FACT_OP_SNAPSHOT, FACT_COMPLETE, 0, 0 },
	{ STEP_FINGERPRINT, RULE_RECONCILE, FACT_MANAGED_SAVE,
	  FACT_ALIVE | FACT_IMAGE_BROKEN | FACT_DISKS_CHANGED, 0, 0 },
	{ STEP_DROP_AGAIN, RULE_RECONCILE, FACT_OP_DELETE, 0, 0, METADATA_ONLY },
	{ STEP_RECORDS_DELETE, RULE_RECONCILE, FACT_OP_DELETE, 0, 0, 0 },
	{ STEP_RECORDS_DELETE, RULE_RECONCILE, FACT_OP_RENAME | FACT_COMPLETE, 0, 0, 0 },
	{ STEP_LOAD_AGAIN, RULE_RECONCILE, FACT_OP_REVERT | FACT_CONTINUED, 0, 0, 0 },
	{ STEP_REVERT_CONFIG, RULE_RECONCILE, FACT_OP_REVERT | FACT_CONTINUED, 0, 0, 0 },
	{ STEP_DROP_SAFETY, RULE_RECONCILE, FACT_OP_REVERT, FACT_CONTINUED, 0, 0 },
	{ STEP_SETTLE_SAFETY, RULE_RECONCILE, FACT_OP_REVERT | FACT_CONTINUED, 0, 0, 0 },
	{ STEP_REVERT_NVRAM, RULE_RECONCILE, FACT_OP_REVERT | FACT_CONTINUED, 0, 0, 0 },
};

/* What needs no licence: it adds, announces, or is undone with the intent. */
static const enum step harmless[] = {
	STEP_INTENT, STEP_STAGE, STEP_TAKE_KEPT, STEP_LINK_UUID, STEP_KEEP_WISH, STEP_COPY_NVRAM,
	STEP_TOMBSTONE, STEP_PREPARE_ENTRY, STEP_SPAWN, STEP_LIVE_XML, STEP_WRITE_IMAGE,
	STEP_COPY_IMAGE,
	STEP_STAGE_RECORD, STEP_POINT_CURRENT, STEP_SAVE_NVRAM, STEP_SAFETY_SNAPSHOT, STEP_KEEP_RECORD, STEP_LOAD_BEGINS,
	STEP_LAST_RUN, STEP_CLAIM_NAME, STEP_PUBLISH, STEP_MOVE, STEP_PUBLISH_RUN, STEP_GO,
	STEP_PUBLISH_LOADED, STEP_PIN_CONFIG, STEP_IMAGE_ASIDE, STEP_CONT_BEGINS,
	STEP_IMAGE_BACK, STEP_NVRAM_BACK, STEP_NVRAM_ARCHIVE, STEP_UNSTAGE,
	STEP_RECORD_AFTER, STEP_REPARENT, STEP_SET_CURRENT, STEP_RELINK_UUID, STEP_MOVE_KEPT,
	STEP_DROP_INTENT, STEP_EVENT, STEP_EXPIRE,
};

/* Continuing what the same plan has spawned or stopped. */
static bool is_harmless(const struct walk *w, enum step step)
{
	if ((step == STEP_CONT || step == STEP_RUN_STATE) && w->rule != &rules[RULE_RECONCILE])
		return true;
	for (guint i = 0; i < G_N_ELEMENTS(harmless); i++)
		if (harmless[i] == step)
			return true;
	return false;
}

static bool is_licensed(const struct walk *w, enum step step)
{
	bool is_listed = false;

	for (guint i = 0; i < G_N_ELEMENTS(licences); i++) {
		const struct licence *l = &licences[i];

		if (l->step != step || w->rule != &rules[l->rule])
			continue;
		is_listed = true;
		if ((w->facts & l->with) == l->with && !(w->facts & l->without) &&
		    (w->flags & l->flags) == l->flags && !(w->flags & l->no_flags))
			return true;
	}
	return !is_listed && is_harmless(w, step);
}

static void test_licences(const void *data)
{
	struct walk w = { .rule = data };

	while (walk_next(&w))
		for (int i = 0; i < w.v.plan.n; i++)
			if (!is_licensed(&w, w.v.plan.steps[i])) {
				g_test_message("step %s", step_name(w.v.plan.steps[i]));
				walk_fail(&w, "takes away what it may not");
			}
}

/* ---- What a step relies on ---- */

static const struct {
	enum step step;
	enum step after, or, also_or; /* one of these stands before it in the same plan */
} needs[] = {
	{ STEP_PUBLISH, STEP_STAGE },
	{ STEP_PUBLISH, STEP_LINK_UUID },
	{ STEP_RESTORE_ENTRY, STEP_PREPARE_ENTRY },
	{ STEP_RESTORE_ENTRY, STEP_LINK_UUID },
	{ STEP_RETIRE, STEP_TOMBSTONE },
	{ STEP_MOVE_KEPT, STEP_RETIRE },
	{ STEP_PURGE, STEP_RETIRE },
	{ STEP_UNLINK_OUTSIDE, STEP_COPY_NVRAM },
	{ STEP_UNLINK_OUTSIDE, STEP_RETIRE },
	{ STEP_SPAWN, STEP_INTENT },
	{ STEP_LOAD_IMAGE, STEP_SPAWN },
	{ STEP_LIVE_XML, STEP_SPAWN },
	{ STEP_PUBLISH_RUN, STEP_LIVE_XML },
	{ STEP_IMAGE_ASIDE, STEP_PUBLISH_RUN },
	{ STEP_CONT_BEGINS, STEP_IMAGE_ASIDE, STEP_LOAD_IMAGE },
	{ STEP_IMAGE_GONE, STEP_LOAD_IMAGE },
	{ STEP_IMAGE_GONE, STEP_CONT_BEGINS },
	{ STEP_IMAGE_ARCHIVE, STEP_CONT_BEGINS },
	{ STEP_CONT, STEP_GO },
	{ STEP_STOP, STEP_INTENT },
	{ STEP_WRITE_IMAGE, STEP_STOP },
	{ STEP_PUBLISH_IMAGE, STEP_WRITE_IMAGE },
	{ STEP_REPLACE_IMAGE, STEP_COPY_IMAGE },
	{ STEP_END_RUN, STEP_PUBLISH_IMAGE, STEP_END_GUEST, STEP_QUIT },
	{ STEP_QUIT, STEP_SNAPSHOT_SAVE },
	{ STEP_SNAPSHOT_SAVE, STEP_INTENT },
	{ STEP_RECORD_AFTER, STEP_STAGE_RECORD },
	{ STEP_RECORD_AFTER, STEP_POINT_CURRENT },
	{ STEP_RECORD_AFTER, STEP_SNAPSHOT_SAVE },
	{ STEP_RECORD, STEP_STAGE_RECORD },
	{ STEP_RECORD, STEP_POINT_CURRENT },
	{ STEP_SNAPSHOT_DROP, STEP_INTENT },
	{ STEP_RECORDS_DELETE, STEP_INTENT },
	{ STEP_RECORDS_DELETE, STEP_REPARENT },
	{ STEP_RECORD_RETIRE, STEP_POINT_CURRENT },
	{ STEP_SAFETY_SNAPSHOT, STEP_INTENT },
	{ STEP_LOAD_BEGINS, STEP_SAFETY_SNAPSHOT },
	{ STEP_SNAPSHOT_LOAD, STEP_LOAD_BEGINS },
	{ STEP_END_GUEST, STEP_LOAD_BEGINS },
	{ STEP_LOAD_AGAIN, STEP_END_GUEST },
	{ STEP_REVERT_CONFIG, STEP_SNAPSHOT_LOAD, STEP_LOAD_AGAIN },
	{ STEP_RUN_STATE, STEP_REVERT_CONFIG },
	{ STEP_SETTLE_SAFETY, STEP_SNAPSHOT_LOAD, STEP_LOAD_AGAIN },
	{ STEP_REVERT_NVRAM, STEP_SNAPSHOT_LOAD, STEP_LOAD_AGAIN },
	{ STEP_KEEP_RECORD, STEP_SAFETY_SNAPSHOT },
	{ STEP_DROP_INTENT, STEP_INTENT },
};

/* What must not be lost between two steps: where the first is, the second is too. */
static const struct {
	enum step step, also;
} pairs[] = {
	{ STEP_INTENT, STEP_DROP_INTENT },
	{ STEP_COPY_NVRAM, STEP_UNLINK_OUTSIDE },
	{ STEP_IMAGE_ASIDE, STEP_CONT_BEGINS },
	{ STEP_SAFETY_SNAPSHOT, STEP_SETTLE_SAFETY },
	{ STEP_STAGE_RECORD, STEP_POINT_CURRENT },
	{ STEP_RETIRE, STEP_EXPIRE },
};

static bool is_before(const struct plan *p, enum step step, int at)
{
	int where = plan_find(p, step);

	return where >= 0 && where < at;
}

static void check_order(const struct walk *w)
{
	const struct plan *p = &w->v.plan;

	for (guint i = 0; i < G_N_ELEMENTS(needs); i++) {
		int at = plan_find(p, needs[i].step);

		if (at < 0 || is_before(p, needs[i].after, at) || is_before(p, needs[i].or, at) ||
		    is_before(p, needs[i].also_or, at))
			continue;
		g_test_message("%s without %s", step_name(needs[i].step), step_name(needs[i].after));
		walk_fail(w, "a step comes before what it relies on");
	}
	for (guint i = 0; i < G_N_ELEMENTS(pairs); i++)
		WALK_CHECK(w, !plan_has(p, pairs[i].step) || plan_has(p, pairs[i].also));
	/* Nothing but the event after the intent is gone. */
	for (int i = plan_find(p, STEP_DROP_INTENT); i >= 0 && i + 1 < p->n; i++)
		WALK_CHECK(w, p->steps[i + 1] == STEP_EVENT);
}

static void test_order(const void *data)
{
	struct walk w = { .rule = data };

	/* The plans of reconcile go on where others were cut: see test-rules-reconcile.c. */
	while (w.rule != &rules[RULE_RECONCILE] && walk_next(&w))
		check_order(&w);
}

/* ---- The order in which reasons are told ---- */

#define MAX_ROWS 16
static const enum reason_id told[RULE_COUNT][MAX_ROWS] = {
	[RULE_DEFINE] = { REASON_UUID_DIFFERS, REASON_UUID_TAKEN, REASON_UNCLEAR,
			  REASON_SAVE_BLOCKS_DEFINE, REASON_XML_UNSUPPORTED },
	[RULE_CREATE] = { REASON_UUID_DIFFERS, REASON_UUID_TAKEN, REASON_ALREADY_ACTIVE,
			  REASON_UNCLEAR, REASON_SAVE_BLOCKS_CREATE, REASON_XML_UNSUPPORTED,
			  REASON_RESET_KEPT, REASON_RESET_OUTSIDE, REASON_RESET_TEMPLATE },
	[RULE_START] = { REASON_ALREADY_ACTIVE, REASON_UNCLEAR, REASON_XML_UNSUPPORTED,
			 REASON_IMAGE_BROKEN, REASON_IMAGE_OTHER_RUN, REASON_DISKS_CHANGED,
			 REASON_RESET_SAVED, REASON_RESET_OUTSIDE, REASON_RESET_TEMPLATE },
	[RULE_UNDEFINE] = { REASON_EXCLUSIVE_NVRAM, REASON_EXCLUSIVE_TPM, REASON_TRANSIENT,
			    REASON_PROTECTED, REASON_UNCLEAR, REASON_SNAPSHOTS,
			    REASON_EXTERNAL_SNAPSHOTS, REASON_CHECKPOINTS, REASON_MANAGED_SAVE,
			    REASON_MANAGED_SAVE_ALIVE, REASON_NVRAM, REASON_NVRAM_UNFIT,
			    REASON_PURGE_ALIVE },
	[RULE_RENAME] = { REASON_RENAME_TRANSIENT, REASON_NOT_OFF, REASON_UNCLEAR,
			  REASON_SAVE_BLOCKS_RENAME, REASON_NAME_TAKEN },
	[RULE_MANAGED_SAVE] = { REASON_EXCLUSIVE_STATE, REASON_NOT_RUNNING, REASON_SAVE_TRANSIENT,
				REASON_UNCLEAR, REASON_MANAGED_SAVE_ALIVE },
	[RULE_MANAGED_SAVE_REMOVE] = { REASON_UNCLEAR, REASON_MANAGED_SAVE_ALIVE },
	[RULE_MANAGED_SAVE_DEFINE] = { REASON_NO_IMAGE, REASON_UNCLEAR, REASON_MANAGED_SAVE_ALIVE,
				       REASON_IMAGE_UNREADABLE, REASON_SAVE_MACHINE,
				       REASON_XML_UNSUPPORTED },
	[RULE_SAVE] = { REASON_EXCLUSIVE_STATE, REASON_NOT_RUNNING, REASON_UNCLEAR,
			REASON_MANAGED_SAVE_ALIVE, REASON_FILE_UNFIT, REASON_FILE_TAKEN,
			REASON_SAVE_MACHINE, REASON_XML_UNSUPPORTED },
	[RULE_RESTORE] = { REASON_UUID_DIFFERS, REASON_UUID_TAKEN, REASON_ALREADY_ACTIVE,
			   REASON_UNCLEAR, REASON_SAVE_BLOCKS_RESTORE, REASON_SAVE_MACHINE,
			   REASON_XML_UNSUPPORTED, REASON_FILE_DISKS_CHANGED },
	[RULE_SNAPSHOT_CREATE] = { REASON_UNCLEAR, REASON_RECORD_EXISTS,
				   REASON_HALT_TRANSIENT, REASON_LIVE_INTERNAL,
				   REASON_QUIESCE_INTERNAL, REASON_WANTS_EXTERNAL,
				   REASON_WANTS_PARTIAL, REASON_NO_DISKS, REASON_RAW_DISKS,
				   REASON_NVRAM_OFFLINE,
				   REASON_TAG_NUMERIC, REASON_TAG_EXISTS,
				   REASON_CHECKPOINTS_SNAPSHOT },
	[RULE_SNAPSHOT_REDEFINE] = { REASON_UNCLEAR, REASON_PARENT_BAD, REASON_REDEFINE_UUID,
				     REASON_REDEFINE_NO_DOMAIN, REASON_STATE_CHANGED,
				     REASON_REDEFINE_MACHINE },
	[RULE_SNAPSHOT_RENAME] = { REASON_UNCLEAR, REASON_RECORD_EXISTS, REASON_PARENT_BAD,
				   REASON_REDEFINE_UUID, REASON_STATE_CHANGED,
				   REASON_REDEFINE_MACHINE, REASON_RENAME_DATA,
				   REASON_TAG_EXISTS },
	[RULE_SNAPSHOT_DELETE] = { REASON_UNCLEAR, REASON_PROTECTED_SNAPSHOT, REASON_RECORD_BROKEN,
				   REASON_RECORD_EXTERNAL, REASON_TAG_INCOMPLETE },
	[RULE_SNAPSHOT_REVERT] = { REASON_EXCLUSIVE_STATE, REASON_UNCLEAR, REASON_RECORD_BROKEN,
				   REASON_RECORD_EXTERNAL, REASON_RECORD_NO_DOMAIN,
				   REASON_TAG_INCOMPLETE, REASON_TAG_COLLIDES, REASON_BITMAPS,
				   REASON_SAVE_BLOCKS_REVERT, REASON_REVERT_TRANSIENT,
				   REASON_CONFIG_DIFFERS, REASON_REVERT_DISKS,
				   REASON_KEEP_DISKS },
	[RULE_TRASH_RESTORE] = { REASON_NAME_TAKEN, REASON_UUID_TAKEN, REASON_NO_CONFIG,
				 REASON_UNCLEAR, REASON_RECORD_EXISTS, REASON_PARENT_BAD,
				 REASON_TAG_INCOMPLETE, REASON_SAVE_BLOCKS_CREATE,
				 REASON_NOT_OFF },
	[RULE_RECONCILE] = { REASON_UNCLEAR },
};

static void test_reasons_order(const void *data)
{
	struct walk w = { .rule = data };
	const enum reason_id *order = told[w.rule - rules];
	bool seen[REASON_COUNT] = { false };

	while (walk_next(&w)) {
		int at = 0;

		for (int i = 0; i < w.v.n_reasons; i++) {
			while (at < MAX_ROWS && order[at] && order[at] != w.v.reasons[i])
				at++;
			WALK_CHECK(&w, at < MAX_ROWS && order[at] == w.v.reasons[i]);
			seen[w.v.reasons[i]] = true;
		}
	}
	for (int i = 0; i < MAX_ROWS && order[i]; i++)
		if (!seen[order[i]])
			g_error("%s: reason '%s' (%d) is never told", w.rule->name,
				reason_rows[order[i]].code, order[i]);
}

/* ---- Undefine, row by row ---- */

/* What stands in the directory of a domain that is off, and what names it. */
static const struct {
	guint64 fact;
	unsigned int named_by;
} contents[] = {
	{ FACT_SNAPSHOTS, SNAPSHOTS },
	{ FACT_CHECKPOINTS, CHECKPOINTS },
	{ FACT_MANAGED_SAVE, SAVE },
	{ FACT_NVRAM, NVRAM | KEEP_NVRAM },
};

static void test_undefine_names_all(void)
{
	struct walk w = { .rule = &rules[RULE_UNDEFINE] };

	while (walk_next(&w)) {
		if (!plan_has(&w.v.plan, STEP_RETIRE))
			continue;
		for (guint i = 0; i < G_N_ELEMENTS(contents); i++)
			WALK_CHECK(&w, !(w.facts & contents[i].fact) ||
					       (w.flags & contents[i].named_by));
	}
}

/* Running: one rename, and what is to be kept written down before it. */
static void test_undefine_running(void)
{
	struct walk w = { .rule = &rules[RULE_UNDEFINE] };

	while (walk_next(&w)) {
		const struct plan *p = &w.v.plan;

		if (w.v.n_reasons || !(w.facts & FACT_ALIVE))
			continue;
		for (int i = 0; i < p->n; i++)
			WALK_CHECK(&w, p->steps[i] == STEP_KEEP_WISH ||
					       p->steps[i] == STEP_DROP_CONFIG ||
					       p->steps[i] == STEP_EVENT);
		WALK_CHECK(&w, plan_find(p, STEP_KEEP_WISH) < plan_find(p, STEP_DROP_CONFIG));
		/* Its NVRAM is asked for here too, its records are not. */
		WALK_CHECK(&w, !(w.facts & FACT_NVRAM) || (w.flags & (NVRAM | KEEP_NVRAM)));
	}
}

/* What is kept: by wish or by the config, unless the other flag overrides; from inside only. */
static bool is_kept(guint64 facts, unsigned int flags)
{
	bool nvram = (facts & FACT_NVRAM) && (flags & KEEP_NVRAM) && !(facts & FACT_NVRAM_OUTSIDE);
	bool by_default = (facts & FACT_TPM_KEPT) && !(flags & TPM);

	return nvram || ((facts & FACT_TPM) && ((flags & KEEP_TPM) || by_default));
}

static void test_undefine_keeps(void)
{
	struct walk w = { .rule = &rules[RULE_UNDEFINE] };

	while (walk_next(&w)) {
		bool kept = is_kept(w.facts, w.flags);

		if (w.v.n_reasons)
			continue;
		WALK_CHECK(&w, plan_has(&w.v.plan, STEP_KEEP_WISH) == kept);
		if (!(w.facts & FACT_ALIVE))
			WALK_CHECK(&w, plan_has(&w.v.plan, STEP_MOVE_KEPT) == kept);
	}
}

/* ---- Start, save, exit ---- */

static void test_start_image(void)
{
	struct walk w = { .rule = &rules[RULE_START] };

	while (walk_next(&w)) {
		const struct plan *p = &w.v.plan;
		bool has = w.facts & FACT_MANAGED_SAVE;
		bool boots = !has || (w.flags & VIR_DOMAIN_START_FORCE_BOOT);
		bool runs = !(w.flags & VIR_DOMAIN_START_PAUSED) &&
			    !(w.facts & FACT_IMAGE_PAUSED);

		if (w.v.n_reasons)
			continue;
		WALK_CHECK(&w, plan_has(p, STEP_LOAD_IMAGE) == !boots);
		WALK_CHECK(&w, plan_has(p, STEP_IMAGE_GONE) == (!boots && runs));
		WALK_CHECK(&w, plan_has(p, STEP_IMAGE_ARCHIVE) == (has && (boots || !runs)));
		WALK_CHECK(&w, plan_has(p, STEP_IMAGE_ASIDE) == has);
		WALK_CHECK(&w, plan_has(p, STEP_CONT) ==
				       (runs || (boots && !(w.flags & VIR_DOMAIN_START_PAUSED))));
		/* Stale disks only when the user takes them on. */
		WALK_CHECK(&w, boots || !(w.facts & FACT_DISKS_CHANGED) ||
				       (w.flags & RULE_ACCEPT_DISKS));
	}
}

static void test_exit(void)
{
	struct walk w = { .rule = &rules[RULE_EXIT] };

	while (walk_next(&w)) {
		const struct plan *p = &w.v.plan;
		bool stays = w.facts & (FACT_ALIVE | FACT_UNCLEAR);
		bool is_transient = !(w.facts & FACT_PERSISTENT);

		WALK_CHECK(&w, w.v.n_reasons == 0);
		if (stays || (is_transient && (w.facts & FACT_MANAGED_SAVE)))
			WALK_CHECK(&w, p->n == 0);
		else if (!is_transient)
			WALK_CHECK(&w, plan_has(p, STEP_CLEAR_RUN));
		else if (w.facts & (FACT_WORTH_KEEPING | FACT_WISHES))
			WALK_CHECK(&w, plan_has(p, STEP_RETIRE) &&
					       plan_has(p, STEP_MOVE_KEPT) ==
						       !!(w.facts & FACT_WISHES));
		else
			WALK_CHECK(&w, plan_has(p, STEP_DISCARD));
	}
}

int main(int argc, char *argv[])
{
	g_test_init(&argc, &argv, NULL);
	add_for_each_rule("licences", test_licences);
	add_for_each_rule("order", test_order);
	add_for_each_rule("reasons-order", test_reasons_order);
	g_test_add_func("/rules/undefine/names-all", test_undefine_names_all);
	g_test_add_func("/rules/undefine/running", test_undefine_running);
	g_test_add_func("/rules/undefine/keeps", test_undefine_keeps);
	g_test_add_func("/rules/start/image", test_start_image);
	g_test_add_func("/rules/exit/all", test_exit);
	return g_test_run();
}
