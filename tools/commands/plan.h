/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* How a plan of the library (what becomes of each thing) is shown. */
#include <domsh/domsh.h>

#include "shell.h"

/* A table: what, where, size, and what becomes of it. */
void plan_print(const struct shell *sh, const struct domshPlanItem *items, int n);
/* A courtesy line for each thing that stays behind on purpose. */
void plan_tell_kept(const struct shell *sh, const struct domshPlanItem *items, int n);
/* One document: domain, what was done (NULL: nothing), the plan. */
void plan_print_json(const char *domain, const char *done, bool is_dry_run,
		     const struct domshPlanItem *items, int n);
