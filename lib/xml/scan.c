/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xml/scan.h"

#include <string.h>

bool xml_is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool ends_name(char c)
{
	return xml_is_blank(c) || c == '=' || c == '/' || c == '>' || c == '<' || c == '"' ||
	       c == '\'';
}

static const char *skip_blanks(const char *p, const char *end)
{
	while (p < end && xml_is_blank(*p))
		p++;
	return p;
}

static const char *skip_name(const char *p, const char *end)
{
	while (p < end && !ends_name(*p))
		p++;
	return p;
}

static bool starts_with(const char *p, const char *end, const char *prefix)
{
	size_t size = strlen(prefix);

	return (size_t)(end - p) >= size && memcmp(p, prefix, size) == 0;
}

bool span_is(struct span span, const char *text)
{
	return strlen(text) == span.size && memcmp(span.at, text, span.size) == 0;
}

bool span_is_blank(struct span span)
{
	return skip_blanks(span.at, span.at + span.size) == span.at + span.size;
}

char *xml_strip(const char *text)
{
	size_t size;

	while (xml_is_blank(*text))
		text++;
	size = strlen(text);
	while (size > 0 && xml_is_blank(text[size - 1]))
		size--;
	return g_strndup(text, size);
}

/* ---- Attributes ---- */

enum attribute_result { ATTRIBUTE_FOUND, ATTRIBUTE_NONE, ATTRIBUTE_BAD };

/* One attribute at *p, which moves behind it; NONE leaves *p at what follows the last one. */
static enum attribute_result read_attribute(const char **p, const char *end,
					    struct xml_attribute *ret)
{
	const char *start = *p, *name = skip_blanks(start, end), *q, *close;

	if (name == end)
		return ATTRIBUTE_BAD;
	if (*name == '>' || *name == '/') {
		*p = name;
		return ATTRIBUTE_NONE;
	}
	q = skip_name(name, end);
	if (name == start || q == name)
		return ATTRIBUTE_BAD; /* no blank before it, or no name */
	ret->name = (struct span){ name, q - name };
	q = skip_blanks(q, end);
	if (q == end || *q != '=')
		return ATTRIBUTE_BAD;
	q = skip_blanks(q + 1, end);
	if (q == end || (*q != '"' && *q != '\''))
		return ATTRIBUTE_BAD;
	close = memchr(q + 1, *q, end - q - 1);
	if (!close || memchr(q, '<', close - q))
		return ATTRIBUTE_BAD;
	ret->value = (struct span){ q + 1, close - q - 1 };
	ret->whole = (struct span){ start, close + 1 - start };
	*p = close + 1;
	return ATTRIBUTE_FOUND;
}

bool xml_scan_attribute(struct span tag, size_t *pos, struct xml_attribute *ret_attribute)
{
	const char *end = tag.at + tag.size;
	const char *p = *pos ? tag.at + *pos : skip_name(tag.at + 1, end);

	if (read_attribute(&p, end, ret_attribute) != ATTRIBUTE_FOUND)
		return false;
	*pos = p - tag.at;
	return true;
}

bool xml_find_attribute(struct span tag, const char *name, struct xml_attribute *ret_attribute)
{
	struct xml_attribute attribute;

	for (size_t pos = 0; xml_scan_attribute(tag, &pos, &attribute);) {
		if (span_is(attribute.name, name)) {
			*ret_attribute = attribute;
			return true;
		}
	}
	return false;
}

bool xml_declares_namespace(struct span tag, bool *ret_none)
{
	struct xml_attribute attribute;

	if (!xml_find_attribute(tag, "xmlns", &attribute))
		return false;
	*ret_none = attribute.value.size == 0;
	return true;
}

/* ---- Tokens ---- */

static enum token_kind bad(struct xml_scan *scan, const char *problem)
{
	scan->whole.size = 0;
	scan->pos = scan->end;
	scan->problem = problem;
	return TOKEN_BAD;
}

static enum token_kind take(struct xml_scan *scan, const char *after, enum token_kind kind)
{
	scan->whole.size = after - scan->whole.at;
	scan->pos = after;
	return kind;
}

/* From an opening mark to its closing one. */
static enum token_kind take_marked(struct xml_scan *scan, const char *open, const char *close,
				   enum token_kind kind, const char *problem)
{
	const char *p = scan->pos + strlen(open);
	const char *mark = memmem(p, scan->end - p, close, strlen(close));

	return mark ? take(scan, mark + strlen(close), kind) : bad(scan, problem);
}

static enum token_kind take_start_tag(struct xml_scan *scan)
{
	const char *p = skip_name(scan->pos + 1, scan->end);
	struct xml_attribute attribute;
	enum attribute_result result;

	scan->name = (struct span){ scan->pos + 1, p - scan->pos - 1 };
	if (scan->name.size == 0)
		return bad(scan, "'<' without a name");
	while ((result = read_attribute(&p, scan->end, &attribute)) == ATTRIBUTE_FOUND)
		scan->n_attributes++;
	if (result == ATTRIBUTE_BAD)
		return bad(scan, "the tag is not well-formed");
	if (*p == '>')
		return take(scan, p + 1, TOKEN_OPEN);
	if (starts_with(p, scan->end, "/>"))
		return take(scan, p + 2, TOKEN_EMPTY);
	return bad(scan, "the tag is not well-formed");
}

static enum token_kind take_end_tag(struct xml_scan *scan)
{
	const char *name = scan->pos + 2, *p = skip_name(name, scan->end);

	scan->name = (struct span){ name, p - name };
	p = skip_blanks(p, scan->end);
	if (scan->name.size == 0 || p == scan->end || *p != '>')
		return bad(scan, "the end tag is not well-formed");
	return take(scan, p + 1, TOKEN_CLOSE);
}

static enum token_kind take_markup(struct xml_scan *scan)
{
	const char *p = scan->pos, *end = scan->end;

	if (starts_with(p, end, "</"))
		return take_end_tag(scan);
	if (starts_with(p, end, "<?"))
		return take_marked(scan, "<?", "?>", TOKEN_INSTRUCTION,
				   "the processing instruction does not end");
	if (starts_with(p, end, "<!--"))
		return take_marked(scan, "<!--", "-->", TOKEN_COMMENT, "the comment does not end");
	if (starts_with(p, end, "<![CDATA["))
		return take_marked(scan, "<![CDATA[", "]]>", TOKEN_CDATA,
				   "the CDATA section does not end");
	if (starts_with(p, end, "<!DOCTYPE"))
		return bad(scan, "a DOCTYPE is not allowed");
	if (starts_with(p, end, "<!"))
		return bad(scan, "'<!' without a meaning");
	return take_start_tag(scan);
}

void xml_scan_init(struct xml_scan *scan, const char *text, size_t size)
{
	memset(scan, 0, sizeof(*scan));
	scan->pos = text;
	scan->end = text + size;
}

enum token_kind xml_scan_next(struct xml_scan *scan)
{
	const char *mark;

	scan->whole = (struct span){ scan->pos, 0 };
	scan->name = (struct span){ NULL, 0 };
	scan->n_attributes = 0;
	if (scan->kind == TOKEN_BAD)
		return TOKEN_BAD;
	if (scan->pos == scan->end)
		return scan->kind = TOKEN_END;
	if (*scan->pos == '<')
		return scan->kind = take_markup(scan);
	mark = memchr(scan->pos, '<', scan->end - scan->pos);
	return scan->kind = take(scan, mark ? mark : scan->end, TOKEN_TEXT);
}
