/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Define and rename: what a domain is called and how it is configured. */
#include <libvirt/libvirt-domain.h>
#include "rules/internal.h"

/* clang-format off */
static const struct guard define_guards[] = {
	{ .with = FACT_UUID_DIFFERS, .without = FACT_NEW, .reason = REASON_UUID_DIFFERS },
	{ .with = FACT_UUID_TAKEN, .reason = REASON_UUID_TAKEN },
	{ .with = FACT_UNCLEAR, .without = FACT_NEW, .reason = REASON_UNCLEAR },
	{ .with = FACT_MANAGED_SAVE | FACT_DISKS_DIFFER, .without = FACT_NEW,
	  .reason = REASON_SAVE_BLOCKS_DEFINE },
	{ .with = FACT_XML_UNSUPPORTED, .flags = RULE_VALIDATE, .reason = REASON_XML_UNSUPPORTED },
};

static const struct guard rename_guards[] = {
	{ .without = FACT_PERSISTENT, .reason = REASON_RENAME_TRANSIENT },
	{ .with = FACT_ALIVE, .reason = REASON_NOT_OFF },
	{ .with = FACT_UNCLEAR, .reason = REASON_UNCLEAR },
	{ .with = FACT_MANAGED_SAVE, .reason = REASON_SAVE_BLOCKS_RENAME },
	{ .with = FACT_NAME_TAKEN, .reason = REASON_NAME_TAKEN },
};
/* clang-format on */

struct verdict rules_define(guint64 facts, unsigned int flags)
{
	struct verdict v = guards_run(define_guards, N_GUARDS(define_guards), facts, flags);
	struct plan *p = &v.plan;

	if (v.n_reasons)
		return v;
	if (!(facts & FACT_NEW)) {
		PLAN(p, STEP_PUT_CONFIG, STEP_RELINK_UUID, STEP_EVENT);
		return v;
	}
	plan_add(p, STEP_STAGE);
	if (facts & FACT_KEPT)
		plan_add(p, STEP_TAKE_KEPT);
	PLAN(p, STEP_LINK_UUID, STEP_PUBLISH);
	plan_add(p, STEP_EVENT);
	return v;
}

struct verdict rules_rename(guint64 facts, unsigned int flags)
{
	struct verdict v = guards_run(rename_guards, N_GUARDS(rename_guards), facts, flags);

	if (!v.n_reasons)
		PLAN(&v.plan, STEP_MOVE, STEP_RELINK_UUID, STEP_PIN_CONFIG, STEP_EVENT);
	return v;
}
