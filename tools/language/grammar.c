/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "language/grammar.h"

#include <stdarg.h>
#include <string.h>

#include "mem.h"

struct lexer {
	const char *in;
	size_t at, length;
	char *out; /* where the next unquoted byte goes; never ahead of `at` */
	struct script script;
	size_t room_words, room_statements;
	bool open; /* the current statement has a word */
	/* for completion */
	bool partial;   /* an open quote at the end is fine */
	char quote;     /* that quote */
	bool commented; /* the text ends in a comment */
	bool touching;  /* it ends in a word */
};

bool trouble_at(struct trouble *t, size_t offset, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	t->text = mem_vformat(format, args);
	va_end(args);
	t->offset = offset;
	return false;
}

static void add_word(struct lexer *lx, const char *text, size_t offset)
{
	struct script *s = &lx->script;

	if (s->nwords == lx->room_words) {
		lx->room_words = lx->room_words * 2 + 8;
		s->words = mem_resize(s->words, lx->room_words, sizeof(*s->words));
	}
	if (!lx->open && s->nstatements == lx->room_statements) {
		lx->room_statements = lx->room_statements * 2 + 2;
		s->statements = mem_resize(s->statements, lx->room_statements,
					   sizeof(*s->statements));
	}
	if (!lx->open)
		s->statements[s->nstatements++] = (struct statement){ .first = s->nwords };
	lx->open = true;
	s->words[s->nwords++] = (struct word){ text, offset };
	s->statements[s->nstatements - 1].count++;
}

static bool at_joined_line(const struct lexer *lx)
{
	return lx->at + 1 < lx->length && lx->in[lx->at] == '\\' && lx->in[lx->at + 1] == '\n';
}

/* Blanks, joined lines and a comment before a word. */
static void skip_blanks(struct lexer *lx)
{
	while (lx->at < lx->length) {
		char c = lx->in[lx->at];

		if (c == ' ' || c == '\t')
			lx->at++;
		else if (at_joined_line(lx))
			lx->at += 2;
		else
			break;
	}
	if (lx->at < lx->length && lx->in[lx->at] == '#')
		while (lx->at < lx->length && lx->in[lx->at] != '\n')
			lx->commented = ++lx->at == lx->length;
}

/* On entry at a backslash; takes it and what it escapes. */
static bool take_escaped(struct lexer *lx, struct trouble *t)
{
	if (lx->at + 1 == lx->length)
		return trouble_at(t, lx->at, "dangling \\: nothing follows the backslash");
	if (lx->in[lx->at + 1] != '\n')
		*lx->out++ = lx->in[lx->at + 1];
	lx->at += 2;
	return true;
}

/* On entry at a quote; takes all up to its twin. */
static bool take_quoted(struct lexer *lx, struct trouble *t)
{
	size_t start = lx->at;
	char quote = lx->in[lx->at++];

	while (lx->at < lx->length && lx->in[lx->at] != quote) {
		if (quote == '"' && lx->in[lx->at] == '\\') {
			if (!take_escaped(lx, t))
				return false;
		} else {
			*lx->out++ = lx->in[lx->at++];
		}
	}
	if (lx->at == lx->length && !lx->partial)
		return trouble_at(t, start, "missing %c: the quote is never closed", quote);
	if (lx->at == lx->length)
		lx->quote = quote;
	else
		lx->at++;
	return true;
}

static bool ends_word(char c)
{
	return c == ' ' || c == '\t' || c == ';' || c == '\n';
}

static bool take_word(struct lexer *lx, struct trouble *t)
{
	char *text = lx->out;
	size_t start = lx->at;

	while (lx->at < lx->length && !ends_word(lx->in[lx->at])) {
		char c = lx->in[lx->at];
		bool ok = true;

		if (c == '\\')
			ok = take_escaped(lx, t);
		else if (c == '\'' || c == '"')
			ok = take_quoted(lx, t);
		else
			*lx->out++ = lx->in[lx->at++];
		if (!ok)
			return false;
	}
	*lx->out++ = '\0';
	lx->touching = lx->at == lx->length;
	add_word(lx, text, start);
	return true;
}

static bool take_all(struct lexer *lx, struct trouble *t)
{
	const char *nul = memchr(lx->in, '\0', lx->length);

	if (nul)
		return trouble_at(t, (size_t)(nul - lx->in), "a NUL byte cannot be in a command");
	for (;;) {
		skip_blanks(lx);
		if (lx->at == lx->length)
			return true;
		if (lx->in[lx->at] == ';' || lx->in[lx->at] == '\n') {
			lx->at++;
			lx->open = false;
		} else if (!take_word(lx, t)) {
			return false;
		}
	}
}

bool grammar_parse_string(const char *source, size_t length, struct script *ret_script,
			  struct trouble *ret_trouble)
{
	struct lexer lx = { .in = source, .length = length };

	/* a word is followed by a separator or the end: its NUL always has a place */
	lx.out = lx.script.text = mem_alloc(length + 1);
	if (!take_all(&lx, ret_trouble)) {
		script_free(&lx.script);
		return false;
	}
	*ret_script = lx.script;
	return true;
}

bool grammar_parse_cursor(const char *source, size_t length, struct script *ret_script,
			  char *ret_quote)
{
	struct lexer lx = { .in = source, .length = length, .partial = true };
	struct trouble t = { 0 };

	lx.out = lx.script.text = mem_alloc(length + 1);
	if (!take_all(&lx, &t) || lx.commented) {
		free(t.text);
		script_free(&lx.script);
		return false;
	}
	if (!lx.touching)
		add_word(&lx, "", length);
	*ret_script = lx.script;
	*ret_quote = lx.quote;
	return true;
}

void grammar_parse_argv(char *const *argv, size_t argc, struct script *ret_script)
{
	struct lexer lx = { .in = NULL };

	if (argc > 0 && argv[0][0] != '#')
		for (size_t i = 0; i < argc; i++)
			add_word(&lx, argv[i], NO_OFFSET);
	*ret_script = lx.script;
}

void script_free(struct script *script)
{
	free(script->words);
	free(script->statements);
	free(script->text);
	*script = (struct script){ 0 };
}

void grammar_locate(const char *source, size_t offset, size_t *ret_line, size_t *ret_column)
{
	*ret_line = 1;
	*ret_column = 1;
	for (size_t i = 0; i < offset; i++) {
		if (source[i] == '\n') {
			++*ret_line;
			*ret_column = 1;
		} else if (((unsigned char)source[i] & 0xc0) != 0x80) {
			++*ret_column;
		}
	}
}
