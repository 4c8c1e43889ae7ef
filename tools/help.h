/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* Help, made from the rows. */
#include "command.h"
#include "shell.h"
#include "table.h"

void help_all(const struct shell *sh);
void help_group(const struct shell *sh, const struct group *group);
void help_command(const struct shell *sh, const struct command *command);
/* "undefine <domain> [--managed-save] …". Free it. */
char *help_synopsis(const struct command *command);
/* What stands for the value of an option: "string", "size", … */
const char *help_placeholder(const struct option *o);
