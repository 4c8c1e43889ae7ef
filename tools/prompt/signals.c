/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "prompt/signals.h"

#include <stdlib.h>
#include <sys/signalfd.h>
#include <unistd.h>

static const int caught[] = { SIGINT, SIGHUP, SIGTERM, SIGTSTP, SIGWINCH };

static bool is_ignored(int number)
{
	struct sigaction now;

	return sigaction(number, NULL, &now) == 0 && now.sa_handler == SIG_IGN;
}

int signals_catch(sigset_t *ret_before)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(caught) / sizeof(*caught); i++)
		if (!is_ignored(caught[i]))
			sigaddset(&set, caught[i]);
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd >= 0)
		sigprocmask(SIG_BLOCK, &set, ret_before);
	return fd;
}

void signals_release(int fd, const sigset_t *before)
{
	if (fd < 0)
		return;
	close(fd);
	sigprocmask(SIG_SETMASK, before, NULL);
}

int signals_take(int fd)
{
	struct signalfd_siginfo info;

	return read(fd, &info, sizeof(info)) == (ssize_t)sizeof(info) ? (int)info.ssi_signo : 0;
}

bool signals_note(struct shell *sh, int number)
{
	if (number == SIGHUP || number == SIGTERM)
		sh->deadly = number;
	return number == SIGINT || number == SIGHUP || number == SIGTERM;
}

/* Let one signal through that is blocked. */
static void deliver(int number)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, number);
	raise(number);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

void signals_stop(void)
{
	deliver(SIGTSTP);
}

void signals_die(int number)
{
	signal(number, SIG_DFL);
	deliver(number);
	_exit(1);
}
