/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guard/child.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/sys.h"
#include "driver/qemu/spec.h"
#include "guard/landlock.h"

#define BACKLOG 4

/* In libc, but declared only by a library that is not needed for more. */
int capset(cap_user_header_t header, const cap_user_data_t data);

/* Up first, so that nothing that is still to be moved gets overwritten. What is above the list is
 * closed by exec: guard_spawn's pipe lives until then. */
static const char *place_fds(const struct child_fds *fds)
{
	int spare = child_spare_fd(fds);

	for (guint i = 0; i < fds->n; i++) {
		fds->fds[i] = fcntl(fds->fds[i], F_DUPFD_CLOEXEC, spare);
		if (fds->fds[i] < 0)
			return "move a descriptor";
	}
	for (guint i = 0; i < fds->n; i++) {
		if (dup2(fds->fds[i], (int)i) < 0)
			return "place a descriptor";
	}
	if (close_range(fds->n, ~0U, CLOSE_RANGE_CLOEXEC) < 0)
		return "close the other descriptors";
	/* SO_PEERCRED names the process that called listen: it has to be this one. */
	for (guint i = 0; i < fds->n_listening; i++) {
		if (listen(QEMU_FD_GUARD + (int)i, BACKLOG) < 0)
			return "listen";
	}
	return NULL;
}

static void reset_signals(void)
{
	sigset_t none;

	for (int signum = 1; signum < NSIG; signum++)
		signal(signum, SIG_DFL); /* those that cannot be changed need no change */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Who may not change the bounding set has no_new_privs against getting anything back at exec. */
static const char *bound_capabilities(void)
{
	for (int cap = 0; prctl(PR_CAPBSET_READ, cap, 0, 0, 0) >= 0; cap++) {
		if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) < 0 && errno != EPERM)
			return "drop a capability from the bounding set";
	}
	return NULL;
}

/* Root's guests have the groups of qemu-user, or none at all: those of whoever called sudo are not
 * QEMU's. Others cannot change theirs. */
static const char *become_user(const struct spec_user *user)
{
	if (geteuid() != 0)
		return NULL;
	if (setgroups(user->groups->len, (const gid_t *)(const void *)user->groups->data) < 0)
		return "set the groups";
	if (user->name && setresgid(user->gid, user->gid, user->gid) < 0)
		return "change the group";
	if (user->name && setresuid(user->uid, user->uid, user->uid) < 0)
		return "change the user";
	return NULL;
}

/* Root without a single capability can do what its own files allow, and no more. */
static const char *drop_capabilities(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { 0 };

	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0)
		return "clear the ambient capabilities";
	if (capset(&header, none) < 0)
		return "drop the capabilities";
	return NULL;
}

static bool can_use(const struct spec_file *file)
{
	auto_close int made = -1;
	int mode = R_OK;
	struct stat st;

	/* What QEMU would make has to be there before its ruleset can name it. */
	if (stat(file->path, &st) < 0) {
		made = file->is_made && errno == ENOENT ? sys_open_append(AT_FDCWD, file->path) : -1;
		return made >= 0;
	}
	if (file->is_made)
		mode = W_OK;
	else if (file->is_writable && !S_ISDIR(st.st_mode))
		mode |= W_OK;
	return faccessat(AT_FDCWD, file->path, mode, AT_EACCESS) == 0;
}

/* Found out here, as the user that QEMU will be and without capabilities, it can be told in our
 * words. */
static const char *try_paths(const struct spec *spec)
{
	for (guint i = 0; i < spec->paths->len; i++) {
		const struct spec_file *file = g_ptr_array_index(spec->paths, i);

		if (!can_use(file))
			return file->path;
	}
	return NULL;
}

/* In this order: each takes away what those before it need. */
static const char *drop_rights(const struct spec *spec)
{
	const char *failed = bound_capabilities();

	if (!failed)
		failed = become_user(&spec->user);
	if (!failed && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		failed = "give up new privileges";
	if (!failed)
		failed = drop_capabilities();
	if (!failed)
		failed = try_paths(spec);
	return failed ? failed : landlock_enter(spec);
}

const char *confine_child(const struct child_fds *fds, const struct spec *spec)
{
	const char *failed;

	if (setsid() < 0)
		return "start a session";
	umask(077);
	failed = place_fds(fds);
	if (failed)
		return failed;
	reset_signals();
	if (chdir("/") < 0)
		return "change to the root directory";
	return drop_rights(spec);
}
