/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "output/errors.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <domsh/domsh.h>
#include <libvirt/virterror.h>

#include "output/json.h"
#include "log.h"
#include "mem.h"
#include "output/output.h"
#include "output/text.h"

struct failure {
	const char *summary; /* the command's own line, or NULL */
	int code;
	const char *message; /* the library's line, or the shell's; NULL when it said nothing */
	struct domshReason *reasons;
	int nreasons;
};

static void put_line(const struct shell *sh, const char *lead, const char *text)
{
	auto_free char *safe = sh->error_terminal ? text_escape(text, "\n\t") : mem_copy(text);

	fprintf(stderr, "%s%s\n", lead, safe);
	log_line(sh, "%s%s", lead, text);
}

static void pad(struct buffer *b, const char *text, size_t width)
{
	size_t used = text_width(text);

	buffer_puts(b, text);
	while (used++ < width)
		buffer_puts(b, " ");
}

static size_t widest(size_t width, const char *text)
{
	size_t w = text ? text_width(text) : 0;

	return w > width ? w : width;
}

static char *shown(const struct shell *sh, const char *text)
{
	return sh->error_terminal ? text_escape(text ? text : "", "") : mem_copy(text ? text : "");
}

/* The aligned block: label, what is there, the way out. */
static void put_reasons(const struct shell *sh, const struct failure *f)
{
	size_t label = 0, what = 0;

	for (int i = 0; i < f->nreasons; i++) {
		auto_free char *text = shown(sh, f->reasons[i].what);

		label = widest(label, f->reasons[i].label);
		what = widest(what, text);
	}
	for (int i = 0; i < f->nreasons; i++) {
		const struct domshReason *r = &f->reasons[i];
		auto_free char *name = shown(sh, r->label), *text = shown(sh, r->what);
		struct buffer b = { 0 };

		pad(&b, name, *text || r->option ? label + 3 : 0);
		pad(&b, text, r->option ? what + 5 : 0);
		buffer_puts(&b, r->option ? r->option : "");
		auto_free char *line = buffer_take(&b);
		put_line(sh, "  ", line);
	}
}

/* One reason that the message has told already, without a way out, needs no block. */
static bool has_block(const struct failure *f)
{
	const struct domshReason *r = f->reasons;

	return f->nreasons > 1 || (f->nreasons == 1 && (r->option || (r->what && *r->what)));
}

/* Of several domains, the first line says which one failed. */
static char *first_line(const struct shell *sh, const char *text)
{
	auto_free char *name = sh->each ? mem_format("'%s'", sh->each) : NULL;
	bool is_told = !name || strstr(text, name);

	return mem_format("%s%s%s", is_told ? "" : name, is_told ? "" : ": ", text);
}

static void tell_text(const struct shell *sh, const struct failure *f)
{
	auto_free char *first = f->summary ? first_line(sh, f->summary) : NULL;

	if (first)
		put_line(sh, "error: ", first);
	if (!f->message)
		return;
	auto_free char *last = mem_format("%s%s", f->message,
					  has_block(f) ? ". In the way:" : "");
	put_line(sh, "error: ", last);
	if (has_block(f))
		put_reasons(sh, f);
}

static struct json_object *json_reasons(const struct failure *f)
{
	struct json_object *list = json_object_new_array();

	for (int i = 0; i < f->nreasons; i++) {
		const struct domshReason *r = &f->reasons[i];
		struct json_object *o = json_object_new_object();

		json_put_text(o, "code", r->code);
		json_put_text(o, "label", r->label);
		json_put_text(o, "what", r->what);
		json_put_number(o, "size", r->size, r->size >= 0);
		json_put_time(o, "since", r->since);
		json_put_text(o, "option", r->option);
		json_object_array_add(list, o);
	}
	return list;
}

static void tell_json(const struct shell *sh, const struct failure *f)
{
	struct json_object *document = json_object_new_object();
	struct json_object *o = json_object_new_object();

	if (sh->each)
		json_put_text(o, "domain", sh->each);
	json_put_number(o, "code", f->code, true);
	json_put_text(o, "name", error_name(f->code));
	json_put_text(o, "message", f->message ? f->message : f->summary);
	if (f->message && f->summary)
		json_put_text(o, "summary", f->summary);
	json_object_object_add(o, "reasons", json_reasons(f));
	json_object_object_add(document, "error", o);
	json_print(document, stderr);
	log_line(sh, "error: %s", f->message ? f->message : f->summary);
}

static bool tell(const struct shell *sh, const struct failure *f)
{
	output_flush();
	if (sh->settings.json)
		tell_json(sh, f);
	else
		tell_text(sh, f);
	fflush(stderr);
	return false;
}

static bool tell_error(const struct shell *sh, virErrorPtr err, const char *hint,
		       const char *summary)
{
	auto_free char *message = err ? mem_format("%s%s", err->message, hint ? hint : "") : NULL;
	struct failure f = {
		.summary = summary,
		.code = err ? err->code : VIR_ERR_INTERNAL_ERROR,
		.message = message,
	};

	if (!f.message && !summary)
		f.message = "an error without a message";
	f.nreasons = err ? domshErrorReasons(err, &f.reasons) : 0;
	tell(sh, &f);
	domshReasonsFree(f.reasons, f.nreasons);
	virResetLastError();
	return false;
}

bool fail_call(const struct shell *sh, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	auto_free char *summary = mem_vformat(format, args);
	va_end(args);
	return tell_error(sh, virGetLastError(), NULL, summary);
}

bool fail_saved(const struct shell *sh, virErrorPtr take_err, const char *hint,
		const char *format, ...)
{
	va_list args;

	va_start(args, format);
	auto_free char *summary = mem_vformat(format, args);
	va_end(args);
	tell_error(sh, take_err, hint, summary);
	virFreeError(take_err);
	return false;
}

bool fail_library(const struct shell *sh)
{
	return tell_error(sh, virGetLastError(), NULL, NULL);
}

bool fail_own(const struct shell *sh, int code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	auto_free char *text = mem_vformat(format, args);
	va_end(args);
	return tell(sh, &(struct failure){ .code = code, .summary = text });
}

/* More than one; a newline at the end does not count. */
static bool has_lines(const char *source)
{
	const char *newline = strchr(source, '\n');

	return newline && newline[1];
}

bool fail_trouble(const struct shell *sh, struct trouble *t, const char *source)
{
	struct buffer b = { 0 };
	size_t line, column;

	buffer_puts(&b, t->text);
	if (source && t->offset != NO_OFFSET) {
		grammar_locate(source, t->offset, &line, &column);
		if (has_lines(source))
			buffer_printf(&b, " (line %zu, column %zu)", line, column);
		else
			buffer_printf(&b, " (column %zu)", column);
	}
	free(t->text);
	auto_free char *text = buffer_take(&b);
	return fail_own(sh, VIR_ERR_INVALID_ARG, "%s", text);
}

void warn(const struct shell *sh, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	auto_free char *text = mem_vformat(format, args);
	va_end(args);
	output_flush();
	put_line(sh, "", text);
}
