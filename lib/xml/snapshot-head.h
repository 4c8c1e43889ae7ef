/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* For snapshot_peek() only. */
#include "xml/snapshot.h"

/* Name, parent, state, time and whether there is a domain, of a whole record; without its disks,
 * none of which is external. NULL: it is not of the usual kind, look at it with a tree. */
struct snapshot_record *snapshot_head(const char *text, size_t size);
