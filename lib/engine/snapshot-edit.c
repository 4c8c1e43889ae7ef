/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Snapshots: edit a record. Under its own name that is a redefinition. A record gets another name
 * only where no image holds a tag of the old one: qcow2 cannot rename tags, and a record whose name
 * is not its tag's would be one without data.
 */
#include "engine/snapshot.h"

#include <libvirt/libvirt-domain-snapshot.h>
#include <string.h>
#include "base/error.h"
#include "base/phrases.h"
#include "xml/snapshot.h"

static bool query(struct op *op, const char *name, guint64 fact, enum reason_id reason,
		  GError **err)
{
	struct hv *hv = op->e->hv;
	struct hv_tag tag;

	if (!hv->ops->tag_query(hv, &op->guest, op->disks, op->n_disks, name, &tag, err))
		return false;
	if (tag.n_disks_with == 0)
		return true;
	op->facts |= fact;
	op_detail(op, reason, g_strdup(name));
	return true;
}

/* Asked last: it opens images. What is external has files, which are called as they are. */
static bool gather_tags(struct op *op, const char *old, GError **err)
{
	struct verdict so_far = rules_snapshot_rename(op->facts, op->flags);
	const struct snapshot_record *rec = op->snap.rec;

	if (so_far.n_reasons || snapshot_record_is_external(rec))
		return true;
	return op_load_tree(op, op->state.is_alive ? "live.xml" : "domain.xml", err) &&
	       op_load_view(op, err) && op_ready_disks(op, err) &&
	       query(op, old, FACT_TAG_EXISTS, REASON_RENAME_DATA, err) &&
	       query(op, rec->name, FACT_TAG_COLLIDES, REASON_TAG_EXISTS, err);
}

/* The old record goes as with delete --metadata: into old/, its children to the new one. */
static bool choose(struct op *op, const char *old, GError **err)
{
	struct snap_op *s = &op->snap;
	bool was_current = g_strcmp0(s->current_before, old) == 0;

	s->old_name = g_strdup(old);
	s->new_parent = g_strdup(s->name);
	s->makes_current = was_current;
	s->current_after = g_strdup(was_current ? s->name : s->current_before);
	op->flags |= VIR_DOMAIN_SNAPSHOT_DELETE_METADATA_ONLY;
	return snapshot_choose_records(op, err);
}

static bool rename_record(struct op *op, const struct snapshot_edit *edit, GError **err)
{
	struct snap_op *s = &op->snap;
	struct verdict v;

	s->name = g_strdup(s->rec->name);
	if (!snapshot_read_new(op, edit->xml, edit->snapshot, err))
		return false;
	if (record_exists(op->dd, s->name)) {
		op->facts |= FACT_NAME_TAKEN;
		op_detail(op, REASON_RECORD_EXISTS, g_strdup(s->name));
	}
	if (!gather_tags(op, edit->snapshot, err))
		return false;
	v = rules_snapshot_rename(op->facts, op->flags);
	if (v.n_reasons)
		return op_refuse(op, &v, err);
	if (!(op->flags & RULE_RENAME_CLONE) && !choose(op, edit->snapshot, err))
		return false;
	op->event = "snapshot";
	op->event_detail = s->name;
	return op_execute(op, &v.plan, err);
}

static bool edit_record(struct op *op, const struct snapshot_edit *edit, GError **err)
{
	bool is_clone = edit->flags & SNAPSHOT_EDIT_CLONE;

	if (!record_exists(op->dd, edit->snapshot))
		return fail(err, VIR_ERR_NO_DOMAIN_SNAPSHOT, PHRASE_NO_SNAPSHOT, edit->snapshot);
	op->snap.rec = snapshot_parse(edit->xml, strlen(edit->xml), true, err);
	if (!op->snap.rec)
		return false;
	if (strcmp(op->snap.rec->name, edit->snapshot) == 0 && !is_clone) {
		snapshot_record_free(op->snap.rec);
		op->snap.rec = NULL;
		op->what = "snapshot-redefine";
		return snapshot_redefine(op, edit->xml, err);
	}
	if (!edit->flags)
		return fail(err, VIR_ERR_INVALID_ARG,
			    "must use --rename or --clone to change %s to %s; nothing was changed",
			    edit->snapshot, op->snap.rec->name);
	op->flags = is_clone ? RULE_RENAME_CLONE : 0;
	return rename_record(op, edit, err);
}

bool engine_snapshot_edit(struct engine *e, const char *name, const struct snapshot_edit *edit,
			  char **ret_name, GError **err)
{
	struct op op;
	bool done;

	op_init(&op, e, "snapshot-rename", 0);
	done = op_lock(&op, name, err) && edit_record(&op, edit, err);
	if (done)
		*ret_name = g_strdup(op.snap.name);
	op_end(&op);
	return done;
}
