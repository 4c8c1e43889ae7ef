/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Managed save. */
#include <libvirt/libvirt-domain.h>
#include "rules/internal.h"

/* clang-format off */
static const struct guard save_guards[] = {
	{ .flags = VIR_DOMAIN_SAVE_RUNNING | VIR_DOMAIN_SAVE_PAUSED,
	  .reason = REASON_EXCLUSIVE_STATE },
	{ .without = FACT_ALIVE, .reason = REASON_NOT_RUNNING },
	{ .with = FACT_ALIVE, .without = FACT_PERSISTENT, .reason = REASON_SAVE_TRANSIENT },
	{ .with = FACT_UNCLEAR, .reason = REASON_UNCLEAR },
	{ .with = FACT_ALIVE | FACT_MANAGED_SAVE, .reason = REASON_MANAGED_SAVE_ALIVE },
};

static const struct guard remove_guards[] = {
	{ .with = FACT_UNCLEAR, .reason = REASON_UNCLEAR },
	{ .with = FACT_ALIVE | FACT_MANAGED_SAVE, .reason = REASON_MANAGED_SAVE_ALIVE },
};
/* clang-format on */

struct verdict rules_managed_save(guint64 facts, unsigned int flags)
{
	struct verdict v = guards_run(save_guards, N_GUARDS(save_guards), facts, flags);

	/* WRITE_IMAGE ends with a complete, durable image beside a stopped guest, which is quit
	 * then; from there on reconcile goes forward only. */
	if (!v.n_reasons)
		PLAN(&v.plan, STEP_INTENT, STEP_STOP, STEP_WRITE_IMAGE, STEP_PUBLISH_IMAGE,
		     STEP_END_RUN, STEP_DROP_INTENT, STEP_EVENT);
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
