/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Managed save. */
#include "engine/op.h"

#include "base/error.h"

static bool managed_save(struct op *op, const char *name, GError **err)
{
	struct verdict v;

	if (!op_lock(op, name, err))
		return false;
	v = rules_managed_save(op->facts, op->flags);
	if (v.n_reasons)
		return op_refuse(op, &v, err);
	if (!op_check_going(op, err) || !op_load_tree(op, "live.xml", err) || !op_load_view(op, err))
		return false;
	op->run_id = g_strdup(op->state.run.run_id);
	op->event = "stopped";
	op->event_detail = "saved";
	return op_execute(op, &v.plan, err);
}

bool engine_managed_save(struct engine *e, const char *name, unsigned int flags, GError **err)
{
	struct op op;
	bool done;

	op_init(&op, e, "managed-save", flags);
	done = managed_save(&op, name, err);
	op_end(&op);
	return done;
}

bool engine_managed_save_remove(struct engine *e, const char *name, bool purge, gint64 *ret_kept,
				GError **err)
{
	struct op op;
	bool done;

	op_init(&op, e, "managed-save-remove", purge ? RULE_REMOVE_PURGE : 0);
	done = op_lock(&op, name, err);
	if (done) {
		struct verdict v = rules_managed_save_remove(op.facts, op.flags);
		gint64 size = op.state.has_managed_save && !purge ? op.state.managed_save_size : 0;

		done = op_run(&op, &v, err);
		if (done && ret_kept)
			*ret_kept = size;
	}
	op_end(&op);
	return done;
}
