/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guard/guard.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/sys.h"
#include "base/util.h"
#include "engine/engine.h"

/* Ours to survive: a closed terminal, a limit on file sizes, a client that has gone. */
static const int ignored[] = { SIGHUP,  SIGINT,  SIGQUIT, SIGPIPE, SIGTSTP, SIGTTIN,
			       SIGTTOU, SIGUSR1, SIGUSR2, SIGALRM, SIGXFSZ };

/* For QEMU too. What the caller's shell limits is not meant for a guest that outlives it, and its
 * memory in a core file would be secrets in a file. */
static void reset_limits(void)
{
	static const int raised[] = { RLIMIT_AS,    RLIMIT_CPU,    RLIMIT_DATA,
				      RLIMIT_FSIZE, RLIMIT_NOFILE, RLIMIT_RSS };
	struct rlimit limit = { 0 };

	setrlimit(RLIMIT_CORE, &limit);
	for (size_t i = 0; i < G_N_ELEMENTS(raised); i++) {
		if (getrlimit((__rlimit_resource_t)raised[i], &limit) < 0)
			continue;
		limit.rlim_cur = limit.rlim_max;
		setrlimit((__rlimit_resource_t)raised[i], &limit);
	}
}

static void prepare_process(void)
{
	sigset_t none;

	for (size_t i = 0; i < G_N_ELEMENTS(ignored); i++)
		signal(ignored[i], SIG_IGN);
	signal(SIGCHLD, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	umask(077);
	reset_limits();
	setsid(); /* fails for a leader, who has one */
	sys_fault_is_guard();
}

/* The directories are descriptors; one's own is nowhere, so that nothing stays mounted. */
static bool prepare_fds(GError **err)
{
	for (int fd = GUARD_FD_CONTROL; fd <= GUARD_FD_RUN; fd++) {
		if (fcntl(fd, F_SETFD, FD_CLOEXEC) < 0)
			return fail_os(err, errno, "descriptor %d", fd);
	}
	if (close_range(GUARD_FD_RUN + 1, ~0U, 0) < 0 || chdir("/") < 0)
		return fail_os(err, errno, "prepare the guard");
	return true;
}

static void guard_clear(struct guard *g)
{
	qmp_free(g->qmp);
	spec_free(g->spec);
	g_free(g->state.run_id);
	g_free(g->state.boot_id);
	g_free(g->state.machine_id);
}

/* QEMU has ended: tell how, then do what its end asks for, as any writer would. */
static int finish(struct guard *g)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(engine) e = NULL;

	sys_point("guard.ended");
	view_end(&g->view, g->wait_status);
	guard_save_state(g);
	sys_point("guard.exit");
	/* Whoever ended it may have done this already, and the lock may be another start's. */
	if (!same_file_at(GUARD_FD_RUN, GUARD_FD_DIR, "run"))
		return 0;
	e = guard_engine(g->dir, &error);
	if (e && engine_guest_ended(e, g->name, g->state.run_id, view_end_word(&g->view), &error))
		return 0;
	g_printerr("domsh-guard: end of '%s': %s\n", g->name, error->message);
	return 1;
}

static int watch(struct guard *g)
{
	guard_watch(g);
	return g->phase == GUARD_ENDED ? finish(g) : 0;
}

static bool start(struct guard *g, GError **err)
{
	if (!guard_lock(g, err) || !guard_open_log(g, err))
		return false;
	g->spec = spec_read(GUARD_FD_RUN, err);
	if (!g->spec || !guard_spawn(g, err))
		return false;
	if (!guard_greet(g, err)) {
		guard_kill(g);
		return false;
	}
	return true;
}

static bool adopt(struct guard *g, GError **err)
{
	if (!guard_lock(g, err) || !guard_open_log(g, err))
		return false;
	g->spec = spec_read(GUARD_FD_RUN, err);
	if (!g->spec || !guard_adopt(g, err))
		return false;
	guard_set_phase(g, GUARD_READY);
	guard_set_phase(g, GUARD_WATCHING);
	guard_look_after(g);
	guard_tell("ready");
	return true;
}

static int supervise(const char *dir, const char *name, bool (*begin)(struct guard *, GError **))
{
	struct guard g = { .dir = dir,
			   .name = name,
			   .lock_fd = -1,
			   .log_fd = -1,
			   .pidfd = -1,
			   .wait_status = -1,
			   .policy.lock_fd = -1 };
	g_autoptr(GError) error = NULL;
	int status = 1;

	view_init(&g.view);
	if (!prepare_fds(&error) || !begin(&g, &error))
		guard_tell_error(error);
	else
		status = watch(&g);
	guard_clear(&g);
	return status;
}

static int start_main(const char *dir, const char *name)
{
	return supervise(dir, name, start);
}

static int adopt_main(const char *dir, const char *name)
{
	return supervise(dir, name, adopt);
}

static const struct {
	const char *name;
	int (*run)(const char *dir, const char *name);
} modes[] = {
	{ "start", start_main },
	{ "adopt", adopt_main },
	{ "reconcile", reconcile_main },
};

int main(int argc, char **argv)
{
	for (size_t i = 0; argc == 4 && i < G_N_ELEMENTS(modes); i++) {
		if (strcmp(argv[1], modes[i].name) != 0)
			continue;
		prepare_process();
		return modes[i].run(argv[2], argv[3]);
	}
	g_printerr("domsh-guard is started by domsh: domsh-guard start|adopt DIR NAME\n");
	return 1;
}
