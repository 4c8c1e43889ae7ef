/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * The bytes below QMP: a non-blocking socket, unsent messages with their descriptors, received
 * bytes cut into lines. Knows no JSON. For qmp.c, and for agent.c, whose lines are no QMP.
 */
#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>

struct qmp_io {
	int fd;
	GQueue unsent;   /* struct unsent */
	GByteArray *in;  /* received; what is before `start` has been handed out */
	size_t start;
	size_t scanned;  /* no newline between start and here */
};

void qmp_io_init(struct qmp_io *io, int take_fd);
void qmp_io_clear(struct qmp_io *io);
/* Connected socket, or -1: OPERATION_INVALID when nobody listens, OPERATION_TIMEOUT when the peer
 * has not accepted earlier clients yet. */
int qmp_io_connect(int dirfd, const char *name, GError **err);
pid_t qmp_io_peer_pid(const struct qmp_io *io);

/* Remember a message, and a copy of fd unless -1, to be sent by qmp_io_flush. */
void qmp_io_queue(struct qmp_io *io, const char *text, int fd);
bool qmp_io_has_unsent(const struct qmp_io *io);
/* Neither blocks. False: the connection is of no use any more, err says why. */
bool qmp_io_flush(struct qmp_io *io, GError **err);
bool qmp_io_read(struct qmp_io *io, GError **err);
/* Next complete line, without its newline; valid until the next call of any of these. */
bool qmp_io_next_line(struct qmp_io *io, const char **ret_line, size_t *ret_size);
/* No more traffic; the descriptor stays until clear. */
void qmp_io_shut(struct qmp_io *io);
