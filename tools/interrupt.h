/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* Ctrl-C for a command that waits for descriptors and changes nothing. */
#include "shell.h"

/* From now until interrupt_close() Ctrl-C does not end the program, but makes the returned
 * descriptor readable. -1 with errno. */
int interrupt_open(struct shell *sh);
void interrupt_close(struct shell *sh, int fd);
