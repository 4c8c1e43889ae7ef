/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guard/guard.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/sys.h"
#include "base/util.h"
#include "store/lock.h"

#define LOG_FILE "log"
#define LOG_MAX (2 << 20)
#define TAIL_SIZE 400 /* what qmp_clean lets through */

bool guard_lock(struct guard *g, GError **err)
{
	g->lock_fd = sys_open_lockfile(GUARD_FD_RUN, "guard");
	if (g->lock_fd < 0)
		return fail_os(err, errno, "open the guard's lock of domain '%s'", g->name);
	if (!lock_fd_try(g->lock_fd))
		return fail(err, VIR_ERR_RESOURCE_BUSY, "domain '%s' has a guard already", g->name);
	return true;
}

/* ---- The log ---- */

bool guard_open_log(struct guard *g, GError **err)
{
	g->log_fd = sys_open_append(GUARD_FD_RUN, LOG_FILE);
	if (g->log_fd < 0)
		return fail_os(err, errno, "open the log of domain '%s'", g->name);
	return true;
}

/* QEMU appends: after a truncation it goes on at the start. */
void guard_trim_log(struct guard *g)
{
	struct stat st;

	if (fstat(g->log_fd, &st) == 0 && st.st_size > LOG_MAX && sys_ftruncate(g->log_fd, 0) < 0)
		g_printerr("domsh-guard: cannot cut the log: %s\n", g_strerror(errno));
}

char *guard_log_tail(void)
{
	auto_close int fd = open_file_at(GUARD_FD_RUN, LOG_FILE);
	char text[TAIL_SIZE + 1];
	const char *start = text;
	struct stat st;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st) < 0)
		return g_strdup("");
	n = pread(fd, text, TAIL_SIZE, MAX(st.st_size - TAIL_SIZE, 0));
	text[MAX(n, 0)] = '\0';
	if (st.st_size > TAIL_SIZE && strchr(text, '\n'))
		start = strchr(text, '\n') + 1; /* the first line is cut */
	return qmp_clean(start);
}
