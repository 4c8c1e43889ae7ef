/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/escape.h"
#include "base/sys.h"
#include "base/util.h"
#include "store/internal.h"
#include "store/trash.h"

/* ---- Tombstones ---- */

static json_object *path_array(const char *const *paths)
{
	json_object *array = json_object_new_array();

	for (size_t i = 0; paths[i]; i++)
		json_object_array_add(array, json_object_new_string(paths[i]));
	return array;
}

static json_object *tombstone_json(const struct tombstone *ts)
{
	json_object *obj = json_object_new_object();

	json_set_int(obj, "v", 1);
	json_set_int(obj, "time", ts->time);
	json_set_string(obj, "command", ts->command);
	json_set_string(obj, "cause", ts->cause);
	json_set_int(obj, "uid", geteuid());
	json_set_string(obj, "name", ts->name);
	json_set_string(obj, "uuid", ts->uuid);
	if (ts->outside_files && *ts->outside_files)
		json_object_object_add(obj, "outside_files", path_array(ts->outside_files));
	return obj;
}

/* Without its tombstone an entry is still whole; but a list of outside files stands nowhere else,
 * so that one must be written. */
bool tombstone_write(struct domain_dir *dd, const struct tombstone *ts, GError **err)
{
	g_autoptr(json_object) obj = tombstone_json(ts);
	const char *text = json_object_to_json_string_ext(obj, JSON_C_TO_STRING_PLAIN);
	g_autoptr(GError) why = NULL;

	if (strlen(text) > JSON_FILE_MAX)
		return fail(err, VIR_ERR_OPERATION_UNSUPPORTED,
			    "'%s' names too many files outside the store; nothing was changed",
			    ts->name);
	if (sys_replace_file(dd->fd, TOMBSTONE, text, strlen(text), &why))
		return true;
	if (why->domain == OS_ERROR && is_disk_full(why->code) &&
	    !(ts->outside_files && *ts->outside_files))
		return true;
	g_propagate_error(err, g_steal_pointer(&why));
	fail_prefix(err, "domain '%s'", ts->name);
	return store_explain(dd->store, err);
}

bool tombstone_remove(struct domain_dir *dd, GError **err)
{
	return domain_set_flag_file(dd, TOMBSTONE, false, err);
}

static bool has_original(json_object *tombstone)
{
	json_object *paths;
	const char *path;
	struct stat info;

	if (!json_get_array(tombstone, "outside_files", &paths))
		return false;
	path = json_object_get_string(json_object_array_get_idx(paths, 0));
	return path && lstat(path, &info) == 0 && S_ISREG(info.st_mode);
}

void tombstone_withdraw(struct domain_dir *dd)
{
	g_autoptr(json_object) tombstone = json_read_file(dd->fd, TOMBSTONE, NULL);

	if (tombstone && has_original(tombstone) && sys_unlinkat(dd->fd, "nvram.fd") < 0 &&
	    errno != ENOENT)
		return;
	tombstone_remove(dd, NULL);
}

/* ---- Names of entries ---- */

bool entry_parse(const char *entry, gint64 *ret_usec, const char **ret_rest)
{
	char *end;
	gint64 usec;

	if (!g_ascii_isdigit(*entry))
		return false;
	usec = g_ascii_strtoll(entry, &end, 10);
	if (*end != '~' || !end[1] || usec == G_MAXINT64)
		return false;
	*ret_usec = usec;
	*ret_rest = end + 1;
	return true;
}

char *entry_domain(const char *entry)
{
	g_autofree char *escaped = NULL;
	const char *rest;
	gint64 usec;

	if (!entry_parse(entry, &usec, &rest))
		return NULL;
	escaped = g_strndup(rest, strcspn(rest, "~"));
	return name_unescape(escaped);
}

char *entry_name(const char *name, bool has_todo)
{
	g_autofree char *escaped = name_escape(name);

	return g_strdup_printf("%016" G_GINT64_FORMAT "~%s%s", now_usec(), escaped,
			       has_todo ? TODO_SUFFIX : "");
}

/* ---- Out of domains/ ---- */

/* dd from where it is into `to` under `entry`. */
static bool move_out(struct domain_dir *dd, int to, const char *entry, GError **err)
{
	struct store *st = dd->store;
	g_autofree char *escaped = name_escape(dd->name);
	g_autofree char *what = g_strdup_printf("retire domain '%s'", dd->name);
	struct move m = { dd->entry ? st->trash : st->domains, dd->entry ? dd->entry : escaped, to,
			  entry };

	if (!move_commit(st, &m, what, err))
		return false;
	g_free(dd->entry);
	dd->entry = g_strdup(entry);
	return true;
}

bool store_retire(struct domain_dir *dd, bool has_todo, char **ret_entry, GError **err)
{
	g_autofree char *entry = entry_name(dd->name, has_todo);

	if (!move_out(dd, dd->store->trash, entry, err))
		return false;
	if (ret_entry)
		*ret_entry = g_steal_pointer(&entry);
	return true;
}

bool store_discard(struct domain_dir *dd, GError **err)
{
	g_autofree char *entry = staging_name();

	if (!move_out(dd, dd->store->staging, entry, err))
		return false;
	/* What cannot be removed now is swept later. */
	sys_remove_tree(dd->store->staging, entry, NULL);
	return true;
}
