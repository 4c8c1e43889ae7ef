/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guard/events.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#include <libvirt/libvirt-domain.h>

#include "base/json.h"
#include "driver/qemu/chardev.h"

#define CHANNELS_MAX 32
#define REASON_BEFORE (-1) /* what it was before the snapshot job */

struct event_row {
	const char *event;
	const char *key, *value; /* the event's data must say so; NULL: whatever it says */
	/* When the row counts; 0: always. */
	enum guest_state in;
	int because; /* the reason of `in` */
	enum view_job job;
	/* What the guest is then; GUEST_NOSTATE: as before. */
	enum guest_state state;
	int reason;
	int end; /* in GUEST_SHUTDOWN: a virDomainShutoffReason */
};

/* clang-format off */
/*
 * The first row that fits counts. QEMU tells the cause before the stop (BLOCK_IO_ERROR, then STOP),
 * so STOP means "somebody asked for it" only where the guest still counts as running.
 */
static const struct event_row rows[] = {
	{ "RESUME", .in = GUEST_PAUSED, .because = VIR_DOMAIN_PAUSED_SNAPSHOT, /* stopped by a job */
	  .state = GUEST_RUNNING, .reason = REASON_BEFORE },
	{ "RESUME", .in = GUEST_PAUSED, .because = VIR_DOMAIN_PAUSED_STARTING_UP,
	  .state = GUEST_RUNNING, .reason = VIR_DOMAIN_RUNNING_BOOTED },
	{ "RESUME", .in = GUEST_PAUSED, .because = VIR_DOMAIN_PAUSED_MIGRATION,
	  .state = GUEST_RUNNING, .reason = VIR_DOMAIN_RUNNING_RESTORED },
	{ "RESUME", .in = GUEST_PAUSED, .because = VIR_DOMAIN_PAUSED_SAVE,
	  .state = GUEST_RUNNING, .reason = VIR_DOMAIN_RUNNING_SAVE_CANCELED },
	{ "RESUME", .in = GUEST_PAUSED, .because = VIR_DOMAIN_PAUSED_FROM_SNAPSHOT,
	  .state = GUEST_RUNNING, .reason = VIR_DOMAIN_RUNNING_FROM_SNAPSHOT },
	{ "RESUME", .in = GUEST_RUNNING, .state = GUEST_NOSTATE },
	{ "RESUME", .state = GUEST_RUNNING, .reason = VIR_DOMAIN_RUNNING_UNPAUSED },

	{ "STOP", .in = GUEST_RUNNING, .job = VIEW_JOB_SAVE,
	  .state = GUEST_PAUSED, .reason = VIR_DOMAIN_PAUSED_SNAPSHOT },
	{ "STOP", .in = GUEST_RUNNING, .job = VIEW_JOB_LOAD,
	  .state = GUEST_PAUSED, .reason = VIR_DOMAIN_PAUSED_FROM_SNAPSHOT },
	{ "STOP", .in = GUEST_RUNNING,
	  .state = GUEST_PAUSED, .reason = VIR_DOMAIN_PAUSED_USER },

	/* A snapshot's memory goes the way of a migration. Otherwise it has come in, or gone out. */
	{ "MIGRATION", .job = VIEW_JOB_SAVE, .state = GUEST_NOSTATE },
	{ "MIGRATION", .job = VIEW_JOB_LOAD, .state = GUEST_NOSTATE },
	{ "MIGRATION", "status", "completed",
	  .in = GUEST_PAUSED, .because = VIR_DOMAIN_PAUSED_STARTING_UP,
	  .state = GUEST_PAUSED, .reason = VIR_DOMAIN_PAUSED_MIGRATION },
	{ "MIGRATION", "status", "completed",
	  .state = GUEST_PAUSED, .reason = VIR_DOMAIN_PAUSED_SAVE },

	{ "BLOCK_IO_ERROR", "action", "stop",
	  .state = GUEST_PAUSED, .reason = VIR_DOMAIN_PAUSED_IOERROR },
	{ "WATCHDOG", "action", "pause",
	  .state = GUEST_PAUSED, .reason = VIR_DOMAIN_PAUSED_WATCHDOG },
	{ "GUEST_PANICKED", "action", "pause",
	  .state = GUEST_CRASHED, .reason = VIR_DOMAIN_CRASHED_PANICKED },
	{ "GUEST_PANICKED", "action", "poweroff",
	  .state = GUEST_CRASHED, .reason = VIR_DOMAIN_CRASHED_PANICKED },

	{ "SUSPEND", .state = GUEST_PMSUSPENDED, .reason = VIR_DOMAIN_PMSUSPENDED_UNKNOWN },
	{ "SUSPEND_DISK", .state = GUEST_PMSUSPENDED, .reason = VIR_DOMAIN_PMSUSPENDED_UNKNOWN },
	{ "WAKEUP", .in = GUEST_PMSUSPENDED,
	  .state = GUEST_RUNNING, .reason = VIR_DOMAIN_RUNNING_WAKEUP },

	/* A guest that had ended, and was reset, waits in `prelaunch`. */
	{ "RESET", .in = GUEST_SHUTDOWN,
	  .state = GUEST_PAUSED, .reason = VIR_DOMAIN_PAUSED_STARTING_UP },
	{ "RESET", .in = GUEST_CRASHED,
	  .state = GUEST_PAUSED, .reason = VIR_DOMAIN_PAUSED_STARTING_UP },

	{ "SHUTDOWN", "reason", "guest-shutdown",
	  .state = GUEST_SHUTDOWN, .end = VIR_DOMAIN_SHUTOFF_SHUTDOWN },
	{ "SHUTDOWN", "reason", "guest-reset",
	  .state = GUEST_SHUTDOWN, .end = VIR_DOMAIN_SHUTOFF_SHUTDOWN },
	{ "SHUTDOWN", "reason", "guest-panic",
	  .state = GUEST_SHUTDOWN, .end = VIR_DOMAIN_SHUTOFF_CRASHED },
	{ "SHUTDOWN", "reason", "host-error",
	  .state = GUEST_SHUTDOWN, .end = VIR_DOMAIN_SHUTOFF_CRASHED },
	{ "SHUTDOWN", "reason", "host-qmp-quit",
	  .in = GUEST_PAUSED, .because = VIR_DOMAIN_PAUSED_SAVE, /* its memory is in a file */
	  .state = GUEST_SHUTDOWN, .end = VIR_DOMAIN_SHUTOFF_SAVED },
	/* By its guard, after its own end. */
	{ "SHUTDOWN", "reason", "host-qmp-quit", .in = GUEST_CRASHED,
	  .state = GUEST_SHUTDOWN, .end = VIR_DOMAIN_SHUTOFF_CRASHED },
	{ "SHUTDOWN", "reason", "host-qmp-quit", .in = GUEST_SHUTDOWN,
	  .state = GUEST_SHUTDOWN, .end = VIR_DOMAIN_SHUTOFF_SHUTDOWN },
	{ "SHUTDOWN", "reason", "host-qmp-quit",
	  .state = GUEST_SHUTDOWN, .end = VIR_DOMAIN_SHUTOFF_DESTROYED },
	{ "SHUTDOWN", "reason", "host-qmp-system-reset",
	  .state = GUEST_SHUTDOWN, .end = VIR_DOMAIN_SHUTOFF_DESTROYED },
	{ "SHUTDOWN", "reason", "host-signal",
	  .state = GUEST_SHUTDOWN, .end = VIR_DOMAIN_SHUTOFF_DESTROYED },
	{ "SHUTDOWN", "reason", "host-ui",
	  .state = GUEST_SHUTDOWN, .end = VIR_DOMAIN_SHUTOFF_DESTROYED },
	{ "SHUTDOWN", .state = GUEST_SHUTDOWN, .end = VIR_DOMAIN_SHUTOFF_UNKNOWN },
};
/* clang-format on */

/* What query-status calls a state. Reasons only where the word itself tells one. */
static const struct {
	const char *status;
	enum guest_state state;
	int reason;
} statuses[] = {
	{ "running", GUEST_RUNNING, VIR_DOMAIN_RUNNING_UNKNOWN },
	{ "paused", GUEST_PAUSED, VIR_DOMAIN_PAUSED_UNKNOWN },
	{ "prelaunch", GUEST_PAUSED, VIR_DOMAIN_PAUSED_STARTING_UP },
	{ "inmigrate", GUEST_PAUSED, VIR_DOMAIN_PAUSED_STARTING_UP },
	{ "finish-migrate", GUEST_PAUSED, VIR_DOMAIN_PAUSED_SAVE },
	{ "postmigrate", GUEST_PAUSED, VIR_DOMAIN_PAUSED_SAVE },
	{ "save-vm", GUEST_PAUSED, VIR_DOMAIN_PAUSED_SNAPSHOT },
	{ "restore-vm", GUEST_PAUSED, VIR_DOMAIN_PAUSED_FROM_SNAPSHOT },
	{ "io-error", GUEST_PAUSED, VIR_DOMAIN_PAUSED_IOERROR },
	{ "watchdog", GUEST_PAUSED, VIR_DOMAIN_PAUSED_WATCHDOG },
	{ "guest-panicked", GUEST_CRASHED, VIR_DOMAIN_CRASHED_PANICKED },
	{ "shutdown", GUEST_SHUTDOWN, VIR_DOMAIN_SHUTDOWN_UNKNOWN },
	{ "suspended", GUEST_PMSUSPENDED, VIR_DOMAIN_PMSUSPENDED_UNKNOWN },
};

static const char *const end_words[] = {
	[VIR_DOMAIN_SHUTOFF_SHUTDOWN] = "shutdown",
	[VIR_DOMAIN_SHUTOFF_DESTROYED] = "destroyed",
	[VIR_DOMAIN_SHUTOFF_CRASHED] = "crashed",
	[VIR_DOMAIN_SHUTOFF_SAVED] = "saved",
};

void view_init(struct view *v)
{
	*v = (struct view){
		.state = GUEST_PAUSED,
		.reason = VIR_DOMAIN_PAUSED_STARTING_UP,
		.end_reason = VIEW_NO_END,
	};
}

static bool set(struct view *v, enum guest_state state, int reason)
{
	bool is_new = v->state != state || v->reason != reason;

	v->state = state;
	v->reason = reason;
	return is_new;
}

static bool says(json_object *data, const char *key, const char *value)
{
	const char *text;

	return !key || (data && json_get_string(data, key, &text) && strcmp(text, value) == 0);
}

static bool fits(const struct event_row *row, const struct view *v, const char *event,
		 json_object *data)
{
	return strcmp(row->event, event) == 0 && (!row->in || row->in == v->state) &&
	       (!row->because || row->because == v->reason) && (!row->job || row->job == v->job) &&
	       says(data, row->key, row->value);
}

static bool apply_row(const struct event_row *row, struct view *v)
{
	bool is_fresh = row->reason == VIR_DOMAIN_PAUSED_STARTING_UP && row->state == GUEST_PAUSED;
	int reason = row->reason == REASON_BEFORE ? v->reason_before : row->reason;

	if (row->state == GUEST_NOSTATE)
		return false;
	if (v->state == GUEST_RUNNING)
		v->reason_before = v->reason;
	/* The first cause of an end counts: pause, then quit, gives two. A guest that goes on all
	 * the same has not ended. */
	if (row->state == GUEST_SHUTDOWN && v->end_reason == VIEW_NO_END)
		v->end_reason = row->end;
	else if (row->state == GUEST_RUNNING || is_fresh)
		v->end_reason = VIEW_NO_END;
	return set(v, row->state, reason);
}

/* The event does not tell a job's kind; the driver makes it the job's id. A job stops the guest for
 * a snapshot, unless it is known to load one. */
static bool follow_job(struct view *v, json_object *data)
{
	const char *id, *status;
	enum view_job job = v->job;

	if (!data || !json_get_string(data, "id", &id) || !json_get_string(data, "status", &status))
		return false;
	if (strcmp(status, "concluded") == 0 || strcmp(status, "null") == 0)
		v->job = VIEW_JOB_NONE;
	else if (strcmp(status, "running") == 0)
		v->job = strcmp(id, "snapshot-load") == 0 ? VIEW_JOB_LOAD : VIEW_JOB_SAVE;
	/* A guest that was stopped before a load has no STOP. */
	if (job == VIEW_JOB_LOAD && v->job == VIEW_JOB_NONE && v->state == GUEST_PAUSED)
		return set(v, GUEST_PAUSED, VIR_DOMAIN_PAUSED_FROM_SNAPSHOT);
	return false;
}

static guint32 channel_bit(guint64 i)
{
	return i < CHANNELS_MAX ? 1u << i : 0;
}

/* The guest's driver opened a port of ours, or closed it. */
static bool follow_port(struct view *v, json_object *data)
{
	guint32 before = v->channels, bit;
	const char *id;
	bool is_open;

	if (!data || !json_get_string(data, "id", &id) || !json_get_bool(data, "open", &is_open) ||
	    !g_str_has_prefix(id, CHANNEL_DEVICE))
		return false;
	bit = channel_bit(g_ascii_strtoull(id + strlen(CHANNEL_DEVICE), NULL, 10));
	v->channels = is_open ? before | bit : before & ~bit;
	return v->channels != before;
}

void view_set_channels(struct view *v, json_object *chardevs)
{
	v->channels = 0;
	for (guint i = 0; i < CHANNELS_MAX; i++) {
		g_autofree char *label = g_strdup_printf(CHANNEL_CHARDEV "%u", i);

		if (chardev_is_open(chardevs, label))
			v->channels |= channel_bit(i);
	}
}

bool view_apply(struct view *v, const char *event, json_object *data)
{
	if (strcmp(event, "VSERPORT_CHANGE") == 0)
		return follow_port(v, data);
	if (strcmp(event, "JOB_STATUS_CHANGE") == 0)
		return follow_job(v, data);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		if (fits(&rows[i], v, event, data))
			return apply_row(&rows[i], v);
	}
	return false;
}

void view_set_status(struct view *v, const char *status)
{
	v->state = GUEST_PAUSED;
	v->reason = VIR_DOMAIN_PAUSED_UNKNOWN;
	for (size_t i = 0; i < G_N_ELEMENTS(statuses); i++) {
		if (strcmp(statuses[i].status, status) == 0)
			set(v, statuses[i].state, statuses[i].reason);
	}
}

/* Without a SHUTDOWN the process was killed or broke. SIGKILL and SIGTERM are sent by people,
 * by destroy and by the kernel short of memory: nothing tells which. */
static int reason_of_death(int wait_status)
{
	if (wait_status == -1)
		return VIR_DOMAIN_SHUTOFF_UNKNOWN;
	if (WIFSIGNALED(wait_status) &&
	    (WTERMSIG(wait_status) == SIGKILL || WTERMSIG(wait_status) == SIGTERM))
		return VIR_DOMAIN_SHUTOFF_UNKNOWN;
	if (WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == 0)
		return VIR_DOMAIN_SHUTOFF_UNKNOWN;
	return VIR_DOMAIN_SHUTOFF_CRASHED;
}

void view_end(struct view *v, int wait_status)
{
	v->reason = v->end_reason != VIEW_NO_END ? v->end_reason : reason_of_death(wait_status);
	v->state = GUEST_SHUTOFF;
}

const char *view_end_word(const struct view *v)
{
	bool has_word = v->state == GUEST_SHUTOFF && v->reason >= 0 &&
			v->reason < (int)G_N_ELEMENTS(end_words) && end_words[v->reason];

	return has_word ? end_words[v->reason] : "unknown";
}
