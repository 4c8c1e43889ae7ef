/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The trash as a user sees it: list, take back, empty. */
#include "engine/snapshot.h"

#include <errno.h>
#include <string.h>
#include "base/cleanup.h"
#include "base/error.h"
#include "base/escape.h"
#include "base/sys.h"
#include "base/util.h"
#include "engine/definition.h"
#include "engine/image-xml.h"
#include "engine/save-define.h"
#include "store/lock.h"
#include "xml/snapshot.h"

GPtrArray *engine_trash_list(struct engine *e, const char *name, GError **err)
{
	struct store *st = store_open(e->root, false, e->command, err);
	GPtrArray *list = st ? trash_list(st, name, err) : NULL;

	store_close(st);
	return list;
}

/* An id, or the name of a domain: its newest entry, a whole one before what is in its old/. */
static struct trash_entry *find_entry(GPtrArray *list, const char *id)
{
	for (guint i = 0; i < list->len; i++) {
		struct trash_entry *entry = list->pdata[i];

		if (strcmp(entry->id, id) == 0)
			return entry;
	}
	for (guint i = list->len; i > 0; i--) {
		struct trash_entry *entry = list->pdata[i - 1];

		if (g_strcmp0(entry->name, id) == 0 && !strstr(entry->id, "/old/"))
			return entry;
	}
	for (guint i = list->len; i > 0; i--) {
		struct trash_entry *entry = list->pdata[i - 1];

		if (g_strcmp0(entry->name, id) == 0)
			return entry;
	}
	return NULL;
}

/* The XML that a whole entry is restored with: its config, what that was, or what ran. */
static bool load_entry_tree(struct op *op)
{
	static const char *const files[] = { "domain.xml", "undefined.xml", "live.xml" };

	for (guint i = 0; i < G_N_ELEMENTS(files); i++)
		if (op_load_tree(op, files[i], NULL))
			return true;
	return false;
}

static bool restore_entry(struct op *op, const struct trash_entry *entry, GError **err)
{
	g_autofree char *owner = NULL;
	g_autoptr(domain_dir) taken = NULL;
	struct verdict v;

	if (!op_lock_store(op, err))
		return false;
	op->trash_id = g_strdup(entry->id);
	op->dd = trash_open(op->store, entry->id, &op->name, err);
	if (!op->dd)
		return false;
	op->facts = FACT_IN_TRASH;
	if (!load_entry_tree(op)) {
		op->facts |= FACT_NO_CONFIG;
	} else {
		op->uuid = xml_text(xml_root(op->tree), "uuid");
		op_settle(op, op->tree);
	}
	taken = domain_open(op->store, op->name, NULL);
	if (taken) {
		op->facts |= FACT_NAME_TAKEN;
		op_detail(op, REASON_NAME_TAKEN, g_strdup(op->name));
	}
	owner = op->uuid ? engine_name_by_uuid(op->e, op->uuid, NULL) : NULL;
	if (owner && strcmp(owner, op->name) != 0) {
		op->facts |= FACT_UUID_TAKEN;
		op_detail(op, REASON_UUID_TAKEN,
			  g_strdup_printf("domain '%s' already exists with uuid %s", owner,
					  op->uuid));
	}
	if (op->uuid && kept_exists(op->store, op->uuid))
		op->facts |= FACT_KEPT;
	v = rules_trash_restore(op->facts, 0);
	return op_run(op, &v, err);
}

/* A running domain that was undefined is defined again as it was. */
static bool restore_undefined(struct op *op, const struct trash_entry *entry, GError **err)
{
	struct verdict v;

	if (!op_lock(op, entry->name, err))
		return false;
	op->facts |= FACT_UNDEFINED;
	v = rules_trash_restore(op->facts, 0);
	return op_run(op, &v, err);
}

/* A config that changes the disks under a managed save image stays where it is. */
static bool old_config_facts(struct op *op, const char *path, GError **err)
{
	if (!op_load_tree(op, path, err))
		return false;
	domain_xml_set_name(op->tree, op->name);
	definition_compare_disks(op);
	if (!(op->facts & FACT_DISKS_DIFFER))
		op->facts &= ~(guint64)FACT_MANAGED_SAVE;
	op->facts &= ~(guint64)FACT_ALIVE;
	return true;
}

/* A record of the same snapshot is exchanged: the name may mean another one by now. */
static bool is_of_another(struct op *op, const struct snapshot_record *rec)
{
	g_autofree char *text = NULL;
	g_autoptr(snapshot_record) now = NULL;
	size_t size;

	if (!record_exists(op->dd, rec->name))
		return false;
	if (record_read(op->dd, rec->name, &text, &size, NULL))
		now = snapshot_peek(text, size);
	return !now || now->creation_time != rec->creation_time || now->state != rec->state;
}

/* Never a record without its data, nor below a parent that is gone. */
static bool old_record_facts(struct op *op, const char *path, GError **err)
{
	g_autofree char *text = NULL;
	g_autoptr(snapshot_record) rec = NULL;
	struct hv_tag tag;
	char *fault;
	size_t size;

	op->facts &= ~(guint64)(FACT_MANAGED_SAVE | FACT_ALIVE);
	if (!domain_read_xml(op->dd, path, &text, &size, err))
		return false;
	rec = snapshot_parse(text, size, true, err);
	if (!rec)
		return false;
	op->snap.name = g_strdup(rec->name);
	if (is_of_another(op, rec))
		op->facts |= FACT_RECORD_EXISTS;
	fault = snapshot_parent_fault(op, rec, rec->name);
	if (fault) {
		op->facts |= FACT_PARENT_BAD;
		op_detail(op, REASON_PARENT_BAD, fault);
	}
	if (snapshot_record_is_external(rec) || rec->state == SNAPSHOT_DISK_ONLY)
		return true;
	if (!op_load_tree(op, op->state.is_alive ? "live.xml" : "domain.xml", err) ||
	    !op_load_view(op, err))
		return false;
	op_fill_guest(op);
	if (op->state.is_alive && !op_open_guest(op, err))
		return false;
	if (!op->e->hv->ops->tag_query(op->e->hv, &op->guest, op->disks, op->n_disks, rec->name,
				       &tag, err))
		return false;
	if (tag.n_disks_with < op->n_disks)
		op->facts |= FACT_TAG_INCOMPLETE;
	return true;
}

/* Only what would take the place of something, or not fit, is in the way. */
static bool old_facts(struct op *op, const char *file, const char *path, GError **err)
{
	const char *what = strchr(file, '~');

	if (what && g_str_has_prefix(what, "~snapshot-"))
		return old_record_facts(op, path, err);
	if (g_strcmp0(what, "~intent") == 0)
		return fail(err, VIR_ERR_OPERATION_INVALID,
			    "unfinished work that could not be read is not taken up again; it stays "
			    "to be looked at");
	/* What the guest has in use is not exchanged under it. */
	if (g_strcmp0(what, "~managed-save") == 0 || g_strcmp0(what, "~nvram") == 0)
		return true;
	return old_config_facts(op, path, err);
}

/* The XML that was in the managed save image goes back into it, if it is of that machine. */
static bool restore_image_xml(struct op *op, const char *path, GError **err)
{
	g_autofree char *text = NULL;
	size_t size;

	return domain_read_xml(op->dd, path, &text, &size, err) &&
	       managed_save_define(op, text, err) && sys_remove_tree(op->dd->fd, path, err);
}

static bool restore_old(struct op *op, const struct trash_entry *entry, GError **err)
{
	const char *file = strstr(entry->id, "/old/") + strlen("/old/");
	g_autofree char *path = g_strconcat("old/", file, NULL);
	struct verdict v;

	op->old_file = g_strdup(file);
	if (!op_lock(op, entry->name, err))
		return false;
	if (g_str_has_suffix(file, "~" IMAGE_XML_KIND))
		return restore_image_xml(op, path, err);
	if (!old_facts(op, file, path, err))
		return false;
	v = rules_trash_restore(op->facts, 0);
	return op_run(op, &v, err);
}

/* A transient guest that ended with its host: nobody has put it into the trash yet. */
static void retire_leftover(struct op *op, const char *name)
{
	g_autoptr(domain_dir) dd = domain_open(op->store, name, NULL);
	struct domain_state s = { 0 };
	bool is_left = dd && domain_read_state(dd, &s, NULL) &&
		       domain_existence(&s) == EXISTENCE_GARBAGE;

	domain_state_clear(&s);
	if (is_left)
		engine_reconcile(op->e, name, false, NULL);
}

static bool restore(struct op *op, const char *id, GError **err)
{
	g_autoptr(GPtrArray) list = NULL;
	const struct trash_entry *entry;

	if (!op_open(op, err))
		return false;
	retire_leftover(op, id);
	list = trash_list(op->store, NULL, err);
	if (!list)
		return false;
	entry = find_entry(list, id);
	if (!entry)
		return fail(err, VIR_ERR_INVALID_ARG,
			    "nothing in the trash is called '%s'; trash-list shows what is there", id);
	op->event = "defined";
	op->event_detail = "restored";
	if (strstr(entry->id, "/old/"))
		return restore_old(op, entry, err);
	if (g_str_has_suffix(entry->id, "/undefined.xml"))
		return restore_undefined(op, entry, err);
	return restore_entry(op, entry, err);
}

bool engine_trash_restore(struct engine *e, const char *id, char **ret_name, GError **err)
{
	struct op op;
	bool done;

	op_init(&op, e, "trash-restore", 0);
	done = restore(&op, id, err);
	if (done && ret_name)
		*ret_name = g_strdup(op.name);
	op_end(&op);
	return done;
}

/* ---- Emptying ---- */

static bool is_meant(const struct trash_entry *entry, const char *id, gint64 older_than)
{
	if (g_str_has_suffix(entry->id, "/undefined.xml"))
		return false; /* a running guest's; not in the trash yet */
	if (id)
		return strcmp(entry->id, id) == 0;
	return older_than <= 0 || entry->time <= now_sec() - older_than;
}

int engine_trash_empty(struct engine *e, const char *id, gint64 older_than, bool dry_run,
		       gint64 *ret_freed, GError **err)
{
	struct op op;
	g_autoptr(GPtrArray) list = NULL;
	gint64 freed = 0;
	int n = 0;

	op_init(&op, e, "trash-empty", 0);
	if (!op_open(&op, err) || (!dry_run && !op_lock_store(&op, err)) ||
	    !(list = trash_list(op.store, NULL, err)))
		n = -1;
	for (guint i = 0; n >= 0 && i < list->len; i++) {
		const struct trash_entry *entry = list->pdata[i];
		gint64 size = entry->size;

		if (!is_meant(entry, id, older_than))
			continue;
		if (!dry_run && !trash_delete(op.store, entry->id, &size, err)) {
			n = -1;
			break;
		}
		freed += size;
		n++;
	}
	if (n == 0 && id) {
		fail(err, VIR_ERR_INVALID_ARG, "nothing in the trash is called '%s'", id);
		n = -1;
	}
	if (n >= 0 && ret_freed)
		*ret_freed = freed;
	op_end(&op);
	return n;
}
