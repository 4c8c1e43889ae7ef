/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * What a row of the command table must be, so that parsing, help, completion and the manual can
 * rely on it. The hidden command self-test looks at all rows.
 */
#include "command.h"

/* What is wrong with it, a line for each fault, to be freed; NULL: nothing. The row must be in the
 * table, for its words are bound as a user's would be. */
char *rows_faults(const struct command *command);
