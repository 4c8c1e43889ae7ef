/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * A private directory that goes when its process does: <base>/domsh-test.<pid>.<n>/ (0700), where
 * base is $TMPDIR or else /dev/shm. `owner` in it is locked as long as the place is in use, so that
 * the next process can tell what a killed one left behind, and removes it.
 */
#include <glib.h>
#include <stdbool.h>

struct place;

/* Make one; left-overs of processes that are gone are removed first. */
struct place *place_open(GError **err);
/* The directory for a store in it; absolute, not yet made. */
const char *place_root(const struct place *p);
/* Remove it with all that is in it. */
void place_close(struct place *p);
