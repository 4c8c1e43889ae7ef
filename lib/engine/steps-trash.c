/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Steps that take back from the trash and from a domain's old/. */
#include "engine/steps.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include "base/error.h"
#include "base/escape.h"
#include "base/sys.h"
#include "base/util.h"

#define NVRAM_MAX (64 << 20)

static bool drop(struct op *op, const char *file, GError **err)
{
	return sys_remove_tree(op->dd->fd, file, err);
}

/* The NVRAM outside that `undefine --nvram` took into the entry, back to where the config says. A
 * file that is there by now is not replaced. */
static bool put_nvram_back(struct op *op, GError **err)
{
	g_autofree char *path = xml_text(xml_root(op->tree), "os/nvram");
	g_autofree char *content = NULL;
	size_t size;

	if (!path || !g_path_is_absolute(path) || exists_at(AT_FDCWD, path) != 0 ||
	    exists_at(op->dd->fd, "nvram.fd") != 1)
		return true;
	if (!read_file_at(op->dd->fd, "nvram.fd", NVRAM_MAX, &content, &size, err) ||
	    !sys_put_file(AT_FDCWD, path, content, size, err))
		return fail_prefix(err, "put nvram '%s' back", path);
	return drop(op, "nvram.fd", err);
}

/* Make the entry what a persistent domain that is off looks like. An image that a guest was resumed
 * from and that was not used up goes back to its place. */
bool step_prepare_entry(struct op *op, GError **err)
{
	if (exists_at(op->dd->fd, "domain.xml") != 1) {
		g_autofree char *text = xml_format(op->tree);

		if (!domain_put_config(op->dd, text, err))
			return false;
	}
	if (exists_at(op->dd->fd, "run/restored") == 1 &&
	    sys_renameat(op->dd->fd, "run/restored", op->dd->fd, "managed-save", 1) < 0) {
		if (errno != EEXIST)
			return fail_os(err, errno, "take the save image back");
		if (!domain_archive(op->dd, "run/restored", "managed-save", NULL, err))
			return false;
	}
	/* run_clear: the guard of the guest that has just ended may still be writing into it. */
	return put_nvram_back(op, err) && run_clear(op->dd, "run", err) && drop(op, "keep", err) &&
	       drop(op, "live.xml", err) && drop(op, "undefined.xml", err) &&
	       drop(op, "intent", err) && drop(op, "tombstone", err);
}

bool step_restore_entry(struct op *op, GError **err)
{
	return trash_publish(op->dd, op->trash_id, op->name, err);
}

static const char *after_prefix(const char *what, const char *prefix)
{
	return g_str_has_prefix(what, prefix) ? what + strlen(prefix) : NULL;
}

/* The record of the same snapshot takes the place of the present one. */
static bool exchange_record(struct op *op, const char *path, GError **err)
{
	g_autofree char *text = NULL;
	size_t size;

	return domain_read_xml(op->dd, path, &text, &size, err) &&
	       record_stage(op->dd, op->snap.name, text, err) &&
	       record_publish(op->dd, op->snap.name, err) && drop(op, path, err);
}

/* A config, NVRAM or a record replaces the present one, which goes to old/ in turn; a save image, or a
 * record that is not there, goes back to its empty place. */
bool step_restore_old(struct op *op, GError **err)
{
	g_autofree char *path = g_strconcat("old/", op->old_file, NULL);
	const char *what = strchr(op->old_file, '~');
	const char *record = what ? after_prefix(what, "~snapshot-") : NULL;
	g_autofree char *target = NULL;

	if (what && strcmp(what, "~config") == 0) {
		g_autofree char *text = xml_format(op->tree);

		return domain_put_config(op->dd, text, err) && drop(op, path, err);
	}
	if (what && strcmp(what, "~nvram") == 0)
		return nvram_put(op->dd, path, err) && drop(op, path, err);
	if (record && record_exists(op->dd, op->snap.name))
		return exchange_record(op, path, err);
	if (what && strcmp(what, "~managed-save") == 0)
		target = g_strdup("managed-save");
	else if (record)
		target = g_strdup_printf("snapshots/%s.xml", record);
	else
		return fail(err, VIR_ERR_INVALID_ARG, "'%s' cannot be taken back", op->old_file);
	return domain_unarchive(op->dd, op->old_file, target, err);
}
