/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guard/guard.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/sys.h"
#include "guard/child.h"
#include "guard/landlock.h"

/* What the child tells when it cannot execute QEMU; exec closes its end of the pair. */
struct failure {
	int errnum;
	char step[PATH_MAX];
};

/* Wait until run/state names us: a QEMU that nobody can find must never run. */
static void await_release(int link)
{
	char byte;

	if (TEMP_FAILURE_RETRY(read(link, &byte, 1)) != 1)
		_exit(125); /* the guard has died */
}

static void run_child(struct guard *g, const struct child_fds *fds, int link)
{
	struct failure f = { 0 };
	const char *step;

	await_release(link);
	link = fcntl(link, F_DUPFD_CLOEXEC, child_spare_fd(fds));
	step = confine_child(fds, g->spec);
	if (!step) {
		execve(g->spec->argv[0], g->spec->argv, g->spec->env);
		step = g->spec->argv[0];
	}
	f.errnum = errno;
	g_strlcpy(f.step, step, sizeof(f.step));
	/* Nobody to tell is no reason to stay. */
	if (write(link, &f, sizeof(f)) < 0)
		_exit(126);
	_exit(127);
}

/* QEMU may not use a file that its domain names. */
static bool refuse_file(const struct spec_user *user, const char *path, int errnum, GError **err)
{
	if (user->name)
		return fail(err, VIR_ERR_OPERATION_FAILED,
			    "'%s': %s for user '%s' (%u), who runs QEMU (qemu-user in domsh.conf); "
			    "nothing was changed; let that user read and write it, and search the "
			    "directories above it",
			    path, g_strerror(errnum), user->name, user->uid);
	return fail(err, VIR_ERR_OPERATION_FAILED,
		    "'%s': %s for QEMU, which runs as user %u without capabilities; nothing was "
		    "changed; that user has to own it or be let in",
		    path, g_strerror(errnum), (unsigned int)geteuid());
}

/* Has it been executed? The end of the link says yes. */
static bool await_exec(struct guard *g, int link, GError **err)
{
	struct failure f = { 0 };
	ssize_t n = TEMP_FAILURE_RETRY(recv(link, &f, sizeof(f), MSG_WAITALL));

	if (n == 0)
		return true;
	if (n != sizeof(f))
		return fail(err, VIR_ERR_INTERNAL_ERROR, "the guest's process was not executed");
	f.step[sizeof(f.step) - 1] = '\0';
	if (f.errnum == ENOENT && strcmp(f.step, g->spec->argv[0]) == 0)
		return fail(err, VIR_ERR_OPERATION_FAILED, "there is no emulator '%s'", f.step);
	if (f.step[0] == '/' && (f.errnum == EACCES || f.errnum == EPERM))
		return refuse_file(&g->spec->user, f.step, f.errnum, err);
	return fail_os(err, f.errnum, "start the guest's process: %s", f.step);
}

/* Make the child known, then let it go on. */
static bool release_child(struct guard *g, int link, GError **err)
{
	g->pidfd = pidfd_open(g->pid, 0);
	if (g->pidfd < 0)
		return fail_os(err, errno, "watch the guest's process");
	guard_identify(g, g->spec->run_id, g->spec->id);
	if (!guard_write_state(g, err))
		return false;
	if (send(link, "x", 1, MSG_NOSIGNAL) != 1)
		return fail_os(err, errno, "start the guest's process");
	return await_exec(g, link, err);
}

static bool fork_child(struct guard *g, struct child_fds *fds, GError **err)
{
	auto_close int ours = -1, childs = -1;
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return fail_os(err, errno, "make a pair of sockets");
	ours = ends[0];
	childs = ends[1];
	g->pid = fork();
	if (g->pid < 0)
		return fail_os(err, errno, "start a process");
	if (g->pid == 0) {
		close(ours);
		run_child(g, fds, childs);
	}
	g->is_child = true;
	child_fds_close(fds);
	close_fd(&childs);
	return release_child(g, ours, err);
}

bool guard_spawn(struct guard *g, GError **err)
{
	struct child_fds fds;
	bool done;

	if (landlock_version() == 0)
		g_printerr("domsh-guard: this kernel has no landlock: QEMU may open whatever its "
			   "user may\n");
	if (!child_fds_open(g, &fds, err))
		return false;
	done = fork_child(g, &fds, err);
	child_fds_close(&fds);
	if (done && sys_point("guard.spawned") < 0)
		done = fail_os(err, errno, "start the guest's process");
	if (!done)
		guard_kill(g);
	return done;
}

void guard_kill(struct guard *g)
{
	if (!g->is_child || g->pid <= 0)
		return;
	/* Not reaped by anybody else, so the number is still this process's. */
	kill(g->pid, SIGKILL);
	if (TEMP_FAILURE_RETRY(waitpid(g->pid, &g->wait_status, 0)) < 0)
		g_printerr("domsh-guard: cannot reap %d: %s\n", (int)g->pid, g_strerror(errno));
	g->pid = 0;
}
