/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * Journals: files of lines that are told once, to whoever reads at the time. They are news, never
 * state: nothing is fsynced, and what cannot be written is lost.
 *
 * Writers append a line by one write() and turn a journal of 1 MiB into <name>.1. Any number of
 * processes may write and read; nobody waits for anybody. A reader's `tail` begins at the end of
 * the journal, sleeps on an inotify descriptor of the caller's, and gets every line written from
 * then on once, through any rotation: it keeps the last journal open beside the current one, for
 * the lines of writers who were late. Only a reader that is more than a whole journal behind loses
 * lines.
 *
 *	watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
 *	t = tail_open(dir, "events", watch, 0);
 *	whenever `watch` is readable: drain it, tail_read(t, …) of each tail that uses it
 */
#include <glib.h>
#include <stdbool.h>

#define JOURNAL_LINE_MAX 4096 /* bytes with the newline */

/* Append one line, given without its newline. False: it was not written. */
bool journal_append(int dirfd, const char *name, const char *line);

enum {
	TAIL_FROM_START = 1 << 0, /* what is in it already is read, too */
	TAIL_ONE_DIR = 1 << 1,    /* the directory is there; else no journal ever comes */
};

struct tail;

/* Neither directory nor file need be there yet; a directory that is removed is not waited for again.
 * Two tails of one `watch` have different ones. */
struct tail *tail_open(const char *dir, const char *name, int watch, unsigned int flags);
void tail_close(struct tail *t);
/* Every complete line that is there, without its newline. Call it once after opening, too. */
void tail_read(struct tail *t, void (*take)(const char *line, void *data), void *data);
/* Does it read that very file? */
bool tail_is_of(struct tail *t, int dirfd, const char *name);
