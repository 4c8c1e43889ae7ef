/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guard/scope.h"

#include <errno.h>
#include <glib-unix.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "driver/qemu/child.h"
#include "guard/guard.h"

#define ANSWER_MS 5000

struct scope {
	pid_t pid;
	int pidfd;
	guint source, timer;
};

/* The user's own systemd is found by a directory that nothing else here needs to know. */
static char **bus_environment(void)
{
	char **env = g_strdupv((char *[]){ (char *)"PATH=/usr/bin:/bin", (char *)"LC_ALL=C", NULL });
	g_autofree char *runtime = g_strdup_printf("/run/user/%u", (unsigned int)getuid());

	return g_environ_setenv(env, "XDG_RUNTIME_DIR", runtime, TRUE);
}

static pid_t run_busctl(struct guard *g, const char *program, GError **err)
{
	g_autofree char *name = g_strdup_printf("domsh-%s.scope", g->state.run_id);
	g_autofree char *about = g_strdup_printf("Guest of the domain %s", g->name);
	g_autofree char *qemu = g_strdup_printf("%d", (int)g->pid);
	g_autofree char *guard = g_strdup_printf("%d", (int)getpid());
	const char *const argv[] = {
		"busctl", getuid() == 0 ? "--system" : "--user", "--quiet", "--timeout=5", "call",
		"org.freedesktop.systemd1", "/org/freedesktop/systemd1",
		"org.freedesktop.systemd1.Manager", "StartTransientUnit", "ssa(sv)a(sa(sv))",
		name, "fail", "4", "Description", "s", about, "PIDs", "au", "2", qemu, guard,
		"After", "as", "2", "local-fs.target", "remote-fs.target",
		"Before", "as", "1", "domsh-shutdown.service", "0", NULL
	};
	g_auto(GStrv) env = bus_environment();
	const int fds[] = { -1, STDERR_FILENO, STDERR_FILENO };
	const struct child c = {
		.path = program,
		.argv = argv,
		.env = (const char *const *)env,
		.fds = fds,
		.n_fds = G_N_ELEMENTS(fds),
		.is_limited = true,
	};

	return child_start(&c, err);
}

static gboolean on_end(int fd, GIOCondition condition, void *data)
{
	struct scope *s = data;
	int status = child_wait(s->pid);

	(void)fd;
	(void)condition;
	s->pid = 0;
	s->source = 0;
	if (s->timer)
		g_source_remove(s->timer);
	s->timer = 0;
	if (status != 0)
		g_printerr("domsh-guard: there is no scope of systemd's for the guest\n");
	return G_SOURCE_REMOVE;
}

static gboolean on_deadline(void *data)
{
	struct scope *s = data;

	s->timer = 0;
	pidfd_send_signal(s->pidfd, SIGKILL, NULL, 0);
	return G_SOURCE_REMOVE;
}

static bool has_lingering(void)
{
	g_autofree char *path = g_build_filename("/var/lib/systemd/linger", g_get_user_name(), NULL);

	return access(path, F_OK) == 0;
}

/* Is there a systemd, and would its scope be better than where the guest is? */
static bool is_of_use(void)
{
	g_autofree char *cgroups = NULL;

	if (access("/run/systemd/system", F_OK) < 0)
		return false;
	if (getuid() == 0 || has_lingering() ||
	    !g_file_get_contents("/proc/self/cgroup", &cgroups, NULL, NULL) ||
	    !scope_is_of_login(cgroups))
		return true;
	g_printerr("domsh-guard: the guest stays in the scope of the login: one of its own would "
		   "end with the last login, without lingering (loginctl enable-linger)\n");
	return false;
}

struct scope *scope_ask(struct guard *g)
{
	const char *program = secure_getenv("DOMSH_BUSCTL");
	g_autoptr(GError) error = NULL;
	struct scope *s;
	pid_t pid;

	if (g->is_dead || (!program && !is_of_use()))
		return NULL;
	pid = run_busctl(g, program ? program : "/usr/bin/busctl", &error);
	if (pid < 0) {
		g_printerr("domsh-guard: no scope for the guest: %s\n", error->message);
		return NULL;
	}
	s = g_new0(struct scope, 1);
	s->pid = pid;
	s->pidfd = pidfd_open(pid, 0);
	if (s->pidfd < 0)
		return s;
	s->source = g_unix_fd_add(s->pidfd, G_IO_IN, on_end, s);
	s->timer = g_timeout_add(ANSWER_MS, on_deadline, s);
	return s;
}

/* Its answer is of no use any more. */
void scope_free(struct scope *s)
{
	if (!s)
		return;
	if (s->source)
		g_source_remove(s->source);
	if (s->timer)
		g_source_remove(s->timer);
	if (s->pid > 0) {
		kill(s->pid, SIGKILL);
		child_wait(s->pid);
	}
	close_fd(&s->pidfd);
	g_free(s);
}
