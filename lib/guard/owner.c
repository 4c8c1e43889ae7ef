/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guard/owner.h"

#include <errno.h>
#include <glib-unix.h>
#include <signal.h>
#include <sys/inotify.h>
#include <sys/pidfd.h>
#include <unistd.h>

#include <libvirt/libvirt-domain.h>

#include "base/cleanup.h"
#include "base/util.h"
#include "guard/guard.h"
#include "store/domain.h"
#include "store/lock.h"

#define KILL_MS 5000 /* as long as destroy gives it */

/* The lock's end is told just before it is free. */
static const unsigned int retry_ms[] = { 1, 10, 100, 1000 };

struct owner {
	struct guard *guard;
	int inotify_fd;
	guint source, timer;
	unsigned int n_tries;
};

static void look(struct owner *o);

static gboolean on_timer(void *data)
{
	struct owner *o = data;

	o->timer = 0;
	look(o);
	return G_SOURCE_REMOVE;
}

static gboolean on_kill(void *data)
{
	struct owner *o = data;

	o->timer = 0;
	pidfd_send_signal(o->guard->pidfd, SIGKILL, NULL, 0);
	return G_SOURCE_REMOVE;
}

static void end_guest(struct owner *o)
{
	if (o->guard->view.end_reason == VIEW_NO_END)
		o->guard->view.end_reason = VIR_DOMAIN_SHUTOFF_DESTROYED;
	g_printerr("domsh-guard: the connection that the guest belongs to is gone\n");
	pidfd_send_signal(o->guard->pidfd, SIGTERM, NULL, 0);
	o->timer = g_timeout_add(KILL_MS, on_kill, o);
}

static void look(struct owner *o)
{
	if (o->timer || o->guard->is_dead)
		return;
	if (lock_probe(GUARD_FD_RUN, RUN_OWNER) == LOCK_FREE)
		end_guest(o);
	else if (o->n_tries < G_N_ELEMENTS(retry_ms))
		o->timer = g_timeout_add(retry_ms[o->n_tries++], on_timer, o);
}

static gboolean on_inotify(int fd, GIOCondition condition, void *data)
{
	struct owner *o = data;
	char buffer[4096] __attribute__((aligned(__alignof__(struct inotify_event))));

	(void)condition;
	if (read(fd, buffer, sizeof(buffer)) <= 0)
		return G_SOURCE_CONTINUE;
	o->n_tries = 0;
	look(o);
	return G_SOURCE_CONTINUE;
}

struct owner *owner_new(struct guard *g)
{
	g_autofree char *path = g_strdup_printf("/proc/self/fd/%d/" RUN_OWNER, GUARD_FD_RUN);
	struct owner *o;

	if (exists_at(GUARD_FD_RUN, RUN_OWNER) == 0)
		return NULL;
	o = g_new0(struct owner, 1);
	o->guard = g;
	o->inotify_fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	if (o->inotify_fd < 0 || inotify_add_watch(o->inotify_fd, path, IN_CLOSE_WRITE) < 0)
		g_printerr("domsh-guard: cannot watch '%s': %s\n", path, g_strerror(errno));
	else
		o->source = g_unix_fd_add(o->inotify_fd, G_IO_IN, on_inotify, o);
	look(o);
	return o;
}

void owner_free(struct owner *o)
{
	if (!o)
		return;
	if (o->source)
		g_source_remove(o->source);
	if (o->timer)
		g_source_remove(o->timer);
	close_fd(&o->inotify_fd);
	g_free(o);
}
