/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * A prepared state of the world on disk, and how it is brought back before every injection:
 *
 *   <base>/world/            what the engine works on: root/, disks, nvram outside
 *   <base>/world/root/       the store
 *   <base>/<saved>/          copies of it
 *
 * A copy keeps modification times (the fingerprint of a disk knows them) and hard links. A guest is
 * a process that holds run/alive: one is started for each that lived when the state was saved.
 * Failures abort: nothing here is under test.
 */
#include <glib.h>
#include <stdbool.h>

/* Copy the world to <base>/<name>, over what was there. */
void tree_save(const char *base, const char *name);
/* The other way: kill all guests, empty the world, copy. Guests that lived live again. */
void tree_restore(const char *base, const char *name);
/* An empty world with disks. */
void tree_fresh(const char *base);
void tree_remove(const char *path);

/* Children of this process (a subreaper, so guests too) that are alive; ends of dead ones are
 * collected. */
unsigned int guests_count(void);
/* Wait for those that end with their client, which is dead: the fake's leash is descriptor 1. */
void guests_settle(void);
/* Write into run/state what is true of each guest, as its guard would have done. */
void guests_tell(const char *base);
/* Kill them all and wait. */
void guests_kill(void);
