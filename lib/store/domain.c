/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/domain.h"

#include <errno.h>
#include <sys/stat.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/escape.h"
#include "base/phrases.h"
#include "base/sys.h"
#include "base/util.h"
#include "store/internal.h"
#include "store/lock.h"
#include "store/trash.h"

/* ---- Opening and locking ---- */

struct domain_dir *domain_dir_new(struct store *st, const char *name, const char *entry,
				  int take_fd)
{
	struct domain_dir *dd = g_new0(struct domain_dir, 1);

	dd->store = st;
	dd->name = g_strdup(name);
	dd->entry = g_strdup(entry);
	dd->fd = take_fd;
	dd->lock_fd = -1;
	return dd;
}

void domain_close(struct domain_dir *dd)
{
	if (!dd)
		return;
	close_fd(&dd->fd);
	close_fd(&dd->lock_fd);
	g_free(dd->name);
	g_free(dd->entry);
	g_free(dd->kept_uuid);
	g_free(dd);
}

bool is_staged(const struct domain_dir *dd)
{
	return !dd->name;
}

const char *dir_label(const struct domain_dir *dd)
{
	return dd->name ? dd->name : "(new)";
}

struct domain_dir *domain_open(struct store *st, const char *name, GError **err)
{
	g_autofree char *escaped = name_escape(name);
	int fd = -1;

	errno = ENOENT;
	if (st->domains >= 0 && !strchr(name, '/'))
		fd = open_dir_at(st->domains, escaped);
	if (fd >= 0)
		return domain_dir_new(st, name, NULL, fd);
	if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP || errno == ENAMETOOLONG)
		fail(err, VIR_ERR_NO_DOMAIN, PHRASE_NO_DOMAIN_NAME, name);
	else
		fail_os(err, errno, "open the directory of domain '%s'", name);
	return NULL;
}

static bool is_another(int a, int b)
{
	struct stat x, y;

	return fstat(a, &x) < 0 || fstat(b, &y) < 0 || x.st_dev != y.st_dev || x.st_ino != y.st_ino;
}

/* Lock, then ask whether the locked directory is still the one of that name: somebody may have
 * renamed or retired it meanwhile. */
static struct domain_dir *lock_within(struct store *st, const char *name, gint64 wait_ms,
				      GError **err)
{
	g_autofree char *what = g_strdup_printf("domain '%s'", name);
	g_autofree char *escaped = name_escape(name);
	gint64 deadline = mono_ms() + wait_ms;
	g_autoptr(domain_dir) first = NULL;

	for (;;) {
		g_autoptr(domain_dir) dd = domain_open(st, name, err);

		if (!dd)
			return NULL;
		dd->lock_fd = lock_take(dd->fd, "lock", what, st->command,
					MAX(deadline - mono_ms(), 0), err);
		if (dd->lock_fd < 0) {
			store_explain(st, err);
			return NULL;
		}
		if (first && is_another(first->fd, dd->fd)) {
			fail(err, VIR_ERR_OPERATION_FAILED,
			     "domain '%s' was replaced by another one while this command waited "
			     "for it; nothing was changed",
			     name);
			return NULL;
		}
		if (same_file_at(dd->fd, st->domains, escaped))
			return g_steal_pointer(&dd);
		if (!first)
			first = g_steal_pointer(&dd);
	}
}

struct domain_dir *domain_lock(struct store *st, const char *name, GError **err)
{
	return lock_within(st, name, st->lock_wait_ms, err);
}

struct domain_dir *domain_try_lock(struct store *st, const char *name, GError **err)
{
	return lock_within(st, name, 0, err);
}

/* ---- Making a domain ---- */

static struct domain_dir *stage_once(struct store *st, GError **err)
{
	g_autofree char *entry = staging_name();
	g_autoptr(domain_dir) dd = NULL;
	int fd;

	if (sys_mkdirat(st->staging, entry) < 0) {
		store_fail(st, err, errno, "make a directory in '%s/staging'", st->root);
		return NULL;
	}
	fd = open_dir_at(st->staging, entry);
	if (fd < 0) {
		fail_os(err, errno, "open a directory in '%s/staging'", st->root);
		return NULL;
	}
	dd = domain_dir_new(st, NULL, entry, fd);
	dd->lock_fd = lock_take(fd, "lock", "a new directory", st->command, 0, err);
	if (dd->lock_fd < 0) {
		sys_remove_tree(st->staging, entry, NULL);
		store_explain(st, err);
		return NULL;
	}
	return g_steal_pointer(&dd);
}

/* A sweeper may come between the making of the lock file and the lock: then once more. */
struct domain_dir *staging_new(struct store *st, GError **err)
{
	for (;;) {
		g_autoptr(domain_dir) dd = stage_once(st, err);

		if (!dd)
			return NULL;
		if (same_file_at(dd->fd, st->staging, dd->entry))
			return g_steal_pointer(&dd);
	}
}

bool staging_publish(struct domain_dir *dd, const char *name, GError **err)
{
	struct store *st = dd->store;
	g_autofree char *escaped = name_escape(name);
	g_autofree char *what = g_strdup_printf("publish domain '%s'", name);
	struct move m = { st->staging, dd->entry, st->domains, escaped };
	g_autoptr(GError) why = NULL;

	if ((!sync_at(dd->fd, DOMAIN_XML) && errno != ENOENT) || sys_fsync(dd->fd) < 0 ||
	    sys_fsync(st->by_uuid) < 0)
		return store_fail(st, err, errno, "%s", what);
	if (move_commit(st, &m, what, &why)) {
		dd->name = g_strdup(name);
		g_clear_pointer(&dd->entry, g_free);
		kept_drop_taken(dd);
		return true;
	}
	if (error_is_os(why, EEXIST))
		return fail(err, VIR_ERR_OPERATION_FAILED, "domain '%s' already exists", name);
	g_propagate_error(err, g_steal_pointer(&why));
	return false;
}

void staging_drop(struct domain_dir *take_dd)
{
	if (take_dd && is_staged(take_dd))
		sys_remove_tree(take_dd->store->staging, take_dd->entry, NULL);
	domain_close(take_dd);
}

bool domain_move(struct domain_dir *dd, const char *new_name, GError **err)
{
	struct store *st = dd->store;
	g_autofree char *from = name_escape(dd->name), *to = name_escape(new_name);
	g_autofree char *what = g_strdup_printf("rename domain '%s' to '%s'", dd->name, new_name);
	struct move m = { st->domains, from, st->domains, to };
	g_autoptr(GError) why = NULL;

	if (sys_fsync(st->by_uuid) < 0)
		return store_fail(st, err, errno, "%s", what);
	if (move_commit(st, &m, what, &why)) {
		g_free(dd->name);
		dd->name = g_strdup(new_name);
		return true;
	}
	if (error_is_os(why, EEXIST))
		return fail(err, VIR_ERR_OPERATION_INVALID, "domain '%s' already exists", new_name);
	g_propagate_error(err, g_steal_pointer(&why));
	return false;
}
