/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/sys.h"
#include "base/util.h"
#include "store/internal.h"
#include "store/lock.h"

#define EVENT_MAX 4096
#define EVENTS_MAX (1024 * 1024)

/* The lock decides who of several does it; a late writer's line lands in events.1. */
static void rotate(struct store *st, int fd)
{
	struct stat info;

	if (fstat(fd, &info) < 0 || info.st_size < EVENTS_MAX)
		return;
	if (lock_fd_try(fd) && same_file_at(fd, st->fd, "events"))
		(void)!sys_renameat(st->fd, "events", st->fd, "events.1", 0);
}

void store_event(struct store *st, const char *line)
{
	g_autofree char *text = g_strconcat(line, "\n", NULL);
	size_t size = strlen(text);
	auto_close int fd = -1;

	if (st->fd < 0 || size > EVENT_MAX || strchr(line, '\n'))
		return;
	fd = sys_open_append(st->fd, "events");
	if (fd < 0)
		return;
	(void)!sys_write(fd, text, size);
	rotate(st, fd);
}
