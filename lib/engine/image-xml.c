/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/image-xml.h"

#include <libvirt/libvirt-domain.h>
#include <string.h>
#include "base/error.h"
#include "engine/definition.h"

bool image_wants_running(unsigned int flags, bool is_running)
{
	if (flags & VIR_DOMAIN_SAVE_RUNNING)
		return true;
	return !(flags & VIR_DOMAIN_SAVE_PAUSED) && is_running;
}

static bool load_other(struct op *op, const char *xml, GError **err)
{
	struct image_xml *x = &op->other;

	x->tree = xml_parse(xml, strlen(xml), "domain", err);
	x->view = x->tree ? domain_config_read(x->tree, err) : NULL;
	if (!x->view)
		return false;
	x->disks = op_writable_disks(x->view, &x->n_disks);
	return true;
}

bool image_xml_from_image(struct op *op, GError **err)
{
	return load_other(op, op->image.xml, err);
}

static void differs(struct op *op, char *take_how)
{
	op->facts |= FACT_CONFIG_DIFFERS;
	op_detail(op, REASON_SAVE_MACHINE, take_how);
}

/* A uuid that is not given is the machine's. */
static void compare(struct op *op, const char *uuid)
{
	g_autofree char *own = xml_text(xml_root(op->tree), "uuid");
	char *how = NULL;

	if (uuid && g_ascii_strcasecmp(uuid, own) != 0)
		differs(op, g_strdup_printf("its uuid is %s, not %s", uuid, own));
	else if (!domain_xml_same_guest(op->tree, op->other.tree, &how))
		differs(op, how);
}

/* What is not honoured is asked of op->tree. */
static void find_unsupported(struct op *op)
{
	struct xml_tree *own = op->tree;

	op->tree = op->other.tree;
	definition_unsupported(op);
	op->tree = own;
}

bool image_xml_take(struct op *op, const char *xml, GError **err)
{
	g_autofree char *own = xml_text(xml_root(op->tree), "uuid");
	struct domain_identity id = { 0 };

	if (!load_other(op, xml, err) || !domain_xml_check(op->other.tree, &id, err))
		return false;
	compare(op, id.uuid);
	domain_identity_clear(&id);
	domain_xml_pin(op->other.tree, own, NULL);
	find_unsupported(op);
	return true;
}

void image_xml_disks(const struct op *op, struct image_plan *plan)
{
	bool is_other = op->other.tree;

	plan->disks = is_other ? op->other.disks : op->disks;
	plan->n_disks = is_other ? op->other.n_disks : op->n_disks;
}

char *image_xml_print(const struct op *op, const char *print)
{
	struct fingerprint_disks own = { op->disks, op->n_disks };
	struct fingerprint_disks other = { op->other.disks, op->other.n_disks };

	return op->other.tree ? fingerprint_rename(print, own, other) : g_strdup(print);
}

void image_xml_remark(struct op *op, const struct xml_tree *saved, const struct xml_tree *defined,
		      const char *way_out)
{
	g_autofree char *how = NULL;

	if (domain_xml_same_definition(saved, defined, &how))
		return;
	op_remark(op, g_strdup_printf("the guest goes on as it was saved, which is not as it is "
				      "defined now: %s; the definition counts from its next boot%s",
				      how, way_out));
}
