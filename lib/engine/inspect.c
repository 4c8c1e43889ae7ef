/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Looking closer at what is stored. Readers only. */
#include "engine/inspect.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/cleanup.h"
#include "base/error.h"
#include "base/escape.h"
#include "base/util.h"
#include "engine/op.h"
#include "xml/node.h"

/* The store's own text was checked when it was written. */
struct xml_tree *engine_tree(struct engine *e, const char *name, bool inactive, GError **err)
{
	g_autofree char *text = engine_xml(e, name, inactive, true, err);

	return text ? xml_build(text, strlen(text), "domain", err) : NULL;
}

char *engine_run_path(struct engine *e, const char *name, const char *file)
{
	g_autofree char *escaped = name_escape(name);

	return g_build_filename(e->root, "domains", escaped, "run", file, NULL);
}

/* ---- Sizes of disks ---- */

static char *source_of(const struct xml_node *disk)
{
	static const char *const attributes[] = { "file", "dev", "name", "volume" };
	char *source = NULL;

	for (guint i = 0; !source && i < G_N_ELEMENTS(attributes); i++)
		source = xml_attr_at(disk, "source", attributes[i]);
	return source;
}

static struct xml_node *find_disk(const struct xml_tree *tree, const char *wanted)
{
	struct xml_node *disk = xml_at(xml_root(tree), "devices/disk");

	for (; disk; disk = xml_next(disk, "disk")) {
		g_autofree char *target = xml_attr_at(disk, "target", "dev");
		g_autofree char *source = source_of(disk);

		if (g_strcmp0(target, wanted) == 0 || g_strcmp0(source, wanted) == 0)
			return disk;
	}
	return NULL;
}

static bool sizes_of(struct engine *e, const struct hv_disk *disk, struct disk_sizes *ret,
		     GError **err)
{
	auto_close int fd = open(disk->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct disk_sizes sizes = { 0 };
	struct stat st;
	off_t end;

	if (fd < 0 || fstat(fd, &st) < 0)
		return fail_os(err, errno, "look at disk '%s'", disk->path);
	end = lseek(fd, 0, SEEK_END);
	if (end < 0)
		return fail_os(err, errno, "ask for the size of disk '%s'", disk->path);
	sizes.physical = (guint64)end;
	sizes.allocation = S_ISREG(st.st_mode) ? (guint64)st.st_blocks * 512 : sizes.physical;
	sizes.capacity = sizes.physical;
	if (e->hv->ops->disk_size &&
	    !e->hv->ops->disk_size(e->hv, disk, &sizes.capacity, err))
		return false;
	*ret = sizes;
	return true;
}

char *engine_disk_target(struct engine *e, const char *name, const char *disk, GError **err)
{
	g_autoptr(xml_tree) tree = engine_tree(e, name, false, err);
	struct xml_node *node = tree ? find_disk(tree, disk) : NULL;

	if (tree && !node)
		fail(err, VIR_ERR_INVALID_ARG, "domain '%s' has no disk '%s'", name, disk);
	return node ? xml_attr_at(node, "target", "dev") : NULL;
}

GPtrArray *engine_disk_targets(struct engine *e, const char *name, GError **err)
{
	g_autoptr(xml_tree) tree = engine_tree(e, name, false, err);
	struct xml_node *disk = tree ? xml_at(xml_root(tree), "devices/disk") : NULL;
	GPtrArray *targets = tree ? g_ptr_array_new_with_free_func(g_free) : NULL;

	for (; disk; disk = xml_next(disk, "disk")) {
		char *target = xml_attr_at(disk, "target", "dev");

		if (target)
			g_ptr_array_add(targets, target);
	}
	return targets;
}

bool engine_disk_sizes(struct engine *e, const char *name, const char *disk,
		       struct disk_sizes *ret_sizes, GError **err)
{
	g_autoptr(xml_tree) tree = engine_tree(e, name, false, err);
	struct xml_node *node = tree ? find_disk(tree, disk) : NULL;
	g_autofree char *format = node ? xml_attr_at(node, "driver", "type") : NULL;
	g_autofree char *source = node ? source_of(node) : NULL;
	struct hv_disk d = { disk, source, format ? format : "raw" };

	if (!tree)
		return false;
	if (!node)
		return fail(err, VIR_ERR_INVALID_ARG, "domain '%s' has no disk '%s'", name, disk);
	if (!source)
		return fail(err, VIR_ERR_INVALID_ARG,
			    "disk '%s' does not currently have a source assigned", disk);
	return sizes_of(e, &d, ret_sizes, err);
}

/* ---- Saved configurations ---- */

/* dd: NULL for a user's file. */
static char *read_saved(struct domain_dir *dd, const char *file, bool security, GError **err)
{
	struct image img;
	char *xml = NULL;

	image_init(&img);
	if (dd ? image_open(&img, dd->fd, file, false, err) :
		 image_open_file(&img, file, false, err))
		xml = g_strdup(img.xml);
	image_clear(&img);
	if (!xml || security)
		return xml;
	return op_strip_secrets(xml, strlen(xml), err);
}

char *engine_saved_xml(struct engine *e, const char *name, const char *file, bool security,
		       GError **err)
{
	g_autoptr(store) st = NULL;
	g_autoptr(domain_dir) dd = NULL;

	if (file)
		return read_saved(NULL, file, security, err);
	st = store_open(e->root, false, e->command, err);
	dd = st ? domain_open(st, name, err) : NULL;
	if (!dd)
		return NULL;
	if (exists_at(dd->fd, "managed-save") == 0) {
		fail(err, VIR_ERR_OPERATION_INVALID,
		     "domain '%s' does not have managed save image", name);
		return NULL;
	}
	return read_saved(dd, "managed-save", security, err);
}
