/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * Names of domains and snapshots as file names: `%`, `~` and a leading `.` become %XX (upper
 * case), nothing else changes. Names are compared bytewise. An escaped name is at most
 * ESCAPED_MAX bytes, so that our suffixes fit into NAME_MAX.
 */
#include <glib.h>
#include <stdbool.h>
#include <libvirt/virterror.h>

#define ESCAPED_MAX 220

char *name_escape(const char *name);
/* NULL when the text is not what name_escape would have written. */
char *name_unescape(const char *file_name);

/* What is wrong with a name, for domains and snapshots alike: empty, blanks only, '.' or '..',
 * a '/', a control character (C0, DEL, C1), a bidi or invisible control, invalid UTF-8, too long
 * when escaped. `kind` is the word for messages ("domain", "snapshot"). */
bool name_check(const char *kind, const char *name, virErrorNumber code, GError **err);
