/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * The calling thread's last error, as virterror.h shows it: a GError turned into a virError, with
 * the reasons of a refusal beside it. The only state of a thread.
 */
#include <glib.h>
#include <libvirt/virterror.h>

/* Make take_err the last error (DOM_ERROR: its code; OS_ERROR: VIR_ERR_SYSTEM_ERROR with the
 * errno in int1; any other: VIR_ERR_INTERNAL_ERROR) and tell the program's error function.
 * from: the part of the library, unless the error's class names one. */
void last_error_take(GError *take_err, virErrorDomain from);

/* Forget it: what every call begins with. */
void last_error_clear(void);

/* The reasons (struct reason) of the last error, owned by it; NULL when `err` is neither NULL nor
 * the last error, or when it has none. */
const GPtrArray *last_error_reasons(const virError *err);
