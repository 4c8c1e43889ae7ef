/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "rules/rules.h"

static bool fires(const struct guard *g, guint64 facts, unsigned int flags)
{
	return (facts & g->with) == g->with && !(facts & g->without) &&
	       (flags & g->flags) == g->flags && !(flags & g->allowed_by);
}

struct verdict guards_run(const struct guard *guards, unsigned int n, guint64 facts,
			  unsigned int flags)
{
	struct verdict v = { 0 };

	for (unsigned int i = 0; i < n; i++)
		if (fires(&guards[i], facts, flags) && v.n_reasons < REASONS_MAX)
			v.reasons[v.n_reasons++] = guards[i].reason;
	return v;
}
