/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* How a plan of the library (what becomes of each thing) is shown. */
#include <domsh/domsh.h>

#include "shell.h"

struct json_object;

/* A table: what, where, size, and what becomes of it. */
void plan_print(const struct shell *sh, const struct domshPlanItem *items, int n);
/* A courtesy line for each thing that stays behind on purpose. */
void plan_tell_kept(const struct shell *sh, const struct domshPlanItem *items, int n);
struct json_object *plan_json(const struct domshPlanItem *items, int n);
