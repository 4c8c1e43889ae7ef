/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * A stream in the program's event loop: its callback, called while there is something to be read
 * or room to write, and once when the line was taken away. It watches copies of the line's
 * descriptors, so that the line can be ended by anybody at any time.
 *
 * The watch holds a reference on its stream until it is dropped; at most one for a stream.
 */
#include <glib.h>
#include <stdbool.h>
#include <libvirt/libvirt-stream.h>

struct stream_callback {
	virStreamEventCallback cb;
	void *opaque;
	virFreeCallback ff;
};

/* events: virStreamEventType. OPERATION_INVALID: it has one, it has ended, there is no loop. On
 * failure opaque stays the caller's. */
bool stream_watch(virStreamPtr st, int events, const struct stream_callback *callback,
		  GError **err);
/* False: it has none. */
bool stream_watch_update(virStreamPtr st, int events);
bool stream_watch_drop(virStreamPtr st);
