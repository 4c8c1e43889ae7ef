/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/impact.h"

#include <libvirt/libvirt-domain.h>
#include "base/error.h"
#include "base/phrases.h"
#include "engine/op.h"

bool impact_check(bool is_alive, bool has_config, const char *name, unsigned int impact,
		  GError **err)
{
	if ((impact & VIR_DOMAIN_AFFECT_LIVE) && !is_alive)
		return fail(err, VIR_ERR_OPERATION_INVALID, PHRASE_NOT_RUNNING);
	if ((impact & VIR_DOMAIN_AFFECT_CONFIG) && !has_config)
		return fail(err, VIR_ERR_OPERATION_INVALID,
			    "domain '%s' is transient: it has no stored configuration", name);
	return true;
}

bool impact_lock(struct op *op, const char *name, unsigned int *impact, GError **err)
{
	struct verdict unclear = { .n_reasons = 1, .reasons = { REASON_UNCLEAR } };

	if (!op_lock(op, name, err))
		return false;
	if (op->facts & FACT_UNCLEAR)
		return op_refuse(op, &unclear, err);
	if (!*impact)
		*impact = op->state.is_alive ? VIR_DOMAIN_AFFECT_LIVE : VIR_DOMAIN_AFFECT_CONFIG;
	return impact_check(op->state.is_alive, op->state.has_config, name, *impact, err);
}

/* ---- Changing them ---- */

static struct xml_tree *edited(struct op *op, const char *file, const struct impact_change *change,
			       GError **err)
{
	if (!op_load_tree(op, file, err) || !change->edit(op, op->tree, change->data, err))
		return NULL;
	return g_steal_pointer(&op->tree);
}

static bool put_live(struct op *op, const struct xml_tree *live,
		     const struct impact_change *change, GError **err)
{
	g_autofree char *text = xml_format(live);

	if (change->obey &&
	    (!op_open_guest(op, err) || !change->obey(op, live, change->data, err)))
		return false;
	return domain_put_live(op->dd, text, err);
}

static bool put_config(struct op *op, const struct xml_tree *config, GError **err)
{
	g_autofree char *text = xml_format(config);

	return domain_put_config(op->dd, text, err);
}

bool impact_apply(struct op *op, const char *name, const struct impact_change *change, GError **err)
{
	g_autoptr(xml_tree) live = NULL, config = NULL;
	unsigned int impact = change->impact;

	if (!impact_lock(op, name, &impact, err))
		return false;
	if ((impact & VIR_DOMAIN_AFFECT_LIVE) && !(live = edited(op, "live.xml", change, err)))
		return false;
	if ((impact & VIR_DOMAIN_AFFECT_CONFIG) &&
	    !(config = edited(op, "domain.xml", change, err)))
		return false;
	return (!live || put_live(op, live, change, err)) &&
	       (!config || put_config(op, config, err));
}
