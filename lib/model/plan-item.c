/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/plan.h"

struct plan_item *plan_item_new(enum fate fate, const char *what, const char *where, gint64 size)
{
	struct plan_item *item = g_new0(struct plan_item, 1);

	item->fate = fate;
	item->what = g_strdup(what);
	item->where = g_strdup(where);
	item->size = size;
	return item;
}

void plan_item_free(struct plan_item *item)
{
	if (!item)
		return;
	g_free(item->what);
	g_free(item->where);
	g_free(item);
}
