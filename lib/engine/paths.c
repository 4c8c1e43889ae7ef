/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/paths.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "base/error.h"
#include "base/util.h"
#include "engine/op.h"
#include "xml/node.h"

bool path_is_in_store(struct engine *e, const char *path)
{
	g_autofree char *dir = g_path_get_dirname(path);
	char *root = realpath(e->root, NULL), *real = realpath(dir, NULL);
	bool is_in = !root || !real ||
		     (g_str_has_prefix(real, root) &&
		      (real[strlen(root)] == '/' || real[strlen(root)] == '\0'));

	free(root);
	free(real);
	return is_in;
}

/* ---- Disks ---- */

struct wanted {
	const char *path;
	const struct stat *st;
};

/* The same name, or the same file by another one. */
static bool is_wanted(const struct wanted *w, const char *source)
{
	g_autofree char *dir = NULL, *name = NULL, *canonical = NULL;
	struct stat st;
	char *real;

	if (strcmp(source, w->path) == 0)
		return true;
	if (w->st && stat(source, &st) == 0)
		return st.st_dev == w->st->st_dev && st.st_ino == w->st->st_ino;
	dir = g_path_get_dirname(source);
	name = g_path_get_basename(source);
	real = realpath(dir, NULL);
	canonical = real ? g_build_filename(real, name, NULL) : NULL;
	free(real);
	return g_strcmp0(canonical, w->path) == 0;
}

static bool names_source(const struct wanted *w, const struct xml_node *node)
{
	static const char *const attributes[] = { "file", "dev" };

	for (guint i = 0; i < G_N_ELEMENTS(attributes); i++) {
		g_autofree char *source = xml_attr(node, attributes[i]);

		if (source && is_wanted(w, source))
			return true;
	}
	return false;
}

/* Below a <disk>: its source, and those of its backing files. */
static bool names_below(const struct wanted *w, const struct xml_node *node)
{
	for (const struct xml_node *n = xml_child(node, NULL); n; n = xml_next(n, NULL))
		if ((strcmp(xml_name(n), "source") == 0 && names_source(w, n)) ||
		    names_below(w, n))
			return true;
	return false;
}

static bool text_names(const struct wanted *w, const char *text, size_t size)
{
	g_autoptr(xml_tree) tree = xml_build(text, size, "domain", NULL);
	const struct xml_node *disk = tree ? xml_at(xml_root(tree), "devices/disk") : NULL;

	for (; disk; disk = xml_next(disk, "disk"))
		if (names_below(w, disk))
			return true;
	return !tree;
}

static bool config_names(const struct wanted *w, struct domain_dir *dd)
{
	static const char *const files[] = { "domain.xml", "live.xml", "undefined.xml" };

	for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
		g_autofree char *text = NULL;
		g_autoptr(GError) why = NULL;
		size_t size;

		if (!domain_read_xml(dd, files[i], &text, &size, &why)) {
			if (!error_is_os(why, ENOENT))
				return true;
		} else if (text_names(w, text, size)) {
			return true;
		}
	}
	return false;
}

/* As written, or as XML: a record is read in full only to revert to it. */
static bool record_names(const struct wanted *w, struct domain_dir *dd)
{
	g_autoptr(GPtrArray) names = records_names(dd, NULL);
	g_autofree char *escaped = g_markup_escape_text(w->path, -1);

	for (guint i = 0; names && i < names->len; i++) {
		g_autofree char *text = NULL;
		size_t size;

		if (!record_read(dd, names->pdata[i], &text, &size, NULL) ||
		    strstr(text, w->path) || strstr(text, escaped))
			return true;
	}
	return false;
}

char *path_disk_owner(struct op *op, const char *path, const struct stat *st)
{
	g_autoptr(GPtrArray) names = store_names(op->store, NULL);
	struct wanted w = { path, st };

	for (guint i = 0; names && i < names->len; i++) {
		g_autoptr(domain_dir) dd = domain_open(op->store, names->pdata[i], NULL);

		if (dd && (config_names(&w, dd) || record_names(&w, dd)))
			return g_strdup(names->pdata[i]);
	}
	return names ? NULL : g_strdup("?");
}
