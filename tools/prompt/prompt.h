/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * A session: commands from standard input. At a terminal with a prompt, a line editor if there is
 * one, history and Tab; from a pipe or a file line by line. Each line stands alone; a backslash
 * at its end joins the next one to it.
 */
#include "shell.h"

/* Until the end of the input, or until quit. Returns the program's status: 0, with --strict that
 * of the last command. */
int prompt_run(struct shell *sh);

/* Call work(sh, data) for a command. At a prompt, and when it may take long, it runs in a thread.
 * Ctrl-C sets sh->interrupted for those that only wait; a job (job.h) is aborted; what can be
 * neither goes on to its end, which is told. Where there is no prompt sh->deadly is set then, and
 * sh->leaving, unless the command heeds Ctrl-C. props: of its row. */
bool prompt_call(struct shell *sh, bool (*work)(struct shell *sh, void *data), void *data,
		 unsigned props);
