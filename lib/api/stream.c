/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <libvirt/libvirt-stream.h>
#include "api/call.h"
#include "api/line.h"
#include "api/stream-watch.h"
#include "base/error.h"

#define BLOCK 65536

virStreamPtr virStreamNew(virConnectPtr conn, unsigned int flags)
{
	struct call c;

	if (!call_connect(&c, __func__, conn, ACCESS_READ) ||
	    !call_flags(&c, flags, VIR_STREAM_NONBLOCK))
		return NULL;
	return stream_new(conn, flags & VIR_STREAM_NONBLOCK);
}

int virStreamRef(virStreamPtr st)
{
	struct call c;

	if (!call_handle(&c, __func__, st, HANDLE_STREAM))
		return -1;
	handle_ref(st);
	return 0;
}

int virStreamFree(virStreamPtr st)
{
	struct call c;

	if (!call_handle(&c, __func__, st, HANDLE_STREAM))
		return -1;
	handle_unref(st);
	return 0;
}

/* A stream that is in use; one that was taken from us still is. */
static bool call_stream(struct call *c, const char *function, virStreamPtr st)
{
	if (!call_handle(c, function, st, HANDLE_STREAM))
		return false;
	c->engine = st->conn->engine;
	return (st->line && line_state(st->line) != LINE_ENDED) ||
	       call_fail(c, VIR_ERR_OPERATION_INVALID, "the stream in %s is not in use", function);
}

/* ---- Bytes -------------------------------------------------------------------------------- */

/* n, or what a failed read or write is told as. */
static int call_bytes(struct call *c, virStreamPtr st, const char *what, ssize_t n)
{
	if (n >= 0)
		return (int)n;
	if (errno == EAGAIN)
		return -2;
	if (errno == ECANCELED)
		call_fail(c, VIR_ERR_OPERATION_ABORTED, "%s",
			  line_state(st->line) == LINE_TAKEN ? "somebody else took the console"
							     : "the stream was ended");
	else
		call_end(c, fail_os(&c->err, errno, "%s a stream", what));
	return -1;
}

int virStreamRecv(virStreamPtr st, char *data, size_t nbytes)
{
	struct call c;

	if (!call_stream(&c, __func__, st) || !call_not_null(&c, data, "data"))
		return -1;
	return call_bytes(&c, st, "read from", line_read(st->line, data, MIN(nbytes, G_MAXINT),
							 !st->is_nonblocking));
}

int virStreamSend(virStreamPtr st, const char *data, size_t nbytes)
{
	struct call c;

	if (!call_stream(&c, __func__, st) || !call_not_null(&c, data, "data"))
		return -1;
	return call_bytes(&c, st, "write to", line_write(st->line, data, MIN(nbytes, G_MAXINT),
							 !st->is_nonblocking));
}

static int hand_over(struct call *c, virStreamPtr st, virStreamSinkFunc handler, void *opaque)
{
	g_autofree char *data = g_malloc(BLOCK);
	int n;

	while ((n = virStreamRecv(st, data, BLOCK)) > 0) {
		for (int done = 0; done < n;) {
			int taken = handler(st, data + done, (size_t)(n - done), opaque);

			if (taken <= 0) {
				call_fail(c, VIR_ERR_OPERATION_FAILED,
					  "what came from the stream was not taken");
				return -1;
			}
			done += taken;
		}
	}
	return n;
}

int virStreamRecvAll(virStreamPtr st, virStreamSinkFunc handler, void *opaque)
{
	struct call c;

	if (!call_stream(&c, __func__, st) || !call_not_null(&c, handler, "handler"))
		return -1;
	if (st->is_nonblocking) {
		call_fail(&c, VIR_ERR_OPERATION_INVALID, "%s waits, and the stream is not to",
			  __func__);
		return -1;
	}
	if (hand_over(&c, st, handler, opaque) == 0)
		return 0;
	line_end(st->line);
	return -1;
}

/* ---- The end ------------------------------------------------------------------------------ */

static int end_stream(const char *function, virStreamPtr st)
{
	struct call c;

	if (!call_stream(&c, function, st))
		return -1;
	stream_watch_drop(st);
	line_end(st->line);
	return 0;
}

int virStreamFinish(virStreamPtr st)
{
	return end_stream(__func__, st);
}

int virStreamAbort(virStreamPtr st)
{
	return end_stream(__func__, st);
}

/* ---- Events ------------------------------------------------------------------------------- */

#define STREAM_EVENTS \
	(VIR_STREAM_EVENT_READABLE | VIR_STREAM_EVENT_WRITABLE | VIR_STREAM_EVENT_ERROR | \
	 VIR_STREAM_EVENT_HANGUP)

static bool check_events(struct call *c, int events)
{
	return !(events & ~STREAM_EVENTS) ||
	       call_fail(c, VIR_ERR_INVALID_ARG, "unknown events 0x%x in %s",
			 (unsigned int)events & ~STREAM_EVENTS, c->function);
}

/* 0, or -1: there was no callback. */
static int call_had(struct call *c, bool had_one)
{
	if (!had_one)
		call_fail(c, VIR_ERR_OPERATION_INVALID, "the stream in %s has no callback",
			  c->function);
	return had_one ? 0 : -1;
}

int virStreamEventAddCallback(virStreamPtr st, int events, virStreamEventCallback cb, void *opaque,
			      virFreeCallback ff)
{
	const struct stream_callback callback = { cb, opaque, ff };
	struct call c;

	if (!call_stream(&c, __func__, st) || !call_not_null(&c, cb, "cb") ||
	    !check_events(&c, events))
		return -1;
	return call_end(&c, stream_watch(st, events, &callback, &c.err));
}

int virStreamEventUpdateCallback(virStreamPtr st, int events)
{
	struct call c;

	if (!call_handle(&c, __func__, st, HANDLE_STREAM) || !check_events(&c, events))
		return -1;
	return call_had(&c, stream_watch_update(st, events));
}

int virStreamEventRemoveCallback(virStreamPtr st)
{
	struct call c;

	if (!call_handle(&c, __func__, st, HANDLE_STREAM))
		return -1;
	return call_had(&c, stream_watch_drop(st));
}
