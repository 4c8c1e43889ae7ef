/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is asked of the agent in a guest. The domain's lock is not held while it is waited for. */
#include "engine/agent.h"

#include "base/cleanup.h"
#include "base/error.h"
#include "base/phrases.h"
#include "base/util.h"
#include "engine/inspect.h"

#define PAUSE_US 50000

bool agent_is_missing(const char *name, GError **err)
{
	return fail(err, VIR_ERR_ARGUMENT_UNSUPPORTED,
		    "domain '%s' has no channel to a guest agent", name);
}

bool agent_ask(struct engine *e, const char *name, int run_fd, const struct hv_agent_call *call,
	       char **ret_reply, GError **err)
{
	struct guest g = { .name = name, .dir_fd = -1, .run_fd = run_fd };

	return e->hv->ops->agent(e->hv, &g, call, ret_reply, err);
}

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
		agent_is_missing(name, err);
	else
		return open_dir_at(dd->fd, "run");
	return -1;
}

char *engine_agent_command(struct engine *e, const char *name, const char *command,
			   gint64 timeout_ms, GError **err)
{
	const struct hv_agent_call call = {
		.command = command,
		.timeout_ms = timeout_ms < 0 ? AGENT_MS : timeout_ms,
	};
	auto_close int run_fd = open_run(e, name, err);
	char *reply = NULL;

	return run_fd >= 0 && agent_ask(e, name, run_fd, &call, &reply, err) ? reply : NULL;
}

bool engine_agent_post(struct engine *e, const char *name, const char *command, GError **err)
{
	const struct hv_agent_call call = {
		.command = command, .timeout_ms = AGENT_MS, .is_posted = true
	};
	auto_close int run_fd = open_run(e, name, err);

	return run_fd >= 0 && agent_ask(e, name, run_fd, &call, NULL, err);
}

int engine_await_agent(struct engine *e, const char *name, gint64 timeout_ms, GError **err)
{
	gint64 deadline = timeout_ms < 0 ? G_MAXINT64 : mono_ms() + timeout_ms;

	for (;;) {
		g_autoptr(GError) error = NULL;
		auto_close int run_fd = open_run(e, name, &error);
		gint64 left = MIN(MAX(deadline - mono_ms(), 1), AGENT_MS);
		const struct hv_agent_call call = { .command = "", .timeout_ms = left };

		if (run_fd >= 0 && agent_ask(e, name, run_fd, &call, NULL, &error))
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
