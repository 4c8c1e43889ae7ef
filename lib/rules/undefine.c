/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Undefine: an inactive domain goes into the trash whole; a running one becomes transient. Nothing
 * of value goes without having been named.
 */
#include <libvirt/libvirt-domain.h>
#include "rules/internal.h"

#define SAVE VIR_DOMAIN_UNDEFINE_MANAGED_SAVE
#define SNAPSHOTS VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA
#define CHECKPOINTS VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA
#define NVRAM VIR_DOMAIN_UNDEFINE_NVRAM
#define KEEP_NVRAM VIR_DOMAIN_UNDEFINE_KEEP_NVRAM
#define TPM VIR_DOMAIN_UNDEFINE_TPM
#define KEEP_TPM VIR_DOMAIN_UNDEFINE_KEEP_TPM

/* clang-format off */
static const struct guard guards[] = {
	{ .flags = NVRAM | KEEP_NVRAM, .reason = REASON_EXCLUSIVE_NVRAM },
	{ .flags = TPM | KEEP_TPM, .reason = REASON_EXCLUSIVE_TPM },
	{ .without = FACT_PERSISTENT, .reason = REASON_TRANSIENT },
	{ .with = FACT_PROTECTED, .reason = REASON_PROTECTED },
	{ .with = FACT_UNCLEAR, .reason = REASON_UNCLEAR },
	{ .with = FACT_SNAPSHOTS, .without = FACT_ALIVE, .allowed_by = SNAPSHOTS,
	  .reason = REASON_SNAPSHOTS },
	{ .with = FACT_EXTERNAL_SNAPSHOTS, .without = FACT_ALIVE,
	  .reason = REASON_EXTERNAL_SNAPSHOTS },
	{ .with = FACT_CHECKPOINTS, .without = FACT_ALIVE, .allowed_by = CHECKPOINTS,
	  .reason = REASON_CHECKPOINTS },
	{ .with = FACT_MANAGED_SAVE, .without = FACT_ALIVE, .allowed_by = SAVE,
	  .reason = REASON_MANAGED_SAVE },
	{ .with = FACT_MANAGED_SAVE | FACT_ALIVE, .reason = REASON_MANAGED_SAVE_ALIVE },
	{ .with = FACT_NVRAM, .allowed_by = NVRAM | KEEP_NVRAM, .reason = REASON_NVRAM },
	{ .with = FACT_NVRAM | FACT_NVRAM_OUTSIDE | FACT_NVRAM_UNFIT, .without = FACT_ALIVE,
	  .flags = NVRAM, .reason = REASON_NVRAM_UNFIT },
	{ .with = FACT_ALIVE, .flags = RULE_UNDEFINE_PURGE, .reason = REASON_PURGE_ALIVE },
};
/* clang-format on */

static bool keeps_nvram(guint64 facts, unsigned int flags)
{
	return (facts & FACT_NVRAM) && !(facts & FACT_NVRAM_OUTSIDE) && (flags & KEEP_NVRAM);
}

static bool keeps_tpm(guint64 facts, unsigned int flags)
{
	return (facts & FACT_TPM) && !(flags & TPM) &&
	       ((flags & KEEP_TPM) || (facts & FACT_TPM_KEPT));
}

static void plan_running(struct plan *p, guint64 facts, unsigned int flags)
{
	/* What is to be kept at the end must be on disk before the config is gone. */
	if (keeps_nvram(facts, flags) || keeps_tpm(facts, flags))
		plan_add(p, STEP_KEEP_WISH);
	plan_add(p, STEP_DROP_CONFIG);
	plan_add(p, STEP_EVENT);
}

static void plan_inactive(struct plan *p, guint64 facts, unsigned int flags)
{
	bool keeps = keeps_nvram(facts, flags) || keeps_tpm(facts, flags);
	bool takes_in = (facts & FACT_NVRAM) && (facts & FACT_NVRAM_OUTSIDE) && (flags & NVRAM);

	if (keeps)
		plan_add(p, STEP_KEEP_WISH);
	/* The tombstone first: it says what the copy is, should it have to go again. */
	plan_add(p, STEP_TOMBSTONE);
	if (takes_in)
		plan_add(p, STEP_COPY_NVRAM);
	plan_add(p, STEP_RETIRE);
	if (keeps)
		plan_add(p, STEP_MOVE_KEPT);
	plan_add(p, STEP_EVENT);
	plan_add(p, STEP_EXPIRE);
	/* The entry holds the list of outside files: it goes after them. */
	if (takes_in)
		plan_add(p, STEP_UNLINK_OUTSIDE);
	if (flags & RULE_UNDEFINE_PURGE)
		plan_add(p, STEP_PURGE);
}

struct verdict rules_undefine(guint64 facts, unsigned int flags)
{
	struct verdict v = guards_run(guards, N_GUARDS(guards), facts, flags);

	if (v.n_reasons)
		return v;
	if (facts & FACT_ALIVE)
		plan_running(&v.plan, facts, flags);
	else
		plan_inactive(&v.plan, facts, flags);
	return v;
}
