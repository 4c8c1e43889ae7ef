/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * A QMP client. The peer is not trusted: a message is one line of at most QMP_LINE_MAX bytes,
 * every type is checked, at most QMP_EVENTS_MAX events wait, descriptors sent to us are closed,
 * and nothing waits longer than its deadline, which counts in total and not per read.
 *
 * Order of calls: qmp_connect (capabilities are sent along at once, nothing blocks), then either
 *
 *   a main loop   poll qmp_fd() for qmp_poll_events(), qmp_step(), then qmp_take_event() and
 *                 qmp_take_reply() until they have nothing; commands by qmp_send();
 *   or blocking   qmp_call(), qmp_wait().
 *
 * Both may be mixed. Events that come before a reply are queued, oldest first. Handed-out strings
 * come from QEMU: never a path, and to be shortened before they go into a message (qmp_clean).
 *
 * A client that has failed (EOF, ECONNRESET, which is the same, or a peer that breaks the protocol)
 * stays failed: QMP_CLOSED; what was received before may still be taken.
 * Errors: OPERATION_INVALID the peer is gone (connection refused, EOF); OPERATION_TIMEOUT deadline;
 * INTERNAL_ERROR not QMP; OPERATION_FAILED QEMU refused the command (with its text).
 */
#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>
#include "base/json.h"

#define QMP_LINE_MAX (10u << 20)
#define QMP_EVENTS_MAX 1024
#define QMP_PENDING_MAX 64
#define QMP_TIMEOUT_MS 5000
#define QMP_NO_DEADLINE (-1)

enum qmp_state {
	QMP_GREETING,     /* connected, no greeting yet */
	QMP_CAPABILITIES, /* greeting read, qmp_capabilities not yet answered */
	QMP_READY,
	QMP_CLOSED,
	QMP_STATE_COUNT
};

struct qmp;

struct qmp_event {
	char *name;        /* "SHUTDOWN" */
	json_object *data; /* an object, or NULL */
};
void qmp_event_free(struct qmp_event *ev);
typedef struct qmp_event qmp_event;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(qmp_event, qmp_event_free)

/* Connect to the socket `name` in dirfd. */
struct qmp *qmp_connect(int dirfd, const char *name, GError **err);
/* The same on a connected socket, which is owned from now on. */
struct qmp *qmp_new(int take_fd);
void qmp_free(struct qmp *q);
typedef struct qmp qmp_client; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(qmp_client, qmp_free)

enum qmp_state qmp_state(const struct qmp *q);
int qmp_fd(const struct qmp *q);
short qmp_poll_events(const struct qmp *q); /* POLLIN, with POLLOUT while something is unsent */
/* Process that listens at the other end (SO_PEERCRED); 0 when unknown. */
pid_t qmp_peer_pid(const struct qmp *q);

/* Send what is unsent and read what is there, at most one buffer (64 KiB), so that a flood cannot
 * hold the caller. Never blocks. False: closed now, err says why. */
bool qmp_step(struct qmp *q, GError **err);

/* Next event or NULL; the caller frees it. Beyond QMP_EVENTS_MAX the oldest are dropped:
 * qmp_lost_events() says whether that has happened since it was last asked. */
struct qmp_event *qmp_take_event(struct qmp *q);
bool qmp_lost_events(struct qmp *q);

/* Queue a command, with a descriptor (-1: none; a copy is made). take_args: an object or NULL.
 * Returns its id, or 0 on error. Also before the greeting: it is sent after the capabilities. Each
 * command is a fault point named "qmp-<command>". */
gint64 qmp_send(struct qmp *q, const char *command, json_object *take_args, int fd, GError **err);
/*
 * Has command `id` been answered? False: not yet (err not set), or QEMU refused it or the client
 * is closed (err set). *ret_value: what "return" held; the caller puts it; may be NULL.
 * Forget an id that nobody will ask for with qmp_forget: its reply is then dropped.
 */
bool qmp_take_reply(struct qmp *q, gint64 id, json_object **ret_value, GError **err);
void qmp_forget(struct qmp *q, gint64 id);
/* What QEMU said of command `id` when it was answered: the whole "error" object of a refusal, which
 * the caller puts, or NULL. Ask before qmp_take_reply. */
json_object *qmp_refusal(struct qmp *q, gint64 id);

/* Send and wait for the answer. timeout_ms counts from the call; QMP_NO_DEADLINE is for what blocks
 * QEMU's main loop (snapshot jobs). ret_value may be NULL. */
bool qmp_call_fd(struct qmp *q, const char *command, json_object *take_args, int fd,
		 gint64 timeout_ms, json_object **ret_value, GError **err);
bool qmp_call(struct qmp *q, const char *command, json_object *take_args, json_object **ret_value,
	      GError **err); /* no descriptor, QMP_TIMEOUT_MS */
/*
 * Step once, waiting for the peer or for other_fd (-1: none) to be readable until deadline_ms
 * (mono_ms clock, QMP_NO_DEADLINE: for ever). False: closed, or VIR_ERR_OPERATION_TIMEOUT.
 */
bool qmp_wait(struct qmp *q, int other_fd, gint64 deadline_ms, GError **err);
/* Until QMP_READY. */
bool qmp_wait_ready(struct qmp *q, gint64 deadline_ms, GError **err);

/* A text of the peer's made fit for a message: valid UTF-8, no control characters, at most 400
 * bytes. */
char *qmp_clean(const char *text);
