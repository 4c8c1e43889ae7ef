/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "complete/complete.h"

#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "globals.h"
#include "mem.h"
#include "language/options.h"
#include "table.h"
#include "output/text.h"

/* ---- Candidates --------------------------------------------------------------------------- */

static bool is_safe(const char *text)
{
	auto_free char *shown = text_escape(text, "");

	return strcmp(shown, text) == 0;
}

static void add_joined(struct candidates *c, size_t lead, const char *text)
{
	if (strncmp(text, c->typed + lead, strlen(c->typed) - lead) != 0 || !is_safe(text))
		return;
	if (c->count == c->room) {
		c->room = c->room * 2 + 16;
		c->items = mem_resize(c->items, c->room, sizeof(*c->items));
	}
	c->items[c->count++] = mem_format("%.*s%s", (int)lead, c->typed, text);
}

void candidates_add(struct candidates *c, const char *text)
{
	add_joined(c, 0, text);
}

void candidates_add_value(struct candidates *c, const char *value)
{
	add_joined(c, c->lead, value);
}

void candidates_free(struct candidates *c)
{
	for (size_t i = 0; i < c->count; i++)
		free(c->items[i]);
	free(c->items);
	*c = (struct candidates){ .typed = c->typed };
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void sort(struct candidates *c)
{
	size_t kept = 0;

	if (c->count == 0)
		return;
	qsort(c->items, c->count, sizeof(*c->items), compare);
	for (size_t i = 1; i < c->count; i++) {
		if (strcmp(c->items[kept], c->items[i]) == 0)
			free(c->items[i]);
		else
			c->items[++kept] = c->items[i];
	}
	c->count = kept + 1;
}

/* ---- Commands and their options ----------------------------------------------------------- */

static void add_commands(struct candidates *c)
{
	for (const struct group *g = groups; g->title; g++)
		for (size_t i = 0; g->commands[i]; i++)
			candidates_add(c, g->commands[i]->name);
}

static void add_option(struct candidates *c, const char *name)
{
	auto_free char *text = mem_format("--%s", name);

	candidates_add(c, text);
}

static void add_options(const struct bound *b, struct candidates *c)
{
	for (const struct option *o = b->command->options; o && o->name; o++)
		if (options_may_follow(b, o))
			add_option(c, o->name);
	if (c->typed[0] == '-')
		add_option(c, "help");
}

/* A value that looks like an option can only be given after "--" or "--name=". */
static void drop_dashed(struct candidates *c)
{
	size_t kept = 0;

	for (size_t i = 0; i < c->count; i++) {
		if (strncmp(c->items[i], "--", 2) == 0)
			free(c->items[i]);
		else
			c->items[kept++] = c->items[i];
	}
	c->count = kept;
}

static void add_data(const struct shell *sh, const struct partial *p, struct candidates *c)
{
	bool takes_data = false;

	for (const struct option *o = p->bound.command->options; o && o->name; o++) {
		if (!options_takes_data(&p->bound, o))
			continue;
		takes_data = true;
		if ((o->props & OPTION_SEVERAL) || options_may_follow(&p->bound, o))
			complete_value(sh, p, o, c);
	}
	if (!takes_data && !p->only_data)
		add_options(&p->bound, c);
	else if (!p->only_data)
		drop_dashed(c);
}

/* At "--name=…": the values of that option. */
static void add_assigned(const struct shell *sh, const struct partial *p, struct candidates *c)
{
	const char *name = c->typed + 2, *equals = strchr(name, '=');
	const struct option *o = options_find(p->bound.command, name, (size_t)(equals - name));

	if (!o || o->kind == OPTION_BOOL || !options_may_follow(&p->bound, o))
		return;
	c->lead = (size_t)(equals + 1 - c->typed);
	complete_value(sh, p, o, c);
}

static void add_for(const struct shell *sh, const struct partial *p, struct candidates *c)
{
	bool dashes = !p->only_data && c->typed[0] == '-' && (!c->typed[1] || c->typed[1] == '-');

	if (p->awaiting)
		complete_value(sh, p, p->awaiting, c);
	else if (dashes && strchr(c->typed, '='))
		add_assigned(sh, p, c);
	else if (dashes)
		add_options(&p->bound, c);
	else
		add_data(sh, p, c);
}

void complete_statement(const struct shell *sh, const struct word *words, size_t index,
			struct candidates *ret_candidates)
{
	struct candidates c = { .typed = words[index].text };
	struct partial p;

	if (index == 0) {
		add_commands(&c);
	} else if (options_bind_partial(words, index, &p)) {
		add_for(sh, &p, &c);
		bound_free(&p.bound);
	}
	sort(&c);
	*ret_candidates = c;
}

/* ---- Global options ----------------------------------------------------------------------- */

/* How the values of the global options are offered. */
static void add_global_value(const struct shell *sh, int letter, struct candidates *c)
{
	static const char *const levels[] = { "0", "1", "2", "3", "4", NULL };
	static const char *const lengths[] = { "short", "long", NULL };
	static const struct {
		int letter;
		struct option row;
	} rows[] = {
		{ 'c', { .kind = OPTION_STRING, .offer = OFFER_URIS } },
		{ 'd', { .kind = OPTION_WORD, .words = levels } },
		{ 'l', { .kind = OPTION_FILE } },
		{ 'v', { .kind = OPTION_WORD, .words = lengths } },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (rows[i].letter == letter)
			complete_value(sh, NULL, &rows[i].row, c);
}

static void add_globals(const struct shell *sh, unsigned used, struct candidates *c)
{
	const char *equals = strchr(c->typed, '='), *name;
	int letter;

	for (size_t i = 0; (name = globals_name(i, &letter)); i++) {
		size_t length = strlen(name);

		if (!equals && !(used & (1u << i)))
			add_option(c, name);
		if (!equals || (size_t)(equals - c->typed) != length + 2 ||
		    memcmp(c->typed + 2, name, length) != 0)
			continue;
		c->lead = length + 3;
		add_global_value(sh, letter, c);
	}
}

/* The command has come already. */
static void add_for_command(const struct shell *sh, const char *const *words, size_t index,
			    struct candidates *c)
{
	auto_free struct word *list = mem_alloc((index + 1) * sizeof(*list));

	for (size_t i = 0; i <= index; i++)
		list[i] = (struct word){ words[i], NO_OFFSET };
	complete_statement(sh, list, index, c);
}

void complete_arguments(const struct shell *sh, const char *const *words, size_t index,
			struct candidates *ret_candidates)
{
	struct candidates c = { .typed = words[index] };
	struct globals_seen seen;
	struct shell look = *sh;

	*ret_candidates = c;
	if (!globals_peek(words, index, &seen))
		return;
	if (seen.uri) {
		look.settings.uri = seen.uri;
		look.conn = NULL;
	}
	if (seen.awaiting)
		add_global_value(&look, seen.awaiting, &c);
	else if (seen.rest < index)
		add_for_command(&look, words + seen.rest, index - seen.rest, &c);
	else if (c.typed[0] == '-')
		add_globals(&look, seen.used, &c);
	else
		add_commands(&c);
	sort(&c);
	*ret_candidates = c;
}
