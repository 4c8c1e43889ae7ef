/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/qemu/qmp.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "base/error.h"
#include "base/sys.h"
#include "base/util.h"
#include "driver/qemu/qmp-io.h"

#define VALUES_MAX 200000 /* JSON values in one line; 2 bytes of text can cost 300 of memory */
#define CLEAN_MAX 400

/* A command that has been sent and whose reply nobody has taken yet. */
struct pending {
	gint64 id;
	char *command;
	bool is_answered;
	json_object *value;
	GError *error;
};

struct qmp {
	struct qmp_io io;
	enum qmp_state state;
	GError *why_closed;
	GQueue events;       /* struct qmp_event */
	bool has_lost_events;
	GPtrArray *pending;  /* struct pending; capabilities first until answered */
	gint64 last_id;
	gint64 capabilities_id;
};

void qmp_event_free(struct qmp_event *ev)
{
	if (!ev)
		return;
	g_free(ev->name);
	json_object_put(ev->data);
	g_free(ev);
}

static void pending_free(void *data)
{
	struct pending *p = data;

	g_free(p->command);
	json_object_put(p->value);
	g_clear_error(&p->error);
	g_free(p);
}

/* ---- State ---- */

/* The only place where the state changes: greeting → capabilities → ready, and from each to
 * closed. */
static void set_state(struct qmp *q, enum qmp_state state)
{
	g_assert(state == QMP_CLOSED || (int)state == (int)q->state + 1);
	q->state = state;
}

/* Closed for good. Takes the error, hands a copy out. */
static bool give_up(struct qmp *q, GError *take_error, GError **err)
{
	g_assert(!q->why_closed);
	q->why_closed = take_error;
	set_state(q, QMP_CLOSED);
	qmp_io_shut(&q->io);
	g_propagate_error(err, g_error_copy(take_error));
	return false;
}

static bool tell_closed(const struct qmp *q, GError **err)
{
	g_propagate_error(err, g_error_copy(q->why_closed));
	return false;
}

/* ---- Opening and closing ---- */

static gint64 add_command(struct qmp *q, const char *command, json_object *take_args, int fd)
{
	g_autoptr(json_object) args = take_args;
	g_autoptr(json_object) message = json_object_new_object();
	struct pending *p = g_new0(struct pending, 1);

	p->id = ++q->last_id;
	p->command = g_strdup(command);
	g_ptr_array_add(q->pending, p);
	json_set_string(message, "execute", command);
	if (args)
		json_object_object_add(message, "arguments", g_steal_pointer(&args));
	json_set_int(message, "id", p->id);
	qmp_io_queue(&q->io, json_object_to_json_string_ext(message, JSON_C_TO_STRING_PLAIN), fd);
	return p->id;
}

struct qmp *qmp_new(int take_fd)
{
	struct qmp *q = g_new0(struct qmp, 1);

	qmp_io_init(&q->io, take_fd);
	g_queue_init(&q->events);
	q->pending = g_ptr_array_new_with_free_func(pending_free);
	/* Sent before the greeting is there: saves a round trip. No fault point, it changes nothing. */
	q->capabilities_id = add_command(q, "qmp_capabilities", NULL, -1);
	return q;
}

struct qmp *qmp_connect(int dirfd, const char *name, GError **err)
{
	int fd = qmp_io_connect(dirfd, name, err);

	return fd < 0 ? NULL : qmp_new(fd);
}

void qmp_free(struct qmp *q)
{
	if (!q)
		return;
	qmp_io_clear(&q->io);
	g_clear_error(&q->why_closed);
	g_queue_clear_full(&q->events, (GDestroyNotify)qmp_event_free);
	g_ptr_array_unref(q->pending);
	g_free(q);
}

enum qmp_state qmp_state(const struct qmp *q)
{
	return q->state;
}

int qmp_fd(const struct qmp *q)
{
	return q->io.fd;
}

short qmp_poll_events(const struct qmp *q)
{
	return POLLIN | (qmp_io_has_unsent(&q->io) ? POLLOUT : 0);
}

pid_t qmp_peer_pid(const struct qmp *q)
{
	return qmp_io_peer_pid(&q->io);
}

/* ---- Messages ---- */

static bool not_qmp(GError **err, const char *what)
{
	return fail(err, VIR_ERR_INTERNAL_ERROR, "QEMU's monitor broke the protocol: %s", what);
}

static struct pending *find_pending(struct qmp *q, gint64 id, guint *ret_index)
{
	for (guint i = 0; i < q->pending->len; i++) {
		struct pending *p = g_ptr_array_index(q->pending, i);

		if (p->id != id)
			continue;
		if (ret_index)
			*ret_index = i;
		return p;
	}
	return NULL;
}

static bool on_greeting(struct qmp *q, json_object *message, GError **err)
{
	json_object *greeting;

	if (q->state != QMP_GREETING || !json_get_object(message, "QMP", &greeting))
		return not_qmp(err, "unexpected greeting");
	set_state(q, QMP_CAPABILITIES);
	return true;
}

static bool on_event(struct qmp *q, json_object *message, GError **err)
{
	struct qmp_event *ev;
	json_object *data = NULL;
	const char *name;

	if (!json_get_string(message, "event", &name))
		return not_qmp(err, "event without a name");
	if (json_object_object_get_ex(message, "data", NULL) &&
	    !json_get_object(message, "data", &data))
		return not_qmp(err, "event data is not an object");
	ev = g_new0(struct qmp_event, 1);
	ev->name = g_strdup(name);
	ev->data = json_object_get(data);
	g_queue_push_tail(&q->events, ev);
	if (g_queue_get_length(&q->events) > QMP_EVENTS_MAX) {
		qmp_event_free(g_queue_pop_head(&q->events));
		q->has_lost_events = true;
	}
	return true;
}

static GError *refusal(const char *command, json_object *message)
{
	g_autofree char *clean = NULL;
	const char *text = "no reason given";
	json_object *error;
	GError *made = NULL;

	if (json_get_object(message, "error", &error))
		json_get_string(error, "desc", &text);
	clean = qmp_clean(text);
	fail(&made, VIR_ERR_OPERATION_FAILED, "QEMU refused '%s': %s", command, clean);
	return made;
}

static bool on_reply(struct qmp *q, json_object *message, bool is_error, GError **err)
{
	struct pending *p;
	guint index;
	gint64 id;

	if (!json_get_int(message, "id", &id) || id < 1 || id > q->last_id)
		return not_qmp(err, "reply to a command that was not sent");
	p = find_pending(q, id, &index);
	if (!p || p->is_answered)
		return true; /* forgotten after a timeout, or told twice */
	if (id == q->capabilities_id) {
		if (is_error)
			return not_qmp(err, "capabilities were refused");
		g_ptr_array_remove_index(q->pending, index);
		set_state(q, QMP_READY);
		return true;
	}
	p->is_answered = true;
	if (is_error) {
		p->error = refusal(p->command, message);
		p->value = json_object_get(json_object_object_get(message, "error"));
	} else {
		p->value = json_object_get(json_object_object_get(message, "return"));
	}
	return true;
}

static bool dispatch(struct qmp *q, json_object *message, GError **err)
{
	bool is_return = json_object_object_get_ex(message, "return", NULL);
	bool is_error = json_object_object_get_ex(message, "error", NULL);
	bool is_event = json_object_object_get_ex(message, "event", NULL);
	bool is_greeting = json_object_object_get_ex(message, "QMP", NULL);

	if (is_return + is_error + is_event + is_greeting != 1)
		return not_qmp(err, "message of no known kind");
	if (is_greeting)
		return on_greeting(q, message, err);
	if (q->state == QMP_GREETING)
		return not_qmp(err, "no greeting");
	return is_event ? on_event(q, message, err) : on_reply(q, message, is_error, err);
}

/* An upper bound of the number of values, because a parsed value costs far more than its text. */
static size_t count_values(const char *line, size_t size)
{
	size_t n = 1;

	for (size_t i = 0; i < size; i++)
		n += line[i] == ',' || line[i] == '[' || line[i] == '{';
	return n;
}

static bool on_line(struct qmp *q, const char *line, size_t size, GError **err)
{
	g_autoptr(json_object) message = NULL;

	if (size > 0 && line[size - 1] == '\r')
		size--;
	if (size == 0)
		return true;
	if (count_values(line, size) > VALUES_MAX)
		return not_qmp(err, "message of too many values");
	message = json_parse(line, size, NULL);
	if (!message || !json_object_is_type(message, json_type_object))
		return not_qmp(err, "a line is not a JSON object");
	return dispatch(q, message, err);
}

bool qmp_step(struct qmp *q, GError **err)
{
	GError *error = NULL;
	const char *line;
	size_t size;
	bool is_open;

	if (q->state == QMP_CLOSED)
		return tell_closed(q, err);
	is_open = qmp_io_flush(&q->io, &error) && qmp_io_read(&q->io, &error);
	while (qmp_io_next_line(&q->io, &line, &size)) {
		GError *broken = NULL;

		if (on_line(q, line, size, &broken))
			continue;
		g_clear_error(&error);
		return give_up(q, broken, err);
	}
	return is_open || give_up(q, error, err);
}

/* ---- Events and replies ---- */

struct qmp_event *qmp_take_event(struct qmp *q)
{
	return g_queue_pop_head(&q->events);
}

bool qmp_lost_events(struct qmp *q)
{
	bool has_lost = q->has_lost_events;

	q->has_lost_events = false;
	return has_lost;
}

gint64 qmp_send(struct qmp *q, const char *command, json_object *take_args, int fd, GError **err)
{
	g_autoptr(json_object) args = take_args;
	g_autofree char *point = g_strconcat("qmp-", command, NULL);

	if (q->state == QMP_CLOSED)
		return tell_closed(q, err);
	if (q->pending->len >= QMP_PENDING_MAX)
		return fail(err, VIR_ERR_INTERNAL_ERROR, "too many unanswered QMP commands");
	if (sys_point(point) < 0)
		return fail_os(err, errno, "send '%s' to QEMU", command);
	return add_command(q, command, g_steal_pointer(&args), fd);
}

bool qmp_take_reply(struct qmp *q, gint64 id, json_object **ret_value, GError **err)
{
	struct pending *p;
	guint index;

	p = find_pending(q, id, &index);
	if (!p)
		return fail(err, VIR_ERR_INTERNAL_ERROR, "no such QMP command");
	if (!p->is_answered && q->state != QMP_CLOSED)
		return false;
	if (!p->is_answered) {
		g_ptr_array_remove_index(q->pending, index);
		return tell_closed(q, err);
	}
	if (p->error) {
		g_propagate_error(err, g_steal_pointer(&p->error));
		g_ptr_array_remove_index(q->pending, index);
		return false;
	}
	if (ret_value)
		*ret_value = g_steal_pointer(&p->value);
	g_ptr_array_remove_index(q->pending, index);
	return true;
}

json_object *qmp_refusal(struct qmp *q, gint64 id)
{
	struct pending *p = find_pending(q, id, NULL);

	return p && p->error ? json_object_get(p->value) : NULL;
}

void qmp_forget(struct qmp *q, gint64 id)
{
	guint index;

	if (find_pending(q, id, &index))
		g_ptr_array_remove_index(q->pending, index);
}

/* ---- Blocking ---- */

static bool timed_out(struct qmp *q, GError **err)
{
	return fail(err, VIR_ERR_OPERATION_TIMEOUT, "QEMU %s in time",
		    q->state < QMP_READY ? "did not greet" : "did not answer");
}

static gint64 ms_left(gint64 deadline_ms)
{
	gint64 left = deadline_ms - mono_ms();

	if (deadline_ms == QMP_NO_DEADLINE)
		return -1;
	return CLAMP(left, 0, 1000000);
}

bool qmp_wait(struct qmp *q, int other_fd, gint64 deadline_ms, GError **err)
{
	struct pollfd fds[] = {
		{.fd = q->io.fd, .events = qmp_poll_events(q)},
		{.fd = other_fd, .events = POLLIN},
	};
	int n;

	if (q->state == QMP_CLOSED)
		return tell_closed(q, err);
	/* A peer that never stops sending must not carry the caller past the deadline. */
	if (ms_left(deadline_ms) == 0)
		return timed_out(q, err);
	n = poll(fds, G_N_ELEMENTS(fds), (int)ms_left(deadline_ms));
	if (n < 0 && errno != EINTR)
		return fail_os(err, errno, "wait for QEMU");
	if (n <= 0 || !fds[0].revents)
		return true; /* the caller comes back, and the deadline is looked at above */
	return qmp_step(q, err);
}

bool qmp_wait_ready(struct qmp *q, gint64 deadline_ms, GError **err)
{
	while (q->state != QMP_READY)
		if (!qmp_wait(q, -1, deadline_ms, err))
			return false;
	return true;
}

bool qmp_call_fd(struct qmp *q, const char *command, json_object *take_args, int fd,
		 gint64 timeout_ms, json_object **ret_value, GError **err)
{
	gint64 deadline = timeout_ms == QMP_NO_DEADLINE ? QMP_NO_DEADLINE : mono_ms() + timeout_ms;
	gint64 id = qmp_send(q, command, take_args, fd, err);
	GError *error = NULL;

	if (!id)
		return false;
	while (!qmp_take_reply(q, id, ret_value, &error)) {
		/* A closed client answers its pending commands with the reason. */
		if (!error && !qmp_wait(q, -1, deadline, &error) && q->state == QMP_CLOSED)
			g_clear_error(&error);
		if (!error)
			continue;
		qmp_forget(q, id);
		g_propagate_error(err, error);
		return false;
	}
	return true;
}

bool qmp_call(struct qmp *q, const char *command, json_object *take_args, json_object **ret_value,
	      GError **err)
{
	return qmp_call_fd(q, command, take_args, -1, QMP_TIMEOUT_MS, ret_value, err);
}

/* ---- Foreign text ---- */

/* Control, format (bidi, zero width) and surrogate characters do not go into a message. */
static bool is_plain(gunichar c)
{
	GUnicodeType type = g_unichar_type(c);

	return type != G_UNICODE_CONTROL && type != G_UNICODE_FORMAT &&
	       type != G_UNICODE_SURROGATE && type != G_UNICODE_LINE_SEPARATOR &&
	       type != G_UNICODE_PARAGRAPH_SEPARATOR;
}

char *qmp_clean(const char *text)
{
	/* Cut first: the text may be megabytes long. A character cut in two becomes U+FFFD. */
	g_autofree char *valid = g_utf8_make_valid(text, (gssize)strnlen(text, CLEAN_MAX));
	GString *clean = g_string_new(NULL);

	for (const char *p = valid; *p; p = g_utf8_next_char(p)) {
		gunichar c = g_utf8_get_char(p);

		g_string_append_unichar(clean, is_plain(c) ? c : ' ');
	}
	return g_strchomp(g_string_free(clean, FALSE));
}
