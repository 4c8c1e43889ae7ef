/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* What the user's words name: domains, snapshots, files; in the order of the rows. */
#include "language/options.h"
#include "shell.h"

/* Look up and read all that a statement names. On failure the error was printed. In both cases
 * resolve_release() is called afterwards. */
bool resolve_bound(struct shell *sh, struct bound *b);
void resolve_release(struct bound *b);
