/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/trash.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/escape.h"
#include "base/sys.h"
#include "base/util.h"
#include "store/internal.h"
#include "store/lock.h"

#define DAY_USEC (G_GINT64_CONSTANT(86400) * G_USEC_PER_SEC)

static bool fail_no_entry(const char *id, GError **err)
{
	return fail(err, VIR_ERR_INVALID_ARG, "no entry '%s' in the trash; see 'trash-list'", id);
}

static bool is_todo(const char *entry)
{
	return g_str_has_suffix(entry, TODO_SUFFIX);
}

/* ---- Opening and taking back ---- */

struct domain_dir *trash_open(struct store *st, const char *id, char **ret_name, GError **err)
{
	g_autofree char *what = g_strdup_printf("trash entry '%s'", id);
	g_autofree char *name = NULL;
	g_autoptr(domain_dir) dd = NULL;
	int fd;

	name = strchr(id, '/') ? NULL : entry_domain(id);
	fd = name ? open_dir_at(st->trash, id) : -1;
	if (fd < 0) {
		if (name && errno != ENOENT && errno != ENOTDIR)
			fail_os(err, errno, "open trash entry '%s'", id);
		else
			fail_no_entry(id, err);
		return NULL;
	}
	dd = domain_dir_new(st, name, id, fd);
	dd->lock_fd = lock_take(fd, "lock", what, st->command, st->lock_wait_ms, err);
	if (dd->lock_fd < 0)
		return NULL;
	if (!same_file_at(dd->fd, st->trash, id)) {
		fail_no_entry(id, err);
		return NULL;
	}
	if (ret_name)
		*ret_name = g_steal_pointer(&name);
	return g_steal_pointer(&dd);
}

bool trash_publish(struct domain_dir *dd, const char *id, const char *name, GError **err)
{
	struct store *st = dd->store;
	g_autofree char *escaped = name_escape(name);
	g_autofree char *what = g_strdup_printf("take back '%s' from the trash", name);
	struct move m = { st->trash, id, st->domains, escaped };
	g_autoptr(GError) why = NULL;

	if (sys_fsync(dd->fd) < 0 || sys_fsync(st->by_uuid) < 0)
		return store_fail(st, err, errno, "%s", what);
	if (!move_commit(st, &m, what, &why)) {
		if (error_is_os(why, EEXIST))
			return fail(err, VIR_ERR_OPERATION_INVALID,
				    "domain '%s' exists; the trash entry was not changed", name);
		g_propagate_error(err, g_steal_pointer(&why));
		return false;
	}
	g_free(dd->name);
	dd->name = g_strdup(name);
	g_clear_pointer(&dd->entry, g_free);
	tombstone_remove(dd, NULL);
	kept_drop_taken(dd);
	return true;
}

bool trash_done(struct store *st, const char *id, GError **err)
{
	g_autofree char *plain = NULL;
	g_autofree char *what = g_strdup_printf("finish trash entry '%s'", id);
	struct move m = { st->trash, id, st->trash, NULL };

	if (!is_todo(id))
		return true;
	m.new_name = plain = g_strndup(id, strlen(id) - strlen(TODO_SUFFIX));
	/* Somebody else may have finished it. */
	if (exists_at(st->trash, id) == 0 && exists_at(st->trash, plain) == 1)
		return true;
	return move_commit(st, &m, what, err);
}

/* ---- Deleting ---- */

static bool delete_entry(struct store *st, const char *id, gint64 *ret_freed, GError **err)
{
	g_autofree char *what = g_strdup_printf("delete trash entry '%s'", id);
	g_autofree char *plain = g_strdup(id), *spare = staging_name();
	g_autofree char *lock = NULL;
	gint64 usec, freed;
	const char *rest;

	if (is_todo(id)) {
		if (!todo_finish(st, id, err))
			return false;
		plain[strlen(plain) - strlen(TODO_SUFFIX)] = '\0';
	}
	if (!entry_parse(plain, &usec, &rest) || exists_at(st->trash, plain) == 0)
		return fail_no_entry(id, err);
	/* Only a look: deleting must work where no lock file can be made any more. */
	lock = g_strconcat(plain, "/lock", NULL);
	if (lock_probe(st->trash, lock) == LOCK_HELD)
		return fail(err, VIR_ERR_RESOURCE_BUSY,
			    "trash entry '%s' is still being worked on; it was not deleted", id);
	freed = disk_usage(st->trash, plain);
	if (!move_commit(st, &(struct move){ st->trash, plain, st->staging, spare }, what, err))
		return false;
	/* What cannot be removed now is swept later. */
	sys_remove_tree(st->staging, spare, NULL);
	if (ret_freed)
		*ret_freed = freed;
	return true;
}

/* "<escaped-domain>/old/<file>" */
static bool delete_old(struct store *st, const char *id, gint64 *ret_freed, GError **err)
{
	g_auto(GStrv) part = g_strsplit(id, "/", 4);
	g_autofree char *dir = NULL;
	auto_close int fd = -1;
	const char *rest;
	gint64 usec, freed;

	if (g_strv_length(part) == 2 && strcmp(part[1], UNDEFINED_XML) == 0)
		return fail(err, VIR_ERR_OPERATION_INVALID,
			    "'%s' belongs to a guest that still runs; it goes into the trash with "
			    "all the rest when the guest ends",
			    id);
	if (g_strv_length(part) != 3 || strcmp(part[1], "old") != 0 || part[0][0] == '.' ||
	    !entry_parse(part[2], &usec, &rest))
		return fail_no_entry(id, err);
	dir = g_strconcat(part[0], "/old", NULL);
	fd = open_dir_at(st->domains, dir);
	if (fd < 0 || exists_at(fd, part[2]) == 0)
		return fail_no_entry(id, err);
	freed = disk_usage(fd, part[2]);
	if (sys_unlinkat(fd, part[2]) < 0 || sys_fsync(fd) < 0)
		return fail_os(err, errno, "delete '%s'", id);
	if (ret_freed)
		*ret_freed = freed;
	return true;
}

bool trash_delete(struct store *st, const char *id, gint64 *ret_freed, GError **err)
{
	return strchr(id, '/') ? delete_old(st, id, ret_freed, err)
			       : delete_entry(st, id, ret_freed, err);
}

static bool is_expired(const char *entry, int days)
{
	const char *rest;
	gint64 usec;

	return entry_parse(entry, &usec, &rest) && usec < now_usec() - days * DAY_USEC;
}

void trash_expire(struct store *st, int days)
{
	g_autoptr(GPtrArray) entries = days > 0 ? dir_names(st->trash, ".") : NULL;

	for (guint i = 0; entries && i < entries->len; i++) {
		if (is_expired(entries->pdata[i], days))
			trash_delete(st, entries->pdata[i], NULL, NULL);
	}
}

void domain_expire(struct domain_dir *dd, int days)
{
	auto_close int old = days > 0 ? open_dir_at(dd->fd, "old") : -1;
	g_autoptr(GPtrArray) files = old >= 0 ? dir_names(old, ".") : NULL;

	for (guint i = 0; files && i < files->len; i++) {
		if (is_expired(files->pdata[i], days))
			sys_unlinkat(old, files->pdata[i]);
	}
}
