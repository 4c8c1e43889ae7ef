/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/sys.h"
#include "base/util.h"
#include "store/internal.h"

#define KEEP_EACH 10
#define KEEP_IMAGES 1
#define IMAGE_KIND "managed-save"

static int newest_first(gconstpointer a, gconstpointer b)
{
	return strcmp(*(char *const *)b, *(char *const *)a);
}

static GPtrArray *old_names(int old)
{
	GPtrArray *names = dir_names(old, ".");

	if (names)
		g_ptr_array_sort(names, newest_first);
	return names;
}

/* A clock that was set back must not make the newest look like the oldest, which goes first. The
 * gap tells this sweep from the one before. */
static gint64 next_usec(int old)
{
	g_autoptr(GPtrArray) names = old_names(old);
	gint64 usec = now_usec(), newest;
	const char *rest;

	if (names && names->len > 0 && entry_parse(names->pdata[0], &newest, &rest))
		usec = MAX(usec, newest + 2);
	return usec;
}

bool archive_open(struct domain_dir *dd, struct archive *ret_old, GError **err)
{
	int fd = open_made_dir(dd->fd, "old");

	if (fd < 0)
		return store_fail(dd->store, err, errno, "make old/ of '%s'", dir_label(dd));
	dd->has_archived = true;
	*ret_old = (struct archive){ fd, next_usec(fd) };
	return true;
}

void archive_close(struct archive *old)
{
	close_fd(&old->fd);
}

static char *new_name(struct archive *old, const char *what)
{
	return g_strdup_printf("%016" G_GINT64_FORMAT "~%s", old->next++, what);
}

/* "snapshot-<name>" is of the kind "snapshot". */
static char *kind_of(const char *what)
{
	if (strcmp(what, IMAGE_KIND) == 0)
		return g_strdup(what);
	return g_strndup(what, strcspn(what, "-"));
}

/* Is there room for it? What came together (its numbers follow each other) counts once. */
static bool count_one(GHashTable *counts, const char *what, bool is_together)
{
	char *kind = kind_of(what);
	int max = strcmp(kind, IMAGE_KIND) == 0 ? KEEP_IMAGES : KEEP_EACH;
	int n = GPOINTER_TO_INT(g_hash_table_lookup(counts, kind));

	if (n == 0 || !is_together)
		n++;
	g_hash_table_insert(counts, kind, GINT_TO_POINTER(n));
	return n <= max;
}

void archive_prune(struct archive *old)
{
	g_autoptr(GHashTable) counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	g_autoptr(GPtrArray) names = old_names(old->fd);
	gint64 usec, newer = G_MAXINT64;
	const char *what;

	for (guint i = 0; names && i < names->len; i++) {
		if (!entry_parse(names->pdata[i], &usec, &what))
			continue;
		if (!count_one(counts, what, usec == newer - 1))
			sys_unlinkat(old->fd, names->pdata[i]);
		newer = usec;
	}
}

bool archive_move(struct domain_dir *dd, int dir, const char *file, const char *what,
		  struct archive *old, GError **err)
{
	g_autofree char *kept = new_name(old, what);

	if (sys_renameat(dir, file, old->fd, kept, RENAME_NOREPLACE) == 0 || errno == ENOENT)
		return true;
	return store_fail(dd->store, err, errno, "move '%s' of '%s' to its old/", file,
			  dir_label(dd));
}

/* *ret_kept: the new link in old/. */
static bool archive_link(struct domain_dir *dd, int dir, const char *file, const char *what,
			 struct archive *old, char **ret_kept, GError **err)
{
	g_autofree char *kept = new_name(old, what);

	if (sys_linkat(dir, file, old->fd, kept) == 0 && sys_fsync(old->fd) == 0) {
		*ret_kept = g_steal_pointer(&kept);
		return true;
	}
	store_fail(dd->store, err, errno, "keep '%s' of '%s' in its old/", file, dir_label(dd));
	if (exists_at(old->fd, kept) == 1)
		sys_unlinkat(old->fd, kept);
	return false;
}

/* No old/ is made where there is nothing to keep. */
static bool archive_replaced(struct domain_dir *dd, const struct renewal *r, struct archive *old,
			     char **ret_kept, GError **err)
{
	int there = exists_at(r->dir, r->name);

	if (there < 0)
		return fail_os(err, errno, "look at '%s' of '%s'", r->name, dir_label(dd));
	return there == 0 || (archive_open(dd, old, err) &&
			      archive_link(dd, r->dir, r->name, r->kind, old, ret_kept, err));
}

bool archive_and_replace(struct domain_dir *dd, const struct renewal *r, GError **err)
{
	struct replacement c = {
		.dir = r->dir, .spare = r->spare, .name = r->name, .is_staged = is_staged(dd)
	};
	g_autofree char *kept = NULL;
	auto_archive old = { .fd = -1 };

	if (!archive_replaced(dd, r, &old, &kept, err)) {
		sys_unlinkat(r->dir, r->spare);
		return false;
	}
	c.old = old.fd;
	c.kept = kept;
	if (!replace_commit(dd->store, &c, r->what, err))
		return false;
	if (old.fd >= 0)
		archive_prune(&old);
	return true;
}

/* ---- Whole operations ---- */

bool domain_archive(struct domain_dir *dd, const char *file, const char *what, char **ret_entry,
		    GError **err)
{
	g_autofree char *operation =
		g_strdup_printf("move '%s' of '%s' to its old/", file, dir_label(dd));
	g_autofree char *kept = NULL;
	auto_archive old = { .fd = -1 };
	int there = exists_at(dd->fd, file);

	if (there < 0)
		return fail_os(err, errno, "look at '%s' of '%s'", file, dir_label(dd));
	if (there > 0) {
		struct move m = { dd->fd, file, -1, NULL };

		if (!archive_open(dd, &old, err))
			return false;
		m.to = old.fd;
		m.new_name = kept = new_name(&old, what);
		if (!move_commit(dd->store, &m, operation, err))
			return false;
		archive_prune(&old);
	}
	if (ret_entry)
		*ret_entry = g_steal_pointer(&kept);
	return true;
}

bool domain_archive_copy(struct domain_dir *dd, const char *file, const char *what, GError **err)
{
	g_autofree char *kept = NULL;
	auto_archive old = { .fd = -1 };

	if (!archive_open(dd, &old, err) || !archive_link(dd, dd->fd, file, what, &old, &kept, err))
		return false;
	archive_prune(&old);
	return true;
}

/* By way of a spare name: half a text must not look like one that was kept. */
bool domain_archive_text(struct domain_dir *dd, const char *text, const char *what,
			 char **ret_entry, GError **err)
{
	g_autofree char *spare = g_strconcat(what, ".new~", NULL);

	if (exists_at(dd->fd, spare) == 1)
		sys_unlinkat(dd->fd, spare);
	if (!sys_put_file(dd->fd, spare, text, strlen(text), err))
		return store_explain(dd->store, err);
	if (domain_archive(dd, spare, what, ret_entry, err))
		return true;
	sys_unlinkat(dd->fd, spare);
	return false;
}

void domain_unarchive_text(struct domain_dir *dd, const char *entry)
{
	auto_close int old = open_dir_at(dd->fd, "old");

	if (old >= 0)
		sys_unlinkat(old, entry);
}

bool domain_unarchive(struct domain_dir *dd, const char *entry, const char *file, GError **err)
{
	g_autofree char *what = g_strdup_printf("take '%s' of '%s' back", entry, dir_label(dd));
	auto_close int old = open_dir_at(dd->fd, "old");
	struct move m = { old, entry, dd->fd, file };
	auto_close int records = -1;

	if (old < 0)
		return fail_os(err, errno, "open old/ of '%s'", dir_label(dd));
	if (strchr(file, '/')) {
		g_autofree char *dir = g_path_get_dirname(file);

		m.to = records = open_made_dir(dd->fd, dir);
		m.new_name = strchr(file, '/') + 1;
		if (records < 0)
			return store_fail(dd->store, err, errno, "make '%s' of '%s'", dir,
					  dir_label(dd));
	}
	return move_commit(dd->store, &m, what, err);
}

/* By way of staging/, so that a failure can be taken back; what cannot be removed is swept. */
bool domain_purge(struct domain_dir *dd, const char *file, GError **err)
{
	g_autofree char *what = g_strdup_printf("remove '%s' of '%s'", file, dir_label(dd));
	g_autofree char *spare = staging_name();
	struct move m = { dd->fd, file, dd->store->staging, spare };

	if (!move_commit(dd->store, &m, what, err))
		return false;
	sys_unlinkat(dd->store->staging, spare);
	return true;
}
