/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/qemu/agent.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/json.h"
#include "base/sys.h"
#include "base/util.h"
#include "driver/qemu/chardev.h"
#include "driver/qemu/qmp-io.h"
#include "driver/qemu/qmp.h"
#include "driver/qemu/session.h"
#include "driver/qemu/spec.h"

#define SILENCE_MS 1000 /* what a command that need not be answered gets for a refusal */
#define PAUSE_US 1000
#define SENTINEL '\xff' /* an agent drops what it has half read, and begins an answer with it */

static bool silent(GError **err, const char *why)
{
	return fail(err, VIR_ERR_AGENT_UNRESPONSIVE, "%s", why);
}

/* ---- Lines ---- */

static int connect_agent(const struct guest *g, GError **err)
{
	g_autoptr(guest_spec) spec = spec_read(g->run_fd, err);
	g_autofree char *parent = NULL, *name = NULL;
	auto_close int dir = -1;
	int fd;

	if (!spec)
		return -1;
	if (!spec->agent) {
		fail(err, VIR_ERR_ARGUMENT_UNSUPPORTED,
		     "domain '%s' has no channel to a guest agent", g->name);
		return -1;
	}
	parent = g_path_get_dirname(spec->agent);
	name = g_path_get_basename(spec->agent);
	dir = g_path_is_absolute(spec->agent) ? open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
					      : open_dir_at(g->run_fd, ".");
	fd = dir < 0 ? -1 : qmp_io_connect(dir, name, NULL);
	if (fd < 0)
		silent(err, "nobody listens at its channel");
	return fd;
}

/* Until something can be read, or unsent bytes can go. */
static bool wait_io(struct qmp_io *io, gint64 deadline, GError **err)
{
	struct pollfd p = { .fd = io->fd,
			    .events = POLLIN | (qmp_io_has_unsent(io) ? POLLOUT : 0) };
	gint64 left = deadline - mono_ms();

	if (left <= 0)
		return silent(err, "it did not answer in time");
	if (poll(&p, 1, (int)MIN(left, G_MAXINT)) < 0 && errno != EINTR)
		return fail_os(err, errno, "wait for the guest agent");
	return true;
}

/* The next line, as a JSON object; anything else that it says is passed over. */
static json_object *next_object(struct qmp_io *io, gint64 deadline, GError **err)
{
	const char *line;
	size_t size;

	for (;;) {
		while (qmp_io_next_line(io, &line, &size)) {
			const char *last = memrchr(line, SENTINEL, size);
			const char *start = last ? last + 1 : line;
			json_object *o = json_parse(start, size - (start - line), NULL);

			if (o && json_object_is_type(o, json_type_object))
				return o;
			json_object_put(o);
		}
		if (!wait_io(io, deadline, err))
			return NULL;
		if (!qmp_io_flush(io, NULL) || !qmp_io_read(io, NULL)) {
			silent(err, "it broke off, or said more than a line may hold");
			return NULL;
		}
	}
}

static bool synchronise(struct qmp_io *io, gint64 deadline, GError **err)
{
	gint64 number = g_random_int_range(1, G_MAXINT), answer;
	g_autofree char *text =
		g_strdup_printf("%c{\"execute\":\"guest-sync-delimited\",\"arguments\":{\"id\":"
				"%" G_GINT64_FORMAT "}}\n", SENTINEL, number);

	qmp_io_queue(io, text, -1);
	for (;;) {
		g_autoptr(json_object) o = next_object(io, deadline, err);

		if (!o)
			return false;
		if (json_get_int(o, "return", &answer) && answer == number)
			return true;
	}
}

/* ---- Calls ---- */

static bool refused(json_object *reply, GError **err)
{
	g_autofree char *clean = NULL;
	const char *text = "it does not say why";
	json_object *error;

	if (!json_get_object(reply, "error", &error))
		return false;
	json_get_string(error, "desc", &text);
	clean = qmp_clean(text);
	fail(err, VIR_ERR_OPERATION_FAILED, "the guest agent refused: %s", clean);
	return true;
}

/* QEMU drops what it has not read when we hang up; nothing tells but the length of the queue. */
static bool hand_over(struct qmp_io *io, gint64 deadline, GError **err)
{
	int unread = 1;

	while (qmp_io_has_unsent(io)) {
		if (!wait_io(io, deadline, err))
			return false;
		if (!qmp_io_flush(io, NULL) || !qmp_io_read(io, NULL))
			return silent(err, "it broke off before it had taken the command");
	}
	while (ioctl(io->fd, SIOCOUTQ, &unread) == 0 && unread > 0) {
		if (mono_ms() >= deadline)
			return silent(err, "it did not take the command in time");
		g_usleep(PAUSE_US);
	}
	return true;
}

static bool converse(struct qmp_io *io, const struct hv_agent_call *call, gint64 deadline,
		     char **ret_reply, GError **err)
{
	g_autofree char *text = g_strconcat(call->command, "\n", NULL);
	g_autoptr(json_object) reply = NULL;
	g_autoptr(GError) error = NULL;

	if (!synchronise(io, deadline, err))
		return false;
	if (!call->command[0])
		return true;
	qmp_io_queue(io, text, -1);
	if (call->is_posted)
		return hand_over(io, deadline, err);
	if (call->may_be_silent)
		deadline = MIN(deadline, mono_ms() + SILENCE_MS);
	reply = next_object(io, deadline, &error);
	if (!reply && call->may_be_silent)
		return true;
	if (!reply) {
		g_propagate_error(err, g_steal_pointer(&error));
		return false;
	}
	if (refused(reply, err))
		return false;
	if (ret_reply)
		*ret_reply = g_strdup(json_object_to_json_string_ext(
			reply, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
	return true;
}

bool agent_call(struct hv *hv, struct guest *g, const struct hv_agent_call *call,
		char **ret_reply, GError **err)
{
	gint64 deadline = mono_ms() + call->timeout_ms;
	struct qmp_io io = { 0 };
	bool done;
	int fd;

	(void)hv;
	if (sys_point("agent") < 0)
		return fail_os(err, errno, "ask the guest agent");
	fd = connect_agent(g, err);
	if (fd < 0)
		return false;
	qmp_io_init(&io, fd);
	done = converse(&io, call, deadline, ret_reply, err);
	qmp_io_clear(&io);
	return done;
}

bool agent_is_open(struct hv *hv, struct guest *g, bool *ret_is_open, GError **err)
{
	g_autoptr(guest_spec) spec = spec_read(g->run_fd, err);
	g_autoptr(json_object) chardevs = NULL;

	(void)hv;
	if (!spec)
		return false;
	if (spec->agent_chardev && !session_call(g, "query-chardev", NULL, &chardevs, err))
		return false;
	*ret_is_open = spec->agent_chardev && chardev_is_open(chardevs, spec->agent_chardev);
	return true;
}
