/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guard/guard.h"

#include <errno.h>
#include <glib-unix.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/sys.h"
#include "guard/news.h"
#include "guard/owner.h"
#include "guard/scope.h"

#define START_SECONDS 30
#define LEAVE_MS 1000
#define DRAIN_STEPS 1000

/* ---- Phase ---- */

void guard_set_phase(struct guard *g, enum guard_phase phase)
{
	static const unsigned int from[GUARD_PHASE_COUNT] = {
		[GUARD_READY] = 1u << GUARD_STARTING,
		[GUARD_WATCHING] = 1u << GUARD_READY,
		[GUARD_ENDED] = 1u << GUARD_WATCHING,
		[GUARD_LEAVING] = 1u << GUARD_STARTING | 1u << GUARD_READY | 1u << GUARD_WATCHING,
	};

	g_assert(from[phase] & 1u << g->phase);
	g->phase = phase;
	if (phase >= GUARD_ENDED && g->loop)
		g_main_loop_quit(g->loop);
}

/* Before go, whatever goes wrong: a QEMU of ours is killed, the client is told. */
static void give_up(struct guard *g, const GError *error)
{
	guard_kill(g);
	if (error)
		guard_tell_error(error);
	guard_set_phase(g, GUARD_LEAVING);
}

/* ---- Client ---- */

void guard_tell(const char *packet)
{
	ssize_t n = send(GUARD_FD_CONTROL, packet, MIN(strlen(packet), GUARD_PACKET_MAX),
			 MSG_NOSIGNAL | MSG_DONTWAIT);

	if (n < 0 && errno != EPIPE && errno != ECONNRESET)
		g_printerr("domsh-guard: cannot tell the client: %s\n", g_strerror(errno));
}

void guard_tell_error(const GError *error)
{
	int code = error->domain == DOM_ERROR ? error->code : VIR_ERR_SYSTEM_ERROR;
	g_autofree char *packet = g_strdup_printf("error %d %s", code, error->message);

	g_printerr("domsh-guard: %s\n", error->message);
	guard_tell(packet);
}

/* What else than QEMU can make a guard act, once run/ is published. */
void guard_look_after(struct guard *g)
{
	g->reconciler = reconciler_new(g);
	g->owner = owner_new(g);
}

static void on_go(struct guard *g)
{
	guard_set_phase(g, GUARD_WATCHING);
	if (sys_point("guard.go") < 0)
		g_printerr("domsh-guard: %s\n", g_strerror(errno));
	guard_look_after(g);
	g->scope = scope_ask(g);
	if (g->is_dead)
		guard_set_phase(g, GUARD_ENDED);
}

static gboolean on_control(int fd, GIOCondition condition, void *data)
{
	struct guard *g = data;
	char packet[GUARD_PACKET_MAX];
	ssize_t n = recv(fd, packet, sizeof(packet), MSG_DONTWAIT);

	(void)condition;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return G_SOURCE_CONTINUE;
	if (n == 2 && memcmp(packet, "go", 2) == 0 && g->phase == GUARD_READY)
		on_go(g);
	else if (g->phase < GUARD_WATCHING)
		give_up(g, NULL); /* gone, or it talks nonsense */
	g->control_source = 0;
	close(fd);
	return G_SOURCE_REMOVE;
}

/* ---- QEMU ---- */

static json_object *events_capability(void)
{
	json_object *args = json_object_new_object();
	json_object *list = json_object_new_array();
	json_object *events = json_object_new_object();

	json_set_string(events, "capability", "events");
	json_set_bool(events, "state", true);
	json_object_array_add(list, events);
	json_object_object_add(args, "capabilities", list);
	return args;
}

bool guard_greet(struct guard *g, GError **err)
{
	g->qmp = qmp_connect(GUARD_FD_RUN, "guard.qmp", err);
	if (!g->qmp)
		return false;
	g->status_id = qmp_send(g->qmp, "query-status", NULL, -1, err);
	if (!g->status_id)
		return false;
	g->events_id = qmp_send(g->qmp, "migrate-set-capabilities", events_capability(), -1, err);
	return g->events_id != 0;
}

/* The greeting comes before the machine is built: only an answer means that it runs. */
static void check_started(struct guard *g)
{
	g_autoptr(GError) error = NULL;

	if (g->status_id && qmp_take_reply(g->qmp, g->status_id, NULL, &error))
		g->status_id = 0;
	if (!error && !g->status_id && qmp_take_reply(g->qmp, g->events_id, NULL, &error))
		g->events_id = 0;
	if (error && qmp_state(g->qmp) != QMP_CLOSED)
		return give_up(g, error);
	if (g->status_id || g->events_id)
		return;
	if (sys_point("guard.started") < 0) {
		fail_os(&error, errno, "start the guest");
		return give_up(g, error);
	}
	guard_set_phase(g, GUARD_READY);
	guard_tell("ready");
	if (sys_point("guard.ready") < 0)
		g_printerr("domsh-guard: %s\n", g_strerror(errno));
}

/* Events were dropped: ask how things stand. */
static void refresh(struct guard *g)
{
	g->refresh_id = qmp_send(g->qmp, "query-status", NULL, -1, NULL);
	g->ports_id = qmp_send(g->qmp, "query-chardev", NULL, -1, NULL);
	qmp_step(g->qmp, NULL);
	guard_take_events_soon(g);
}

/* Is it answered? The answer counts once; NULL when there is none to use. */
static json_object *take_answer(struct guard *g, gint64 *id)
{
	json_object *reply = NULL;

	if (*id && qmp_take_reply(g->qmp, *id, &reply, NULL))
		*id = 0;
	return reply;
}

static void check_refreshed(struct guard *g)
{
	g_autoptr(json_object) reply = NULL, chardevs = NULL;
	const char *status;

	if (qmp_lost_events(g->qmp) && !g->refresh_id)
		refresh(g);
	reply = take_answer(g, &g->refresh_id);
	chardevs = take_answer(g, &g->ports_id);
	if (reply && json_get_string(reply, "status", &status))
		view_set_status(&g->view, status);
	if (chardevs)
		view_set_channels(&g->view, chardevs);
	if (reply || chardevs)
		guard_save_state(g);
}

static void apply_events(struct guard *g)
{
	bool is_new = false;

	for (;;) {
		g_autoptr(qmp_event) ev = qmp_take_event(g->qmp);
		struct view before = g->view;

		if (!ev)
			break;
		is_new = view_apply(&g->view, ev->name, ev->data) || is_new;
		guard_note(g, &before, ev);
		policy_follow(g, ev->name, ev->data);
	}
	if (is_new)
		guard_save_state(g);
}

static gboolean on_events(void *data)
{
	struct guard *g = data;

	g->events_source = 0;
	apply_events(g);
	policy_step(g);
	return G_SOURCE_REMOVE;
}

void guard_take_events_soon(struct guard *g)
{
	if (!g->events_source)
		g->events_source = g_idle_add(on_events, g);
}

/* Without its monitor a guest goes on; its end is seen by the pidfd. */
static void on_monitor_closed(struct guard *g, const GError *error)
{
	g->qmp_source = 0;
	if (error_is(error, VIR_ERR_OPERATION_INVALID))
		return; /* it ends */
	if (g->phase == GUARD_STARTING)
		return give_up(g, error);
	g_printerr("domsh-guard: %s\n", error->message);
	guard_note_lost_monitor(g);
}

static gboolean on_monitor(int fd, GIOCondition condition, void *data)
{
	struct guard *g = data;
	g_autoptr(GError) error = NULL;
	bool is_open = qmp_step(g->qmp, &error);

	(void)fd;
	(void)condition;
	apply_events(g);
	if (g->phase == GUARD_STARTING)
		check_started(g);
	else
		check_refreshed(g);
	policy_step(g);
	if (is_open)
		return G_SOURCE_CONTINUE;
	on_monitor_closed(g, error);
	return G_SOURCE_REMOVE;
}

/* What a dead QEMU has sent is still there to be read. */
static void drain_monitor(struct guard *g)
{
	for (int i = 0; i < DRAIN_STEPS && qmp_step(g->qmp, NULL); i++)
		continue;
	apply_events(g);
}

static void on_failed_start(struct guard *g)
{
	g_autofree char *tail = guard_log_tail();
	GError *error = NULL;

	fail(&error, VIR_ERR_OPERATION_FAILED, "QEMU ended while it started: %s",
	     *tail ? tail : "it did not say why");
	give_up(g, error);
	g_error_free(error);
}

static gboolean on_death(int fd, GIOCondition condition, void *data)
{
	struct guard *g = data;

	(void)fd;
	(void)condition;
	if (g->qmp_source)
		g_source_remove(g->qmp_source);
	g->qmp_source = 0;
	drain_monitor(g);
	if (g->is_child && TEMP_FAILURE_RETRY(waitpid(g->pid, &g->wait_status, 0)) < 0)
		g->wait_status = -1;
	g->is_dead = true;
	g->pid = 0;
	if (g->phase == GUARD_STARTING)
		on_failed_start(g);
	else if (g->phase == GUARD_WATCHING)
		guard_set_phase(g, GUARD_ENDED);
	/* GUARD_READY: "go" or the client's end decides, which may be on its way already. */
	return G_SOURCE_REMOVE;
}

/* ---- The loop ---- */

/* Was it for the guard alone? A QEMU that was told too has said by now that it ends. */
static gboolean on_leave(void *data)
{
	struct guard *g = data;

	g->leave_timer = 0;
	if (g->phase == GUARD_WATCHING && g->view.end_reason != VIR_DOMAIN_SHUTOFF_DESTROYED)
		guard_set_phase(g, GUARD_LEAVING);
	return G_SOURCE_REMOVE;
}

/* Whoever stops a scope, or the host, tells all of its processes: with the guard gone nobody would
 * see to the end of the guest. */
static gboolean on_signal(int fd, GIOCondition condition, void *data)
{
	struct guard *g = data;
	struct signalfd_siginfo info;

	(void)condition;
	if (read(fd, &info, sizeof(info)) != sizeof(info))
		return G_SOURCE_CONTINUE;
	if (g->phase < GUARD_WATCHING)
		give_up(g, NULL);
	else if (!g->leave_timer)
		g->leave_timer = g_timeout_add(LEAVE_MS, on_leave, g);
	return G_SOURCE_CONTINUE;
}

static gboolean on_deadline(void *data)
{
	struct guard *g = data;
	g_autoptr(GError) error = NULL;

	if (g->phase != GUARD_STARTING)
		return G_SOURCE_REMOVE;
	fail(&error, VIR_ERR_OPERATION_TIMEOUT, "QEMU did not answer within %d seconds",
	     START_SECONDS);
	give_up(g, error);
	return G_SOURCE_REMOVE;
}

void guard_watch(struct guard *g)
{
	int signals;
	sigset_t term;

	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, NULL);
	signals = signalfd(-1, &term, SFD_CLOEXEC | SFD_NONBLOCK);
	g->loop = g_main_loop_new(NULL, FALSE);
	g_unix_fd_add(signals, G_IO_IN, on_signal, g);
	g_unix_fd_add(g->pidfd, G_IO_IN, on_death, g);
	g->qmp_source = g_unix_fd_add(qmp_fd(g->qmp), G_IO_IN, on_monitor, g);
	g->control_source = g_unix_fd_add(GUARD_FD_CONTROL, G_IO_IN, on_control, g);
	if (g->phase == GUARD_STARTING)
		g_timeout_add_seconds(START_SECONDS, on_deadline, g);
	else
		guard_take_events_soon(g); /* of an adoption */
	g_main_loop_run(g->loop);
	if (g->events_source)
		g_source_remove(g->events_source);
	if (g->leave_timer)
		g_source_remove(g->leave_timer);
	reconciler_free(g->reconciler);
	owner_free(g->owner);
	scope_free(g->scope);
	policy_end(g);
	g_main_loop_unref(g->loop);
	close(signals);
	/* From here on SIGTERM is what it usually is: the next writer does what is left. */
	sigprocmask(SIG_UNBLOCK, &term, NULL);
}
