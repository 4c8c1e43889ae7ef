/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store/records.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/escape.h"
#include "base/phrases.h"
#include "base/sys.h"
#include "base/util.h"
#include "store/internal.h"

#define DIR_NAME RECORDS_DIR
#define SUFFIX ".xml"
#define SPARE_SUFFIX ".xml.new~"
#define CURRENT "current"
#define CURRENT_SPARE "current.new~"

/* ---- Names and files ---- */

static char *file_of(const char *name, const char *suffix)
{
	g_autofree char *escaped = name_escape(name);

	return g_strconcat(escaped, suffix, NULL);
}

/* The file of a record, relative to the domain. libvirt's own files, copied here, have the name
 * as it is. */
static char *path_of(struct domain_dir *dd, const char *name)
{
	g_autofree char *ours = file_of(name, SUFFIX);
	char *path = g_strconcat(DIR_NAME "/", ours, NULL), *plain;

	if (strchr(name, '/') || exists_at(dd->fd, path) != 0)
		return path;
	plain = g_strconcat(DIR_NAME "/", name, SUFFIX, NULL);
	if (exists_at(dd->fd, plain) != 1) {
		g_free(plain);
		return path;
	}
	g_free(path);
	return plain;
}

static int compare_names(gconstpointer a, gconstpointer b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

GPtrArray *records_files(struct domain_dir *dd, const char *suffix, GError **err)
{
	g_autoptr(GPtrArray) files = dir_names(dd->fd, DIR_NAME);
	GPtrArray *names;

	if (!files && errno != ENOENT) {
		fail_os(err, errno, "list the snapshots of '%s'", dir_label(dd));
		return NULL;
	}
	names = g_ptr_array_new_with_free_func(g_free);
	for (guint i = 0; files && i < files->len; i++) {
		const char *file = files->pdata[i];
		g_autofree char *stem = NULL;
		char *name;

		if (!g_str_has_suffix(file, suffix))
			continue;
		stem = g_strndup(file, strlen(file) - strlen(suffix));
		name = name_unescape(stem);
		g_ptr_array_add(names, name ? name : g_steal_pointer(&stem));
	}
	g_ptr_array_sort(names, compare_names);
	return names;
}

GPtrArray *records_names(struct domain_dir *dd, GError **err)
{
	return records_files(dd, SUFFIX, err);
}

bool record_exists(struct domain_dir *dd, const char *name)
{
	g_autofree char *path = path_of(dd, name);

	return !strchr(name, '/') && exists_at(dd->fd, path) != 0;
}

static bool fail_no_record(const char *name, GError **err)
{
	return fail(err, VIR_ERR_NO_DOMAIN_SNAPSHOT, PHRASE_NO_SNAPSHOT, name);
}

bool record_read(struct domain_dir *dd, const char *name, char **ret_text, size_t *ret_size,
		 GError **err)
{
	g_autofree char *file = file_of(name, SUFFIX);
	g_autofree char *path = g_strconcat(DIR_NAME "/", file, NULL);
	g_autofree char *plain = g_strconcat(DIR_NAME "/", name, SUFFIX, NULL);
	g_autoptr(GError) why = NULL;

	if (strchr(name, '/'))
		return fail_no_record(name, err);
	if (read_file_at(dd->fd, path, XML_MAX, ret_text, ret_size, &why))
		return true;
	if (error_is_os(why, ENOENT) && strcmp(path, plain) != 0) {
		g_clear_error(&why);
		if (read_file_at(dd->fd, plain, XML_MAX, ret_text, ret_size, &why))
			return true;
	}
	if (error_is_os(why, ENOENT))
		return fail_no_record(name, err);
	g_propagate_error(err, g_steal_pointer(&why));
	return fail_prefix(err, "domain '%s'", dir_label(dd));
}

/* snapshots/, made when missing. */
static int open_records(struct domain_dir *dd, GError **err)
{
	int fd = open_made_dir(dd->fd, DIR_NAME);

	if (fd < 0)
		store_fail(dd->store, err, errno, "make " DIR_NAME "/ of '%s'", dir_label(dd));
	return fd;
}

/* ---- Which one is current ---- */

static char *current_of(struct domain_dir *dd, const char *escaped)
{
	char *name = *escaped ? name_unescape(escaped) : NULL;

	if (name && record_exists(dd, name))
		return name;
	g_free(name);
	return NULL;
}

char *records_current(struct domain_dir *dd)
{
	g_autofree char *text = read_link_at(dd->fd, DIR_NAME "/" CURRENT);
	char *fallback = text ? strchr(text, '/') : NULL;
	char *name;

	if (!fallback)
		return NULL;
	*fallback++ = '\0';
	name = current_of(dd, text);
	return name ? name : current_of(dd, fallback);
}

bool records_point(struct domain_dir *dd, const char *wanted, const char *fallback, bool sync,
		   GError **err)
{
	g_autofree char *first = name_escape(wanted ? wanted : "");
	g_autofree char *second = name_escape(fallback ? fallback : "");
	g_autofree char *text = g_strconcat(first, "/", second, NULL);
	g_autofree char *there = read_link_at(dd->fd, DIR_NAME "/" CURRENT);
	auto_close int dir = -1;

	if (g_strcmp0(there, text) == 0 && !sync)
		return true;
	dir = open_records(dd, err);
	if (dir < 0)
		return false;
	if (exists_at(dir, CURRENT_SPARE) == 1)
		sys_unlinkat(dir, CURRENT_SPARE);
	if (sys_symlinkat(text, dir, CURRENT_SPARE) == 0 &&
	    sys_renameat(dir, CURRENT_SPARE, dir, CURRENT, 0) == 0 &&
	    (!sync || sys_fsync(dir) == 0))
		return true;
	return store_fail(dd->store, err, errno, "note the current snapshot of '%s'",
			  dir_label(dd));
}

/* ---- Making a record ---- */

bool record_stage(struct domain_dir *dd, const char *name, const char *text, GError **err)
{
	g_autofree char *spare = file_of(name, SPARE_SUFFIX);
	auto_close int dir = -1;

	if (strlen(text) > XML_MAX)
		return fail(err, VIR_ERR_XML_ERROR,
			    "the record of snapshot '%s' is larger than 10 MiB", name);
	dir = open_records(dd, err);
	if (dir < 0)
		return false;
	if (exists_at(dir, spare) == 1 && sys_unlinkat(dir, spare) < 0)
		return fail_os(err, errno, "remove an unfinished record of '%s'", name);
	if (sys_put_file(dir, spare, text, strlen(text), err))
		return true;
	fail_prefix(err, "record of snapshot '%s'", name);
	return store_explain(dd->store, err);
}

bool record_publish(struct domain_dir *dd, const char *name, GError **err)
{
	g_autofree char *what =
		g_strdup_printf("publish the record of snapshot '%s' of '%s'", name, dir_label(dd));
	g_autofree char *escaped = name_escape(name);
	g_autofree char *kind = g_strconcat("snapshot-", escaped, NULL);
	g_autofree char *spare = file_of(name, SPARE_SUFFIX);
	/* In the place of the record that is there, whatever its file is called. */
	g_autofree char *path = path_of(dd, name);
	const char *file = path + strlen(DIR_NAME "/");
	auto_close int dir = open_records(dd, err);

	if (dir < 0)
		return false;
	if (exists_at(dir, spare) != 0) {
		struct renewal r = { dir, spare, file, kind, what };

		return archive_and_replace(dd, &r, err);
	}
	return exists_at(dir, file) == 1 || fail_no_record(name, err);
}

bool record_is_staged(struct domain_dir *dd, const char *name)
{
	g_autofree char *spare = file_of(name, SPARE_SUFFIX);
	g_autofree char *path = g_strconcat(DIR_NAME "/", spare, NULL);

	return exists_at(dd->fd, path) == 1;
}

void record_unstage(struct domain_dir *dd, const char *name)
{
	g_autofree char *spare = file_of(name, SPARE_SUFFIX);
	g_autofree char *path = g_strconcat(DIR_NAME "/", spare, NULL);

	if (exists_at(dd->fd, path) == 1)
		sys_unlinkat(dd->fd, path);
}

/* ---- Taking records away ---- */

static bool retire_all(struct domain_dir *dd, const char *const *names, size_t n,
		       struct archive *old, GError **err)
{
	for (size_t i = 0; i < n; i++) {
		g_autofree char *path = path_of(dd, names[i]);
		g_autofree char *escaped = name_escape(names[i]);
		g_autofree char *kind = g_strconcat("snapshot-", escaped, NULL);

		if (!archive_move(dd, dd->fd, path, kind, old, err))
			return false;
	}
	return true;
}

bool records_retire(struct domain_dir *dd, const char *const *names, size_t n, GError **err)
{
	auto_close int dir = open_dir_at(dd->fd, DIR_NAME);
	auto_archive old = { .fd = -1 };

	if (dir < 0)
		return errno == ENOENT ||
		       fail_os(err, errno, "open the snapshots of '%s'", dir_label(dd));
	if (!archive_open(dd, &old, err) || !retire_all(dd, names, n, &old, err))
		return false;
	if (sys_fsync(old.fd) < 0 || sys_fsync(dir) < 0)
		return store_fail(dd->store, err, errno, "retire snapshot records of '%s'",
				  dir_label(dd));
	archive_prune(&old);
	return true;
}

bool record_retire(struct domain_dir *dd, const char *name, GError **err)
{
	return !record_exists(dd, name) || records_retire(dd, &name, 1, err);
}

bool record_delete(struct domain_dir *dd, const char *name, GError **err)
{
	g_autofree char *path = path_of(dd, name);
	auto_close int dir = open_dir_at(dd->fd, DIR_NAME);

	if (strchr(name, '/') || (dir < 0 && errno == ENOENT))
		return true;
	if (dir < 0 || (sys_unlinkat(dd->fd, path) < 0 && errno != ENOENT) || sys_fsync(dir) < 0)
		return fail_os(err, errno, "delete the record of snapshot '%s' of '%s'", name,
			       dir_label(dd));
	return true;
}
