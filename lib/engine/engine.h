/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * The engine: gather facts → rule → run the plan. One function here for each thing that a user can
 * ask of a domain. Every function that changes something
 *
 *   1. takes the locks, makes sure that the name still means the same directory,
 *   2. finishes or takes back what an earlier, killed command left (reconcile),
 *   3. gathers facts and asks the rule (lib/rules); a refusal leaves everything as it is and
 *      carries every reason,
 *   4. runs the plan: discardable steps, one commit, repeatable steps (execute.c).
 *
 * An engine may be used from several threads at once; each operation opens its own descriptors,
 * but for the store that readers share (read.h).
 *
 * Errors of all: VIR_ERR_NO_DOMAIN; VIR_ERR_OPERATION_INVALID (a refusal, with reasons);
 * VIR_ERR_RESOURCE_BUSY (somebody else holds the domain for longer than lock-wait); OS_ERROR.
 * Flags are libvirt's of the function of the same purpose unless a comment says otherwise; unknown
 * flags are the api's to refuse.
 */
#include <glib.h>
#include <stdbool.h>
#include "model/plan.h"
#include "model/snapshot.h"
#include "model/state.h"

struct engine;
struct hv;
struct watch;

/* ---- Opening ---- */

/* uri: "qemu:///session", "qemu:///system", "qemu:///embed?root=DIR", "test:///default",
 * "test:///path/FILE.xml", an alias of the config, or NULL for the default. command: for locks and tombstones, copied. Errors: VIR_ERR_NO_CONNECT,
 * VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_DENIED; of a node file VIR_ERR_XML_ERROR, OS_ERROR. Nothing
 * is created on disk by opening, but for the private store of test: URIs, which goes when the last
 * of this process that uses it is closed. */
struct engine *engine_open(const char *uri, const char *command, GError **err);
/* The same over a root and a hypervisor of the caller's (tests, guard). hv is taken. */
struct engine *engine_open_with(const char *root, struct hv *take_hv, const char *command,
				GError **err);
void engine_close(struct engine *e);
/* From now on whatever reads saved memory (start, restore) asks `watch`, which is copied; when it
 * is not to go on it fails with VIR_ERR_OPERATION_ABORTED, and nothing was changed. */
void engine_set_watch(struct engine *e, const struct watch *watch);
typedef struct engine engine;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(engine, engine_close)

const char *engine_uri(const struct engine *e);  /* canonical; owned */
const char *engine_type(const struct engine *e); /* "QEMU", "TEST" */
const char *engine_root(const struct engine *e);

/* ---- Reading: no lock, nothing changed ---- */

/* One domain of a listing. */
struct domain_brief {
	char *name;
	bool has_config;
	bool is_alive;
	bool is_supervised; /* only by engine_brief */
	int id;             /* -1 when off */
	enum guest_state state;
	int reason;
	/* Only by engine_list_details, each where it was asked for: */
	bool has_managed_save, is_autostart, has_snapshots, has_checkpoints;
	char *uuid, *title; /* NULL: it has none, or cannot be read */
};
void domain_brief_free(struct domain_brief *b);

/* All domains that exist (garbage left out), in byte order of names. One that is off costs two
 * system calls. */
GPtrArray *engine_list(struct engine *e, GError **err);
/* Only those whose name begins with `prefix`. */
GPtrArray *engine_list_prefixed(struct engine *e, const char *prefix, GError **err);
/* Their names alone, without a look into the directories: garbage is among them. */
GPtrArray *engine_names(struct engine *e, const char *prefix, GError **err);
/* More about those of a list, each a look into its directory; the two texts are in its XML. What
 * is gone by now leaves the list; what engine_list could not read stays as it is. */
enum brief_detail {
	BRIEF_MANAGED_SAVE = 1 << 0,
	BRIEF_AUTOSTART = 1 << 1,
	BRIEF_SNAPSHOTS = 1 << 2,
	BRIEF_CHECKPOINTS = 1 << 3,
	BRIEF_UUID = 1 << 4,
	BRIEF_TITLE = 1 << 5,
};
bool engine_list_details(struct engine *e, GPtrArray *briefs, unsigned int details, GError **err);
/* Is there such a domain? */
bool engine_exists(struct engine *e, const char *name, GError **err);
/* One as it is in a list: of one that is off there is no reason. */
struct domain_brief *engine_glance(struct engine *e, const char *name, GError **err);
struct domain_brief *engine_brief(struct engine *e, const char *name, GError **err);
/* All facts of its directory (domain_state_clear when done). */
bool engine_state(struct engine *e, const char *name, struct domain_state *ret_state,
		  GError **err);

/* Names for a uuid (canonical or not) or an id; VIR_ERR_NO_DOMAIN. */
char *engine_name_by_uuid(struct engine *e, const char *uuid, GError **err);
char *engine_name_by_id(struct engine *e, int id, GError **err);
char *engine_uuid(struct engine *e, const char *name, GError **err);

/* dumpxml: inactive asks for the persistent config of a running guest; security keeps secrets;
 * migratable leaves out what is ours alone. */
char *engine_xml(struct engine *e, const char *name, bool inactive, bool security, GError **err);
/* A few values of it without a tree: memory, current memory (KiB), vcpus, max vcpus, os type,
 * title (NULL when none). */
struct domain_info {
	guint64 max_memory_kib, memory_kib;
	unsigned int vcpus, max_vcpus;
	char *os_type;
	char *title;
};
void domain_info_clear(struct domain_info *info);
/* inactive: of the stored configuration even while a guest runs. */
bool engine_info(struct engine *e, const char *name, bool inactive, struct domain_info *ret_info,
		 GError **err);
/* CPU time of the guest's process in nanoseconds; 0 when off. */
guint64 engine_cpu_time(struct engine *e, const char *name);

/* What a command that may have made a domain answers; engine_answer_clear when done. Where one is
 * asked for it may be NULL; on failure it is left alone. */
struct engine_answer {
	char *name;         /* of the domain */
	GPtrArray *remarks; /* char *, sentences worth telling beside the success; NULL: none */
};
void engine_answer_clear(struct engine_answer *a);

/* ---- Definition ---- */

/* Define or redefine; validate checks the XML against the element table. */
bool engine_define(struct engine *e, const char *xml, bool validate, struct engine_answer *ret,
		   GError **err);
/* flags: VIR_DOMAIN_UNDEFINE_* | enum domain_undefine_extra. ret_items: the plan's effects
 * (struct plan_item), may be NULL. */
enum undefine_extra {
	UNDEFINE_PURGE = 1u << 24,
	UNDEFINE_DRY_RUN = 1u << 25,
};
bool engine_undefine(struct engine *e, const char *name, unsigned int flags,
		     GPtrArray **ret_items, GError **err);
bool engine_rename(struct engine *e, const char *name, const char *new_name, GError **err);
bool engine_set_autostart(struct engine *e, const char *name, bool on, GError **err);
bool engine_set_protected(struct engine *e, const char *name, bool on, GError **err);

/* ---- Life cycle ---- */

/* flags: VIR_DOMAIN_START_PAUSED, VIR_DOMAIN_START_RESET_NVRAM (what was goes into old/),
 * VIR_DOMAIN_START_AUTODESTROY (until engine_close),
 * VIR_DOMAIN_START_FORCE_BOOT | START_ACCEPT_DISKS. */
enum start_extra {
	START_ACCEPT_DISKS = 1u << 24,
};
bool engine_start(struct engine *e, const char *name, unsigned int flags,
		  struct engine_answer *ret, GError **err);
bool engine_create(struct engine *e, const char *xml, unsigned int flags,
		   struct engine_answer *ret, GError **err);
bool engine_destroy(struct engine *e, const char *name, bool graceful, GError **err);
bool engine_suspend(struct engine *e, const char *name, GError **err);
bool engine_resume(struct engine *e, const char *name, GError **err);

/* flags: VIR_DOMAIN_SAVE_RUNNING, VIR_DOMAIN_SAVE_PAUSED. */
bool engine_managed_save(struct engine *e, const char *name, unsigned int flags, GError **err);
/* ret_kept: bytes that the image goes on to occupy in old/; may be NULL. No image: success. */
bool engine_managed_save_remove(struct engine *e, const char *name, bool purge, gint64 *ret_kept,
				GError **err);

/* Another XML for the managed save image: the same machine and uuid. flags: VIR_DOMAIN_SAVE_RUNNING,
 * VIR_DOMAIN_SAVE_PAUSED; neither: as it is. The old XML goes into old/. */
bool engine_managed_save_define(struct engine *e, const char *name, const char *xml,
				unsigned int flags, GError **err);
/* The same for a file that save or libvirt made; it is replaced as a whole. */
bool engine_saved_define(struct engine *e, const char *file, const char *xml, unsigned int flags,
			 GError **err);

/* Memory to a file and back. file: relative to the working directory. xml: what the image is to
 * say, or what is to be resumed instead of what it says; NULL: as it is. */
struct save_request {
	const char *file;
	const char *xml;
	unsigned int flags; /* VIR_DOMAIN_SAVE_RUNNING, VIR_DOMAIN_SAVE_PAUSED */
	bool overwrites;    /* save: also what is no image of this domain */
	bool accepts_disks; /* restore: also over disks that changed since */
};
bool engine_save(struct engine *e, const char *name, const struct save_request *r, GError **err);
bool engine_restore(struct engine *e, const struct save_request *r, struct engine_answer *ret,
		    GError **err);

/* ---- Snapshots ---- */

/* flags: VIR_DOMAIN_SNAPSHOT_CREATE_*. ret_name: its name. */
bool engine_snapshot_create(struct engine *e, const char *name, const char *xml,
			    unsigned int flags, char **ret_name, GError **err);
/* Records of a domain, header elements only (struct snapshot_record), by name; a record that does
 * not parse is there with state SNAPSHOT_STATE_COUNT. */
GPtrArray *engine_snapshots(struct engine *e, const char *name, GError **err);
/* One record's header; VIR_ERR_NO_DOMAIN_SNAPSHOT. */
struct snapshot_record *engine_snapshot(struct engine *e, const char *name, const char *snapshot,
					GError **err);
char *engine_snapshot_xml(struct engine *e, const char *name, const char *snapshot, bool security,
			  GError **err);
/* *ret_name NULL when there is none. */
bool engine_snapshot_current(struct engine *e, const char *name, char **ret_name, GError **err);
bool engine_snapshot_set_current(struct engine *e, const char *name, const char *snapshot,
				 GError **err);
/* Put the record xml in the place of the record `snapshot`; with another name only by one of the
 * flags. ret_name: its name afterwards. */
enum snapshot_edit_flags {
	SNAPSHOT_EDIT_RENAME = 1u << 0,
	SNAPSHOT_EDIT_CLONE = 1u << 1, /* the old record stays beside it */
};
struct snapshot_edit {
	const char *snapshot, *xml;
	unsigned int flags;
};
bool engine_snapshot_edit(struct engine *e, const char *name, const struct snapshot_edit *edit,
			  char **ret_name, GError **err);
/* flags: VIR_DOMAIN_SNAPSHOT_DELETE_*. */
bool engine_snapshot_delete(struct engine *e, const char *name, const char *snapshot,
			    unsigned int flags, GError **err);
/* flags: VIR_DOMAIN_SNAPSHOT_REVERT_*. keep: name of a snapshot that is taken first, as a part of
 * it; may be NULL. */
bool engine_snapshot_revert(struct engine *e, const char *name, const char *snapshot,
			    const char *keep, unsigned int flags, GError **err);
/* What they would do (struct plan_item), or the same refusal; nothing is changed. */
GPtrArray *engine_snapshot_plan_delete(struct engine *e, const char *name, const char *snapshot,
				       unsigned int flags, GError **err);
GPtrArray *engine_snapshot_plan_revert(struct engine *e, const char *name, const char *snapshot,
				       const char *keep, unsigned int flags, GError **err);

/* ---- Trash ---- */

/* struct trash_entry (store/trash.h), oldest first. */
GPtrArray *engine_trash_list(struct engine *e, const char *name, GError **err);
bool engine_trash_restore(struct engine *e, const char *id, char **ret_name, GError **err);
/* Returns the number, -1 on error. */
int engine_trash_empty(struct engine *e, const char *id, gint64 older_than, bool dry_run,
		       gint64 *ret_freed, GError **err);

/* ---- For guards and doctors ---- */

/* Lock `name` (trying only when try_only: VIR_ERR_RESOURCE_BUSY), finish what is unfinished. */
bool engine_reconcile(struct engine *e, const char *name, bool try_only, GError **err);
/* A guest has ended: wait for the lock, reconcile, and if run/state still names run_id, do what
 * its end asks for. reason: "shutdown", "destroyed", "crashed", "saved", "unknown". Success when
 * the directory is gone or is another run's. */
bool engine_guest_ended(struct engine *e, const char *name, const char *run_id,
			const char *reason, GError **err);
