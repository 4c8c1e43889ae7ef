/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "language/options.h"

#include <ctype.h>
#include <string.h>

#include "mem.h"
#include "language/numbers.h"
#include "language/suggest.h"
#include "table.h"

/* One statement on its way into a struct. */
struct binder {
	struct bound *bound;
	const struct word *words;
	size_t count, at;
	bool only_data; /* "--" was seen */
	struct trouble *trouble;
	/* for completion: the last option may wait for its value, which is not typed yet */
	bool partial;
	const struct option *awaiting;
};

static const struct option no_options[] = { { .name = NULL } };

static const struct option *rows_of(const struct command *command)
{
	return command->options ? command->options : no_options;
}

static uint64_t seen_bit(const struct bound *b, const struct option *option)
{
	return UINT64_C(1) << (option - rows_of(b->command));
}

bool bound_has(const struct bound *b, const struct option *option)
{
	return b->seen & seen_bit(b, option);
}

void *bound_at(const struct bound *b, const struct option *option)
{
	return (char *)b->args + option->at;
}

char *bound_names(const struct bound *b)
{
	struct buffer text = { 0 };

	buffer_puts(&text, b->command->name);
	for (const struct option *o = rows_of(b->command); o->name; o++)
		if (bound_has(b, o) && !(o->props & OPTION_POSITIONAL))
			buffer_printf(&text, " --%s", o->name);
	return buffer_take(&text);
}

void bound_free(struct bound *b)
{
	for (const struct option *o = rows_of(b->command); b->args && o->name; o++)
		if (o->kind == OPTION_REST)
			free(((struct word_list *)bound_at(b, o))->items);
	free(b->names.items);
	free(b->args);
	*b = (struct bound){ 0 };
}

/* ---- Values ------------------------------------------------------------------------------- */

static bool store_word(const struct option *o, const char *text, void *at, struct trouble *t)
{
	struct buffer list = { 0 };

	for (size_t i = 0; o->words[i]; i++) {
		if (strcmp(o->words[i], text) == 0) {
			*(const char **)at = o->words[i];
			return true;
		}
	}
	for (size_t i = 0; o->words[i]; i++)
		buffer_printf(&list, "%s'%s'", i ? ", " : "", o->words[i]);
	auto_free char *words = buffer_take(&list);
	return trouble_at(t, 0, "option --%s: '%s' is not one of %s", o->name, text, words);
}

static bool store_number(const struct option *o, const char *text, void *at, struct trouble *t)
{
	if (o->kind == OPTION_NUMBER && !number_parse(text, o->min, o->max, at))
		return trouble_at(t, 0, "option --%s: '%s' is not a number from %lld to %lld",
				  o->name, text, o->min, o->max);
	if (o->kind == OPTION_SCALED &&
	    !number_parse_scaled(text, (unsigned long long)o->min, at))
		return trouble_at(t, 0, "option --%s: '%s' is not a size, such as 512MiB",
				  o->name, text);
	if (o->kind == OPTION_DURATION && !number_parse_duration(text, at))
		return trouble_at(t, 0, "option --%s: '%s' is not a time, such as 7d, 12h or 90m",
				  o->name, text);
	return true;
}

static void store_rest(struct word_list *list, const char *text)
{
	list->items = mem_resize(list->items, list->count + 1, sizeof(*list->items));
	list->items[list->count++] = text;
}

static bool store_value(struct binder *b, const struct option *o, const char *text)
{
	void *at = bound_at(b->bound, o);

	if (!*text && !(o->props & OPTION_EMPTY_OK))
		return trouble_at(b->trouble, 0,
				  "Failed to get option '%s': Option argument is empty", o->name);
	switch (o->kind) {
	case OPTION_WORD:
		return store_word(o, text, at, b->trouble);
	case OPTION_NUMBER:
	case OPTION_SCALED:
	case OPTION_DURATION:
		return store_number(o, text, at, b->trouble);
	case OPTION_REST:
		store_rest(at, text);
		return true;
	case OPTION_STRING:
		*(const char **)at = text;
		return true;
	case OPTION_DOMAIN:
		if (o->props & OPTION_SEVERAL)
			store_rest(&b->bound->names, text);
		else
			((struct domain_target *)at)->word = text;
		return true;
	case OPTION_SNAPSHOT:
		((struct snapshot_target *)at)->word = text;
		return true;
	case OPTION_FILE:
		((struct file_target *)at)->path = text;
		return true;
	case OPTION_BOOL:
	case OPTION_KIND_COUNT:
		break;
	}
	return trouble_at(b->trouble, 0, "option --%s takes no value", o->name);
}

static bool give_value(struct binder *b, const struct option *o, const char *text)
{
	b->bound->seen |= seen_bit(b->bound, o);
	if (store_value(b, o, text))
		return true;
	b->trouble->offset = b->words[b->at].offset;
	return false;
}

/* ---- Words -------------------------------------------------------------------------------- */

static bool names_option(const struct option *o, const char *name, size_t length)
{
	if (strlen(o->name) == length && memcmp(o->name, name, length) == 0)
		return true;
	return o->alias && strlen(o->alias) == length && memcmp(o->alias, name, length) == 0;
}

const struct option *options_find(const struct command *command, const char *name, size_t length)
{
	for (const struct option *o = rows_of(command); o->name; o++)
		if (names_option(o, name, length))
			return o;
	return NULL;
}

static bool unknown_option(struct binder *b, const char *name, size_t length)
{
	auto_free char *wanted = mem_format("%.*s", (int)length, name);
	struct suggestions near = { .wanted = wanted };

	for (const struct option *o = rows_of(b->bound->command); o->name; o++)
		suggest_consider(&near, o->name);
	auto_free char *hint = suggest_text(&near, "--");
	return trouble_at(b->trouble, b->words[b->at].offset,
			  "command '%s' doesn't support option --%s%s",
			  b->bound->command->name, wanted, hint);
}

static bool take_named(struct binder *b, const struct option *o, const char *value)
{
	size_t offset = b->words[b->at].offset;

	if (bound_has(b->bound, o) && o->kind != OPTION_REST)
		return trouble_at(b->trouble, offset, "option --%s already seen", o->name);
	if (o->kind == OPTION_BOOL) {
		if (value)
			return trouble_at(b->trouble, offset, "invalid '=' after option --%s",
					  o->name);
		b->bound->seen |= seen_bit(b->bound, o);
		*(unsigned *)bound_at(b->bound, o) |= o->bit;
		return true;
	}
	if (!value && b->at + 1 == b->count && b->partial) {
		b->awaiting = o;
		return true;
	}
	if (!value && b->at + 1 == b->count)
		return trouble_at(b->trouble, offset, "expected syntax: --%s <%s>", o->name,
				  o->kind == OPTION_NUMBER || o->kind == OPTION_SCALED ? "number"
										       : "string");
	if (!value)
		value = b->words[++b->at].text;
	return give_value(b, o, value);
}

/* On entry at a word that looks like --name or --name=value. */
static bool take_option(struct binder *b)
{
	const char *name = b->words[b->at].text + 2, *equals = strchr(name, '=');
	size_t length = equals ? (size_t)(equals - name) : strlen(name);

	if (strcmp(name, "help") == 0) {
		b->bound->help = true;
		return true;
	}
	const struct option *o = options_find(b->bound->command, name, length);

	return o ? take_named(b, o, equals ? equals + 1 : NULL) : unknown_option(b, name, length);
}

const struct option *options_several(const struct command *command)
{
	for (const struct option *o = rows_of(command); o->name; o++)
		if (o->props & OPTION_SEVERAL)
			return o;
	return NULL;
}

static bool is_open(const struct bound *b, const struct option *o)
{
	return (o->props & OPTION_POSITIONAL) && (o->kind == OPTION_REST || !bound_has(b, o));
}

/* The first that is open; the others follow in order. NULL: none. */
static const struct option *next_data(const struct bound *b)
{
	for (const struct option *o = rows_of(b->command); o->name; o++)
		if (is_open(b, o))
			return o;
	return NULL;
}

bool options_takes_data(const struct bound *b, const struct option *option)
{
	return option == next_data(b) ||
	       ((option->props & OPTION_SEVERAL) && bound_has(b, option));
}

static bool is_one_of(const char *const *words, const char *text, size_t length)
{
	for (; *words; words++)
		if (strlen(*words) == length && strncmp(*words, text, length) == 0)
			return true;
	return false;
}

/* One of the option's words, or several joined by commas. */
static bool knows_word(const struct option *o, const char *word)
{
	size_t length = strcspn(word, ",");

	if (!o->words || !is_one_of(o->words, word, length))
		return false;
	return !word[length] || knows_word(o, word + length + 1);
}

/* Which option a word without a name belongs to; NULL: none. */
static const struct option *pick_data(const struct bound *b, const char *word)
{
	const struct option *next = next_data(b), *several = options_several(b->command);

	if (!several || !bound_has(b, several))
		return next;
	return next && knows_word(next, word) ? next : several;
}

static bool take_data(struct binder *b)
{
	const struct word *word = &b->words[b->at];
	const struct option *o = pick_data(b->bound, word->text);

	if (o)
		return give_value(b, o, word->text);
	return trouble_at(b->trouble, word->offset, "unexpected data '%s'", word->text);
}

/* Whatever a script says to it, an absent command gets as far as to its answer. */
static bool take_any_words(struct binder *b)
{
	for (b->at = 1; b->at < b->count; b->at++)
		b->bound->help |= strcmp(b->words[b->at].text, "--help") == 0;
	return true;
}

static bool take_words(struct binder *b)
{
	if (b->bound->command->props & COMMAND_ABSENT)
		return take_any_words(b);
	for (b->at = 1; b->at < b->count; b->at++) {
		const char *text = b->words[b->at].text;
		bool dashes = !b->only_data && text[0] == '-' && text[1] == '-';
		bool ok = true;

		if (dashes && !text[2])
			b->only_data = true;
		else if (dashes && isalnum((unsigned char)text[2]))
			ok = take_option(b);
		else
			ok = take_data(b);
		if (!ok)
			return false;
	}
	return true;
}

/* ---- What must and must not be together --------------------------------------------------- */

static bool check_required(const struct binder *b)
{
	const struct command *command = b->bound->command;
	size_t offset = b->words[0].offset;

	for (const struct option *o = rows_of(command); o->name; o++) {
		bool bare = o->props & OPTION_POSITIONAL;

		if ((o->props & OPTION_REQUIRED) && !bound_has(b->bound, o))
			return trouble_at(b->trouble, offset, "command '%s' requires %s%s%s option",
					  command->name, bare ? "<" : "--", o->name,
					  bare ? ">" : "");
	}
	return true;
}

/* The option that `o` cannot be given with, if it was given. */
static const struct option *find_rival(const struct binder *b, const struct option *o)
{
	for (const struct option *p = rows_of(b->bound->command); p < o; p++)
		if ((p->excludes & o->excludes) && bound_has(b->bound, p))
			return p;
	return NULL;
}

static bool needs_are_met(const struct binder *b, const char *needs)
{
	while (*needs) {
		size_t length = strcspn(needs, "|");

		for (const struct option *o = rows_of(b->bound->command); o->name; o++)
			if (bound_has(b->bound, o) && names_option(o, needs, length))
				return true;
		needs += length + (needs[length] == '|');
	}
	return false;
}

static bool fail_needs(const struct binder *b, const struct option *o)
{
	const char *bar = strchr(o->needs, '|');
	size_t offset = b->words[0].offset;

	if (!bar)
		return trouble_at(b->trouble, offset, "Option --%s is required by option --%s",
				  o->needs, o->name);
	return trouble_at(b->trouble, offset, "--%s requires either --%.*s or --%s", o->name,
			  (int)(bar - o->needs), o->needs, bar + 1);
}

static bool check_given(const struct binder *b, const struct option *o)
{
	const struct option *rival = find_rival(b, o);
	size_t offset = b->words[0].offset;

	if (rival)
		return trouble_at(b->trouble, offset,
				  "Options --%s and --%s are mutually exclusive", rival->name,
				  o->name);
	if (o->needs && !needs_are_met(b, o->needs))
		return fail_needs(b, o);
	if (o->unsupported)
		return trouble_at(b->trouble, offset,
				  "option --%s of command '%s' is not supported yet: %s", o->name,
				  b->bound->command->name, o->unsupported);
	return true;
}

static bool check_together(const struct binder *b)
{
	for (const struct option *o = rows_of(b->bound->command); o->name; o++)
		if (bound_has(b->bound, o) && !check_given(b, o))
			return false;
	return true;
}

/* ---- The whole ---------------------------------------------------------------------------- */

/* What other tools call it. */
static const char *const synonyms[][2] = {
	{ "attach", "'console'" },
	{ "clone", "'dumpxml' and 'define'" },
	{ "delete", "'undefine'" },
	{ "info", "'dominfo'" },
	{ "ip", "'domifaddr'" },
	{ "kill", "'destroy'" },
	{ "ls", "'list'" },
	{ "pause", "'suspend'" },
	{ "poweroff", "'shutdown' or 'destroy'" },
	{ "ps", "'list'" },
	{ "remove", "'undefine'" },
	{ "rename", "'domrename'" },
	{ "restart", "'reboot' or 'reset'" },
	{ "rm", "'undefine'" },
	{ "show", "'dominfo' or 'dumpxml'" },
	{ "status", "'domstate'" },
	{ "stop", "'shutdown' or 'destroy'" },
	{ "unpause", "'resume'" },
};

static const char *synonym_of(const char *name)
{
	for (size_t i = 0; i < sizeof(synonyms) / sizeof(*synonyms); i++)
		if (strcmp(synonyms[i][0], name) == 0)
			return synonyms[i][1];
	return NULL;
}

/* next: the word after it, or NULL: whoever writes "vm1 start" means "start vm1". */
static bool unknown_command(const struct word *word, const char *next, struct trouble *t)
{
	struct suggestions near = { .wanted = word->text };
	const char *ours = synonym_of(word->text);

	if (ours)
		return trouble_at(t, word->offset, "unknown command: '%s'; did you mean %s?",
				  word->text, ours);
	if (next && table_find(next))
		return trouble_at(t, word->offset, "unknown command: '%s'; did you mean '%s %s'?",
				  word->text, next, word->text);
	for (const struct group *g = groups; g->title; g++)
		for (size_t i = 0; g->commands[i]; i++)
			suggest_consider(&near, g->commands[i]->name);
	auto_free char *hint = suggest_text(&near, "");
	return trouble_at(t, word->offset, "unknown command: '%s'%s", word->text, hint);
}

bool options_bind(const struct word *words, size_t count, struct bound *ret_bound,
		  struct trouble *ret_trouble)
{
	struct bound bound = { .command = table_find(words[0].text) };
	struct binder b = {
		.bound = &bound, .words = words, .count = count, .trouble = ret_trouble,
	};

	if (!bound.command)
		return unknown_command(&words[0], count > 1 ? words[1].text : NULL, ret_trouble);
	bound.args = mem_alloc(bound.command->args_size);
	if (!take_words(&b) ||
	    (!bound.help && (!check_required(&b) || !check_together(&b)))) {
		bound_free(&bound);
		return false;
	}
	*ret_bound = bound;
	return true;
}

/* ---- For completion ----------------------------------------------------------------------- */

bool options_bind_partial(const struct word *words, size_t count, struct partial *ret_partial)
{
	struct bound bound = { .command = table_find(words[0].text) };
	struct trouble t = { 0 };
	struct binder b = {
		.bound = &bound, .words = words, .count = count, .trouble = &t, .partial = true,
	};

	if (!bound.command)
		return false;
	bound.args = mem_alloc(bound.command->args_size);
	if (!take_words(&b)) {
		free(t.text);
		bound_free(&bound);
		return false;
	}
	*ret_partial = (struct partial){ bound, b.awaiting, b.only_data };
	return true;
}

bool options_may_follow(const struct bound *b, const struct option *o)
{
	if (o->unsupported || (bound_has(b, o) && o->kind != OPTION_REST))
		return false;
	for (const struct option *p = rows_of(b->command); p->name; p++)
		if (p != o && (p->excludes & o->excludes) && bound_has(b, p))
			return false;
	return true;
}
