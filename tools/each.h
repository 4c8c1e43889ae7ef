/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * A command whose words are resolved runs: once or, when it takes several domains, for one after
 * the other. What fails for one is told, and the others go on, unless --strict; a command that
 * can check does so for all of them before it touches the first.
 */
#include "language/options.h"
#include "shell.h"

/* false: it failed, for one domain at least. */
bool each_run(struct shell *sh, struct bound *b);
