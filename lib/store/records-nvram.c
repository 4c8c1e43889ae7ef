/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Firmware variables of snapshots that were taken while the guest was off. */
#include "store/records.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/escape.h"
#include "base/sys.h"
#include "base/util.h"
#include "store/internal.h"

#define NVRAM "nvram.fd"
#define SPARE "nvram.fd.new~"
#define SUFFIX ".nvram"
#define NVRAM_MAX (64 << 20)

static char *copy_of(const char *name)
{
	g_autofree char *escaped = name_escape(name);

	return g_strconcat(escaped, SUFFIX, NULL);
}

/* *ret_text NULL: there is no such file. */
static bool read_if_there(int dirfd, const char *file, char **ret_text, size_t *ret_size,
			  GError **err)
{
	g_autoptr(GError) why = NULL;

	if (read_file_at(dirfd, file, NVRAM_MAX, ret_text, ret_size, &why))
		return true;
	*ret_text = NULL;
	*ret_size = 0;
	if (error_is_os(why, ENOENT))
		return true;
	g_propagate_error(err, g_steal_pointer(&why));
	return false;
}

bool record_save_nvram(struct domain_dir *dd, const char *name, GError **err)
{
	g_autofree char *file = copy_of(name), *text = NULL;
	auto_close int dir = -1;
	size_t size;

	if (!read_if_there(dd->fd, NVRAM, &text, &size, err))
		return fail_prefix(err, "nvram of '%s'", dir_label(dd));
	dir = open_made_dir(dd->fd, RECORDS_DIR);
	if (dir < 0)
		return store_fail(dd->store, err, errno, "make " RECORDS_DIR "/ of '%s'",
				  dir_label(dd));
	if (sys_replace_file(dir, file, text ? text : "", size, err))
		return true;
	fail_prefix(err, "nvram of snapshot '%s'", name);
	return store_explain(dd->store, err);
}

static bool is_same(struct domain_dir *dd, const char *text, size_t size)
{
	g_autofree char *now = NULL;
	size_t now_size;

	return read_if_there(dd->fd, NVRAM, &now, &now_size, NULL) && now && now_size == size &&
	       memcmp(now, text, size) == 0;
}

bool nvram_put(struct domain_dir *dd, const char *path, GError **err)
{
	g_autofree char *what = g_strdup_printf("put nvram '%s' of '%s' back", path, dir_label(dd));
	struct renewal r = { dd->fd, SPARE, NVRAM, "nvram", what };
	g_autofree char *text = NULL;
	size_t size;

	if (!read_if_there(dd->fd, path, &text, &size, err))
		return fail_prefix(err, "nvram '%s' of '%s'", path, dir_label(dd));
	if (!text)
		return true;
	if (size == 0)
		return domain_archive(dd, NVRAM, "nvram", NULL, err);
	if (is_same(dd, text, size))
		return true;
	if (exists_at(dd->fd, SPARE) == 1)
		sys_unlinkat(dd->fd, SPARE);
	if (!sys_put_file(dd->fd, SPARE, text, size, err)) {
		fail_prefix(err, "nvram of '%s'", dir_label(dd));
		return store_explain(dd->store, err);
	}
	return archive_and_replace(dd, &r, err);
}

bool record_put_nvram(struct domain_dir *dd, const char *name, GError **err)
{
	g_autofree char *file = copy_of(name);
	g_autofree char *path = g_strconcat(RECORDS_DIR "/", file, NULL);

	return nvram_put(dd, path, err);
}

GPtrArray *records_nvram_names(struct domain_dir *dd, GError **err)
{
	return records_files(dd, SUFFIX, err);
}

bool record_retire_nvram(struct domain_dir *dd, const char *name, GError **err)
{
	g_autofree char *file = copy_of(name);
	g_autofree char *path = g_strconcat(RECORDS_DIR "/", file, NULL);

	return domain_archive(dd, path, "nvram", NULL, err);
}

bool record_drop_nvram(struct domain_dir *dd, const char *name, GError **err)
{
	g_autofree char *file = copy_of(name);
	auto_close int dir = open_dir_at(dd->fd, RECORDS_DIR);

	if (dir < 0 && errno == ENOENT)
		return true;
	if (dir >= 0 && exists_at(dir, file) == 0)
		return true;
	if (dir < 0 || (sys_unlinkat(dir, file) < 0 && errno != ENOENT) || sys_fsync(dir) < 0)
		return fail_os(err, errno, "delete the nvram of snapshot '%s' of '%s'", name,
			       dir_label(dd));
	return true;
}
