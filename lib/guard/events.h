/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * What QEMU tells (QMP events, query-status, its end) turned into the state that run/state shows:
 * libvirt's states and reasons. Pure; one static table, walked by tests/unit/test-guard-events.c.
 *
 * A reason that cannot be known is 0, "unknown", in each of libvirt's lists.
 */
#include <json-c/json.h>
#include <stdbool.h>
#include "model/state.h"

/* STOP and RESUME come from a snapshot job as well as from people: which job runs is remembered. */
enum view_job { VIEW_JOB_NONE, VIEW_JOB_SAVE, VIEW_JOB_LOAD };

/* What the guard knows of the guest. */
struct view {
	enum guest_state state;
	int reason;
	int end_reason; /* of the first SHUTDOWN, a virDomainShutoffReason; VIEW_NO_END: none yet */
	enum view_job job;
	int reason_before; /* the reason of `running` before a snapshot job stopped it */
	guint32 channels;  /* as in run/state */
};

#define VIEW_NO_END (-1)

/* A guest that was just started, not yet continued. */
void view_init(struct view *v);
/* Apply one event; false when nothing changes of what run/state shows. data may be NULL. */
bool view_apply(struct view *v, const char *event, json_object *data);
/* Take over what query-status answered; its reason where the status tells one. */
void view_set_status(struct view *v, const char *status);
/* Take over what query-chardev answered. */
void view_set_channels(struct view *v, json_object *chardevs);
/* The guest's process has ended. wait_status as waitpid has it, -1 when it is not known (not our
 * child). Sets GUEST_SHUTOFF and the reason. */
void view_end(struct view *v, int wait_status);
/* "shutdown", "destroyed", "crashed", "saved", "unknown": the word for last-run. */
const char *view_end_word(const struct view *v);
