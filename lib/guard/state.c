/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guard/guard.h"

#include <errno.h>

#include "base/error.h"
#include "base/util.h"
#include "store/domain.h"

#define RETRY_SECONDS 1

void guard_identify(struct guard *g, const char *run_id, int id)
{
	g->state = (struct run_state){
		.run_id = g_strdup(run_id),
		.id = id,
		.boot_id = g_strdup(host_boot_id()),
		.machine_id = g_strdup(host_machine_id()),
		.pid = g->pid,
		.pid_start = pid_start_time(g->pid),
	};
}

bool guard_write_state(struct guard *g, GError **err)
{
	if (g->state.state != g->view.state)
		g->state.since = now_sec();
	g->state.state = g->view.state;
	g->state.reason = g->view.reason;
	g->state.channels = g->view.channels;
	g->state.seq++;
	return run_state_write(GUARD_FD_RUN, &g->state, err);
}

static gboolean on_retry(void *data)
{
	struct guard *g = data;

	g->is_unsaved = false;
	guard_save_state(g);
	return G_SOURCE_REMOVE;
}

void guard_save_state(struct guard *g)
{
	g_autoptr(GError) error = NULL;

	if (g->is_unsaved || guard_write_state(g, &error))
		return;
	if (error_is_os(error, ENOENT))
		return; /* run/ was removed by whoever ran the exit rule */
	g_printerr("domsh-guard: %s\n", error->message);
	g->is_unsaved = true;
	g_timeout_add_seconds(RETRY_SECONDS, on_retry, g);
}
