/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Completion in a line of the shell's own language: its quotes are respected and made. */
#include <stdlib.h>
#include <string.h>

#include "complete/complete.h"
#include "mem.h"

bool complete_line(const struct shell *sh, const char *line, size_t length,
		   struct line_candidates *ret_line)
{
	struct line_candidates l = { .quote = 0 };
	const struct statement *last;

	if (!grammar_parse_cursor(line, length, &l.script, &l.quote))
		return false;
	last = &l.script.statements[l.script.nstatements - 1];
	complete_statement(sh, l.script.words + last->first, last->count - 1, &l.found);
	*ret_line = l;
	return true;
}

void line_candidates_free(struct line_candidates *l)
{
	candidates_free(&l->found);
	script_free(&l->script);
}

/* A byte as it is written within the open quote, or outside of any. */
static void add_quoted(struct buffer *b, char c, char quote, bool is_first)
{
	const char *special = quote == '"' ? "\"\\" : quote ? "" : " \t;'\"\\";

	if (quote == '\'' && c == '\'')
		buffer_puts(b, "'\\'");
	if (strchr(special, c) || (c == '#' && !quote && is_first))
		buffer_puts(b, "\\");
	buffer_add(b, &c, 1);
}

/* Paths and "…=" go on. */
static bool goes_on(const char *item)
{
	size_t length = strlen(item);

	return length > 0 && strchr("/=", item[length - 1]);
}

char *line_candidates_rest(const struct line_candidates *l, size_t i, size_t length,
			   bool is_whole)
{
	const char *item = l->found.items[i];
	size_t typed = strlen(l->found.typed);
	struct buffer b = { 0 };

	for (size_t at = typed; at < length; at++)
		add_quoted(&b, item[at], l->quote, at == 0);
	if (is_whole && !goes_on(item)) {
		if (l->quote)
			buffer_add(&b, &l->quote, 1);
		buffer_puts(&b, " ");
	}
	return buffer_take(&b);
}
