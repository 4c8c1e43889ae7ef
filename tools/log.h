/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* The file of -l: which commands ran (names of options, never values) and what failed. */
#include "shell.h"

/* Append to the file. false: it cannot be opened, errno says why. */
bool log_open(struct shell *sh, const char *path);
/* One line with time and process; nothing without -l. */
void log_line(const struct shell *sh, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void log_close(struct shell *sh);
