/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * Trash: where retired domains wait. An entry is a whole domain directory under
 * <root>/trash/<utc-usec>~<escaped-name>, with a tombstone that says why.
 */
#include <glib.h>
#include <stdbool.h>
#include "store/domain.h"

struct tombstone {
	gint64 time;
	const char *command; /* with option names only */
	const char *cause;   /* "undefined", "ended", "replaced" */
	const char *name, *uuid;
	const char *const *outside_files; /* NULL-terminated or NULL */
};

/* Write and fsync it into the directory. On ENOSPC it is left out and true returned: undefine
 * must work on a full disk. */
bool tombstone_write(struct domain_dir *dd, const struct tombstone *ts, GError **err);
/* Remove one that was found in domains/ (reconcile). */
bool tombstone_remove(struct domain_dir *dd, GError **err);
/* The same for one of an undefine that was not finished: nvram.fd, which it had copied in from
 * outside, goes first if the original is still there. Best effort. */
void tombstone_withdraw(struct domain_dir *dd);

/* Move the directory out of domains/; on return it no longer exists under that name.
 * This is the commit point of undefine: nothing after it may fail the command.
 * has_todo: outside work is left (entry gets the suffix ~todo). ret_entry may be NULL. */
bool store_retire(struct domain_dir *dd, bool has_todo, char **ret_entry, GError **err);
/* The same into staging/ and delete: for what is not worth keeping. */
bool store_discard(struct domain_dir *dd, GError **err);

struct trash_entry {
	char *id; /* the directory's name; for old/ "<escaped-domain>/old/<file>" ; for undefined
		     running ones "<escaped-domain>/undefined.xml" */
	char *name, *uuid, *what, *command;
	gint64 time, size;
};
void trash_entry_free(struct trash_entry *e);

/* All entries, oldest first; old/ and undefined.xml of all domains included. name: only those. */
GPtrArray *trash_list(struct store *st, const char *name, GError **err);
/* Open an entry as a domain_dir (its `lock` held). Store lock held. */
struct domain_dir *trash_open(struct store *st, const char *id, char **ret_name, GError **err);
/* COMMIT: the opened entry → domains/<name> (NOREPLACE). */
bool trash_publish(struct domain_dir *dd, const char *id, const char *name, GError **err);
/* The work of a ~todo entry is finished: give it its plain name. Whoever holds the store lock
 * does the work of entries that nobody holds: `keep`, then the tombstone's outside files. */
bool trash_done(struct store *st, const char *id, GError **err);
/* Remove an outside NVRAM whose copy the entry (an open directory) holds. What is not a regular file
 * with just the copy's content any more is somebody else's and stays: success too. */
bool outside_remove(int entry_fd, const char *path, GError **err);
/* Delete permanently: an entry or one file of an old/. ret_freed may be NULL. */
bool trash_delete(struct store *st, const char *id, gint64 *ret_freed, GError **err);
/* Delete entries of trash/ older than `days` (0: nothing). After a writer's own commit; errors are
 * nobody's. Store lock held. */
void trash_expire(struct store *st, int days);
/* The same for old/ of one domain. Its lock held. */
void domain_expire(struct domain_dir *dd, int days);

/* Keep nvram.fd and/or tpm/ of a directory (trash entry or domain) under kept/<uuid>; what is
 * there already goes into the trash. Repeatable. */
bool kept_put(struct domain_dir *dd, const char *uuid, bool nvram, bool tpm, GError **err);
/* Take back into a directory (staged, trash entry or domain): linked, and kept/<uuid> goes when
 * the directory is in domains/ (publishers see to it), so that no kill loses them. Where dd has
 * other ones of its own nothing is taken. ret_took may be NULL. */
bool kept_take(struct domain_dir *dd, const char *uuid, bool *ret_took, GError **err);
bool kept_exists(struct store *st, const char *uuid);
/* For the publishers: dd is in domains/ now, so kept/<uuid> that kept_take linked into it goes. */
void kept_drop_taken(struct domain_dir *dd);
/* The same for a publisher that was killed before: kept/<uuid> goes if all of it is linked into dd,
 * which is in domains/. */
void kept_settle(struct domain_dir *dd, const char *uuid);
