/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "prompt/edit-line.h"

#ifdef LINE_EDITOR_SONAME

#include <dlfcn.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef LINE_EDITOR_LIBEDIT
#include <editline/readline.h>
#define MORE_SYMBOLS(X)
#define NEEDS_REDRAW true
#else
#include <readline/readline.h>
#include <readline/history.h>
#define MORE_SYMBOLS(X) X(rl_callback_sigcleanup)
#define NEEDS_REDRAW false
#endif

#include "mem.h"
#include "prompt/signals.h"
#include "prompt/parts.h"
#include "output/text.h"

/* Every function and variable of the editor that is used, once. libedit has the same names. */
#define SYMBOLS(X)                     \
	X(rl_initialize)               \
	X(rl_add_defun)                \
	X(rl_callback_handler_install) \
	X(rl_callback_handler_remove)  \
	X(rl_callback_read_char)       \
	X(rl_deprep_terminal)          \
	X(rl_prep_terminal)            \
	X(rl_resize_terminal)          \
	X(rl_forced_update_display)    \
	X(rl_free_line_state)          \
	X(rl_insert_text)              \
	X(rl_ding)                     \
	X(rl_on_new_line)              \
	X(using_history)               \
	X(stifle_history)              \
	X(add_history)                 \
	X(rl_catch_signals)            \
	X(rl_line_buffer)              \
	X(rl_point)                    \
	X(rl_readline_name)            \
	MORE_SYMBOLS(X)

#define MEMBER(name) __typeof__(name) *name;
#define NAME(name) { #name, offsetof(struct library, name) },

struct library {
	SYMBOLS(MEMBER)
};

static const struct symbol {
	const char *name;
	size_t offset;
} symbols[] = { SYMBOLS(NAME) };

/* The editor calls back without saying for whom. */
static struct {
	struct library lib;
	struct edit_setup setup;
	const char *prompt;
	char *line; /* of on_line() */
	bool is_over, has_ended;
} editor;

static bool load(struct library *lib)
{
	void *handle = dlopen(LINE_EDITOR_SONAME, RTLD_NOW | RTLD_LOCAL);

	for (size_t i = 0; handle && i < sizeof(symbols) / sizeof(*symbols); i++) {
		void *address = dlsym(handle, symbols[i].name);

		if (!address)
			return false; /* it stays loaded: it may not like to be unloaded */
		memcpy((char *)lib + symbols[i].offset, &address, sizeof(address));
	}
	return handle;
}

/* ---- Called by the editor ----------------------------------------------------------------- */

/* The terminal is given back at once: the line may be a command that uses it. */
static void on_line(char *line)
{
	editor.line = line;
	editor.is_over = true;
	editor.has_ended = !line;
	editor.lib.rl_callback_handler_remove();
}

#ifdef LINE_EDITOR_LIBEDIT
/* libedit does not show what is inserted, and draws the line anew where the cursor stands. */
static void go_to_start(void)
{
	size_t used = text_width(editor.prompt);
	auto_free char *before = mem_format("%.*s", *editor.lib.rl_point,
					    *editor.lib.rl_line_buffer);

	for (used += text_width(before); used >= terminal_width(); used -= terminal_width())
		fputs("\033[A", stdout);
	putchar('\r');
}
#else
static void go_to_start(void)
{
}
#endif

static int on_tab(int count, int key)
{
	const struct library *lib = &editor.lib;
	struct edit_answer answer = { NULL, NULL };

	(void)count;
	(void)key;
	editor.setup.complete(editor.setup.data, *lib->rl_line_buffer, (size_t)*lib->rl_point,
			      &answer);
	if (answer.listing)
		printf("\n%s", answer.listing);
	else if (answer.insert)
		go_to_start();
	else
		lib->rl_ding();
	fflush(stdout);
	if (answer.insert)
		lib->rl_insert_text(answer.insert);
	if (answer.listing)
		lib->rl_on_new_line();
	if (answer.listing || NEEDS_REDRAW)
		lib->rl_forced_update_display();
	free(answer.insert);
	free(answer.listing);
	return 0;
}

/* ---- Reading ------------------------------------------------------------------------------ */

static void abandon_line(void)
{
	fputs("^C\n", stdout);
	fflush(stdout);
#ifndef LINE_EDITOR_LIBEDIT
	editor.lib.rl_callback_sigcleanup(); /* a search, or an argument that was begun */
#endif
	editor.lib.rl_free_line_state();
	editor.lib.rl_callback_handler_remove();
}

static void stop(void)
{
	editor.lib.rl_deprep_terminal();
	signals_stop();
	editor.lib.rl_prep_terminal(1);
	editor.lib.rl_on_new_line();
	editor.lib.rl_forced_update_display();
}

/* true: the line is over. */
static bool take_signal(enum edit_result *ret_result)
{
	int number = signals_take(editor.setup.signals);

	if (number == SIGTSTP)
		stop();
	if (number == SIGWINCH)
		editor.lib.rl_resize_terminal();
	if (!editor.setup.on_signal(editor.setup.data, number, ret_result))
		return false;
	abandon_line();
	return true;
}

static enum edit_result wait_for_line(void)
{
	struct pollfd fds[] = {
		{ .fd = editor.setup.signals, .events = POLLIN },
		{ .fd = STDIN_FILENO, .events = POLLIN },
	};
	enum edit_result result = EDIT_END;

	while (!editor.is_over) {
		if (poll(fds, 2, -1) < 0)
			continue;
		if ((fds[0].revents & POLLIN) && take_signal(&result))
			return result;
		if (fds[1].revents & POLLIN)
			editor.lib.rl_callback_read_char();
		if (!editor.is_over && (fds[1].revents & (POLLHUP | POLLERR | POLLNVAL))) {
			editor.lib.rl_callback_handler_remove();
			return EDIT_END;
		}
	}
	return editor.has_ended ? EDIT_END : EDIT_LINE;
}

enum edit_result edit_read(const char *prompt, char **ret_line)
{
	enum edit_result result;

	editor.is_over = false;
	editor.line = NULL;
	editor.prompt = prompt;
	fflush(stdout);
	editor.lib.rl_callback_handler_install(prompt, on_line);
	result = wait_for_line();
	if (result == EDIT_LINE)
		*ret_line = editor.line;
	return result;
}

/* ---- From beginning to end ---------------------------------------------------------------- */

bool edit_open(const struct edit_setup *setup)
{
	const struct library *lib = &editor.lib;

	if (!load(&editor.lib))
		return false;
	editor.setup = *setup;
	*lib->rl_readline_name = setup->program;
	*lib->rl_catch_signals = 0;
	lib->rl_initialize();
	lib->using_history();
	lib->stifle_history(setup->history_limit);
	lib->rl_add_defun("domsh-complete", on_tab, '\t');
	return true;
}

void edit_remember(const char *line)
{
	editor.lib.add_history(line);
}

void edit_close(void)
{
	editor.lib.rl_deprep_terminal();
}

#else

bool edit_open(const struct edit_setup *setup)
{
	(void)setup;
	return false;
}

void edit_remember(const char *line)
{
	(void)line;
}

enum edit_result edit_read(const char *prompt, char **ret_line)
{
	(void)prompt;
	(void)ret_line;
	return EDIT_END;
}

void edit_close(void)
{
}

#endif
