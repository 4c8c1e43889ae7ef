/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "store/internal.h"

/* Through /proc, so that it is the file that we have open and not what has its name by now. */
int watch_open(int fd, uint32_t events)
{
	g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", fd);
	auto_close int watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);

	if (watch < 0 || inotify_add_watch(watch, path, events) < 0)
		return -1;
	return take_fd(&watch);
}

bool watch_wait(int watch, gint64 wait_us)
{
	struct timespec left = { wait_us / G_USEC_PER_SEC, wait_us % G_USEC_PER_SEC * 1000 };
	struct pollfd p = { .fd = watch, .events = POLLIN };
	char events[1024];

	if (ppoll(&p, 1, &left, NULL) <= 0)
		return false;
	while (read(watch, events, sizeof(events)) > 0)
		;
	return true;
}
