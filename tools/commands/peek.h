/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * A look into a snapshot's XML, for the few facts that the API has no call for. The XML comes
 * from the library, so it is well-formed; what is not only makes facts missing, never more.
 * The <domain> inside is skipped.
 */
#include <stdbool.h>

struct snapshot_facts {
	char *state;      /* NULL when there is none; so are the others */
	char *parent;     /* the parent's name */
	long long created; /* 0 when not known */
	bool external;    /* memory or a disk is in a file of its own */
};

void peek_snapshot(const char *xml, struct snapshot_facts *ret_facts);
void snapshot_facts_free(struct snapshot_facts *f);
