/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/escape.h"
#include "base/json.h"
#include "base/sys.h"
#include "base/util.h"
#include "store/internal.h"
#include "store/lock.h"

#define LINK_PREFIX "../domains/"

/* ---- Names ---- */

static int compare_names(gconstpointer a, gconstpointer b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool read_domain_names(DIR *dir, GPtrArray *names)
{
	struct dirent *entry;

	for (errno = 0; (entry = readdir(dir)); errno = 0) {
		char *name;

		if (entry->d_name[0] == '.')
			continue;
		if (entry->d_type != DT_DIR && entry->d_type != DT_UNKNOWN)
			continue;
		name = name_unescape(entry->d_name);
		if (name)
			g_ptr_array_add(names, name);
	}
	return errno == 0;
}

GPtrArray *store_names(struct store *st, GError **err)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	auto_close int fd = -1;
	bool is_read;
	DIR *dir;

	if (st->domains < 0)
		return g_steal_pointer(&names);
	fd = open_dir_at(st->domains, ".");
	dir = fd < 0 ? NULL : fdopendir(fd);
	if (dir) {
		take_fd(&fd);
		is_read = read_domain_names(dir, names);
		closedir(dir);
	}
	if (!dir || !is_read) {
		fail_os(err, errno, "list the domains of '%s'", st->root);
		return NULL;
	}
	g_ptr_array_sort(names, compare_names);
	return g_steal_pointer(&names);
}

/* ---- by-uuid ---- */

static bool is_uuid_name(const char *uuid)
{
	return *uuid && *uuid != '.' && !strchr(uuid, '/') && strlen(uuid) <= 64;
}

char *store_uuid_hint(struct store *st, const char *uuid)
{
	g_autofree char *path = g_strconcat("by-uuid/", uuid, NULL);
	g_autofree char *text = NULL;

	if (st->fd < 0 || !is_uuid_name(uuid))
		return NULL;
	text = read_link_at(st->fd, path);
	if (!text || !g_str_has_prefix(text, LINK_PREFIX))
		return NULL;
	return name_unescape(text + strlen(LINK_PREFIX));
}

bool store_uuid_link(struct store *st, const char *uuid, const char *name, GError **err)
{
	g_autofree char *hint = store_uuid_hint(st, uuid);
	g_autofree char *escaped = name_escape(name);
	g_autofree char *text = g_strconcat(LINK_PREFIX, escaped, NULL);
	g_autofree char *spare = g_strconcat(uuid, ".new~", NULL);

	if (g_strcmp0(hint, name) == 0)
		return true;
	if (!is_uuid_name(uuid))
		return fail(err, VIR_ERR_INVALID_ARG, "'%s' is not a uuid", uuid);
	if (exists_at(st->by_uuid, spare) == 1)
		sys_unlinkat(st->by_uuid, spare);
	if (sys_symlinkat(text, st->by_uuid, spare) == 0 &&
	    sys_renameat(st->by_uuid, spare, st->by_uuid, uuid, 0) == 0)
		return true;
	return store_fail(st, err, errno, "link the uuid %s to '%s'", uuid, name);
}

bool store_uuid_unlink(struct store *st, const char *uuid, const char *name, GError **err)
{
	g_autofree char *hint = store_uuid_hint(st, uuid);

	if (g_strcmp0(hint, name) != 0)
		return true;
	if (sys_unlinkat(st->by_uuid, uuid) < 0 && errno != ENOENT)
		return fail_os(err, errno, "remove the link of uuid %s", uuid);
	return true;
}

/* ---- ids ---- */

/* The number that ids offers; 1 after a boot and where the file cannot be read. */
static int read_next_id(struct store *st)
{
	g_autoptr(json_object) ids = json_read_file(st->fd, "ids", NULL);
	const char *boot_id;
	gint64 next;

	if (!ids || !json_get_string(ids, "boot_id", &boot_id) || !json_get_int(ids, "next", &next))
		return 1;
	if (strcmp(boot_id, host_boot_id()) != 0 || next < 1 || next >= INT_MAX)
		return 1;
	return next;
}

bool store_next_id(struct store *st, int *ret_id, GError **err)
{
	auto_close int lock = lock_take(st->fd, "ids.lock", "the list of domain ids", st->command,
					st->lock_wait_ms, err);
	g_autoptr(json_object) ids = NULL;
	const char *text;
	int id;

	if (lock < 0)
		return store_explain(st, err);
	id = read_next_id(st);
	ids = json_object_new_object();
	json_set_int(ids, "v", 1);
	json_set_string(ids, "boot_id", host_boot_id());
	json_set_int(ids, "next", (gint64)id + 1);
	text = json_object_to_json_string_ext(ids, JSON_C_TO_STRING_PLAIN);
	/* Worth nothing after the boot: not fsynced. */
	if (!sys_replace_file_volatile(st->fd, "ids", text, strlen(text), err))
		return store_explain(st, err);
	*ret_id = id;
	return true;
}
