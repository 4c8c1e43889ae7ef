/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands/event-print.h"

#include <time.h>

#include "commands/event-wait.h"
#include "commands/params.h"
#include "mem.h"
#include "output/json.h"
#include "output/output.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* By virDomainEventID. */
const char *const event_names[] = {
	"lifecycle", "reboot", "rtc-change", "watchdog", "io-error", "graphics",
	"io-error-reason", "control-error", "block-job", "disk-change", "tray-change",
	"pm-wakeup", "pm-suspend", "balloon-change", "pm-suspend-disk", "device-removed",
	"block-job-2", "tunable", "agent-lifecycle", "device-added", "migration-iteration",
	"job-completed", "device-removal-failed", "metadata-change", "block-threshold",
	"memory-failure", "memory-device-size-change", NULL,
};


/* ---- Words -------------------------------------------------------------------------------- */

static const struct {
	const char *event;
	const char *details[10];
} lifecycle[] = {
	[VIR_DOMAIN_EVENT_DEFINED] = { "Defined", { "Added", "Updated", "Renamed", "Snapshot" } },
	[VIR_DOMAIN_EVENT_UNDEFINED] = { "Undefined", { "Removed", "Renamed" } },
	[VIR_DOMAIN_EVENT_STARTED] = { "Started", { "Booted", "Migrated", "Restored", "Snapshot",
						    "Event wakeup" } },
	[VIR_DOMAIN_EVENT_SUSPENDED] = { "Suspended", { "Paused", "Migrated", "I/O Error",
							"Watchdog", "Restored", "Snapshot",
							"API error", "Post-copy",
							"Post-copy Error" } },
	[VIR_DOMAIN_EVENT_RESUMED] = { "Resumed", { "Unpaused", "Migrated", "Snapshot",
						    "Post-copy", "Post-copy Error" } },
	[VIR_DOMAIN_EVENT_STOPPED] = { "Stopped", { "Shutdown", "Destroyed", "Crashed", "Migrated",
						    "Saved", "Failed", "Snapshot" } },
	[VIR_DOMAIN_EVENT_SHUTDOWN] = { "Shutdown", { "Finished", "Finished after guest request",
						      "Finished after host request" } },
	[VIR_DOMAIN_EVENT_PMSUSPENDED] = { "PMSuspended", { "Memory", "Disk" } },
	[VIR_DOMAIN_EVENT_CRASHED] = { "Crashed", { "Panicked", "Crashloaded" } },
};

static const char *const watchdog_actions[] = { "none", "pause", "reset", "poweroff", "shutdown",
						"debug", "inject-nmi", NULL };
static const char *const io_error_actions[] = { "none", "pause", "report", NULL };
static const char *const tray_changes[] = { "opened", "closed", NULL };
static const char *const disk_changes[] = { "changed", "dropped", NULL };
static const char *const phases[] = { "connect", "initialize", "disconnect", NULL };
static const char *const families[] = { "IPv4", "IPv6", "unix", NULL };
static const char *const job_kinds[] = { "unknown", "Block Pull", "Block Copy", "Block Commit",
					 "Active Block Commit", "Backup", NULL };
static const char *const job_ends[] = { "completed", "failed", "canceled", "ready", NULL };
static const char *const agent_states[] = { "unknown", "connected", "disconnected", NULL };
static const char *const agent_reasons[] = { "unknown", "domain started", "channel event", NULL };
static const char *const metadata[] = { "description", "title", "element", NULL };
static const char *const recipients[] = { "hypervisor", "guest", NULL };
static const char *const memory_actions[] = { "ignore", "inject", "fatal", "reset", NULL };

static const char *word_of(const char *const *words, int number)
{
	for (int i = 0; words[i]; i++)
		if (i == number)
			return words[i];
	return "unknown";
}

/* ---- Printing ----------------------------------------------------------------------------- */

/* What stands before it: nothing where virsh puts no colon, which begins with a blank. */
static const char *separator(const char *more)
{
	switch (*more) {
	case '\0':
	case ' ': return "";
	case '\n': return ":";
	default: return ": ";
	}
}

/* What is told of it. more: for people, behind the domain's name; may be "". */
static void tell(struct listener *l, virDomainPtr domain, struct json_object *take_document,
		 const char *more)
{
	const struct shell *sh = l->wait->sh;
	const char *name = virDomainGetName(domain);
	char uuid[VIR_UUID_STRING_BUFLEN] = "";
	auto_free char *stamp = event_stamp(l->has_stamp);

	/* Without --loop the first one is the last, even if more came at once. */
	if (l->wait->end != EVENT_WAIT_STOPPED && sh->settings.json) {
		virDomainGetUUIDString(domain, uuid);
		json_put_text(take_document, "event", event_names[l->id]);
		json_put_text(take_document, "domain", name);
		json_put_text(take_document, "uuid", uuid);
		json_put_time(take_document, "time", time(NULL));
		json_print(json_object_get(take_document), stdout);
		l->wait->count++;
	} else if (l->wait->end != EVENT_WAIT_STOPPED) {
		print_line(sh, "%sevent '%s' for domain '%s'%s%s", stamp, event_names[l->id], name,
			   separator(more), more);
		l->wait->count++;
	}
	json_object_put(take_document);
	if (!output_flush() || !l->loops)
		event_wait_stop(l->wait);
}

static int on_lifecycle(virConnectPtr conn, virDomainPtr domain, int event, int detail, void *data)
{
	struct json_object *o = json_object_new_object();
	bool is_known = event >= 0 && event < (int)COUNT(lifecycle);
	const char *what = is_known ? lifecycle[event].event : "unknown";
	const char *how = is_known ? word_of(lifecycle[event].details, detail) : "unknown";
	auto_free char *more = mem_format("%s %s", what, how);

	(void)conn;
	json_put_text(o, "what", what);
	json_put_text(o, "detail", how);
	tell(data, domain, o, more);
	return 0;
}

static void on_generic(virConnectPtr conn, virDomainPtr domain, void *data)
{
	(void)conn;
	tell(data, domain, json_object_new_object(), "");
}

static void on_sleep(virConnectPtr conn, virDomainPtr domain, int reason, void *data)
{
	(void)reason;
	on_generic(conn, domain, data);
}

static void on_rtc_change(virConnectPtr conn, virDomainPtr domain, long long offset, void *data)
{
	struct json_object *o = json_object_new_object();
	auto_free char *more = mem_format("%lld", offset);

	(void)conn;
	json_put_number(o, "utc_offset", offset, true);
	tell(data, domain, o, more);
}

static void on_watchdog(virConnectPtr conn, virDomainPtr domain, int action, void *data)
{
	struct json_object *o = json_object_new_object();

	(void)conn;
	json_put_text(o, "action", word_of(watchdog_actions, action));
	tell(data, domain, o, word_of(watchdog_actions, action));
}

static void on_balloon_change(virConnectPtr conn, virDomainPtr domain, unsigned long long kib,
			      void *data)
{
	struct json_object *o = json_object_new_object();
	auto_free char *more = mem_format("%lluKiB", kib);

	(void)conn;
	json_put_number(o, "actual", (long long)kib * 1024, true);
	tell(data, domain, o, more);
}

static void on_iteration(virConnectPtr conn, virDomainPtr domain, int iteration, void *data)
{
	struct json_object *o = json_object_new_object();
	auto_free char *more = mem_format("iteration: '%d'", iteration);

	(void)conn;
	json_put_number(o, "iteration", iteration, true);
	tell(data, domain, o, more);
}

static void on_agent(virConnectPtr conn, virDomainPtr domain, int state, int reason, void *data)
{
	struct json_object *o = json_object_new_object();
	auto_free char *more = mem_format("state: '%s' reason: '%s'", word_of(agent_states, state),
					  word_of(agent_reasons, reason));

	(void)conn;
	json_put_text(o, "state", word_of(agent_states, state));
	json_put_text(o, "reason", word_of(agent_reasons, reason));
	tell(data, domain, o, more);
}

static void on_metadata(virConnectPtr conn, virDomainPtr domain, int type, const char *uri,
			void *data)
{
	struct json_object *o = json_object_new_object();
	auto_free char *more = mem_format("type %s, uri %s", word_of(metadata, type),
					  uri ? uri : "<null>");

	(void)conn;
	json_put_text(o, "type", word_of(metadata, type));
	json_put_text(o, "uri", uri);
	tell(data, domain, o, more);
}

static void on_memory_failure(virConnectPtr conn, virDomainPtr domain, int recipient, int action,
			      unsigned int flags, void *data)
{
	struct json_object *o = json_object_new_object();
	bool is_required = flags & VIR_DOMAIN_MEMORY_FAILURE_ACTION_REQUIRED;
	bool is_recursive = flags & VIR_DOMAIN_MEMORY_FAILURE_RECURSIVE;
	auto_free char *more = mem_format(
		"\nrecipient: %s\naction: %s\nflags:\n\taction required: %d\n\trecursive: %d",
		word_of(recipients, recipient), word_of(memory_actions, action), is_required,
		is_recursive);

	(void)conn;
	json_put_text(o, "recipient", word_of(recipients, recipient));
	json_put_text(o, "action", word_of(memory_actions, action));
	json_put_bool(o, "action_required", is_required);
	json_put_bool(o, "recursive", is_recursive);
	tell(data, domain, o, more);
}

/* ---- Devices ------------------------------------------------------------------------------ */

static void on_device(virConnectPtr conn, virDomainPtr domain, const char *device, void *data)
{
	struct json_object *o = json_object_new_object();

	(void)conn;
	json_put_text(o, "device", device);
	tell(data, domain, o, device);
}

static void on_device_size(virConnectPtr conn, virDomainPtr domain, const char *device,
			   unsigned long long size, void *data)
{
	struct json_object *o = json_object_new_object();
	auto_free char *more = mem_format("\nalias: %s\nsize: %llu", device, size);

	(void)conn;
	json_put_text(o, "device", device);
	json_put_number(o, "size", (long long)size, true);
	tell(data, domain, o, more);
}

static struct json_object *io_error(const char *path, const char *device, int action)
{
	struct json_object *o = json_object_new_object();

	json_put_text(o, "path", *path ? path : NULL);
	json_put_text(o, "device", device);
	json_put_text(o, "action", word_of(io_error_actions, action));
	return o;
}

static void on_io_error(virConnectPtr conn, virDomainPtr domain, const char *path,
			const char *device, int action, void *data)
{
	auto_free char *more =
		mem_format("%s (%s) %s", path, device, word_of(io_error_actions, action));

	(void)conn;
	tell(data, domain, io_error(path, device, action), more);
}

static void on_io_error_reason(virConnectPtr conn, virDomainPtr domain, const char *path,
			       const char *device, int action, const char *reason, void *data)
{
	struct json_object *o = io_error(path, device, action);
	auto_free char *more = mem_format("%s (%s) %s due to %s", path, device,
					  word_of(io_error_actions, action), reason);

	(void)conn;
	json_put_text(o, "reason", reason);
	tell(data, domain, o, more);
}

static void on_tray_change(virConnectPtr conn, virDomainPtr domain, const char *device, int change,
			   void *data)
{
	struct json_object *o = json_object_new_object();
	auto_free char *more = mem_format(" disk %s: %s", device, word_of(tray_changes, change));

	(void)conn;
	json_put_text(o, "device", device);
	json_put_text(o, "change", word_of(tray_changes, change));
	tell(data, domain, o, more);
}

static void on_disk_change(virConnectPtr conn, virDomainPtr domain, const char *before,
			   const char *now, const char *device, int reason, void *data)
{
	struct json_object *o = json_object_new_object();
	auto_free char *more =
		mem_format(" disk %s: %s -> %s: %s", device, before ? before : "<null>",
			   now ? now : "<null>", word_of(disk_changes, reason));

	(void)conn;
	json_put_text(o, "device", device);
	json_put_text(o, "before", before);
	json_put_text(o, "now", now);
	json_put_text(o, "reason", word_of(disk_changes, reason));
	tell(data, domain, o, more);
}

static void on_block_job(virConnectPtr conn, virDomainPtr domain, const char *disk, int kind,
			 int end, void *data)
{
	struct json_object *o = json_object_new_object();
	auto_free char *more = mem_format("%s for %s %s", word_of(job_kinds, kind), disk,
					  word_of(job_ends, end));

	(void)conn;
	json_put_text(o, "disk", disk);
	json_put_text(o, "job", word_of(job_kinds, kind));
	json_put_text(o, "status", word_of(job_ends, end));
	tell(data, domain, o, more);
}

static void on_threshold(virConnectPtr conn, virDomainPtr domain, const char *disk,
			 const char *path, unsigned long long threshold, unsigned long long excess,
			 void *data)
{
	struct json_object *o = json_object_new_object();
	auto_free char *more = mem_format("dev: %s(%s) %llu %llu", disk, path ? path : "<null>",
					  threshold, excess);

	(void)conn;
	json_put_text(o, "disk", disk);
	json_put_text(o, "path", path);
	json_put_number(o, "threshold", (long long)threshold, true);
	json_put_number(o, "excess", (long long)excess, true);
	tell(data, domain, o, more);
}

/* ---- Displays ----------------------------------------------------------------------------- */

static struct json_object *address(const virDomainEventGraphicsAddress *a)
{
	struct json_object *o = json_object_new_object();

	json_put_text(o, "family", word_of(families, a->family));
	json_put_text(o, "node", a->node);
	json_put_text(o, "service", a->service);
	return o;
}

/* Type and name of each: a line, and a member. */
static void add_identities(struct buffer *lines, struct json_object *o,
			   const virDomainEventGraphicsSubject *subject)
{
	struct json_object *who = json_object_new_object();

	for (int i = 0; i < subject->nidentity; i++) {
		const virDomainEventGraphicsSubjectIdentity *one = &subject->identities[i];

		buffer_printf(lines, "\n\t%s=%s", one->type, one->name);
		json_put_text(who, one->type, one->name);
	}
	json_object_object_add(o, "identities", who);
}

static void on_graphics(virConnectPtr conn, virDomainPtr domain, int phase,
			const virDomainEventGraphicsAddress *local,
			const virDomainEventGraphicsAddress *remote, const char *scheme,
			const virDomainEventGraphicsSubject *subject, void *data)
{
	struct json_object *o = json_object_new_object();
	struct buffer lines = { 0 };

	(void)conn;
	buffer_printf(&lines, "%s local[%s %s %s] remote[%s %s %s] %s", word_of(phases, phase),
		      word_of(families, local->family), local->node, local->service,
		      word_of(families, remote->family), remote->node, remote->service,
		      scheme);
	add_identities(&lines, o, subject);
	json_put_text(o, "phase", word_of(phases, phase));
	json_object_object_add(o, "local", address(local));
	json_object_object_add(o, "remote", address(remote));
	json_put_text(o, "scheme", scheme);
	auto_free char *more = buffer_take(&lines);
	tell(data, domain, o, more);
}

/* ---- Lists of parameters ------------------------------------------------------------------ */

static void tell_params(struct listener *l, virDomainPtr domain, const virTypedParameter *params,
			int n)
{
	struct json_object *o = json_object_new_object(), *all = json_object_new_object();
	struct buffer lines = { 0 };

	for (int i = 0; i < n; i++) {
		auto_free char *value = param_text(&params[i]);

		buffer_printf(&lines, "\n\t%s: %s", params[i].field, value);
		json_put_text(all, params[i].field, value);
	}
	json_object_object_add(o, "params", all);
	auto_free char *more = buffer_take(&lines);
	tell(l, domain, o, more);
}

static void on_params(virConnectPtr conn, virDomainPtr domain, virTypedParameterPtr params, int n,
		       void *data)
{
	(void)conn;
	tell_params(data, domain, params, n);
}

#define CALLBACK(function) VIR_DOMAIN_EVENT_CALLBACK(function)

virConnectDomainEventGenericCallback event_callback(int id)
{
	static const virConnectDomainEventGenericCallback callbacks[EVENT_KINDS] = {
		[VIR_DOMAIN_EVENT_ID_LIFECYCLE] = CALLBACK(on_lifecycle),
		[VIR_DOMAIN_EVENT_ID_REBOOT] = on_generic,
		[VIR_DOMAIN_EVENT_ID_RTC_CHANGE] = CALLBACK(on_rtc_change),
		[VIR_DOMAIN_EVENT_ID_WATCHDOG] = CALLBACK(on_watchdog),
		[VIR_DOMAIN_EVENT_ID_IO_ERROR] = CALLBACK(on_io_error),
		[VIR_DOMAIN_EVENT_ID_GRAPHICS] = CALLBACK(on_graphics),
		[VIR_DOMAIN_EVENT_ID_IO_ERROR_REASON] = CALLBACK(on_io_error_reason),
		[VIR_DOMAIN_EVENT_ID_CONTROL_ERROR] = on_generic,
		[VIR_DOMAIN_EVENT_ID_BLOCK_JOB] = CALLBACK(on_block_job),
		[VIR_DOMAIN_EVENT_ID_DISK_CHANGE] = CALLBACK(on_disk_change),
		[VIR_DOMAIN_EVENT_ID_TRAY_CHANGE] = CALLBACK(on_tray_change),
		[VIR_DOMAIN_EVENT_ID_PMWAKEUP] = CALLBACK(on_sleep),
		[VIR_DOMAIN_EVENT_ID_PMSUSPEND] = CALLBACK(on_sleep),
		[VIR_DOMAIN_EVENT_ID_BALLOON_CHANGE] = CALLBACK(on_balloon_change),
		[VIR_DOMAIN_EVENT_ID_PMSUSPEND_DISK] = CALLBACK(on_sleep),
		[VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED] = CALLBACK(on_device),
		[VIR_DOMAIN_EVENT_ID_BLOCK_JOB_2] = CALLBACK(on_block_job),
		[VIR_DOMAIN_EVENT_ID_TUNABLE] = CALLBACK(on_params),
		[VIR_DOMAIN_EVENT_ID_AGENT_LIFECYCLE] = CALLBACK(on_agent),
		[VIR_DOMAIN_EVENT_ID_DEVICE_ADDED] = CALLBACK(on_device),
		[VIR_DOMAIN_EVENT_ID_MIGRATION_ITERATION] = CALLBACK(on_iteration),
		[VIR_DOMAIN_EVENT_ID_JOB_COMPLETED] = CALLBACK(on_params),
		[VIR_DOMAIN_EVENT_ID_DEVICE_REMOVAL_FAILED] = CALLBACK(on_device),
		[VIR_DOMAIN_EVENT_ID_METADATA_CHANGE] = CALLBACK(on_metadata),
		[VIR_DOMAIN_EVENT_ID_BLOCK_THRESHOLD] = CALLBACK(on_threshold),
		[VIR_DOMAIN_EVENT_ID_MEMORY_FAILURE] = CALLBACK(on_memory_failure),
		[VIR_DOMAIN_EVENT_ID_MEMORY_DEVICE_SIZE_CHANGE] = CALLBACK(on_device_size),
	};

	return callbacks[id];
}
