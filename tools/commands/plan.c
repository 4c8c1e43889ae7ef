/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands/plan.h"

#include "output/json.h"
#include "output/output.h"
#include "output/render.h"
#include "output/text.h"

static const struct {
	const char *word; /* in JSON */
	const char *text;
} fates[] = {
	[DOMSH_FATE_STAYS] = { "stays", "stays" },
	[DOMSH_FATE_TRASH] = { "trash", "into the trash" },
	[DOMSH_FATE_OLD] = { "old", "into the domain's old/" },
	[DOMSH_FATE_KEPT] = { "kept", "kept for the next domain of this UUID" },
	[DOMSH_FATE_AT_END] = { "at-end", "into the trash when the guest ends" },
	[DOMSH_FATE_PERMANENT] = { "permanent", "removed permanently" },
};

#define FATE_COUNT (sizeof(fates) / sizeof(*fates))

static size_t fate_row(domshFate fate)
{
	return (size_t)fate < FATE_COUNT ? (size_t)fate : DOMSH_FATE_STAYS;
}

void plan_print(const struct shell *sh, const struct domshPlanItem *items, int n)
{
	static const struct column columns[] = {
		{ "what", "What" }, { "where", "Where" }, { "size", "Size" },
		{ "fate", "What becomes of it" }, { NULL, NULL },
	};
	struct sheet s;
	char size[32];

	if (sh->each)
		print_line(sh, "%s%s:", sh->nth > 0 ? "\n" : "", sh->each);
	sheet_init(&s, columns);
	for (int i = 0; i < n; i++) {
		text_size(size, items[i].size);
		sheet_add(&s, (struct value[]){
			value_text(items[i].what),
			items[i].where ? value_text(items[i].where) : value_none("-"),
			value_text(size), value_text(fates[fate_row(items[i].fate)].text) });
	}
	render_table(sh, &s);
}

void plan_tell_kept(const struct shell *sh, const struct domshPlanItem *items, int n)
{
	for (int i = 0; i < n; i++)
		if (items[i].fate == DOMSH_FATE_KEPT)
			say(sh, "Kept for the next domain of this UUID: %s", items[i].what);
		else if (items[i].fate == DOMSH_FATE_AT_END)
			say(sh, "Stays until the guest ends: %s", items[i].what);
}

static struct json_object *plan_json(const struct domshPlanItem *items, int n)
{
	struct json_object *list = json_object_new_array();

	for (int i = 0; i < n; i++) {
		struct json_object *o = json_object_new_object();

		json_put_text(o, "what", items[i].what);
		json_put_text(o, "fate", fates[fate_row(items[i].fate)].word);
		json_put_text(o, "where", items[i].where);
		json_put_number(o, "size", items[i].size, items[i].size >= 0);
		json_object_array_add(list, o);
	}
	return list;
}

void plan_print_json(const char *domain, const char *done, bool is_dry_run,
		     const struct domshPlanItem *items, int n)
{
	struct json_object *o = json_object_new_object();

	json_put_text(o, "domain", domain);
	json_put_text(o, "done", done);
	json_put_bool(o, "dry_run", is_dry_run);
	json_object_object_add(o, "plan", plan_json(items, n));
	json_print(o, stdout);
}
