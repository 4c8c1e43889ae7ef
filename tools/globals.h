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
