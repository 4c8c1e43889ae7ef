/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * Everything that is written to standard output passes here, so that what others wrote cannot
 * drive a terminal and so that a full disk is noticed. Tables and records: render.h; errors:
 * errors.h.
 */
#include "shell.h"

/* A courtesy line, left out with -q and --json. Not for what a script needs. */
void say(const struct shell *sh, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The same on standard error: what the user should know although the command did what it was told. */
void remark(const struct shell *sh, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* One line of the command's answer; control characters in it are escaped on a terminal. */
void print_line(const struct shell *sh, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* Several lines, as they are; on a terminal newlines and tabs pass. */
void print_block(const struct shell *sh, const char *text);
/* As it is: for text of our own. */
void print_raw(const char *text);

/* Write out what is buffered. false: it could not be, and errno says why; what was printed is
 * dropped and the next command starts clean. */
bool output_flush(void);
