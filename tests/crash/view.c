/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crash/view.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/cleanup.h"
#include "base/escape.h"
#include "base/json.h"
#include "base/util.h"
#include "crash/tree.h"
#include "driver/fake/disk.h"
#include "driver/fake/fake.h"
#include "driver/fake/machine.h"
#include "engine/engine.h"
#include "engine/image.h"
#include "store/domain.h"
#include "store/lock.h"
#include "store/records.h"
#include "store/store.h"

#define TEXT_MAX (1 << 20)

static const char *const disk_names[] = { "a.qcow2", "b.qcow2" };

/* ---- Small parts ---- */

static int compare_text(gconstpointer a, gconstpointer b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static GPtrArray *names_in(int dirfd, const char *path)
{
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
	int fd = open_dir_at(dirfd, path);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;

	for (struct dirent *d = dir ? readdir(dir) : NULL; d; d = readdir(dir))
		if (strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0)
			g_ptr_array_add(names, g_strdup(d->d_name));
	if (dir)
		closedir(dir);
	g_ptr_array_sort(names, compare_text);
	return names;
}

/* One line, without what no two runs have in common. */
static char *normal(const char *text)
{
	static const char *const patterns[] = { "<name>[^<]*</name>(?=\\s*<uuid>)",
						"<creationTime>[0-9]*</creationTime>",
						" id=['\"][0-9]+['\"]", "\\s+" };
	static const char *const instead[] = { "", "", "", " " };
	static GRegex *regexes[G_N_ELEMENTS(patterns)];
	char *now = g_strdup(text);

	for (guint i = 0; i < G_N_ELEMENTS(patterns); i++) {
		char *next;

		if (!regexes[i])
			regexes[i] = g_regex_new(patterns[i], G_REGEX_OPTIMIZE, 0, NULL);
		next = g_regex_replace_literal(regexes[i], now, -1, 0, instead[i], 0, NULL);
		g_free(now);
		now = next;
	}
	return now;
}

static void add_file(GString *out, int fd, const char *file, const char *label)
{
	g_autofree char *text = NULL, *line = NULL;
	g_autoptr(GError) err = NULL;

	if (exists_at(fd, file) != 1)
		return;
	if (!read_file_at(fd, file, TEXT_MAX, &text, NULL, &err)) {
		g_string_append_printf(out, "!%s cannot be read: %s\n", label, err->message);
		return;
	}
	line = normal(text);
	g_string_append_printf(out, "%s: %s\n", label, line);
}

/* ---- Save images ---- */

static const char *run_of_image(int fd, const struct image *img)
{
	g_autoptr(json_object) obj = json_read_file(fd, "last-run", NULL);
	const char *last = "";

	if (obj)
		json_get_string(obj, "run_id", &last);
	return g_strcmp0(last, img->run_id) == 0 ? "of the last run" : "OF ANOTHER RUN";
}

static const char *disks_of_image(const char *world, const struct image *img)
{
	char *paths[G_N_ELEMENTS(disk_names)];
	struct hv_disk disks[G_N_ELEMENTS(disk_names)];
	g_autofree char *now = NULL, *difference = NULL;

	for (guint i = 0; i < G_N_ELEMENTS(disk_names); i++) {
		paths[i] = g_build_filename(world, disk_names[i], NULL);
		disks[i] = (struct hv_disk){ i ? "vdb" : "vda", paths[i], "qcow2" };
	}
	now = fingerprint_take(fake_hv_open(), disks, G_N_ELEMENTS(disks), NULL);
	for (guint i = 0; i < G_N_ELEMENTS(disk_names); i++)
		g_free(paths[i]);
	if (!now || !img->fingerprint)
		return "no fingerprint";
	difference = fingerprint_compare(img->fingerprint, now);
	return difference ? "disks differ" : "disks fit";
}

/* fd: the domain directory; an image that was archived belongs to no run, and one of the user's
 * (fd is not that of a domain) to no run that could be asked. */
static void add_image(GString *out, const char *world, int fd, const char *file,
		      const char *label, bool is_archived)
{
	g_autoptr(GError) err = NULL;
	char text[64] = "";
	struct image img;

	if (exists_at(fd, file) != 1)
		return;
	image_init(&img);
	if (!image_open(&img, fd, file, false, &err) || !image_verify(&img, NULL, &err)) {
		g_string_append_printf(out, "!%s: broken image: %s\n", label, err->message);
	} else {
		g_autofree char *xml = normal(img.xml);

		if (read(img.fd, text, sizeof(text) - 1) < 0)
			text[0] = '?';
		g_string_append_printf(out, "%s: %s %s, %s %s %s\n", label, g_strchomp(text),
				       img.was_running ? "running" : "paused",
				       is_archived ? "-" : disks_of_image(world, &img),
				       is_archived ? "-" : run_of_image(fd, &img), xml);
	}
	image_clear(&img);
}

/* Memory in a file of the user's, and what is being written there. What a killed copy left goes with
 * the next one. */
static void add_save_file(GString *out, const char *world, int dir)
{
	g_autoptr(GPtrArray) names = names_in(dir, ".");

	add_image(out, world, dir, "vm.save", "file vm.save", false);
	for (guint i = 0; i < names->len; i++)
		if (g_str_has_prefix(names->pdata[i], ".domsh-") &&
		    !g_str_has_prefix(names->pdata[i], ".domsh-copy-"))
			g_string_append_printf(out, "!there is half a file\n");
}

/* ---- Parts of a domain ---- */

static void add_configs(GString *out, int fd, const char *label, bool is_alive, bool is_trash)
{
	static const char *const files[] = { "domain.xml", "undefined.xml", "live.xml" };
	bool has_config = exists_at(fd, files[0]) == 1;

	for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
		const char *rest = has_config && i == 1 ? "!" : "";
		const char *shown = is_trash ? "config" : files[i];
		g_autofree char *text = g_strconcat(is_trash ? "" : rest, label, " ", shown, NULL);

		/* A dead one's live.xml says nothing where there is a config. */
		if (exists_at(fd, files[i]) != 1 || (i == 2 && !is_alive && has_config))
			continue;
		add_file(out, fd, files[i], text);
		/* An entry is restored with the first of them. */
		if (is_trash)
			return;
	}
}

/* Copies of firmware variables, and what was left of making one. */
static void add_nvrams(GString *out, int fd, const char *label)
{
	g_autoptr(GPtrArray) names = names_in(fd, "snapshots");

	for (guint i = 0; i < names->len; i++) {
		g_autofree char *path = g_build_filename("snapshots", names->pdata[i], NULL);
		g_autofree char *text = g_strdup_printf("%s %s", label, path);

		if (g_str_has_suffix(path, ".nvram"))
			add_file(out, fd, path, text);
	}
}

static void add_records(GString *out, int fd, const char *label)
{
	struct domain_dir dd = { .fd = fd, .lock_fd = -1, .name = (char *)"?" };
	g_autoptr(GPtrArray) names = records_names(&dd, NULL);
	g_autofree char *current = records_current(&dd);

	for (guint i = 0; names && i < names->len; i++) {
		g_autofree char *file = name_escape(names->pdata[i]);
		g_autofree char *path = g_strdup_printf("snapshots/%s.xml", file);
		g_autofree char *text = g_strdup_printf("%s %s", label, path);

		add_file(out, fd, path, text);
	}
	add_nvrams(out, fd, label);
	if (current)
		g_string_append_printf(out, "%s current snapshot: %s\n", label, current);
}

static bool is_same(int fd, const char *a, const char *b)
{
	g_autofree char *one = NULL, *other = NULL;

	return read_file_at(fd, a, TEXT_MAX, &one, NULL, NULL) &&
	       read_file_at(fd, b, TEXT_MAX, &other, NULL, NULL) && strcmp(one, other) == 0;
}

/* Linked into old/ and not replaced yet, or taken back: there is nothing old about it. */
static bool is_image_xml(int fd, const char *old)
{
	g_autofree char *text = NULL;
	struct image img;
	bool is_same;

	image_init(&img);
	is_same = image_open(&img, fd, "managed-save", false, NULL) &&
		  read_file_at(fd, old, TEXT_MAX, &text, NULL, NULL) &&
		  strcmp(text, img.xml) == 0;
	image_clear(&img);
	return is_same;
}

static bool is_in_place(int fd, const char *old, const char *what)
{
	g_autofree char *path = NULL;

	if (strcmp(what, "~image-config") == 0)
		return is_image_xml(fd, old);

	if (strcmp(what, "~config") == 0)
		return is_same(fd, old, "domain.xml") || is_same(fd, old, "undefined.xml");
	if (!g_str_has_prefix(what, "~snapshot-"))
		return false;
	path = g_strdup_printf("snapshots/%s.xml", what + strlen("~snapshot-"));
	return is_same(fd, old, path);
}

static bool has_twin(int fd, const GPtrArray *names, guint i)
{
	g_autofree char *path = g_build_filename("old", names->pdata[i], NULL);

	for (guint k = 0; k < i; k++) {
		g_autofree char *other = g_build_filename("old", names->pdata[k], NULL);

		if (is_same(fd, path, other))
			return true;
	}
	return false;
}

static int compare_what(gconstpointer a, gconstpointer b)
{
	const char *one = strchr(*(char *const *)a, '~'), *other = strchr(*(char *const *)b, '~');

	return g_strcmp0(one, other);
}

/* Work that was begun twice may have kept the same twice; and in which order two kinds came does
 * not matter. */
static void add_old(GString *out, const char *world, int fd, const char *label)
{
	g_autoptr(GPtrArray) names = names_in(fd, "old");

	g_ptr_array_sort(names, compare_what);
	for (guint i = 0; i < names->len; i++) {
		const char *what = strchr(names->pdata[i], '~');
		g_autofree char *path = g_build_filename("old", names->pdata[i], NULL);
		g_autofree char *text = g_strdup_printf("%s old/%s", label, what ? what : "?");

		if (what && (is_in_place(fd, path, what) || has_twin(fd, names, i)))
			continue;
		if (g_strcmp0(what, "~managed-save") == 0)
			add_image(out, world, fd, path, text, true);
		else
			add_file(out, fd, path, text);
	}
}

static void add_guest(GString *out, int fd, const char *label)
{
	/* All that resume goes on from is paused to the user. */
	static const char *const words[] = { "gone",   "prelaunch", "running",  "paused",  "paused",
					     "inmigrate", "paused", "shutdown", "panicked" };
	auto_close int run = open_dir_at(fd, "run");
	g_autoptr(json_object) state = json_read_file(run, "state", NULL);
	gint64 shown = -1;
	struct machine m;

	if (state)
		json_get_int(state, "state", &shown);
	if (!machine_read(run, &m, NULL))
		g_string_append_printf(out, "!%s guest cannot be read\n", label);
	else
		g_string_append_printf(out, "%s guest: %s, memory %d, shown as %d\n", label,
				       words[m.status], (int)m.memory, (int)shown);
}

static void add_unfinished(GString *out, int fd, const char *label, bool is_alive)
{
	g_autoptr(GPtrArray) names = names_in(fd, ".");

	for (guint i = 0; i < names->len; i++) {
		const char *name = names->pdata[i];

		if (strcmp(name, "intent") == 0 || strcmp(name, "tombstone") == 0 ||
		    g_str_has_prefix(name, "run.") ||
		    strcmp(name, "managed-save.new~") == 0)
			g_string_append_printf(out, "!%s has %s\n", label, name);
		if (strcmp(name, "run") == 0 && !is_alive)
			g_string_append_printf(out, "!%s has a dead run\n", label);
	}
	if (!is_alive && exists_at(fd, "domain.xml") == 0)
		g_string_append_printf(out, "!%s is garbage\n", label);
	if (exists_at(fd, "run/restored") == 1)
		g_string_append_printf(out, "!%s has run/restored\n", label);
}

/* Taken back into an entry that is still an entry: it is what is kept that counts. */
static bool is_kept(int entry, const char *file)
{
	auto_close int fd = open_file_at(entry, file);
	g_autoptr(GPtrArray) names = names_in(entry, "../../kept");

	for (guint i = 0; fd >= 0 && i < names->len; i++) {
		g_autofree char *path =
			g_build_filename("../../kept", names->pdata[i], file, NULL);

		if (same_file_at(fd, entry, path))
			return true;
	}
	return false;
}

static void add_domain(GString *out, const char *world, int fd, const char *label, bool is_trash)
{
	static const char *const files[] = { "autostart", "protected", "nvram.fd", "keep" };
	bool has_config = exists_at(fd, "domain.xml") == 1;
	bool is_alive = lock_probe(fd, "run/alive") == LOCK_HELD;

	g_string_append_printf(out, "%s\n", label);
	add_configs(out, fd, label, is_alive, is_trash);
	for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
		/* A wish for the end of a domain that is defined was never made, or is over. */
		const char *rest = i == 3 && has_config && !is_trash ? "!" : "";
		g_autofree char *text = g_strconcat(rest, label, " ", files[i], NULL);

		if (!is_trash || (i < 3 && !is_kept(fd, files[i])))
			add_file(out, fd, files[i], text);
	}
	add_records(out, fd, label);
	add_image(out, world, fd, "managed-save", label, is_trash);
	add_old(out, world, fd, label);
	if (is_alive)
		add_guest(out, fd, label);
	if (!is_trash)
		add_unfinished(out, fd, label, is_alive);
}

/* ---- The world ---- */

static void add_domains(GString *out, const char *world, int root, const char *place)
{
	bool is_trash = strcmp(place, "trash") == 0;
	g_autoptr(GPtrArray) names = names_in(root, place);

	for (guint i = 0; i < names->len; i++) {
		const char *name = names->pdata[i], *plain = is_trash ? strchr(name, '~') : name;
		g_autofree char *path = g_build_filename(place, name, NULL);
		g_autofree char *label = g_build_filename(place, plain ? plain : name, NULL);
		auto_close int fd = open_dir_at(root, path);

		if (g_str_has_suffix(label, "~todo"))
			g_string_append_printf(out, "!%s is unfinished\n", label);
		add_domain(out, world, fd, label, is_trash);
	}
}

static void add_kept(GString *out, int root)
{
	g_autoptr(GPtrArray) names = names_in(root, "kept");

	for (guint i = 0; i < names->len; i++) {
		g_autofree char *path = g_strdup_printf("kept/%s/nvram.fd", (char *)names->pdata[i]);
		auto_close int file = open_file_at(root, path);

		if (file >= 0 && same_file_at(file, root, "domains/vm/nvram.fd"))
			g_string_append_printf(out, "!%s was taken back and is still there\n", path);
		else
			add_file(out, root, path, path);
	}
}

static void add_disk(GString *out, const char *world, const char *name)
{
	g_autofree char *path = g_build_filename(world, name, NULL);
	g_autoptr(json_object) disk = fake_disk_read(path, NULL);
	json_object *tags = NULL;
	gint64 content = -1;

	json_get_int(disk, "content", &content);
	g_string_append_printf(out, "disk %s: content %d\n", name, (int)content);
	if (!json_get_object(disk, "tags", &tags))
		return;
	json_object_object_foreach(tags, tag, item)
	{
		gint64 memory = -1;

		json_get_int(item, "content", &content);
		json_get_int(item, "memory", &memory);
		g_string_append_printf(out, "disk %s: tag %s content %d memory %d\n", name, tag,
				       (int)content, (int)memory);
	}
}

char *view_take(const char *base)
{
	g_autofree char *world = g_build_filename(base, "world", NULL);
	g_autofree char *path = g_build_filename(world, "root", NULL);
	auto_close int root = open_dir_at(AT_FDCWD, path);
	auto_close int dir = open_dir_at(AT_FDCWD, world);
	GString *out = g_string_new(NULL);

	add_domains(out, world, root, "domains");
	add_domains(out, world, root, "trash");
	add_kept(out, root);
	add_file(out, dir, "outside.fd", "nvram outside");
	add_save_file(out, world, dir);
	for (guint i = 0; i < G_N_ELEMENTS(disk_names); i++)
		add_disk(out, world, disk_names[i]);
	return g_string_free(out, FALSE);
}

bool view_is_unfinished(const char *view)
{
	return view[0] == '!' || strstr(view, "\n!");
}

static void add_missing(GString *out, const char *from, const char *in, char sign)
{
	g_auto(GStrv) a = g_strsplit(from, "\n", -1);
	g_auto(GStrv) b = g_strsplit(in, "\n", -1);

	for (char **line = a; *line; line++)
		if (!g_strv_contains((const char *const *)b, *line))
			g_string_append_printf(out, "#     %c %.200s\n", sign, *line);
}

char *view_diff(const char *want, const char *got)
{
	GString *out = g_string_new(NULL);

	add_missing(out, want, got, '-');
	add_missing(out, got, want, '+');
	return g_string_free(out, FALSE);
}
