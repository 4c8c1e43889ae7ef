/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands/waiting.h"

#include <time.h>
#include <domsh/domsh.h>

#include "output/output.h"

#define SLICE 250 /* ms until Ctrl-C is looked for: waiting changes nothing */

int wait_until(struct shell *sh, virDomainPtr domain, unsigned condition, long long timeout_ms)
{
	int holds = 0;

	output_flush();
	do {
		long long ms = timeout_ms < 0 || timeout_ms > SLICE ? SLICE : timeout_ms;

		holds = domshDomainAwait(domain, condition, ms);
		timeout_ms -= timeout_ms < 0 ? 0 : ms;
	} while (holds == 0 && timeout_ms != 0 && !sh->interrupted);
	return holds;
}

int wait_since_begin(struct shell *sh, virDomainPtr domain, unsigned condition,
		     long long seconds)
{
	struct timespec now;
	long long passed;

	if (!seconds)
		return wait_until(sh, domain, condition, -1);
	clock_gettime(CLOCK_MONOTONIC, &now);
	passed = (now.tv_sec - sh->began.tv_sec) * 1000LL +
		 (now.tv_nsec - sh->began.tv_nsec) / 1000000;
	return wait_until(sh, domain, condition,
			  passed < seconds * 1000 ? seconds * 1000 - passed : 0);
}
