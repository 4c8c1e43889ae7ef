/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Snapshots: create and redefine. */
#include "engine/op.h"

#include <libvirt/libvirt-domain-snapshot.h>
#include <string.h>
#include "base/error.h"
#include "base/util.h"
#include "engine/snapshot.h"
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
	xml_set_attr(xml_root(op->tree), "id", NULL);
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

static bool refuse_unsupported(struct op *op, GError **err)
{
	if (op->flags & VIR_DOMAIN_SNAPSHOT_CREATE_HALT)
		return fail(err, VIR_ERR_ARGUMENT_UNSUPPORTED,
			    "--halt is not supported by this build; destroy stops the guest "
			    "afterwards");
	if (op->flags & VIR_DOMAIN_SNAPSHOT_CREATE_VALIDATE)
		return fail(err, VIR_ERR_ARGUMENT_UNSUPPORTED,
			    "--validate is not supported for snapshots by this build");
	return true;
}

static bool create(struct op *op, const char *xml, GError **err)
{
	struct snap_op *s = &op->snap;
	struct verdict v;

	if (!refuse_unsupported(op, err))
		return false;
	s->rec = snapshot_parse(xml, strlen(xml), false, err);
	if (!s->rec)
		return false;
	if (!s->rec->name)
		s->rec->name = g_strdup_printf("%" G_GINT64_FORMAT, now_sec());
	s->name = g_strdup(s->rec->name);
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
	if (op->view->nvram || (op->facts & FACT_NVRAM))
		op->facts |= FACT_NVRAM_RAW;
	snapshot_gather_image(op);
	gather_wishes(op, s->rec);
	if (!gather_tag(op, err))
		return false;
	v = rules_snapshot_create(op->facts, op->flags);
	if (v.n_reasons)
		return op_refuse(op, &v, err);
	s->current_before = records_current(op->dd);
	s->makes_current = true;
	op->event = "snapshot";
	op->event_detail = s->name;
	return write_record_text(op, err) && op_execute(op, &v.plan, err);
}

/* ---- Redefine ---- */

/* Following parents from the new one must end at a root without coming back. */
static char *parent_fault(struct op *op, const struct snapshot_record *rec)
{
	g_autofree char *at = g_strdup(rec->parent);

	for (unsigned int depth = 0; at; depth++) {
		g_autofree char *text = NULL;
		g_autoptr(snapshot_record) up = NULL;
		size_t size;

		if (strcmp(at, rec->name) == 0)
			return depth == 0 ? g_strdup_printf("snapshot '%s' cannot be its own parent",
							    rec->name) :
					    g_strdup_printf("parent '%s' would create cycle to '%s'",
							    rec->parent, rec->name);
		if (depth > 100000 || !record_read(op->dd, at, &text, &size, NULL))
			return g_strdup_printf("parent '%s' for snapshot '%s' not found", at,
					       rec->name);
		up = snapshot_peek(text, size);
		g_free(at);
		at = up ? g_strdup(up->parent) : NULL;
	}
	return NULL;
}

static bool is_online(enum snapshot_state state)
{
	return state == SNAPSHOT_RUNNING || state == SNAPSHOT_PAUSED;
}

/* Against the record of that name; its domain stands in when the new XML has none. */
static bool compare_with_old(struct op *op, struct xml_tree **domain, GError **err)
{
	struct snapshot_record *rec = op->snap.rec;
	g_autofree char *text = NULL, *difference = NULL;
	g_autoptr(snapshot_record) old = NULL;
	g_autoptr(xml_tree) old_domain = NULL;
	size_t size;

	if (!record_exists(op->dd, rec->name))
		return true;
	op->facts |= FACT_RECORD_EXISTS;
	if (!record_read(op->dd, rec->name, &text, &size, err))
		return false;
	old = snapshot_peek(text, size);
	if (old && (is_online(old->state) != is_online(rec->state) ||
		    (old->state == SNAPSHOT_DISK_ONLY) != (rec->state == SNAPSHOT_DISK_ONLY)))
		op->facts |= FACT_STATE_CHANGED;
	old_domain = snapshot_domain(text, size, NULL);
	if (old_domain && *domain &&
	    !domain_xml_same_machine(old_domain, *domain, &difference)) {
		op->facts |= FACT_CONFIG_DIFFERS;
		op_detail(op, REASON_REDEFINE_MACHINE, g_steal_pointer(&difference));
	}
	if (!*domain)
		*domain = g_steal_pointer(&old_domain);
	return true;
}

static bool redefine(struct op *op, const char *xml, GError **err)
{
	struct snap_op *s = &op->snap;
	g_autoptr(xml_tree) domain = NULL, inactive = NULL;
	bool wants_current, exists;
	char *fault;
	struct verdict v;

	s->rec = snapshot_parse(xml, strlen(xml), true, err);
	if (!s->rec)
		return false;
	s->name = g_strdup(s->rec->name);
	domain = snapshot_domain(xml, strlen(xml), NULL);
	inactive = snapshot_inactive_domain(xml, strlen(xml), NULL);
	if (!domain)
		op->facts |= FACT_RECORD_NO_DOMAIN;
	if (s->rec->domain_uuid && g_ascii_strcasecmp(s->rec->domain_uuid, op->uuid) != 0) {
		op->facts |= FACT_UUID_DIFFERS;
		op_detail(op, REASON_REDEFINE_UUID,
			  g_strdup_printf("definition for snapshot %s must use uuid %s", s->name,
					  op->uuid));
	}
	fault = parent_fault(op, s->rec);
	if (fault) {
		op->facts |= FACT_PARENT_BAD;
		op_detail(op, REASON_PARENT_BAD, fault);
	}
	if (!compare_with_old(op, &domain, err))
		return false;
	v = rules_snapshot_redefine(op->facts, 0);
	if (v.n_reasons)
		return op_refuse(op, &v, err);
	s->text = snapshot_format(s->rec, domain, inactive);
	s->current_before = records_current(op->dd);
	wants_current = op->flags & VIR_DOMAIN_SNAPSHOT_CREATE_CURRENT;
	exists = op->facts & FACT_RECORD_EXISTS;
	s->makes_current = (wants_current && !exists) ||
			   g_strcmp0(s->current_before, s->name) == 0;
	/* The pointer cannot wait for a record that is there already: two commits, each whole. */
	return op_execute(op, &v.plan, err) &&
	       (!wants_current || !exists || records_point(op->dd, s->name, NULL, true, err));
}

bool engine_snapshot_create(struct engine *e, const char *name, const char *xml,
			    unsigned int flags, char **ret_name, GError **err)
{
	bool is_redefine = flags & VIR_DOMAIN_SNAPSHOT_CREATE_REDEFINE;
	struct op op;
	bool done;

	op_init(&op, e, is_redefine ? "snapshot-redefine" : "snapshot-create", flags);
	done = op_lock(&op, name, err) &&
	       (is_redefine ? redefine(&op, xml, err) : create(&op, xml, err));
	if (done && ret_name)
		*ret_name = g_strdup(op.snap.name);
	op_end(&op);
	return done;
}
