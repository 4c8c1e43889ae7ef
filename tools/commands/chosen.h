/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* "--snapshotname NAME or --current": how most snapshot commands are told which one. */
#include "command.h"

struct chosen {
	virDomainSnapshotPtr snapshot;
	bool owned; /* chosen_release() frees it */
};

/* false: neither was given, or there is no current one; the error was printed. */
bool chosen_find(struct shell *sh, const struct domain_target *domain,
		 const struct snapshot_target *named, bool current, struct chosen *ret);
void chosen_release(struct chosen *c);

/* The two rows; `group` is a bit of option.excludes of their own. */
#define CHOSEN_NAME_AT(type, group)                                                       \
	{ .name = "snapshotname", VALUE_AT(OPTION_SNAPSHOT, type, snapshot),              \
	  .props = OPTION_POSITIONAL, .excludes = (group), .summary = "name of the snapshot" }
#define CHOSEN_CURRENT_AT(type, group)                                                    \
	{ .name = "current", BIT_AT(type, current, 1), .excludes = (group),               \
	  .summary = "the current snapshot" }
