/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* Files outside the store: may they be written or removed? */
#include <glib.h>
#include <stdbool.h>

struct engine;
struct op;
struct stat;

/* Does the path lead into the store? Unknown counts as yes. */
bool path_is_in_store(struct engine *e, const char *path);

/* The domain that names this file as a disk: of its config, of what runs, of what is undefined, as
 * a backing file, or in a record of a snapshot. NULL: none. path: canonical. st: the file's, NULL
 * when it is not there; then only the path is compared. What cannot be read counts as naming it. */
char *path_disk_owner(struct op *op, const char *path, const struct stat *st);
