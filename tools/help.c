/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "help.h"

#include <string.h>

#include "output/json.h"
#include "mem.h"
#include "output/output.h"
#include "output/render.h"

const char *help_placeholder(const struct option *o)
{
	static const char *const names[OPTION_KIND_COUNT] = {
		[OPTION_BOOL] = "",
		[OPTION_STRING] = "string",
		[OPTION_WORD] = "word",
		[OPTION_NUMBER] = "number",
		[OPTION_SCALED] = "size",
		[OPTION_DURATION] = "time",
		[OPTION_REST] = "string",
		[OPTION_DOMAIN] = "string",
		[OPTION_SNAPSHOT] = "string",
		[OPTION_FILE] = "file",
	};

	return names[o->kind];
}

static void add_option(struct buffer *b, const struct option *o)
{
	bool required = o->props & OPTION_REQUIRED;

	if (o->kind == OPTION_BOOL)
		buffer_printf(b, " [--%s]", o->name);
	else if (o->kind == OPTION_REST)
		buffer_printf(b, " [[--%s] <%s>]...", o->name, help_placeholder(o));
	else if (required && (o->props & OPTION_POSITIONAL))
		buffer_printf(b, o->props & OPTION_SEVERAL ? " <%s>..." : " <%s>", o->name);
	else if (o->props & OPTION_POSITIONAL)
		buffer_printf(b, " [[--%s] <%s>]", o->name, help_placeholder(o));
	else
		buffer_printf(b, required ? " --%s <%s>" : " [--%s <%s>]", o->name,
			      help_placeholder(o));
}

char *help_synopsis(const struct command *command)
{
	struct buffer b = { 0 };

	buffer_puts(&b, command->name);
	for (const struct option *o = command->options; o && o->name; o++)
		add_option(&b, o);
	return buffer_take(&b);
}

/* Text in lines of at most 78 characters, each after `indent` blanks. */
static void print_wrapped(const char *text, int indent)
{
	int column = 0;

	while (*text) {
		int length = (int)strcspn(text, " ");
		bool fresh = column == 0 || column + 1 + length > 78;

		if (fresh)
			printf("%s%*s", column ? "\n" : "", indent, "");
		column = fresh ? indent : column + 1;
		printf("%s%.*s", fresh ? "" : " ", length, text);
		column += length;
		text += length + (text[length] == ' ');
	}
	print_raw("\n");
}

static void print_needs(const char *needs)
{
	const char *bar = strchr(needs, '|');

	if (bar)
		printf("        (needs --%.*s or --%s)\n", (int)(bar - needs), needs, bar + 1);
	else
		printf("        (needs --%s)\n", needs);
}

static void print_option(const struct option *o)
{
	bool bare = o->props & OPTION_POSITIONAL;
	auto_free char *name = o->kind == OPTION_BOOL
		? mem_format("--%s", o->name)
		: mem_format(bare ? "[--%s] <%s>" : "--%s <%s>", o->name, help_placeholder(o));

	printf("    %s\n", name);
	print_wrapped(o->summary, 8);
	if (o->words) {
		struct buffer b = { 0 };

		buffer_puts(&b, "one of:");
		for (size_t i = 0; o->words[i]; i++)
			buffer_printf(&b, " %s", o->words[i]);
		auto_free char *words = buffer_take(&b);
		print_wrapped(words, 8);
	}
	if (o->needs)
		print_needs(o->needs);
	if (o->unsupported) {
		auto_free char *text = mem_format("(not supported yet: %s)", o->unsupported);
		print_wrapped(text, 8);
	}
}

/* Which of the options cannot be given together. */
static void print_rivals(const struct command *command)
{
	for (const struct option *o = command->options; o && o->name; o++)
		for (const struct option *p = o + 1; p->name; p++)
			if (o->excludes & p->excludes)
				printf("    --%s and --%s exclude each other\n", o->name, p->name);
}

static bool has_rivals(const struct command *command)
{
	for (const struct option *o = command->options; o && o->name; o++)
		if (o->excludes)
			return true;
	return false;
}

static void print_command(const struct command *command)
{
	auto_free char *synopsis = help_synopsis(command);

	printf("  NAME\n    %s - %s\n", command->name, command->summary);
	if (command->props & COMMAND_ABSENT) {
		print_raw("\n  NOT SUPPORTED BY THIS BUILD\n");
		print_wrapped(command->about, 4);
		return;
	}
	print_raw("\n  SYNOPSIS\n");
	print_wrapped(synopsis, 4);
	print_raw("\n  DESCRIPTION\n");
	print_wrapped(command->about, 4);
	if (command->options)
		print_raw("\n  OPTIONS\n");
	for (const struct option *o = command->options; o && o->name; o++)
		print_option(o);
	if (has_rivals(command))
		print_raw("\n  EXCLUSIONS\n");
	print_rivals(command);
}

static struct json_object *json_option(const struct option *o)
{
	struct json_object *j = json_object_new_object();

	json_put_text(j, "name", o->name);
	json_put_text(j, "value", o->kind == OPTION_BOOL ? NULL : help_placeholder(o));
	json_put_bool(j, "required", o->props & OPTION_REQUIRED);
	json_put_bool(j, "positional", o->props & OPTION_POSITIONAL);
	json_put_bool(j, "several", o->kind == OPTION_REST || (o->props & OPTION_SEVERAL));
	json_put_bool(j, "supported", !o->unsupported);
	json_put_text(j, "summary", o->summary);
	return j;
}

void help_command(const struct shell *sh, const struct command *command)
{
	struct json_object *j, *options;

	if (!sh->settings.json) {
		print_command(command);
		return;
	}
	auto_free char *synopsis = help_synopsis(command);
	j = json_object_new_object();
	options = json_object_new_array();
	json_put_text(j, "name", command->name);
	json_put_text(j, "summary", command->summary);
	json_put_text(j, "synopsis", synopsis);
	json_put_text(j, "description", command->about);
	json_put_bool(j, "supported", !(command->props & COMMAND_ABSENT));
	for (const struct option *o = command->options; o && o->name; o++)
		json_object_array_add(options, json_option(o));
	json_object_object_add(j, "options", options);
	json_print(j, stdout);
}

static void print_group(const struct group *g)
{
	struct walk w = { .group = g };
	const struct command *c;

	printf(" %s (help keyword '%s'):\n", g->title, g->keyword);
	while ((c = table_next(&w)))
		printf("    %-29s%c %s\n", c->name, c->props & COMMAND_ABSENT ? '*' : ' ',
		       c->summary);
}

static void add_rows(struct sheet *s, const struct group *g)
{
	struct walk w = { .group = g };
	const struct command *c;

	while ((c = table_next(&w)))
		sheet_add(s, (struct value[]){ value_text(g->keyword), value_text(c->name),
					       value_text(c->summary),
					       value_bool(!(c->props & COMMAND_ABSENT), "") });
}

static const struct column help_columns[] = {
	{ "group", "Group" }, { "name", "Name" }, { "summary", "Summary" },
	{ "supported", NULL }, { NULL, NULL },
};

/* What the stars mean, for one group or, with NULL, for all. */
static void print_legend(const struct group *g)
{
	bool has_stars = false;

	for (const struct absent *a = absent_commands; a->group; a++)
		has_stars |= !g || strcmp(a->group, g->keyword) == 0;
	if (has_stars)
		print_raw("  (* not supported by this build; "
			  "'help COMMAND' says what to use instead)\n");
}

void help_group(const struct shell *sh, const struct group *group)
{
	struct sheet s;

	if (!sh->settings.json) {
		print_group(group);
		print_legend(group);
		return;
	}
	sheet_init(&s, help_columns);
	add_rows(&s, group);
	render_table(sh, &s);
}

void help_all(const struct shell *sh)
{
	struct sheet s;

	sheet_init(&s, help_columns);
	for (const struct group *g = groups; g->title; g++)
		add_rows(&s, g);
	if (sh->settings.json) {
		render_table(sh, &s);
		return;
	}
	sheet_free(&s);
	print_raw("Grouped commands:\n\n");
	for (const struct group *g = groups; g->title; g++) {
		print_group(g);
		print_raw("\n");
	}
	print_raw("  ('help GROUP' lists a group, 'help COMMAND' tells all about a command)\n");
	print_legend(NULL);
}
