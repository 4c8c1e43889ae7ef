/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * One operation under way: what the engine's functions hand to each other and to the steps.
 *
 *   struct op op;
 *   op_init(&op, engine, "undefine", flags);
 *   if (op_lock(&op, name, err)) …            locks, reconciles, gathers the facts of the directory
 *       add facts of its own; rule; op_run(&op, &verdict, err)
 *   op_end(&op);
 *
 * On failure of a step, op_run takes back what was begun (through the intent, as the next writer
 * would) before it returns the error.
 */
#include <glib.h>
#include <pthread.h>
#include <stdbool.h>
#include "engine/engine.h"
#include "engine/image.h"
#include "engine/save-file.h"
#include "model/hv.h"
#include "model/watch.h"
#include "rules/rules.h"
#include "store/domain.h"
#include "store/records.h"
#include "store/store.h"
#include "store/trash.h"
#include "xml/domain.h"

struct config;

struct engine {
	char *uri;
	char *root;
	char *command;
	struct hv *hv;
	struct config *config;
	struct watch watch; /* of what reads saved memory */
	GMutex ties_mutex;
	GPtrArray *ties; /* tie.h */
	pthread_mutex_t reader_mutex; /* not GMutex: ThreadSanitizer understands these */
	struct store *reader; /* read.h; NULL: nothing was read yet */
};

/* Another XML for the same machine: other names and notes, other paths of its disks. */
struct image_xml {
	struct xml_tree *tree; /* NULL: the machine's own */
	domain_config *view;
	struct hv_disk *disks; /* writable ones, in its order */
	size_t n_disks;
};

/* Records that an operation on snapshots changes. */
struct snap_op {
	char *name;                   /* the record's, and the tag's */
	char *old_name;               /* what a renamed record was called */
	char *text;                   /* record to publish */
	struct snapshot_record *rec;  /* the record meant */
	GPtrArray *targets;           /* names of records to delete, first one first */
	GPtrArray *reparent;          /* names of records that get parent `new_parent` */
	char *new_parent;             /* NULL: root */
	char *current_before;         /* effective current when it began */
	char *current_after;
	bool makes_current;
	char *safety;                 /* tag of the safety snapshot */
	bool keeps;                   /* which stays, and gets a record */
	struct xml_tree *domain;      /* the record's domain */
};

struct op {
	struct engine *e;
	const char *what;             /* "undefine": for intents, events and messages */
	unsigned int flags;
	guint64 facts;
	struct store *store;
	int store_lock;
	struct domain_dir *dd;        /* locked; staged or in trash for some operations */
	char *name;
	char *uuid;
	struct domain_state state;
	char *detail[REASON_COUNT];   /* what is in the way, by reason; see describe.c */
	GPtrArray *unsupported;       /* of the element table */
	char *unclear;                /* why unfinished work is unclear */

	struct intent intent;
	bool stages_config;           /* STAGE puts `tree` there as domain.xml */
	struct xml_tree *tree;        /* the configuration that is defined, started, reverted to */
	domain_config *view;          /* typed view of `tree`, or of the running guest */
	struct hv_disk *disks;        /* writable disks of `view`, for snapshots */
	size_t n_disks;
	bool pinned;                  /* expand() gave new addresses */

	struct guest guest;
	char *run_id;
	char *dir_path;
	int run_fd;
	bool is_tied;                 /* to this connection; owner_fd holds run/owner then */
	int owner_fd;
	bool is_spawned, is_published;
	bool is_told;                 /* run/state shows what STOP or CONT did */
	bool went_back;               /* a load that cannot be finished was undone; see LOAD_AGAIN */
	bool is_let_go;               /* it no longer ends with us */

	struct image image;
	struct save_file save;        /* where a save goes */
	struct image_xml other;       /* an XML that takes the place of `tree` in an image */
	struct image new_image;       /* a copy with another XML */
	struct snap_op snap;

	char *trash_id;               /* entry made by RETIRE, or to be restored */
	char *old_file;               /* restored from old/ */
	GPtrArray *outside;           /* outside files to unlink at the very end */
	const char *event;            /* "defined", "started", … */
	const char *event_detail;
	struct {
		const char *domain, *event, *detail;
	} news[3];                    /* what EVENT notes after that one */
	size_t n_news;
	const char *end_reason;       /* why the guest ended, when known */
	bool wants_expire;
	GPtrArray *remarks;           /* char *, see op_remark; NULL: none */
};

void op_init(struct op *op, struct engine *e, const char *what, unsigned int flags);
void op_end(struct op *op);

/* An operation of its own on the directory that `op` holds locked; op_give_back instead of op_end. */
void op_borrow(struct op *sub, const struct op *op, const char *what, unsigned int flags);
void op_give_back(struct op *sub);

/* Open the store for changing. */
bool op_open(struct op *op, GError **err);
/* Take the store lock as well (names come or go). */
bool op_lock_store(struct op *op, GError **err);
/* Before the store lock is taken: finish or take back what `name` has left, which may need the
 * hypervisor. Best effort; it is looked at again under the locks. */
void op_settle_first(struct op *op, const char *name);
/* Lock the domain, finish or take back what was left, gather facts. VIR_ERR_NO_DOMAIN when there
 * is none (afterwards). */
bool op_lock(struct op *op, const char *name, GError **err);
/* The same, but no domain of that name is fine: FACT_NEW is set and op->dd is NULL. */
bool op_lock_or_new(struct op *op, const char *name, GError **err);
/* For reading, without a lock: the domain of a running guest. */
struct domain_dir *op_open_alive(struct store *st, const char *name, GError **err);
/* Gather the directory's facts (again). */
bool op_gather(struct op *op, GError **err);

/* Refuse, or run the plan. */
bool op_run(struct op *op, const struct verdict *verdict, GError **err);
/* The refusal of a verdict as an error with all reasons; returns false. */
bool op_refuse(struct op *op, const struct verdict *verdict, GError **err);
/* Run the steps of a plan (execute.c). */
bool op_execute(struct op *op, const struct plan *plan, GError **err);
/* Finish or take back the intent that op->dd holds; used by op_lock and on failure. */
bool op_reconcile(struct op *op, GError **err);
/* Why the guest ended: what the operation knows, else what run/state says, else "unknown". */
const char *op_end_reason(const struct op *op);
/* What the end of a guest asks for. The directory may be gone afterwards (op->dd NULL). */
bool op_exit(struct op *op, GError **err);
/* The operation's own part of an intent, to and from JSON (intent-args.c). */
json_object *op_intent_args(const struct op *op);
void op_intent_apply(struct op *op);
/* op->disks as the intent has them; false, and nothing done, when it does not say. */
bool op_intent_disks(struct op *op);
/* Name of an unpublished run directory, "run.<run-id>". */
char *run_dir_name(const char *run_id);
/* Kill and remove what unpublished starts left. */
bool op_sweep_runs(struct op *op, GError **err);

/* op->guest but for the run directory: enough for primitives on files. */
void op_fill_guest(struct op *op);
/* op->guest for the running guest (its guard adopted when it has none). */
bool op_open_guest(struct op *op, GError **err);
/* The same or, of a guest that is off, that its disks are there and used by nobody else. */
bool op_ready_disks(struct op *op, GError **err);
/* hv_ops' check_disk; where another domain of the store has the image, its error says which. */
bool op_check_disk(struct op *op, const struct hv_disk *disk, bool is_readonly, GError **err);
/* op_lock for what only a running guest can do: refuses when it is off or unclear, opens it. */
bool op_lock_running(struct op *op, const char *name, GError **err);
/* A guest that has ended and was preserved: only reset and destroy are for it. */
bool op_check_going(struct op *op, GError **err);
/* And it is not paused: asked for something, it can react. */
bool op_check_reacts(struct op *op, GError **err);

/* Make a tree one that lasts, see domain_xml_settle. */
void op_settle(struct op *op, struct xml_tree *tree);
/* Close it; the process is gone or no longer ours to talk to. */
void op_close_guest(struct op *op);
/* op->tree from a file of the directory. */
bool op_load_tree(struct op *op, const char *file, GError **err);
/* op->view from op->tree, and op->disks from it. */
bool op_load_view(struct op *op, GError **err);
/* The writable disks of a configuration, which owns the strings; caller frees the array. */
struct hv_disk *op_writable_disks(const domain_config *view, size_t *ret_n);
/* The text (taken) without passwords of a domain or of the domain in a record. */
char *op_strip_secrets(char *take_text, size_t size, GError **err);
/* One more event for EVENT to note. domain: NULL: op->name. */
void op_news(struct op *op, const char *domain, const char *event, const char *detail);
/* Note an event now: of what no plan does. */
void op_tell(struct op *op, const char *domain, const char *event, const char *detail);
/* Something to be told if the operation succeeds; text is taken. */
void op_remark(struct op *op, char *take_text);
/* The answer of one that has succeeded. ret: may be NULL. */
void op_answer(struct op *op, struct engine_answer *ret);
/* What a reason's text is about; text is taken. */
void op_detail(struct op *op, enum reason_id reason, char *take_text);
