/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Snapshots: create, and what a snapshot of now would be. */
#include "engine/snapshot.h"

#include <libvirt/libvirt-domain-snapshot.h>
#include <string.h>
#include "base/error.h"
#include "base/util.h"
#include "xml/snapshot.h"

/* ---- Facts ---- */

/* qcow2 looks a name up by id first: small numbers would revert another snapshot. */
static bool looks_like_id(const char *name)
{
	size_t n = strspn(name, "0123456789");

	return name[n] == '\0' && n >= 1 && n <= 9 && name[0] != '0';
}

static void gather_disks(struct op *op)
{
	if (op->e->hv->ops->simulates_disks)
		return;
	if (op->n_disks == 0)
		op->facts |= FACT_NO_DISKS;
	for (size_t i = 0; i < op->n_disks; i++) {
		if (g_strcmp0(op->disks[i].format, "qcow2") == 0)
			continue;
		op->facts |= FACT_RAW_DISKS;
		op_detail(op, REASON_RAW_DISKS,
			  g_strdup_printf("disk '%s' is %s", op->disks[i].target,
					  op->disks[i].format));
	}
}

static bool is_taking_part(struct op *op, const char *target)
{
	for (size_t i = 0; i < op->n_disks; i++)
		if (strcmp(op->disks[i].target, target) == 0)
			return true;
	return false;
}

static void gather_wishes(struct op *op, const struct snapshot_record *rec)
{
	if ((op->flags & (VIR_DOMAIN_SNAPSHOT_CREATE_DISK_ONLY |
			  VIR_DOMAIN_SNAPSHOT_CREATE_REUSE_EXT)) ||
	    snapshot_record_is_external(rec))
		op->facts |= FACT_WANTS_EXTERNAL;
	if (rec->has_memory && rec->memory == SNAPSHOT_KIND_NO && op->state.is_alive) {
		op->facts |= FACT_WANTS_PARTIAL;
		op_detail(op, REASON_WANTS_PARTIAL, g_strdup("memory of a running guest is left out"));
	}
	for (guint i = 0; i < rec->disks->len; i++) {
		const struct snapshot_disk *d = rec->disks->pdata[i];

		if (d->kind != SNAPSHOT_KIND_NO || !is_taking_part(op, d->name))
			continue;
		op->facts |= FACT_WANTS_PARTIAL;
		op_detail(op, REASON_WANTS_PARTIAL,
			  g_strdup_printf("disk '%s' is left out", d->name));
	}
}

/* Asked last, and only when all else is fine: it opens images. */
static bool gather_tag(struct op *op, GError **err)
{
	struct hv_tag tag;
	struct verdict so_far = rules_snapshot_create(op->facts, op->flags);

	if (so_far.n_reasons)
		return true;
	if (!op_ready_disks(op, err))
		return false;
	if (!op->e->hv->ops->tag_query(op->e->hv, &op->guest, op->disks, op->n_disks,
				       op->snap.name, &tag, err))
		return false;
	if (tag.n_disks_with > 0)
		op->facts |= FACT_TAG_EXISTS;
	return true;
}

/* ---- Create ---- */

static void add_internal_disks(struct op *op, struct snapshot_record *rec)
{
	g_ptr_array_set_size(rec->disks, 0);
	for (guint i = 0; i < op->view->disks->len; i++) {
		const struct disk_config *d = op->view->disks->pdata[i];
		struct snapshot_disk *disk = g_new0(struct snapshot_disk, 1);

		disk->name = g_strdup(d->target);
		disk->kind = disk_is_writable(d) && d->source ? SNAPSHOT_KIND_INTERNAL :
								SNAPSHOT_KIND_NO;
		g_ptr_array_add(rec->disks, disk);
	}
}

static bool write_record_text(struct op *op, GError **err)
{
	struct snapshot_record *rec = op->snap.rec;
	g_autoptr(xml_tree) inactive = NULL;

	rec->parent = g_strdup(op->snap.current_before);
	rec->creation_time = now_sec();
	rec->memory = op->state.is_alive ? SNAPSHOT_KIND_INTERNAL : SNAPSHOT_KIND_NO;
	rec->state = !op->state.is_alive ? SNAPSHOT_SHUTOFF :
		     (op->facts & FACT_PAUSED) ? SNAPSHOT_PAUSED :
						 SNAPSHOT_RUNNING;
	add_internal_disks(op, rec);
	op_settle(op, op->tree);
	domain_xml_set_name(op->tree, op->name);
	if (op->state.is_alive && op->state.has_config) {
		g_autofree char *text = NULL;
		size_t size;

		if (!domain_read_xml(op->dd, "domain.xml", &text, &size, err))
			return false;
		inactive = xml_parse(text, size, "domain", err);
		if (!inactive)
			return false;
	}
	op->snap.text = snapshot_format(rec, op->tree, inactive);
	return true;
}

/* Variables of the firmware: ours, or in a file that the config names. */
static void gather_nvram(struct op *op)
{
	if (op->view->nvram) {
		op->facts |= FACT_NVRAM_OUTSIDE;
		op_detail(op, REASON_NVRAM_OFFLINE, g_strdup(op->view->nvram));
	} else if (op->view->loader || (op->facts & FACT_NVRAM)) {
		op->facts |= FACT_NVRAM_RAW;
	}
}

bool snapshot_prepare(struct op *op, struct verdict *ret, GError **err)
{
	struct snap_op *s = &op->snap;

	s->name = g_strdup(s->rec->name);
	/* No state of a record stands for one that has ended: a revert would make it run. */
	if (!op_check_going(op, err))
		return false;
	if (!op_load_tree(op, op->state.is_alive ? "live.xml" : "domain.xml", err) ||
	    !op_load_view(op, err))
		return false;
	if (record_exists(op->dd, s->name)) {
		op->facts |= FACT_RECORD_EXISTS;
		op_detail(op, REASON_RECORD_EXISTS, g_strdup(s->name));
	}
	if (looks_like_id(s->name) && !op->e->hv->ops->simulates_disks)
		op->facts |= FACT_TAG_NUMERIC;
	if (op->state.is_alive)
		op->facts |= FACT_RECORD_MEMORY;
	gather_disks(op);
	gather_nvram(op);
	snapshot_gather_image(op);
	gather_wishes(op, s->rec);
	if (!gather_tag(op, err))
		return false;
	*ret = rules_snapshot_create(op->facts, op->flags);
	s->current_before = records_current(op->dd);
	return ret->n_reasons > 0 || write_record_text(op, err);
}

static bool create(struct op *op, const char *xml, GError **err)
{
	struct snap_op *s = &op->snap;
	struct verdict v;

	s->rec = snapshot_parse(xml, strlen(xml), false, err);
	if (!s->rec)
		return false;
	if (!s->rec->name)
		s->rec->name = g_strdup_printf("%" G_GINT64_FORMAT, now_sec());
	if (!snapshot_prepare(op, &v, err))
		return false;
	s->makes_current = true;
	if ((op->flags & VIR_DOMAIN_SNAPSHOT_CREATE_HALT) && op->state.is_alive)
		op->facts |= FACT_STOPS_GUEST;
	op->end_reason = "from-snapshot"; /* of a guest that was to be halted */
	op->event = "snapshot";
	op->event_detail = s->name;
	return op_run(op, &v, err);
}

bool engine_snapshot_create(struct engine *e, const char *name, const char *xml,
			    unsigned int flags, char **ret_name, GError **err)
{
	bool is_redefine = flags & VIR_DOMAIN_SNAPSHOT_CREATE_REDEFINE;
	struct op op;
	bool done;

	if ((flags & VIR_DOMAIN_SNAPSHOT_CREATE_VALIDATE) &&
	    !snapshot_check_known(xml, strlen(xml), is_redefine, err))
		return false;
	op_init(&op, e, is_redefine ? "snapshot-redefine" : "snapshot-create", flags);
	done = op_lock(&op, name, err) &&
	       (is_redefine ? snapshot_redefine(&op, xml, err) : create(&op, xml, err));
	if (done && ret_name)
		*ret_name = g_strdup(op.snap.name);
	op_end(&op);
	return done;
}
