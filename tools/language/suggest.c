/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "language/suggest.h"

#include <string.h>
#include <strings.h>

#include "mem.h"

#define NAME_MAX_LENGTH 40 /* no name of ours is longer; longer words are not mistyped names */

static size_t least(size_t a, size_t b, size_t c)
{
	size_t ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* Edits (insert, delete, replace, swap of neighbours) from a to b. */
static size_t distance(const char *a, const char *b)
{
	size_t rows[3][NAME_MAX_LENGTH + 1], la = strlen(a), lb = strlen(b);
	size_t *before = rows[0], *last = rows[1], *now = rows[2];

	for (size_t j = 0; j <= lb; j++)
		last[j] = j;
	for (size_t i = 1; i <= la; i++) {
		size_t *spare = before;

		now[0] = i;
		for (size_t j = 1; j <= lb; j++) {
			now[j] = least(last[j] + 1, now[j - 1] + 1,
				       last[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    before[j - 2] + 1 < now[j])
				now[j] = before[j - 2] + 1;
		}
		before = last;
		last = now;
		now = spare;
	}
	return last[lb];
}

void suggest_consider(struct suggestions *s, const char *name)
{
	size_t length = strlen(s->wanted), d, i;

	if (length == 0 || length > NAME_MAX_LENGTH || strlen(name) > NAME_MAX_LENGTH)
		return;
	d = (strncmp(name, s->wanted, length) == 0 && length > 2) || strcasecmp(name, s->wanted) == 0
		? 1 : distance(s->wanted, name);
	if (d > 1 + length / 4 || d >= length)
		return;
	for (i = s->count; i > 0 && s->distances[i - 1] > d; i--) {
		if (i < SUGGEST_MAX) {
			s->names[i] = s->names[i - 1];
			s->distances[i] = s->distances[i - 1];
		}
	}
	if (i == SUGGEST_MAX)
		return;
	s->names[i] = name;
	s->distances[i] = d;
	if (s->count < SUGGEST_MAX)
		s->count++;
}

char *suggest_text(const struct suggestions *s, const char *dashes)
{
	struct buffer b = { 0 };
	size_t n = 0;

	while (n < s->count && s->distances[n] <= s->distances[0] + 1)
		n++;
	for (size_t i = 0; i < n; i++) {
		const char *lead = i == 0 ? "; did you mean " : i + 1 < n ? ", " : " or ";

		buffer_printf(&b, "%s'%s%s'", lead, dashes, s->names[i]);
	}
	if (n)
		buffer_puts(&b, "?");
	return buffer_take(&b);
}
