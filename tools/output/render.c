/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "output/render.h"

#include <string.h>
#include <time.h>

#include "output/json.h"
#include "mem.h"
#include "output/output.h"
#include "output/text.h"

void sheet_init(struct sheet *s, const struct column *columns)
{
	*s = (struct sheet){ .columns = columns };
	while (columns[s->ncolumns].key)
		s->ncolumns++;
}

void sheet_add(struct sheet *s, const struct value *values)
{
	if (s->nrows == s->room) {
		s->room = s->room * 2 + 4;
		s->cells = mem_resize(s->cells, s->room * s->ncolumns, sizeof(*s->cells));
	}
	for (size_t c = 0; c < s->ncolumns; c++) {
		struct value *cell = &s->cells[s->nrows * s->ncolumns + c];

		*cell = values[c];
		cell->text = mem_copy(values[c].text);
	}
	s->nrows++;
}

void sheet_free(struct sheet *s)
{
	for (size_t i = 0; i < s->nrows * s->ncolumns; i++)
		free((char *)s->cells[i].text);
	free(s->cells);
	*s = (struct sheet){ 0 };
}

static struct value *cell_at(const struct sheet *s, size_t row, size_t column)
{
	return &s->cells[row * s->ncolumns + column];
}

/* ---- JSON --------------------------------------------------------------------------------- */

static void json_put_value(struct json_object *o, const char *key, const struct value *v)
{
	switch (v->kind) {
	case VALUE_TEXT:
		json_put_text(o, key, v->text);
		break;
	case VALUE_NUMBER:
		json_put_number(o, key, v->number, true);
		break;
	case VALUE_REAL:
		json_object_object_add(o, key, json_object_new_double(v->real));
		break;
	case VALUE_BOOL:
		json_put_bool(o, key, v->number);
		break;
	case VALUE_TIME:
		json_put_time(o, key, v->number);
		break;
	case VALUE_NONE:
		json_put_text(o, key, NULL);
		break;
	case VALUE_ABSENT:
	case VALUE_KIND_COUNT:
		break;
	}
}

static struct json_object *json_row(const struct sheet *s, size_t row)
{
	struct json_object *o = json_object_new_object();

	for (size_t c = 0; c < s->ncolumns; c++)
		json_put_value(o, s->columns[c].key, cell_at(s, row, c));
	return o;
}

/* true: it was printed, and the sheet is gone. */
static bool print_json_list(const struct shell *sh, struct sheet *s)
{
	struct json_object *list;

	if (!sh->settings.json)
		return false;
	list = json_object_new_array();
	for (size_t row = 0; row < s->nrows; row++)
		json_object_array_add(list, json_row(s, row));
	json_print(list, stdout);
	sheet_free(s);
	return true;
}

/* ---- Text --------------------------------------------------------------------------------- */

/* Texts as they will be seen, so that widths are of what is printed. */
static void make_safe(const struct shell *sh, struct sheet *s)
{
	for (size_t i = 0; sh->terminal && i < s->nrows * s->ncolumns; i++) {
		char *text = (char *)s->cells[i].text;

		s->cells[i].text = text_escape(text ? text : "", "");
		free(text);
	}
}

static void add_cell(struct buffer *line, const char *text, size_t width, bool last)
{
	size_t used = last ? 0 : text_width(text);

	buffer_puts(line, " ");
	buffer_puts(line, text);
	if (!last && used < width + 2)
		buffer_pad(line, width + 2 - used);
}

static size_t last_shown(const struct sheet *s)
{
	size_t last = 0;

	for (size_t c = 0; c < s->ncolumns; c++)
		if (s->columns[c].label)
			last = c;
	return last;
}

/* Of the rows and, unless it is left out, the header. */
static size_t column_width(const struct sheet *s, size_t column, bool header)
{
	size_t width = header ? text_width(s->columns[column].label) : 0;

	for (size_t row = 0; row < s->nrows; row++) {
		const char *text = cell_at(s, row, column)->text;
		size_t w = text ? text_width(text) : 0;

		width = w > width ? w : width;
	}
	return width;
}

static void print_rule(const size_t *widths, const struct sheet *s)
{
	size_t dashes = 0;

	for (size_t c = 0; c < s->ncolumns; c++)
		dashes += s->columns[c].label ? widths[c] + 3 : 0;
	while (dashes--)
		putchar('-');
	putchar('\n');
}

/* row == nrows: the header. `line` is used again for the next one. */
static void print_row(const struct sheet *s, const size_t *widths, size_t row, struct buffer *line)
{
	size_t last = last_shown(s);

	for (size_t c = 0; c < s->ncolumns; c++) {
		const char *text = row == s->nrows ? s->columns[c].label : cell_at(s, row, c)->text;

		if (s->columns[c].label)
			add_cell(line, text ? text : "", widths[c], c == last);
	}
	buffer_puts(line, "\n");
	fputs(line->text, stdout);
	line->length = 0;
}

void render_table(const struct shell *sh, struct sheet *s)
{
	bool header = !sh->settings.quiet;

	if (print_json_list(sh, s))
		return;
	make_safe(sh, s);
	auto_free size_t *widths = mem_alloc(s->ncolumns * sizeof(*widths));
	struct buffer line = { 0 };

	for (size_t c = 0; c < s->ncolumns; c++)
		widths[c] = s->columns[c].label ? column_width(s, c, header) : 0;
	if (header) {
		print_row(s, widths, s->nrows, &line);
		print_rule(widths, s);
	}
	for (size_t row = 0; row < s->nrows; row++)
		print_row(s, widths, row, &line);
	free(line.text);
	sheet_free(s);
}

void render_lines(const struct shell *sh, struct sheet *s)
{
	if (print_json_list(sh, s))
		return;
	make_safe(sh, s);
	for (size_t row = 0; row < s->nrows; row++) {
		const char *lead = "";

		for (size_t c = 0; c < s->ncolumns; c++) {
			if (!s->columns[c].label)
				continue;
			fputs(lead, stdout);
			fputs(cell_at(s, row, c)->text, stdout);
			lead = " ";
		}
		putchar('\n');
	}
	sheet_free(s);
}

static void print_record(const struct shell *sh, struct sheet *s, const char *colon, int width)
{
	if (sh->settings.json) {
		json_print(json_row(s, 0), stdout);
		sheet_free(s);
		return;
	}
	make_safe(sh, s);
	if (sh->each && sh->nth > 0)
		print_raw("\n");
	for (size_t c = 0; c < s->ncolumns; c++) {
		const struct value *v = cell_at(s, 0, c);

		if (!s->columns[c].label || v->kind == VALUE_ABSENT)
			continue;
		auto_free char *label = mem_format("%s%s", s->columns[c].label, colon);
		printf("%-*s%s\n", width, label, v->text ? v->text : "");
	}
	sheet_free(s);
}

void render_record(const struct shell *sh, struct sheet *s, int width)
{
	print_record(sh, s, ":", width);
}

void render_bare_record(const struct shell *sh, struct sheet *s)
{
	print_record(sh, s, " ", 0);
}

void render_value(const struct shell *sh, const char *object, const char *name, const char *key,
		  struct value value)
{
	struct json_object *o;

	if (!sh->settings.json) {
		print_line(sh, "%s%s%s", sh->each && name ? name : "",
			   sh->each && name ? ": " : "", value.text);
		return;
	}
	o = json_object_new_object();
	if (object)
		json_put_text(o, object, name);
	json_put_value(o, key, &value);
	json_print(o, stdout);
}

void render_document(const struct shell *sh, const char *object, const char *name,
		     const char *key, const char *text)
{
	size_t length = strlen(text);

	if (sh->settings.json) {
		render_value(sh, object, name, key, value_text(text));
		return;
	}
	print_block(sh, text);
	if (length == 0 || text[length - 1] != '\n')
		putchar('\n');
}

void time_text(char buf[40], long long seconds)
{
	time_t when = (time_t)seconds;
	struct tm local;

	if (!localtime_r(&when, &local) ||
	    !strftime(buf, 40, "%Y-%m-%d %H:%M:%S %z", &local))
		strcpy(buf, "-");
}
