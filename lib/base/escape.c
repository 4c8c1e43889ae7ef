/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/escape.h"

#include <string.h>

#include "base/error.h"

static bool needs_escape(const char *name, const char *p)
{
	return *p == '%' || *p == '~' || (*p == '.' && p == name);
}

/* Nearly every name is spelled as it is, and lists have thousands of them. */
static bool is_plain(const char *name)
{
	return *name != '.' && !strpbrk(name, "%~");
}

char *name_escape(const char *name)
{
	GString *out;

	if (is_plain(name))
		return g_strdup(name);
	out = g_string_sized_new(strlen(name) + 8);
	for (const char *p = name; *p; p++) {
		if (needs_escape(name, p))
			g_string_append_printf(out, "%%%02X", (unsigned char)*p);
		else
			g_string_append_c(out, *p);
	}
	return g_string_free(out, FALSE);
}

static char *decode(const char *text)
{
	GString *out = g_string_sized_new(strlen(text));

	for (const char *p = text; *p; p++) {
		if (p[0] == '%' && g_ascii_isxdigit(p[1]) && g_ascii_isxdigit(p[2])) {
			g_string_append_c(out, g_ascii_xdigit_value(p[1]) * 16 +
						       g_ascii_xdigit_value(p[2]));
			p += 2;
		} else {
			g_string_append_c(out, *p);
		}
	}
	return g_string_free(out, FALSE);
}

/* One name has one spelling: whatever does not come back the same is not ours. */
char *name_unescape(const char *file_name)
{
	g_autofree char *name = NULL, *again = NULL;

	if (*file_name && is_plain(file_name))
		return g_strdup(file_name);
	name = decode(file_name);
	again = name_escape(name);
	if (*name == '\0' || strcmp(again, file_name) != 0)
		return NULL;
	return g_steal_pointer(&name);
}

/* What a terminal acts upon instead of showing it, or does not show at all: C0, DEL and C1
 * controls, bidi and zero-width characters, line separators. NULL when c is none of them. */
static const char *hidden_kind(gunichar c)
{
	switch (g_unichar_type(c)) {
	case G_UNICODE_CONTROL:
		return "a control character";
	case G_UNICODE_FORMAT:
		return "an invisible or direction-changing character";
	case G_UNICODE_LINE_SEPARATOR:
	case G_UNICODE_PARAGRAPH_SEPARATOR:
		return "a line separator";
	default:
		return NULL;
	}
}

/* The problem with a character of the name, or NULL. *ret_char is the character. */
static const char *find_bad_char(const char *name, gunichar *ret_char)
{
	for (const char *p = name; *p; p = g_utf8_next_char(p)) {
		const char *kind = hidden_kind(g_utf8_get_char(p));

		if (kind) {
			*ret_char = g_utf8_get_char(p);
			return kind;
		}
	}
	return NULL;
}

static bool is_blank(const char *name)
{
	while (g_ascii_isspace(*name))
		name++;
	return *name == '\0';
}

bool name_check(const char *kind, const char *name, virErrorNumber code, GError **err)
{
	g_autofree char *escaped = NULL;
	const char *problem;
	gunichar bad = 0;

	if (*name == '\0')
		return fail(err, code, "the %s's name is empty", kind);
	if (!g_utf8_validate(name, -1, NULL))
		return fail(err, code, "the %s's name is not valid UTF-8", kind);
	problem = find_bad_char(name, &bad);
	if (problem)
		return fail(err, code, "the %s's name contains %s (U+%04X)", kind, problem, bad);
	if (is_blank(name))
		return fail(err, code, "the %s's name consists of blanks only", kind);
	if (strchr(name, '/'))
		return fail(err, code, "%s name '%s' cannot contain '/'", kind, name);
	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return fail(err, code, "%s name '%s' is not allowed", kind, name);
	escaped = name_escape(name);
	if (strlen(escaped) > ESCAPED_MAX)
		return fail(err, code,
			    "the %s's name is too long: %zu bytes as a file name, at most %d fit",
			    kind, strlen(escaped), ESCAPED_MAX);
	return true;
}
