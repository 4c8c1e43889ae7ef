/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * What the files of lib/store share and nobody else needs: listing directories, and the commits,
 * which are renames that either happen for good or are taken back.
 */
#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "store/domain.h"

#define DOMAIN_XML "domain.xml"
#define UNDEFINED_XML "undefined.xml"
#define LIVE_XML "live.xml"
#define TOMBSTONE "tombstone"
#define TODO_SUFFIX "~todo"
#define XML_MAX (10 * 1024 * 1024)

/* ---- Errors: store.c ---- */

/* fail_os(); where the disk is full the message tells what the trash holds. Returns false. */
bool store_fail(struct store *st, GError **err, int errnum, const char *fmt, ...)
	G_GNUC_PRINTF(4, 5);
/* The same for an error that a helper of base has set. */
bool store_explain(struct store *st, GError **err);
bool is_disk_full(int errnum);

/* ---- Directories: dir.c ---- */

/* Names in dirfd/name without '.' and '..', in no order; NULL with errno. */
GPtrArray *dir_names(int dirfd, const char *name);
/* Bytes on disk of a file or of a tree, without following symlinks; 0 for what is not there. */
gint64 disk_usage(int dirfd, const char *name);
/* Make a directory unless it is there; its parent is fsynced when it was made. Returns its
 * descriptor or -1 with errno. */
int open_made_dir(int dirfd, const char *name);
/* fsync dirfd/name, a file or a directory. */
bool sync_at(int dirfd, const char *name);
/* A new name in staging/ that nobody else has. */
char *staging_name(void);

/* ---- Commits: commit.c ---- */

/* Told when a change stands although the disk refused to confirm it. */
#define UNCONFIRMED " (it was done all the same, but a power cut may undo it)"

/* Give name in `from` the new name in `to`. */
struct move {
	int from;
	const char *name;
	int to;
	const char *new_name;
};

/* Rename (never onto something: EEXIST) and fsync both directories. On error the rename is taken
 * back. `what` is the operation for the message: "retire domain 'x'". */
bool move_commit(struct store *st, const struct move *m, const char *what, GError **err);

/* Put the finished file `spare` in `dir` in the place of `name`. `kept`: the old one, linked into
 * the directory `old` before; NULL when there was none. */
struct replacement {
	int dir;
	const char *spare;
	const char *name;
	int old;
	const char *kept;
	bool is_staged; /* nobody sees the directory yet and publishing it fsyncs it */
};

/* Rename and fsync. On error what was there before is there again, and spare and `kept` are
 * gone. */
bool replace_commit(struct store *st, const struct replacement *r, const char *what, GError **err);

/* ---- old/: archive.c ---- */

struct archive {
	int fd;      /* old/; -1 when not open */
	gint64 next; /* microseconds for the next name */
};

/* Open old/, made when missing. */
bool archive_open(struct domain_dir *dd, struct archive *ret_old, GError **err);
void archive_close(struct archive *old);
#define auto_archive __attribute__((cleanup(archive_close))) struct archive
/* Only the newest ten of each kind stay (of images one); what was moved between one archive_open and
 * its close counts as one. Best effort: comes after a commit. */
void archive_prune(struct archive *old);
/* Move dir/file into old/ as <utc-usec>~<what> without any fsync; absent is success. */
bool archive_move(struct domain_dir *dd, int dir, const char *file, const char *what,
		  struct archive *old, GError **err);

/* dir/spare takes the place of dir/name, whose old content is linked into old/ as `kind` first.
 * On error spare is gone and everything else as it was. `what` as in move_commit. */
struct renewal {
	int dir;
	const char *spare;
	const char *name;
	const char *kind;
	const char *what;
};
bool archive_and_replace(struct domain_dir *dd, const struct renewal *r, GError **err);

/* ---- Records: records.c ---- */

/* The snapshots that have a file of that suffix: names (unescaped, byte order). */
GPtrArray *records_files(struct domain_dir *dd, const char *suffix, GError **err);

/* ---- Waiting: watch.c ---- */

/* An inotify descriptor for the file or directory behind fd; -1 with errno. */
int watch_open(int fd, uint32_t events);
/* Wait for an event and take all that are there; false when the time was over first. */
bool watch_wait(int watch, gint64 wait_us);

/* ---- Domains: domain.c ---- */

/* Is the directory still in staging/, unseen by others? */
bool is_staged(const struct domain_dir *dd);
/* Its name for messages. */
const char *dir_label(const struct domain_dir *dd);
/* A domain_dir around an open directory. fd is taken. */
struct domain_dir *domain_dir_new(struct store *st, const char *name, const char *entry,
				  int take_fd);

/* ---- Runs: run.c ---- */

#define RUN_STATE "run/state"
/* run_state_read() by a path below dirfd. */
bool run_state_read_at(int dirfd, const char *path, struct run_state *ret_state, GError **err);

/* Kill the guest process that holds `alive` in dirfd/dir (identified by its state file), and wait
 * until it is gone. True when nobody holds it any more. */
bool run_kill(int dirfd, const char *dir);

/* ---- Trash: retire.c, sweep.c ---- */

/* Take "<utc-usec>~<rest>" apart. */
bool entry_parse(const char *entry, gint64 *ret_usec, const char **ret_rest);
/* The domain's name in "<utc-usec>~<escaped>[~todo]", or NULL. */
char *entry_domain(const char *entry);
/* A new entry name for the trash. */
char *entry_name(const char *name, bool has_todo);
/* What a holder of the store lock owes to the store. Errors are left to the next one. */
void store_sweep(struct store *st);
/* Finish a `…~todo` entry: keep what was wished, remove its outside files, and give it its plain
 * name. */
bool todo_finish(struct store *st, const char *entry, GError **err);
