/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/sys.h"
#include "base/util.h"
#include "store/internal.h"

#define HOLDER_MAX 256
#define FIRST_RETRY_US 100

bool lock_fd_try(int fd)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	return fcntl(fd, F_OFD_SETLK, &lock) == 0;
}

enum lock_probe lock_probe_fd(int fd)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	if (fcntl(fd, F_OFD_GETLK, &lock) < 0)
		return LOCK_UNKNOWN;
	return lock.l_type == F_UNLCK ? LOCK_FREE : LOCK_HELD;
}

enum lock_probe lock_probe(int dirfd, const char *name)
{
	auto_close int fd = open_file_at(dirfd, name);

	if (fd < 0)
		return errno == ENOENT ? LOCK_ABSENT : LOCK_UNKNOWN;
	return lock_probe_fd(fd);
}

/* ---- Waiting ---- */

/*
 * Until is_got(fd) or until the time is over. The kernel tells about a close before it drops the
 * lock, and a close from before the watch is not told at all: hence some more tries after each
 * event and at the beginning, ten times as late each time, so that there are only a few.
 */
static bool wait_until(int fd, bool (*is_got)(int fd), gint64 wait_ms)
{
	gint64 deadline = g_get_monotonic_time() + wait_ms * 1000, retry = FIRST_RETRY_US;
	auto_close int watch = watch_open(fd, IN_CLOSE_WRITE);

	if (watch < 0)
		return false;
	while (!is_got(fd)) {
		gint64 left = deadline - g_get_monotonic_time();

		errno = EAGAIN;
		if (left <= 0)
			return false;
		if (watch_wait(watch, MIN(left, retry)))
			retry = FIRST_RETRY_US;
		else
			retry *= 10;
	}
	return true;
}

static bool is_free(int fd)
{
	return lock_probe_fd(fd) == LOCK_FREE;
}

bool lock_wait_free(int dirfd, const char *name, gint64 wait_ms)
{
	auto_close int fd = open_file_at(dirfd, name);

	if (fd < 0)
		return errno == ENOENT;
	return is_free(fd) || wait_until(fd, is_free, wait_ms);
}

/* ---- Taking ---- */

/* Who holds it: "'define' (pid 12)". The text may be that of an earlier holder when a later one
 * could not write his; a process that is gone holds nothing. */
static char *holder_text(int fd)
{
	g_autofree char *text = NULL;
	char *command;
	gint64 pid;

	if (!read_fd(fd, HOLDER_MAX, &text, NULL, NULL))
		return g_strdup("somebody");
	text[strcspn(text, "\n")] = '\0';
	pid = g_ascii_strtoll(text, &command, 10);
	if (pid <= 0 || pid > G_MAXINT || *command != ' ' || pid_start_time(pid) == 0)
		return g_strdup("another process");
	return g_strdup_printf("'%s' (pid %d)", command + 1, (int)pid);
}

char *lock_holder(int dirfd, const char *name)
{
	auto_close int fd = open_file_at(dirfd, name);

	return fd < 0 ? g_strdup("somebody") : holder_text(fd);
}

/* The holder's own text is written before it watches, and nobody writes who has not got it. */
int lock_watch_asked(int fd)
{
	return watch_open(fd, IN_MODIFY);
}

bool lock_ask(int dirfd, const char *name)
{
	auto_close int fd = sys_open_lockfile(dirfd, name);
	char first;

	/* What is there is written again: who holds it can still be told. */
	return fd >= 0 && pread(fd, &first, 1, 0) == 1 && sys_pwrite(fd, &first, 1, 0) == 0;
}

static bool fail_busy(int fd, const char *what, int errnum, GError **err)
{
	g_autofree char *holder = NULL;

	if (errnum != EAGAIN && errnum != EACCES)
		return fail_os(err, errnum, "wait for the lock of %s", what);
	holder = holder_text(fd);
	return fail(err, VIR_ERR_RESOURCE_BUSY,
		    "%s is busy: %s holds it; nothing was changed; try again, or raise lock-wait",
		    what, holder);
}

/* Only for other people's busy messages: a full disk must not keep anybody from working. */
static void write_holder(int fd, const char *command)
{
	g_autofree char *text = g_strdup_printf("%d %.200s\n", (int)getpid(), command);
	struct stat st;

	if (sys_pwrite(fd, text, strlen(text), 0) == 0 && fstat(fd, &st) == 0 &&
	    st.st_size > (off_t)strlen(text))
		(void)!sys_ftruncate(fd, strlen(text));
}

int lock_take(int dirfd, const char *name, const char *what, const char *command, gint64 wait_ms,
	      GError **err)
{
	auto_close int fd = sys_open_lockfile(dirfd, name);

	if (fd < 0) {
		fail_os(err, errno, "open the lock of %s", what);
		return -1;
	}
	if (!lock_fd_try(fd) && !(wait_ms > 0 && wait_until(fd, lock_fd_try, wait_ms))) {
		fail_busy(fd, what, errno, err);
		return -1;
	}
	write_holder(fd, command);
	return take_fd(&fd);
}
