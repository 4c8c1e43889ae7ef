/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api/event-loop.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include "base/error.h"
#include "base/util.h"

/* A descriptor, or a timer (fd -1). */
struct item {
	int number; /* what the caller knows it by */
	int fd, events;
	int frequency; /* ms; negative: off */
	gint64 due;    /* mono_ms() */
	virEventHandleCallback on_handle;
	virEventTimeoutCallback on_timeout;
	void *opaque;
	virFreeCallback ff;
	bool is_removed; /* waits for its ff, which no callback of its own may be under */
	unsigned int n_running;
};

static struct {
	pthread_mutex_t mutex;
	int wake;        /* eventfd; -1: not initialised */
	GPtrArray *items; /* struct item */
	int next;
} loop = { .mutex = PTHREAD_MUTEX_INITIALIZER, .wake = -1, .next = 1 };

static void lock(void)
{
	pthread_mutex_lock(&loop.mutex);
}

static void unlock(void)
{
	pthread_mutex_unlock(&loop.mutex);
}

bool loop_init(GError **err)
{
	bool done;

	lock();
	if (!loop.items)
		loop.items = g_ptr_array_new();
	if (loop.wake < 0)
		loop.wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	done = loop.wake >= 0 || fail_os(err, errno, "make an event loop");
	unlock();
	return done;
}

/* ---- Items; the mutex is held ---- */

static void wake(void)
{
	eventfd_write(loop.wake, 1);
}

static struct item *find(int number, bool is_handle)
{
	for (guint i = 0; i < loop.items->len; i++) {
		struct item *item = loop.items->pdata[i];

		if (item->number == number && !item->is_removed &&
		    is_handle == (item->on_handle != NULL))
			return item;
	}
	return NULL;
}

static void schedule(struct item *item, int frequency)
{
	item->frequency = frequency;
	item->due = frequency > 0 ? mono_ms() + frequency : 0;
}

static int add(const struct item *like, int frequency)
{
	struct item *item = g_new(struct item, 1);
	int number;

	lock();
	*item = *like;
	number = item->number = loop.next++;
	schedule(item, frequency);
	g_ptr_array_add(loop.items, item);
	wake();
	unlock();
	return number;
}

static int remove_item(int number, bool is_handle)
{
	struct item *item;

	lock();
	item = find(number, is_handle);
	if (item)
		item->is_removed = true;
	wake();
	unlock();
	return item ? 0 : -1;
}

/* ---- For the callers ---- */

int loop_add_handle(int fd, int events, virEventHandleCallback cb, void *opaque,
		    virFreeCallback ff)
{
	const struct item like = { .fd = fd, .events = events, .on_handle = cb, .opaque = opaque,
				   .ff = ff };

	return add(&like, -1);
}

void loop_update_handle(int watch, int events)
{
	struct item *item;

	lock();
	item = find(watch, true);
	if (item)
		item->events = events;
	wake();
	unlock();
}

int loop_remove_handle(int watch)
{
	return remove_item(watch, true);
}

int loop_add_timeout(int frequency, virEventTimeoutCallback cb, void *opaque, virFreeCallback ff)
{
	const struct item like = { .fd = -1, .on_timeout = cb, .opaque = opaque, .ff = ff };

	return add(&like, frequency);
}

void loop_update_timeout(int timer, int frequency)
{
	struct item *item;

	lock();
	item = find(timer, false);
	if (item)
		schedule(item, frequency);
	wake();
	unlock();
}

int loop_remove_timeout(int timer)
{
	return remove_item(timer, false);
}

/* ---- A round ---- */

static const struct {
	int event;
	short poll;
} bits[] = {
	{ VIR_EVENT_HANDLE_READABLE, POLLIN },
	{ VIR_EVENT_HANDLE_WRITABLE, POLLOUT },
	{ VIR_EVENT_HANDLE_ERROR, POLLERR | POLLNVAL },
	{ VIR_EVENT_HANDLE_HANGUP, POLLHUP },
};

static short to_poll(int events)
{
	short poll = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(bits); i++)
		if (events & bits[i].event)
			poll |= bits[i].poll;
	return poll & (POLLIN | POLLOUT);
}

static int from_poll(short poll)
{
	int events = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(bits); i++)
		if (poll & bits[i].poll)
			events |= bits[i].event;
	return events;
}

/* What to poll, the wake-up first; numbers[i] is whose entry i is. Returns for how long. */
static int gather(GArray *fds, GArray *numbers)
{
	const struct pollfd wakes = { .fd = loop.wake, .events = POLLIN };
	gint64 now = mono_ms(), wait = -1;

	g_array_append_val(fds, wakes);
	for (guint i = 0; i < loop.items->len; i++) {
		const struct item *item = loop.items->pdata[i];
		const struct pollfd p = { .fd = item->fd, .events = to_poll(item->events) };
		gint64 left = item->due > now ? item->due - now : 0;

		if (item->is_removed)
			continue;
		if (item->on_handle && item->events) {
			g_array_append_val(fds, p);
			g_array_append_val(numbers, item->number);
		}
		if (item->on_timeout && item->frequency >= 0 && (wait < 0 || left < wait))
			wait = left;
	}
	return (int)MIN(wait, G_MAXINT);
}

/* Call back with the mutex given back. */
static void run_handle(int number, short revents)
{
	struct item *item = find(number, true);

	if (!item)
		return;
	item->n_running++;
	unlock();
	item->on_handle(number, item->fd, from_poll(revents), item->opaque);
	lock();
	item->n_running--;
}

static void run_timeout(int number, gint64 now)
{
	struct item *item = find(number, false);

	if (!item || item->frequency < 0 || item->due > now)
		return;
	schedule(item, item->frequency);
	item->n_running++;
	unlock();
	item->on_timeout(number, item->opaque);
	lock();
	item->n_running--;
}

static void run_timeouts(void)
{
	g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(int));
	gint64 now = mono_ms();

	for (guint i = 0; i < loop.items->len; i++) {
		const struct item *item = loop.items->pdata[i];

		if (item->on_timeout)
			g_array_append_val(numbers, item->number);
	}
	for (guint i = 0; i < numbers->len; i++)
		run_timeout(g_array_index(numbers, int, i), now);
}

/* Removed ones that nothing runs of any more: told, one at a time, as ff may change the list. */
static void sweep(void)
{
	for (guint i = 0; i < loop.items->len;) {
		struct item *item = loop.items->pdata[i];

		if (!item->is_removed || item->n_running) {
			i++;
			continue;
		}
		g_ptr_array_remove_index(loop.items, i);
		unlock();
		if (item->ff)
			item->ff(item->opaque);
		g_free(item);
		lock();
		i = 0;
	}
}

bool loop_run_once(GError **err)
{
	g_autoptr(GArray) fds = g_array_new(FALSE, FALSE, sizeof(struct pollfd));
	g_autoptr(GArray) numbers = g_array_new(FALSE, FALSE, sizeof(int));
	eventfd_t wakes;
	int n, wait;

	lock();
	if (loop.wake < 0) {
		unlock();
		return fail(err, VIR_ERR_OPERATION_INVALID,
			    "the library's event loop is not registered; call "
			    "virEventRegisterDefaultImpl() first");
	}
	sweep();
	wait = gather(fds, numbers);
	unlock();
	n = poll(&g_array_index(fds, struct pollfd, 0), fds->len, wait);
	if (n < 0 && errno != EINTR)
		return fail_os(err, errno, "wait for events");
	lock();
	eventfd_read(loop.wake, &wakes);
	run_timeouts();
	for (guint i = 1; n > 0 && i < fds->len; i++) {
		short revents = g_array_index(fds, struct pollfd, i).revents;

		if (revents)
			run_handle(g_array_index(numbers, int, i - 1), revents);
	}
	sweep();
	unlock();
	return true;
}
