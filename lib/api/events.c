/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api/events.h"

#include <pthread.h>
#include <string.h>
#include "api/event-call.h"
#include "api/handle.h"
#include "api/last-error.h"
#include "base/error.h"
#include "engine/news.h"

struct callback {
	gint n_refs;
	int number;
	virConnectPtr conn; /* a reference, until it is unregistered and done */
	struct event_wish wish; /* domain: not used */
	char *uuid;
	GRegex *name; /* of a monitor's events; NULL: all */
};

struct close_callback {
	virConnectCloseFunc cb; /* NULL: none */
	void *opaque;
	virFreeCallback freecb;
};

/* The mutex is for all of it, and is not held while anybody is called back. */
struct events {
	gint n_refs; /* the connection's and the event loop's */
	pthread_mutex_t mutex;
	GPtrArray *callbacks;
	int next;
	struct news_reader *reader; /* NULL: no callbacks */
	int watch;
	struct close_callback on_close;
};

/* ---- Callbacks ---------------------------------------------------------------------------- */

static void callback_unref(void *data)
{
	struct callback *cb = data;

	if (!g_atomic_int_dec_and_test(&cb->n_refs))
		return;
	if (cb->wish.freecb)
		cb->wish.freecb(cb->wish.opaque);
	if (cb->name)
		g_regex_unref(cb->name);
	g_free(cb->uuid);
	handle_unref(cb->conn);
	g_free(cb);
}

static struct callback *callback_ref(struct callback *cb)
{
	g_atomic_int_inc(&cb->n_refs);
	return cb;
}

/* A name that is not a pattern becomes one that only it matches. */
static bool compile_name(const struct event_wish *wish, GRegex **ret_name, GError **err)
{
	GRegexCompileFlags flags = wish->ignores_case ? G_REGEX_CASELESS : 0;
	g_autofree char *quoted = NULL, *pattern = NULL;
	g_autoptr(GError) why = NULL;

	if (!wish->event)
		return true;
	quoted = g_regex_escape_string(wish->event, -1);
	pattern = g_strdup_printf("^%s$", quoted);
	*ret_name = g_regex_new(wish->is_regex ? wish->event : pattern, flags, 0, &why);
	return *ret_name ||
	       fail(err, VIR_ERR_INVALID_ARG, "'%s' is not a regular expression: %s", wish->event,
		    why->message);
}

static struct callback *callback_new(virConnectPtr conn, const struct event_wish *wish,
				     GError **err)
{
	struct callback *cb;
	GRegex *name = NULL;
	const char *uuid = NULL;

	if (!compile_name(wish, &name, err))
		return NULL;
	if (wish->domain)
		uuid = domain_uuid(wish->domain, err);
	if (wish->domain && !uuid) {
		g_clear_pointer(&name, g_regex_unref);
		return NULL;
	}
	cb = g_new0(struct callback, 1);
	cb->n_refs = 1;
	cb->wish = *wish;
	cb->wish.event = NULL;
	cb->wish.domain = NULL;
	cb->name = name;
	cb->uuid = g_strdup(uuid);
	handle_ref(conn);
	cb->conn = conn;
	return cb;
}

/* ---- Being told --------------------------------------------------------------------------- */

/* News are copied out of the reader first: callbacks may do anything. */
struct told {
	struct event_args args;
	GPtrArray *callbacks;
};

static void told_free(void *data)
{
	struct told *t = data;

	event_args_clear(&t->args);
	g_ptr_array_unref(t->callbacks);
	g_free(t);
}

static bool wants(const struct callback *cb, const struct event_args *args)
{
	if (cb->uuid && strcmp(cb->uuid, args->uuid) != 0)
		return false;
	if (args->id == EVENTS_MONITOR)
		return cb->wish.id == EVENTS_MONITOR &&
		       (!cb->name || g_regex_match(cb->name, args->event, 0, NULL));
	return cb->wish.id == args->id || (cb->wish.id == VIR_DOMAIN_EVENT_ID_IO_ERROR_REASON &&
					   args->id == VIR_DOMAIN_EVENT_ID_IO_ERROR);
}

/* What a reading collects; `ev` is locked. */
struct collection {
	struct events *ev;
	GPtrArray *list; /* struct told */
};

static void collect(struct collection *to, struct event_args *take_args)
{
	struct told *t = g_new0(struct told, 1);

	t->args = *take_args;
	t->callbacks = g_ptr_array_new_with_free_func(callback_unref);
	for (guint i = 0; i < to->ev->callbacks->len; i++) {
		struct callback *cb = to->ev->callbacks->pdata[i];

		if (wants(cb, &t->args))
			g_ptr_array_add(t->callbacks, callback_ref(cb));
	}
	g_ptr_array_add(to->list, t);
}

static void on_news(const struct news *news, void *data)
{
	struct event_args args;

	event_args_of_news(&args, news);
	collect(data, &args);
}

static void on_monitor(const struct monitor_news *news, void *data)
{
	struct event_args args;

	event_args_of_monitor(&args, news);
	args.id = EVENTS_MONITOR;
	collect(data, &args);
}

static bool is_registered(struct events *ev, const struct callback *cb)
{
	bool found;

	pthread_mutex_lock(&ev->mutex);
	found = g_ptr_array_find(ev->callbacks, cb, NULL);
	pthread_mutex_unlock(&ev->mutex);
	return found;
}

static void call_back(struct events *ev, const struct told *t)
{
	for (guint i = 0; i < t->callbacks->len; i++) {
		struct callback *cb = t->callbacks->pdata[i];
		virDomainPtr domain;

		/* One before it may have unregistered it. */
		if (!is_registered(ev, cb))
			continue;
		domain = domain_new(cb->conn, t->args.domain, t->args.uuid);
		event_call(&t->args, cb->wish.id, cb->conn, domain, cb->wish.cb, cb->wish.opaque);
		handle_unref(domain);
	}
}

static void on_readable(int watch, int fd, int events, void *opaque)
{
	struct events *ev = opaque;
	struct collection to = { ev, g_ptr_array_new_with_free_func(told_free) };
	const struct news_sink sink = { on_news, on_monitor, &to };

	(void)watch;
	(void)fd;
	(void)events;
	pthread_mutex_lock(&ev->mutex);
	if (ev->reader)
		news_read(ev->reader, &sink);
	pthread_mutex_unlock(&ev->mutex);
	for (guint i = 0; i < to.list->len; i++)
		call_back(ev, to.list->pdata[i]);
	g_ptr_array_unref(to.list);
}

/* ---- The connection's ---------------------------------------------------------------------- */

struct events *events_new(void)
{
	struct events *ev = g_new0(struct events, 1);

	ev->n_refs = 1;
	pthread_mutex_init(&ev->mutex, NULL);
	ev->callbacks = g_ptr_array_new();
	ev->next = 1;
	ev->watch = -1;
	return ev;
}

static void events_unref(void *data)
{
	struct events *ev = data;

	if (!g_atomic_int_dec_and_test(&ev->n_refs))
		return;
	pthread_mutex_destroy(&ev->mutex);
	g_ptr_array_unref(ev->callbacks);
	g_free(ev);
}

/* Locked. */
static void stop_reading(struct events *ev)
{
	if (ev->watch >= 0)
		virEventRemoveHandle(ev->watch);
	ev->watch = -1;
	g_clear_pointer(&ev->reader, news_close);
}

/* Locked. The loop that the program registered fails for reasons of its own. */
static bool start_reading(struct events *ev, struct engine *e, GError **err)
{
	if (ev->reader)
		return true;
	ev->reader = news_open(e, err);
	if (!ev->reader)
		return false;
	g_atomic_int_inc(&ev->n_refs);
	ev->watch = virEventAddHandle(news_fd(ev->reader), VIR_EVENT_HANDLE_READABLE, on_readable,
				      ev, events_unref);
	if (ev->watch >= 0)
		return true;
	events_unref(ev);
	g_clear_pointer(&ev->reader, news_close);
	return fail(err, VIR_ERR_OPERATION_INVALID,
		    "events need an event loop; call virEventRegisterDefaultImpl() or "
		    "virEventRegisterImpl() first");
}

static bool has_legacy(const struct events *ev, void (*func)(void))
{
	for (guint i = 0; i < ev->callbacks->len; i++) {
		const struct callback *cb = ev->callbacks->pdata[i];

		if (cb->wish.is_legacy && cb->wish.cb == func)
			return true;
	}
	return false;
}

/* Locked. */
static bool add(struct events *ev, struct callback *cb, GError **err)
{
	struct engine *e = cb->conn->engine;

	if (cb->wish.is_legacy && has_legacy(ev, cb->wish.cb))
		return fail(err, VIR_ERR_INVALID_ARG, "event callback already tracked");
	if (!start_reading(ev, e, err))
		return false;
	if (cb->wish.id == EVENTS_MONITOR && !news_follow_monitors(ev->reader, err)) {
		if (!ev->callbacks->len)
			stop_reading(ev);
		return false;
	}
	cb->number = ev->next++;
	g_ptr_array_add(ev->callbacks, cb);
	return true;
}

int events_add(virConnectPtr conn, const struct event_wish *wish, GError **err)
{
	struct events *ev = conn->events;
	struct callback *cb = callback_new(conn, wish, err);
	bool done;
	int number;

	if (!cb)
		return -1;
	pthread_mutex_lock(&ev->mutex);
	done = add(ev, cb, err);
	number = cb->number;
	pthread_mutex_unlock(&ev->mutex);
	if (done)
		return number;
	cb->wish.freecb = NULL;
	callback_unref(cb);
	return -1;
}

static struct callback *take(struct events *ev, int number, bool is_monitor,
			     void (*legacy_cb)(void))
{
	for (guint i = 0; i < ev->callbacks->len; i++) {
		struct callback *cb = ev->callbacks->pdata[i];
		bool is_it = legacy_cb ? cb->wish.is_legacy && cb->wish.cb == legacy_cb
				       : cb->number == number && !cb->wish.is_legacy;

		if (is_it && is_monitor == (cb->wish.id == EVENTS_MONITOR))
			return g_ptr_array_remove_index(ev->callbacks, i);
	}
	return NULL;
}

bool events_remove(virConnectPtr conn, int number, bool is_monitor, void (*legacy_cb)(void))
{
	struct events *ev = conn->events;
	struct callback *cb;

	pthread_mutex_lock(&ev->mutex);
	cb = take(ev, number, is_monitor, legacy_cb);
	if (cb && !ev->callbacks->len)
		stop_reading(ev);
	pthread_mutex_unlock(&ev->mutex);
	if (cb)
		callback_unref(cb);
	return cb != NULL;
}

/* Each callback holds the connection: there is none left. */
void events_end(struct events *ev)
{
	if (ev->on_close.freecb)
		ev->on_close.freecb(ev->on_close.opaque);
	events_unref(ev);
}

bool events_set_close(virConnectPtr conn, virConnectCloseFunc cb, void *opaque,
		      virFreeCallback freecb)
{
	struct events *ev = conn->events;
	bool is_free;

	pthread_mutex_lock(&ev->mutex);
	is_free = !ev->on_close.cb;
	if (is_free)
		ev->on_close = (struct close_callback){ cb, opaque, freecb };
	pthread_mutex_unlock(&ev->mutex);
	return is_free;
}

bool events_drop_close(virConnectPtr conn, virConnectCloseFunc cb)
{
	struct events *ev = conn->events;
	struct close_callback old = { 0 };

	pthread_mutex_lock(&ev->mutex);
	if (ev->on_close.cb == cb) {
		old = ev->on_close;
		ev->on_close = (struct close_callback){ 0 };
	}
	pthread_mutex_unlock(&ev->mutex);
	if (old.freecb)
		old.freecb(old.opaque);
	return old.cb != NULL;
}
