/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* The control socket between a client and the guard that it starts; packets: spec.h. */
#include <glib.h>
#include <stdbool.h>
#include "model/hv.h"

/* Execute the guard; returns our end of the socket, or -1. */
int guard_link_start(const struct guest *g, const char *guard_path, const char *verb,
		     GError **err);
/* Until it is ready. False: what it reported, or it ended. */
bool guard_link_wait_ready(int control, GError **err);
bool guard_link_go(int control, GError **err);
/* Tell it to give up, and wait until it has gone. */
void guard_link_leave(int control, gint64 timeout_ms);
