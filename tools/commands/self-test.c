/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The hidden command that looks at every row of the command table. */
#include <string.h>
#include <libvirt/virterror.h>

#include "command.h"
#include "language/rows.h"
#include "mem.h"
#include "output/errors.h"
#include "output/json.h"
#include "output/output.h"
#include "table.h"

struct tally {
	size_t commands, options;
	struct buffer faults;
};

static void look_at(struct tally *t, const struct command *c)
{
	auto_free char *faults = rows_faults(c);

	buffer_puts(&t->faults, faults ? faults : "");
	/* A second row of its name would never be found. */
	if (table_find(c->name) != c)
		buffer_printf(&t->faults, "%s: another command has its name\n", c->name);
	for (const struct option *o = c->options; o && o->name; o++)
		t->options++;
	t->commands++;
}

static void look_at_all(struct tally *t)
{
	for (const struct group *g = groups; g->title; g++) {
		struct walk w = { .group = g };
		const struct command *c;

		while ((c = table_next(&w)))
			look_at(t, c);
	}
	for (const struct command *const *c = hidden_commands; *c; c++)
		look_at(t, *c);
}

static bool run_self_test(struct shell *sh, const void *args)
{
	struct tally t = { 0 };
	struct json_object *o;

	(void)args;
	look_at_all(&t);
	auto_free char *faults = buffer_take(&t.faults);
	if (*faults)
		return fail_own(sh, VIR_ERR_INTERNAL_ERROR, "rows of the command table:\n%s",
				faults);
	if (!sh->settings.json) {
		print_line(sh, "%zu commands with %zu options: nothing is wrong with their rows",
			   t.commands, t.options);
		return true;
	}
	o = json_object_new_object();
	json_put_number(o, "commands", (long long)t.commands, true);
	json_put_number(o, "options", (long long)t.options, true);
	json_print(o, stdout);
	return true;
}

const struct command command_self_test = {
	.name = "self-test",
	.summary = "look at every row of the command table",
	.about = "Checks the rows that all commands are made of: names, texts, ranges, exclusions, "
		 "and that each option whose machinery is missing is refused.",
	.props = COMMAND_OFFLINE,
	.run = run_self_test,
};
