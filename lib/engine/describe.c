/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A refusal in words: each reason's row (model/reasons.c) with what is in the way. */
#include "engine/op.h"

#include <string.h>
#include "base/error.h"
#include "base/util.h"

#define NAMES_MAX 8

/* "1 snapshot", "3 snapshots" */
static char *count_of(unsigned int n, const char *word)
{
	return g_strdup_printf("%u %s%s", n, word, n == 1 ? "" : "s");
}

static char *record_names(struct op *op)
{
	g_autoptr(GPtrArray) names = records_names(op->dd, NULL);
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; names && i < names->len && i < NAMES_MAX; i++)
		g_string_append_printf(text, "%s%s", i ? ", " : "", (char *)names->pdata[i]);
	if (names && names->len > NAMES_MAX)
		g_string_append(text, ", …");
	return g_string_free(g_steal_pointer(&text), FALSE);
}

/* Label and "what" of the block for reasons that the directory's state explains. */
static void describe_state(struct op *op, enum reason_id id, char **label, char **what,
			   struct reason *r)
{
	const struct domain_state *s = &op->state;

	switch (id) {
	case REASON_SNAPSHOTS:
	case REASON_EXTERNAL_SNAPSHOTS:
		*label = count_of(s->n_snapshots, "snapshot");
		*what = record_names(op);
		break;
	case REASON_CHECKPOINTS:
	case REASON_CHECKPOINTS_SNAPSHOT:
		*label = count_of(s->n_checkpoints, "checkpoint");
		break;
	case REASON_MANAGED_SAVE:
	case REASON_MANAGED_SAVE_ALIVE:
	case REASON_SAVE_BLOCKS_DEFINE:
	case REASON_SAVE_BLOCKS_CREATE:
	case REASON_SAVE_BLOCKS_RENAME:
	case REASON_SAVE_BLOCKS_REVERT: {
		g_autofree char *size = format_size(s->managed_save_size);
		g_autofree char *since = format_time(s->managed_save_time);

		*label = g_strdup("managed save image");
		*what = g_strdup_printf("%s, saved %s", size, since);
		r->size = s->managed_save_size;
		r->since = s->managed_save_time;
		break;
	}
	case REASON_UNCLEAR:
		*label = g_strdup("unfinished work");
		*what = g_strdup(op->unclear ? op->unclear : "its run/ is of another machine");
		break;
	default:
		break;
	}
}

/* The sentence of the first line: the row's phrase with the object filled in. */
static char *phrase_of(struct op *op, enum reason_id id)
{
	const struct reason_row *row = &reason_rows[id];
	const char *detail = op->detail[id];
	g_autofree char *count = NULL;
	g_auto(GStrv) parts = NULL;

	if (!strstr(row->phrase, "%s"))
		return g_strdup(row->phrase);
	if (id == REASON_SNAPSHOTS || id == REASON_EXTERNAL_SNAPSHOTS)
		detail = count = g_strdup_printf("%u snapshots", op->state.n_snapshots);
	else if (id == REASON_CHECKPOINTS)
		detail = count = g_strdup_printf("%u checkpoints", op->state.n_checkpoints);
	else if (!detail)
		detail = op->snap.name ? op->snap.name : op->name;
	parts = g_strsplit(row->phrase, "%s", 2);
	return g_strconcat(parts[0], detail, parts[1], NULL);
}

/* The first reason's sentence is the message itself: its row of the block does not repeat it. */
static struct reason *describe(struct op *op, enum reason_id id, bool is_first)
{
	const struct reason_row *row = &reason_rows[id];
	struct reason *r = reason_new(row->code, NULL, NULL, row->option);

	describe_state(op, id, &r->label, &r->what, r);
	if (!r->label) {
		r->label = g_strdup(row->code);
		g_strdelimit(r->label, "-", ' ');
	}
	if (!r->what && op->detail[id] && !strstr(row->phrase, "%s"))
		r->what = g_strdup(op->detail[id]);
	if (!r->what)
		r->what = is_first ? g_strdup("") : phrase_of(op, id);
	return r;
}

static void add_unsupported(struct op *op, GPtrArray *reasons)
{
	for (guint i = 0; op->unsupported && i < op->unsupported->len; i++) {
		const struct reason *r = op->unsupported->pdata[i];

		g_ptr_array_add(reasons, reason_new(r->code, r->label, r->what, r->option));
	}
}

bool op_refuse(struct op *op, const struct verdict *verdict, GError **err)
{
	g_autoptr(GPtrArray) reasons =
		g_ptr_array_new_with_free_func((GDestroyNotify)reason_free);
	g_autofree char *first = phrase_of(op, verdict->reasons[0]);
	g_autoptr(GError) e = NULL;

	for (unsigned int i = 0; i < verdict->n_reasons; i++) {
		if (verdict->reasons[i] == REASON_XML_UNSUPPORTED && op->unsupported)
			add_unsupported(op, reasons);
		else
			g_ptr_array_add(reasons, describe(op, verdict->reasons[i], i == 0));
	}
	fail(&e, reason_rows[verdict->reasons[0]].error, "%s; nothing was changed", first);
	error_take_reasons(e, g_steal_pointer(&reasons));
	g_propagate_error(err, g_steal_pointer(&e));
	return false;
}
