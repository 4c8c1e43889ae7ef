/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guard/guard.h"

#include <errno.h>
#include <glib-unix.h>
#include <signal.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/util.h"
#include "driver/qemu/hv.h"
#include "engine/engine.h"
#include "store/lock.h"

/*
 * A writer that was killed in the middle leaves an intent and gives its lock back, which inotify
 * tells. Then a child of the guard does what the next writer would do: the guard itself never
 * waits for QEMU or for a disk while it watches.
 */
struct reconciler {
	struct guard *guard;
	int inotify_fd, lock_watch, log_watch;
	guint source, timer, child_source;
	unsigned int n_tries;
	pid_t child;
	int child_fd;
	/* An intent that could not be finished; a new one is another file. */
	struct stat stuck;
};

/* The lock's end is told just before it is free. */
static const unsigned int retry_ms[] = { 1, 10, 100 };

enum { RECONCILE_DONE, RECONCILE_FAILED, RECONCILE_BUSY };

static void look(struct reconciler *r);

static gboolean on_timer(void *data)
{
	struct reconciler *r = data;

	r->timer = 0;
	look(r);
	return G_SOURCE_REMOVE;
}

static gboolean on_child(int fd, GIOCondition condition, void *data)
{
	struct reconciler *r = data;
	int status = -1;

	(void)condition;
	if (TEMP_FAILURE_RETRY(waitpid(r->child, &status, 0)) < 0)
		status = -1;
	if (WIFEXITED(status) && WEXITSTATUS(status) == RECONCILE_BUSY)
		memset(&r->stuck, 0, sizeof(r->stuck));
	r->child = 0;
	r->child_source = 0;
	close(fd);
	/* Its own use of the lock was told as well; another's may have been in between. */
	look(r);
	return G_SOURCE_REMOVE;
}

static void run_child(const struct guard *g)
{
	char *argv[] = { (char *)"domsh-guard", (char *)"reconcile", (char *)g->dir,
			 (char *)g->name, NULL };
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (close_range(STDERR_FILENO + 1, ~0U, 0) == 0)
		execv("/proc/self/exe", argv);
	_exit(127);
}

static void start_child(struct reconciler *r)
{
	r->child = fork();
	if (r->child == 0)
		run_child(r->guard);
	if (r->child < 0) {
		g_printerr("domsh-guard: cannot start a process: %s\n", g_strerror(errno));
		r->child = 0;
		return;
	}
	r->child_fd = pidfd_open(r->child, 0);
	if (r->child_fd >= 0)
		r->child_source = g_unix_fd_add(r->child_fd, G_IO_IN, on_child, r);
}

/* The same file as the one that was tried in vain? Remembers it for the next time. */
static bool was_tried(struct reconciler *r, const struct stat *st)
{
	bool same = st->st_ino == r->stuck.st_ino &&
		    st->st_ctim.tv_sec == r->stuck.st_ctim.tv_sec &&
		    st->st_ctim.tv_nsec == r->stuck.st_ctim.tv_nsec;

	r->stuck = *st;
	return same;
}

/* Is there work, and nobody at it? An intent comes first. */
static void look(struct reconciler *r)
{
	struct stat st;
	bool has_intent = fstatat(GUARD_FD_DIR, "intent", &st, AT_SYMLINK_NOFOLLOW) == 0;

	if (r->child || r->timer || (!has_intent && !policy_waits(&r->guard->policy)))
		return;
	if (lock_probe(GUARD_FD_DIR, "lock") == LOCK_HELD) {
		if (r->n_tries < G_N_ELEMENTS(retry_ms))
			r->timer = g_timeout_add(retry_ms[r->n_tries++], on_timer, r);
		return; /* held in earnest: its end will be told */
	}
	if (!has_intent)
		policy_try(r->guard);
	else if (!was_tried(r, &st))
		start_child(r);
}

static gboolean on_inotify(int fd, GIOCondition condition, void *data)
{
	struct reconciler *r = data;
	char buffer[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
	ssize_t n = read(fd, buffer, sizeof(buffer));
	const struct inotify_event *ev;

	(void)condition;
	for (char *p = buffer; n > 0 && p < buffer + n; p += sizeof(*ev) + ev->len) {
		ev = (const void *)p;
		if (ev->wd == r->log_watch)
			guard_trim_log(r->guard);
		if (ev->wd != r->lock_watch)
			continue;
		r->n_tries = 0;
		look(r);
	}
	return G_SOURCE_CONTINUE;
}

static int add_watch(struct reconciler *r, int dirfd, const char *name, uint32_t mask)
{
	g_autofree char *path = g_strdup_printf("/proc/self/fd/%d/%s", dirfd, name);
	int wd = inotify_add_watch(r->inotify_fd, path, mask);

	if (wd < 0)
		g_printerr("domsh-guard: cannot watch '%s': %s\n", name, g_strerror(errno));
	return wd;
}

struct reconciler *reconciler_new(struct guard *g)
{
	struct reconciler *r = g_new0(struct reconciler, 1);

	r->guard = g;
	r->inotify_fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (r->inotify_fd < 0) {
		g_printerr("domsh-guard: cannot watch files: %s\n", g_strerror(errno));
		return r;
	}
	r->lock_watch = add_watch(r, GUARD_FD_DIR, "lock", IN_CLOSE_WRITE);
	r->log_watch = add_watch(r, GUARD_FD_RUN, "log", IN_MODIFY);
	r->source = g_unix_fd_add(r->inotify_fd, G_IO_IN, on_inotify, r);
	/* What was there before the watches: a log that has grown, a client that has gone. */
	guard_trim_log(g);
	look(r);
	return r;
}

void reconciler_free(struct reconciler *r)
{
	if (!r)
		return;
	if (r->source)
		g_source_remove(r->source);
	if (r->timer)
		g_source_remove(r->timer);
	if (r->child_source)
		g_source_remove(r->child_source);
	close_fd(&r->inotify_fd);
	g_free(r);
}

/* ---- In the child, and for the exit rule ---- */

struct engine *guard_engine(const char *dir, GError **err)
{
	g_autofree char *domains = g_path_get_dirname(dir);
	g_autofree char *root = g_path_get_dirname(domains);

	struct qemu_options options = { .cache_dir = root };
	struct hv *hv = qemu_hv_open(&options, err);

	return hv ? engine_open_with(root, hv, "guard", err) : NULL;
}

int reconcile_main(const char *dir, const char *name)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(engine) e = guard_engine(dir, &error);

	if (e && engine_reconcile(e, name, true, &error))
		return RECONCILE_DONE;
	if (error_is(error, VIR_ERR_RESOURCE_BUSY))
		return RECONCILE_BUSY;
	g_printerr("domsh-guard: reconcile '%s': %s\n", name, error->message);
	return RECONCILE_FAILED;
}
