/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands/peek.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "language/numbers.h"

#define DEPTH 4 /* no fact is deeper */

struct scan {
	const char *at;
	const char *names[DEPTH]; /* open elements: pointers into the XML */
	int depth;
	struct snapshot_facts *facts;
};

static bool name_is(const char *at, const char *name)
{
	size_t length = strlen(name);

	return strncmp(at, name, length) == 0 && strchr(" \t\r\n/>", at[length]);
}

/* Is the element that was just opened at this path below the root? NULL: any. */
static bool path_is(const struct scan *s, const char *first, const char *second)
{
	if (s->depth != (second ? 3 : 2) || !name_is(s->names[1], first))
		return false;
	return !second || name_is(s->names[2], second);
}

static void take_entity(struct buffer *b, const char **at, const char *end)
{
	static const struct {
		const char *entity, *text;
	} entities[] = {
		{ "&amp;", "&" }, { "&lt;", "<" }, { "&gt;", ">" },
		{ "&quot;", "\"" }, { "&apos;", "'" },
	};

	for (size_t i = 0; i < sizeof(entities) / sizeof(*entities); i++) {
		size_t length = strlen(entities[i].entity);

		if ((size_t)(end - *at) >= length &&
		    memcmp(*at, entities[i].entity, length) == 0) {
			buffer_puts(b, entities[i].text);
			*at += length;
			return;
		}
	}
	buffer_add(b, (*at)++, 1);
}

/* The text up to the next tag. */
static char *take_text(const char *at)
{
	const char *end = at + strcspn(at, "<");
	struct buffer b = { 0 };

	while (at < end) {
		if (*at == '&')
			take_entity(&b, &at, end);
		else
			buffer_add(&b, at++, 1);
	}
	return buffer_take(&b);
}

/* After the quotes that a tag has: its '>'. */
static const char *tag_end(const char *at)
{
	char quote = 0;

	for (; *at && (quote || *at != '>'); at++) {
		if (quote)
			quote = *at == quote ? 0 : quote;
		else if (*at == '"' || *at == '\'')
			quote = *at;
	}
	return at;
}

static bool is_external(const char *tag, const char *end)
{
	static const char *const spellings[] = { "snapshot='external'", "snapshot=\"external\"" };

	for (size_t i = 0; i < 2; i++) {
		const char *found = strstr(tag, spellings[i]);

		if (found && found < end)
			return true;
	}
	return false;
}

static void replace(char **text, char *take_new)
{
	free(*text);
	*text = take_new;
}

static void take_fact(struct scan *s, const char *tag, const char *end)
{
	struct snapshot_facts *f = s->facts;

	if (path_is(s, "state", NULL))
		replace(&f->state, take_text(end + 1));
	else if (path_is(s, "parent", "name"))
		replace(&f->parent, take_text(end + 1));
	else if (path_is(s, "memory", NULL) || path_is(s, "disks", "disk"))
		f->external |= is_external(tag, end);
	else if (path_is(s, "creationTime", NULL)) {
		auto_free char *text = take_text(end + 1);

		number_parse(text, 0, LLONG_MAX, &f->created);
	}
}

/* Behind "</name>" of an element that is not looked into. */
static const char *skip_element(const char *at, const char *close)
{
	const char *end = strstr(at, close);

	return end ? end + strlen(close) : at + strlen(at);
}

static void open_tag(struct scan *s)
{
	const char *tag = s->at + 1, *end = tag_end(tag);

	if (s->depth < DEPTH)
		s->names[s->depth] = tag;
	s->depth++;
	s->at = *end ? end + 1 : end;
	if (*end && s->depth <= 3)
		take_fact(s, tag, end);
	if (path_is(s, "domain", NULL) || path_is(s, "inactiveDomain", NULL)) {
		s->at = skip_element(s->at, name_is(tag, "domain") ? "</domain>"
								   : "</inactiveDomain>");
		s->depth--;
	} else if (*end && end[-1] == '/') {
		s->depth--;
	}
}

/* On entry at '<'. */
static void take_tag(struct scan *s)
{
	if (strncmp(s->at, "<!--", 4) == 0)
		s->at = skip_element(s->at, "-->");
	else if (strncmp(s->at, "<![CDATA[", 9) == 0)
		s->at = skip_element(s->at, "]]>");
	else if (s->at[1] == '?' || s->at[1] == '!')
		s->at = skip_element(s->at, ">");
	else if (s->at[1] == '/') {
		s->at = skip_element(s->at, ">");
		s->depth--;
	} else {
		open_tag(s);
	}
}

void peek_snapshot(const char *xml, struct snapshot_facts *ret_facts)
{
	struct scan s = { .at = xml, .facts = ret_facts };

	*ret_facts = (struct snapshot_facts){ 0 };
	while ((s.at = strchr(s.at, '<')) && s.depth >= 0)
		take_tag(&s);
}

void snapshot_facts_free(struct snapshot_facts *f)
{
	free(f->state);
	free(f->parent);
	*f = (struct snapshot_facts){ 0 };
}
