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

static struct xml_tree *changed_tree(struct op *op, const char *file,
				     const struct lifecycle_change *change, GError **err)
{
	if (!op_load_tree(op, file, err))
		return NULL;
	set_word(op->tree, change);
	return g_steal_pointer(&op->tree);
}

/* A guest obeys before its XML says so: the command can be repeated. */
static bool put_live(struct op *op, const struct xml_tree *live, GError **err)
{
	struct hv *hv = op->e->hv;
	g_autofree char *text = xml_format(live);

	if (hv->ops->set_ends &&
	    (!op_open_guest(op, err) || !hv->ops->set_ends(hv, &op->guest, live, err)))
		return false;
	return domain_put_live(op->dd, text, err);
}

static bool put_config(struct op *op, const struct xml_tree *config, GError **err)
{
	g_autofree char *text = xml_format(config);

	return domain_put_config(op->dd, text, err);
}

static bool set_lifecycle(struct op *op, const char *name, const struct lifecycle_change *change,
			  GError **err)
{
	g_autoptr(xml_tree) live = NULL, config = NULL;
	unsigned int impact = change->impact;

	if (!impact_lock(op, name, &impact, err))
		return false;
	if ((impact & VIR_DOMAIN_AFFECT_LIVE) &&
	    !(live = changed_tree(op, "live.xml", change, err)))
		return false;
	if ((impact & VIR_DOMAIN_AFFECT_CONFIG) &&
	    !(config = changed_tree(op, "domain.xml", change, err)))
		return false;
	return (!live || put_live(op, live, err)) && (!config || put_config(op, config, err));
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
	struct op op;
	bool done;

	if (!check_pair(e, change, err))
		return false;
	op_init(&op, e, "set-lifecycle-action", 0);
	done = set_lifecycle(&op, name, change, err);
	op_end(&op);
	return done;
}
