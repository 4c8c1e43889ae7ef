/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * The one renderer. A command fills a sheet (columns are a table, rows are values) and says how
 * it is shown; with --json every form becomes objects with the columns' keys.
 *
 *   struct sheet s;
 *   sheet_init(&s, columns);                      columns end with a row without key
 *   sheet_add(&s, (struct value[]){ … });         one value per column, copied
 *   render_table(sh, &s);                         or render_lines, render_record; frees it
 *
 * Layouts are virsh's: a table has a header, a rule and rows, each cell one blank and its text,
 * all but the last padded to the column's width + 2. Nothing is cut.
 */
#include <stddef.h>

#include "shell.h"

struct column {
	const char *key;   /* in JSON */
	const char *label; /* header or "Label:"; NULL: only in JSON */
};

enum value_kind {
	VALUE_TEXT,   /* JSON: a string */
	VALUE_NUMBER, /* JSON: an integer */
	VALUE_REAL,   /* JSON: a number with a fraction */
	VALUE_BOOL,
	VALUE_TIME,   /* JSON: epoch seconds and _iso */
	VALUE_NONE,   /* JSON: null */
	VALUE_ABSENT, /* no such line, no such key */
	VALUE_KIND_COUNT
};

struct value {
	enum value_kind kind;
	const char *text; /* what people see */
	long long number;
	double real;
};

static inline struct value value_text(const char *text)
{
	return text ? (struct value){ .kind = VALUE_TEXT, .text = text }
		    : (struct value){ .kind = VALUE_NONE, .text = "" };
}

static inline struct value value_none(const char *text)
{
	return (struct value){ .kind = VALUE_NONE, .text = text };
}

static inline struct value value_number(long long number, const char *text)
{
	return (struct value){ .kind = VALUE_NUMBER, .number = number, .text = text };
}

static inline struct value value_bool(bool b, const char *text)
{
	return (struct value){ .kind = VALUE_BOOL, .number = b, .text = text };
}

struct sheet {
	const struct column *columns;
	size_t ncolumns, nrows;
	struct value *cells; /* nrows × ncolumns; texts are owned */
	size_t room;
};

void sheet_init(struct sheet *s, const struct column *columns);
void sheet_add(struct sheet *s, const struct value *values);
void sheet_free(struct sheet *s);

/* All three take the sheet. Without rows a table still has its header. */
void render_table(const struct shell *sh, struct sheet *take_s);
/* Bare cells, joined by a blank, no header: for scripts. */
void render_lines(const struct shell *sh, struct sheet *take_s);
/* "Label:" padded to `width`, then the value; exactly one row. Those of several domains have an
 * empty line between them. */
void render_record(const struct shell *sh, struct sheet *take_s, int width);
/* The same, label and value as they are, a blank between. */
void render_bare_record(const struct shell *sh, struct sheet *take_s);
/* One value of one object; people see only the value or, of one of several domains and with a
 * name, "NAME: value". */
void render_value(const struct shell *sh, const char *object, const char *name, const char *key,
		  struct value value);
/* A document, as it is: {object: name, key: text} in JSON. */
void render_document(const struct shell *sh, const char *object, const char *name,
		     const char *key, const char *text);

/* "2026-11-20 10:02:11 +0000" in local time. */
void time_text(char buf[40], long long seconds);
