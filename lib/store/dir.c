/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/sys.h"
#include "base/util.h"
#include "store/internal.h"

#define TREE_DEPTH 64

static bool read_names(DIR *dir, GPtrArray *names)
{
	struct dirent *entry;

	for (errno = 0; (entry = readdir(dir)); errno = 0) {
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			g_ptr_array_add(names, g_strdup(entry->d_name));
	}
	return errno == 0;
}

GPtrArray *dir_names(int dirfd, const char *name)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	auto_close int fd = open_dir_at(dirfd, name);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	bool is_read;
	int saved;

	if (!dir)
		return NULL;
	take_fd(&fd);
	is_read = read_names(dir, names);
	saved = errno;
	closedir(dir);
	errno = saved;
	return is_read ? g_steal_pointer(&names) : NULL;
}

static gint64 usage_of(int dirfd, const char *name, int depth)
{
	g_autoptr(GPtrArray) names = NULL;
	auto_close int fd = -1;
	struct stat st;
	gint64 sum;

	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return 0;
	sum = (gint64)st.st_blocks * 512;
	if (!S_ISDIR(st.st_mode) || depth >= TREE_DEPTH)
		return sum;
	fd = open_dir_at(dirfd, name);
	names = fd < 0 ? NULL : dir_names(fd, ".");
	for (guint i = 0; names && i < names->len; i++)
		sum += usage_of(fd, names->pdata[i], depth + 1);
	return sum;
}

gint64 disk_usage(int dirfd, const char *name)
{
	return usage_of(dirfd, name, 0);
}

int open_made_dir(int dirfd, const char *name)
{
	int fd = open_dir_at(dirfd, name);

	if (fd >= 0 || errno != ENOENT)
		return fd;
	if ((sys_mkdirat(dirfd, name) < 0 && errno != EEXIST) || sys_fsync(dirfd) < 0)
		return -1;
	return open_dir_at(dirfd, name);
}

bool sync_at(int dirfd, const char *name)
{
	auto_close int fd = open_file_at(dirfd, name);

	return fd >= 0 && sys_fsync(fd) == 0;
}

char *staging_name(void)
{
	return g_strdup_printf("%" G_GINT64_FORMAT "-%d-%08x", now_usec(), (int)getpid(),
			       g_random_int());
}
