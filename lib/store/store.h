/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * The store: one root, its domain directories and the atomic changes of them. lib/README has the
 * picture of a domain directory. The store knows no rules, no XML and no hypervisor; what it is
 * told to do it does in one durable step, or not at all.
 *
 * Readers: store_open, domain_open, then the readers of domain.h; they take no lock and change
 * nothing. Writers: store_open(create), domain_lock (one domain), or store_lock, then domain_lock
 * (anything that makes, moves or removes a name). Order of locks: store → domains in byte order
 * → ids; nobody waits for the store lock while holding a domain's.
 *
 * fsync order of every publication: file → its directory → rename → both parents.
 */
#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>

struct store {
	gint n_refs;
	char *root;
	int fd; /* the root; -1 while it does not exist (a reader of an empty store) */
	int domains; /* -1 likewise */
	int by_uuid, staging, trash, kept; /* writers only: create, or store_ensure; else -1 */
	gint64 lock_wait_ms;
	const char *command; /* a copy, for lock texts; never NULL */
	dev_t dev; /* of domains/ */
	ino_t ino;
};

/*
 * Open a root. create: make it and its directories (0700) when missing, and sweep nothing.
 * Refused (VIR_ERR_OPERATION_DENIED / OPERATION_UNSUPPORTED, with the way out): a root that is a
 * symlink, not a directory, owned by another user, writable by group or others; one on NFS, CIFS,
 * 9p or FUSE, or where renameat2(RENAME_NOREPLACE) does not work; a newer format number. Without
 * create a missing root is an empty store.
 */
struct store *store_open(const char *root, bool create, const char *command, GError **err);
void store_close(struct store *st);
/* One more who reads, and closes it. Readers may share a store, also between threads. */
struct store *store_ref(struct store *st);
/* Does the path of the root still lead to these domains/? False also while there are none. */
bool store_is_there(const struct store *st);
typedef struct store store;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(store, store_close)
/* Make a store that was opened without create fit for writers: what create would have done. Not
 * while other threads use it. */
bool store_ensure(struct store *st, GError **err);

/* Names of all directories in domains/ (unescaped, in byte order), garbage included; what cannot
 * be unescaped is left out. */
GPtrArray *store_names(struct store *st, GError **err);
/* The domain name that by-uuid/<uuid> points to, or NULL; the caller verifies it. */
char *store_uuid_hint(struct store *st, const char *uuid);
/* Make or change the link; durable with the publication or move that follows. */
bool store_uuid_link(struct store *st, const char *uuid, const char *name, GError **err);
/* Remove by-uuid/<uuid> if it points to `name`. Store lock held. */
bool store_uuid_unlink(struct store *st, const char *uuid, const char *name, GError **err);

/* The store lock. -1 and VIR_ERR_RESOURCE_BUSY naming the holder's command after lock_wait_ms.
 * Close the descriptor to release. Sweeps staging/ (entries that are nobody's, see sweep in
 * lib/README) and finishes `…~todo` entries of the trash when it was got. */
int store_lock(struct store *st, GError **err);

/* What the next holder of the store lock would sweep: paths below the root ("staging/…",
 * "trash/…~todo") of entries that nobody works on. */
GPtrArray *store_leftovers(struct store *st);

/* Next domain id of this boot, from ids. */
bool store_next_id(struct store *st, int *ret_id, GError **err);

/* Free space for messages: bytes that the trash occupies. */
gint64 store_trash_size(struct store *st);

/* One event line (JSON object text without newline, under 4 KiB) appended to <root>/events, which
 * becomes events.1 at 1 MiB. Events are news, not state: what cannot be written is lost. */
void store_event(struct store *st, const char *line);
