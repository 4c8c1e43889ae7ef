/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * OFD locks on files of the store. Waiting: an inotify watch first, then F_OFD_SETLK, then
 * IN_CLOSE_WRITE on the lock file (it fires when the holder is killed as well), then again; no
 * polling but a few tries after each event, each ten times as late as the one before, because the
 * event may come before the lock is free. A lock file's text is "PID command\n", best effort, only
 * for the busy message.
 */
#include <glib.h>
#include <stdbool.h>

/* Take the write lock on dirfd/name (made when missing). wait_ms 0: try once. Returns the
 * descriptor (close it to release) or -1: VIR_ERR_RESOURCE_BUSY with `what` and the holder. */
int lock_take(int dirfd, const char *name, const char *what, const char *command, gint64 wait_ms,
	      GError **err);

enum lock_probe { LOCK_FREE, LOCK_HELD, LOCK_ABSENT, LOCK_UNKNOWN };
/* Is it held, by anybody? Disturbs nobody (F_OFD_GETLK on a read-only descriptor). */
enum lock_probe lock_probe(int dirfd, const char *name);
enum lock_probe lock_probe_fd(int fd);
/* Take the write lock on an open descriptor without waiting; false with errno. */
bool lock_fd_try(int fd);
/* Who holds it, as far as the file's text says: "'define' (pid 12)". Caller frees. */
char *lock_holder(int dirfd, const char *name);
/* Some holders let go when somebody asks. lock_watch_asked(): for the holder, a descriptor that is
 * readable once that was done; -1 with errno. lock_ask(): whoever holds it now is asked. */
int lock_watch_asked(int fd);
bool lock_ask(int dirfd, const char *name);
/* Wait until nobody holds dirfd/name, at most wait_ms, by inotify. */
bool lock_wait_free(int dirfd, const char *name, gint64 wait_ms);
