/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * Memory for the shell. Nothing here returns NULL: without memory the program aborts, so callers
 * do not check. What is handed out belongs to the caller, who frees it with free().
 */
#include <stddef.h>
#include <stdlib.h>

void *mem_alloc(size_t size);                            /* zeroed */
void *mem_resize(void *old, size_t count, size_t size);  /* the product is checked */
char *mem_copy(const char *text);                        /* NULL gives NULL */
char *mem_join(const char *const *words, size_t count);  /* with a blank between any two */
char *mem_format(const char *format, ...) __attribute__((format(printf, 1, 2)));
char *mem_vformat(const char *format, __builtin_va_list args)
	__attribute__((format(printf, 1, 0)));

static inline void mem_free_at(void *p)
{
	free(*(void **)p);
}
#define auto_free __attribute__((cleanup(mem_free_at)))

/* Text that grows; `text` is NULL until something was added, then always terminated. */
struct buffer {
	char *text;
	size_t length, room;
};

void buffer_add(struct buffer *b, const char *text, size_t length);
void buffer_puts(struct buffer *b, const char *text);
void buffer_pad(struct buffer *b, size_t blanks);
void buffer_printf(struct buffer *b, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* The text, "" when nothing was added; the buffer is empty afterwards. */
char *buffer_take(struct buffer *b);
