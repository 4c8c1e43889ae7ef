/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * The rules: facts and flags in, verdict and plan out. Pure, total, no allocation, no I/O
 * (`make check-pure`). What is refused when is the law of this project; the decision tables in
 * tests/unit/golden/ show every case, so that a change of a rule is a visible diff.
 *
 * A rule is a table of guards and a plan. A guard refuses when all facts of `with` and none of
 * `without` hold, all bits of `flags` were given (0: whatever was given), and the user gave none
 * of `allowed_by`. All guards are evaluated; the order of the rows is the order in which reasons
 * are told.
 */
#include "model/facts.h"
#include "model/plan.h"
#include "model/reasons.h"

struct guard {
	guint64 with, without;
	unsigned int flags;
	unsigned int allowed_by;
	enum reason_id reason;
};

/* One rule, for tests and for looking at: what its input may be. */
struct rule {
	const char *name;
	guint64 facts;      /* all that it looks at */
	unsigned int flags; /* likewise; unknown flags are the api's to refuse */
	struct verdict (*decide)(guint64 facts, unsigned int flags);
};

enum rule_id {
	RULE_DEFINE,
	RULE_CREATE,
	RULE_START,
	RULE_UNDEFINE,
	RULE_RENAME,
	RULE_EXIT,
	RULE_MANAGED_SAVE,
	RULE_MANAGED_SAVE_REMOVE,
	RULE_MANAGED_SAVE_DEFINE,
	RULE_SAVE,
	RULE_RESTORE,
	RULE_SNAPSHOT_CREATE,
	RULE_SNAPSHOT_REDEFINE,
	RULE_SNAPSHOT_RENAME,
	RULE_SNAPSHOT_DELETE,
	RULE_SNAPSHOT_REVERT,
	RULE_TRASH_RESTORE,
	RULE_RECONCILE,
	RULE_COUNT
};

extern const struct rule rules[RULE_COUNT];

/* Flags are libvirt's of the function of that name, and these, which libvirt does not have. */
enum rule_flag {
	RULE_VALIDATE = 1u << 0,       /* VIR_DOMAIN_DEFINE_VALIDATE */
	RULE_ACCEPT_DISKS = 1u << 24,  /* start, restore */
	RULE_OVERWRITE = 1u << 24,     /* save */
	RULE_UNDEFINE_PURGE = 1u << 24,
	RULE_REMOVE_PURGE = 1u << 0,   /* managedsave-remove */
	RULE_RENAME_CLONE = 1u << 24,  /* snapshot-rename: the old record stays */
};

struct verdict rules_define(guint64 facts, unsigned int flags);
struct verdict rules_create(guint64 facts, unsigned int flags);
struct verdict rules_start(guint64 facts, unsigned int flags);
struct verdict rules_undefine(guint64 facts, unsigned int flags);
struct verdict rules_rename(guint64 facts, unsigned int flags);
struct verdict rules_exit(guint64 facts, unsigned int flags);
struct verdict rules_managed_save(guint64 facts, unsigned int flags);
struct verdict rules_managed_save_remove(guint64 facts, unsigned int flags);
struct verdict rules_managed_save_define(guint64 facts, unsigned int flags);
struct verdict rules_save(guint64 facts, unsigned int flags);
/* flags: VIR_DOMAIN_START_PAUSED: it stays paused, whoever decided that. */
struct verdict rules_restore(guint64 facts, unsigned int flags);
struct verdict rules_snapshot_create(guint64 facts, unsigned int flags);
struct verdict rules_snapshot_redefine(guint64 facts, unsigned int flags);
struct verdict rules_snapshot_rename(guint64 facts, unsigned int flags);
struct verdict rules_snapshot_delete(guint64 facts, unsigned int flags);
struct verdict rules_snapshot_revert(guint64 facts, unsigned int flags);
struct verdict rules_trash_restore(guint64 facts, unsigned int flags);
/* What to do with unfinished work: the facts OP_* say whose, the plan how. */
struct verdict rules_reconcile(guint64 facts, unsigned int flags);

/* For the rules' own files: run the guards. */
struct verdict guards_run(const struct guard *guards, unsigned int n, guint64 facts,
			  unsigned int flags);
