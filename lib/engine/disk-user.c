/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who uses a disk image that somebody else has locked. */
#include "engine/op.h"

#include <sys/stat.h>
#include "base/error.h"
#include "engine/inspect.h"

static bool is_same_file(const struct stat *file, const char *path)
{
	struct stat other;

	return path && stat(path, &other) == 0 && other.st_dev == file->st_dev &&
	       other.st_ino == file->st_ino;
}

static bool names_disk(struct engine *e, const char *name, const struct stat *file)
{
	g_autoptr(xml_tree) tree = engine_tree(e, name, false, NULL);
	g_autoptr(domain_config) view = tree ? domain_config_read(tree, NULL) : NULL;

	for (guint i = 0; view && i < view->disks->len; i++)
		if (is_same_file(file, ((struct disk_config *)view->disks->pdata[i])->source))
			return true;
	return false;
}

/* A running domain of this store other than `op`'s own. NULL: it is nobody of ours. */
static char *find_user(struct op *op, const char *path)
{
	g_autoptr(GPtrArray) domains = NULL;
	struct stat file;
	char *found = NULL;

	if (stat(path, &file) < 0)
		return NULL;
	domains = engine_list(op->e, NULL);
	for (guint i = 0; domains && i < domains->len && !found; i++) {
		const struct domain_brief *b = domains->pdata[i];

		if (b->is_alive && g_strcmp0(b->name, op->name) != 0 &&
		    names_disk(op->e, b->name, &file))
			found = g_strdup(b->name);
	}
	return found;
}

bool op_check_disk(struct op *op, const struct hv_disk *disk, bool is_readonly, GError **err)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *user = NULL;

	if (op->e->hv->ops->check_disk(op->e->hv, disk, is_readonly, &error))
		return true;
	if (error_is(error, VIR_ERR_RESOURCE_BUSY))
		user = find_user(op, disk->path);
	if (user)
		return fail(err, VIR_ERR_RESOURCE_BUSY, "%s, that of domain '%s'", error->message,
			    user);
	g_propagate_error(err, g_steal_pointer(&error));
	return false;
}
