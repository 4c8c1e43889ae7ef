/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* What reading is made of: no lock is taken, nothing is changed, no process asked. */
#include "engine/op.h"

/* The store as it is; one that is not there is empty. It stays open between two reads, so that many
 * in one session are cheap; another directory in its place is noticed. store_close when done. */
struct store *open_store(struct engine *e, GError **err);
/* Open for reading what counts as a domain; garbage does not (VIR_ERR_NO_DOMAIN). ret_state: what
 * domain_read_brief tells, to be cleared in any case. */
struct domain_dir *open_domain(struct store *st, const char *name, struct domain_state *ret_state,
			       GError **err);
