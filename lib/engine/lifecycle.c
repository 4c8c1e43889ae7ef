/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What happens at a guest's own end: on_poweroff, on_reboot, on_crash. */
#include "engine/inspect.h"

#include <libvirt/libvirt-domain.h>
#include <string.h>
#include "base/error.h"
#include "engine/impact.h"
#include "engine/op.h"

static const char *const elements[] = {
	[VIR_DOMAIN_LIFECYCLE_POWEROFF] = "on_poweroff",
	[VIR_DOMAIN_LIFECYCLE_REBOOT] = "on_reboot",
	[VIR_DOMAIN_LIFECYCLE_CRASH] = "on_crash",
};
G_STATIC_ASSERT(G_N_ELEMENTS(elements) == VIR_DOMAIN_LIFECYCLE_LAST);

static const char *const words[] = {
	[VIR_DOMAIN_LIFECYCLE_ACTION_DESTROY] = "destroy",
	[VIR_DOMAIN_LIFECYCLE_ACTION_RESTART] = "restart",
	[VIR_DOMAIN_LIFECYCLE_ACTION_RESTART_RENAME] = "rename-restart",
	[VIR_DOMAIN_LIFECYCLE_ACTION_PRESERVE] = "preserve",
	[VIR_DOMAIN_LIFECYCLE_ACTION_COREDUMP_DESTROY] = "coredump-destroy",
	[VIR_DOMAIN_LIFECYCLE_ACTION_COREDUMP_RESTART] = "coredump-restart",
};
G_STATIC_ASSERT(G_N_ELEMENTS(words) == VIR_DOMAIN_LIFECYCLE_ACTION_LAST);

/* Where a missing one belongs: behind the first of these that is there. */
static const char *const before[] = { "on_reboot", "on_poweroff", "clock", "cpu", "features", "os" };

static void set_word(struct xml_tree *tree, const struct lifecycle_change *change)
{
	struct xml_node *root = xml_root(tree);
	struct xml_node *node = xml_child(root, elements[change->type]);

	for (guint i = 0; !node && i < G_N_ELEMENTS(before); i++) {
		struct xml_node *after = xml_child(root, before[i]);

		if (after)
			node = xml_add_after(after, elements[change->type]);
	}
	if (!node)
		node = xml_add(root, elements[change->type]);
	xml_set_text(node, words[change->action]);
}

static bool edit(struct op *op, struct xml_tree *tree, const void *data, GError **err)
{
	(void)op;
	(void)err;
	set_word(tree, data);
	return true;
}

static bool obey(struct op *op, const struct xml_tree *live, const void *data, GError **err)
{
	(void)data;
	return op->e->hv->ops->set_ends(op->e->hv, &op->guest, live, err);
}

/* Only a crash leaves something worth dumping; and a guest here is known by its name. */
static bool check_pair(struct engine *e, const struct lifecycle_change *change, GError **err)
{
	bool dumps = change->action >= VIR_DOMAIN_LIFECYCLE_ACTION_COREDUMP_DESTROY;
	bool renames = change->action == VIR_DOMAIN_LIFECYCLE_ACTION_RESTART_RENAME;

	if ((dumps && change->type != VIR_DOMAIN_LIFECYCLE_CRASH) ||
	    (renames && e->hv->ops->set_ends))
		return fail(err, VIR_ERR_CONFIG_UNSUPPORTED,
			    "the action '%s' is not supported for '%s'", words[change->action],
			    elements[change->type]);
	return true;
}

bool engine_set_lifecycle(struct engine *e, const char *name,
			  const struct lifecycle_change *change, GError **err)
{
	const struct impact_change both = {
		.impact = change->impact,
		.edit = edit,
		.obey = e->hv->ops->set_ends ? obey : NULL,
		.data = change,
	};
	struct op op;
	bool done;

	if (!check_pair(e, change, err))
		return false;
	op_init(&op, e, "set-lifecycle-action", 0);
	done = impact_apply(&op, name, &both, err);
	op_end(&op);
	return done;
}
