/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/test/place.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/sys.h"
#include "base/util.h"

#define PREFIX "domsh-test."
#define OWNER "owner"
#define NAMES_TRIED 1000

struct place {
	char *base;
	char *name;
	char *root;
	int base_fd;
	int owner; /* the lock */
};

const char *place_root(const struct place *p)
{
	return p->root;
}

/* Memory, where the machine offers it; nothing of this is to outlive a boot. */
static char *choose_base(void)
{
	const char *wished = g_getenv("TMPDIR");

	if (wished && g_path_is_absolute(wished))
		return g_strdup(wished);
	if (access("/dev/shm", W_OK | X_OK) == 0)
		return g_strdup("/dev/shm");
	return g_strdup("/tmp");
}

/* ---- What others left ---- */

static bool is_locked(int dirfd)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	auto_close int fd = open_file_at(dirfd, OWNER);

	if (fd < 0)
		return errno != ENOENT;
	return fcntl(fd, F_OFD_GETLK, &lock) < 0 || lock.l_type != F_UNLCK;
}

/* Both the lock and the process: the one is not there yet in a place that is being made, the other
 * is not to be seen from another container. */
static bool is_left_over(int base_fd, const char *name)
{
	char *rest;
	long pid = strtol(name + strlen(PREFIX), &rest, 10);
	auto_close int fd = -1;
	struct stat st;

	if (pid <= 1 || *rest != '.' || kill((pid_t)pid, 0) == 0 || errno != ESRCH)
		return false;
	fd = open_dir_at(base_fd, name);
	return fd >= 0 && fstat(fd, &st) == 0 && st.st_uid == geteuid() && !is_locked(fd);
}

static void sweep(int base_fd)
{
	auto_close int fd = openat(base_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	const struct dirent *entry;

	if (!dir)
		return;
	take_fd(&fd);
	while ((entry = readdir(dir))) {
		if (strncmp(entry->d_name, PREFIX, strlen(PREFIX)) == 0 &&
		    is_left_over(base_fd, entry->d_name))
			sys_remove_tree(base_fd, entry->d_name, NULL);
	}
	closedir(dir);
}

/* ---- One's own ---- */

static bool make_dir(struct place *p, GError **err)
{
	for (int i = 1; i <= NAMES_TRIED; i++) {
		g_autofree char *name = g_strdup_printf(PREFIX "%d.%d", (int)getpid(), i);

		if (sys_mkdirat(p->base_fd, name) == 0) {
			p->name = g_steal_pointer(&name);
			return true;
		}
		if (errno != EEXIST)
			break;
	}
	return fail_os(err, errno, "make a directory in '%s' (TMPDIR names another)", p->base);
}

static bool lock_dir(struct place *p, GError **err)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	auto_close int fd = open_dir_at(p->base_fd, p->name);

	p->owner = fd < 0 ? -1 : sys_open_lockfile(fd, OWNER);
	if (p->owner < 0 || fcntl(p->owner, F_OFD_SETLK, &lock) < 0)
		return fail_os(err, errno, "lock '%s/%s'", p->base, p->name);
	return true;
}

struct place *place_open(GError **err)
{
	struct place *p = g_new0(struct place, 1);

	p->owner = -1;
	p->base = choose_base();
	/* The last component may well be a link: /tmp is one here and there. */
	p->base_fd = open(p->base, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (p->base_fd < 0) {
		fail_os(err, errno, "open '%s' (TMPDIR names another directory)", p->base);
	} else {
		sweep(p->base_fd);
		if (make_dir(p, err) && lock_dir(p, err)) {
			p->root = g_build_filename(p->base, p->name, "store", NULL);
			return p;
		}
	}
	place_close(p);
	return NULL;
}

void place_close(struct place *p)
{
	if (!p)
		return;
	if (p->name)
		sys_remove_tree(p->base_fd, p->name, NULL);
	close_fd(&p->owner);
	close_fd(&p->base_fd);
	g_free(p->base);
	g_free(p->name);
	g_free(p->root);
	g_free(p);
}
