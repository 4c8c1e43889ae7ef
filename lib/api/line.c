/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api/line.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/cleanup.h"

struct line {
	pthread_mutex_t mutex; /* not GMutex: ThreadSanitizer understands these */
	struct line_fds fds;
	int over; /* eventfd: readable once the line has ended */
	bool is_writable;
	unsigned int n_users; /* threads that use fds.fd at the moment */
	enum line_state state;
	GThread *watcher; /* NULL: nobody can ask for the line */
};

/* ---- The end ---- */

static void close_unused(struct line *line)
{
	if (line->state == LINE_OPEN || line->n_users > 0)
		return;
	close_fd(&line->fds.fd);
	close_fd(&line->fds.lock);
}

static void end_as(struct line *line, enum line_state state)
{
	pthread_mutex_lock(&line->mutex);
	if (line->state == LINE_OPEN) {
		line->state = state;
		eventfd_write(line->over, 1);
	}
	close_unused(line);
	pthread_mutex_unlock(&line->mutex);
}

void line_end(struct line *line)
{
	end_as(line, LINE_ENDED);
}

/* Whoever asks has not to wait until this program happens to read: it may hang on something. */
static gpointer watch(gpointer data)
{
	struct line *line = data;
	struct pollfd fds[] = {
		{ .fd = line->fds.asked, .events = POLLIN },
		{ .fd = line->over, .events = POLLIN },
	};

	while (poll(fds, 2, -1) < 0 && errno == EINTR)
		;
	if (fds[0].revents)
		end_as(line, LINE_TAKEN);
	return NULL;
}

/* The program's signals are not for a thread of ours. */
static GThread *start_watcher(struct line *line)
{
	sigset_t all, before;
	GThread *thread;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	thread = g_thread_try_new("console", watch, line, NULL);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return thread;
}

struct line *line_new(const struct line_fds *take_fds, bool is_writable)
{
	struct line *line = g_new0(struct line, 1);

	pthread_mutex_init(&line->mutex, NULL);
	line->fds = *take_fds;
	line->is_writable = is_writable;
	line->over = eventfd(0, EFD_CLOEXEC);
	if (line->fds.asked >= 0)
		line->watcher = start_watcher(line);
	return line;
}

void line_free(struct line *line)
{
	if (!line)
		return;
	line_end(line);
	if (line->watcher)
		g_thread_join(line->watcher);
	close_fd(&line->fds.asked);
	close_fd(&line->over);
	pthread_mutex_destroy(&line->mutex);
	g_free(line);
}

enum line_state line_state(struct line *line)
{
	enum line_state state;

	pthread_mutex_lock(&line->mutex);
	state = line->state;
	pthread_mutex_unlock(&line->mutex);
	return state;
}

/* ---- Use ---- */

static bool enter(struct line *line)
{
	bool is_open;

	pthread_mutex_lock(&line->mutex);
	is_open = line->state == LINE_OPEN;
	line->n_users += is_open;
	pthread_mutex_unlock(&line->mutex);
	return is_open;
}

static void leave(struct line *line)
{
	int reason = errno;

	pthread_mutex_lock(&line->mutex);
	line->n_users--;
	close_unused(line);
	pthread_mutex_unlock(&line->mutex);
	errno = reason;
}

bool line_copy(struct line *line, int *ret_fd, int *ret_over)
{
	auto_close int fd = -1, over = -1;

	errno = ECANCELED;
	if (!enter(line))
		return false;
	fd = fcntl(line->fds.fd, F_DUPFD_CLOEXEC, 0);
	over = fd < 0 ? -1 : fcntl(line->over, F_DUPFD_CLOEXEC, 0);
	leave(line);
	if (over < 0)
		return false;
	*ret_fd = take_fd(&fd);
	*ret_over = take_fd(&over);
	return true;
}

/* Until the descriptor is ready for `events`; false: the line has ended. */
static bool wait_ready(struct line *line, short events)
{
	struct pollfd fds[] = {
		{ .fd = line->fds.fd, .events = events },
		{ .fd = line->over, .events = POLLIN },
	};

	while (poll(fds, 2, -1) < 0 && errno == EINTR)
		;
	return !fds[1].revents;
}

static ssize_t put(int fd, void *data, size_t size)
{
	ssize_t n = send(fd, data, size, MSG_NOSIGNAL);

	return n < 0 && errno == ENOTSOCK ? write(fd, data, size) : n;
}

static ssize_t transfer(struct line *line, ssize_t (*act)(int, void *, size_t), short events,
			void *data, size_t size, bool waits)
{
	ssize_t n;

	do {
		if (waits && !wait_ready(line, events)) {
			errno = ECANCELED;
			return -1;
		}
		n = act(line->fds.fd, data, size);
	} while (n < 0 && (errno == EINTR || (errno == EAGAIN && waits)));
	return n;
}

ssize_t line_read(struct line *line, void *data, size_t size, bool waits)
{
	ssize_t n = -1;

	errno = ECANCELED;
	if (!enter(line))
		return -1;
	n = transfer(line, read, POLLIN, data, size, waits);
	leave(line);
	/* The other end of a terminal is gone. */
	return n < 0 && errno == EIO ? 0 : n;
}

ssize_t line_write(struct line *line, const void *data, size_t size, bool waits)
{
	ssize_t n = -1;

	errno = line->is_writable ? ECANCELED : EBADF;
	if (!line->is_writable || !enter(line))
		return -1;
	n = transfer(line, put, POLLOUT, (void *)data, size, waits);
	leave(line);
	return n;
}
