/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The hidden command that the completions of the shells call. */
#include <stdio.h>

#include "command.h"
#include "complete/complete.h"
#include "output/output.h"

struct complete_args {
	struct word_list words;
};

static const struct option complete_options[] = {
	{ .name = "string", VALUE_AT(OPTION_REST, complete_args, words),
	  .props = OPTION_POSITIONAL | OPTION_EMPTY_OK,
	  .summary = "what follows the program's name, up to the word at the cursor" },
	{ .name = NULL },
};

static bool run_complete(struct shell *sh, const void *args)
{
	const struct complete_args *a = args;
	struct candidates c;

	if (a->words.count == 0)
		return true;
	complete_arguments(sh, a->words.items, a->words.count - 1, &c);
	for (size_t i = 0; i < c.count; i++)
		print_line(sh, "%s", c.items[i]);
	candidates_free(&c);
	return true;
}

const struct command command_complete = {
	.name = "complete",
	.summary = "print what could stand at the cursor",
	.about = "For the completions of bash, zsh and fish: prints the candidates for the last of "
		 "its words, a line each. Without a word prints nothing.",
	.options = complete_options,
	.args_size = sizeof(struct complete_args),
	.props = COMMAND_OFFLINE,
	.run = run_complete,
};
