/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Between the bytes of an XML text and the characters they mean. */
#include <string.h>

#include "xml/scan.h"

static const struct entity {
	const char *name;
	char c;
} entities[] = {
	{ "amp", '&' }, { "lt", '<' }, { "gt", '>' }, { "quot", '"' }, { "apos", '\'' },
};

/* A character of XML 1.0, not only of Unicode. */
static bool is_xml_char(guint64 c)
{
	return c == 0x9 || c == 0xa || c == 0xd || (c >= 0x20 && c <= 0xd7ff) ||
	       (c >= 0xe000 && c <= 0xfffd) || (c >= 0x10000 && c <= 0x10ffff);
}

/* name is what stands between '&' and ';'. */
static bool append_reference(GString *out, const char *name)
{
	guint64 c;

	for (size_t i = 0; i < G_N_ELEMENTS(entities); i++) {
		if (strcmp(name, entities[i].name) == 0) {
			g_string_append_c(out, entities[i].c);
			return true;
		}
	}
	if (name[0] != '#')
		return false;
	if (name[1] == 'x' ? !g_ascii_string_to_unsigned(name + 2, 16, 0, 0x10ffff, &c, NULL)
			   : !g_ascii_string_to_unsigned(name + 1, 10, 0, 0x10ffff, &c, NULL))
		return false;
	if (!is_xml_char(c))
		return false;
	g_string_append_unichar(out, c);
	return true;
}

/* At '&'. Returns what follows the ';', NULL when it is not a reference. Names are short: a long
 * run without ';' is not searched to its end, or a text of ampersands would cost quadratic time. */
static const char *decode_reference(GString *out, const char *p, const char *end)
{
	const char *mark = memchr(p, ';', MIN(end - p, 16));
	g_autofree char *name = NULL;

	if (!mark)
		return NULL;
	name = g_strndup(p + 1, mark - p - 1);
	return append_reference(out, name) ? mark + 1 : NULL;
}

static bool append_decoded(GString *out, struct span raw, bool is_attribute)
{
	const char *p = raw.at, *end = raw.at + raw.size;

	while (p < end) {
		if (*p == '&') {
			p = decode_reference(out, p, end);
			if (!p)
				return false;
			continue;
		}
		if (*p == '\r')
			p += p + 1 < end && p[1] == '\n'; /* one line end */
		if (is_attribute && xml_is_blank(*p))
			g_string_append_c(out, ' ');
		else
			g_string_append_c(out, *p == '\r' ? '\n' : *p);
		p++;
	}
	return true;
}

char *xml_decode(struct span raw, bool is_attribute)
{
	GString *out = g_string_sized_new(raw.size);

	if (append_decoded(out, raw, is_attribute))
		return g_string_free(out, FALSE);
	g_string_free(out, TRUE);
	return NULL;
}

static void append_cdata(GString *out, struct span whole)
{
	const char *p = whole.at + strlen("<![CDATA[");
	const char *end = whole.at + whole.size - strlen("]]>");

	for (; p < end; p++) {
		if (*p == '\r')
			p += p + 1 < end && p[1] == '\n';
		g_string_append_c(out, *p == '\r' ? '\n' : *p);
	}
}

bool xml_decode_run(struct span run, GString *out)
{
	struct xml_scan scan;

	xml_scan_init(&scan, run.at, run.size);
	for (;;) {
		switch (xml_scan_next(&scan)) {
		case TOKEN_END:
			return true;
		case TOKEN_TEXT:
			if (!append_decoded(out, scan.whole, false))
				return false;
			break;
		case TOKEN_CDATA:
			append_cdata(out, scan.whole);
			break;
		case TOKEN_COMMENT:
		case TOKEN_INSTRUCTION:
			break;
		default:
			return false;
		}
	}
}

static const char *encoded(char c, bool is_attribute)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '\r':
		return "&#13;"; /* a reader would make it \n */
	case '\'':
		return is_attribute ? "&apos;" : NULL;
	case '"':
		return is_attribute ? "&quot;" : NULL;
	case '\n':
		return is_attribute ? "&#10;" : NULL;
	case '\t':
		return is_attribute ? "&#9;" : NULL;
	default:
		return NULL;
	}
}

char *xml_encode(const char *text, bool is_attribute)
{
	GString *out = g_string_sized_new(strlen(text) + 16);

	for (const char *p = text; *p; p++) {
		const char *reference = encoded(*p, is_attribute);

		if (reference)
			g_string_append(out, reference);
		else
			g_string_append_c(out, *p);
	}
	return g_string_free(out, FALSE);
}
