/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guard/child.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/sys.h"
#include "base/util.h"
#include "guard/guard.h"
#include "store/lock.h"

static bool add_fd(struct child_fds *fds, int fd, GError **err, const char *what)
{
	if (fd < 0)
		return fail_os(err, errno, "open '%s'", what);
	fds->fds = g_renew(int, fds->fds, fds->n + 1);
	fds->fds[fds->n++] = fd;
	return true;
}

static int copy_fd(int fd)
{
	return fcntl(fd, F_DUPFD_CLOEXEC, 0);
}

/* The lock is the descriptor's, not the process's: QEMU has it when it has the descriptor. */
static bool add_alive(struct child_fds *fds, GError **err)
{
	if (!add_fd(fds, sys_open_lockfile(GUARD_FD_RUN, "alive"), err, "alive"))
		return false;
	if (!lock_fd_try(fds->fds[fds->n - 1]))
		return fail(err, VIR_ERR_INTERNAL_ERROR,
			    "a process runs already in this run directory");
	if (sys_point("guard.alive") < 0)
		return fail_os(err, errno, "start the guest's process");
	return true;
}

/* A socket file at which nobody listens any more. */
static bool is_dead_socket(int dirfd, const char *name)
{
	auto_close int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	struct stat st;
	int n;

	if (fd < 0 || fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISSOCK(st.st_mode))
		return false;
	n = g_snprintf(addr.sun_path, sizeof(addr.sun_path), "/proc/self/fd/%d/%s", dirfd, name);
	return n < (int)sizeof(addr.sun_path) &&
	       connect(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0 && errno == ECONNREFUSED;
}

static int bind_outside(const char *path)
{
	g_autofree char *parent = g_path_get_dirname(path);
	g_autofree char *name = g_path_get_basename(path);
	auto_close int dirfd = open_dir_at(AT_FDCWD, parent);
	int fd;

	if (dirfd < 0)
		return -1;
	fd = sys_bind_unix(dirfd, name);
	if (fd < 0 && errno == EADDRINUSE && is_dead_socket(dirfd, name) &&
	    sys_unlinkat(dirfd, name) == 0)
		fd = sys_bind_unix(dirfd, name);
	return fd;
}

static bool add_socket(struct child_fds *fds, const char *name, GError **err)
{
	int fd = g_path_is_absolute(name) ? bind_outside(name) : sys_bind_unix(GUARD_FD_RUN, name);

	if (!add_fd(fds, fd, err, name))
		return false;
	fds->n_listening++;
	return true;
}

/* Inside the domain's own directory nothing is a symlink; elsewhere the user's may be. */
static bool add_file(struct child_fds *fds, const struct spec_file *file, GError **err)
{
	int flags = O_CLOEXEC | (file->is_writable ? O_RDWR : O_RDONLY);

	if (!g_path_is_absolute(file->path))
		flags |= O_NOFOLLOW;
	return add_fd(fds, openat(GUARD_FD_DIR, file->path, flags), err, file->path);
}

static bool add_all(struct guard *g, struct child_fds *fds, GError **err)
{
	const struct spec *spec = g->spec;

	if (!add_fd(fds, copy_fd(STDIN_FILENO), err, "/dev/null") ||
	    !add_fd(fds, copy_fd(g->log_fd), err, "log") ||
	    !add_fd(fds, copy_fd(g->log_fd), err, "log") || !add_alive(fds, err) ||
	    !add_socket(fds, "guard.qmp", err) || !add_socket(fds, "ctl.qmp", err))
		return false;
	for (guint i = 0; i < spec->sockets->len; i++) {
		if (!add_socket(fds, g_ptr_array_index(spec->sockets, i), err))
			return false;
	}
	for (guint i = 0; i < spec->files->len; i++) {
		if (!add_file(fds, g_ptr_array_index(spec->files, i), err))
			return false;
	}
	return true;
}

bool child_fds_open(struct guard *g, struct child_fds *ret, GError **err)
{
	struct child_fds fds = { 0 };

	if (!add_all(g, &fds, err)) {
		child_fds_close(&fds);
		return false;
	}
	*ret = fds;
	return true;
}

void child_fds_close(struct child_fds *fds)
{
	for (guint i = 0; i < fds->n; i++)
		close(fds->fds[i]);
	g_clear_pointer(&fds->fds, g_free);
	fds->n = 0;
}
