/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lines without a line editor: from a pipe, a file, or a terminal that edits them itself. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "mem.h"
#include "prompt/parts.h"
#include "prompt/signals.h"

static void take_more(struct session *s)
{
	ssize_t n;

	if (s->room - s->npending < 4096) {
		s->room = s->room * 2 + 8192;
		s->pending = mem_resize(s->pending, s->room, 1);
	}
	n = read(STDIN_FILENO, s->pending + s->npending, s->room - s->npending);
	if (n > 0)
		s->npending += (size_t)n;
	else if (n == 0 || (errno != EINTR && errno != EAGAIN))
		s->at_end = true;
}

/* Wait for input, or for a signal; true: the line is over. */
static bool wait_for_more(struct session *s, enum edit_result *ret_result)
{
	struct pollfd fds[] = {
		{ .fd = STDIN_FILENO, .events = POLLIN },
		{ .fd = s->signals, .events = POLLIN },
	};
	int number;

	if (poll(fds, 2, -1) < 0)
		return false;
	number = fds[1].revents & POLLIN ? signals_take(s->signals) : 0;
	if (number == SIGTSTP)
		signals_stop();
	if (number && session_signal(s, number, ret_result)) {
		puts(""); /* behind what the terminal shows of Ctrl-C */
		s->npending = 0;
		return true;
	}
	if (fds[0].revents)
		take_more(s);
	return false;
}

static void hand_out(struct session *s, size_t length, size_t used, char **ret_line,
		     size_t *ret_length)
{
	struct buffer b = { 0 };

	buffer_add(&b, s->pending, length);
	*ret_line = buffer_take(&b);
	*ret_length = length;
	s->npending -= used;
	memmove(s->pending, s->pending + used, s->npending);
}

enum edit_result plain_read(struct session *s, const char *prompt, char **ret_line,
			    size_t *ret_length)
{
	enum edit_result result;
	size_t looked = 0;

	fputs(prompt, stdout);
	fflush(stdout);
	for (;;) {
		const char *newline = s->npending > looked
			? memchr(s->pending + looked, '\n', s->npending - looked) : NULL;
		size_t length = newline ? (size_t)(newline - s->pending) : s->npending;

		if (newline || (s->at_end && s->npending > 0)) {
			hand_out(s, length, length + !!newline, ret_line, ret_length);
			return EDIT_LINE;
		}
		if (s->at_end)
			return EDIT_END;
		looked = s->npending;
		if (wait_for_more(s, &result))
			return result;
	}
}
