/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * Results in the form of <domsh/domsh.h>: copies of the engine's arrays as plain C arrays that
 * the program frees with the public functions. Each returns how many there are; an empty one is
 * NULL.
 */
#include <glib.h>
#include <domsh/domsh.h>

int outcome_plan(const GPtrArray *items, struct domshPlanItem **ret_items);
int outcome_reasons(const GPtrArray *reasons, struct domshReason **ret_reasons);
int outcome_trash(const GPtrArray *entries, struct domshTrashEntry **ret_entries);
