/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Asking a guest to go down: by its agent, or by the power button. */
#include "engine/inspect.h"

#include <errno.h>
#include <fcntl.h>
#include "base/cleanup.h"
#include "base/error.h"
#include "engine/agent.h"

static const char *what_of(const struct power_wish *wish)
{
	return wish->is_reboot ? "reboot" : "shutdown";
}

static bool press_reboot(struct op *op, GError **err)
{
	const struct hv *hv = op->e->hv;

	if (!hv->ops->reboot)
		return fail(err, VIR_ERR_NO_SUPPORT, "reboot of a guest of %s", hv->ops->name);
	return hv->ops->reboot(op->e->hv, &op->guest, err);
}

/* It may be over at once. */
static bool press_power(struct op *op, GError **err)
{
	return op->e->hv->ops->powerdown(op->e->hv, &op->guest, err) && op_gather(op, err) &&
	       (op->state.is_alive || op_exit(op, err));
}

static bool press(struct op *op, const struct power_wish *wish, GError **err)
{
	return wish->is_reboot ? press_reboot(op, err) : press_power(op, err);
}

/* Is it the agent's turn? One that nobody wished for is asked only when it is there. */
static bool wants_agent(struct op *op, const struct power_wish *wish)
{
	const struct hv_ops *ops = op->e->hv->ops;
	bool is_open = false;

	if (!ops->agent || wish->by_agent || wish->by_button)
		return ops->agent && wish->by_agent;
	return ops->agent_is_open(op->e->hv, &op->guest, &is_open, NULL) && is_open;
}

/* Under the lock: no other wish stays in the way. run/ is for when it is let go. */
static bool turn_to_agent(struct op *op, int *ret_run_fd, GError **err)
{
	const struct hv_ops *ops = op->e->hv->ops;

	if (ops->cancel_reboot && !ops->cancel_reboot(op->e->hv, &op->guest, err))
		return false;
	*ret_run_fd = fcntl(op->guest.run_fd, F_DUPFD_CLOEXEC, 0);
	return *ret_run_fd >= 0 || fail_os(err, errno, "open run/ of '%s'", op->name);
}

/* *ret_run_fd -1: the button was pressed. */
static bool begin(struct op *op, const struct power_wish *wish, int *ret_run_fd, GError **err)
{
	if (wants_agent(op, wish))
		return turn_to_agent(op, ret_run_fd, err);
	if (wish->by_agent && !wish->by_button)
		return agent_is_missing(op->name, err);
	return press(op, wish, err);
}

static bool under_lock(struct engine *e, const char *name, const struct power_wish *wish,
		       int *ret_run_fd, GError **err)
{
	struct op op;
	bool done;

	op_init(&op, e, what_of(wish), 0);
	done = op_lock_running(&op, name, err) && op_check_reacts(&op, err) &&
	       begin(&op, wish, ret_run_fd, err);
	op_end(&op);
	return done;
}

static bool ask_agent(struct engine *e, const char *name, const struct power_wish *wish,
		      int run_fd, GError **err)
{
	g_autofree char *command = g_strdup_printf(
		"{\"execute\":\"guest-shutdown\",\"arguments\":{\"mode\":\"%s\"}}",
		wish->is_reboot ? "reboot" : "powerdown");
	const struct hv_agent_call call = {
		.command = command, .timeout_ms = AGENT_MS, .may_be_silent = true
	};

	return agent_ask(e, name, run_fd, &call, NULL, err);
}

bool engine_power(struct engine *e, const char *name, const struct power_wish *wish,
		  struct power_wish *ret_done, GError **err)
{
	const struct power_wish button = { .is_reboot = wish->is_reboot, .by_button = true };
	const bool may_press = wish->by_button || !wish->by_agent;
	struct power_wish done = { .is_reboot = wish->is_reboot };
	auto_close int run_fd = -1;
	g_autoptr(GError) why = NULL;

	if (!under_lock(e, name, wish, &run_fd, err))
		return false;
	done.by_agent = run_fd >= 0;
	done.by_button = run_fd < 0 || !ask_agent(e, name, wish, run_fd, &why);
	if (why && !may_press) {
		g_propagate_error(err, g_steal_pointer(&why));
		return false;
	}
	if (why && !under_lock(e, name, &button, &run_fd, err))
		return false;
	*ret_done = done;
	return true;
}
