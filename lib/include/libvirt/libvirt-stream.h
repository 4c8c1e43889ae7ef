/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * Streams: bytes that a call hands out, or takes, bit by bit. Programs include <libvirt/libvirt.h>.
 *
 *	st = virStreamNew(conn, 0);
 *	mime = virDomainScreenshot(domain, st, 0, 0);
 *	virStreamRecvAll(st, sink, opaque);
 *	virStreamFinish(st);
 *	virStreamFree(st);
 *
 * A stream may be used by several threads at once: one receives, one sends, and a third may end it
 * while the others wait; they return then.
 */
#include <libvirt/libvirt-host.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct _virStream virStream; /* opaque */
typedef virStream *virStreamPtr;

typedef enum {
	VIR_STREAM_NONBLOCK = (1 << 0),
} virStreamFlags;

/*
 * A stream that is not in use yet; it holds a reference on the connection. It is used once.
 *
 * flags: 0, or VIR_STREAM_NONBLOCK: virStreamRecv() and virStreamSend() do not wait.
 * Returns a handle to be freed with virStreamFree(), or NULL.
 */
virStreamPtr virStreamNew(virConnectPtr conn, unsigned int flags);

/* Count one more holder of the stream. Returns 0, or -1 with VIR_ERR_INVALID_STREAM. */
int virStreamRef(virStreamPtr st);

/*
 * Read at most nbytes. It waits until there are some.
 *
 * Returns how many came, 0 at the end, -2 when there are none and the stream does not wait, -1 with
 * VIR_ERR_OPERATION_INVALID (not in use), VIR_ERR_OPERATION_ABORTED (it was ended meanwhile, or
 * taken by somebody else) or VIR_ERR_SYSTEM_ERROR.
 */
int virStreamRecv(virStreamPtr st, char *data, size_t nbytes);

/*
 * Write at most nbytes. It waits until some can be written.
 *
 * Returns how many were, perhaps fewer than nbytes; -2 when it would have to wait and does not; -1
 * as virStreamRecv(), and where there is nothing to write to: VIR_ERR_SYSTEM_ERROR.
 */
int virStreamSend(virStreamPtr st, const char *data, size_t nbytes);

/* Takes what came; returns how many bytes it has taken, or -1 to give up. */
typedef int (*virStreamSinkFunc)(virStreamPtr st, const char *data, size_t nbytes, void *opaque);

/*
 * Hand all that comes to a function, until the end. Not for a stream that does not wait.
 *
 * Returns 0, or -1: reading failed, or the handler said so (VIR_ERR_OPERATION_FAILED); the stream is
 * aborted then.
 */
int virStreamRecvAll(virStreamPtr st, virStreamSinkFunc handler, void *opaque);

/* End the use of a stream, having read all (Finish) or not (Abort). Returns 0, or -1. */
int virStreamFinish(virStreamPtr st);
int virStreamAbort(virStreamPtr st);

/* Give up a reference; a stream in use is aborted. Returns 0, or -1. */
int virStreamFree(virStreamPtr st);

/* What a callback of a stream is called for. */
typedef enum {
	VIR_STREAM_EVENT_READABLE = (1 << 0),
	VIR_STREAM_EVENT_WRITABLE = (1 << 1),
	VIR_STREAM_EVENT_ERROR = (1 << 2),
	VIR_STREAM_EVENT_HANGUP = (1 << 3),
} virStreamEventType;

/* events: what there is of virStreamEventType; ERROR and HANGUP come without being asked for, and
 * both at once mean that somebody else has taken the stream. */
typedef void (*virStreamEventCallback)(virStreamPtr st, int events, void *opaque);

/*
 * Have a callback called by the event loop that is registered (<libvirt/libvirt-event.h>), as long
 * as the stream can be read or written. It may do anything with the stream; a stream that does not
 * wait (VIR_STREAM_NONBLOCK) keeps the loop going. At most one for a stream, which has to be in use;
 * the callback holds a reference on it. virStreamFinish() and virStreamAbort() remove it.
 *
 * events: virStreamEventType, of which the callback is called; 0: only of the end.
 * ff: when not NULL, called with opaque once the callback is gone and does not run any more.
 * Returns 0, or -1: VIR_ERR_INVALID_ARG (unknown events, NULL), VIR_ERR_OPERATION_INVALID (not in
 * use, there is a callback, no event loop is registered), VIR_ERR_SYSTEM_ERROR. On failure opaque
 * stays the caller's.
 */
int virStreamEventAddCallback(virStreamPtr st, int events, virStreamEventCallback cb, void *opaque,
			      virFreeCallback ff);

/* Other events. Returns 0, or -1: VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_INVALID (no callback). */
int virStreamEventUpdateCallback(virStreamPtr st, int events);

/* Returns 0, or -1 with VIR_ERR_OPERATION_INVALID (there is none). */
int virStreamEventRemoveCallback(virStreamPtr st);

#ifdef __cplusplus
}
#endif
