/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * What a user has, as text: every domain where it is (domains/ or trash/) with its configuration,
 * records and which one is current, save image, NVRAM, flags, what its old/ holds, its guest's
 * memory; what is kept; the disks' content and tags. Without what differs from run to run (times,
 * ids, pids, run-ids) and without what is nobody's business (locks, tombstones, events).
 *
 * Two states are the same for the user if their views are equal. Unfinished work shows as a line
 * that starts with '!'.
 */
#include <stdbool.h>

/* Of <base>/world; caller frees. */
char *view_take(const char *base);
bool view_is_unfinished(const char *view);
/* The lines of `got` that are not in `want` and the other way, for people; caller frees. */
char *view_diff(const char *want, const char *got);

/* What nobody may leave behind once a next writer came by; NULL when clean, else told. Caller
 * frees. */
char *view_strays(const char *base);
/* Each domain of either reference is in exactly one place here, and its configuration is that of
 * one of them; NULL when so, else told. Caller frees. */
char *view_lost(const char *base, const char *before, const char *after);
