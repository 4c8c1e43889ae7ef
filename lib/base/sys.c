/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/sys.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/fault.h"
#include "base/util.h"

#define FILE_MODE 0600
#define DIR_MODE 0700
#define TREE_DEPTH 64
#define COPY_SIZE (1 << 30)
#define BUFFER_SIZE (1 << 20)

/* Every change stands between these two. */
static int before(const char *what, const char *name)
{
	return fault_point("before", what, name);
}

static int after(const char *what, const char *name)
{
	return fault_point("after", what, name);
}

/* ---- Making things ---- */

/* Repair what an odd umask took away from something we just made under `name`. Through O_PATH and
 * /proc, because a plain chmod would follow a symlink that somebody put there meanwhile. */
static int repair_mode(int dirfd, const char *name, mode_t mode)
{
	char path[sizeof("/proc/self/fd/") + 3 * sizeof(int)];
	auto_close int fd = -1;
	struct stat st;

	fd = openat(dirfd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return -1;
	if ((st.st_mode & 0777) == mode)
		return 0;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return chmod(path, mode);
}

int sys_mkdirat(int dirfd, const char *name)
{
	if (before("mkdir", name) < 0)
		return -1;
	if (mkdirat(dirfd, name, DIR_MODE) < 0 || repair_mode(dirfd, name, DIR_MODE) < 0)
		return -1;
	return after("mkdir", name);
}

/* *ret_created tells whether the file is there now and was not before, also on failure. */
static int create_file(int dirfd, const char *name, int flags, bool *ret_created)
{
	auto_close int fd = -1;

	*ret_created = false;
	if (before("create", name) < 0)
		return -1;
	fd = TEMP_FAILURE_RETRY(openat(dirfd, name,
				       flags | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
				       FILE_MODE));
	if (fd < 0)
		return -1;
	*ret_created = true;
	if (fchmod(fd, FILE_MODE) < 0 || after("create", name) < 0)
		return -1;
	return take_fd(&fd);
}

int sys_create(int dirfd, const char *name)
{
	bool created;

	return create_file(dirfd, name, O_WRONLY, &created);
}

/* Open a file of ours that is usually there. Two processes may come to create it at once, hence
 * the loop. O_NONBLOCK: a FIFO under that name must not make us wait. */
static int open_or_create(int dirfd, const char *name, int flags)
{
	auto_close int fd = -1;
	struct stat st;
	bool created;

	do {
		fd = TEMP_FAILURE_RETRY(openat(dirfd, name, flags | O_CLOEXEC | O_NOFOLLOW |
							    O_NONBLOCK | O_NOCTTY));
		if (fd < 0 && errno == ENOENT)
			fd = create_file(dirfd, name, flags, &created);
	} while (fd < 0 && errno == EEXIST);
	if (fd < 0 || fstat(fd, &st) < 0)
		return -1;
	if (!S_ISREG(st.st_mode)) {
		errno = EINVAL;
		return -1;
	}
	return take_fd(&fd);
}

int sys_open_append(int dirfd, const char *name)
{
	return open_or_create(dirfd, name, O_WRONLY | O_APPEND);
}

int sys_open_lockfile(int dirfd, const char *name)
{
	return open_or_create(dirfd, name, O_RDWR);
}

int sys_symlinkat(const char *text, int dirfd, const char *name)
{
	if (before("symlink", name) < 0)
		return -1;
	if (symlinkat(text, dirfd, name) < 0)
		return -1;
	return after("symlink", name);
}

int sys_linkat(int from, const char *name, int to, const char *new_name)
{
	if (before("link", new_name) < 0)
		return -1;
	if (linkat(from, name, to, new_name, 0) < 0)
		return -1;
	return after("link", new_name);
}

/* The address of name in dirfd; /proc escapes the 108 bytes that a socket's path may have. */
static int unix_address(int dirfd, const char *name, struct sockaddr_un *ret_address)
{
	int n;

	memset(ret_address, 0, sizeof(*ret_address));
	ret_address->sun_family = AF_UNIX;
	n = snprintf(ret_address->sun_path, sizeof(ret_address->sun_path), "/proc/self/fd/%d/%s",
		     dirfd, name);
	if (n < (int)sizeof(ret_address->sun_path))
		return 0;
	errno = ENAMETOOLONG;
	return -1;
}

int sys_bind_unix(int dirfd, const char *name)
{
	auto_close int fd = -1;
	struct sockaddr_un address;

	if (unix_address(dirfd, name, &address) < 0 || before("bind", name) < 0)
		return -1;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	/* The socket file gets the mode of the socket less the umask: never wider than 0600. */
	if (fd < 0 || fchmod(fd, FILE_MODE) < 0)
		return -1;
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
		return -1;
	if (repair_mode(dirfd, name, FILE_MODE) < 0 || after("bind", name) < 0)
		return -1;
	return take_fd(&fd);
}

/* ---- Changing and removing ---- */

static int write_all(int fd, const char *data, size_t size)
{
	while (size > 0) {
		ssize_t n = TEMP_FAILURE_RETRY(write(fd, data, size));

		if (n < 0)
			return -1;
		data += n;
		size -= n;
	}
	return 0;
}

static int pwrite_all(int fd, const char *data, size_t size, off_t offset)
{
	while (size > 0) {
		ssize_t n = TEMP_FAILURE_RETRY(pwrite(fd, data, size, offset));

		if (n < 0)
			return -1;
		data += n;
		size -= n;
		offset += n;
	}
	return 0;
}

int sys_write(int fd, const void *data, size_t size)
{
	if (before("write", NULL) < 0 || write_all(fd, data, size) < 0)
		return -1;
	return after("write", NULL);
}

int sys_pwrite(int fd, const void *data, size_t size, off_t offset)
{
	if (before("pwrite", NULL) < 0 || pwrite_all(fd, data, size, offset) < 0)
		return -1;
	return after("pwrite", NULL);
}

static int copy_some(int from, off_t *from_offset, int to, off_t *to_offset, off_t size)
{
	g_autofree char *buffer = NULL;
	ssize_t n = TEMP_FAILURE_RETRY(copy_file_range(from, from_offset, to, to_offset,
						       MIN(size, COPY_SIZE), 0));

	if (n > 0)
		return 0;
	/* Not between these two: by hand. */
	buffer = g_malloc(BUFFER_SIZE);
	n = TEMP_FAILURE_RETRY(pread(from, buffer, MIN(size, BUFFER_SIZE), *from_offset));
	if (n == 0)
		errno = ENODATA; /* it was cut meanwhile */
	if (n <= 0 || pwrite_all(to, buffer, n, *to_offset) < 0)
		return -1;
	*from_offset += n;
	*to_offset += n;
	return 0;
}

static int copy_range(int from, off_t from_offset, int to, off_t to_offset, off_t size)
{
	struct file_clone_range range = { .src_fd = from, .src_offset = from_offset,
					  .src_length = 0, .dest_offset = to_offset };
	off_t end = from_offset + size;

	/* All to the end of the file, which need not be a whole block. */
	if (ioctl(to, FICLONERANGE, &range) == 0)
		return 0;
	while (from_offset < end)
		if (copy_some(from, &from_offset, to, &to_offset, end - from_offset) < 0)
			return -1;
	return 0;
}

int sys_copy_range(int from, off_t from_offset, int to, off_t to_offset, off_t size)
{
	if (before("copy", NULL) < 0 || copy_range(from, from_offset, to, to_offset, size) < 0)
		return -1;
	return after("copy", NULL);
}

int sys_ftruncate(int fd, off_t size)
{
	if (before("truncate", NULL) < 0 || TEMP_FAILURE_RETRY(ftruncate(fd, size)) < 0)
		return -1;
	return after("truncate", NULL);
}

int sys_fsync(int fd)
{
	if (before("fsync", NULL) < 0 || TEMP_FAILURE_RETRY(fsync(fd)) < 0)
		return -1;
	return after("fsync", NULL);
}

int sys_renameat(int from, const char *name, int to, const char *new_name, unsigned int flags)
{
	if (before("rename", name) < 0)
		return -1;
	if (renameat2(from, name, to, new_name, flags) < 0)
		return -1;
	return after("rename", name);
}

int sys_unlinkat(int dirfd, const char *name)
{
	if (before("unlink", name) < 0 || unlinkat(dirfd, name, 0) < 0)
		return -1;
	return after("unlink", name);
}

int sys_rmdirat(int dirfd, const char *name)
{
	if (before("rmdir", name) < 0 || unlinkat(dirfd, name, AT_REMOVEDIR) < 0)
		return -1;
	return after("rmdir", name);
}

int sys_point(const char *name)
{
	return fault_point("at", NULL, name);
}

/* ---- Whole files ---- */

/* Write a file that must not be there yet; on failure remove what was made of it. */
static int put(int dirfd, const char *name, const void *data, size_t size, bool is_durable)
{
	bool created;
	auto_close int fd = create_file(dirfd, name, O_WRONLY, &created);
	int saved;

	if (fd >= 0 && sys_write(fd, data, size) == 0 && (!is_durable || sys_fsync(fd) == 0))
		return 0;
	saved = errno;
	if (created)
		sys_unlinkat(dirfd, name);
	errno = saved;
	return -1;
}

static int replace(int dirfd, const char *name, const void *data, size_t size, bool is_durable)
{
	g_autofree char *spare = g_strconcat(name, ".new~", NULL);
	int rc = put(dirfd, spare, data, size, is_durable);
	int saved;

	/* Left by a process that died here; whoever replaces a file holds its lock. */
	if (rc < 0 && errno == EEXIST && sys_unlinkat(dirfd, spare) == 0)
		rc = put(dirfd, spare, data, size, is_durable);
	if (rc < 0)
		return -1;
	if (sys_renameat(dirfd, spare, dirfd, name, 0) == 0)
		return is_durable ? sys_fsync(dirfd) : 0;
	saved = errno;
	sys_unlinkat(dirfd, spare);
	errno = saved;
	return -1;
}

bool sys_put_file(int dirfd, const char *name, const void *data, size_t size, GError **err)
{
	return put(dirfd, name, data, size, true) == 0 || fail_os(err, errno, "write '%s'", name);
}

bool sys_put_file_volatile(int dirfd, const char *name, const void *data, size_t size,
			   GError **err)
{
	return put(dirfd, name, data, size, false) == 0 || fail_os(err, errno, "write '%s'", name);
}

bool sys_replace_file(int dirfd, const char *name, const void *data, size_t size, GError **err)
{
	return replace(dirfd, name, data, size, true) == 0 ||
	       fail_os(err, errno, "replace '%s'", name);
}

bool sys_replace_file_volatile(int dirfd, const char *name, const void *data, size_t size,
			       GError **err)
{
	return replace(dirfd, name, data, size, false) == 0 ||
	       fail_os(err, errno, "replace '%s'", name);
}

/* ---- Whole trees ---- */

static int remove_tree(int dirfd, const char *name, dev_t device, int depth);

/* Names first, removal after: removing while reading a directory may skip entries. */
static GPtrArray *list_names(DIR *dir)
{
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
	struct dirent *entry;

	for (errno = 0; (entry = readdir(dir)); errno = 0) {
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			g_ptr_array_add(names, g_strdup(entry->d_name));
	}
	if (errno == 0)
		return names;
	g_ptr_array_unref(names);
	return NULL;
}

static int remove_entries(DIR *dir, dev_t device, int depth)
{
	g_autoptr(GPtrArray) names = list_names(dir);

	if (!names)
		return -1;
	for (guint i = 0; i < names->len; i++) {
		if (remove_tree(dirfd(dir), names->pdata[i], device, depth + 1) < 0)
			return -1;
	}
	return 0;
}

static int remove_below(int dirfd, const char *name, dev_t device, int depth)
{
	auto_close int fd = open_dir_at(dirfd, name);
	struct stat st;
	DIR *dir;
	int rc, saved;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -1;
	errno = st.st_dev != device ? EXDEV : ELOOP;
	if (st.st_dev != device || depth >= TREE_DEPTH)
		return -1;
	dir = fdopendir(fd);
	if (!dir)
		return -1;
	take_fd(&fd);
	rc = remove_entries(dir, device, depth);
	saved = errno;
	closedir(dir);
	errno = saved;
	return rc;
}

static int remove_tree(int dirfd, const char *name, dev_t device, int depth)
{
	struct stat st;

	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : -1;
	if (!S_ISDIR(st.st_mode))
		return sys_unlinkat(dirfd, name);
	if (remove_below(dirfd, name, device, depth) < 0)
		return -1;
	return sys_rmdirat(dirfd, name);
}

bool sys_remove_tree(int dirfd, const char *name, GError **err)
{
	g_autofree char *parent = g_path_get_dirname(name);
	struct stat st;

	if (fstatat(dirfd, parent, &st, 0) < 0 ||
	    remove_tree(dirfd, name, st.st_dev, 0) < 0)
		return fail_os(err, errno, "remove '%s'", name);
	return true;
}
