/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The manual's pages, made when domsh is built: what the command table knows (synopses, options,
 * what is not supported) is taken from it, the prose from man/commands/NAME, the rest from the
 * page's template. So no page can tell of an option that is not there.
 *
 *     generate TEMPLATE ENTRIES >PAGE      a line @COMMANDS@, @JSON@ or @GLOBALS@ is filled in
 *     generate --check ENTRIES             every command has an entry, every entry a command
 *
 * An entry: "# " comments; paragraphs with `literal` words; lines after a tab are an example; last
 * "json: KIND" (object, array, done or none) and a line for each key: tab, path[?] type meaning.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "globals.h"
#include "help.h"
#include "mem.h"
#include "table.h"

#define LINE_WIDTH 60 /* before hyphens are escaped */
#define MAX_LINES 20

static const char *entries; /* the directory */

/* ---- Roff --------------------------------------------------------------------------------- */

/* Text as it is, whatever it means to roff. */
static void put_text(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (text[i] == '\\')
			fputs("\\e", stdout);
		else if (text[i] == '-')
			fputs("\\-", stdout);
		else
			putchar(text[i]);
	}
}

/* One word of prose; `x` is literal, and the words of it belong to one literal. */
static void put_word(const char *word, size_t length, bool *is_literal)
{
	for (size_t i = 0; i < length; i++) {
		if (word[i] == '`') {
			*is_literal = !*is_literal;
			fputs(*is_literal ? "\\fB" : "\\fR", stdout);
		} else {
			/* A hyphen of prose is one; in what is typed it is a minus. */
			bool is_hyphen = word[i] == '-' && !*is_literal && word[0] != '-';

			fputs(is_hyphen ? "-" : "", stdout);
			put_text(word + i, !is_hyphen);
		}
	}
}

/* Prose in lines that do not begin like a request and are not too long; a sentence ends a line. */
static void put_prose(const char *text)
{
	size_t column = 0;
	bool is_literal = false;

	while (*text) {
		size_t length = strcspn(text, " \n");
		bool fresh = column == 0 || column + length >= LINE_WIDTH;

		if (fresh && column)
			putchar('\n');
		if (fresh && (*text == '.' || *text == '\''))
			fputs("\\&", stdout);
		fputs(fresh ? "" : " ", stdout);
		put_word(text, length, &is_literal);
		column = fresh ? length : column + length + 1;
		if (length && strchr(".?!", text[length - 1]) && text[length]) {
			putchar('\n');
			column = 0;
		}
		text += length;
		text += strspn(text, " \n");
	}
	if (column)
		putchar('\n');
}

/* ---- Entries ------------------------------------------------------------------------------ */

struct json_part {
	char kind[8];
	char *keys; /* the lines */
};

struct entry {
	char *text; /* without comments and JSON */
	struct json_part json;
};

static _Noreturn void give_up(const char *what, const char *name)
{
	fprintf(stderr, "man: %s/%s: %s\n", entries, name, what);
	exit(1);
}

static void entry_free(struct entry *e)
{
	free(e->text);
	free(e->json.keys);
}

static void entry_read(const char *name, struct entry *ret)
{
	auto_free char *path = mem_format("%s/%s", entries, name);
	struct buffer text = { 0 }, keys = { 0 };
	FILE *file = fopen(path, "r");
	char line[512];

	*ret = (struct entry){ .text = NULL };
	if (!file)
		give_up("the command has no entry", name);
	while (fgets(line, sizeof(line), file)) {
		if (*line == '#')
			continue;
		if (sscanf(line, "json: %7s", ret->json.kind) == 1)
			continue;
		buffer_puts(*ret->json.kind ? &keys : &text, line);
	}
	fclose(file);
	ret->text = buffer_take(&text);
	ret->json.keys = buffer_take(&keys);
}

/* The end of a paragraph or an example, both made of lines. */
static size_t block_length(const char *text, bool is_example)
{
	const char *at = text;

	while (*at && (*at == '\t') == is_example && (is_example || *at != '\n'))
		at += strcspn(at, "\n") + (strchr(at, '\n') != NULL);
	return (size_t)(at - text);
}

static void put_example(const char *lines, size_t length)
{
	fputs(".Bd -literal -offset indent\n", stdout);
	for (const char *at = lines; at < lines + length;) {
		size_t n = strcspn(at, "\n");

		if (at[1] == '.' || at[1] == '\'')
			fputs("\\&", stdout);
		put_text(at + 1, n - 1);
		putchar('\n');
		at += n + 1;
	}
	fputs(".Ed\n", stdout);
}

static void put_entry(const char *text)
{
	bool is_first = true;

	for (text += strspn(text, "\n"); *text; text += strspn(text, "\n")) {
		bool is_example = *text == '\t';
		size_t length = block_length(text, is_example);
		auto_free char *block = mem_format("%.*s", (int)length, text);

		if (is_example) {
			put_example(block, length);
		} else {
			fputs(is_first ? "" : ".Pp\n", stdout);
			put_prose(block);
		}
		is_first = false;
		text += length;
	}
}

/* ---- Commands ----------------------------------------------------------------------------- */

static void put_flag(const char *name)
{
	fputs("Fl \\-", stdout);
	put_text(name, strlen(name));
}

static void put_synopsis_option(const struct option *o)
{
	bool required = o->props & OPTION_REQUIRED;
	bool bare = o->props & OPTION_POSITIONAL;

	putchar('.');
	if (bare && required && o->kind != OPTION_REST) {
		printf("Ar %s%s\n", o->name, o->props & OPTION_SEVERAL ? " ..." : "");
		return;
	}
	fputs(required ? "" : "Op ", stdout);
	if (bare)
		fputs("Oo ", stdout);
	put_flag(o->name);
	if (bare)
		fputs(" Oc", stdout);
	if (o->kind != OPTION_BOOL)
		printf(" Ar %s", help_placeholder(o));
	fputs(o->kind == OPTION_REST ? " ...\n" : "\n", stdout);
}

static void put_option(const struct option *o)
{
	auto_free char *text = NULL;
	struct buffer words = { 0 };

	fputs(".It ", stdout);
	put_flag(o->name);
	if (o->kind != OPTION_BOOL)
		printf(" Ar %s", help_placeholder(o));
	for (size_t i = 0; o->words && o->words[i]; i++)
		buffer_printf(&words, "%s`%s`", i ? ", " : ": one of ", o->words[i]);
	auto_free char *list = buffer_take(&words);
	text = mem_format("%s%s%s%s%s", o->summary, list ? list : "",
			  o->unsupported ? "; not supported yet: " : "",
			  o->unsupported ? o->unsupported : "", ".");
	putchar('\n');
	put_prose(text);
	if (o->needs) {
		const char *bar = strchr(o->needs, '|');
		int first = bar ? (int)(bar - o->needs) : (int)strlen(o->needs);
		auto_free char *needs = mem_format("Needs `--%.*s`%s%s%s.", first, o->needs,
						   bar ? " or `--" : "", bar ? bar + 1 : "",
						   bar ? "`" : "");
		put_prose(needs);
	}
}

static void put_rivals(const struct command *c)
{
	for (const struct option *o = c->options; o && o->name; o++) {
		for (const struct option *p = o + 1; p->name; p++) {
			auto_free char *text = mem_format("`--%s` and `--%s` exclude each other.",
							  o->name, p->name);
			if (o->excludes & p->excludes)
				put_prose(text);
		}
	}
}

static bool has_rivals(const struct command *c)
{
	for (const struct option *o = c->options; o && o->name; o++)
		for (const struct option *p = o + 1; p->name; p++)
			if (o->excludes & p->excludes)
				return true;
	return false;
}

static void put_options(const struct command *c)
{
	if (!c->options)
		return;
	fputs(".Pp\n.Bl -tag -width Ds -compact\n", stdout);
	for (const struct option *o = c->options; o->name; o++)
		put_option(o);
	fputs(".El\n", stdout);
	if (has_rivals(c)) {
		fputs(".Pp\n", stdout);
		put_rivals(c);
	}
}

static void put_command(const struct command *c)
{
	struct entry e;

	fputs(".Ss ", stdout);
	put_text(c->name, strlen(c->name));
	fputs("\n.Bd -ragged -offset indent -compact\n.Ic ", stdout);
	put_text(c->name, strlen(c->name));
	putchar('\n');
	for (const struct option *o = c->options; o && o->name; o++)
		put_synopsis_option(o);
	fputs(".Ed\n.Pp\n", stdout);
	entry_read(c->name, &e);
	put_entry(e.text);
	put_options(c);
	entry_free(&e);
}

static void put_absent(const struct group *g)
{
	bool has_some = false;

	for (const struct absent *a = absent_commands; a->group; a++) {
		if (strcmp(a->group, g->keyword) != 0)
			continue;
		if (!has_some)
			printf(".Ss Not supported in %s\n.Bl -tag -width Ds -compact\n", g->title);
		has_some = true;
		auto_free char *text = mem_format("%s: %s", a->row.summary, a->row.about);
		fputs(".It Ic ", stdout);
		put_text(a->row.name, strlen(a->row.name));
		putchar('\n');
		put_prose(text);
	}
	fputs(has_some ? ".El\n" : "", stdout);
}

static void put_commands(void)
{
	for (const struct group *g = groups; g->title; g++) {
		struct walk w = { .group = g };
		const struct command *c;

		fputs(".Sh ", stdout);
		for (const char *at = g->title; *at; at++)
			putchar(*at >= 'a' && *at <= 'z' ? *at - 'a' + 'A' : *at);
		putchar('\n');
		while ((c = table_next(&w)))
			if (!(c->props & COMMAND_ABSENT))
				put_command(c);
		put_absent(g);
	}
}

/* ---- JSON --------------------------------------------------------------------------------- */

static const struct {
	const char *kind, *text;
} json_kinds[] = {
	{ "object", "An object." },
	{ "array", "An array of objects." },
	{ "done", "What was done (see above)." },
	{ "none", "Nothing is printed." },
};

static void put_key(const char *line)
{
	char path[64], type[32];
	int rest = 0;
	size_t end;

	if (sscanf(line, " %63s %31s %n", path, type, &rest) != 2)
		return;
	end = strlen(path) - 1;
	fputs(".It Va ", stdout);
	put_text(path, end + (path[end] != '?'));
	printf(" No : %s%s\n", type, path[end] == '?' ? ", may be missing" : "");
	put_prose(line + rest);
}

static void put_json(const struct command *c)
{
	struct entry e;
	const char *at;

	entry_read(c->name, &e);
	fputs(".Ss ", stdout);
	put_text(c->name, strlen(c->name));
	putchar('\n');
	for (size_t i = 0; i < sizeof(json_kinds) / sizeof(*json_kinds); i++)
		if (strcmp(e.json.kind, json_kinds[i].kind) == 0)
			printf("%s\n", json_kinds[i].text);
	at = e.json.keys + strspn(e.json.keys, "\n");
	if (*at)
		fputs(".Bl -tag -width Ds -compact\n", stdout);
	for (const char *line = at; *line; line += strcspn(line, "\n") + 1) {
		auto_free char *one = mem_format("%.*s", (int)strcspn(line, "\n"), line);

		put_key(one);
	}
	if (*at)
		fputs(".El\n", stdout);
	entry_free(&e);
}

static void put_all_json(void)
{
	for (const struct group *g = groups; g->title; g++)
		for (size_t i = 0; g->commands[i]; i++)
			put_json(g->commands[i]);
}

/* ---- Global options ----------------------------------------------------------------------- */

/* "-c, --connect URI": flags and what they take. */
static void put_spelling(const char *spelling)
{
	fputs(".It", stdout);
	while (*spelling) {
		size_t length = strcspn(spelling, " ,");

		if (*spelling == '-') {
			fputs(" Fl ", stdout);
			put_text(spelling + 1, length - 1);
		} else {
			printf(" Ar %.*s", (int)length, spelling);
		}
		spelling += length;
		if (*spelling == ',')
			fputs(" ,", stdout);
		spelling += strspn(spelling, " ,");
	}
	putchar('\n');
}

static void put_globals(void)
{
	const char *spelling, *meaning;

	fputs(".Bl -tag -width Ds -compact\n", stdout);
	for (size_t i = 0; globals_text(i, &spelling, &meaning); i++) {
		auto_free char *text = mem_format("%s.", meaning);

		put_spelling(spelling);
		put_prose(text);
	}
	fputs(".El\n", stdout);
}

/* ---- The check ---------------------------------------------------------------------------- */

static size_t count_lines(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += *text == '\n' && text[1] != '\n';
	return n;
}

static bool is_kind(const char *kind)
{
	for (size_t i = 0; i < sizeof(json_kinds) / sizeof(*json_kinds); i++)
		if (strcmp(kind, json_kinds[i].kind) == 0)
			return true;
	return false;
}

static bool complain(const char *name, const char *what)
{
	fprintf(stderr, "man: %s/%s: %s\n", entries, name, what);
	return false;
}

static bool check_command(const struct command *c)
{
	auto_free char *path = mem_format("%s/%s", entries, c->name);
	struct entry e;
	FILE *file = fopen(path, "r");
	bool ok = true;

	if (!file)
		return complain(c->name, "the command has no entry");
	fclose(file);
	entry_read(c->name, &e);
	if (count_lines(e.text) < 2 || count_lines(e.text) > MAX_LINES)
		ok = complain(c->name, "an entry has 2 to 20 lines");
	if (!strstr(e.text, "\n\t"))
		ok = complain(c->name, "the entry has no example");
	if (!is_kind(e.json.kind))
		ok = complain(c->name, "no line 'json: object', array, done or none");
	entry_free(&e);
	return ok;
}

static bool check_entries(void)
{
	DIR *dir = opendir(entries);
	bool ok = dir != NULL;

	if (!dir)
		complain("", strerror(errno));
	for (struct dirent *d; dir && (d = readdir(dir));) {
		const struct command *c = table_find(d->d_name);

		if (*d->d_name == '.')
			continue;
		if (!c || (c->props & COMMAND_ABSENT))
			ok = complain(d->d_name, "there is no such command");
	}
	if (dir)
		closedir(dir);
	return ok;
}

static bool check(void)
{
	bool ok = check_entries();

	for (const struct group *g = groups; g->title; g++)
		for (size_t i = 0; g->commands[i]; i++)
			ok = check_command(g->commands[i]) && ok;
	return ok;
}

/* ---- Pages -------------------------------------------------------------------------------- */

static const struct {
	const char *mark;
	void (*put)(void);
} marks[] = {
	{ "@COMMANDS@\n", put_commands },
	{ "@GLOBALS@\n", put_globals },
	{ "@JSON@\n", put_all_json },
};

static void fill_in(const char *line)
{
	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++) {
		if (strcmp(line, marks[i].mark) == 0) {
			marks[i].put();
			return;
		}
	}
	fputs(line, stdout);
}

int main(int argc, char **argv)
{
	char line[512];
	FILE *template;

	if (argc != 3) {
		fputs("usage: generate TEMPLATE|--check ENTRIES\n", stderr);
		return 1;
	}
	entries = argv[2];
	if (strcmp(argv[1], "--check") == 0)
		return check() ? 0 : 1;
	template = fopen(argv[1], "r");
	if (!template) {
		fprintf(stderr, "man: %s: %s\n", argv[1], strerror(errno));
		return 1;
	}
	while (fgets(line, sizeof(line), template))
		fill_in(line);
	fclose(template);
	return fflush(stdout) == 0 ? 0 : 1;
}
