/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The cable of a network card, plugged in or pulled: <link state=…/>. */
#include "engine/inspect.h"

#include "base/error.h"
#include "engine/impact.h"
#include "engine/op.h"

/* *ret_number: which of the interfaces it is. */
static struct xml_node *find_nic(const struct xml_tree *tree, const char *mac, guint *ret_number)
{
	struct xml_node *node = xml_at(xml_root(tree), "devices/interface");

	for (guint i = 0; node; node = xml_next(node, "interface"), i++) {
		g_autofree char *there = xml_attr_at(node, "mac", "address");

		*ret_number = i;
		if (there && g_ascii_strcasecmp(there, mac) == 0)
			break;
	}
	return node;
}

static bool edit(struct op *op, struct xml_tree *tree, const void *data, GError **err)
{
	const struct link_change *change = data;
	guint number;
	struct xml_node *nic = find_nic(tree, change->mac, &number);

	if (!nic)
		return fail(err, VIR_ERR_INVALID_ARG, "domain '%s' has no interface '%s'", op->name,
			    change->mac);
	xml_set_attr(xml_ensure(nic, "link"), "state", change->is_up ? "up" : "down");
	return true;
}

static bool obey(struct op *op, const struct xml_tree *live, const void *data, GError **err)
{
	const struct link_change *change = data;
	struct hv *hv = op->e->hv;
	guint number = 0;

	if (!hv->ops->set_link)
		return fail(err, VIR_ERR_NO_SUPPORT, "the cable of a running guest of %s",
			    hv->ops->name);
	find_nic(live, change->mac, &number);
	return hv->ops->set_link(hv, &op->guest, number, change->is_up, err);
}

bool engine_set_link(struct engine *e, const char *name, const struct link_change *change,
		     GError **err)
{
	const struct impact_change both = {
		.impact = change->impact, .edit = edit, .obey = obey, .data = change
	};
	struct op op;
	bool done;

	op_init(&op, e, "domif-setlink", 0);
	done = impact_apply(&op, name, &both, err);
	op_end(&op);
	return done;
}
