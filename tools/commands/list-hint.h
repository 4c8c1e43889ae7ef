/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* For somebody at a terminal who sees an empty list: where domains are. */
#include "shell.h"

/* On standard error, nothing unless both outputs are a terminal. all: those that are off were
 * listed too. It only looks; what cannot be read is passed over or named. */
void hint_empty_list(struct shell *sh, bool all);
