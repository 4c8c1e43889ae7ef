/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* What is printed of an event: for each kind the callback that a listener registers. */
#include <stdbool.h>
#include <libvirt/libvirt.h>

struct event_wait;

/* By virDomainEventID; NULL at the end. */
extern const char *const event_names[];
enum { EVENT_KINDS = VIR_DOMAIN_EVENT_ID_MEMORY_DEVICE_SIZE_CHANGE + 1 };

/* One registration: of one kind of event. */
struct listener {
	struct event_wait *wait; /* NULL: this kind is not wanted */
	int id, number;          /* virDomainEventID; of the callback, -1: none */
	bool loops, has_stamp;
};

/* To be registered with a struct listener, and that kind. */
virConnectDomainEventGenericCallback event_callback(int id);
