/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api/stream-watch.h"

#include <errno.h>
#include <pthread.h>
#include "api/handle.h"
#include "api/line.h"
#include "base/cleanup.h"
#include "base/error.h"

struct stream_watch {
	gint n_refs; /* the stream's, and one for each descriptor in the loop */
	virStreamPtr st;
	struct stream_callback callback;
	int fd, over;       /* copies of the line's */
	int on_fd, on_over; /* in the loop; -1: not */
};

/* For st->watch of all streams; not held while anybody is called. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void watch_unref(void *data)
{
	struct stream_watch *w = data;

	if (!g_atomic_int_dec_and_test(&w->n_refs))
		return;
	if (w->callback.ff)
		w->callback.ff(w->callback.opaque);
	close_fd(&w->fd);
	close_fd(&w->over);
	handle_unref(w->st);
	g_free(w);
}

static void on_ready(int number, int fd, int events, void *data)
{
	struct stream_watch *w = data;

	(void)number;
	(void)fd;
	/* The bits of both enumerations are the same. */
	w->callback.cb(w->st, events, w->callback.opaque);
}

/* It is over for good: told once, not at each turn of the loop. */
static void on_over(int number, int fd, int events, void *data)
{
	struct stream_watch *w = data;

	(void)fd;
	(void)events;
	virEventUpdateHandle(number, 0);
	virEventUpdateHandle(w->on_fd, 0);
	w->callback.cb(w->st, VIR_STREAM_EVENT_ERROR | VIR_STREAM_EVENT_HANGUP,
		       w->callback.opaque);
}

/* The number in the loop, or -1. */
static int add_handle(struct stream_watch *w, int fd, int events, virEventHandleCallback cb)
{
	int number;

	g_atomic_int_inc(&w->n_refs);
	number = virEventAddHandle(fd, events, cb, w, watch_unref);
	if (number < 0)
		watch_unref(w);
	return number;
}

static void leave_loop(struct stream_watch *w)
{
	if (w->on_fd >= 0)
		virEventRemoveHandle(w->on_fd);
	if (w->on_over >= 0)
		virEventRemoveHandle(w->on_over);
}

static struct stream_watch *take(virStreamPtr st)
{
	struct stream_watch *w;

	pthread_mutex_lock(&mutex);
	w = g_steal_pointer(&st->watch);
	pthread_mutex_unlock(&mutex);
	return w;
}

static bool put(virStreamPtr st, struct stream_watch *w)
{
	bool is_first;

	pthread_mutex_lock(&mutex);
	is_first = !st->watch;
	if (is_first)
		st->watch = w;
	pthread_mutex_unlock(&mutex);
	return is_first;
}

static bool enter_loop(struct stream_watch *w, int events, GError **err)
{
	w->on_fd = add_handle(w, w->fd, events, on_ready);
	if (w->on_fd >= 0)
		w->on_over = add_handle(w, w->over, VIR_EVENT_HANDLE_READABLE, on_over);
	return w->on_over >= 0 ||
	       fail(err, VIR_ERR_OPERATION_INVALID,
		    "a stream's events need an event loop; call virEventRegisterDefaultImpl() or "
		    "virEventRegisterImpl() first");
}

bool stream_watch(virStreamPtr st, int events, const struct stream_callback *callback,
		  GError **err)
{
	struct stream_watch *w = g_new0(struct stream_watch, 1);
	bool done;

	*w = (struct stream_watch){ .n_refs = 1, .st = st, .callback = *callback, .fd = -1,
				    .over = -1, .on_fd = -1, .on_over = -1 };
	handle_ref(st);
	if (!line_copy(st->line, &w->fd, &w->over))
		done = fail_os(err, errno, "watch a stream");
	else if (!put(st, w))
		done = fail(err, VIR_ERR_OPERATION_INVALID, "the stream has a callback already");
	else
		done = enter_loop(w, events, err);
	if (done)
		return true;
	w->callback.ff = NULL;
	if (st->watch == w)
		take(st);
	leave_loop(w);
	watch_unref(w);
	return false;
}

bool stream_watch_update(virStreamPtr st, int events)
{
	bool has_one;

	pthread_mutex_lock(&mutex);
	has_one = st->watch;
	if (has_one)
		virEventUpdateHandle(st->watch->on_fd, events);
	pthread_mutex_unlock(&mutex);
	return has_one;
}

bool stream_watch_drop(virStreamPtr st)
{
	struct stream_watch *w = take(st);

	if (!w)
		return false;
	leave_loop(w);
	watch_unref(w);
	return true;
}
