/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/sys.h"
#include "base/util.h"
#include "store/internal.h"

static bool commit_failed(struct store *st, const char *what, bool is_undone, int errnum,
			  GError **err)
{
	if (errnum == EXDEV)
		return fail_os(err, errnum,
			       "%s: domains/, trash/ and staging/ must be on one file "
			       "system, without mounts of their own",
			       what);
	return store_fail(st, err, errnum, "%s%s", what, is_undone ? "" : UNCONFIRMED);
}

/* ---- Moving a name ---- */

/* Is the thing that was `what` now under its new name only? A rename may have happened although
 * it failed, and what stands there may always have stood there. */
static bool has_moved(const struct move *m, const struct stat *what)
{
	struct stat there;

	return exists_at(m->from, m->name) == 0 &&
	       fstatat(m->to, m->new_name, &there, AT_SYMLINK_NOFOLLOW) == 0 &&
	       there.st_dev == what->st_dev && there.st_ino == what->st_ino;
}

static bool sync_both(const struct move *m)
{
	if (sys_fsync(m->to) < 0)
		return false;
	return m->to == m->from || sys_fsync(m->from) == 0;
}

/* A call that failed must have changed nothing, also when only the fsync failed. The result is
 * that of the rename alone: whether the undoing is durable nobody can say. */
static bool move_back(const struct move *m, const struct stat *what)
{
	if (!has_moved(m, what))
		return true;
	if (sys_renameat(m->to, m->new_name, m->from, m->name, RENAME_NOREPLACE) < 0 &&
	    has_moved(m, what))
		return false;
	sync_both(m);
	return true;
}

bool move_commit(struct store *st, const struct move *m, const char *what, GError **err)
{
	struct stat before;
	int errnum;

	if (fstatat(m->from, m->name, &before, AT_SYMLINK_NOFOLLOW) < 0)
		return fail_os(err, errno, "%s", what);
	if (sys_renameat(m->from, m->name, m->to, m->new_name, RENAME_NOREPLACE) == 0 &&
	    sync_both(m))
		return true;
	errnum = errno;
	return commit_failed(st, what, move_back(m, &before), errnum, err);
}

/* ---- Replacing a file ---- */

/* Is what was written still under its spare name, so that the old file stands untouched? */
static bool is_spare(const struct replacement *r)
{
	return exists_at(r->dir, r->spare) == 1;
}

static bool put_back(const struct replacement *r)
{
	if (!r->kept)
		return sys_renameat(r->dir, r->name, r->dir, r->spare, 0) == 0 || is_spare(r);
	if (sys_linkat(r->old, r->kept, r->dir, r->spare) < 0 && !is_spare(r))
		return false;
	return sys_renameat(r->dir, r->spare, r->dir, r->name, 0) == 0 || !is_spare(r);
}

static bool replace_undo(const struct replacement *r)
{
	if (!is_spare(r) && !put_back(r))
		return false;
	if (is_spare(r))
		sys_unlinkat(r->dir, r->spare);
	if (r->kept)
		sys_unlinkat(r->old, r->kept);
	if (!r->is_staged)
		sys_fsync(r->dir);
	return true;
}

bool replace_commit(struct store *st, const struct replacement *r, const char *what, GError **err)
{
	int errnum;

	if (!is_spare(r))
		return fail_os(err, ENOENT, "%s", what);
	if (sys_renameat(r->dir, r->spare, r->dir, r->name, 0) == 0 &&
	    (r->is_staged || sys_fsync(r->dir) == 0))
		return true;
	errnum = errno;
	return commit_failed(st, what, replace_undo(r), errnum, err);
}
