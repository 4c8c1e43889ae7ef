/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * The class of an error: the words that stand before (or around) a message, one row for each
 * number that the library sets. Scripts match them, so they are libvirt's, as facts.
 */
#include <libvirt/virterror.h>

struct error_class {
	const char *format;    /* with one "%s" for the message; static */
	virErrorDomain domain; /* VIR_FROM_NONE: that of the connection's driver */
};

/* The row of a code; total: a code without one has the plain "%s". */
const struct error_class *error_class(int code);
/* The whole line; the caller frees it with free(). */
char *error_class_line(int code, const char *message);
