/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* From text to commands that run. The whole text is parsed before its first command runs. */
#include "shell.h"

/* Both return the status of the last command that ran: 0 or 1; 1 when the text is refused. */
int run_string(struct shell *sh, const char *text, size_t length);
int run_argv(struct shell *sh, char *const *argv, size_t argc);
/* What was printed has to arrive, else the command has not succeeded: false, and told. */
bool run_finish_output(struct shell *sh);
