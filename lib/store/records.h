/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * Snapshot records (snapshots/<escaped>.xml) and which one is current.
 *
 * `snapshots/current` is a symlink whose text is "<wanted>/<fallback>" of escaped names, either
 * may be empty: a reader takes wanted if its record exists, else fallback if that exists, else
 * none. So a new record and "it is current" become true by one rename, the record's.
 */
#include <glib.h>
#include <stdbool.h>
#include "store/domain.h"

#define RECORDS_DIR "snapshots"

/* Names (unescaped, byte order). An absent directory is an empty list. */
GPtrArray *records_names(struct domain_dir *dd, GError **err);
bool record_exists(struct domain_dir *dd, const char *name);
bool record_read(struct domain_dir *dd, const char *name, char **ret_text, size_t *ret_size,
		 GError **err);
/* The effective current record's name or NULL. */
char *records_current(struct domain_dir *dd);

/* Set the pointer: "<wanted>/<fallback>", NULL for empty; durable together with the next change
 * of snapshots/ only unless sync. */
bool records_point(struct domain_dir *dd, const char *wanted, const char *fallback, bool sync,
		   GError **err);
/* Write and fsync the record under a temporary name; nothing is visible. */
bool record_stage(struct domain_dir *dd, const char *name, const char *text, GError **err);
/* COMMIT: the staged record becomes <name>.xml (an old one is linked into old/ first); fsync of
 * snapshots/. Missing staged file with the record in place is success (repeatable). */
bool record_publish(struct domain_dir *dd, const char *name, GError **err);
void record_unstage(struct domain_dir *dd, const char *name);
bool record_is_staged(struct domain_dir *dd, const char *name);
/* Move a record into old/; absent is success. */
bool record_retire(struct domain_dir *dd, const char *name, GError **err);
/* The same for several with two fsyncs in all; what failed midway is done by doing it again. */
bool records_retire(struct domain_dir *dd, const char *const *names, size_t n, GError **err);
/* Delete a record; absent is success. */
bool record_delete(struct domain_dir *dd, const char *name, GError **err);

/*
 * Firmware variables belong to a snapshot's data where no image holds them: of a guest that was
 * off. They are a copy of nvram.fd in snapshots/<escaped>.nvram, empty when there was none, that
 * comes and goes with the tag in the images, not with the record.
 */
/* Made durable; one of that name is replaced. */
bool record_save_nvram(struct domain_dir *dd, const char *name, GError **err);
/* nvram.fd becomes what is at `path`, the one of now goes to old/; with nothing there nothing is
 * done. May be repeated. */
bool nvram_put(struct domain_dir *dd, const char *path, GError **err);
/* The same with the copy of a snapshot. */
bool record_put_nvram(struct domain_dir *dd, const char *name, GError **err);
/* Absent is success. */
bool record_drop_nvram(struct domain_dir *dd, const char *name, GError **err);
/* The snapshots that have such a copy. */
GPtrArray *records_nvram_names(struct domain_dir *dd, GError **err);
/* Move one into old/, as nvram.fd's own of before; absent is success. */
bool record_retire_nvram(struct domain_dir *dd, const char *name, GError **err);
