/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Create, start and the end of a guest. */
#include <libvirt/libvirt-domain.h>
#include "rules/internal.h"

#define PAUSED VIR_DOMAIN_START_PAUSED
#define FORCE_BOOT VIR_DOMAIN_START_FORCE_BOOT
#define RESET VIR_DOMAIN_START_RESET_NVRAM

/* clang-format off */
static const struct guard create_guards[] = {
	{ .with = FACT_UUID_DIFFERS, .without = FACT_NEW, .reason = REASON_UUID_DIFFERS },
	{ .with = FACT_UUID_TAKEN, .reason = REASON_UUID_TAKEN },
	{ .with = FACT_ALIVE, .without = FACT_NEW, .reason = REASON_ALREADY_ACTIVE },
	{ .with = FACT_UNCLEAR, .without = FACT_NEW, .reason = REASON_UNCLEAR },
	{ .with = FACT_MANAGED_SAVE, .without = FACT_NEW, .reason = REASON_SAVE_BLOCKS_CREATE },
	{ .with = FACT_XML_UNSUPPORTED, .reason = REASON_XML_UNSUPPORTED },
	{ .with = FACT_NEW | FACT_KEPT, .flags = RESET, .reason = REASON_RESET_KEPT },
	{ .with = FACT_NVRAM_OUTSIDE, .flags = RESET, .reason = REASON_RESET_OUTSIDE },
	{ .with = FACT_NVRAM_UNFIT, .flags = RESET, .reason = REASON_RESET_TEMPLATE },
};

static const struct guard start_guards[] = {
	{ .with = FACT_ALIVE, .reason = REASON_ALREADY_ACTIVE },
	{ .with = FACT_UNCLEAR, .reason = REASON_UNCLEAR },
	{ .with = FACT_XML_UNSUPPORTED, .reason = REASON_XML_UNSUPPORTED },
	{ .with = FACT_MANAGED_SAVE | FACT_IMAGE_BROKEN, .allowed_by = FORCE_BOOT,
	  .reason = REASON_IMAGE_BROKEN },
	{ .with = FACT_MANAGED_SAVE | FACT_IMAGE_OTHER_RUN, .without = FACT_IMAGE_BROKEN,
	  .allowed_by = FORCE_BOOT | RULE_ACCEPT_DISKS, .reason = REASON_IMAGE_OTHER_RUN },
	{ .with = FACT_MANAGED_SAVE | FACT_DISKS_CHANGED, .without = FACT_IMAGE_BROKEN,
	  .allowed_by = FORCE_BOOT | RULE_ACCEPT_DISKS, .reason = REASON_DISKS_CHANGED },
	{ .with = FACT_MANAGED_SAVE, .flags = RESET, .allowed_by = FORCE_BOOT,
	  .reason = REASON_RESET_SAVED },
	{ .with = FACT_NVRAM_OUTSIDE, .flags = RESET, .reason = REASON_RESET_OUTSIDE },
	{ .with = FACT_NVRAM_UNFIT, .flags = RESET, .reason = REASON_RESET_TEMPLATE },
};
/* clang-format on */

/* A boot. Firmware variables that are to be made anew are kept until it has happened. */
static void plan_spawn(struct plan *p, unsigned int flags)
{
	plan_add(p, STEP_INTENT);
	if (flags & RESET)
		plan_add(p, STEP_NVRAM_ASIDE);
	PLAN(p, STEP_SPAWN, STEP_LIVE_XML);
}

static void plan_end(struct plan *p, unsigned int flags)
{
	if (flags & RESET)
		plan_add(p, STEP_NVRAM_ARCHIVE);
	PLAN(p, STEP_DROP_INTENT, STEP_EVENT);
}

struct verdict rules_create(guint64 facts, unsigned int flags)
{
	struct verdict v = guards_run(create_guards, N_GUARDS(create_guards), facts, flags);
	struct plan *p = &v.plan;

	if (v.n_reasons)
		return v;
	if (facts & FACT_NEW) {
		plan_add(p, STEP_STAGE);
		if (facts & FACT_KEPT)
			plan_add(p, STEP_TAKE_KEPT);
	}
	plan_spawn(p, flags);
	/* The store is locked only now: nobody holds it across a call to a hypervisor. */
	if (facts & FACT_NEW)
		PLAN(p, STEP_CLAIM_NAME, STEP_LINK_UUID, STEP_PUBLISH);
	else
		plan_add(p, STEP_PUBLISH_RUN);
	plan_add(p, STEP_GO);
	if (!(flags & PAUSED))
		plan_add(p, STEP_CONT);
	plan_end(p, flags);
	return v;
}

/* Start with an image: it is out of the way before the guest runs, and gone once it ran. */
static void plan_resume(struct plan *p, guint64 facts, unsigned int flags)
{
	PLAN(p, STEP_INTENT, STEP_SPAWN, STEP_LOAD_IMAGE, STEP_LIVE_XML, STEP_PUBLISH_RUN,
	     STEP_GO, STEP_IMAGE_ASIDE, STEP_CONT_BEGINS);
	/* As long as the guest has not run, the image is the only durable copy of its memory. */
	if ((flags & PAUSED) || (facts & FACT_IMAGE_PAUSED))
		plan_add(p, STEP_IMAGE_ARCHIVE);
	else
		PLAN(p, STEP_CONT, STEP_IMAGE_GONE);
	PLAN(p, STEP_DROP_INTENT, STEP_EVENT);
}

static void plan_boot(struct plan *p, guint64 facts, unsigned int flags)
{
	plan_spawn(p, flags);
	PLAN(p, STEP_PUBLISH_RUN, STEP_GO, STEP_PIN_CONFIG);
	if (facts & FACT_MANAGED_SAVE)
		PLAN(p, STEP_IMAGE_ASIDE, STEP_CONT_BEGINS);
	if (!(flags & PAUSED))
		plan_add(p, STEP_CONT);
	if (facts & FACT_MANAGED_SAVE)
		plan_add(p, STEP_IMAGE_ARCHIVE);
	plan_end(p, flags);
}

struct verdict rules_start(guint64 facts, unsigned int flags)
{
	struct verdict v = guards_run(start_guards, N_GUARDS(start_guards), facts, flags);

	if (v.n_reasons)
		return v;
	if ((facts & FACT_MANAGED_SAVE) && !(flags & FORCE_BOOT))
		plan_resume(&v.plan, facts, flags);
	else
		plan_boot(&v.plan, facts, flags);
	return v;
}

/* The guest has ended, whoever ended it. Unclear directories are left as they are. */
struct verdict rules_exit(guint64 facts, unsigned int flags)
{
	struct verdict v = { 0 };
	struct plan *p = &v.plan;

	(void)flags;
	if (facts & (FACT_ALIVE | FACT_UNCLEAR))
		return v;
	if (facts & FACT_PERSISTENT) {
		PLAN(p, STEP_LAST_RUN, STEP_CLEAR_RUN, STEP_EVENT);
		return v;
	}
	if (facts & FACT_MANAGED_SAVE)
		return v; /* never garbage; doctor's to look at */
	if (!(facts & (FACT_WORTH_KEEPING | FACT_WISHES))) {
		PLAN(p, STEP_DISCARD, STEP_EVENT);
		return v;
	}
	PLAN(p, STEP_TOMBSTONE, STEP_RETIRE);
	if (facts & FACT_WISHES)
		plan_add(p, STEP_MOVE_KEPT);
	PLAN(p, STEP_EVENT, STEP_EXPIRE);
	return v;
}
