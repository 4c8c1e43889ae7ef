/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guard/policy.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/sys.h"
#include "base/util.h"
#include "driver/qemu/control.h"
#include "guard/guard.h"
#include "store/lock.h"

/* SeaBIOS answers a reset with another, 32 ms later; the burst is over when none came for so long.
 */
#define BURST_MS 1000
#define RESTART_MS 10000 /* a reset that does not come */

/* Which of the three words an end is about; STOP follows when QEMU has not ended by itself. */
static const struct {
	const char *event, *key, *value;
	enum { ON_POWEROFF, ON_REBOOT, ON_CRASH } about;
} ends[] = {
	{ "SHUTDOWN", "reason", "guest-shutdown", ON_POWEROFF },
	{ "SHUTDOWN", "reason", "guest-reset", ON_REBOOT },
	{ "SHUTDOWN", "reason", "host-qmp-system-reset", ON_REBOOT },
	{ "SHUTDOWN", "reason", "guest-panic", ON_CRASH },
	{ "GUEST_PANICKED", "action", "pause", ON_CRASH },
};

static const struct {
	const char *word;
	enum policy_action action;
} words[] = {
	{ "destroy", POLICY_QUIT },
	{ "restart", POLICY_RESTART },
	{ "rename-restart", POLICY_RESTART },
	{ "preserve", POLICY_NONE },
};

static const char *word_about(const struct spec *spec, unsigned int about)
{
	const char *const given[] = {
		[ON_POWEROFF] = spec->on_poweroff,
		[ON_REBOOT] = spec->on_reboot,
		[ON_CRASH] = spec->on_crash,
	};

	if (given[about])
		return given[about];
	return about == ON_REBOOT ? "restart" : "destroy";
}

enum policy_action policy_for(const struct spec *spec, const char *event, json_object *data)
{
	for (size_t i = 0; i < G_N_ELEMENTS(ends); i++) {
		const char *text, *word = word_about(spec, ends[i].about);

		if (strcmp(ends[i].event, event) != 0 || !data ||
		    !json_get_string(data, ends[i].key, &text) || strcmp(text, ends[i].value) != 0)
			continue;
		for (size_t w = 0; w < G_N_ELEMENTS(words); w++) {
			if (strcmp(words[w].word, word) == 0)
				return words[w].action;
		}
	}
	return POLICY_NONE;
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
}

static void set_action(struct guard *g, const char *about, const char *action)
{
	json_object *args = json_object_new_object();

	json_set_string(args, about, action);
	send_command(g, "set-action", args);
}

static void set_reboot_action(struct guard *g, const char *action)
{
	/* QEMU's is `reset` all the time when that is what is wanted. */
	if (strcmp(word_about(g->spec, ON_REBOOT), "restart") != 0)
		set_action(g, "reboot", action);
}

/* Was this poweroff asked for as the first half of a reboot? The wish is good for one. */
static bool take_reboot_wish(struct guard *g, const char *event, json_object *data)
{
	g_autofree char *before = NULL;
	const char *reason;

	if (strcmp(event, "SHUTDOWN") != 0 || !data || !json_get_string(data, "reason", &reason) ||
	    strcmp(reason, "guest-shutdown") != 0 ||
	    !read_file_at(GUARD_FD_RUN, CONTROL_REBOOT_FILE, 64, &before, NULL, NULL))
		return false;
	sys_unlinkat(GUARD_FD_RUN, CONTROL_REBOOT_FILE);
	g->policy.ends_again = strcmp(before, "poweroff") == 0;
	return true;
}

void policy_end(struct guard *g)
{
	close_fd(&g->policy.lock_fd);
	if (g->policy.timer)
		g_source_remove(g->policy.timer);
	g->policy.timer = 0;
}

static gboolean on_timer(void *data)
{
	struct guard *g = data;

	g->policy.timer = 0;
	policy_end(g);
	set_reboot_action(g, "shutdown");
	if (g->policy.ends_again)
		set_action(g, "shutdown", "poweroff");
	g->policy.ends_again = false;
	return G_SOURCE_REMOVE;
}

static void set_timer(struct guard *g, guint ms)
{
	if (g->policy.timer)
		g_source_remove(g->policy.timer);
	g->policy.timer = g_timeout_add(ms, on_timer, g);
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
	if (wanted == POLICY_QUIT) {
		send_command(g, "quit", NULL);
		close_fd(&g->policy.lock_fd);
		return;
	}
	set_reboot_action(g, "reset");
	send_command(g, "system_reset", NULL);
	set_timer(g, RESTART_MS);
}

void policy_follow(struct guard *g, const char *event, json_object *data)
{
	enum policy_action wanted = policy_for(g->spec, event, data);

	if (take_reboot_wish(g, event, data))
		wanted = POLICY_RESTART;
	if (wanted != POLICY_NONE) {
		g->policy.wanted = wanted;
		g->policy.is_stopped = false;
	}
	if (strcmp(event, "STOP") == 0) {
		g->policy.is_stopped = true;
		policy_try(g);
	}
	if (!g->policy.timer)
		return;
	if (strcmp(event, "RESET") == 0 && g->policy.lock_fd >= 0)
		send_command(g, "cont", NULL);
	if (strcmp(event, "RESUME") == 0)
		close_fd(&g->policy.lock_fd);
	if (g->policy.lock_fd < 0 && (strcmp(event, "RESET") == 0 || strcmp(event, "RESUME") == 0))
		set_timer(g, BURST_MS);
}
