/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* What the files of the prompt know of each other. */
#include <signal.h>
#include <stddef.h>

#include "prompt/edit-line.h"
#include "prompt/history.h"
#include "shell.h"

struct session {
	struct shell *shell;
	struct history history;
	int signals;        /* signalfd, or -1 */
	sigset_t before;    /* the signal mask to go back to */
	bool is_terminal;   /* input and output are: there is a prompt */
	bool has_editor;
	const char *begun;  /* lines before this one that a backslash joins to it; "" if none */
	/* plain reading */
	char *pending;      /* what was read and not used */
	size_t npending, room;
	bool at_end;
};

/* A line as it comes, without its newline; NUL bytes are left in it. */
enum edit_result plain_read(struct session *s, const char *prompt, char **ret_line,
			    size_t *ret_length);
size_t terminal_width(void);
/* What Tab does to a line; data is the session. */
void tab_complete(void *data, const char *before, size_t length, struct edit_answer *ret_answer);
/* One of the signals has come; true: the line is over. data is the session. */
bool session_signal(void *data, int number, enum edit_result *ret_result);
