/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/sys.h"
#include "base/util.h"
#include "store/internal.h"
#include "store/lock.h"

#define FORMAT_FILE "format"
#define FORMAT 1
#define LOCK_WAIT_MS 10000

/* ---- Errors ---- */

bool is_disk_full(int errnum)
{
	return errnum == ENOSPC || errnum == EDQUOT;
}

bool store_explain(struct store *st, GError **err)
{
	g_autofree char *size = NULL;
	char *text;

	if (!err || !*err || (*err)->domain != OS_ERROR || !is_disk_full((*err)->code))
		return false;
	size = format_size(store_trash_size(st));
	text = g_strdup_printf("%s; the trash holds %s, 'trash-empty' frees it", (*err)->message,
			       size);
	g_free((*err)->message);
	(*err)->message = text;
	return false;
}

bool store_fail(struct store *st, GError **err, int errnum, const char *fmt, ...)
{
	g_autofree char *text = NULL;
	va_list args;

	va_start(args, fmt);
	text = g_strdup_vprintf(fmt, args);
	va_end(args);
	fail_os(err, errnum, "%s", text);
	return store_explain(st, err);
}

/* ---- Is this root fit to be a store? ---- */

/* Where locks or renames are not what they are on a local disk. Numbers from statfs(2). */
static const struct {
	unsigned int magic;
	const char *name;
} unfit_file_systems[] = {
	{ 0x00006969, "NFS" },  { 0x0000517b, "SMB" }, { 0xff534d42, "CIFS" },
	{ 0xfe534d42, "SMB2" }, { 0x01021997, "9p" },  { 0x65735546, "FUSE" },
};

static bool check_file_system(struct store *st, GError **err)
{
	struct statfs fs;

	if (fstatfs(st->fd, &fs) < 0)
		return fail_os(err, errno, "look at the file system of '%s'", st->root);
	for (size_t i = 0; i < G_N_ELEMENTS(unfit_file_systems); i++) {
		if ((unsigned int)fs.f_type == unfit_file_systems[i].magic)
			return fail(err, VIR_ERR_OPERATION_UNSUPPORTED,
				    "the store '%s' is on %s, where locks and renames cannot be "
				    "relied on; use a directory on a local disk "
				    "(qemu:///embed?root=DIR)",
				    st->root, unfit_file_systems[i].name);
	}
	return true;
}

static bool check_owner(struct store *st, GError **err)
{
	struct stat info;

	if (fstat(st->fd, &info) < 0)
		return fail_os(err, errno, "look at the store '%s'", st->root);
	if (info.st_uid != geteuid())
		return fail(err, VIR_ERR_OPERATION_DENIED,
			    "the store '%s' belongs to user %u, not to you (%u); use a root of "
			    "your own",
			    st->root, (unsigned int)info.st_uid, (unsigned int)geteuid());
	if (info.st_mode & (S_IWGRP | S_IWOTH))
		return fail(err, VIR_ERR_OPERATION_DENIED,
			    "others may write to the store '%s'; look at what is in it, then "
			    "'chmod go-w' it",
			    st->root);
	return true;
}

/* A store of a later domsh may mean something else by the same names. */
static bool check_format(struct store *st, bool *ret_is_there, GError **err)
{
	g_autofree char *text = NULL;
	g_autoptr(GError) why = NULL;
	char *end;

	*ret_is_there = read_file_at(st->fd, FORMAT_FILE, 64, &text, NULL, &why);
	if (error_is_os(why, ENOENT))
		return true;
	if (!text) {
		g_propagate_error(err, g_steal_pointer(&why));
		return fail_prefix(err, "store '%s'", st->root);
	}
	if (strtoul(text, &end, 10) == FORMAT && *g_strchug(end) == '\0')
		return true;
	text[strcspn(text, "\n")] = '\0';
	return fail(err, VIR_ERR_OPERATION_UNSUPPORTED,
		    "the store '%s' has format '%.20s', this domsh knows only %d; nothing was "
		    "changed; use the domsh that made it",
		    st->root, text, FORMAT);
}

/* True with st->fd -1 when there is no root. */
static bool open_root(struct store *st, GError **err)
{
	struct stat info;

	st->fd = open_dir_at(AT_FDCWD, st->root);
	if (st->fd >= 0)
		return check_owner(st, err) && check_file_system(st, err);
	if (errno == ENOENT)
		return true;
	if ((errno != ENOTDIR && errno != ELOOP) || lstat(st->root, &info) < 0)
		return fail_os(err, errno, "open the store '%s'", st->root);
	if (S_ISLNK(info.st_mode))
		return fail(err, VIR_ERR_OPERATION_DENIED,
			    "the store '%s' is a symbolic link; name the directory itself",
			    st->root);
	return fail(err, VIR_ERR_OPERATION_DENIED, "the store '%s' is not a directory", st->root);
}

/* ---- Making one ---- */

/* Make one directory, durable if its parent may be read (a parent of mode 0711 may not). */
static bool make_dir(const char *path, GError **err)
{
	g_autofree char *parent = g_path_get_dirname(path);
	g_autofree char *name = g_path_get_basename(path);
	auto_close int fd = open(parent, O_PATH | O_DIRECTORY | O_CLOEXEC);
	auto_close int readable = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || (sys_mkdirat(fd, name) < 0 && errno != EEXIST))
		return fail_os(err, errno, "make the directory '%s'", path);
	if (readable >= 0 && sys_fsync(readable) < 0)
		return fail_os(err, errno, "make the directory '%s' durable", path);
	return true;
}

static bool make_root(const char *path, GError **err)
{
	g_autofree char *parent = g_path_get_dirname(path);

	if (access(parent, F_OK) < 0 && errno == ENOENT && !make_root(parent, err))
		return false;
	return make_dir(path, err);
}

/* The file system types that lack it are many; so one try, once in the life of a store. */
static bool check_noreplace(struct store *st, GError **err)
{
	g_autofree char *from = staging_name(), *to = staging_name();
	int rc, saved;

	if (sys_mkdirat(st->staging, from) < 0)
		return store_fail(st, err, errno, "write to the store '%s'", st->root);
	rc = sys_renameat(st->staging, from, st->staging, to, RENAME_NOREPLACE);
	saved = errno;
	if (sys_rmdirat(st->staging, to) < 0)
		sys_rmdirat(st->staging, from);
	if (rc == 0)
		return true;
	if (saved != EINVAL && saved != ENOSYS && saved != EOPNOTSUPP)
		return store_fail(st, err, saved, "write to the store '%s'", st->root);
	return fail(err, VIR_ERR_OPERATION_UNSUPPORTED,
		    "the file system of the store '%s' cannot rename without replacing; use a "
		    "directory on a local disk (qemu:///embed?root=DIR)",
		    st->root);
}

/* One that was taken away is not made again in passing: an empty by-uuid/ would say that each uuid
 * is free. */
static bool dir_failed(struct store *st, const char *name, GError **err)
{
	if (errno != ENOENT)
		return fail_os(err, errno, "open '%s/%s'", st->root, name);
	return fail(err, VIR_ERR_INTERNAL_ERROR,
		    "'%s/%s' is missing from the store; nothing was changed. 'mkdir -m 700 %s/%s' and "
		    "then 'domsh doctor --fix' put it in order",
		    st->root, name, st->root, name);
}

static bool open_dirs(struct store *st, bool create, GError **err)
{
	const struct {
		int *fd;
		const char *name;
	} dirs[] = {
		{ &st->domains, "domains" }, { &st->by_uuid, "by-uuid" },
		{ &st->staging, "staging" }, { &st->trash, "trash" },
		{ &st->kept, "kept" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(dirs); i++) {
		if (*dirs[i].fd >= 0)
			continue;
		if (create && sys_mkdirat(st->fd, dirs[i].name) < 0 && errno != EEXIST)
			return store_fail(st, err, errno, "make '%s/%s'", st->root, dirs[i].name);
		*dirs[i].fd = open_dir_at(st->fd, dirs[i].name);
		if (*dirs[i].fd < 0)
			return dir_failed(st, dirs[i].name, err);
	}
	return true;
}

/* The format file comes last: while it is missing the next one does all of this again. */
static bool make_store(struct store *st, GError **err)
{
	g_autofree char *what = g_strdup_printf("the store '%s'", st->root);
	auto_close int lock = lock_take(st->fd, "lock", what, st->command, st->lock_wait_ms, err);

	if (lock < 0)
		return store_explain(st, err);
	if (!open_dirs(st, true, err) || !check_noreplace(st, err))
		return false;
	if (!sys_replace_file(st->fd, FORMAT_FILE, G_STRINGIFY(FORMAT) "\n", 2, err))
		return store_explain(st, err);
	return true;
}

bool store_ensure(struct store *st, GError **err)
{
	bool is_made;

	if (st->fd < 0 && (!make_root(st->root, err) || !open_root(st, err)))
		return false;
	if (st->fd < 0)
		return fail_os(err, ENOENT, "open the store '%s'", st->root);
	if (!check_format(st, &is_made, err))
		return false;
	return is_made ? open_dirs(st, false, err) : make_store(st, err);
}

/* ---- Opening ---- */

/* Absolute, and without a slash at the end, which would make the kernel follow a symlink. */
static char *clean_root(const char *root)
{
	g_autofree char *cwd = g_path_is_absolute(root) ? NULL : g_get_current_dir();
	char *path = cwd ? g_build_filename(cwd, root, NULL) : g_strdup(root);

	for (size_t n = strlen(path); n > 1 && path[n - 1] == '/'; n--)
		path[n - 1] = '\0';
	return path;
}

static bool open_for_reading(struct store *st, GError **err)
{
	struct stat domains;
	bool is_made;

	if (!open_root(st, err))
		return false;
	if (st->fd < 0)
		return true;
	if (!check_format(st, &is_made, err))
		return false;
	st->domains = open_dir_at(st->fd, "domains");
	if (st->domains < 0 && errno == ENOENT)
		return true;
	if (st->domains < 0 || fstat(st->domains, &domains) < 0)
		return fail_os(err, errno, "open '%s/domains'", st->root);
	st->dev = domains.st_dev;
	st->ino = domains.st_ino;
	return true;
}

struct store *store_open(const char *root, bool create, const char *command, GError **err)
{
	g_autoptr(store) st = g_new0(struct store, 1);

	st->n_refs = 1;
	st->fd = st->domains = st->by_uuid = st->staging = st->trash = st->kept = -1;
	st->lock_wait_ms = LOCK_WAIT_MS;
	st->root = clean_root(root);
	st->command = g_strdup(command);
	if (!open_for_reading(st, err))
		return NULL;
	if (create && !store_ensure(st, err))
		return NULL;
	return g_steal_pointer(&st);
}

struct store *store_ref(struct store *st)
{
	g_atomic_int_inc(&st->n_refs);
	return st;
}

bool store_is_there(const struct store *st)
{
	g_autofree char *path = g_strconcat(st->root, "/domains", NULL);
	struct stat now;

	return st->domains >= 0 && fstatat(AT_FDCWD, path, &now, AT_SYMLINK_NOFOLLOW) == 0 &&
	       now.st_dev == st->dev && now.st_ino == st->ino;
}

void store_close(struct store *st)
{
	if (!st || !g_atomic_int_dec_and_test(&st->n_refs))
		return;
	close_fd(&st->fd);
	close_fd(&st->domains);
	close_fd(&st->by_uuid);
	close_fd(&st->staging);
	close_fd(&st->trash);
	close_fd(&st->kept);
	g_free(st->root);
	g_free((char *)st->command);
	g_free(st);
}

int store_lock(struct store *st, GError **err)
{
	g_autofree char *what = g_strdup_printf("the store '%s'", st->root);
	int fd = lock_take(st->fd, "lock", what, st->command, st->lock_wait_ms, err);

	if (fd < 0) {
		store_explain(st, err);
		return -1;
	}
	store_sweep(st);
	return fd;
}

gint64 store_trash_size(struct store *st)
{
	return st->fd < 0 ? 0 : disk_usage(st->fd, "trash");
}
