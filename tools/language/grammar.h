/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * The language of command strings: from text to statements to words. Pure: nothing is looked up,
 * nothing printed; what the words mean is decided in options.c.
 *
 *   statements  are separated by ';' and newline; empty ones are dropped
 *   words       by blanks and tabs; backslash-newline vanishes anywhere outside '…'
 *   quotes      '…' literal, "…" with backslash escapes; they may start inside a word
 *   comments    '#' at the start of a word, to the end of the line
 *
 * Order of calls: grammar_parse_string() or grammar_parse_argv(), then options_bind() for each
 * statement, then script_free(). Words live as long as the script (and argv).
 */
#include <stdbool.h>
#include <stddef.h>

#define NO_OFFSET ((size_t)-1) /* words of argv have no place in a text */

struct word {
	const char *text; /* unquoted */
	size_t offset;    /* of its first byte in the source text */
};

struct statement {
	size_t first; /* index into script.words */
	size_t count; /* never 0 */
};

struct script {
	struct word *words;
	size_t nwords;
	struct statement *statements;
	size_t nstatements;
	char *text; /* storage of the unquoted words */
};

/* What is wrong with the user's words. */
struct trouble {
	char *text;    /* to be freed by the caller */
	size_t offset; /* where, NO_OFFSET when there is no place to name */
};

/* On failure (an open quote, a trailing backslash, a NUL byte) the script is untouched. */
bool grammar_parse_string(const char *source, size_t length, struct script *ret_script,
			  struct trouble *ret_trouble);
/* One statement of the given words, none when the first starts with '#'. Cannot fail. */
void grammar_parse_argv(char *const *argv, size_t argc, struct script *ret_script);
/* For completion: the text ends at the cursor, quotes may be open. The last word of the last
 * statement is the one at the cursor, perhaps empty; its offset says where it begins in the text.
 * ret_quote: the quote that is open there, or 0. false: nothing can be completed there (a comment,
 * behind a backslash, a NUL byte). */
bool grammar_parse_cursor(const char *source, size_t length, struct script *ret_script,
			  char *ret_quote);
void script_free(struct script *script);

/* Line and column, both from 1; the column counts characters. */
void grammar_locate(const char *source, size_t offset, size_t *ret_line, size_t *ret_column);

bool trouble_at(struct trouble *t, size_t offset, const char *format, ...)
	__attribute__((format(printf, 3, 4))); /* always false */
