/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * Waiting for events, as commands do whose row says COMMAND_LONG | COMMAND_HEEDS:
 *
 *	struct event_wait w;
 *	if (!event_wait_begin(&w, sh, seconds))       before anything is registered
 *		return fail_library(sh);
 *	register callbacks that call event_wait_stop()
 *	event_wait_run(&w);                           until stopped, or the time is over, or Ctrl-C
 *	unregister them
 *	event_wait_end(&w);
 */
#include <stdbool.h>

#include "shell.h"

enum event_wait_end { EVENT_WAIT_RUNS, EVENT_WAIT_STOPPED, EVENT_WAIT_TIMEOUT, EVENT_WAIT_INTERRUPT };

struct event_wait {
	struct shell *sh;
	enum event_wait_end end;
	int timer, watch;
	int count; /* of the caller: what was printed */
};

/* seconds: 0: for ever. False: the library's last error says why. */
bool event_wait_begin(struct event_wait *w, struct shell *sh, long long seconds);
void event_wait_stop(struct event_wait *w);
void event_wait_run(struct event_wait *w);
void event_wait_end(struct event_wait *w);

/* What virsh says at the end of a wait; true when something came. */
bool event_wait_tell(const struct event_wait *w);
/* "2026-11-20 10:02:11.123+0000: ", or "" when not wanted; free(). */
char *event_stamp(bool is_wanted);
