/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands/states.h"

#include <stddef.h>
#include <libvirt/libvirt.h>

enum { STATE_COUNT = VIR_DOMAIN_PMSUSPENDED + 1 };

static const char *const words[STATE_COUNT] = {
	[VIR_DOMAIN_NOSTATE] = "no state",
	[VIR_DOMAIN_RUNNING] = "running",
	[VIR_DOMAIN_BLOCKED] = "idle",
	[VIR_DOMAIN_PAUSED] = "paused",
	[VIR_DOMAIN_SHUTDOWN] = "in shutdown",
	[VIR_DOMAIN_SHUTOFF] = "shut off",
	[VIR_DOMAIN_CRASHED] = "crashed",
	[VIR_DOMAIN_PMSUSPENDED] = "pmsuspended",
};

static const char *const running[] = {
	[VIR_DOMAIN_RUNNING_BOOTED] = "booted",
	[VIR_DOMAIN_RUNNING_MIGRATED] = "migrated",
	[VIR_DOMAIN_RUNNING_RESTORED] = "restored",
	[VIR_DOMAIN_RUNNING_FROM_SNAPSHOT] = "from snapshot",
	[VIR_DOMAIN_RUNNING_UNPAUSED] = "unpaused",
	[VIR_DOMAIN_RUNNING_MIGRATION_CANCELED] = "migration canceled",
	[VIR_DOMAIN_RUNNING_SAVE_CANCELED] = "save canceled",
	[VIR_DOMAIN_RUNNING_WAKEUP] = "event wakeup",
	[VIR_DOMAIN_RUNNING_CRASHED] = "crashed",
	[VIR_DOMAIN_RUNNING_POSTCOPY] = "post-copy",
	[VIR_DOMAIN_RUNNING_POSTCOPY_FAILED] = "post-copy failed",
};

static const char *const paused[] = {
	[VIR_DOMAIN_PAUSED_USER] = "user",
	[VIR_DOMAIN_PAUSED_MIGRATION] = "migrating",
	[VIR_DOMAIN_PAUSED_SAVE] = "saving",
	[VIR_DOMAIN_PAUSED_DUMP] = "dumping",
	[VIR_DOMAIN_PAUSED_IOERROR] = "I/O error",
	[VIR_DOMAIN_PAUSED_WATCHDOG] = "watchdog",
	[VIR_DOMAIN_PAUSED_FROM_SNAPSHOT] = "from snapshot",
	[VIR_DOMAIN_PAUSED_SHUTTING_DOWN] = "shutting down",
	[VIR_DOMAIN_PAUSED_SNAPSHOT] = "creating snapshot",
	[VIR_DOMAIN_PAUSED_CRASHED] = "crashed",
	[VIR_DOMAIN_PAUSED_STARTING_UP] = "starting up",
	[VIR_DOMAIN_PAUSED_POSTCOPY] = "post-copy",
	[VIR_DOMAIN_PAUSED_POSTCOPY_FAILED] = "post-copy failed",
};

static const char *const in_shutdown[] = {
	[VIR_DOMAIN_SHUTDOWN_USER] = "user",
};

static const char *const shutoff[] = {
	[VIR_DOMAIN_SHUTOFF_SHUTDOWN] = "shutdown",
	[VIR_DOMAIN_SHUTOFF_DESTROYED] = "destroyed",
	[VIR_DOMAIN_SHUTOFF_CRASHED] = "crashed",
	[VIR_DOMAIN_SHUTOFF_MIGRATED] = "migrated",
	[VIR_DOMAIN_SHUTOFF_SAVED] = "saved",
	[VIR_DOMAIN_SHUTOFF_FAILED] = "failed",
	[VIR_DOMAIN_SHUTOFF_FROM_SNAPSHOT] = "from snapshot",
	[VIR_DOMAIN_SHUTOFF_DAEMON] = "daemon",
};

static const char *const crashed[] = {
	[VIR_DOMAIN_CRASHED_PANICKED] = "panicked",
};

#define REASONS(list) { list, sizeof(list) / sizeof(*(list)) }

static const struct {
	const char *const *words;
	size_t count;
} reasons[STATE_COUNT] = {
	[VIR_DOMAIN_RUNNING] = REASONS(running),
	[VIR_DOMAIN_PAUSED] = REASONS(paused),
	[VIR_DOMAIN_SHUTDOWN] = REASONS(in_shutdown),
	[VIR_DOMAIN_SHUTOFF] = REASONS(shutoff),
	[VIR_DOMAIN_CRASHED] = REASONS(crashed),
};

const char *state_word(int state)
{
	return state >= 0 && state < STATE_COUNT ? words[state] : "no state";
}

const char *state_reason(int state, int reason)
{
	if (state < 0 || state >= STATE_COUNT || reason < 0 ||
	    (size_t)reason >= reasons[state].count || !reasons[state].words[reason])
		return "unknown";
	return reasons[state].words[reason];
}
