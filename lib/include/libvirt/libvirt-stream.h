/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * Streams: bytes that a call hands out bit by bit. Programs include <libvirt/libvirt.h>.
 *
 *	st = virStreamNew(conn, 0);
 *	mime = virDomainScreenshot(domain, st, 0, 0);
 *	virStreamRecvAll(st, sink, opaque);
 *	virStreamFinish(st);
 *	virStreamFree(st);
 */
#include <libvirt/libvirt-host.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct _virStream virStream; /* opaque */
typedef virStream *virStreamPtr;

/*
 * A stream that is not in use yet; it holds a reference on the connection.
 *
 * flags: 0.
 * Returns a handle to be freed with virStreamFree(), or NULL.
 */
virStreamPtr virStreamNew(virConnectPtr conn, unsigned int flags);

/* Count one more holder of the stream. Returns 0, or -1 with VIR_ERR_INVALID_STREAM. */
int virStreamRef(virStreamPtr st);

/*
 * Read at most nbytes. It waits until there are some.
 *
 * Returns how many came, 0 at the end, -1 with VIR_ERR_OPERATION_INVALID (not in use) or
 * VIR_ERR_SYSTEM_ERROR.
 */
int virStreamRecv(virStreamPtr st, char *data, size_t nbytes);

/* Takes what came; returns how many bytes it has taken, or -1 to give up. */
typedef int (*virStreamSinkFunc)(virStreamPtr st, const char *data, size_t nbytes, void *opaque);

/*
 * Hand all that comes to a function, until the end.
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

#ifdef __cplusplus
}
#endif
