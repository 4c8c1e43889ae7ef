/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command event. */
#include <string.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

#include "command.h"
#include "commands/event-print.h"
#include "commands/event-wait.h"
#include "output/errors.h"
#include "output/render.h"

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
	{ .name = "event", VALUE_AT(OPTION_WORD, event_args, event), .words = event_names,
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
	for (int i = 0; i < EVENT_KINDS; i++)
		sheet_add(&s, (struct value[]){ value_text(event_names[i]) });
	render_lines(sh, &s);
	return true;
}

/* What can never come is no reason not to wait for all the others. */
static bool listen(struct shell *sh, struct listener *listeners, virDomainPtr domain, bool all)
{
	for (int i = 0; i < EVENT_KINDS; i++) {
		struct listener *l = &listeners[i];

		if (!l->wait)
			continue;
		l->number = virConnectDomainEventRegisterAny(sh->conn, domain, l->id,
							     event_callback(l->id), l, NULL);
		if (l->number < 0 && !(all && virGetLastError()->code == VIR_ERR_NO_SUPPORT))
			return false;
	}
	return true;
}

static void unlisten(struct shell *sh, struct listener *listeners)
{
	for (int i = 0; i < EVENT_KINDS; i++)
		if (listeners[i].wait && listeners[i].number >= 0)
			virConnectDomainEventDeregisterAny(sh->conn, listeners[i].number);
}

static bool run_event(struct shell *sh, const void *args)
{
	const struct event_args *a = args;
	struct listener listeners[EVENT_KINDS];
	struct event_wait wait;
	bool ok;

	if (a->list)
		return list_names(sh);
	if (!a->all && !a->event)
		return fail_own(sh, VIR_ERR_INVALID_ARG,
				"one of --list, --all, or --event <type> is required");
	if (!event_wait_begin(&wait, sh, a->timeout))
		return fail_library(sh);
	for (int i = 0; i < EVENT_KINDS; i++) {
		bool wanted = a->all || strcmp(a->event, event_names[i]) == 0;

		listeners[i] = (struct listener){ wanted ? &wait : NULL, i, -1, a->loop,
						  a->timestamp };
	}
	ok = listen(sh, listeners, a->domain.domain, a->all);
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
	.props = COMMAND_LONG | COMMAND_HEEDS,
	.run = run_event,
};
