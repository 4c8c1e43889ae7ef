/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Restore: a guest goes on from memory in a file. Its domain is made, transient, when there is none
 * of its name and uuid. */
#include "engine/op.h"

#include <libvirt/libvirt-domain.h>
#include <string.h>
#include "base/error.h"
#include "engine/definition.h"
#include "engine/image-xml.h"

/* What the file holds, and whether all of it is there; *ret_uuid of the domain it is of. */
static bool read_file(struct op *op, const char *file, char **ret_uuid, GError **err)
{
	struct domain_identity id = { 0 };

	if (!image_open_file(&op->image, file, false, err) ||
	    (!image_verify(&op->image, &op->e->watch, err) && !fail_prefix(err, "'%s'", file)))
		return false;
	op->tree = xml_parse(op->image.xml, strlen(op->image.xml), "saved domain", err);
	if (!op->tree || !domain_xml_check(op->tree, &id, err) || !op_load_view(op, err)) {
		domain_identity_clear(&id);
		return fail_prefix(err, "'%s'", file);
	}
	*ret_uuid = g_steal_pointer(&id.uuid);
	domain_identity_clear(&id);
	return *ret_uuid || fail(err, VIR_ERR_OPERATION_FAILED,
				 "'%s' does not say which domain's memory it is (uuid)", file);
}

/* Has anything but the guest written to the disks since? An image of libvirt's does not tell. */
static void compare_disks(struct op *op)
{
	struct image_plan plan = { 0 };
	g_autoptr(GError) why = NULL;
	g_autofree char *saved = NULL, *now = NULL, *difference = NULL;

	image_xml_disks(op, &plan);
	now = fingerprint_take(op->e->hv, plan.disks, plan.n_disks, &why);
	if (!now) {
		difference = g_strdup(why->message);
	} else if (op->image.fingerprint) {
		saved = image_xml_print(op, op->image.fingerprint);
		difference = fingerprint_compare(saved, now);
	}
	if (!difference)
		return;
	op->facts |= FACT_DISKS_CHANGED;
	op_detail(op, REASON_FILE_DISKS_CHANGED, g_steal_pointer(&difference));
}

/* From here on the other XML is the one that counts. */
static void choose_tree(struct op *op)
{
	struct xml_tree *saved = op->tree;

	if (op->other.tree) {
		op->tree = op->other.tree;
		op->other.tree = saved;
		return;
	}
	/* What libvirt saved leaves out what it gives out anew. */
	domain_xml_pin(op->tree, NULL, NULL);
	definition_unsupported(op);
}

/* One that is defined goes on with the machine of the file all the same. */
static void compare_definition(struct op *op)
{
	g_autoptr(xml_tree) config = NULL;
	g_autofree char *text = NULL;
	size_t size;

	if (!(op->facts & FACT_PERSISTENT) ||
	    !domain_read_xml(op->dd, "domain.xml", &text, &size, NULL))
		return;
	config = xml_parse(text, size, "domain", NULL);
	if (config)
		image_xml_remark(op, op->tree, config, "");
}

static bool restore(struct op *op, const struct save_request *r, GError **err)
{
	g_autofree char *uuid = NULL, *name = NULL;
	guint64 of_file;
	struct verdict v;

	if (!read_file(op, r->file, &uuid, err) || (r->xml && !image_xml_take(op, r->xml, err)))
		return false;
	compare_disks(op);
	choose_tree(op);
	of_file = op->facts;
	name = xml_text(xml_root(op->tree), "name");
	if (!op_open(op, err) || !op_lock_or_new(op, name, err))
		return false;
	op->facts |= of_file;
	if (!image_wants_running(r->flags, op->image.was_running))
		op->flags |= VIR_DOMAIN_START_PAUSED;
	definition_facts(op, uuid);
	compare_definition(op);
	v = rules_restore(op->facts, op->flags);
	if (v.n_reasons)
		return op_refuse(op, &v, err);
	g_free(op->uuid);
	op->uuid = g_steal_pointer(&uuid);
	op->run_id = g_uuid_string_random();
	op->event = "started";
	op->event_detail = "restored";
	return op_execute(op, &v.plan, err);
}

bool engine_restore(struct engine *e, const struct save_request *r, struct engine_answer *ret,
		    GError **err)
{
	struct op op;
	bool done;

	op_init(&op, e, "restore", r->accepts_disks ? RULE_ACCEPT_DISKS : 0);
	done = restore(&op, r, err);
	if (done)
		op_answer(&op, ret);
	op_end(&op);
	return done;
}
