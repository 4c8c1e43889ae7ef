/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/journal.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/sys.h"
#include "base/util.h"
#include "store/internal.h"
#include "store/lock.h"

#define JOURNAL_MAX (1024 * 1024)

/* The lock decides who of several does it; a late writer's line lands in the old one. */
static void rotate(int dirfd, const char *name, int fd)
{
	g_autofree char *old = g_strconcat(name, ".1", NULL);
	struct stat info;

	if (fstat(fd, &info) < 0 || info.st_size < JOURNAL_MAX)
		return;
	if (lock_fd_try(fd) && same_file_at(fd, dirfd, name))
		(void)!sys_renameat(dirfd, name, dirfd, old, 0);
}

bool journal_append(int dirfd, const char *name, const char *line)
{
	g_autofree char *text = g_strconcat(line, "\n", NULL);
	size_t size = strlen(text);
	auto_close int fd = -1;

	if (dirfd < 0 || size > JOURNAL_LINE_MAX || strchr(line, '\n'))
		return false;
	fd = sys_open_append(dirfd, name);
	if (fd < 0 || sys_write(fd, text, size) < 0)
		return false;
	rotate(dirfd, name, fd);
	return true;
}

void store_event(struct store *st, const char *line)
{
	journal_append(st->fd, "events", line);
}
