/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Memory in a file: managed save, save, restore, and the XML of an image. */
#include <libvirt/libvirt-domain.h>
#include "rules/internal.h"

#define BOTH_STATES (VIR_DOMAIN_SAVE_RUNNING | VIR_DOMAIN_SAVE_PAUSED)

/* clang-format off */
static const struct guard managed_save_guards[] = {
	{ .flags = BOTH_STATES, .reason = REASON_EXCLUSIVE_STATE },
	{ .without = FACT_ALIVE, .reason = REASON_NOT_RUNNING },
	{ .with = FACT_ALIVE, .without = FACT_PERSISTENT, .reason = REASON_SAVE_TRANSIENT },
	{ .with = FACT_UNCLEAR, .reason = REASON_UNCLEAR },
	{ .with = FACT_ALIVE | FACT_MANAGED_SAVE, .reason = REASON_MANAGED_SAVE_ALIVE },
};

static const struct guard remove_guards[] = {
	{ .with = FACT_UNCLEAR, .reason = REASON_UNCLEAR },
	{ .with = FACT_ALIVE | FACT_MANAGED_SAVE, .reason = REASON_MANAGED_SAVE_ALIVE },
};

/* The file of a disk gives way to nothing, whatever the user says. */
static const struct guard save_guards[] = {
	{ .flags = BOTH_STATES, .reason = REASON_EXCLUSIVE_STATE },
	{ .without = FACT_ALIVE, .reason = REASON_NOT_RUNNING },
	{ .with = FACT_UNCLEAR, .reason = REASON_UNCLEAR },
	{ .with = FACT_ALIVE | FACT_MANAGED_SAVE, .reason = REASON_MANAGED_SAVE_ALIVE },
	{ .with = FACT_FILE_UNFIT, .reason = REASON_FILE_UNFIT },
	{ .with = FACT_FILE_TAKEN, .without = FACT_FILE_UNFIT, .allowed_by = RULE_OVERWRITE,
	  .reason = REASON_FILE_TAKEN },
	{ .with = FACT_CONFIG_DIFFERS, .reason = REASON_SAVE_MACHINE },
	{ .with = FACT_XML_UNSUPPORTED, .reason = REASON_XML_UNSUPPORTED },
};

static const struct guard restore_guards[] = {
	{ .with = FACT_UUID_DIFFERS, .without = FACT_NEW, .reason = REASON_UUID_DIFFERS },
	{ .with = FACT_UUID_TAKEN, .reason = REASON_UUID_TAKEN },
	{ .with = FACT_ALIVE, .without = FACT_NEW, .reason = REASON_ALREADY_ACTIVE },
	{ .with = FACT_UNCLEAR, .without = FACT_NEW, .reason = REASON_UNCLEAR },
	{ .with = FACT_MANAGED_SAVE, .without = FACT_NEW, .reason = REASON_SAVE_BLOCKS_RESTORE },
	{ .with = FACT_CONFIG_DIFFERS, .reason = REASON_SAVE_MACHINE },
	{ .with = FACT_XML_UNSUPPORTED, .reason = REASON_XML_UNSUPPORTED },
	{ .with = FACT_DISKS_CHANGED, .allowed_by = RULE_ACCEPT_DISKS,
	  .reason = REASON_FILE_DISKS_CHANGED },
};

static const struct guard define_guards[] = {
	{ .without = FACT_MANAGED_SAVE, .reason = REASON_NO_IMAGE },
	{ .with = FACT_UNCLEAR, .reason = REASON_UNCLEAR },
	{ .with = FACT_ALIVE | FACT_MANAGED_SAVE, .reason = REASON_MANAGED_SAVE_ALIVE },
	{ .with = FACT_MANAGED_SAVE | FACT_IMAGE_BROKEN, .reason = REASON_IMAGE_UNREADABLE },
	{ .with = FACT_CONFIG_DIFFERS, .without = FACT_IMAGE_BROKEN, .reason = REASON_SAVE_MACHINE },
	{ .with = FACT_XML_UNSUPPORTED, .reason = REASON_XML_UNSUPPORTED },
};
/* clang-format on */

/* WRITE_IMAGE ends with a complete, durable image beside a stopped guest, which is quit then; from
 * there on reconcile goes forward only. */
static void plan_save(struct plan *p)
{
	PLAN(p, STEP_INTENT, STEP_STOP, STEP_WRITE_IMAGE, STEP_PUBLISH_IMAGE, STEP_END_RUN,
	     STEP_DROP_INTENT, STEP_EVENT);
}

struct verdict rules_managed_save(guint64 facts, unsigned int flags)
{
	struct verdict v = guards_run(managed_save_guards, N_GUARDS(managed_save_guards), facts,
				      flags);

	if (!v.n_reasons)
		plan_save(&v.plan);
	return v;
}

struct verdict rules_save(guint64 facts, unsigned int flags)
{
	struct verdict v = guards_run(save_guards, N_GUARDS(save_guards), facts, flags);

	if (!v.n_reasons)
		plan_save(&v.plan);
	return v;
}

struct verdict rules_managed_save_remove(guint64 facts, unsigned int flags)
{
	struct verdict v = guards_run(remove_guards, N_GUARDS(remove_guards), facts, flags);

	if (v.n_reasons || !(facts & FACT_MANAGED_SAVE))
		return v;
	plan_add(&v.plan, (flags & RULE_REMOVE_PURGE) ? STEP_PURGE_IMAGE : STEP_REMOVE_IMAGE);
	plan_add(&v.plan, STEP_EVENT);
	return v;
}

/* A copy with the new head takes the image's place: its rename is the one commit. */
struct verdict rules_managed_save_define(guint64 facts, unsigned int flags)
{
	struct verdict v = guards_run(define_guards, N_GUARDS(define_guards), facts, flags);

	if (!v.n_reasons)
		PLAN(&v.plan, STEP_COPY_IMAGE, STEP_REPLACE_IMAGE);
	return v;
}

/* As create, with memory. The file stays, so that nothing can be lost: what was begun and is not
 * finished ends, and restore can be asked for again. */
struct verdict rules_restore(guint64 facts, unsigned int flags)
{
	struct verdict v = guards_run(restore_guards, N_GUARDS(restore_guards), facts, flags);
	struct plan *p = &v.plan;

	if (v.n_reasons)
		return v;
	if (facts & FACT_NEW) {
		plan_add(p, STEP_STAGE);
		if (facts & FACT_KEPT)
			plan_add(p, STEP_TAKE_KEPT);
	}
	PLAN(p, STEP_INTENT, STEP_SPAWN, STEP_LOAD_IMAGE, STEP_LIVE_XML);
	if (facts & FACT_NEW)
		PLAN(p, STEP_CLAIM_NAME, STEP_LINK_UUID, STEP_PUBLISH);
	else
		plan_add(p, STEP_PUBLISH_RUN);
	PLAN(p, STEP_GO, STEP_CONT_BEGINS);
	if (!(flags & VIR_DOMAIN_START_PAUSED))
		plan_add(p, STEP_CONT);
	PLAN(p, STEP_DROP_INTENT, STEP_EVENT);
	return v;
}
