/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * The line editor of the prompt: readline or libedit, as configure chose. It is loaded when
 * edit_open() is called and not before, because loading it costs as much as a whole command.
 *
 *   edit_open()       once; false: there is none, and lines are read plainly
 *   edit_remember()   for each line of the history, as it is loaded and as it grows
 *   edit_read()       for each line
 *   edit_close()
 *
 * There is one terminal, so there is one editor; it keeps its state to itself.
 */
#include <stdbool.h>
#include <stddef.h>

enum edit_result {
	EDIT_LINE,
	EDIT_END,       /* of the input, or the terminal went away */
	EDIT_CANCELLED, /* Ctrl-C */
};

/* What Tab does; both may be NULL, and are freed by the editor. */
struct edit_answer {
	char *insert;  /* at the cursor */
	char *listing; /* lines to show above a fresh prompt */
};

struct edit_setup {
	const char *program;  /* $if of inputrc */
	int history_limit;
	int signals;          /* signalfd: the only way by which signals come */
	void *data;
	void (*complete)(void *data, const char *before, size_t length,
			 struct edit_answer *ret_answer);
	/* Takes one signal from `signals`; true: the line is over, as ret_result says. */
	bool (*on_signal)(void *data, int number, enum edit_result *ret_result);
};

bool edit_open(const struct edit_setup *setup);
void edit_remember(const char *line);
/* On EDIT_LINE *ret_line is to be freed. */
enum edit_result edit_read(const char *prompt, char **ret_line);
void edit_close(void);
