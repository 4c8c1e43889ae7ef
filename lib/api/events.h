/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * Callbacks for events: those that a connection has, and who is called when news come. The news
 * are read while there is a callback, by the event loop that is registered.
 */
#include <glib.h>
#include <stdbool.h>
#include <libvirt/libvirt-qemu.h>
#include <libvirt/libvirt.h>

struct engine;
struct events;

#define EVENTS_MONITOR (-1) /* in the place of a virDomainEventID: what a monitor says */

/* A callback to be registered. */
struct event_wish {
	int id;              /* virDomainEventID, or EVENTS_MONITOR */
	virDomainPtr domain; /* only of this one; NULL: of all */
	void (*cb)(void);    /* of the type that goes with id */
	void *opaque;
	virFreeCallback freecb;
	bool is_legacy;      /* one of virConnectDomainEventRegister() */
	const char *event;   /* of a monitor: only of this name; NULL: all */
	bool is_regex, ignores_case;
};

struct events *events_new(void);
/* The connection ends: nothing is registered any more. */
void events_end(struct events *ev);

/* Returns the callback's number, or -1. */
int events_add(virConnectPtr conn, const struct event_wish *wish, GError **err);
/* By number, or (number < 0) the legacy one of this cb. is_monitor: which kind it must be. False:
 * there is no such one. */
bool events_remove(virConnectPtr conn, int number, bool is_monitor, void (*legacy_cb)(void));

/* What is to be called when the connection breaks. False: there is one already; it is not cb. */
bool events_set_close(virConnectPtr conn, virConnectCloseFunc cb, void *opaque,
		      virFreeCallback freecb);
bool events_drop_close(virConnectPtr conn, virConnectCloseFunc cb);
