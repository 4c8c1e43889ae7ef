/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* The options before the command. */
#include "shell.h"

enum globals_act {
	GLOBALS_RUN,           /* go on with argv[*ret_rest] */
	GLOBALS_HELP,
	GLOBALS_VERSION,
	GLOBALS_VERSION_LONG,
	GLOBALS_REFUSED,       /* the error was printed */
};

/* Fills sh->settings and opens the log. */
enum globals_act globals_parse(struct shell *sh, int argc, char **argv, int *ret_rest);
/* The options, for --help. */
void globals_print(void);
/* The i-th option as --help tells it; false: there are no more. */
bool globals_text(size_t i, const char **ret_spelling, const char **ret_meaning);

/* ---- For completion ----------------------------------------------------------------------- */

/* What the words between the program's name and the cursor give. */
struct globals_seen {
	const char *uri;   /* NULL: not given */
	int awaiting;      /* letter of the option whose value is at the cursor; 0: none */
	size_t rest;       /* index of the command; the count of words when it has not come yet */
	unsigned used;     /* bit i: option i was given */
};

/* false: they are refused whatever follows. */
bool globals_peek(const char *const *words, size_t count, struct globals_seen *ret_seen);
/* The long name of the i-th option and its letter, with which globals_seen names it; NULL: there
 * are no more. */
const char *globals_name(size_t i, int *ret_letter);
