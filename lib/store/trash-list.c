/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/escape.h"
#include "base/util.h"
#include "store/internal.h"
#include "store/trash.h"

void trash_entry_free(struct trash_entry *e)
{
	if (!e)
		return;
	g_free(e->id);
	g_free(e->name);
	g_free(e->uuid);
	g_free(e->what);
	g_free(e->command);
	g_free(e);
}

/* ---- One entry ---- */

/* What its tombstone adds. There may be none: it is left out on a full disk. */
static void add_tombstone(struct trash_entry *e, int dirfd)
{
	g_autoptr(json_object) obj = json_read_file(dirfd, TOMBSTONE, NULL);
	const char *uuid = NULL, *command = NULL;

	if (!obj)
		return;
	json_get_string(obj, "uuid", &uuid);
	json_get_string(obj, "command", &command);
	e->uuid = g_strdup(uuid);
	e->command = g_strdup(command);
}

static bool has_config(int dirfd)
{
	return exists_at(dirfd, DOMAIN_XML) == 1 || exists_at(dirfd, UNDEFINED_XML) == 1 ||
	       exists_at(dirfd, LIVE_XML) == 1;
}

/* A whole directory in trash/. NULL when it is none of ours, or another domain's. */
static struct trash_entry *read_entry(int trash, const char *id, const char *only)
{
	g_autofree char *name = entry_domain(id);
	auto_close int fd = -1;
	struct trash_entry *e;
	const char *rest;
	gint64 usec;

	if (!name || !entry_parse(id, &usec, &rest) || (only && strcmp(name, only) != 0))
		return NULL;
	fd = open_dir_at(trash, id);
	if (fd < 0)
		return NULL;
	e = g_new0(struct trash_entry, 1);
	e->id = g_strdup(id);
	e->name = g_steal_pointer(&name);
	e->what = g_strdup(has_config(fd) ? "domain" : "kept files");
	e->time = usec / G_USEC_PER_SEC;
	e->size = disk_usage(trash, id);
	add_tombstone(e, fd);
	return e;
}

/* "snapshot-<escaped>" → "snapshot 'name'" */
static char *old_what(const char *what)
{
	static const char *const kinds[] = { "snapshot", "checkpoint" };

	if (strcmp(what, "image-config") == 0)
		return g_strdup("config of a managed save image");
	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
		size_t n = strlen(kinds[i]);
		g_autofree char *name = NULL;

		if (!g_str_has_prefix(what, kinds[i]) || what[n] != '-')
			continue;
		name = name_unescape(what + n + 1);
		return g_strdup_printf("%s '%s'", kinds[i], name ? name : what + n + 1);
	}
	return g_strdup(what);
}

/* A file in old/ of a domain. */
static struct trash_entry *read_old(int old, const char *file, const char *name)
{
	g_autofree char *escaped = name_escape(name);
	struct trash_entry *e;
	const char *rest;
	gint64 usec;

	if (!entry_parse(file, &usec, &rest))
		return NULL;
	e = g_new0(struct trash_entry, 1);
	e->id = g_strconcat(escaped, "/old/", file, NULL);
	e->name = g_strdup(name);
	e->what = old_what(rest);
	e->time = usec / G_USEC_PER_SEC;
	e->size = disk_usage(old, file);
	return e;
}

/* The config of a guest that was undefined and still runs. */
static struct trash_entry *read_undefined(struct domain_dir *dd)
{
	g_autofree char *escaped = name_escape(dd->name);
	struct trash_entry *e;
	struct stat st;

	if (exists_at(dd->fd, DOMAIN_XML) != 0 ||
	    fstatat(dd->fd, UNDEFINED_XML, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return NULL;
	e = g_new0(struct trash_entry, 1);
	e->id = g_strconcat(escaped, "/", UNDEFINED_XML, NULL);
	e->name = g_strdup(dd->name);
	e->what = g_strdup("running, undefined");
	/* Its rename was the undefining; that changes ctime only. */
	e->time = st.st_ctime;
	e->size = disk_usage(dd->fd, UNDEFINED_XML);
	add_tombstone(e, dd->fd);
	return e;
}

/* ---- All of them ---- */

static void add(GPtrArray *list, struct trash_entry *take_entry)
{
	if (take_entry)
		g_ptr_array_add(list, take_entry);
}

static bool list_entries(struct store *st, const char *only, GPtrArray *list, GError **err)
{
	auto_close int trash = open_dir_at(st->fd, "trash");
	g_autoptr(GPtrArray) ids = trash >= 0 ? dir_names(trash, ".") : NULL;

	if (!ids)
		return errno == ENOENT || fail_os(err, errno, "list the trash of '%s'", st->root);
	for (guint i = 0; i < ids->len; i++)
		add(list, read_entry(trash, ids->pdata[i], only));
	return true;
}

/* What goes away while we look is not there. */
static void list_domain(struct store *st, const char *name, GPtrArray *list)
{
	g_autoptr(domain_dir) dd = domain_open(st, name, NULL);
	g_autoptr(GPtrArray) files = NULL;
	auto_close int old = -1;

	if (!dd)
		return;
	add(list, read_undefined(dd));
	old = open_dir_at(dd->fd, "old");
	files = old >= 0 ? dir_names(old, ".") : NULL;
	for (guint i = 0; files && i < files->len; i++)
		add(list, read_old(old, files->pdata[i], name));
}

static int oldest_first(gconstpointer a, gconstpointer b)
{
	const struct trash_entry *x = *(struct trash_entry *const *)a;
	const struct trash_entry *y = *(struct trash_entry *const *)b;

	if (x->time != y->time)
		return x->time < y->time ? -1 : 1;
	return strcmp(x->id, y->id);
}

GPtrArray *trash_list(struct store *st, const char *name, GError **err)
{
	g_autoptr(GPtrArray) list =
		g_ptr_array_new_with_free_func((GDestroyNotify)trash_entry_free);
	g_autoptr(GPtrArray) names = NULL;

	if (st->fd < 0)
		return g_steal_pointer(&list);
	if (!list_entries(st, name, list, err))
		return NULL;
	if (name) {
		list_domain(st, name, list);
	} else {
		names = store_names(st, err);
		if (!names)
			return NULL;
		for (guint i = 0; i < names->len; i++)
			list_domain(st, names->pdata[i], list);
	}
	g_ptr_array_sort(list, oldest_first);
	return g_steal_pointer(&list);
}
