/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command event. */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

#include "command.h"
#include "commands/event-wait.h"
#include "mem.h"
#include "output/errors.h"
#include "output/json.h"
#include "output/output.h"
#include "output/render.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* By virDomainEventID. */
static const char *const names[] = {
	"lifecycle", "reboot", "rtc-change", "watchdog", "io-error", "graphics",
	"io-error-reason", "control-error", "block-job", "disk-change", "tray-change",
	"pm-wakeup", "pm-suspend", "balloon-change", "pm-suspend-disk", "device-removed",
	"block-job-2", "tunable", "agent-lifecycle", "device-added", "migration-iteration",
	"job-completed", "device-removal-failed", "metadata-change", "block-threshold",
	"memory-failure", "memory-device-size-change", NULL,
};

enum { N_NAMES = COUNT(names) - 1 };

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

static const char *word_of(const char *const *words, int number)
{
	for (int i = 0; words[i]; i++)
		if (i == number)
			return words[i];
	return "unknown";
}

/* ---- Printing ----------------------------------------------------------------------------- */

/* One callback: of one kind of event. */
struct listener {
	struct event_wait *wait;
	int id, number; /* virDomainEventID; of the callback, -1: none */
	bool loops, has_stamp;
};

/* What is told of it. more: for people, behind the domain's name; may be "". */
static void tell(struct listener *l, virDomainPtr domain, struct json_object *take_document,
		 const char *more)
{
	const struct shell *sh = l->wait->sh;
	const char *name = virDomainGetName(domain);
	char uuid[VIR_UUID_STRING_BUFLEN] = "";
	auto_free char *stamp = event_stamp(l->has_stamp);

	if (sh->settings.json) {
		virDomainGetUUIDString(domain, uuid);
		json_put_text(take_document, "event", names[l->id]);
		json_put_text(take_document, "domain", name);
		json_put_text(take_document, "uuid", uuid);
		json_put_time(take_document, "time", time(NULL));
		json_print(json_object_get(take_document), stdout);
	} else {
		print_line(sh, "%sevent '%s' for domain '%s'%s%s", stamp, names[l->id], name,
			   *more ? ": " : "", more);
	}
	json_object_put(take_document);
	l->wait->count++;
	if (!output_flush() || !l->loops)
		event_wait_stop(l->wait);
}

/* Without --loop the first one is the last, even if more came at once. */
static bool is_over(const struct listener *l)
{
	return l->wait->end == EVENT_WAIT_STOPPED;
}

static int on_lifecycle(virConnectPtr conn, virDomainPtr domain, int event, int detail, void *data)
{
	struct json_object *o;
	const char *what, *how;
	bool is_known = event >= 0 && event < (int)COUNT(lifecycle);

	(void)conn;
	if (is_over(data))
		return 0;
	what = is_known ? lifecycle[event].event : "unknown";
	how = is_known && detail >= 0 && detail < 9 && lifecycle[event].details[detail]
		      ? lifecycle[event].details[detail]
		      : "unknown";
	auto_free char *more = mem_format("%s %s", what, how);
	o = json_object_new_object();
	json_put_text(o, "what", what);
	json_put_text(o, "detail", how);
	tell(data, domain, o, more);
	return 0;
}

static void on_generic(virConnectPtr conn, virDomainPtr domain, void *data)
{
	(void)conn;
	if (!is_over(data))
		tell(data, domain, json_object_new_object(), "");
}

static void on_rtc_change(virConnectPtr conn, virDomainPtr domain, long long offset, void *data)
{
	struct json_object *o;

	(void)conn;
	if (is_over(data))
		return;
	auto_free char *more = mem_format("%lld", offset);
	o = json_object_new_object();
	json_put_number(o, "utc_offset", offset, true);
	tell(data, domain, o, more);
}

static void on_watchdog(virConnectPtr conn, virDomainPtr domain, int action, void *data)
{
	struct json_object *o;

	(void)conn;
	if (is_over(data))
		return;
	o = json_object_new_object();
	json_put_text(o, "action", word_of(watchdog_actions, action));
	tell(data, domain, o, word_of(watchdog_actions, action));
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
	(void)conn;
	if (is_over(data))
		return;
	auto_free char *more =
		mem_format("%s (%s) %s", path, device, word_of(io_error_actions, action));
	tell(data, domain, io_error(path, device, action), more);
}

static void on_io_error_reason(virConnectPtr conn, virDomainPtr domain, const char *path,
			       const char *device, int action, const char *reason, void *data)
{
	struct json_object *o;

	(void)conn;
	if (is_over(data))
		return;
	auto_free char *more = mem_format("%s (%s) %s due to %s", path, device,
					  word_of(io_error_actions, action), reason);
	o = io_error(path, device, action);
	json_put_text(o, "reason", reason);
	tell(data, domain, o, more);
}

static void on_tray_change(virConnectPtr conn, virDomainPtr domain, const char *device, int change,
			   void *data)
{
	struct json_object *o;

	(void)conn;
	if (is_over(data))
		return;
	auto_free char *more = mem_format("disk %s: %s", device, word_of(tray_changes, change));
	o = json_object_new_object();
	json_put_text(o, "device", device);
	json_put_text(o, "change", word_of(tray_changes, change));
	tell(data, domain, o, more);
}

static void on_sleep(virConnectPtr conn, virDomainPtr domain, int reason, void *data)
{
	(void)reason;
	on_generic(conn, domain, data);
}

static void on_balloon_change(virConnectPtr conn, virDomainPtr domain, unsigned long long kib,
			      void *data)
{
	struct json_object *o;

	(void)conn;
	if (is_over(data))
		return;
	auto_free char *more = mem_format("%lluKiB", kib);
	o = json_object_new_object();
	json_put_number(o, "actual", (long long)kib * 1024, true);
	tell(data, domain, o, more);
}

static void on_device_removed(virConnectPtr conn, virDomainPtr domain, const char *device,
			      void *data)
{
	struct json_object *o;

	(void)conn;
	if (is_over(data))
		return;
	o = json_object_new_object();
	json_put_text(o, "device", device);
	tell(data, domain, o, device);
}

#define CALLBACK(function) VIR_DOMAIN_EVENT_CALLBACK(function)

/* Those that the library never tells are registered as well, with what would fit any. */
static virConnectDomainEventGenericCallback callback_for(int id)
{
	static const virConnectDomainEventGenericCallback callbacks[N_NAMES] = {
		[VIR_DOMAIN_EVENT_ID_LIFECYCLE] = CALLBACK(on_lifecycle),
		[VIR_DOMAIN_EVENT_ID_RTC_CHANGE] = CALLBACK(on_rtc_change),
		[VIR_DOMAIN_EVENT_ID_WATCHDOG] = CALLBACK(on_watchdog),
		[VIR_DOMAIN_EVENT_ID_IO_ERROR] = CALLBACK(on_io_error),
		[VIR_DOMAIN_EVENT_ID_IO_ERROR_REASON] = CALLBACK(on_io_error_reason),
		[VIR_DOMAIN_EVENT_ID_TRAY_CHANGE] = CALLBACK(on_tray_change),
		[VIR_DOMAIN_EVENT_ID_PMWAKEUP] = CALLBACK(on_sleep),
		[VIR_DOMAIN_EVENT_ID_PMSUSPEND] = CALLBACK(on_sleep),
		[VIR_DOMAIN_EVENT_ID_PMSUSPEND_DISK] = CALLBACK(on_sleep),
		[VIR_DOMAIN_EVENT_ID_BALLOON_CHANGE] = CALLBACK(on_balloon_change),
		[VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED] = CALLBACK(on_device_removed),
	};

	return callbacks[id] ? callbacks[id] : on_generic;
}

/* ---- The command -------------------------------------------------------------------------- */

struct event_args {
	struct domain_target domain;
	const char *event;
	long long timeout;
	unsigned all, loop, list, timestamp;
};

enum { ALL_OR_EVENT = 1, LIST_OR_ALL = 2, LIST_OR_EVENT = 4 };

static const struct option event_options[] = {
	{ .name = "domain", VALUE_AT(OPTION_DOMAIN, event_args, domain), .props = OPTION_POSITIONAL,
	  .summary = "only of this domain: name, id or uuid" },
	{ .name = "event", VALUE_AT(OPTION_WORD, event_args, event), .words = names,
	  .props = OPTION_POSITIONAL, .excludes = ALL_OR_EVENT | LIST_OR_EVENT,
	  .summary = "what to wait for" },
	{ .name = "all", BIT_AT(event_args, all, 1), .excludes = ALL_OR_EVENT | LIST_OR_ALL,
	  .summary = "wait for events of any kind" },
	{ .name = "loop", BIT_AT(event_args, loop, 1),
	  .summary = "go on after the first, until the time is over or Ctrl-C" },
	{ .name = "timeout", VALUE_AT(OPTION_NUMBER, event_args, timeout), .min = 1,
	  .max = 2147483, .summary = "stop after so many seconds" },
	{ .name = "list", BIT_AT(event_args, list, 1), .excludes = LIST_OR_ALL | LIST_OR_EVENT,
	  .summary = "print the kinds of events instead" },
	{ .name = "timestamp", BIT_AT(event_args, timestamp, 1),
	  .summary = "print when each came, in UTC" },
	{ .name = NULL },
};

static bool list_names(struct shell *sh)
{
	static const struct column columns[] = { { "event", "Event" }, { NULL, NULL } };
	struct sheet s;

	sheet_init(&s, columns);
	for (int i = 0; i < N_NAMES; i++)
		sheet_add(&s, (struct value[]){ value_text(names[i]) });
	render_lines(sh, &s);
	return true;
}

static bool listen(struct shell *sh, struct listener *listeners, virDomainPtr domain)
{
	for (int i = 0; i < N_NAMES; i++) {
		struct listener *l = &listeners[i];

		if (!l->wait)
			continue;
		l->number = virConnectDomainEventRegisterAny(sh->conn, domain, l->id,
							     callback_for(l->id), l, NULL);
		if (l->number < 0)
			return false;
	}
	return true;
}

static void unlisten(struct shell *sh, struct listener *listeners)
{
	for (int i = 0; i < N_NAMES; i++)
		if (listeners[i].wait && listeners[i].number >= 0)
			virConnectDomainEventDeregisterAny(sh->conn, listeners[i].number);
}

static bool run_event(struct shell *sh, const void *args)
{
	const struct event_args *a = args;
	struct listener listeners[N_NAMES];
	struct event_wait wait;
	bool ok;

	if (a->list)
		return list_names(sh);
	if (!a->all && !a->event)
		return fail_own(sh, VIR_ERR_INVALID_ARG,
				"one of --list, --all, or --event <type> is required");
	if (!event_wait_begin(&wait, sh, a->timeout))
		return fail_library(sh);
	for (int i = 0; i < N_NAMES; i++) {
		bool wanted = a->all || strcmp(a->event, names[i]) == 0;

		listeners[i] = (struct listener){ wanted ? &wait : NULL, i, -1, a->loop,
						  a->timestamp };
	}
	ok = listen(sh, listeners, a->domain.domain);
	if (ok)
		event_wait_run(&wait);
	else
		fail_library(sh);
	unlisten(sh, listeners);
	event_wait_end(&wait);
	return ok && event_wait_tell(&wait);
}

const struct command command_event = {
	.name = "event",
	.summary = "wait for events of domains and print them",
	.about = "Waits for an event of the kind that is named, or of any kind, and prints it: what "
		 "becomes of domains, whoever does it. It fails when none came.",
	.options = event_options,
	.args_size = sizeof(struct event_args),
	.run = run_event,
};
