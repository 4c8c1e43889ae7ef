/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * The event loop that the library is woken by. Programs include <libvirt/libvirt.h>.
 *
 * Whoever wants domain events needs a loop: that of the program (virEventRegisterImpl()), or the
 * library's simple one:
 *
 *	virEventRegisterDefaultImpl();
 *	conn = virConnectOpenReadOnly(NULL);
 *	virConnectDomainEventRegisterAny(conn, NULL, VIR_DOMAIN_EVENT_ID_LIFECYCLE, …);
 *	while (!done)
 *		virEventRunDefaultImpl();
 *
 * It is registered once, before the first callback for events. The functions below may be called
 * from any thread, also from within a callback.
 */
#include <libvirt/libvirt-common.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
	VIR_EVENT_HANDLE_READABLE = 1 << 0,
	VIR_EVENT_HANDLE_WRITABLE = 1 << 1,
	VIR_EVENT_HANDLE_ERROR = 1 << 2,  /* always told, asked for or not */
	VIR_EVENT_HANDLE_HANGUP = 1 << 3, /* likewise */
} virEventHandleType;

/* Something happened on fd. watch: what virEventAddHandle() returned; events: an OR of
 * virEventHandleType. */
typedef void (*virEventHandleCallback)(int watch, int fd, int events, void *opaque);
/* A timer has expired. timer: what virEventAddTimeout() returned. */
typedef void (*virEventTimeoutCallback)(int timer, void *opaque);

/* What a loop has to offer; as the functions of the same name below. */
typedef int (*virEventAddHandleFunc)(int fd, int events, virEventHandleCallback cb, void *opaque,
				     virFreeCallback ff);
typedef void (*virEventUpdateHandleFunc)(int watch, int events);
typedef int (*virEventRemoveHandleFunc)(int watch);
typedef int (*virEventAddTimeoutFunc)(int timeout, virEventTimeoutCallback cb, void *opaque,
				      virFreeCallback ff);
typedef void (*virEventUpdateTimeoutFunc)(int timer, int timeout);
typedef int (*virEventRemoveTimeoutFunc)(int timer);

/*
 * Use the program's own loop. All six functions are needed: with a NULL among them, or when a loop
 * is registered already, nothing is changed.
 */
void virEventRegisterImpl(virEventAddHandleFunc addHandle, virEventUpdateHandleFunc updateHandle,
			  virEventRemoveHandleFunc removeHandle, virEventAddTimeoutFunc addTimeout,
			  virEventUpdateTimeoutFunc updateTimeout,
			  virEventRemoveTimeoutFunc removeTimeout);

/*
 * Use the library's loop, which poll()s. Somebody then has to call virEventRunDefaultImpl() again
 * and again. Once it is registered, doing so again changes nothing.
 *
 * Returns 0, or -1 with VIR_ERR_SYSTEM_ERROR.
 */
int virEventRegisterDefaultImpl(void);

/*
 * One round of the library's loop: wait until something happens, then call back. A round that
 * another thread waits in ends when handles or timers are added, changed or removed.
 *
 * Returns 0, or -1: VIR_ERR_OPERATION_INVALID (virEventRegisterDefaultImpl() was not called),
 * VIR_ERR_SYSTEM_ERROR.
 */
int virEventRunDefaultImpl(void);

/*
 * Watch a descriptor, which stays the caller's and must stay open.
 *
 * events: an OR of virEventHandleType; 0 watches nothing for now.
 * cb: called with opaque in each round that finds something.
 * ff: when not NULL, called with opaque when the handle is gone for good; never from within cb.
 * Returns a number for the two calls below, or -1: VIR_ERR_OPERATION_INVALID (no loop is
 * registered), VIR_ERR_INVALID_ARG (fd is negative, or cb is NULL).
 */
int virEventAddHandle(int fd, int events, virEventHandleCallback cb, void *opaque,
		      virFreeCallback ff);
/* Watch for other events from now on. A number that is not known is ignored. */
void virEventUpdateHandle(int watch, int events);
/* Stop watching; cb is not called any more, ff soon. Returns 0, or -1 when the number is not
 * known. */
int virEventRemoveHandle(int watch);

/*
 * Call back again and again, every `frequency` milliseconds; 0: in each round; negative: not until
 * virEventUpdateTimeout() says otherwise. ff as above.
 *
 * Returns a number for the two calls below, or -1: VIR_ERR_OPERATION_INVALID (no loop is
 * registered), VIR_ERR_INVALID_ARG (cb is NULL).
 */
int virEventAddTimeout(int frequency, virEventTimeoutCallback cb, void *opaque, virFreeCallback ff);
/* Another frequency; the time counts from now. A number that is not known is ignored. */
void virEventUpdateTimeout(int timer, int frequency);
/* Returns 0, or -1 when the number is not known. */
int virEventRemoveTimeout(int timer);

#ifdef __cplusplus
}
#endif
