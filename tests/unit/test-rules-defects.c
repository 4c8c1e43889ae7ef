/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Those of the eighteen defects of libvirt 9.0.0 (see lib/README) that a rule alone must make
 * impossible, each as a case; and those rows of the law that are easily got wrong.
 */
#include "test-rules.h"

#define OFF FACT_PERSISTENT
#define ON (FACT_PERSISTENT | FACT_ALIVE)

static struct verdict decide(enum rule_id rule, guint64 facts, unsigned int flags)
{
	return rules[rule].decide(facts, flags);
}

static void assert_refused(enum rule_id rule, guint64 facts, unsigned int flags,
			   enum reason_id only)
{
	struct verdict v = decide(rule, facts, flags);

	g_assert_cmpint(v.n_reasons, ==, 1);
	g_assert_cmpint(v.reasons[0], ==, only);
	g_assert_cmpint(v.plan.n, ==, 0);
}

static struct plan assert_plan(enum rule_id rule, guint64 facts, unsigned int flags)
{
	struct verdict v = decide(rule, facts, flags);

	g_assert_cmpint(v.n_reasons, ==, 0);
	g_assert_true(plan_check(&v.plan) || plan_check_repeatable(&v.plan));
	return v.plan;
}

/* All of it or nothing: permission for the records does nothing while the image is not named. */
static void test_01(void)
{
	guint64 facts = OFF | FACT_SNAPSHOTS | FACT_MANAGED_SAVE | FACT_NVRAM;
	struct verdict v = decide(RULE_UNDEFINE, facts, 0);

	g_assert_cmpint(v.n_reasons, ==, 3);
	g_assert_cmpint(v.reasons[0], ==, REASON_SNAPSHOTS);
	g_assert_cmpint(v.reasons[1], ==, REASON_MANAGED_SAVE);
	g_assert_cmpint(v.reasons[2], ==, REASON_NVRAM);
	g_assert_cmpint(v.plan.n, ==, 0);
	assert_refused(RULE_UNDEFINE, facts & ~FACT_NVRAM,
		       VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA, REASON_MANAGED_SAVE);
	assert_refused(RULE_UNDEFINE, facts & ~FACT_NVRAM, VIR_DOMAIN_UNDEFINE_MANAGED_SAVE,
		       REASON_SNAPSHOTS);
}

static void test_02(void)
{
	assert_refused(RULE_UNDEFINE, OFF | FACT_CHECKPOINTS | FACT_NVRAM,
		       VIR_DOMAIN_UNDEFINE_KEEP_NVRAM, REASON_CHECKPOINTS);
	assert_refused(RULE_UNDEFINE, OFF | FACT_CHECKPOINTS, VIR_DOMAIN_UNDEFINE_KEEP_NVRAM,
		       REASON_CHECKPOINTS);
}

/* TPM state goes into the trash with all the rest, or is kept; nothing else touches it. */
static void test_03(void)
{
	struct plan p = assert_plan(RULE_UNDEFINE, OFF | FACT_TPM, 0);

	g_assert_true(plan_has(&p, STEP_RETIRE));
	g_assert_false(plan_has(&p, STEP_PURGE));
	p = assert_plan(RULE_UNDEFINE, OFF | FACT_TPM, VIR_DOMAIN_UNDEFINE_KEEP_TPM);
	g_assert_true(plan_has(&p, STEP_MOVE_KEPT));
	p = assert_plan(RULE_UNDEFINE, OFF | FACT_TPM | FACT_TPM_KEPT, 0);
	g_assert_true(plan_has(&p, STEP_MOVE_KEPT));
	p = assert_plan(RULE_UNDEFINE, OFF | FACT_TPM | FACT_TPM_KEPT, VIR_DOMAIN_UNDEFINE_TPM);
	g_assert_false(plan_has(&p, STEP_MOVE_KEPT));
	assert_refused(RULE_UNDEFINE, OFF | FACT_TPM,
		       VIR_DOMAIN_UNDEFINE_TPM | VIR_DOMAIN_UNDEFINE_KEEP_TPM, REASON_EXCLUSIVE_TPM);
}

static void test_06(void)
{
	struct plan p = assert_plan(RULE_SNAPSHOT_REDEFINE, FACT_RECORD_EXISTS, 0);

	/* The old record stands until the new one, staged whole, takes its place. */
	g_assert_cmpint(plan_find(&p, STEP_STAGE_RECORD), <, plan_find(&p, STEP_RECORD));
	g_assert_false(plan_has(&p, STEP_RECORD_RETIRE) || plan_has(&p, STEP_RECORDS_DELETE));
	assert_refused(RULE_SNAPSHOT_REDEFINE, FACT_RECORD_EXISTS | FACT_PARENT_BAD, 0,
		       REASON_PARENT_BAD);
}

/* Define does one thing to a domain that exists, whatever else is true of it. */
static void test_07(void)
{
	struct walk w = { .rule = &rules[RULE_DEFINE] };

	while (walk_next(&w)) {
		const struct plan *p = &w.v.plan;

		if (w.v.n_reasons || (w.facts & FACT_NEW))
			continue;
		WALK_CHECK(&w, p->n == 3 && p->steps[0] == STEP_PUT_CONFIG &&
				       p->steps[1] == STEP_RELINK_UUID &&
				       p->steps[2] == STEP_EVENT);
	}
	assert_plan(RULE_DEFINE, FACT_ALIVE | FACT_SNAPSHOTS | FACT_CHECKPOINTS, 0);
}

/* One rename of the whole directory: nothing can be left behind. */
static void test_08(void)
{
	struct plan p = assert_plan(RULE_RENAME, OFF | FACT_CHECKPOINTS | FACT_SNAPSHOTS, 0);

	g_assert_cmpint(p.steps[0], ==, STEP_MOVE);
}

/* Before the hypervisor acts, the intent and the record are there; then the record follows. */
static void test_10(void)
{
	struct plan p = assert_plan(RULE_SNAPSHOT_CREATE, FACT_ALIVE, 0);
	int data = plan_find(&p, STEP_SNAPSHOT_SAVE);

	g_assert_cmpint(plan_find(&p, STEP_INTENT), ==, 0);
	g_assert_cmpint(plan_find(&p, STEP_STAGE_RECORD), <, data);
	g_assert_cmpint(plan_find(&p, STEP_RECORD_AFTER), >, data);
}

/* A failed snapshot leaves no tag and no record, a complete one gets its record. */
static void test_11(void)
{
	struct plan p = assert_plan(RULE_RECONCILE, FACT_OP_SNAPSHOT | FACT_ALIVE, 0);

	g_assert_true(plan_has(&p, STEP_DROP_TAG) && plan_has(&p, STEP_UNSTAGE));
	g_assert_false(plan_has(&p, STEP_RECORD_AFTER));
	p = assert_plan(RULE_RECONCILE, FACT_OP_SNAPSHOT | FACT_ALIVE | FACT_COMPLETE, 0);
	g_assert_true(plan_has(&p, STEP_RECORD_AFTER));
	g_assert_false(plan_has(&p, STEP_DROP_TAG));
}

static void test_12(void)
{
	guint64 stale = OFF | FACT_MANAGED_SAVE | FACT_DISKS_CHANGED;
	struct plan p;

	assert_refused(RULE_START, stale, 0, REASON_DISKS_CHANGED);
	p = assert_plan(RULE_START, stale, RULE_ACCEPT_DISKS);
	g_assert_true(plan_has(&p, STEP_LOAD_IMAGE));
	p = assert_plan(RULE_START, stale, VIR_DOMAIN_START_FORCE_BOOT);
	g_assert_false(plan_has(&p, STEP_LOAD_IMAGE) || plan_has(&p, STEP_IMAGE_GONE));
	/* And our own change of the disks does not make stale ones look right. */
	p = assert_plan(RULE_SNAPSHOT_CREATE, stale, 0);
	g_assert_false(plan_has(&p, STEP_FINGERPRINT));
	p = assert_plan(RULE_SNAPSHOT_CREATE, stale & ~FACT_DISKS_CHANGED, 0);
	g_assert_true(plan_has(&p, STEP_FINGERPRINT));
	assert_refused(RULE_DEFINE, OFF | FACT_MANAGED_SAVE | FACT_DISKS_DIFFER, 0,
		       REASON_SAVE_BLOCKS_DEFINE);
	assert_refused(RULE_SNAPSHOT_REVERT, OFF | FACT_MANAGED_SAVE, 0,
		       REASON_SAVE_BLOCKS_REVERT);
	assert_refused(RULE_CREATE, OFF | FACT_MANAGED_SAVE, 0, REASON_SAVE_BLOCKS_CREATE);
}

static void test_13(void)
{
	guint64 broken = OFF | FACT_MANAGED_SAVE | FACT_IMAGE_BROKEN;
	struct plan p;

	assert_refused(RULE_START, broken, 0, REASON_IMAGE_BROKEN);
	assert_refused(RULE_START, broken, RULE_ACCEPT_DISKS, REASON_IMAGE_BROKEN);
	assert_refused(RULE_START, OFF | FACT_MANAGED_SAVE | FACT_IMAGE_OTHER_RUN, 0,
		       REASON_IMAGE_OTHER_RUN);
	p = assert_plan(RULE_START, broken, VIR_DOMAIN_START_FORCE_BOOT);
	g_assert_true(plan_has(&p, STEP_IMAGE_ARCHIVE));
	p = assert_plan(RULE_MANAGED_SAVE_REMOVE, broken, 0);
	g_assert_true(plan_has(&p, STEP_REMOVE_IMAGE));
}

static void test_18(void)
{
	unsigned int keep = VIR_DOMAIN_UNDEFINE_KEEP_NVRAM | VIR_DOMAIN_UNDEFINE_KEEP_TPM;
	struct plan p = assert_plan(RULE_UNDEFINE, ON | FACT_NVRAM | FACT_TPM, keep);

	g_assert_cmpint(plan_find(&p, STEP_KEEP_WISH), ==, 0);
	g_assert_cmpint(plan_find(&p, STEP_DROP_CONFIG), ==, 1);
	p = assert_plan(RULE_EXIT, FACT_WISHES | FACT_WORTH_KEEPING, 0);
	g_assert_cmpint(plan_find(&p, STEP_MOVE_KEPT), >, plan_find(&p, STEP_RETIRE));
	/* A wish alone is worth keeping. */
	p = assert_plan(RULE_EXIT, FACT_WISHES, 0);
	g_assert_false(plan_has(&p, STEP_DISCARD));
}

/* ---- Rows that are easily got wrong ---- */

static void test_running_outside_nvram(void)
{
	guint64 facts = ON | FACT_NVRAM | FACT_NVRAM_OUTSIDE | FACT_NVRAM_UNFIT;
	struct plan p;

	assert_refused(RULE_UNDEFINE, facts, 0, REASON_NVRAM);
	p = assert_plan(RULE_UNDEFINE, facts, VIR_DOMAIN_UNDEFINE_NVRAM);
	g_assert_cmpint(p.n, ==, 2);
	g_assert_cmpint(p.steps[0], ==, STEP_DROP_CONFIG);
	assert_refused(RULE_UNDEFINE, facts & ~FACT_ALIVE, VIR_DOMAIN_UNDEFINE_NVRAM,
		       REASON_NVRAM_UNFIT);
	p = assert_plan(RULE_UNDEFINE, facts & ~FACT_ALIVE, VIR_DOMAIN_UNDEFINE_KEEP_NVRAM);
	g_assert_false(plan_has(&p, STEP_COPY_NVRAM) || plan_has(&p, STEP_KEEP_WISH));
}

static void test_running_has_no_guard(void)
{
	assert_plan(RULE_UNDEFINE, ON | FACT_SNAPSHOTS | FACT_EXTERNAL_SNAPSHOTS | FACT_CHECKPOINTS,
		    0);
	assert_refused(RULE_UNDEFINE, ON | FACT_MANAGED_SAVE, VIR_DOMAIN_UNDEFINE_MANAGED_SAVE,
		       REASON_MANAGED_SAVE_ALIVE);
	assert_refused(RULE_UNDEFINE, ON | FACT_PROTECTED, 0, REASON_PROTECTED);
	assert_refused(RULE_UNDEFINE, FACT_ALIVE | FACT_SNAPSHOTS, 0, REASON_TRANSIENT);
}

static void test_safety_valve(void)
{
	assert_refused(RULE_UNDEFINE, OFF | FACT_SNAPSHOTS | FACT_EXTERNAL_SNAPSHOTS,
		       VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA, REASON_EXTERNAL_SNAPSHOTS);
	assert_refused(RULE_SNAPSHOT_DELETE, FACT_RECORD_EXTERNAL, 0, REASON_RECORD_EXTERNAL);
	assert_plan(RULE_SNAPSHOT_DELETE, FACT_RECORD_EXTERNAL,
		    VIR_DOMAIN_SNAPSHOT_DELETE_METADATA_ONLY);
}

static void test_create(void)
{
	struct plan p = assert_plan(RULE_CREATE, OFF | FACT_SNAPSHOTS, 0);

	/* Over an inactive persistent one: its directory and config stay as they are. */
	g_assert_true(plan_has(&p, STEP_PUBLISH_RUN));
	g_assert_false(plan_has(&p, STEP_PUBLISH) || plan_has(&p, STEP_STAGE));
	assert_refused(RULE_CREATE, ON, 0, REASON_ALREADY_ACTIVE);
	assert_refused(RULE_CREATE, OFF | FACT_UUID_DIFFERS, 0, REASON_UUID_DIFFERS);
	assert_refused(RULE_CREATE, FACT_NEW | FACT_UUID_TAKEN, 0, REASON_UUID_TAKEN);
}

/* What cannot be loaded into a running guest: a persistent one is given up first. */
static void assert_ends_guest(guint64 facts, bool ends)
{
	struct plan p = assert_plan(RULE_SNAPSHOT_REVERT, facts, 0);

	g_assert_true(plan_has(&p, STEP_END_GUEST) == ends);
	g_assert_true(plan_has(&p, STEP_SNAPSHOT_LOAD) != ends);
}

static void test_revert(void)
{
	assert_refused(RULE_SNAPSHOT_REVERT, FACT_ALIVE, 0, REASON_REVERT_TRANSIENT);
	assert_ends_guest(ON, true);
	assert_ends_guest(ON | FACT_RECORD_MEMORY | FACT_CONFIG_DIFFERS, true);
	assert_ends_guest(ON | FACT_RECORD_MEMORY, false);
	assert_refused(RULE_SNAPSHOT_REVERT,
		       FACT_ALIVE | FACT_RECORD_MEMORY | FACT_CONFIG_DIFFERS,
		       VIR_DOMAIN_SNAPSHOT_REVERT_FORCE, REASON_CONFIG_DIFFERS);
	assert_refused(RULE_SNAPSHOT_REVERT, OFF | FACT_RECORD_NO_DOMAIN, 0,
		       REASON_RECORD_NO_DOMAIN);
	assert_plan(RULE_SNAPSHOT_REVERT, OFF | FACT_RECORD_NO_DOMAIN,
		    VIR_DOMAIN_SNAPSHOT_REVERT_FORCE);
	assert_refused(RULE_SNAPSHOT_REVERT, OFF | FACT_CHECKPOINTS | FACT_BITMAPS, 0,
		       REASON_BITMAPS);
}

static void test_trash_restore(void)
{
	struct plan p = assert_plan(RULE_TRASH_RESTORE, FACT_ALIVE | FACT_UNDEFINED, 0);

	g_assert_true(plan_has(&p, STEP_RESTORE_CONFIG));
	assert_refused(RULE_TRASH_RESTORE, ON, 0, REASON_NOT_OFF);
	assert_refused(RULE_TRASH_RESTORE, FACT_IN_TRASH | FACT_NAME_TAKEN, 0, REASON_NAME_TAKEN);
}

int main(int argc, char *argv[])
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/rules/defect-01-refused-undefine-is-whole", test_01);
	g_test_add_func("/rules/defect-02-keep-nvram-does-not-pass-checkpoints", test_02);
	g_test_add_func("/rules/defect-03-tpm-is-not-lost", test_03);
	g_test_add_func("/rules/defect-06-failed-redefine-keeps-the-record", test_06);
	g_test_add_func("/rules/defect-07-define-over-running-keeps-records", test_07);
	g_test_add_func("/rules/defect-08-rename-takes-all-along", test_08);
	g_test_add_func("/rules/defect-10-intent-before-the-hypervisor-acts", test_10);
	g_test_add_func("/rules/defect-11-failed-snapshot-leaves-nothing", test_11);
	g_test_add_func("/rules/defect-12-no-resume-over-changed-disks", test_12);
	g_test_add_func("/rules/defect-13-unreadable-image-is-never-lost", test_13);
	g_test_add_func("/rules/defect-18-keep-wish-before-the-commit", test_18);
	g_test_add_func("/rules/law/running-outside-nvram", test_running_outside_nvram);
	g_test_add_func("/rules/law/running-has-no-guard", test_running_has_no_guard);
	g_test_add_func("/rules/law/safety-valve", test_safety_valve);
	g_test_add_func("/rules/law/create", test_create);
	g_test_add_func("/rules/law/revert", test_revert);
	g_test_add_func("/rules/law/trash-restore", test_trash_restore);
	return g_test_run();
}
