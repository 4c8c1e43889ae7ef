/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * The fake guest: run/fake = {v, status, memory, resume, job}, the holder of run/alive, and
 * run/state in a guard's place. Values of states and reasons are libvirt's (model/state.h).
 */
#include <glib.h>
#include <stdbool.h>
#include "model/hv.h"
#include "model/state.h"

enum {
	RUNNING_BOOTED = 1,
	RUNNING_RESTORED = 3,
	RUNNING_FROM_SNAPSHOT = 4,
	RUNNING_UNPAUSED = 5,
	PAUSED_USER = 1,
	PAUSED_STARTING_UP = 11,
	SHUTOFF_SHUTDOWN = 1,
	SHUTOFF_DESTROYED = 2,
	SHUTOFF_SAVED = 5,
};

struct machine {
	enum hv_status status;
	gint64 memory;
	int resume;      /* reason of `running` when it is continued */
	enum hv_job job; /* the last save */
};

/* HV_GONE when nobody holds run/alive. False only when run/fake cannot be read. */
bool machine_read(int run_fd, struct machine *ret_machine, GError **err);
/* The same; a guest that is gone is VIR_ERR_OPERATION_INVALID. */
bool machine_read_alive(int run_fd, struct machine *ret_machine, GError **err);
bool machine_write(int run_fd, const struct machine *m, GError **err);
/* Replace state and reason in run/state. */
bool machine_tell(int run_fd, enum guest_state state, int reason, GError **err);

/* Make the holder; it ends when the other end of *ret_leash is closed, unless a byte came. Writes
 * run/state. */
bool machine_spawn(struct guest *g, int *ret_leash, GError **err);
bool machine_release(int leash, GError **err);
/* Kill it and wait; gone already is fine. */
bool machine_kill(int run_fd, GError **err);
