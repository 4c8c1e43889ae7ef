/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* Shared by the rules' files only. */
#include "rules/rules.h"

#define N_GUARDS(table) (sizeof(table) / sizeof((table)[0]))

/* Our own change of the disks must not make the image of a saved guest look stale. An image that
 * does not belong to them any more, or that cannot be read, must not be made to look right. */
static inline bool refreshes_fingerprint(guint64 facts)
{
	return (facts & FACT_MANAGED_SAVE) &&
	       !(facts & (FACT_ALIVE | FACT_IMAGE_BROKEN | FACT_DISKS_CHANGED));
}

/* Append n steps to a plan. */
static inline void plan_add_all(struct plan *p, const unsigned char *steps, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		plan_add(p, steps[i]);
}

#define PLAN(p, ...)                                                   \
	plan_add_all((p), (const unsigned char[]){ __VA_ARGS__ },      \
		     sizeof((const unsigned char[]){ __VA_ARGS__ }))
