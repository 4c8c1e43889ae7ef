/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What must hold whatever happened: nothing lost, nothing left behind. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/cleanup.h"
#include "base/util.h"
#include "crash/tree.h"
#include "crash/view.h"
#include "driver/fake/fake.h"
#include "engine/engine.h"
#include "store/lock.h"
#include "store/store.h"

#define SETTLE_MS 2000
#define SWEEP_MS 30

/* ---- Left behind ---- */

static void check_lock(GString *out, int root, const char *path)
{
	if (lock_probe(root, path) == LOCK_HELD)
		g_string_append_printf(out, "#     %s is held\n", path);
}

static bool is_empty(const char *path)
{
	GDir *dir = g_dir_open(path, 0, NULL);
	bool empty = !dir || !g_dir_read_name(dir);

	if (dir)
		g_dir_close(dir);
	return empty;
}

/* A guest whose client was killed takes a moment to end; then a sweep gets its directory. */
static void wait_for_staging(const char *root, const char *path)
{
	g_autoptr(store) st = store_open(root, true, "invariant", NULL);

	for (gint64 end = mono_ms() + SWEEP_MS; st && !is_empty(path) && mono_ms() < end;) {
		int lock = store_lock(st, NULL);

		close_fd(&lock);
		g_usleep(500);
	}
}

/* An entry without a lock file is young, and nobody may judge it yet. */
static void check_staging(GString *out, const char *root)
{
	g_autofree char *path = g_build_filename(root, "staging", NULL);
	GDir *dir;

	wait_for_staging(root, path);
	dir = g_dir_open(path, 0, NULL);

	for (const char *d = dir ? g_dir_read_name(dir) : NULL; d; d = g_dir_read_name(dir)) {
		g_autofree char *lock = g_build_filename(path, d, "lock", NULL);

		if (g_file_test(lock, G_FILE_TEST_EXISTS))
			g_string_append_printf(out, "#     staging/%s\n", d);
	}
	if (dir)
		g_dir_close(dir);
}

static void check_domain(GString *out, int root, struct engine *e, const char *name)
{
	g_autofree char *lock = g_build_filename("domains", name, "lock", NULL);
	g_autofree char *stone = g_build_filename("domains", name, "tombstone", NULL);
	g_autofree char *uuid = engine_uuid(e, name, NULL);
	g_autofree char *found = uuid ? engine_name_by_uuid(e, uuid, NULL) : NULL;

	check_lock(out, root, lock);
	if (exists_at(root, stone) != 0)
		g_string_append_printf(out, "#     %s has a tombstone\n", name);
	if (g_strcmp0(found, name) != 0)
		g_string_append_printf(out, "#     %s is not found by its uuid\n", name);
}

static unsigned int check_domains(GString *out, int root, struct engine *e)
{
	g_autoptr(GPtrArray) list = engine_list(e, NULL);
	unsigned int n_alive = 0;

	for (guint i = 0; list && i < list->len; i++) {
		const struct domain_brief *b = list->pdata[i];

		check_domain(out, root, e, b->name);
		n_alive += b->is_alive;
	}
	if (!list)
		g_string_append(out, "#     the domains cannot be listed\n");
	return n_alive;
}

/* A process that nobody lists is lost to the user. What was cut off is given time to end. */
static void check_guests(GString *out, unsigned int n_alive)
{
	gint64 end = mono_ms() + SETTLE_MS;

	while (guests_count() != n_alive && mono_ms() < end)
		g_usleep(500);
	if (guests_count() != n_alive)
		g_string_append_printf(out, "#     %u guests live, %u are listed\n", guests_count(),
				       n_alive);
}

char *view_strays(const char *base)
{
	g_autofree char *path = g_build_filename(base, "world/root", NULL);
	auto_close int root = open_dir_at(AT_FDCWD, path);
	g_autoptr(engine) e = engine_open_with(path, fake_hv_open(), "invariant", NULL);
	GString *out = g_string_new(NULL);

	check_lock(out, root, "lock");
	check_lock(out, root, "ids");
	check_staging(out, path);
	check_guests(out, check_domains(out, root, e));
	if (out->len)
		return g_string_free(out, FALSE);
	g_string_free(out, TRUE);
	return NULL;
}

/* ---- Lost ---- */

/* "vm" of "domains/vm" and "trash/~vm": the name, when the line is the head of a domain. */
static char *name_of_line(const char *line)
{
	const char *rest;

	if (strchr(line, ' '))
		return NULL;
	if (g_str_has_prefix(line, "domains/"))
		return g_strdup(line + strlen("domains/"));
	if (!g_str_has_prefix(line, "trash/~"))
		return NULL;
	rest = line + strlen("trash/~");
	return g_strndup(rest, strcspn(rest, "~"));
}

static unsigned int places_of(const char *view, const char *name)
{
	g_auto(GStrv) lines = g_strsplit(view, "\n", -1);
	unsigned int n = 0;

	for (char **line = lines; *line; line++) {
		g_autofree char *at = name_of_line(*line);

		n += g_strcmp0(at, name) == 0;
	}
	return n;
}

/* As many as in one of the references. */
static void check_places(GString *out, const char *view, const char *before, const char *after)
{
	g_autofree char *both = g_strconcat(before, after, NULL);
	g_auto(GStrv) lines = g_strsplit(both, "\n", -1);

	for (char **line = lines; *line; line++) {
		g_autofree char *name = name_of_line(*line);
		unsigned int n = name ? places_of(view, name) : 0;

		if (name && n != places_of(before, name) && places_of(after, name) != n)
			g_string_append_printf(out, "#     '%s' is in %u places\n", name, n);
	}
}

/* Nothing that stands in both references may be missing or torn in between, whoever looks. Only
 * what the domain's place or its guest's state changes moves. */
static void check_common(GString *out, const char *view, const char *before, const char *after)
{
	g_auto(GStrv) was = g_strsplit(before, "\n", -1);
	g_auto(GStrv) will = g_strsplit(after, "\n", -1);
	g_auto(GStrv) now = g_strsplit(view, "\n", -1);

	for (char **line = was; *line; line++) {
		bool is_kept = strstr(*line, " domain.xml: ") || strstr(*line, " snapshots/") ||
			       strstr(*line, " nvram.fd: ") || strstr(*line, " tag ");

		if (is_kept && g_strv_contains((const char *const *)will, *line) &&
		    !g_strv_contains((const char *const *)now, *line))
			g_string_append_printf(out, "#     not there: %.200s\n", *line);
	}
}

char *view_lost(const char *base, const char *before, const char *after)
{
	g_autofree char *view = view_take(base);
	GString *out = g_string_new(NULL);

	check_places(out, view, before, after);
	check_common(out, view, before, after);
	if (out->len)
		return g_string_free(out, FALSE);
	g_string_free(out, TRUE);
	return NULL;
}
