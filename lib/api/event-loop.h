/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * The library's own event loop: descriptors and timers on one poll(). Its functions are what
 * libvirt-event.h promises; any thread may call them, also while another one runs the loop, which
 * is then woken.
 */
#include <glib.h>
#include <stdbool.h>
#include <libvirt/libvirt-event.h>

/* Once or more often, before anything else. */
bool loop_init(GError **err);
bool loop_run_once(GError **err);

int loop_add_handle(int fd, int events, virEventHandleCallback cb, void *opaque,
		    virFreeCallback ff);
void loop_update_handle(int watch, int events);
int loop_remove_handle(int watch);
int loop_add_timeout(int frequency, virEventTimeoutCallback cb, void *opaque, virFreeCallback ff);
void loop_update_timeout(int timer, int frequency);
int loop_remove_timeout(int timer);
