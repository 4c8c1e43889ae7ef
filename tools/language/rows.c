/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "language/rows.h"

#include <string.h>

#include "language/options.h"
#include "mem.h"

enum { MAX_OPTIONS = 64, MAX_WORDS = 2 * MAX_OPTIONS + 1 };

static const struct option none[] = { { .name = NULL } };

static const struct option *options_of(const struct command *c)
{
	return c->options ? c->options : none;
}

static bool is_name(const char *text)
{
	size_t length = strlen(text);

	return length > 0 && strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == length &&
	       text[0] != '-' && text[length - 1] != '-';
}

/* A phrase, as it stands behind a name in a list. */
static bool is_phrase(const char *text)
{
	size_t length = text ? strlen(text) : 0;

	return length > 3 && text[length - 1] != '.';
}

static bool same_name(const char *a, const char *b)
{
	return a && b && strcmp(a, b) == 0;
}

/* ---- Options ------------------------------------------------------------------------------ */

static bool has_bad_name(const struct command *c, const struct option *o)
{
	(void)c;
	return !is_name(o->name) || (o->alias && !is_name(o->alias)) || same_name(o->name, "help");
}

static bool has_no_phrase(const struct command *c, const struct option *o)
{
	(void)c;
	return !is_phrase(o->summary) || (o->unsupported && !is_phrase(o->unsupported));
}

static bool has_taken_name(const struct command *c, const struct option *o)
{
	for (const struct option *p = options_of(c); p < o; p++)
		if (same_name(p->name, o->name) || same_name(p->name, o->alias) ||
		    same_name(p->alias, o->name) || same_name(p->alias, o->alias))
			return true;
	return false;
}

static bool is_beyond(const struct command *c, const struct option *o)
{
	static const size_t sizes[OPTION_KIND_COUNT] = {
		[OPTION_BOOL] = sizeof(unsigned),
		[OPTION_STRING] = sizeof(const char *),
		[OPTION_WORD] = sizeof(const char *),
		[OPTION_NUMBER] = sizeof(long long),
		[OPTION_SCALED] = sizeof(unsigned long long),
		[OPTION_DURATION] = sizeof(long long),
		[OPTION_REST] = sizeof(struct word_list),
		[OPTION_DOMAIN] = sizeof(struct domain_target),
		[OPTION_SNAPSHOT] = sizeof(struct snapshot_target),
		[OPTION_FILE] = sizeof(struct file_target),
	};

	return o->at + sizes[o->kind] > c->args_size;
}

static bool has_no_bit(const struct command *c, const struct option *o)
{
	(void)c;
	return o->kind == OPTION_BOOL && !o->bit && !o->unsupported;
}

static bool has_no_words(const struct command *c, const struct option *o)
{
	bool has = o->words && o->words[0];

	(void)c;
	/* Those of a string may be joined by commas. */
	return o->kind == OPTION_WORD ? !has : o->words && (!has || o->kind != OPTION_STRING);
}

/* Nobody could tell its value from one more domain. */
static bool is_no_domain(const struct command *c, const struct option *o)
{
	const struct option *several = options_several(c);

	return several && o != several && (o->props & OPTION_POSITIONAL) && !o->words;
}

static bool has_no_range(const struct command *c, const struct option *o)
{
	(void)c;
	return (o->kind == OPTION_NUMBER && o->min >= o->max) ||
	       (o->kind == OPTION_SCALED && o->min < 1);
}

static bool needs_nobody(const struct command *c, const struct option *o)
{
	for (const char *at = o->needs; at && *at;) {
		size_t length = strcspn(at, "|");

		if (!options_find(c, at, length))
			return true;
		at += length + (at[length] == '|');
	}
	return false;
}

static bool excludes_nobody(const struct command *c, const struct option *o)
{
	unsigned others = 0;

	for (const struct option *p = options_of(c); p->name; p++)
		others |= p == o ? 0 : p->excludes;
	return o->excludes & ~others;
}

static bool is_required_too_late(const struct command *c, const struct option *o)
{
	unsigned bare = OPTION_REQUIRED | OPTION_POSITIONAL;

	for (const struct option *p = options_of(c); p < o; p++)
		if ((p->props & bare) == OPTION_POSITIONAL && (o->props & bare) == bare)
			return true;
	return false;
}

/* A value that is right in itself. */
static const char *some_value(const struct option *o)
{
	static const char *const values[OPTION_KIND_COUNT] = {
		[OPTION_SCALED] = "1", [OPTION_DURATION] = "1",
	};

	if (o->kind == OPTION_WORD)
		return o->words && o->words[0] ? o->words[0] : "x";
	if (o->kind == OPTION_NUMBER)
		return o->min <= 1 && o->max >= 1 ? "1" : NULL;
	return values[o->kind] ? values[o->kind] : "x";
}

static void give(struct word *words, size_t *n, char **names, const struct option *o)
{
	char *name = mem_format("--%s", o->name);

	names[*n] = name;
	words[(*n)++] = (struct word){ name, NO_OFFSET };
	if (o->kind != OPTION_BOOL)
		words[(*n)++] = (struct word){ some_value(o), NO_OFFSET };
}

static bool is_first_need(const char *needs, const struct option *o)
{
	size_t length = needs ? strcspn(needs, "|") : 0;

	return length && strlen(o->name) == length && memcmp(needs, o->name, length) == 0;
}

/* Given with all that it needs, it must be refused for what it is. */
static bool is_not_refused(const struct command *c, const struct option *o)
{
	struct word words[MAX_WORDS] = { { c->name, NO_OFFSET } };
	char *names[MAX_WORDS] = { NULL };
	struct trouble t = { NULL, NO_OFFSET };
	struct bound b = { 0 };
	size_t n = 1;
	bool is_bound;

	if (!o->unsupported || (o->kind != OPTION_BOOL && !some_value(o)))
		return false;
	for (const struct option *p = options_of(c); p->name; p++)
		if (p == o || (p->props & OPTION_REQUIRED) || is_first_need(o->needs, p))
			give(words, &n, names, p);
	is_bound = options_bind(words, n, &b, &t);
	bool is_told = t.text && strstr(t.text, "is not supported yet: ");

	free(t.text);
	if (is_bound)
		bound_free(&b);
	for (size_t i = 0; i < n; i++)
		free(names[i]);
	return is_bound || !is_told;
}

static const struct {
	bool (*is_wrong)(const struct command *c, const struct option *o);
	const char *what;
} option_checks[] = {
	{ has_bad_name, "its name is not lower case with dashes, or is 'help'" },
	{ has_no_phrase, "what it says of itself is no phrase without a full stop" },
	{ has_taken_name, "an option before it has its name" },
	{ is_beyond, "its value lies beyond the struct of the command" },
	{ has_no_bit, "it sets no bit" },
	{ has_no_words, "it has words and is of another kind, or the other way round" },
	{ is_no_domain, "beside several domains, a bare word of it has to be one of its words" },
	{ has_no_range, "no value is in its range" },
	{ needs_nobody, "it needs an option that is not there" },
	{ excludes_nobody, "it excludes what no other option does" },
	{ is_required_too_late, "it is required, and stands behind one that may be left out" },
};

static size_t count_options(const struct command *c)
{
	size_t n = 0;

	while (options_of(c)[n].name)
		n++;
	return n;
}

static void check_options(struct buffer *b, const struct command *c)
{
	for (const struct option *o = options_of(c); o->name; o++)
		for (size_t i = 0; i < sizeof(option_checks) / sizeof(*option_checks); i++)
			if (option_checks[i].is_wrong(c, o))
				buffer_printf(b, "%s --%s: %s\n", c->name, o->name,
					      option_checks[i].what);
}

/* ---- Rows --------------------------------------------------------------------------------- */

static bool tells_nothing(const struct command *c)
{
	size_t length = c->about ? strlen(c->about) : 0;
	/* What an absent row says is the end of a sentence of the shell's. */
	bool is_absent = c->props & COMMAND_ABSENT;

	return !is_phrase(c->summary) || length < 12 || (!is_absent && c->about[length - 1] != '.');
}

static bool is_hollow(const struct command *c)
{
	bool is_absent = c->props & COMMAND_ABSENT;

	return !c->run || (is_absent && c->options) || (!!c->args_size != !!c->options);
}

char *rows_faults(const struct command *c)
{
	struct buffer b = { 0 };

	if (!is_name(c->name))
		buffer_printf(&b, "%s: its name is not lower case with dashes\n", c->name);
	if (tells_nothing(c))
		buffer_printf(&b, "%s: it lacks a summary without, or a text with a full stop\n",
			      c->name);
	if (is_hollow(c))
		buffer_printf(&b, "%s: it has no handler, or options without a struct\n", c->name);
	if (count_options(c) > MAX_OPTIONS)
		buffer_printf(&b, "%s: it has more options than can be counted\n", c->name);
	else
		check_options(&b, c);
	/* Words are bound into the struct only when that is known to be safe. */
	for (const struct option *o = options_of(c); !b.length && o->name; o++)
		if (is_not_refused(c, o))
			buffer_printf(&b, "%s --%s: it is not supported and not refused\n",
				      c->name, o->name);
	return b.text;
}
