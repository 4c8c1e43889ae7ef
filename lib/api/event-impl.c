/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The event loop that is registered, the program's or ours: libvirt-event.h. */
#include <libvirt/libvirt-event.h>
#include <pthread.h>
#include "api/call.h"
#include "api/event-loop.h"
#include "api/last-error.h"
#include "base/error.h"

struct impl {
	virEventAddHandleFunc add_handle;
	virEventUpdateHandleFunc update_handle;
	virEventRemoveHandleFunc remove_handle;
	virEventAddTimeoutFunc add_timeout;
	virEventUpdateTimeoutFunc update_timeout;
	virEventRemoveTimeoutFunc remove_timeout;
};

static const struct impl default_impl = {
	loop_add_handle, loop_update_handle, loop_remove_handle,
	loop_add_timeout, loop_update_timeout, loop_remove_timeout,
};

static struct {
	pthread_mutex_t mutex;
	struct impl impl; /* all NULL until one is registered, then never changed */
} registered = { .mutex = PTHREAD_MUTEX_INITIALIZER };

static struct impl impl_get(void)
{
	struct impl impl;

	pthread_mutex_lock(&registered.mutex);
	impl = registered.impl;
	pthread_mutex_unlock(&registered.mutex);
	return impl;
}

static void impl_set(const struct impl *impl)
{
	pthread_mutex_lock(&registered.mutex);
	if (!registered.impl.add_handle)
		registered.impl = *impl;
	pthread_mutex_unlock(&registered.mutex);
}

void virEventRegisterImpl(virEventAddHandleFunc addHandle, virEventUpdateHandleFunc updateHandle,
			  virEventRemoveHandleFunc removeHandle, virEventAddTimeoutFunc addTimeout,
			  virEventUpdateTimeoutFunc updateTimeout,
			  virEventRemoveTimeoutFunc removeTimeout)
{
	const struct impl impl = { addHandle,  updateHandle,  removeHandle,
				   addTimeout, updateTimeout, removeTimeout };

	if (addHandle && updateHandle && removeHandle && addTimeout && updateTimeout &&
	    removeTimeout)
		impl_set(&impl);
}

int virEventRegisterDefaultImpl(void)
{
	struct call c = { .function = __func__ };

	last_error_clear();
	if (!loop_init(&c.err))
		return call_end(&c, false);
	impl_set(&default_impl);
	return 0;
}

int virEventRunDefaultImpl(void)
{
	struct call c = { .function = __func__ };

	last_error_clear();
	return call_end(&c, loop_run_once(&c.err));
}

/* ---- Handles and timers ------------------------------------------------------------------- */

static bool check(struct call *c, const struct impl *impl, bool has_callback)
{
	last_error_clear();
	if (!has_callback)
		return call_fail(c, VIR_ERR_INVALID_ARG, "cb in %s must not be NULL", c->function);
	if (!impl->add_handle)
		return call_fail(c, VIR_ERR_OPERATION_INVALID,
				 "no event loop is registered; call virEventRegisterDefaultImpl() "
				 "or virEventRegisterImpl() first");
	return true;
}

int virEventAddHandle(int fd, int events, virEventHandleCallback cb, void *opaque,
		      virFreeCallback ff)
{
	const struct impl impl = impl_get();
	struct call c = { .function = __func__ };

	if (!check(&c, &impl, cb != NULL))
		return -1;
	if (fd < 0) {
		call_fail(&c, VIR_ERR_INVALID_ARG, "fd in %s must not be negative", __func__);
		return -1;
	}
	return impl.add_handle(fd, events, cb, opaque, ff);
}

void virEventUpdateHandle(int watch, int events)
{
	const struct impl impl = impl_get();

	if (impl.update_handle)
		impl.update_handle(watch, events);
}

int virEventRemoveHandle(int watch)
{
	const struct impl impl = impl_get();

	return impl.remove_handle ? impl.remove_handle(watch) : -1;
}

int virEventAddTimeout(int frequency, virEventTimeoutCallback cb, void *opaque, virFreeCallback ff)
{
	const struct impl impl = impl_get();
	struct call c = { .function = __func__ };

	return check(&c, &impl, cb != NULL) ? impl.add_timeout(frequency, cb, opaque, ff) : -1;
}

void virEventUpdateTimeout(int timer, int frequency)
{
	const struct impl impl = impl_get();

	if (impl.update_timeout)
		impl.update_timeout(timer, frequency);
}

int virEventRemoveTimeout(int timer)
{
	const struct impl impl = impl_get();

	return impl.remove_timeout ? impl.remove_timeout(timer) : -1;
}
