/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/plan.h"

static const struct {
	const char *name;
	enum step_class class;
} steps[STEP_COUNT] = {
#define X(step, kind) [STEP_##step] = { #step, STEP_##kind },
	STEP_TABLE(X)
#undef X
};

const char *step_name(enum step step)
{
	return (unsigned int)step < STEP_COUNT ? steps[step].name : "?";
}

enum step_class step_class(enum step step)
{
	return steps[step].class;
}

void plan_add(struct plan *plan, enum step step)
{
	if (plan->n < PLAN_MAX)
		plan->steps[plan->n++] = step;
}

bool plan_check(const struct plan *plan)
{
	enum step_class last = STEP_DISCARDABLE;
	unsigned int commits = 0;

	for (unsigned int i = 0; i < plan->n; i++) {
		enum step_class class = step_class(plan->steps[i]);

		if (plan->steps[i] == STEP_NONE || class < last)
			return false;
		commits += class == STEP_COMMIT;
		last = class;
	}
	return plan->n == 0 || (commits == 1 && plan->n < PLAN_MAX);
}

bool plan_check_repeatable(const struct plan *plan)
{
	for (unsigned int i = 0; i < plan->n; i++)
		if (step_class(plan->steps[i]) != STEP_REPEATABLE)
			return false;
	return plan->n < PLAN_MAX;
}
