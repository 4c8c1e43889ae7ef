/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api/outcome.h"
#include <assert.h>
#include "base/error.h"
#include "model/plan.h"
#include "store/trash.h"

static_assert((int)FATE_STAYS == DOMSH_FATE_STAYS && (int)FATE_TRASH == DOMSH_FATE_TRASH &&
		      (int)FATE_OLD == DOMSH_FATE_OLD && (int)FATE_KEPT == DOMSH_FATE_KEPT &&
		      (int)FATE_AT_END == DOMSH_FATE_AT_END &&
		      (int)FATE_PERMANENT == DOMSH_FATE_PERMANENT,
	      "the fates of a plan are the public ones");

int outcome_plan(const GPtrArray *items, struct domshPlanItem **ret_items)
{
	guint n = items ? items->len : 0;
	struct domshPlanItem *array = g_new0(struct domshPlanItem, n);

	for (guint i = 0; i < n; i++) {
		const struct plan_item *item = items->pdata[i];

		array[i].fate = (domshFate)item->fate;
		array[i].what = g_strdup(item->what);
		array[i].where = g_strdup(item->where);
		array[i].size = item->size;
	}
	*ret_items = array;
	return (int)n;
}

void domshPlanFree(struct domshPlanItem *items, int n)
{
	for (int i = 0; items && i < n; i++) {
		g_free(items[i].what);
		g_free(items[i].where);
	}
	g_free(items);
}

int outcome_reasons(const GPtrArray *reasons, struct domshReason **ret_reasons)
{
	guint n = reasons ? reasons->len : 0;
	struct domshReason *array = g_new0(struct domshReason, n);

	for (guint i = 0; i < n; i++) {
		const struct reason *reason = reasons->pdata[i];

		array[i].code = g_strdup(reason->code);
		array[i].label = g_strdup(reason->label);
		array[i].what = g_strdup(reason->what);
		array[i].size = reason->size;
		array[i].since = reason->since;
		array[i].option = g_strdup(reason->option);
	}
	*ret_reasons = array;
	return (int)n;
}

void domshReasonsFree(struct domshReason *reasons, int n)
{
	for (int i = 0; reasons && i < n; i++) {
		g_free(reasons[i].code);
		g_free(reasons[i].label);
		g_free(reasons[i].what);
		g_free(reasons[i].option);
	}
	g_free(reasons);
}

int outcome_trash(const GPtrArray *entries, struct domshTrashEntry **ret_entries)
{
	guint n = entries ? entries->len : 0;
	struct domshTrashEntry *array = g_new0(struct domshTrashEntry, n);

	for (guint i = 0; i < n; i++) {
		const struct trash_entry *entry = entries->pdata[i];

		array[i].id = g_strdup(entry->id);
		array[i].domain = g_strdup(entry->name);
		array[i].uuid = g_strdup(entry->uuid);
		array[i].what = g_strdup(entry->what);
		array[i].command = g_strdup(entry->command);
		array[i].time = entry->time;
		array[i].size = entry->size;
	}
	*ret_entries = array;
	return (int)n;
}

void domshTrashListFree(struct domshTrashEntry *entries, int n)
{
	for (int i = 0; entries && i < n; i++) {
		g_free(entries[i].id);
		g_free(entries[i].domain);
		g_free(entries[i].uuid);
		g_free(entries[i].what);
		g_free(entries[i].command);
	}
	g_free(entries);
}
