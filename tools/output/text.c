/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "output/text.h"

#include <locale.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

#include "mem.h"

/* The bytes of the character at text (1 to 4) and its code point; 0 bytes when it is not UTF-8. */
static size_t decode(const char *text, uint32_t *ret_code)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *s = (const unsigned char *)text;
	size_t n = s[0] < 0x80 ? 1 : (s[0] & 0xe0) == 0xc0 ? 2 : (s[0] & 0xf0) == 0xe0 ? 3
		 : (s[0] & 0xf8) == 0xf0 ? 4 : 0;
	uint32_t code = n == 1 ? s[0] : s[0] & (0x7fu >> n);

	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		code = code << 6 | (s[i] & 0x3f);
	}
	if (n == 0 || code < least[n] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
		return 0;
	*ret_code = code;
	return n;
}

static size_t code_width(uint32_t code)
{
	int width = wcwidth((wchar_t)code);

	return width < 0 ? 1 : (size_t)width;
}

static bool is_ascii(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text >= 0x80)
			return false;
	return true;
}

static size_t sum_width(const char *text)
{
	size_t width = 0;

	while (*text) {
		uint32_t code = '?';
		size_t n = decode(text, &code);

		width += code_width(code);
		text += n ? n : 1;
	}
	return width;
}

size_t text_width(const char *text)
{
	if (is_ascii(text))
		return strlen(text);
	/* always the same table, whatever LANG says; loaded only here, for its cost */
	locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", NULL);
	locale_t before = utf8 ? uselocale(utf8) : NULL;
	size_t width = sum_width(text);

	if (utf8) {
		uselocale(before);
		freelocale(utf8);
	}
	return width;
}

static bool is_bidi_control(uint32_t code)
{
	return code == 0x061c || code == 0x200e || code == 0x200f ||
	       (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069);
}

static bool is_control(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0);
}

char *text_escape(const char *text, const char *keep)
{
	struct buffer b = { 0 };

	while (*text) {
		uint32_t code = 0;
		size_t n = decode(text, &code);
		bool kept = n == 1 && strchr(keep, *text);
		bool shown = kept || (n && !is_control(code) && !is_bidi_control(code));
		size_t taken = n ? n : 1;

		for (size_t i = 0; !shown && i < taken; i++)
			buffer_printf(&b, "\\x%02X", (unsigned char)text[i]);
		if (shown)
			buffer_add(&b, text, taken);
		text += taken;
	}
	return buffer_take(&b);
}

char *text_repair(const char *text)
{
	struct buffer b = { 0 };

	while (*text) {
		uint32_t code;
		size_t n = decode(text, &code);

		if (n)
			buffer_add(&b, text, n);
		else
			buffer_puts(&b, "\xef\xbf\xbd");
		text += n ? n : 1;
	}
	return buffer_take(&b);
}

char *text_xml(const char *text)
{
	static const char *const entities[128] = {
		['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['\''] = "&apos;",
		['"'] = "&quot;",
	};
	struct buffer b = { 0 };

	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c < 128 && entities[c])
			buffer_puts(&b, entities[c]);
		else
			buffer_add(&b, text, 1);
	}
	return buffer_take(&b);
}

char *text_quote(const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_-./:,+@%=";
	struct buffer b = { 0 };

	if (*text && text[strspn(text, plain)] == '\0')
		return mem_copy(text);
	buffer_puts(&b, "'");
	for (; *text; text++) {
		if (*text == '\'')
			buffer_puts(&b, "'\\''");
		else
			buffer_add(&b, text, 1);
	}
	buffer_puts(&b, "'");
	return buffer_take(&b);
}

void text_size(char buf[32], long long bytes)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	double size = (double)bytes;
	size_t unit = 0;

	for (; size >= 1024 && unit < 6; unit++)
		size /= 1024;
	if (bytes < 0)
		snprintf(buf, 32, "-");
	else if (unit > 0 && size < 10)
		snprintf(buf, 32, "%.1f %s", size, units[unit]);
	else
		snprintf(buf, 32, "%.0f %s", size, units[unit]);
}
