/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Taking back from the trash and from old/. */
#include "rules/internal.h"

/* clang-format off */
static const struct guard guards[] = {
	{ .with = FACT_IN_TRASH | FACT_NAME_TAKEN, .reason = REASON_NAME_TAKEN },
	{ .with = FACT_IN_TRASH | FACT_UUID_TAKEN, .reason = REASON_UUID_TAKEN },
	{ .with = FACT_IN_TRASH | FACT_NO_CONFIG, .reason = REASON_NO_CONFIG },
	{ .with = FACT_UNCLEAR, .without = FACT_IN_TRASH, .reason = REASON_UNCLEAR },
	{ .with = FACT_RECORD_EXISTS, .without = FACT_IN_TRASH | FACT_UNDEFINED,
	  .reason = REASON_RECORD_EXISTS },
	{ .with = FACT_PARENT_BAD, .without = FACT_IN_TRASH | FACT_UNDEFINED,
	  .reason = REASON_PARENT_BAD },
	{ .with = FACT_TAG_INCOMPLETE, .without = FACT_IN_TRASH | FACT_UNDEFINED,
	  .reason = REASON_TAG_INCOMPLETE },
	{ .with = FACT_MANAGED_SAVE, .without = FACT_IN_TRASH | FACT_UNDEFINED,
	  .reason = REASON_SAVE_BLOCKS_CREATE },
	{ .with = FACT_ALIVE, .without = FACT_IN_TRASH | FACT_UNDEFINED, .reason = REASON_NOT_OFF },
};
/* clang-format on */

struct verdict rules_trash_restore(guint64 facts, unsigned int flags)
{
	struct verdict v = guards_run(guards, N_GUARDS(guards), facts, flags);
	struct plan *p = &v.plan;

	if (v.n_reasons)
		return v;
	if (facts & FACT_IN_TRASH) {
		plan_add(p, STEP_PREPARE_ENTRY);
		if (facts & FACT_KEPT)
			plan_add(p, STEP_TAKE_KEPT);
		PLAN(p, STEP_LINK_UUID, STEP_RESTORE_ENTRY);
	} else if (facts & FACT_UNDEFINED) {
		plan_add(p, STEP_RESTORE_CONFIG);
	} else {
		plan_add(p, STEP_RESTORE_OLD);
	}
	plan_add(p, STEP_EVENT);
	return v;
}
