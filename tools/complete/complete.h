/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * Completion: what could stand at the cursor, as a function of the words before it and what is
 * typed of the word there. It reads the rows that parse and help, and the state of the domains
 * that a row's command can act on. It asks nobody, takes no lock, opens no XML, prints nothing;
 * whatever fails means that there are no candidates.
 *
 * The prompt and the completions of the shells are callers of the same function.
 */
#include "language/grammar.h"
#include "shell.h"

/* Whole words, unquoted, sorted, each once; none that would be unsafe on a terminal. */
struct candidates {
	const char *typed; /* of the word at the cursor; each item begins with it */
	size_t lead;       /* bytes of it that are not of the value: "--name=" */
	char **items;
	size_t count, room;
};

/* words[0] is a command, words[index] the word at the cursor. */
void complete_statement(const struct shell *sh, const struct word *words, size_t index,
			struct candidates *ret_candidates);
/* The same for the words after the program's name, which may begin with global options. */
void complete_arguments(const struct shell *sh, const char *const *words, size_t index,
			struct candidates *ret_candidates);
void candidates_free(struct candidates *c);

/* ---- A line of the shell's own language, up to the cursor --------------------------------- */

struct line_candidates {
	struct candidates found;
	struct script script; /* storage of the words */
	char quote;           /* the one that is open at the cursor, or 0 */
};

/* false: nothing can be completed there. Else line_candidates_free() it. */
bool complete_line(const struct shell *sh, const char *line, size_t length,
		   struct line_candidates *ret_line);
void line_candidates_free(struct line_candidates *l);
/* What to insert so that `length` bytes of item i stand there: their rest, quoted as the place
 * wants it. `is_whole`: the word ends with it. Free it. */
char *line_candidates_rest(const struct line_candidates *l, size_t i, size_t length,
			   bool is_whole);

/* ---- Between the two halves --------------------------------------------------------------- */

struct partial;
struct option;

/* Consider one more, whole or (value) without what is typed before its value. */
void candidates_add(struct candidates *c, const char *text);
void candidates_add_value(struct candidates *c, const char *value);
/* The values that an option can have; p may be NULL when no command has been typed. */
void complete_value(const struct shell *sh, const struct partial *p, const struct option *o,
		    struct candidates *c);
