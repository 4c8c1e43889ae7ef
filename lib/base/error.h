/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * Errors are values: what can fail returns bool or a pointer and takes `GError **err` last.
 *
 * Two domains: DOM_ERROR, whose codes are libvirt's virErrorNumber (<libvirt/virterror.h>), and
 * OS_ERROR, whose code is an errno. Make the error where the fact is known and name the object in
 * it; prefix it at most once, where the operation is known. Nothing in lib/ prints an error.
 *
 * A refusal (DOM_ERROR) carries every reason that fired, see struct reason; `lib/api` hands them
 * out as domshErrorReasons().
 *
 * Messages: lower case, no full stop, names in single quotes. Say what is wrong, what was left
 * unchanged and what to do.
 */
#include <glib.h>
#include <stdbool.h>
#include <libvirt/virterror.h>

#define DOM_ERROR (dom_error_quark())
#define OS_ERROR (os_error_quark())

GQuark dom_error_quark(void);
GQuark os_error_quark(void);

/* One reason of a refusal. Strings are owned by the reason; `option` may be NULL. */
struct reason {
	const char *code; /* stable word, e.g. "snapshots"; static */
	char *label;      /* first column of the block: "3 snapshots" */
	char *what;       /* what would be lost or is in the way: "base, tuesday" */
	gint64 size;      /* bytes, or -1 when not known or not meant */
	gint64 since;     /* seconds since the epoch, or 0 */
	char *option;     /* the way out: "--snapshots-metadata forgets them" */
};

struct reason *reason_new(const char *code, const char *label, const char *what,
			  const char *option);
void reason_free(struct reason *r);

/* Set *err (when err is not NULL) and return false, so that `return fail(...)` reads well. */
bool fail(GError **err, virErrorNumber code, const char *fmt, ...) G_GNUC_PRINTF(3, 4);
/* The same for an errno; the message gets ": <strerror>" appended. */
bool fail_os(GError **err, int errnum, const char *fmt, ...) G_GNUC_PRINTF(3, 4);
/* Prefix an error that is already set; returns false. */
bool fail_prefix(GError **err, const char *fmt, ...) G_GNUC_PRINTF(2, 3);

/* Attach the reasons (a GPtrArray of struct reason, ownership taken) to a DOM_ERROR. */
void error_take_reasons(GError *err, GPtrArray *take_reasons);
/* The reasons of another refusal, copied behind those of err. */
void error_add_reasons(GError *err, const GError *other);
/* The reasons of an error, or NULL when it has none; owned by the error. */
const GPtrArray *error_reasons(const GError *err);

static inline bool error_is(const GError *err, virErrorNumber code)
{
	return err && err->domain == DOM_ERROR && err->code == (int)code;
}

static inline bool error_is_os(const GError *err, int errnum)
{
	return err && err->domain == OS_ERROR && err->code == errnum;
}
