/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is asked of the agent in a guest. The domain's lock is not held while it is waited for. */
#include "engine/inspect.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include "base/cleanup.h"
#include "base/error.h"
#include "base/phrases.h"
#include "base/util.h"
#include "engine/op.h"

#define AGENT_MS 5000
#define PAUSE_US 50000

static bool no_agent(const char *name, GError **err)
{
	return fail(err, VIR_ERR_ARGUMENT_UNSUPPORTED,
		    "domain '%s' has no channel to a guest agent", name);
}

static bool call_agent(struct engine *e, const char *name, int run_fd,
		       const struct hv_agent_call *call, char **ret_reply, GError **err)
{
	struct guest g = { .name = name, .dir_fd = -1, .run_fd = run_fd };

	return e->hv->ops->agent(e->hv, &g, call, ret_reply, err);
}

/* ---- Going down ---- */

/* Under the lock: is it there and running, and is no other wish in the way? */
static int prepare(struct op *op, const char *name, GError **err)
{
	const struct hv_ops *ops = op->e->hv->ops;

	if (!op_lock_running(op, name, err))
		return -1;
	if (!ops->agent) {
		no_agent(name, err);
		return -1;
	}
	if (!op_check_reacts(op, err))
		return -1;
	if (ops->cancel_reboot && !ops->cancel_reboot(op->e->hv, &op->guest, err))
		return -1;
	return fcntl(op->guest.run_fd, F_DUPFD_CLOEXEC, 0);
}

bool engine_agent_power(struct engine *e, const char *name, const char *mode, GError **err)
{
	g_autofree char *command = g_strdup_printf(
		"{\"execute\":\"guest-shutdown\",\"arguments\":{\"mode\":\"%s\"}}", mode);
	const struct hv_agent_call call = { command, AGENT_MS, true };
	auto_close int run_fd = -1;
	struct op op;

	op_init(&op, e, strcmp(mode, "reboot") == 0 ? "reboot" : "shutdown", 0);
	run_fd = prepare(&op, name, err);
	op_end(&op);
	return run_fd >= 0 && call_agent(e, name, run_fd, &call, NULL, err);
}

/* ---- Asking ---- */

static int open_run(struct engine *e, const char *name, GError **err)
{
	g_autoptr(store) st = store_open(e->root, false, e->command, err);
	g_autoptr(domain_dir) dd = st ? domain_open(st, name, err) : NULL;
	struct domain_state s = { 0 };
	bool is_alive;

	if (!dd || !domain_read_brief(dd, &s, err))
		return -1;
	is_alive = s.is_alive;
	domain_state_clear(&s);
	if (!is_alive)
		fail(err, VIR_ERR_OPERATION_INVALID, PHRASE_NOT_RUNNING);
	else if (!e->hv->ops->agent)
		no_agent(name, err);
	else
		return open_dir_at(dd->fd, "run");
	return -1;
}

char *engine_agent_command(struct engine *e, const char *name, const char *command,
			   gint64 timeout_ms, GError **err)
{
	const struct hv_agent_call call = { command, timeout_ms < 0 ? AGENT_MS : timeout_ms,
					    false };
	auto_close int run_fd = open_run(e, name, err);
	char *reply = NULL;

	return run_fd >= 0 && call_agent(e, name, run_fd, &call, &reply, err) ? reply : NULL;
}

int engine_await_agent(struct engine *e, const char *name, gint64 timeout_ms, GError **err)
{
	gint64 deadline = timeout_ms < 0 ? G_MAXINT64 : mono_ms() + timeout_ms;

	for (;;) {
		g_autoptr(GError) error = NULL;
		auto_close int run_fd = open_run(e, name, &error);
		gint64 left = MIN(MAX(deadline - mono_ms(), 1), AGENT_MS);
		const struct hv_agent_call call = { "", left, false };

		if (run_fd >= 0 && call_agent(e, name, run_fd, &call, NULL, &error))
			return 1;
		if (!error_is(error, VIR_ERR_AGENT_UNRESPONSIVE)) {
			g_propagate_error(err, g_steal_pointer(&error));
			return -1;
		}
		if (mono_ms() >= deadline)
			return 0;
		g_usleep(PAUSE_US); /* nobody listens: do not ask all the time */
	}
}
