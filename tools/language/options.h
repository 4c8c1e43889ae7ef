/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * From the words of one statement to a command row and its filled struct. Nothing is looked up
 * yet: domains, snapshots and files are only named (see resolve.h). All refusals that depend on
 * the words alone are made here, so a string with one bad command runs nothing.
 */
#include <stdint.h>

#include "command.h"
#include "language/grammar.h"

struct bound {
	const struct command *command;
	void *args;    /* command->args_size bytes */
	uint64_t seen; /* bit i: option row i was given */
	bool help;     /* --help was among the words */
	/* Of the option that takes several domains: the words, and what resolve.c finds for them.
	 * The command's struct gets one after the other. */
	struct word_list names;
	struct domain_list domains;
};

/* On failure nothing is left to free but the trouble's text. */
bool options_bind(const struct word *words, size_t count, struct bound *ret_bound,
		  struct trouble *ret_trouble);
void bound_free(struct bound *b);

/* The member of the command's struct that belongs to an option row. */
void *bound_at(const struct bound *b, const struct option *option);
bool bound_has(const struct bound *b, const struct option *option);
/* "undefine --managed-save": the command and the names of its options, no values. */
char *bound_names(const struct bound *b);

/* ---- For completion: the words before the cursor ------------------------------------------ */

struct partial {
	struct bound bound;            /* bound_free() it */
	const struct option *awaiting; /* the word at the cursor is its value; NULL: none */
	bool only_data;                /* "--" was among them */
};

/* false: they are refused whatever follows. Nothing is checked that later words may still mend. */
bool options_bind_partial(const struct word *words, size_t count, struct partial *ret_partial);
/* It is supported, was not given yet, and excludes none that was. */
bool options_may_follow(const struct bound *b, const struct option *option);
/* Whether the next word without a name could be a value of that option. */
bool options_takes_data(const struct bound *b, const struct option *option);
/* The option that takes several domains; NULL: the command has none. */
const struct option *options_several(const struct command *command);
/* By its name or its alias; NULL: there is none. */
const struct option *options_find(const struct command *command, const char *name, size_t length);
