/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* Scope-bound clean-up for what GLib has no g_autoptr for. The success path ends in a take. */
#include <glib.h>
#include <unistd.h>

static inline void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* int auto_close fd = -1; closed at the end of the scope unless taken. */
#define auto_close __attribute__((cleanup(close_fd)))

/* Move a descriptor out of an auto_close variable. */
static inline int take_fd(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}
