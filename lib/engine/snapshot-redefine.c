/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Snapshots: redefine, which changes a record and no data. */
#include "engine/snapshot.h"

#include <libvirt/libvirt-domain-snapshot.h>
#include <string.h>
#include "base/error.h"
#include "xml/snapshot.h"

#define DEPTH_MAX 100000

/* Does the way up from the parent come to `self`? What cannot be read ends it. */
static bool leads_to(struct op *op, const char *parent, const char *self)
{
	g_autofree char *at = g_strdup(parent);

	for (unsigned int depth = 0; at && depth < DEPTH_MAX; depth++) {
		g_autofree char *text = NULL;
		g_autoptr(snapshot_record) up = NULL;
		size_t size;

		if (strcmp(at, self) == 0)
			return true;
		if (!record_read(op->dd, at, &text, &size, NULL))
			return false;
		up = snapshot_peek(text, size);
		g_free(at);
		at = up ? g_strdup(up->parent) : NULL;
	}
	return at != NULL;
}

/* Nothing is below a name that is new, so no way up can come to it: the ancestors, of which there
 * may be thousands, are looked at only for a record that is there. (Who takes a record's file away
 * by hand can make a loop of its children; lists and deletes live with it.) */
char *snapshot_parent_fault(struct op *op, const struct snapshot_record *rec, const char *self)
{
	if (!rec->parent)
		return NULL;
	if (strcmp(rec->parent, self) == 0)
		return g_strdup_printf("snapshot '%s' cannot be its own parent", rec->name);
	if (!record_exists(op->dd, rec->parent))
		return g_strdup_printf("parent '%s' for snapshot '%s' not found", rec->parent,
				       rec->name);
	if (record_exists(op->dd, self) && leads_to(op, rec->parent, self))
		return g_strdup_printf("parent '%s' would create cycle to '%s'", rec->parent, self);
	return NULL;
}

static bool is_online(enum snapshot_state state)
{
	return state == SNAPSHOT_RUNNING || state == SNAPSHOT_PAUSED;
}

/* Against the record that is there; its domain stands in when the new XML has none. */
static bool compare_with_old(struct op *op, const char *name, struct xml_tree **domain,
			     GError **err)
{
	struct snapshot_record *rec = op->snap.rec;
	g_autofree char *text = NULL, *difference = NULL;
	g_autoptr(snapshot_record) old = NULL;
	g_autoptr(xml_tree) old_domain = NULL;
	size_t size;

	if (!record_exists(op->dd, name))
		return true;
	op->facts |= FACT_RECORD_EXISTS;
	if (!record_read(op->dd, name, &text, &size, err))
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

bool snapshot_read_new(struct op *op, const char *xml, const char *self, GError **err)
{
	struct snap_op *s = &op->snap;
	g_autoptr(xml_tree) domain = NULL, inactive = NULL;
	char *fault;

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
	fault = snapshot_parent_fault(op, s->rec, self);
	if (fault) {
		op->facts |= FACT_PARENT_BAD;
		op_detail(op, REASON_PARENT_BAD, fault);
	}
	if (!compare_with_old(op, self, &domain, err))
		return false;
	s->text = snapshot_format(s->rec, domain, inactive);
	s->current_before = records_current(op->dd);
	return true;
}

/* The record is there already, to the letter: nothing of old/ is given up for it. */
static bool is_there(struct op *op)
{
	g_autofree char *text = NULL;
	size_t size;

	return record_read(op->dd, op->snap.name, &text, &size, NULL) &&
	       strcmp(text, op->snap.text) == 0;
}

bool snapshot_redefine(struct op *op, const char *xml, GError **err)
{
	bool wants_current = op->flags & VIR_DOMAIN_SNAPSHOT_CREATE_CURRENT, exists;
	struct snap_op *s = &op->snap;
	struct verdict v;

	s->rec = snapshot_parse(xml, strlen(xml), true, err);
	if (!s->rec)
		return false;
	s->name = g_strdup(s->rec->name);
	if (!snapshot_read_new(op, xml, s->name, err))
		return false;
	v = rules_snapshot_redefine(op->facts, 0);
	if (v.n_reasons)
		return op_refuse(op, &v, err);
	exists = op->facts & FACT_RECORD_EXISTS;
	s->makes_current = (wants_current && !exists) ||
			   g_strcmp0(s->current_before, s->name) == 0;
	/* The pointer cannot wait for a record that is there already: two commits, each whole. */
	return (is_there(op) || op_execute(op, &v.plan, err)) &&
	       (!wants_current || !exists || records_point(op->dd, s->name, NULL, true, err));
}
