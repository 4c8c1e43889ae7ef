/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * The guest agent, at the other end of a channel (spec.h: `agent`). It is the guest's own program
 * and may be anything: an answer is one line of at most QMP_LINE_MAX bytes, and no call lasts
 * longer than its deadline, which counts in total. Before each command the agent has to answer a
 * sync with our number, so that the answers to somebody else's commands are never taken for ours.
 * QEMU serves one client of a channel at a time; a second one waits until its deadline.
 */
#include <glib.h>
#include <stdbool.h>
#include "model/hv.h"

/* Has the guest opened the channel? Then an agent is there, as far as QEMU can tell. It is asked for
 * under the domain's lock, of QEMU. */
bool agent_is_open(struct hv *hv, struct guest *g, bool *ret_is_open, GError **err);
bool agent_call(struct hv *hv, struct guest *g, const struct hv_agent_call *call,
		char **ret_reply, GError **err);
