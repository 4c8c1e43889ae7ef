/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A command at the prompt runs in a thread, so that Ctrl-C finds somebody who listens. */
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "output/errors.h"
#include "prompt/prompt.h"
#include "prompt/parts.h"
#include "prompt/signals.h"

#define GRACE 300 /* ms for a command that heeds sh->interrupted, before anything is told */

struct call {
	struct shell *shell;
	bool (*work)(struct shell *sh, void *data);
	void *data;
	int done; /* eventfd */
	bool ok;
};

static void *work(void *data)
{
	struct call *c = data;

	c->ok = c->work(c->shell, c->data);
	eventfd_write(c->done, 1);
	return NULL;
}

/* The command cannot be stopped where it is without leaving something half-done. */
static void tell_waiting(const struct shell *sh)
{
	warn(sh, "'%s' cannot be stopped half-way: it goes on to its end …", sh->running);
}

/* Returns how long to wait before the user is told, -1 for ever. */
static int take_signal(struct session *s, int patience)
{
	enum edit_result result;
	int number = signals_take(s->signals);

	if (number == SIGTSTP)
		signals_stop();
	if (!session_signal(s, number, &result))
		return patience;
	s->shell->interrupted = true;
	s->shell->leaving |= s->deadly != 0;
	return GRACE;
}

static void wait_for_end(struct session *s, const struct call *c)
{
	struct pollfd fds[] = {
		{ .fd = c->done, .events = POLLIN },
		{ .fd = s->signals, .events = POLLIN },
	};
	int patience = -1;

	for (;;) {
		int n = poll(fds, 2, patience);

		if (n > 0 && (fds[0].revents & POLLIN))
			return;
		if (n > 0 && (fds[1].revents & POLLIN))
			patience = take_signal(s, patience);
		if (n != 0)
			continue;
		tell_waiting(s->shell);
		patience = -1;
	}
}

bool prompt_call(struct shell *sh, bool (*command)(struct shell *sh, void *data), void *data)
{
	struct call c = { sh, command, data, -1, false };
	pthread_t thread;

	sh->interrupted = false;
	if (sh->session && sh->session->signals >= 0)
		c.done = eventfd(0, EFD_CLOEXEC);
	if (c.done >= 0 && pthread_create(&thread, NULL, work, &c) == 0) {
		wait_for_end(sh->session, &c);
		pthread_join(thread, NULL);
	} else {
		c.ok = command(sh, data);
	}
	if (c.done >= 0)
		close(c.done);
	return c.ok;
}
