/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command qemu-monitor-event. */
#include <libvirt/libvirt-qemu.h>

#include "command.h"
#include "commands/event-wait.h"
#include "mem.h"
#include "output/errors.h"
#include "output/json.h"
#include "output/output.h"

struct monitor_event_args {
	struct domain_target domain;
	const char *event;
	long long timeout;
	unsigned pretty, loop, flags, timestamp;
};

static const struct option monitor_event_options[] = {
	{ .name = "domain", VALUE_AT(OPTION_DOMAIN, monitor_event_args, domain),
	  .props = OPTION_POSITIONAL, .summary = "only of this domain: name, id or uuid" },
	{ .name = "event", VALUE_AT(OPTION_STRING, monitor_event_args, event),
	  .props = OPTION_POSITIONAL, .summary = "only events of this name, as QEMU calls it" },
	{ .name = "pretty", BIT_AT(monitor_event_args, pretty, 1),
	  .summary = "what belongs to an event in several lines" },
	{ .name = "loop", BIT_AT(monitor_event_args, loop, 1),
	  .summary = "go on after the first, until the time is over or Ctrl-C" },
	{ .name = "timeout", VALUE_AT(OPTION_NUMBER, monitor_event_args, timeout), .min = 1,
	  .max = 2147483, .summary = "stop after so many seconds" },
	{ .name = "regex", BIT_AT(monitor_event_args, flags,
				  VIR_CONNECT_DOMAIN_QEMU_MONITOR_EVENT_REGISTER_REGEX),
	  .needs = "event", .summary = "the name is a regular expression" },
	{ .name = "no-case", BIT_AT(monitor_event_args, flags,
				    VIR_CONNECT_DOMAIN_QEMU_MONITOR_EVENT_REGISTER_NOCASE),
	  .needs = "event", .summary = "upper and lower case are the same" },
	{ .name = "timestamp", BIT_AT(monitor_event_args, timestamp, 1),
	  .summary = "print when each came, in UTC" },
	{ .name = NULL },
};

struct monitor_listener {
	struct event_wait *wait;
	const struct monitor_event_args *args;
};

static void print_json(const char *domain, const char *event, long long seconds,
		       struct json_object *take_data)
{
	struct json_object *o = json_object_new_object();

	json_put_text(o, "event", event);
	json_put_text(o, "domain", domain);
	json_put_time(o, "time", seconds);
	json_object_object_add(o, "data", take_data);
	json_print(o, stdout);
}

static void on_event(virConnectPtr conn, virDomainPtr domain, const char *event, long long seconds,
		     unsigned int micros, const char *details, void *opaque)
{
	struct monitor_listener *l = opaque;
	const struct shell *sh = l->wait->sh;
	struct json_object *data = details ? json_tokener_parse(details) : NULL;
	auto_free char *stamp = event_stamp(l->args->timestamp);
	const char *name = virDomainGetName(domain);

	(void)conn;
	if (l->wait->end == EVENT_WAIT_STOPPED) {
		json_object_put(data);
		return;
	}
	if (sh->settings.json) {
		print_json(name, event, seconds, data);
	} else {
		print_raw(stamp);
		auto_free char *line =
			mem_format("event %s at %lld.%06u for domain '%s': %s\n", event, seconds,
				   micros, name, !data ? "<null>" : l->args->pretty ?
				   json_object_to_json_string_ext(data, JSON_C_TO_STRING_PRETTY) :
				   details);
		print_block(sh, line);
		json_object_put(data);
	}
	l->wait->count++;
	if (!output_flush() || !l->args->loop)
		event_wait_stop(l->wait);
}

static bool run_monitor_event(struct shell *sh, const void *args)
{
	const struct monitor_event_args *a = args;
	struct event_wait wait;
	struct monitor_listener listener = { &wait, a };
	int number;

	if (!event_wait_begin(&wait, sh, a->timeout))
		return fail_library(sh);
	number = virConnectDomainQemuMonitorEventRegister(sh->conn, a->domain.domain, a->event,
							  on_event, &listener, NULL, a->flags);
	if (number < 0) {
		fail_library(sh);
		event_wait_end(&wait);
		return false;
	}
	event_wait_run(&wait);
	virConnectDomainQemuMonitorEventDeregister(sh->conn, number);
	event_wait_end(&wait);
	return event_wait_tell(&wait);
}

const struct command command_qemu_monitor_event = {
	.name = "qemu-monitor-event",
	.summary = "wait for events of QEMU's monitor and print them",
	.about = "Waits for what QEMU itself tells of a guest, in its own words, and prints it. It "
		 "fails when nothing came.",
	.options = monitor_event_options,
	.args_size = sizeof(struct monitor_event_args),
	.props = COMMAND_LONG | COMMAND_HEEDS,
	.run = run_monitor_event,
};
