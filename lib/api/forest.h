/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * The snapshots of a domain as a forest, and what of it a list asks for. Pure.
 *
 * A record whose parent is not there counts as a root. So does what hangs on a cycle (a file
 * that was changed by hand): every record is listed somewhere.
 */
#include <glib.h>
#include "model/snapshot.h"

/* One that was picked. */
struct forest_pick {
	const struct snapshot_record *record; /* of the records that were given */
	unsigned int n_children, n_descendants;
};

/* records: struct snapshot_record, in byte order of names. from: list what is below this one; NULL:
 * all. flags: virDomainSnapshotListFlags, known ones only.
 * Returns struct forest_pick: parents first with TOPOLOGICAL, else in the order of the records. A
 * record that does not parse passes every filter of state and place. */
GPtrArray *forest_select(const GPtrArray *records, const char *from, unsigned int flags);
/* The one of that name; NULL when there is none. */
struct forest_pick *forest_find(const GPtrArray *records, const char *name);
