/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/sys.h"
#include "base/util.h"
#include "store/internal.h"
#include "store/trash.h"

#define NVRAM "nvram.fd"
#define TPM "tpm"
#define TPM_SPARE "tpm.new~"

static bool is_plain(const char *uuid)
{
	return *uuid && *uuid != '.' && !strchr(uuid, '/');
}

bool kept_exists(struct store *st, const char *uuid)
{
	g_autofree char *path = g_strconcat("kept/", uuid, NULL);

	return st->fd >= 0 && is_plain(uuid) && exists_at(st->fd, path) == 1;
}

/* ---- Putting away ---- */

/* Are there older ones of what is to be put away? What an interrupted call has put away already
 * is no longer in dd. */
static bool is_in_the_way(struct domain_dir *dd, int kept, const char *file)
{
	return exists_at(dd->fd, file) == 1 && exists_at(kept, file) != 0;
}

/* The older kept files become a trash entry of their own. */
static bool retire_kept(struct domain_dir *dd, const char *uuid, GError **err)
{
	struct store *st = dd->store;
	struct tombstone ts = { .time = now_sec(),
				.command = st->command,
				.cause = "replaced",
				.name = dd->name,
				.uuid = uuid };
	g_autofree char *entry = entry_name(dd->name, false);
	g_autofree char *what =
		g_strdup_printf("move older kept files of '%s' into the trash", dd->name);
	g_autoptr(domain_dir) older = NULL;
	int fd = open_dir_at(st->kept, uuid);

	if (fd < 0)
		return fail_os(err, errno, "open the kept files of %s", uuid);
	older = domain_dir_new(st, dd->name, NULL, fd);
	return tombstone_write(older, &ts, err) &&
	       move_commit(st, &(struct move){ st->kept, uuid, st->trash, entry }, what, err);
}

/* Move dd/file to kept; absent is success. The guest's last writes must be durable first. */
static bool put_file(struct domain_dir *dd, int kept, const char *file, GError **err)
{
	if (exists_at(dd->fd, file) == 0)
		return true;
	if (sync_at(dd->fd, file) && sys_renameat(dd->fd, file, kept, file, RENAME_NOREPLACE) == 0)
		return true;
	return store_fail(dd->store, err, errno, "keep '%s' of '%s'", file, dd->name);
}

bool kept_put(struct domain_dir *dd, const char *uuid, bool nvram, bool tpm, GError **err)
{
	struct store *st = dd->store;
	auto_close int kept = -1;

	nvram = nvram && exists_at(dd->fd, NVRAM) != 0;
	tpm = tpm && exists_at(dd->fd, TPM) != 0;
	if (!nvram && !tpm)
		return true;
	if (!is_plain(uuid))
		return fail(err, VIR_ERR_INVALID_ARG, "'%s' is not a uuid", uuid);
	kept = open_made_dir(st->kept, uuid);
	if (kept >= 0 &&
	    ((nvram && is_in_the_way(dd, kept, NVRAM)) || (tpm && is_in_the_way(dd, kept, TPM)))) {
		if (!retire_kept(dd, uuid, err))
			return false;
		close_fd(&kept);
		kept = open_made_dir(st->kept, uuid);
	}
	if (kept < 0)
		return store_fail(st, err, errno, "make a place for what '%s' keeps", dd->name);
	if ((nvram && !put_file(dd, kept, NVRAM, err)) || (tpm && !put_file(dd, kept, TPM, err)))
		return false;
	return (sys_fsync(kept) == 0 && sys_fsync(dd->fd) == 0) ||
	       store_fail(st, err, errno, "keep the files of '%s'", dd->name);
}

/* ---- Taking back ---- */

/* Is to/file, or each file in it, the same as from/file? Then an interrupted call linked it. */
static bool is_linked(int from, int to, const char *file)
{
	g_autoptr(GPtrArray) below = dir_names(from, file);
	auto_close int fd = -1;

	if (!below) {
		fd = open_file_at(from, file);
		return fd >= 0 && same_file_at(fd, to, file);
	}
	for (guint i = 0; i < below->len; i++) {
		g_autofree char *path = g_build_filename(file, below->pdata[i], NULL);

		if (!is_linked(from, to, path))
			return false;
	}
	return true;
}

/* Does dd have one of its own already? */
static bool is_conflict(int kept, int to, const char *file)
{
	return exists_at(kept, file) != 0 && exists_at(to, file) != 0 && !is_linked(kept, to, file);
}

/* tpm/ is flat: what swtpm keeps are files. */
static bool link_all(int from, int to)
{
	g_autoptr(GPtrArray) files = dir_names(from, ".");

	if (!files)
		return false;
	for (guint i = 0; i < files->len; i++) {
		if (sys_linkat(from, files->pdata[i], to, files->pdata[i]) < 0)
			return false;
	}
	return sys_fsync(to) == 0;
}

static bool link_tpm(int kept, int to)
{
	auto_close int from = open_dir_at(kept, TPM), new = -1;

	if (from < 0 || exists_at(to, TPM) == 1)
		return from >= 0 || errno == ENOENT;
	if (!sys_remove_tree(to, TPM_SPARE, NULL) || sys_mkdirat(to, TPM_SPARE) < 0)
		return false;
	new = open_dir_at(to, TPM_SPARE);
	return new >= 0 && link_all(from, new) &&
	       sys_renameat(to, TPM_SPARE, to, TPM, RENAME_NOREPLACE) == 0;
}

static bool link_nvram(int kept, int to)
{
	return sys_linkat(kept, NVRAM, to, NVRAM) == 0 || errno == ENOENT || errno == EEXIST;
}

/* Linked, not moved: a staged directory may still be swept. */
bool kept_take(struct domain_dir *dd, const char *uuid, bool *ret_took, GError **err)
{
	struct store *st = dd->store;
	auto_close int kept = -1;

	if (ret_took)
		*ret_took = false;
	if (!kept_exists(st, uuid))
		return true;
	kept = open_dir_at(st->kept, uuid);
	if (kept < 0)
		return fail_os(err, errno, "open the kept files of %s", uuid);
	if (is_conflict(kept, dd->fd, NVRAM) || is_conflict(kept, dd->fd, TPM))
		return true;
	if (!link_nvram(kept, dd->fd) || !link_tpm(kept, dd->fd) || sys_fsync(dd->fd) < 0)
		return store_fail(st, err, errno, "take back the kept files of %s", uuid);
	g_free(dd->kept_uuid);
	dd->kept_uuid = g_strdup(uuid);
	if (!dd->entry)
		kept_drop_taken(dd);
	if (ret_took)
		*ret_took = true;
	return true;
}

void kept_drop_taken(struct domain_dir *dd)
{
	struct store *st = dd->store;
	g_autofree char *spare = NULL;

	if (!dd->kept_uuid)
		return;
	spare = staging_name();
	if (sys_renameat(st->kept, dd->kept_uuid, st->staging, spare, RENAME_NOREPLACE) == 0) {
		(void)!sys_fsync(st->kept);
		sys_remove_tree(st->staging, spare, NULL);
	}
	g_clear_pointer(&dd->kept_uuid, g_free);
}

/* Not there, or linked: nothing is lost when it goes from kept/. */
static bool is_taken(int kept, int to, const char *file)
{
	return exists_at(kept, file) == 0 || is_linked(kept, to, file);
}

void kept_settle(struct domain_dir *dd, const char *uuid)
{
	auto_close int kept = -1;

	if (dd->kept_uuid || !kept_exists(dd->store, uuid))
		return;
	kept = open_dir_at(dd->store->kept, uuid);
	if (kept < 0 || !is_taken(kept, dd->fd, NVRAM) || !is_taken(kept, dd->fd, TPM))
		return;
	dd->kept_uuid = g_strdup(uuid);
	kept_drop_taken(dd);
}
