/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guard/policy.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/sys.h"
#include "base/util.h"
#include "driver/qemu/actions.h"
#include "driver/qemu/power.h"
#include "guard/dump.h"
#include "guard/guard.h"
#include "store/lock.h"

/* SeaBIOS answers a reset with another, 32 ms later; the burst is over when none came for so long.
 */
#define BURST_MS 1000
#define RESTART_MS 10000 /* a reset that does not come */

/* ---- The words of now ---- */

static void move_word(char **to, char **from)
{
	g_free(*to);
	*to = g_steal_pointer(from);
}

static void read_words(struct guard *g)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(guest_spec) now = spec_read(GUARD_FD_RUN, &error);

	if (!now) {
		g_printerr("domsh-guard: %s\n", error->message);
		return;
	}
	move_word(&g->spec->on_poweroff, &now->on_poweroff);
	move_word(&g->spec->on_reboot, &now->on_reboot);
	move_word(&g->spec->on_crash, &now->on_crash);
}

/* Was this poweroff asked for as the first half of a reboot? The wish is good for one. */
static bool take_reboot_wish(void)
{
	return sys_unlinkat(GUARD_FD_RUN, POWER_REBOOT_FILE) == 0;
}

static bool is_poweroff(const char *event, json_object *data)
{
	const char *reason;

	return strcmp(event, "SHUTDOWN") == 0 && data &&
	       json_get_string(data, "reason", &reason) && strcmp(reason, "guest-shutdown") == 0;
}

/* ---- Carrying it out ---- */

/* What comes of it is told by events. */
static void send_command(struct guard *g, const char *command, json_object *take_args)
{
	g_autoptr(GError) error = NULL;
	gint64 id = qmp_send(g->qmp, command, take_args, -1, &error);

	if (!id) {
		g_printerr("domsh-guard: %s\n", error->message);
		return;
	}
	qmp_forget(g->qmp, id);
	qmp_step(g->qmp, NULL);
	guard_take_events_soon(g);
}

static void set_action(struct guard *g, const char *about, const char *action)
{
	json_object *args = json_object_new_object();

	json_set_string(args, about, action);
	send_command(g, "set-action", args);
}

static void stop_timer(struct policy *p)
{
	if (p->timer)
		g_source_remove(p->timer);
	p->timer = 0;
}

void policy_end(struct guard *g)
{
	if (g->policy.dump)
		dump_free(g_steal_pointer(&g->policy.dump), !g->is_dead);
	close_fd(&g->policy.lock_fd);
	stop_timer(&g->policy);
}

/* The restart is over: from now on the guest's ends are what the words say again. */
static gboolean on_timer(void *data)
{
	struct guard *g = data;
	struct actions a;

	g->policy.timer = 0;
	close_fd(&g->policy.lock_fd);
	read_words(g);
	actions_of(g->spec->on_poweroff, g->spec->on_reboot, g->spec->on_crash, &a);
	set_action(g, "reboot", a.reboot);
	if (exists_at(GUARD_FD_RUN, POWER_REBOOT_FILE) == 0)
		set_action(g, "shutdown", a.shutdown);
	return G_SOURCE_REMOVE;
}

static void set_timer(struct guard *g, guint ms)
{
	stop_timer(&g->policy);
	g->policy.timer = g_timeout_add(ms, on_timer, g);
}

static void carry_out(struct guard *g, enum policy_action action)
{
	if (action == POLICY_QUIT) {
		send_command(g, "quit", NULL);
		close_fd(&g->policy.lock_fd);
		return;
	}
	set_action(g, "reboot", "reset");
	send_command(g, "system_reset", NULL);
	set_timer(g, RESTART_MS);
}

/* Whatever became of the dump, the guest's end is what was wanted: a full disk must not keep a
 * crashed guest for ever. */
static void end_dump(struct guard *g, enum dump_state state, const GError *error)
{
	if (state == DUMP_RUNS)
		return;
	if (state == DUMP_FAILED)
		g_printerr("domsh-guard: %s\n", error->message);
	else
		g_printerr("domsh-guard: the memory is in '%s'\n", dump_path(g->policy.dump));
	if (g->policy.dump)
		dump_free(g_steal_pointer(&g->policy.dump), false);
	carry_out(g, g->policy.after_dump);
}

static void begin_dump(struct guard *g, enum policy_action after)
{
	g_autoptr(GError) error = NULL;

	g->policy.after_dump = after;
	g->policy.dump = dump_begin(g->qmp, GUARD_FD_DIR, g->name, &error);
	if (!g->policy.dump)
		return end_dump(g, DUMP_FAILED, error);
	qmp_step(g->qmp, NULL);
	guard_take_events_soon(g);
}

void policy_step(struct guard *g)
{
	g_autoptr(GError) error = NULL;

	if (g->policy.dump)
		end_dump(g, dump_step(g->policy.dump, g->qmp, &error), error);
}

bool policy_waits(const struct policy *p)
{
	return p->wanted != POLICY_NONE && p->is_stopped && p->lock_fd < 0;
}

/* An intent comes first: when it is finished, the lock's end is told again. */
static bool lock_domain(struct guard *g)
{
	if (exists_at(GUARD_FD_DIR, "intent") != 0)
		return false;
	g->policy.lock_fd = lock_take(GUARD_FD_DIR, "lock", g->name, "guard", 0, NULL);
	return g->policy.lock_fd >= 0;
}

void policy_try(struct guard *g)
{
	enum policy_action wanted = g->policy.wanted;

	if (!policy_waits(&g->policy))
		return;
	if (g->view.state != GUEST_SHUTDOWN && g->view.state != GUEST_CRASHED) {
		g->policy.wanted = POLICY_NONE; /* somebody else has reset it */
		return;
	}
	if (!lock_domain(g))
		return;
	g->policy.wanted = POLICY_NONE;
	if (wanted == POLICY_DUMP_QUIT)
		begin_dump(g, POLICY_QUIT);
	else if (wanted == POLICY_DUMP_RESTART)
		begin_dump(g, POLICY_RESTART);
	else
		carry_out(g, wanted);
}

/* ---- Events ---- */

/* A new end: what does it ask for? */
static void follow_end(struct guard *g, const char *event, json_object *data)
{
	enum policy_action wanted;

	if (strcmp(event, "SHUTDOWN") != 0 && strcmp(event, "GUEST_PANICKED") != 0)
		return;
	read_words(g);
	wanted = policy_for(g->spec, event, data);
	if (is_poweroff(event, data) && take_reboot_wish())
		wanted = POLICY_RESTART;
	if (wanted == POLICY_NONE)
		return;
	g->policy.wanted = wanted;
	g->policy.is_stopped = false;
}

/* The guest goes on with the first RESET; the lock is given back when it runs, and the burst of
 * them is over when none came for a while. */
static void follow_restart(struct guard *g, const char *event)
{
	bool is_reset = strcmp(event, "RESET") == 0, is_resume = strcmp(event, "RESUME") == 0;

	if (!g->policy.timer)
		return;
	if (is_reset && g->policy.lock_fd >= 0)
		send_command(g, "cont", NULL);
	if (is_resume)
		close_fd(&g->policy.lock_fd);
	if (g->policy.lock_fd < 0 && (is_reset || is_resume))
		set_timer(g, BURST_MS);
}

void policy_follow(struct guard *g, const char *event, json_object *data)
{
	g_autoptr(GError) error = NULL;

	follow_end(g, event, data);
	if (strcmp(event, "STOP") == 0) {
		g->policy.is_stopped = true;
		policy_try(g);
	}
	follow_restart(g, event);
	if (g->policy.dump)
		end_dump(g, dump_follow(g->policy.dump, event, data, &error), error);
}

/* Which end it was is not told any more; what can be concluded from its state is done, anything
 * else is left stopped for people to look at. A dump may be under way or done. */
void policy_adopt(struct guard *g)
{
	enum policy_action poweroff = policy_about(g->spec, END_POWEROFF);
	enum policy_action reboot = policy_about(g->spec, END_REBOOT);
	enum policy_action crash = policy_about(g->spec, END_CRASH);

	if (g->view.state == GUEST_CRASHED && (crash == POLICY_QUIT || crash == POLICY_RESTART))
		g->policy.wanted = crash;
	else if (g->view.state == GUEST_SHUTDOWN && take_reboot_wish())
		g->policy.wanted = POLICY_RESTART;
	/* QEMU restarts by itself when that is what a reboot is to do: then it was no reboot. */
	else if (g->view.state == GUEST_SHUTDOWN && (reboot == POLICY_RESTART || reboot == poweroff))
		g->policy.wanted = poweroff;
	g->policy.is_stopped = g->policy.wanted != POLICY_NONE;
}
