/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * The history file, $XDG_STATE_HOME/domsh/history: a line each, written as it grows, so that
 * several sessions share it and none loses what it had. Left out are lines that begin with a
 * blank and those that repeat the last one.
 */
#include "shell.h"

struct history {
	char *path;        /* NULL: nowhere */
	char *last;        /* the line that came last, or NULL */
	long long limit;   /* lines; 0: keep none */
	bool has_told;     /* that it cannot be written */
};

/* How many lines are kept: DOMSH_HISTSIZE, VIRSH_HISTSIZE, else 500. A bad value is told. */
void history_open(const struct shell *sh, struct history *ret_history);
/* Hand over what the file has, oldest first, at most the newest `limit` lines. A file that has
 * grown to more than twice as many is cut. */
void history_load(struct history *h, void (*remember)(const char *line));
/* Whether the line is one to remember; it is written then. */
bool history_add(const struct shell *sh, struct history *h, const char *line);
void history_close(struct history *h);
