/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void *checked(void *p)
{
	if (!p) {
		fputs("error: out of memory\n", stderr);
		abort();
	}
	return p;
}

void *mem_alloc(size_t size)
{
	return checked(calloc(1, size ? size : 1));
}

void *mem_resize(void *old, size_t count, size_t size)
{
	size_t total;

	if (__builtin_mul_overflow(count, size, &total))
		return checked(NULL);
	return checked(realloc(old, total ? total : 1));
}

char *mem_copy(const char *text)
{
	return text ? checked(strdup(text)) : NULL;
}

char *mem_vformat(const char *format, va_list args)
{
	char *text;

	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	return checked(text);
}

char *mem_format(const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = mem_vformat(format, args);
	va_end(args);
	return text;
}

/* Room for so many bytes more; where they go. */
static char *grow(struct buffer *b, size_t length)
{
	char *place;

	if (b->length + length + 1 > b->room) {
		b->room = (b->length + length + 1) * 2;
		b->text = mem_resize(b->text, b->room, 1);
	}
	place = b->text + b->length;
	b->length += length;
	b->text[b->length] = '\0';
	return place;
}

void buffer_add(struct buffer *b, const char *text, size_t length)
{
	memcpy(grow(b, length), text, length);
}

void buffer_pad(struct buffer *b, size_t blanks)
{
	memset(grow(b, blanks), ' ', blanks);
}

void buffer_puts(struct buffer *b, const char *text)
{
	buffer_add(b, text, strlen(text));
}

void buffer_printf(struct buffer *b, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	auto_free char *text = mem_vformat(format, args);
	va_end(args);
	buffer_puts(b, text);
}

char *buffer_take(struct buffer *b)
{
	char *text = b->text ? b->text : mem_copy("");

	*b = (struct buffer){ 0 };
	return text;
}

char *mem_join(const char *const *words, size_t count)
{
	struct buffer b = { 0 };

	for (size_t i = 0; i < count; i++) {
		buffer_puts(&b, i ? " " : "");
		buffer_puts(&b, words[i]);
	}
	return buffer_take(&b);
}
