/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A command that may take long runs in a thread, so that Ctrl-C finds somebody who listens. */
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "command.h"
#include "job.h"
#include "output/errors.h"
#include "prompt/prompt.h"
#include "prompt/parts.h"
#include "prompt/signals.h"

#define GRACE 300 /* ms for a command that heeds sh->interrupted, before anything is told */
#define TICK 500  /* ms between two looks at how far a job is */

struct call {
	struct shell *shell;
	bool (*work)(struct shell *sh, void *data);
	void *data;
	int signals; /* signalfd */
	int done;    /* eventfd */
	bool ok;
	bool heeds;
	bool is_asked; /* the job was, to end */
	bool is_told;  /* the user, that it goes on */
};

static void *work(void *data)
{
	struct call *c = data;

	c->ok = c->work(c->shell, c->data);
	eventfd_write(c->done, 1);
	return NULL;
}

/* ---- Ctrl-C ------------------------------------------------------------------------------- */

/* A job may not be one yet: it is asked again and again. What is no job, and does not heed
 * sh->interrupted, cannot be stopped where it is without leaving something half-done. */
static void insist(struct call *c, bool tells)
{
	const char *name = c->shell->running;

	if (job_abort(c->shell)) {
		c->is_asked = true;
		warn(c->shell, "'%s' is being aborted …", name);
	} else if (tells && !c->is_told) {
		c->is_told = true;
		warn(c->shell, "'%s' cannot be stopped half-way: it goes on to its end …", name);
	}
}

/* At a prompt Ctrl-C ends the command, elsewhere the program as well, as it would any other. */
static void take_signal(struct call *c)
{
	struct shell *sh = c->shell;
	int number = signals_take(c->signals);

	if (number == SIGTSTP)
		signals_stop();
	if ((number == SIGINT && sh->is_lent) || !signals_note(sh, number))
		return;
	if (number == SIGINT && !sh->session && !c->heeds)
		sh->deadly = SIGINT;
	sh->leaving |= sh->deadly != 0;
	sh->interrupted = true;
	eventfd_write(sh->interrupt, 1);
	c->is_told = false;
	insist(c, false);
}

static void wait_for_end(struct call *c)
{
	struct pollfd fds[] = {
		{ .fd = c->done, .events = POLLIN },
		{ .fd = c->signals, .events = POLLIN },
	};

	for (;;) {
		bool insists = c->shell->interrupted && !c->is_asked;
		int n = poll(fds, 2, insists ? GRACE : c->shell->error_terminal ? TICK : -1);

		if (n > 0 && (fds[0].revents & POLLIN))
			return;
		if (n > 0 && (fds[1].revents & POLLIN))
			take_signal(c);
		else if (n == 0 && insists)
			insist(c, true);
		else if (n == 0)
			job_show(c->shell);
	}
}

/* ---- The thread --------------------------------------------------------------------------- */

static bool run_in_thread(struct call *c)
{
	struct shell *sh = c->shell;
	pthread_t thread;

	c->done = eventfd(0, EFD_CLOEXEC);
	sh->interrupt = eventfd(0, EFD_CLOEXEC);
	if (c->done >= 0 && sh->interrupt >= 0 && pthread_create(&thread, NULL, work, c) == 0) {
		wait_for_end(c);
		pthread_join(thread, NULL);
	} else {
		c->ok = c->work(sh, c->data);
	}
	if (c->done >= 0)
		close(c->done);
	if (sh->interrupt >= 0)
		close(sh->interrupt);
	sh->interrupt = -1;
	return c->ok;
}

bool prompt_call(struct shell *sh, bool (*command)(struct shell *sh, void *data), void *data,
		 unsigned props)
{
	struct call c = { .shell = sh, .work = command, .data = data,
			  .heeds = props & COMMAND_HEEDS };
	bool is_long = props & COMMAND_LONG;
	sigset_t before;
	bool ok;

	sh->interrupted = false;
	c.signals = sh->session ? sh->session->signals : is_long ? signals_catch(&before) : -1;
	ok = c.signals >= 0 ? run_in_thread(&c) : command(sh, data);
	if (!sh->session)
		signals_release(c.signals, &before);
	return ok;
}
