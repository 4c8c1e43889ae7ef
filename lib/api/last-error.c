/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api/last-error.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "api/error-class.h"
#include "api/process.h"
#include "base/error.h"

struct last_error {
	virError shown;
	GError *source; /* owns the reasons; NULL without an error */
};

static void last_error_free(void *data)
{
	struct last_error *last = data;

	virResetError(&last->shown);
	g_clear_error(&last->source);
	g_free(last);
}

static GPrivate thread_last_error = G_PRIVATE_INIT(last_error_free);

/* NULL when this thread never had an error. */
static struct last_error *last_error_peek(void)
{
	return g_private_get(&thread_last_error);
}

static struct last_error *last_error_get(void)
{
	struct last_error *last = last_error_peek();

	if (!last) {
		last = g_new0(struct last_error, 1);
		g_private_set(&thread_last_error, last);
	}
	return last;
}

void last_error_clear(void)
{
	struct last_error *last = last_error_peek();

	if (!last || !last->source)
		return;
	virResetError(&last->shown);
	g_clear_error(&last->source);
}

static int code_of(const GError *err)
{
	if (err->domain == DOM_ERROR)
		return err->code;
	return err->domain == OS_ERROR ? VIR_ERR_SYSTEM_ERROR : VIR_ERR_INTERNAL_ERROR;
}

void last_error_take(GError *take_err, virErrorDomain from)
{
	int code = code_of(take_err);
	const struct error_class *class = error_class(code);
	struct last_error *last = last_error_get();

	last_error_clear();
	last->source = take_err;
	last->shown = (virError){
		.code = code,
		.domain = class->domain != VIR_FROM_NONE ? class->domain : from,
		.level = VIR_ERR_ERROR,
		.message = error_class_line(code, take_err->message),
		.str1 = g_strdup(class->format),
		.str2 = g_strdup(take_err->message),
		.int1 = take_err->domain == OS_ERROR ? take_err->code : -1,
		.int2 = -1,
	};
	process_tell_error(&last->shown);
}

const GPtrArray *last_error_reasons(const virError *err)
{
	struct last_error *last = last_error_peek();

	if (!last || !last->source || (err && err != &last->shown))
		return NULL;
	return error_reasons(last->source);
}

/* ---- virterror.h -------------------------------------------------------------------------- */

static void error_copy(virErrorPtr to, const virError *from)
{
	*to = (virError){ 0 };
	if (!from)
		return;
	to->code = from->code;
	to->domain = from->domain;
	to->level = from->level;
	to->message = g_strdup(from->message);
	to->str1 = g_strdup(from->str1);
	to->str2 = g_strdup(from->str2);
	to->str3 = g_strdup(from->str3);
	to->int1 = from->int1;
	to->int2 = from->int2;
}

virErrorPtr virGetLastError(void)
{
	struct last_error *last = last_error_peek();

	return last && last->source ? &last->shown : NULL;
}

virErrorPtr virSaveLastError(void)
{
	virErrorPtr copy = g_new0(virError, 1);

	error_copy(copy, virGetLastError());
	return copy;
}

void virResetLastError(void)
{
	last_error_clear();
}

void virResetError(virErrorPtr err)
{
	if (!err)
		return;
	free(err->message);
	free(err->str1);
	free(err->str2);
	free(err->str3);
	*err = (virError){ 0 };
}

void virFreeError(virErrorPtr err)
{
	virResetError(err);
	free(err);
}

int virGetLastErrorCode(void)
{
	virErrorPtr err = virGetLastError();

	return err ? err->code : VIR_ERR_OK;
}

int virGetLastErrorDomain(void)
{
	virErrorPtr err = virGetLastError();

	return err ? err->domain : VIR_FROM_NONE;
}

const char *virGetLastErrorMessage(void)
{
	virErrorPtr err = virGetLastError();

	if (!err)
		return "no error";
	return err->message ? err->message : "unknown error";
}

int virCopyLastError(virErrorPtr to)
{
	if (!to)
		return -1;
	error_copy(to, virGetLastError());
	return to->code;
}

void virDefaultErrorFunc(virErrorPtr err)
{
	if (!err || err->code == VIR_ERR_OK)
		return;
	fprintf(stderr, "libvirt: %s: %s\n", err->level == VIR_ERR_WARNING ? "warning" : "error",
		err->message ? err->message : "unknown error");
}

void virSetErrorFunc(void *userData, virErrorFunc handler)
{
	process_set_error_func(handler, userData);
}
