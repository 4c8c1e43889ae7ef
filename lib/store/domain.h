/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * One domain directory: what is in it (readers) and how it changes (writers, `lock` held).
 * Paths are relative to domain_dir.fd; a change is durable when the call returns, unless said
 * otherwise.
 */
#include <glib.h>
#include <stdbool.h>
#include "base/json.h"
#include "model/state.h"
#include "store/store.h"

struct domain_dir {
	struct store *store;
	char *name;      /* NULL while it is staged */
	char *entry;     /* its name in staging/ or trash/, NULL in domains/ */
	char *kept_uuid; /* kept/<uuid> was taken back into it; goes when it is published */
	int fd;
	int lock_fd; /* -1: reader */
	bool has_archived; /* something went into its old/: a moment to look what has expired there */
};

/* VIR_ERR_NO_DOMAIN when there is no such directory. */
struct domain_dir *domain_open(struct store *st, const char *name, GError **err);
/* Open and take `lock`; after a wait re-open by name and compare (dev, ino). */
struct domain_dir *domain_lock(struct store *st, const char *name, GError **err);
/* The same without waiting: NULL with VIR_ERR_RESOURCE_BUSY. */
struct domain_dir *domain_try_lock(struct store *st, const char *name, GError **err);
void domain_close(struct domain_dir *dd);
typedef struct domain_dir domain_dir;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(domain_dir, domain_close)

/* ---- What is there ---- */

/* Every fact that the directory itself tells; see model/state.h. Fails only where a fact is
 * unknown (any errno but ENOENT). */
bool domain_read_state(struct domain_dir *dd, struct domain_state *ret_state, GError **err);
/* Only has_config, liveness and state from run/state: what list and domstate need. Cheap. */
bool domain_read_brief(struct domain_dir *dd, struct domain_state *ret_state, GError **err);
/* The same by name, for lists: a domain that is off costs two system calls. Errors as
 * domain_open. */
bool domain_read_brief_of(struct store *st, const char *name, struct domain_state *ret_state,
			  GError **err);
/* Is there a config, as far as can be seen? One system call. */
bool domain_is_defined(struct store *st, const char *name);
void domain_state_clear(struct domain_state *state);
/* One fact alone: is the file there; are there records in "snapshots" or "checkpoints"? */
bool domain_has_file(struct domain_dir *dd, const char *file, bool *ret_has, GError **err);
bool domain_has_records(struct domain_dir *dd, const char *dir, bool *ret_has, GError **err);
/* Is there an old/, that is, was it ever defined or something replaced? Unknown counts as yes. */
bool domain_has_old(struct domain_dir *dd);

/* run/state, parsed; false with ENOENT (OS_ERROR) when there is none. */
bool run_state_read(struct domain_dir *dd, struct run_state *ret_state, GError **err);
void run_state_clear(struct run_state *rs);
/* Written only by the holder of run/guard; not fsynced. run_fd: the run directory. */
bool run_state_write(int run_fd, const struct run_state *rs, GError **err);
/* Wait (inotify) until run/state satisfies `is_done`, at most wait_ms. Errors:
 * VIR_ERR_OPERATION_TIMEOUT; ENOENT (OS_ERROR) when run/ goes away. */
bool run_state_wait(struct domain_dir *dd, bool (*is_done)(const struct run_state *, void *),
		    void *data, gint64 wait_ms, GError **err);

/* Text of domain.xml, live.xml, undefined.xml (10 MiB at most). */
bool domain_read_xml(struct domain_dir *dd, const char *file, char **ret_text, size_t *ret_size,
		     GError **err);

/* ---- Making a domain: staging ---- */

/* A new directory in staging/ with its `lock` held by us; fd of it in dd->fd, dd->name NULL. A
 * first domain_put_config gives it old/ (a guest that was never defined has none). */
struct domain_dir *staging_new(struct store *st, GError **err);
/* COMMIT: staging/<x> → domains/<name> (NOREPLACE). Contents must be complete; domain.xml, the
 * directory itself and by-uuid/ are fsynced here, other files and subdirectories by those who make
 * them. On success dd is that domain's, still locked. EEXIST: VIR_ERR_OPERATION_FAILED. */
bool staging_publish(struct domain_dir *dd, const char *name, GError **err);
/* Remove a staged directory that was not published, and close it. */
void staging_drop(struct domain_dir *take_dd);

/* ---- Changing one ---- */

/* Replace domain.xml: new text is written, fsynced, read back and compared; the old one is
 * linked into old/ first; an undefined.xml goes to old/ and `keep` is deleted.
 * COMMIT: the rename. The same text again changes nothing and archives nothing. */
bool domain_put_config(struct domain_dir *dd, const char *text, GError **err);
/* Replace live.xml. It is not a fact and not fsynced. */
bool domain_put_live(struct domain_dir *dd, const char *text, GError **err);
/* COMMIT: domain.xml → undefined.xml. */
bool domain_drop_config(struct domain_dir *dd, GError **err);
/* COMMIT: undefined.xml → domain.xml; `keep` and tombstone are deleted. */
bool domain_restore_config(struct domain_dir *dd, GError **err);
/* Make or remove an empty flag file ("autostart", "protected"). */
bool domain_set_flag_file(struct domain_dir *dd, const char *file, bool on, GError **err);
/* `keep`: lines "nvram", "tpm"; removed when neither is wished. */
bool domain_set_keep(struct domain_dir *dd, bool nvram, bool tpm, GError **err);
bool domain_get_keep(struct domain_dir *dd, bool *ret_nvram, bool *ret_tpm, GError **err);
/* COMMIT: domains/<old> → domains/<new> (NOREPLACE). Store lock held. Links and records that
 * name the domain are the caller's. */
bool domain_move(struct domain_dir *dd, const char *new_name, GError **err);
/* Move a file of the directory into old/ as <utc-usec>~<what>; newest 10 of a kind stay, what came
 * together counting once (1 of "managed-save"). absent: nothing. ret_entry may be NULL. */
bool domain_archive(struct domain_dir *dd, const char *file, const char *what, char **ret_entry,
		    GError **err);
/* The same for a file that stays in place (hard link). */
bool domain_archive_copy(struct domain_dir *dd, const char *file, const char *what, GError **err);
/* Keep a text in old/ as <utc-usec>~<what>; *ret_entry: the name it got. */
bool domain_archive_text(struct domain_dir *dd, const char *text, const char *what,
			 char **ret_entry, GError **err);
/* Take that back, or remove what was taken back from there. Best effort. */
void domain_unarchive_text(struct domain_dir *dd, const char *entry);
/* COMMIT: old/<entry> goes to the empty place `file` of the directory, or of one in it. */
bool domain_unarchive(struct domain_dir *dd, const char *entry, const char *file, GError **err);
/* COMMIT: a file of the directory is gone for good. */
bool domain_purge(struct domain_dir *dd, const char *file, GError **err);

/* ---- Intent ---- */

struct intent {
	char *op; /* "start", "managed-save", "snapshot-create", … */
	char *run_id;
	gint64 time;
	int pid;
	int steps_done;
	json_object *args;
};
void intent_clear(struct intent *in);
/* False and ret untouched with ENOENT (OS_ERROR): none. Unreadable: VIR_ERR_INTERNAL_ERROR. */
bool intent_read(struct domain_dir *dd, struct intent *ret_intent, GError **err);
/* Write or replace; fsynced. */
bool intent_write(struct domain_dir *dd, const struct intent *in, GError **err);
bool intent_drop(struct domain_dir *dd, GError **err);

/* ---- Runs ---- */

/* A file in it, locked by the connection that a guest is to end with; see engine/tie.h. */
#define RUN_OWNER "owner"
/* Make run.<run_id>/ (0700); returns its descriptor. */
int run_new(struct domain_dir *dd, const char *run_id, GError **err);
/* COMMIT of a start: run.<run_id> → run. */
bool run_publish(struct domain_dir *dd, const char *run_id, GError **err);
/* Remove run/ (the guest has ended, the exit rule runs) or a dead run.<id>; absent is success.
 * Refused while its `alive` is held or a memory image (`restored`) is in it. Not fsynced: a dead
 * run/ that a power cut brings back is cleared again. */
bool run_clear(struct domain_dir *dd, const char *dir, GError **err);
/* Names of run.* directories: never published ones, and rests of cleared ones. */
GPtrArray *run_unpublished(struct domain_dir *dd, GError **err);
/* last-run {v, run_id, ended, reason}; ended/reason NULL/0 at start. fsynced. */
bool last_run_write(struct domain_dir *dd, const char *run_id, gint64 ended, const char *reason,
		    GError **err);
/* *ret_run_id NULL when there is none. */
bool last_run_read(struct domain_dir *dd, char **ret_run_id, char **ret_reason, GError **err);
