/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* One event, with all that a callback is given of it; copied from the reader's, and cleared. */
#include <glib.h>
#include <json-c/json.h>
#include <libvirt/libvirt.h>

struct news;
struct monitor_news;

struct event_args {
	int id; /* virDomainEventID */
	char *domain, *uuid;
	int type, detail;  /* of LIFECYCLE */
	json_object *line; /* of the others */
	/* Of a monitor. */
	char *event, *data;
	gint64 seconds;
	unsigned int micros;
};

void event_args_of_news(struct event_args *ret, const struct news *news);
void event_args_of_monitor(struct event_args *ret, const struct monitor_news *news);
void event_args_clear(struct event_args *args);
/* Call cb, which was registered for event `id`, as its type wants it. */
void event_call(const struct event_args *args, int id, virConnectPtr conn, virDomainPtr domain,
		void (*cb)(void), void *opaque);
