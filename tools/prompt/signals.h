/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * Signals of a session at a terminal, or of a long command: they are blocked, in all threads, and
 * read from a file. So none interrupts a call into the library half-way, and there are no handlers.
 */
#include <signal.h>
#include <stdbool.h>

#include "shell.h"

/* Block SIGINT, SIGHUP, SIGTERM, SIGTSTP and SIGWINCH, but for those that the program was started to
 * ignore (nohup), and hand out the file from which they are read (a signalfd); -1: it cannot be had,
 * and they do what they always do. ret_before: the mask before, for signals_release(). */
int signals_catch(sigset_t *ret_before);
void signals_release(int fd, const sigset_t *before);
/* The next one; 0 when there is none. */
int signals_take(int fd);
/* Does it end what is going on? One that ends the program is noted in sh->deadly. */
bool signals_note(struct shell *sh, int number);
/* Do what SIGTSTP is for: returns when the program is continued. */
void signals_stop(void);
/* Do what a deadly signal is for. */
void signals_die(int number) __attribute__((noreturn));
