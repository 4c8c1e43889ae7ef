/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The executor: the one place where plans become changes. A row per step, in the order of
 * model/plan.h. What fails before the commit is taken back, as the next writer would do it; what
 * fails after it is left to the next writer and told.
 */
#include "engine/steps.h"

#include <assert.h>
#include "base/error.h"
#include "base/sys.h"

/* clang-format off */
static bool (*const step_functions[STEP_COUNT])(struct op *op, GError **err) = {
	[STEP_INTENT] = step_intent,
	[STEP_STAGE] = step_stage,
	[STEP_TAKE_KEPT] = step_take_kept,
	[STEP_LINK_UUID] = step_link_uuid,
	[STEP_KEEP_WISH] = step_keep_wish,
	[STEP_COPY_NVRAM] = step_copy_nvram,
	[STEP_TOMBSTONE] = step_tombstone,
	[STEP_PREPARE_ENTRY] = step_prepare_entry,
	[STEP_NVRAM_ASIDE] = step_nvram_aside,
	[STEP_SPAWN] = step_spawn,
	[STEP_LOAD_IMAGE] = step_load_image,
	[STEP_LIVE_XML] = step_live_xml,
	[STEP_STOP] = step_stop,
	[STEP_WRITE_IMAGE] = step_write_image,
	[STEP_COPY_IMAGE] = step_copy_image,
	[STEP_STAGE_RECORD] = step_stage_record,
	[STEP_POINT_CURRENT] = step_point_current,
	[STEP_SAVE_NVRAM] = step_save_nvram,
	[STEP_SAFETY_SNAPSHOT] = step_safety_snapshot,
	[STEP_KEEP_RECORD] = step_keep_record,
	[STEP_LOAD_BEGINS] = step_load_begins,
	[STEP_LAST_RUN] = step_last_run,
	[STEP_CLAIM_NAME] = step_claim_name,

	[STEP_PUBLISH] = step_publish,
	[STEP_PUT_CONFIG] = step_put_config,
	[STEP_RETIRE] = step_retire,
	[STEP_DISCARD] = step_discard,
	[STEP_DROP_CONFIG] = step_drop_config,
	[STEP_RESTORE_CONFIG] = step_restore_config,
	[STEP_RESTORE_ENTRY] = step_restore_entry,
	[STEP_RESTORE_OLD] = step_restore_old,
	[STEP_MOVE] = step_move,
	[STEP_PUBLISH_RUN] = step_publish_run,
	[STEP_PUBLISH_IMAGE] = step_publish_image,
	[STEP_REPLACE_IMAGE] = step_replace_image,
	[STEP_REMOVE_IMAGE] = step_remove_image,
	[STEP_PURGE_IMAGE] = step_purge_image,
	[STEP_CLEAR_RUN] = step_clear_run,
	[STEP_END_GUEST] = step_quit,
	[STEP_SNAPSHOT_SAVE] = step_snapshot_save,
	[STEP_SNAPSHOT_LOAD] = step_snapshot_load,
	[STEP_SNAPSHOT_DROP] = step_snapshot_drop,
	[STEP_RECORD] = step_record,
	[STEP_RECORD_RETIRE] = step_record_retire,

	[STEP_GO] = step_go,
	[STEP_PUBLISH_LOADED] = step_publish_loaded,
	[STEP_PIN_CONFIG] = step_pin_config,
	[STEP_IMAGE_ASIDE] = step_image_aside,
	[STEP_CONT_BEGINS] = step_cont_begins,
	[STEP_CONT] = step_cont,
	[STEP_IMAGE_GONE] = step_image_gone,
	[STEP_IMAGE_ARCHIVE] = step_image_archive,
	[STEP_IMAGE_BACK] = step_image_back,
	[STEP_NVRAM_ARCHIVE] = step_nvram_archive,
	[STEP_NVRAM_BACK] = step_nvram_back,
	[STEP_SAVE_CANCEL] = step_save_cancel,
	[STEP_IMAGE_DROP] = step_image_drop,
	[STEP_QUIT] = step_quit,
	[STEP_IMAGE_FINISH] = step_image_finish,
	[STEP_END_RUN] = step_end_run,
	[STEP_DROP_TAG] = step_drop_tag,
	[STEP_DROP_AGAIN] = step_snapshot_drop,
	[STEP_LOAD_AGAIN] = step_load_again,
	[STEP_UNSTAGE] = step_unstage,
	[STEP_RECORD_AFTER] = step_record,
	[STEP_REPARENT] = step_reparent,
	[STEP_RECORDS_DELETE] = step_records_delete,
	[STEP_SET_CURRENT] = step_set_current,
	[STEP_REVERT_CONFIG] = step_revert_config,
	[STEP_REVERT_NVRAM] = step_revert_nvram,
	[STEP_RUN_STATE] = step_run_state,
	[STEP_SETTLE_SAFETY] = step_settle_safety,
	[STEP_DROP_SAFETY] = step_drop_safety,
	[STEP_FINGERPRINT] = step_fingerprint,
	[STEP_RELINK_UUID] = step_relink_uuid,
	[STEP_MOVE_KEPT] = step_move_kept,
	[STEP_PURGE] = step_purge,
	[STEP_DROP_INTENT] = step_drop_intent,
	[STEP_EVENT] = step_event,
	[STEP_EXPIRE] = step_expire,
	[STEP_UNLINK_OUTSIDE] = step_unlink_outside,
};
/* clang-format on */

/* Before the commit nothing may stay: a staged directory goes. What has an intent is finished or
 * taken back as the next writer would do it, before the commit and after it. */
static void take_back(struct op *op, bool committed)
{
	g_autoptr(GError) e = NULL;

	/* One that would end with us must not do so while we look at it. */
	if (op->is_spawned && !op->is_let_go && op->guest.run_fd >= 0) {
		op->e->hv->ops->abandon(op->e->hv, &op->guest);
		op_close_guest(op);
	}
	intent_clear(&op->intent); /* as the next writer would, from what is on disk */
	if (op->dd && op->dd->name && intent_read(op->dd, &op->intent, NULL)) {
		op_close_guest(op);
		if (!op_gather(op, &e) || !op_sweep_runs(op, &e) || !op_reconcile(op, &e))
			g_debug("taking back: %s", e->message);
		return;
	}
	if (committed)
		return;
	if (op->dd && op->dd->name && op->outside)
		tombstone_withdraw(op->dd);
	if (op->dd && !op->dd->name && !op->trash_id) {
		staging_drop(op->dd);
		op->dd = NULL;
	}
}

/* A named place for tests, "start.PUBLISH_RUN": what was done stays done, so that only a kill or a
 * stop can be asked for here. */
static void told(const struct op *op, enum step step)
{
	char point[64];

	g_snprintf(point, sizeof(point), "%s.%s", op->what, step_name(step));
	sys_point(point);
}

bool op_execute(struct op *op, const struct plan *plan, GError **err)
{
	bool committed = false;

	assert(plan_check(plan) || plan_check_repeatable(plan));
	for (unsigned int i = 0; i < plan->n; i++) {
		enum step step = plan->steps[i];

		g_debug("step %s", step_name(step));
		if (!step_functions[step](op, err)) {
			if (plan_check(plan) && !plan_check_repeatable(plan))
				take_back(op, committed);
			return false;
		}
		committed |= step_class(step) == STEP_COMMIT;
		told(op, step);
	}
	return true;
}

bool op_run(struct op *op, const struct verdict *verdict, GError **err)
{
	if (verdict->n_reasons)
		return op_refuse(op, verdict, err);
	return op_execute(op, &verdict->plan, err);
}
