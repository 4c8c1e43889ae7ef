/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/sys.h"
#include "base/util.h"
#include "store/internal.h"
#include "store/trash.h"

#define SPARE_XML DOMAIN_XML ".new~"
#define KEEP_MAX 256

/* ---- Replacing the config ---- */

static bool has_text(int dirfd, const char *file, const char *text)
{
	g_autofree char *there = NULL;
	size_t size;

	return read_file_at(dirfd, file, XML_MAX, &there, &size, NULL) && size == strlen(text) &&
	       memcmp(there, text, size) == 0;
}

/* A staged file is fsynced when it is published, together with what else the directory has got by
 * then: one commit of the file system less. */
static bool put_spare(struct domain_dir *dd, const char *text, GError **err)
{
	return is_staged(dd) ? sys_put_file_volatile(dd->fd, SPARE_XML, text, strlen(text), err)
			     : sys_put_file(dd->fd, SPARE_XML, text, strlen(text), err);
}

/* Never write what cannot be read back. */
static bool write_spare(struct domain_dir *dd, const char *text, GError **err)
{
	if (strlen(text) > XML_MAX)
		return fail(err, VIR_ERR_XML_ERROR, "the config of '%s' is larger than 10 MiB",
			    dir_label(dd));
	if (exists_at(dd->fd, SPARE_XML) == 1 && sys_unlinkat(dd->fd, SPARE_XML) < 0)
		return fail_os(err, errno, "remove an unfinished config of '%s'", dir_label(dd));
	if (!put_spare(dd, text, err)) {
		fail_prefix(err, "config of '%s'", dir_label(dd));
		return store_explain(dd->store, err);
	}
	if (has_text(dd->fd, SPARE_XML, text))
		return true;
	sys_unlinkat(dd->fd, SPARE_XML);
	return fail_os(err, EIO, "the new config of '%s' reads back otherwise than it was written",
		       dir_label(dd));
}

/* What belongs to an undefined guest goes when it is defined again. It comes after the commit and
 * is done again by the next define when it fails. */
static void forget_undefined(struct domain_dir *dd)
{
	auto_archive old = { .fd = -1 };
	bool changed = false;

	if (exists_at(dd->fd, UNDEFINED_XML) == 1)
		changed = archive_open(dd, &old, NULL) &&
			  archive_move(dd, dd->fd, UNDEFINED_XML, "config", &old, NULL);
	if (exists_at(dd->fd, "keep") == 1)
		changed |= sys_unlinkat(dd->fd, "keep") == 0;
	if (!changed)
		return;
	if (old.fd >= 0) {
		(void)!sys_fsync(old.fd);
		archive_prune(&old);
	}
	(void)!sys_fsync(dd->fd);
}

/* old/ is there from the first define on, so that a full disk keeps nobody from moving a save
 * image out of the way later. */
static bool make_old(struct domain_dir *dd, GError **err)
{
	if (exists_at(dd->fd, "old") == 1 || sys_mkdirat(dd->fd, "old") == 0 || errno == EEXIST)
		return true;
	return store_fail(dd->store, err, errno, "make old/ of '%s'", dir_label(dd));
}

bool domain_put_config(struct domain_dir *dd, const char *text, GError **err)
{
	g_autofree char *what = g_strdup_printf("write the config of '%s'", dir_label(dd));
	struct renewal r = { dd->fd, SPARE_XML, DOMAIN_XML, "config", what };

	if (!has_text(dd->fd, DOMAIN_XML, text)) {
		if (!make_old(dd, err) || !write_spare(dd, text, err) ||
		    !archive_and_replace(dd, &r, err))
			return false;
	}
	forget_undefined(dd);
	return true;
}

bool domain_put_live(struct domain_dir *dd, const char *text, GError **err)
{
	if (sys_replace_file_volatile(dd->fd, LIVE_XML, text, strlen(text), err))
		return true;
	fail_prefix(err, "domain '%s'", dir_label(dd));
	return store_explain(dd->store, err);
}

/* ---- Undefine of a running guest, and back ---- */

bool domain_drop_config(struct domain_dir *dd, GError **err)
{
	g_autofree char *what = g_strdup_printf("undefine '%s'", dir_label(dd));
	struct move m = { dd->fd, DOMAIN_XML, dd->fd, UNDEFINED_XML };

	if (exists_at(dd->fd, DOMAIN_XML) == 0)
		return fail(err, VIR_ERR_OPERATION_INVALID, "domain '%s' is not defined",
			    dir_label(dd));
	/* An undefined.xml beside it was left by a define that was killed behind its commit. */
	if (!domain_archive(dd, UNDEFINED_XML, "config", NULL, err))
		return false;
	return move_commit(dd->store, &m, what, err);
}

bool domain_restore_config(struct domain_dir *dd, GError **err)
{
	g_autofree char *what = g_strdup_printf("take back the config of '%s'", dir_label(dd));
	struct move m = { dd->fd, UNDEFINED_XML, dd->fd, DOMAIN_XML };
	g_autoptr(GError) why = NULL;

	if (!move_commit(dd->store, &m, what, &why)) {
		if (error_is_os(why, EEXIST))
			return fail(err, VIR_ERR_OPERATION_INVALID,
				    "domain '%s' is defined already", dd->name);
		if (error_is_os(why, ENOENT))
			return fail(err, VIR_ERR_OPERATION_INVALID,
				    "domain '%s' was not undefined while it was running",
				    dir_label(dd));
		g_propagate_error(err, g_steal_pointer(&why));
		return false;
	}
	domain_set_keep(dd, false, false, NULL);
	tombstone_remove(dd, NULL);
	return true;
}

/* ---- Small files ---- */

static bool make_flag(struct domain_dir *dd, const char *file)
{
	auto_close int fd = sys_create(dd->fd, file);

	return (fd >= 0 || errno == EEXIST) && sys_fsync(dd->fd) == 0;
}

static bool drop_flag(struct domain_dir *dd, const char *file)
{
	return (sys_unlinkat(dd->fd, file) == 0 || errno == ENOENT) && sys_fsync(dd->fd) == 0;
}

bool domain_set_flag_file(struct domain_dir *dd, const char *file, bool on, GError **err)
{
	int was = exists_at(dd->fd, file), errnum;

	if (was >= 0 && (was > 0) == on)
		return true;
	if (was >= 0 && (on ? make_flag(dd, file) : drop_flag(dd, file)))
		return true;
	errnum = errno;
	/* Failed means unchanged. */
	if (was >= 0 && exists_at(dd->fd, file) == on)
		(void)!(on ? drop_flag(dd, file) : make_flag(dd, file));
	return store_fail(dd->store, err, errnum, "%s '%s' of '%s'%s", on ? "make" : "remove", file,
			  dir_label(dd), exists_at(dd->fd, file) == on ? UNCONFIRMED : "");
}

bool domain_set_keep(struct domain_dir *dd, bool nvram, bool tpm, GError **err)
{
	g_autofree char *text = g_strconcat(nvram ? "nvram\n" : "", tpm ? "tpm\n" : "", NULL);

	if (!*text)
		return domain_set_flag_file(dd, "keep", false, err);
	return sys_replace_file(dd->fd, "keep", text, strlen(text), err) ||
	       store_explain(dd->store, err);
}

bool domain_get_keep(struct domain_dir *dd, bool *ret_nvram, bool *ret_tpm, GError **err)
{
	g_autofree char *text = NULL;
	g_auto(GStrv) lines = NULL;
	g_autoptr(GError) why = NULL;

	if (!read_file_at(dd->fd, "keep", KEEP_MAX, &text, NULL, &why) &&
	    !error_is_os(why, ENOENT)) {
		g_propagate_error(err, g_steal_pointer(&why));
		return fail_prefix(err, "domain '%s'", dir_label(dd));
	}
	lines = g_strsplit(text ? text : "", "\n", -1);
	*ret_nvram = g_strv_contains((const char *const *)lines, "nvram");
	*ret_tpm = g_strv_contains((const char *const *)lines, "tpm");
	return true;
}
