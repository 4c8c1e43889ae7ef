/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* --validate: which elements and attributes a snapshot may have. */
#include "xml/snapshot.h"

#include <string.h>

#include "base/error.h"
#include "xml/node.h"

/* Below the root, by path; an attribute after '@'. What stands under an element with `open` is a
 * document of another kind. */
static const struct {
	const char *path;
	bool of_record; /* only in a record, not in what a snapshot is made of */
	bool open;
} known[] = {
	{ "name" }, { "description" }, { "memory" }, { "memory/@snapshot" }, { "memory/@file" },
	{ "disks" }, { "disks/disk" }, { "disks/disk/@name" }, { "disks/disk/@snapshot" },
	{ "disks/disk/@type" }, { "disks/disk/driver" }, { "disks/disk/driver/@type" },
	{ "disks/disk/source" }, { "disks/disk/source/@file" }, { "disks/disk/source/@dev" },
	{ "state", true }, { "parent", true }, { "parent/name", true }, { "creationTime", true },
	{ "active", true }, { "domain", true, true }, { "inactiveDomain", true, true },
	{ "cookie", true, true },
};

/* The row of a path; -1 when there is none. */
static int find(const char *path, bool is_record)
{
	for (guint i = 0; i < G_N_ELEMENTS(known); i++)
		if (strcmp(known[i].path, path) == 0)
			return known[i].of_record && !is_record ? -1 : (int)i;
	return -1;
}

static bool unknown(const char *what, const char *path, GError **err)
{
	return fail(err, VIR_ERR_XML_ERROR, "%s '%s' is not known in a snapshot's XML", what, path);
}

static bool check_attributes(const struct xml_node *node, const char *path, bool is_record,
			     GError **err)
{
	struct xml_attribute a;

	for (size_t pos = 0; xml_scan_attribute(node->open, &pos, &a);) {
		g_autofree char *at = g_strdup_printf("%s%s@%.*s", path, *path ? "/" : "",
						      (int)a.name.size, a.name.at);

		if (g_str_has_prefix(strchr(at, '@'), "@xmlns"))
			continue;
		if (find(at, is_record) < 0)
			return unknown("attribute", at, err);
	}
	return true;
}

/* Depth is bounded by the table. */
static bool check_below(const struct xml_node *node, const char *path, bool is_record, GError **err)
{
	if (!check_attributes(node, path, is_record, err))
		return false;
	for (const struct xml_node *n = node->first; n; n = n->next) {
		g_autofree char *at = g_strconcat(path, *path ? "/" : "", n->name, NULL);
		int row = find(at, is_record);

		if (n->is_foreign || row < 0)
			return unknown("element", at, err);
		if (!known[row].open && !check_below(n, at, is_record, err))
			return false;
	}
	return true;
}

bool snapshot_check_known(const char *text, size_t size, bool is_record, GError **err)
{
	g_autoptr(xml_tree) tree = xml_parse(text, size, "snapshot", err);

	return tree && check_below(xml_root(tree), "", is_record, err);
}
