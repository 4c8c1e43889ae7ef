/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <libvirt/libvirt-stream.h>
#include <unistd.h>
#include "api/call.h"
#include "base/cleanup.h"
#include "base/error.h"

#define BLOCK 65536

virStreamPtr virStreamNew(virConnectPtr conn, unsigned int flags)
{
	struct call c;

	if (!call_connect(&c, __func__, conn, ACCESS_READ) || !call_flags(&c, flags, 0))
		return NULL;
	return stream_new(conn);
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

/* A stream that is in use. */
static bool call_stream(struct call *c, const char *function, virStreamPtr st)
{
	if (!call_handle(c, function, st, HANDLE_STREAM))
		return false;
	c->engine = st->conn->engine;
	return st->fd >= 0 ||
	       call_fail(c, VIR_ERR_OPERATION_INVALID, "the stream in %s is not in use", function);
}

int virStreamRecv(virStreamPtr st, char *data, size_t nbytes)
{
	struct call c;
	ssize_t n;

	if (!call_stream(&c, __func__, st) || !call_not_null(&c, data, "data"))
		return -1;
	n = TEMP_FAILURE_RETRY(read(st->fd, data, MIN(nbytes, G_MAXINT)));
	if (n < 0)
		fail_os(&c.err, errno, "read from a stream");
	return call_end(&c, n >= 0) < 0 ? -1 : (int)n;
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
	if (hand_over(&c, st, handler, opaque) == 0)
		return 0;
	close_fd(&st->fd);
	return -1;
}

static int end_stream(const char *function, virStreamPtr st)
{
	struct call c;

	if (!call_stream(&c, function, st))
		return -1;
	close_fd(&st->fd);
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
