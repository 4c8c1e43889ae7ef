/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * Verdicts and plans: what a rule answers. A plan is an array of steps: discardable preparation,
 * exactly one commit, repeatable clean-up. Everything here is a value; nothing allocates.
 */
#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include "model/facts.h"

enum step_class {
	STEP_DISCARDABLE, /* taken back by reconcile, or harmless when left */
	STEP_COMMIT,      /* after it the operation has happened */
	STEP_REPEATABLE,  /* done again by reconcile until it succeeds */
	STEP_FINAL,       /* repeatable and irreversible: outside files, then what holds their list */
};

/* One row per step: name, class. The executor has a function for each (engine/execute.c). */
#define STEP_TABLE(X)                                    \
	X(NONE, DISCARDABLE)                             \
	/* preparation */                                \
	X(INTENT, DISCARDABLE)                           \
	X(STAGE, DISCARDABLE)                            \
	X(TAKE_KEPT, DISCARDABLE)                        \
	X(LINK_UUID, DISCARDABLE)                        \
	X(KEEP_WISH, DISCARDABLE)                        \
	X(COPY_NVRAM, DISCARDABLE)                       \
	X(TOMBSTONE, DISCARDABLE)                        \
	X(PREPARE_ENTRY, DISCARDABLE)                    \
	X(NVRAM_ASIDE, DISCARDABLE)                      \
	X(SPAWN, DISCARDABLE)                            \
	X(LOAD_IMAGE, DISCARDABLE)                       \
	X(LIVE_XML, DISCARDABLE)                         \
	X(STOP, DISCARDABLE)                             \
	X(WRITE_IMAGE, DISCARDABLE)                      \
	X(COPY_IMAGE, DISCARDABLE)                       \
	X(STAGE_RECORD, DISCARDABLE)                     \
	X(POINT_CURRENT, DISCARDABLE)                    \
	X(SAVE_NVRAM, DISCARDABLE)                       \
	X(SAFETY_SNAPSHOT, DISCARDABLE)                  \
	X(KEEP_RECORD, DISCARDABLE)                      \
	X(LOAD_BEGINS, DISCARDABLE)                      \
	X(LAST_RUN, DISCARDABLE)                         \
	X(CLAIM_NAME, DISCARDABLE)                       \
	/* commits */                                    \
	X(PUBLISH, COMMIT)                               \
	X(PUT_CONFIG, COMMIT)                            \
	X(RETIRE, COMMIT)                                \
	X(DISCARD, COMMIT)                               \
	X(DROP_CONFIG, COMMIT)                           \
	X(RESTORE_CONFIG, COMMIT)                        \
	X(RESTORE_ENTRY, COMMIT)                         \
	X(RESTORE_OLD, COMMIT)                           \
	X(MOVE, COMMIT)                                  \
	X(PUBLISH_RUN, COMMIT)                           \
	X(PUBLISH_IMAGE, COMMIT)                         \
	X(REPLACE_IMAGE, COMMIT)                         \
	X(REMOVE_IMAGE, COMMIT)                          \
	X(PURGE_IMAGE, COMMIT)                           \
	X(CLEAR_RUN, COMMIT)                             \
	X(END_GUEST, COMMIT)                             \
	X(SNAPSHOT_SAVE, COMMIT)                         \
	X(SNAPSHOT_LOAD, COMMIT)                         \
	X(SNAPSHOT_DROP, COMMIT)                         \
	X(RECORD, COMMIT)                                \
	X(RECORD_RETIRE, COMMIT)                         \
	/* clean-up, and what reconcile does */          \
	X(GO, REPEATABLE)                                \
	X(PUBLISH_LOADED, REPEATABLE)                    \
	X(PIN_CONFIG, REPEATABLE)                        \
	X(IMAGE_ASIDE, REPEATABLE)                       \
	X(CONT_BEGINS, REPEATABLE)                       \
	X(CONT, REPEATABLE)                              \
	X(IMAGE_GONE, REPEATABLE)                        \
	X(IMAGE_ARCHIVE, REPEATABLE)                     \
	X(IMAGE_BACK, REPEATABLE)                        \
	X(NVRAM_ARCHIVE, REPEATABLE)                     \
	X(NVRAM_BACK, REPEATABLE)                        \
	X(SAVE_CANCEL, REPEATABLE)                       \
	X(IMAGE_DROP, REPEATABLE)                        \
	X(QUIT, REPEATABLE)                              \
	X(IMAGE_FINISH, REPEATABLE)                      \
	X(END_RUN, REPEATABLE)                           \
	X(DROP_TAG, REPEATABLE)                          \
	X(DROP_AGAIN, REPEATABLE)                        \
	X(LOAD_AGAIN, REPEATABLE)                        \
	X(UNSTAGE, REPEATABLE)                           \
	X(RECORD_AFTER, REPEATABLE)                      \
	X(REPARENT, REPEATABLE)                          \
	X(RECORDS_DELETE, REPEATABLE)                    \
	X(SET_CURRENT, REPEATABLE)                       \
	X(REVERT_CONFIG, REPEATABLE)                     \
	X(REVERT_NVRAM, REPEATABLE)                      \
	X(RUN_STATE, REPEATABLE)                         \
	X(SETTLE_SAFETY, REPEATABLE)                     \
	X(DROP_SAFETY, REPEATABLE)                       \
	X(FINGERPRINT, REPEATABLE)                       \
	X(RELINK_UUID, REPEATABLE)                       \
	X(MOVE_KEPT, REPEATABLE)                         \
	X(DROP_INTENT, REPEATABLE)                       \
	X(EVENT, REPEATABLE)                             \
	X(EXPIRE, REPEATABLE)                            \
	X(UNLINK_OUTSIDE, FINAL)                         \
	X(PURGE, FINAL)

enum step {
#define X(name, class) STEP_##name,
	STEP_TABLE(X)
#undef X
	STEP_COUNT
};

#define PLAN_MAX 20

struct plan {
	unsigned char n;
	unsigned char steps[PLAN_MAX]; /* enum step */
};

#define REASONS_MAX 16

/* Refused when n_reasons > 0; then the plan is empty. */
struct verdict {
	unsigned char n_reasons;
	unsigned char reasons[REASONS_MAX]; /* enum reason_id, in the order in which they are told */
	struct plan plan;
};

/* What becomes of one thing; mirrors domshFate of <domsh/domsh.h>. For --dry-run and messages. */
enum fate { FATE_STAYS, FATE_TRASH, FATE_OLD, FATE_KEPT, FATE_AT_END, FATE_PERMANENT };
struct plan_item {
	enum fate fate;
	char *what;
	char *where;
	gint64 size;
};
struct plan_item *plan_item_new(enum fate fate, const char *what, const char *where, gint64 size);
void plan_item_free(struct plan_item *item);

const char *step_name(enum step step);
enum step_class step_class(enum step step);

void plan_add(struct plan *plan, enum step step);
/* Only discardable steps before the commit, one commit, only repeatable ones after, removals of
 * outside files last. The empty plan is right as well (nothing to do). */
bool plan_check(const struct plan *plan);
/* Reconcile's plans: repeatable steps only, no commit. */
bool plan_check_repeatable(const struct plan *plan);
