/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/sys.h"
#include "base/util.h"
#include "store/internal.h"
#include "store/lock.h"
#include "store/trash.h"

#define YOUNG_SEC 60

/* ---- staging/ ---- */

static bool is_old(const struct stat *info)
{
	return now_sec() - info->st_ctime > YOUNG_SEC;
}

/* A guest that was started in here and never published is nobody's. */
static bool kill_guests(int entry)
{
	g_autoptr(GPtrArray) names = dir_names(entry, ".");

	for (guint i = 0; names && i < names->len; i++) {
		const char *name = names->pdata[i];
		bool is_run = strcmp(name, "run") == 0 || g_str_has_prefix(name, "run.");

		if (is_run && !run_kill(entry, name))
			return false;
	}
	return names;
}

/* Is the entry left by somebody who is gone? *ret_lock is held then, when there is a lock file. */
static bool is_left(int staging, const char *name, int entry, const struct stat *info,
		    int *ret_lock)
{
	if (exists_at(entry, "lock") == 0)
		return is_old(info);
	*ret_lock = sys_open_lockfile(entry, "lock");
	/* It may have been published between our look and our lock. */
	return *ret_lock >= 0 && lock_fd_try(*ret_lock) && same_file_at(entry, staging, name);
}

static void sweep_entry(int staging, const char *name)
{
	auto_close int entry = -1, lock = -1;
	struct stat info;

	if (fstatat(staging, name, &info, AT_SYMLINK_NOFOLLOW) < 0)
		return;
	if (!S_ISDIR(info.st_mode)) {
		if (is_old(&info))
			sys_unlinkat(staging, name);
		return;
	}
	entry = open_dir_at(staging, name);
	if (entry >= 0 && is_left(staging, name, entry, &info, &lock) && kill_guests(entry))
		sys_remove_tree(staging, name, NULL);
}

/* ---- Outside files ---- */

#define OUTSIDE_MAX (64 << 20)

static bool has_copied_content(int dir, const char *base, int entry)
{
	g_autofree char *copy = NULL, *there = NULL;
	size_t copy_size, size;

	return read_file_at(entry, "nvram.fd", OUTSIDE_MAX, &copy, &copy_size, NULL) &&
	       read_file_at(dir, base, OUTSIDE_MAX, &there, &size, NULL) && size == copy_size &&
	       memcmp(copy, there, size) == 0;
}

bool outside_remove(int entry_fd, const char *path, GError **err)
{
	g_autofree char *parent = g_path_get_dirname(path);
	g_autofree char *base = g_path_get_basename(path);
	auto_close int dir = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat info;

	if (dir < 0 && errno == ENOENT)
		return true;
	if (dir < 0 || (fstatat(dir, base, &info, AT_SYMLINK_NOFOLLOW) < 0 && errno != ENOENT))
		return fail_os(err, errno, "look at '%s'", path);
	if (fstatat(dir, base, &info, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(info.st_mode) ||
	    !has_copied_content(dir, base, entry_fd))
		return true;
	if ((sys_unlinkat(dir, base) < 0 && errno != ENOENT) || sys_fsync(dir) < 0)
		return fail_os(err, errno, "remove '%s'", path);
	return true;
}

static bool unlink_listed(int entry, json_object *paths, GError **err)
{
	for (size_t i = 0; i < json_object_array_length(paths); i++) {
		const char *path = json_object_get_string(json_object_array_get_idx(paths, i));

		if (path && g_path_is_absolute(path) && !outside_remove(entry, path, err))
			return false;
	}
	return true;
}

/* What `keep` wishes, when whoever retired the entry was killed before he moved it. */
static bool keep_wished(struct domain_dir *dd, const char *uuid, GError **err)
{
	bool nvram, tpm;

	return domain_get_keep(dd, &nvram, &tpm, err) && kept_put(dd, uuid, nvram, tpm, err);
}

/* Repeatable steps as its tombstone tells them; on error the entry keeps its mark. */
static bool finish_work(struct domain_dir *dd, json_object *tombstone, GError **err)
{
	json_object *paths;
	const char *uuid;

	if (json_get_string(tombstone, "uuid", &uuid) && !keep_wished(dd, uuid, err))
		return false;
	return !json_get_array(tombstone, "outside_files", &paths) || unlink_listed(dd->fd, paths, err);
}

bool todo_finish(struct store *st, const char *entry, GError **err)
{
	g_autofree char *name = entry_domain(entry);
	g_autoptr(domain_dir) dd = NULL;
	g_autoptr(json_object) obj = NULL;
	g_autoptr(GError) why = NULL;
	int fd = open_dir_at(st->trash, entry);

	if (fd < 0)
		return fail_os(err, errno, "open trash entry '%s'", entry);
	dd = domain_dir_new(st, name, entry, fd);
	obj = json_read_file(fd, TOMBSTONE, &why);
	/* It is left out only where it lists no files. */
	if (obj ? finish_work(dd, obj, &why) : error_is_os(why, ENOENT))
		return trash_done(st, entry, err);
	g_propagate_error(err, g_steal_pointer(&why));
	return fail_prefix(err, "unfinished work of trash entry '%s'", entry);
}

/* Whoever retired it still works on it as long as he holds its lock. */
static void sweep_todo(struct store *st, const char *entry)
{
	g_autofree char *lock = g_strconcat(entry, "/lock", NULL);

	if (lock_probe(st->trash, lock) != LOCK_HELD)
		todo_finish(st, entry, NULL);
}

static void add_leftovers(struct store *st, const char *dir, const char *suffix, GPtrArray *found)
{
	auto_close int fd = open_dir_at(st->fd, dir);
	g_autoptr(GPtrArray) names = fd < 0 ? NULL : dir_names(fd, ".");

	for (guint i = 0; names && i < names->len; i++) {
		const char *name = names->pdata[i];
		g_autofree char *lock = g_strconcat(name, "/lock", NULL);
		struct stat info;

		if (!g_str_has_suffix(name, suffix) || lock_probe(fd, lock) == LOCK_HELD ||
		    fstatat(fd, name, &info, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		if (exists_at(fd, lock) == 1 || *suffix || is_old(&info))
			g_ptr_array_add(found, g_strconcat(dir, "/", name, NULL));
	}
}

GPtrArray *store_leftovers(struct store *st)
{
	GPtrArray *found = g_ptr_array_new_with_free_func(g_free);

	if (st->fd < 0)
		return found;
	add_leftovers(st, "staging", "", found);
	add_leftovers(st, "trash", TODO_SUFFIX, found);
	return found;
}

void store_sweep(struct store *st)
{
	g_autoptr(GPtrArray) staged = dir_names(st->staging, ".");
	g_autoptr(GPtrArray) entries = dir_names(st->trash, ".");

	for (guint i = 0; staged && i < staged->len; i++)
		sweep_entry(st->staging, staged->pdata[i]);
	for (guint i = 0; entries && i < entries->len; i++) {
		if (g_str_has_suffix(entries->pdata[i], TODO_SUFFIX))
			sweep_todo(st, entries->pdata[i]);
	}
}
