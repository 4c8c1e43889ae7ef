/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * What is behind a stream that is in use: a descriptor that several threads read and write, and
 * that any of them, or somebody from outside, may end while the others wait for it. Nobody waits
 * for ever on a line that has ended, and no descriptor is closed under who uses it.
 *
 *	line = line_new(&fds, true);
 *	n = line_read(line, data, size, true);
 *	line_end(line);          // as often as one likes, from any thread
 *	line_free(line);         // by the last one
 */
#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>

struct line;

struct line_fds {
	int fd;    /* what is read and written; should not block */
	int lock;  /* closed when the line ends; -1: none */
	int asked; /* somebody wants the line when this is readable: it ends then, even if nobody is
		    * reading at the moment; -1: nobody ever does */
};

/* Takes the descriptors. */
struct line *line_new(const struct line_fds *take_fds, bool is_writable);
void line_end(struct line *line);
void line_free(struct line *line); /* NULL is fine; nobody else may be using it */

enum line_state { LINE_OPEN, LINE_ENDED, LINE_TAKEN };
enum line_state line_state(struct line *line);

/* Descriptors to wait on, the caller's to close: the first as the line's own, the second readable
 * once the line has ended. False with errno: ECANCELED (it has), or none was to be had. */
bool line_copy(struct line *line, int *ret_fd, int *ret_over);

/* At most `size` bytes; waits: until there is something to be had or the line ends. Returns how
 * many, 0 at the end of what can be read (or the line was ended), -1 with errno: EAGAIN (it does
 * not wait), ECANCELED (the line was ended or taken), EBADF (not writable), and read's and
 * write's own. */
ssize_t line_read(struct line *line, void *data, size_t size, bool waits);
ssize_t line_write(struct line *line, const void *data, size_t size, bool waits);
