/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a command that succeeded has to say beside that. */
#include "engine/op.h"

void op_remark(struct op *op, char *take_text)
{
	if (!op->remarks)
		op->remarks = g_ptr_array_new_with_free_func(g_free);
	g_ptr_array_add(op->remarks, take_text);
}

void op_answer(struct op *op, struct engine_answer *ret)
{
	if (!ret)
		return;
	if (op->facts & FACT_KEPT)
		op_remark(op, g_strdup("what was kept for this uuid (nvram, tpm) came back"));
	ret->name = g_strdup(op->name);
	ret->remarks = g_steal_pointer(&op->remarks);
}

void engine_answer_clear(struct engine_answer *a)
{
	g_clear_pointer(&a->name, g_free);
	g_clear_pointer(&a->remarks, g_ptr_array_unref);
}
