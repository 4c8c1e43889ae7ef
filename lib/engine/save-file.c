/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/save-file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "base/cleanup.h"
#include "base/error.h"
#include "base/util.h"
#include "engine/op.h"
#include "engine/paths.h"
#include "xml/peek.h"

#define IMAGE "managed-save"

void save_file_init(struct save_file *f)
{
	*f = (struct save_file){ .dir_fd = -1 };
}

void save_file_clear(struct save_file *f)
{
	close_fd(&f->dir_fd);
	g_free(f->path);
	g_free(f->name);
	g_free(f->spare);
	save_file_init(f);
}

/* ---- Choosing ---- */

static bool open_dir(struct op *op, const char *dir, GError **err)
{
	struct save_file *f = &op->save;

	g_free(f->spare);
	f->spare = g_strdup_printf(".domsh-%s.new~", op->run_id ? op->run_id : op->intent.run_id);
	close_fd(&f->dir_fd);
	f->dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return f->dir_fd >= 0 || fail_os(err, errno, "open '%s', the directory of '%s'", dir, f->name);
}

bool save_file_choose(struct op *op, const char *path, GError **err)
{
	struct save_file *f = &op->save;
	g_autofree char *dir = g_path_get_dirname(path);
	char *real;

	f->name = g_path_get_basename(path);
	if (!*path || !g_utf8_validate(path, -1, NULL) || g_str_has_suffix(path, "/") || strcmp(f->name, ".") == 0 ||
	    strcmp(f->name, "..") == 0)
		return fail(err, VIR_ERR_INVALID_ARG, "'%s' is no name of a file", path);
	real = realpath(dir, NULL);
	if (!real)
		return fail_os(err, errno, "find '%s', the directory of '%s'", dir, f->name);
	f->path = g_build_filename(real, f->name, NULL);
	free(real);
	return save_file_reopen(op, err);
}

bool save_file_reopen(struct op *op, GError **err)
{
	struct save_file *f = &op->save;
	g_autofree char *dir = g_path_get_dirname(f->path);

	g_free(f->name);
	f->name = g_path_get_basename(f->path);
	return open_dir(op, dir, err);
}

/* ---- What is there ---- */

static void is_unfit(struct op *op, const char *why)
{
	op->facts |= FACT_FILE_UNFIT;
	op_detail(op, REASON_FILE_UNFIT, g_strdup_printf("'%s': %s", op->save.path, why));
}

/* Memory of this domain that was saved there before. */
static bool is_own_image(struct op *op)
{
	g_autofree char *uuid = NULL;
	struct image img;
	bool done;

	image_init(&img);
	done = image_open(&img, op->save.dir_fd, op->save.name, false, NULL);
	if (done)
		uuid = xml_peek_one(img.xml, strlen(img.xml), "domain/uuid");
	image_clear(&img);
	return done && uuid && g_ascii_strcasecmp(uuid, op->uuid) == 0;
}

void save_file_facts(struct op *op)
{
	struct save_file *f = &op->save;
	g_autofree char *owner = NULL;
	struct stat st;
	bool is_there = fstatat(f->dir_fd, f->name, &st, AT_SYMLINK_NOFOLLOW) == 0;

	if (!is_there && errno != ENOENT)
		is_unfit(op, g_strerror(errno));
	owner = path_disk_owner(op, f->path, is_there ? &st : NULL);
	if (path_is_in_store(op->e, f->path)) {
		is_unfit(op, "it is in the store, which holds files of domsh alone");
	} else if (owner) {
		g_autofree char *why = g_strdup_printf("domain '%s' names it as a disk", owner);

		is_unfit(op, why);
	} else if (is_there && !S_ISREG(st.st_mode)) {
		is_unfit(op, "it is no regular file");
	} else if (is_there && !is_own_image(op)) {
		op->facts |= FACT_FILE_TAKEN;
		op_detail(op, REASON_FILE_TAKEN, g_strdup_printf("'%s'", f->path));
	}
	f->replaces = is_there;
}

/* ---- Names ---- */

int save_dir(const struct op *op)
{
	return op->save.path ? op->save.dir_fd : op->dd->fd;
}

const char *save_name(const struct op *op)
{
	return op->save.path ? op->save.name : IMAGE;
}

const char *save_spare(const struct op *op)
{
	return op->save.path ? op->save.spare : IMAGE ".new~";
}
