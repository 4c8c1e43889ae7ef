/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "interrupt.h"

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

static int open_signal(void)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd >= 0)
		sigprocmask(SIG_BLOCK, &set, NULL);
	return fd;
}

/* At a prompt another thread takes the signals, and passes this one on. */
int interrupt_open(struct shell *sh)
{
	return sh->interrupt >= 0 ? sh->interrupt : open_signal();
}

void interrupt_close(struct shell *sh, int fd)
{
	struct signalfd_siginfo info;
	sigset_t set;

	if (fd < 0 || fd == sh->interrupt)
		return;
	/* A second Ctrl-C means the same as the first. */
	while (read(fd, &info, sizeof(info)) > 0)
		continue;
	close(fd);
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}
