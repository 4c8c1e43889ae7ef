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
