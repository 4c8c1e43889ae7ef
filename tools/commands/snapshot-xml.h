/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* The XML of a snapshot, from the words of snapshot-create-as. */
#include "command.h"

struct snapshot_spec {
	const char *name, *description; /* may be NULL */
	const char *memory;             /* [file=]PATH[,snapshot=TYPE], may be NULL */
	struct word_list disks;         /* DISK[,snapshot=…][,driver=…][,stype=…][,file=…] */
};

/* NULL when a part cannot be parsed: *ret_kind is "memspec" or "diskspec", *ret_bad the text.
 * Within a part ",," stands for a comma. Free the result. */
char *snapshot_spec_xml(const struct snapshot_spec *spec, const char **ret_kind,
			const char **ret_bad);
