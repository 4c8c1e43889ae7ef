/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* What a command that changed something says at its end. */
#include "shell.h"

/* For people the line, and on standard error what the library remarked (both not with -q); with
 * --json {"domain": …, "snapshot": …, "done": COMMAND, "remarks": […]}. snapshot may be NULL. */
void outcome(const struct shell *sh, const char *domain, const char *snapshot,
	     const char *format, ...) __attribute__((format(printf, 4, 5)));
