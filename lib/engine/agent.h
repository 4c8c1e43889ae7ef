/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* The agent in a guest, within the engine. */
#include "engine/op.h"

#define AGENT_MS 5000 /* what it gets to answer, unless said otherwise */

/* Always fails: there is no way to one. */
bool agent_is_missing(const char *name, GError **err);
/* Ask the agent of the guest whose run/ that is; the domain is not locked. ret_reply may be NULL. */
bool agent_ask(struct engine *e, const char *name, int run_fd, const struct hv_agent_call *call,
	       char **ret_reply, GError **err);
