/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Tab at the prompt: what is inserted, and what is listed when there are several. */
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "complete/complete.h"
#include "mem.h"
#include "prompt/parts.h"
#include "output/text.h"

#define LISTED_MAX 200 /* more help nobody */

/* How many bytes all candidates begin with; no character is cut in two. */
static size_t common_length(const struct candidates *c)
{
	const char *first = c->items[0], *last = c->items[c->count - 1];
	size_t n = 0;

	while (first[n] && first[n] == last[n]) /* they are sorted */
		n++;
	while (n > 0 && ((unsigned char)first[n] & 0xc0) == 0x80)
		n--;
	return n;
}

size_t terminal_width(void)
{
	struct winsize size;

	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 80;
}

/* Of a path only what follows the last '/' that was typed. */
static const char *shown(const struct candidates *c, size_t i)
{
	const char *slash = strrchr(c->typed, '/');

	return c->items[i] + (slash ? slash + 1 - c->typed : 0);
}

static void add_cell(struct buffer *b, const char *text, size_t width)
{
	buffer_puts(b, text);
	for (size_t used = text_width(text); used < width; used++)
		buffer_puts(b, " ");
}

/* In columns, read downwards. */
static char *listing(const struct candidates *c)
{
	size_t count = c->count < LISTED_MAX ? c->count : LISTED_MAX, width = 0, columns, rows;
	struct buffer b = { 0 };

	for (size_t i = 0; i < count; i++)
		if (text_width(shown(c, i)) > width)
			width = text_width(shown(c, i));
	columns = terminal_width() / (width + 2);
	rows = columns ? (count + columns - 1) / columns : count;
	for (size_t row = 0; row < rows; row++) {
		for (size_t i = row; i < count; i += rows)
			add_cell(&b, shown(c, i), i + rows < count ? width + 2 : 0);
		buffer_puts(&b, "\n");
	}
	if (count < c->count)
		buffer_printf(&b, "… and %zu more: type some letters\n", c->count - count);
	return buffer_take(&b);
}

static void answer(const struct line_candidates *l, struct edit_answer *ret_answer)
{
	const struct candidates *c = &l->found;
	size_t common;

	if (c->count == 0)
		return;
	common = common_length(c);
	if (c->count == 1 || common > strlen(c->typed))
		ret_answer->insert = line_candidates_rest(l, 0, common, c->count == 1);
	else
		ret_answer->listing = listing(c);
}

void tab_complete(void *data, const char *before, size_t length, struct edit_answer *ret_answer)
{
	struct session *s = data;
	struct line_candidates l;
	struct buffer b = { 0 };

	buffer_puts(&b, s->begun);
	buffer_add(&b, before, length);
	length = b.length;
	auto_free char *line = buffer_take(&b);
	if (!complete_line(s->shell, line, length, &l))
		return;
	answer(&l, ret_answer);
	line_candidates_free(&l);
}
