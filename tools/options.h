/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * From the words of one statement to a command row and its filled struct. Nothing is looked up
 * yet: domains, snapshots and files are only named (see resolve.h). All refusals that depend on
 * the words alone are made here, so a string with one bad command runs nothing.
 */
#include <stdint.h>

#include "command.h"
#include "grammar.h"

struct bound {
	const struct command *command;
	void *args;    /* command->args_size bytes */
	uint64_t seen; /* bit i: option row i was given */
	bool help;     /* --help was among the words */
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
