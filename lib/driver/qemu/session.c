/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/qemu/session.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/util.h"
#include "driver/qemu/guard-link.h"

#define QUIT_MS 5000
#define KILL_MS 5000
#define LEAVE_MS 5000
#define TAIL_BYTES 2048
#define TAIL_LINES 4

struct session {
	struct qmp *qmp;
	int control; /* to a guard that waits for go; -1: none */
};

static struct session *session_of(struct guest *g)
{
	struct session *s = g->session;

	if (!s) {
		s = g_new0(struct session, 1);
		s->control = -1;
		g->session = s;
	}
	return s;
}

void session_close(struct guest *g)
{
	struct session *s = g->session;

	if (!s)
		return;
	qmp_free(s->qmp);
	close_fd(&s->control);
	g_free(s);
	g->session = NULL;
}

/* ---- Liveness ---- */

static bool is_locked(int dirfd, const char *name)
{
	auto_close int fd = dirfd < 0 ? -1 : open_file_at(dirfd, name);
	struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

	if (fd < 0)
		return dirfd >= 0 && errno != ENOENT;
	return fcntl(fd, F_OFD_GETLK, &lock) < 0 || lock.l_type != F_UNLCK;
}

bool session_is_alive(const struct guest *g)
{
	return is_locked(g->run_fd, "alive");
}

bool session_has_guard(const struct guest *g)
{
	return is_locked(g->run_fd, "guard");
}

/* ---- Monitor ---- */

struct qmp *session_qmp(struct guest *g, gint64 timeout_ms, GError **err)
{
	struct session *s = session_of(g);
	gint64 deadline = timeout_ms == QMP_NO_DEADLINE ? QMP_NO_DEADLINE : mono_ms() + timeout_ms;

	if (s->qmp && qmp_state(s->qmp) == QMP_CLOSED)
		g_clear_pointer(&s->qmp, qmp_free);
	if (!s->qmp)
		s->qmp = qmp_connect(g->run_fd, "ctl.qmp", err);
	if (!s->qmp || !qmp_wait_ready(s->qmp, deadline, err))
		return NULL;
	return s->qmp;
}

bool session_call(struct guest *g, const char *command, json_object *take_args,
		  json_object **ret_value, GError **err)
{
	struct qmp *q = session_qmp(g, QMP_TIMEOUT_MS, err);

	if (!q) {
		json_object_put(take_args);
		return false;
	}
	return qmp_call(q, command, take_args, ret_value, err);
}

/* ---- Guard ---- */

bool session_run_guard(struct guest *g, const char *guard_path, const char *verb, GError **err)
{
	struct session *s = session_of(g);
	auto_close int control = guard_link_start(g, guard_path, verb, err);

	if (control < 0 || !guard_link_wait_ready(control, err))
		return false;
	if (strcmp(verb, "start") == 0) {
		close_fd(&s->control);
		s->control = take_fd(&control);
	}
	return true;
}

bool session_go(struct guest *g, GError **err)
{
	struct session *s = session_of(g);
	bool done;

	if (s->control < 0)
		return fail(err, VIR_ERR_INTERNAL_ERROR, "guest '%s' has no guard that waits",
			    g->name);
	done = guard_link_go(s->control, err);
	close_fd(&s->control);
	return done;
}

/* ---- Ends ---- */

/* Descriptor of the process at the other end of the monitor, or -1. A number can mean another
 * process by the time it is opened; as long as the connection has not ended it does not. */
static int open_peer(struct qmp *q)
{
	auto_close int pidfd = -1;
	struct pollfd poll_fd = {.fd = qmp_fd(q), .events = 0};
	pid_t pid = qmp_peer_pid(q);

	if (pid <= 0)
		return -1;
	pidfd = pidfd_open(pid, 0);
	if (pidfd < 0 || poll(&poll_fd, 1, 0) < 0 || poll_fd.revents & (POLLHUP | POLLERR))
		return -1;
	return take_fd(&pidfd);
}

/* Until the process is gone, or not within that time. */
static bool wait_exit(int pidfd, gint64 timeout_ms)
{
	gint64 deadline = mono_ms() + timeout_ms;
	struct pollfd poll_fd = {.fd = pidfd, .events = POLLIN};
	int n;

	do
		n = poll(&poll_fd, 1, (int)MAX(deadline - mono_ms(), 0));
	while (n < 0 && errno == EINTR);
	return n > 0;
}

static bool kill_peer(int pidfd)
{
	pidfd_send_signal(pidfd, SIGKILL, NULL, 0);
	return wait_exit(pidfd, KILL_MS);
}

static bool still_there(const struct guest *g, GError **err)
{
	return fail(err, VIR_ERR_OPERATION_FAILED, "QEMU of guest '%s' does not end", g->name);
}

/* The answer to quit, or EOF: which of them comes first does not matter. */
static void say_quit(struct qmp *q)
{
	gint64 deadline = mono_ms() + QUIT_MS;
	gint64 id = qmp_send(q, "quit", NULL, -1, NULL);

	while (id && qmp_state(q) != QMP_CLOSED && !qmp_take_reply(q, id, NULL, NULL))
		if (!qmp_wait(q, -1, deadline, NULL))
			break;
	if (id)
		qmp_forget(q, id);
}

bool session_quit(struct guest *g, GError **err)
{
	g_autoptr(GError) error = NULL;
	auto_close int pidfd = -1;
	struct session *s = session_of(g);
	struct qmp *q;

	if (!session_is_alive(g))
		return true;
	q = session_qmp(g, QMP_TIMEOUT_MS, &error);
	if (!q && error_is(error, VIR_ERR_OPERATION_INVALID))
		return true; /* nobody listens: whoever holds the lock, it is not QEMU */
	if (s->qmp)
		pidfd = open_peer(s->qmp);
	if (pidfd < 0)
		return !session_is_alive(g) || still_there(g, err);
	if (q)
		say_quit(q);
	if (wait_exit(pidfd, q ? QUIT_MS : 0) || kill_peer(pidfd))
		return true;
	return still_there(g, err);
}

/* A QEMU whose guard is gone as well: the process that its socket names. */
static void kill_orphan(struct guest *g)
{
	static const char *const sockets[] = {"ctl.qmp", "guard.qmp"};

	for (size_t i = 0; i < G_N_ELEMENTS(sockets) && session_is_alive(g); i++) {
		g_autoptr(qmp_client) q = qmp_connect(g->run_fd, sockets[i], NULL);
		auto_close int pidfd = q ? open_peer(q) : -1;

		if (pidfd >= 0)
			kill_peer(pidfd);
	}
}

void session_abandon(struct guest *g)
{
	struct session *s = session_of(g);

	if (s->control >= 0)
		guard_link_leave(s->control, LEAVE_MS);
	close_fd(&s->control);
	if (g->run_fd >= 0 && session_is_alive(g))
		kill_orphan(g);
	session_close(g);
}

/* ---- Log ---- */

/* The last lines that say something, joined into one; the first may have been cut. */
static char *last_lines(const char *text)
{
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	g_autoptr(GString) joined = g_string_new(NULL);
	int taken = 0;

	for (guint i = g_strv_length(lines); i-- > 0 && taken < TAIL_LINES;) {
		const char *line = g_strstrip(lines[i]);

		if (!*line || g_str_has_prefix(line, "char device redirected to"))
			continue;
		if (taken++ > 0)
			g_string_prepend(joined, "; ");
		g_string_prepend(joined, line);
	}
	return qmp_clean(joined->str);
}

char *session_log_tail(const struct guest *g)
{
	auto_close int fd = open_file_at(g->run_fd, "log");
	char text[TAIL_BYTES + 1];
	struct stat st;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st) < 0)
		return g_strdup("");
	n = pread(fd, text, TAIL_BYTES, MAX(st.st_size - TAIL_BYTES, 0));
	text[MAX(n, 0)] = '\0';
	return last_lines(text);
}
