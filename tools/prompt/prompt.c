/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "prompt/prompt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "mem.h"
#include "output/output.h"
#include "prompt/parts.h"
#include "prompt/signals.h"
#include "run.h"

static void welcome(const struct shell *sh)
{
	if (!isatty(STDIN_FILENO) || sh->settings.quiet || sh->settings.json)
		return;
	printf("This is %s: commands for guests, one per line.\n\n"
	       "Type 'help' for the list of commands, 'quit' to leave.\n\n",
	       sh->settings.program);
}

bool session_signal(void *data, int number, enum edit_result *ret_result)
{
	struct session *s = data;

	if (!signals_note(s->shell, number))
		return false;
	*ret_result = s->shell->deadly ? EDIT_END : EDIT_CANCELLED;
	return true;
}

/* ---- Lines -------------------------------------------------------------------------------- */

static enum edit_result read_line(struct session *s, const char *prompt, char **ret_line,
				  size_t *ret_length)
{
	enum edit_result result;

	if (!s->has_editor)
		return plain_read(s, prompt, ret_line, ret_length);
	result = edit_read(prompt, ret_line);
	if (result == EDIT_LINE)
		*ret_length = strlen(*ret_line);
	return result;
}

/* An odd number of backslashes at the end: the next line belongs to it. */
static bool is_joined(const char *line, size_t length)
{
	size_t n = 0;

	while (n < length && line[length - 1 - n] == '\\')
		n++;
	return n % 2 == 1;
}

static char *prompt_of(const struct session *s)
{
	const struct settings *set = &s->shell->settings;

	if (!s->is_terminal)
		return mem_copy("");
	if (*s->begun)
		return mem_format("%*s> ", (int)strlen(set->program), "");
	return mem_format("%s %c ", set->program, set->readonly ? '>' : '#');
}

/* A line and those that are joined to it; `remembered` has it in one. */
static enum edit_result read_lines(struct session *s, struct buffer *text,
				   struct buffer *remembered)
{
	bool goes_on = true;

	while (goes_on) {
		auto_free char *line = NULL;
		size_t length = 0;

		s->begun = text->text ? text->text : "";
		auto_free char *prompt = prompt_of(s);
		enum edit_result result = read_line(s, prompt, &line, &length);

		if (result == EDIT_END && text->length > 0 && !s->shell->deadly) {
			text->text[--text->length] = '\0'; /* no line follows the backslash */
			return EDIT_LINE;
		}
		if (result != EDIT_LINE)
			return result;
		goes_on = is_joined(line, length);
		buffer_add(text, line, length);
		buffer_add(remembered, line, length - goes_on);
		if (goes_on)
			buffer_puts(text, "\n");
	}
	return EDIT_LINE;
}

static void remember(struct session *s, const char *line)
{
	if (s->is_terminal && history_add(s->shell, &s->history, line) && s->has_editor)
		edit_remember(line);
}

/* ---- Sessions ----------------------------------------------------------------------------- */

static bool term_is_dumb(void)
{
	const char *term = getenv("TERM");

	return !term || !*term || strcmp(term, "dumb") == 0;
}

static void forget(const char *line)
{
	(void)line;
}

static void open_terminal(struct session *s)
{
	struct edit_setup setup = {
		.program = s->shell->settings.program, .data = s,
		.complete = tab_complete, .on_signal = session_signal,
	};

	s->signals = signals_catch(&s->before);
	history_open(s->shell, &s->history);
	setup.signals = s->signals;
	setup.history_limit = (int)s->history.limit;
	s->has_editor = s->signals >= 0 && !term_is_dumb() && edit_open(&setup);
	history_load(&s->history, s->has_editor ? edit_remember : forget);
}

static void close_session(struct session *s)
{
	if (s->has_editor)
		edit_close();
	if (s->is_terminal)
		signals_release(s->signals, &s->before);
	history_close(&s->history);
	free(s->pending);
	s->shell->session = NULL;
}

/* The status of what was read, or of what ran before when there is nothing to run. */
static int run_lines(struct session *s, int status)
{
	struct buffer text = { 0 }, line = { 0 };
	enum edit_result result = read_lines(s, &text, &line);
	size_t length = text.length;
	auto_free char *all = buffer_take(&text), *one = buffer_take(&line);

	if (result == EDIT_END) {
		s->shell->leaving = true;
		if (isatty(STDIN_FILENO))
			print_raw("\n");
	}
	if (result != EDIT_LINE)
		return status;
	remember(s, one);
	return run_string(s->shell, all, length);
}

int prompt_run(struct shell *sh)
{
	struct session s = { .shell = sh, .signals = -1, .begun = "" };
	int status = 0;

	sh->interactive = true;
	s.is_terminal = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
	welcome(sh);
	if (s.is_terminal) {
		open_terminal(&s);
		sh->session = &s;
	}
	while (!sh->leaving && !(status && sh->settings.strict))
		status = run_lines(&s, status);
	close_session(&s);
	if (sh->failed_output)
		return 1;
	return sh->settings.strict ? status : 0;
}
