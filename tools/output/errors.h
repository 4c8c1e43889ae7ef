/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * How failures are told: on standard error, after what was printed so far. Usually two lines,
 * the command's own and the library's, then the block of reasons when it was a refusal:
 *
 *     error: Failed to undefine domain 'vm1'
 *     error: Requested operation is not valid: …; nothing was changed. In the way:
 *       3 snapshots          base, before-upgrade     --snapshots-metadata forgets them
 *
 * With --json one document instead: {"error": {code, name, message, summary, reasons}}; "domain"
 * too when the command is for several.
 * All return false, so that a handler can `return fail_call(…)`. No argument of fail_call() may
 * be a call into the library, not even virDomainGetName(): that would clear the error first.
 */
#include <libvirt/virterror.h>

#include "language/grammar.h"
#include "shell.h"

/* The command's own line, then the thread's last library error, which is reset. */
bool fail_call(const struct shell *sh, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* The same for an error of virSaveLastError(), which is taken; hint (or NULL) ends the library's
 * line. Not for refusals: their reasons go with the last error. */
bool fail_saved(const struct shell *sh, virErrorPtr take_err, const char *hint,
		const char *format, ...) __attribute__((format(printf, 4, 5)));
/* The library's error alone says it all. */
bool fail_library(const struct shell *sh);
/* An error of the shell's own: code is a virErrorNumber. */
bool fail_own(const struct shell *sh, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* What is wrong with the words; frees the trouble's text. source: the text they are from, which
 * allows to name the place, or NULL. */
bool fail_trouble(const struct shell *sh, struct trouble *t, const char *source);
/* A note on standard error that is no failure. */
void warn(const struct shell *sh, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* "OPERATION_INVALID" for 55. */
const char *error_name(int code);
