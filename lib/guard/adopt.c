/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guard/guard.h"

#include <errno.h>
#include <sys/pidfd.h>

#include "base/error.h"
#include "store/domain.h"
#include "store/lock.h"

/* What the last guard wrote; without it the spec still says which run this is. */
static void take_over_state(struct guard *g)
{
	struct domain_dir dir = { .name = (char *)g->name, .fd = GUARD_FD_DIR, .lock_fd = -1 };
	struct run_state old;

	if (!run_state_read(&dir, &old, NULL)) {
		guard_identify(g, g->spec->run_id, g->spec->id);
		return;
	}
	guard_identify(g, old.run_id, old.id);
	g->state.seq = old.seq;
	g->state.state = old.state;
	g->state.since = old.since;
	run_state_clear(&old);
}

/*
 * Without a race and without trusting a pid file: who answers on the socket was alive after the
 * pidfd was opened, so the pidfd is its.
 */
static bool identify(struct guard *g, json_object **ret_status, GError **err)
{
	g->pid = qmp_peer_pid(g->qmp);
	g->pidfd = g->pid > 0 ? pidfd_open(g->pid, 0) : -1;
	if (g->pidfd < 0)
		return fail(err, VIR_ERR_OPERATION_INVALID,
			    "cannot tell which process runs domain '%s'", g->name);
	if (!qmp_call(g->qmp, "query-status", NULL, ret_status, err))
		return false;
	if (lock_probe(GUARD_FD_RUN, "alive") != LOCK_HELD)
		return fail(err, VIR_ERR_OPERATION_INVALID, "domain '%s' is not running", g->name);
	return true;
}

bool guard_adopt(struct guard *g, GError **err)
{
	g_autoptr(json_object) reply = NULL, chardevs = NULL;
	const char *status;

	g->qmp = qmp_connect(GUARD_FD_RUN, "guard.qmp", err);
	if (!g->qmp || !identify(g, &reply, err))
		return false;
	if (!json_get_string(reply, "status", &status))
		return fail(err, VIR_ERR_INTERNAL_ERROR, "QEMU does not tell its status");
	if (!qmp_call(g->qmp, "query-chardev", NULL, &chardevs, err))
		return false;
	view_set_status(&g->view, status);
	view_set_channels(&g->view, chardevs);
	g->has_begun = g->view.state == GUEST_RUNNING;
	take_over_state(g);
	guard_save_state(g);
	policy_adopt(g);
	return true;
}
