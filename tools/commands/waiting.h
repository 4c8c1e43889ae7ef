/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* Waiting for something that holds of a domain, so that Ctrl-C at a prompt ends it. */
#include "shell.h"

/* As domshDomainAwait(): 1 it holds, 0 the time is over or the user interrupted (sh->interrupted
 * tells), -1 on error. What was printed so far is written out first. */
int wait_until(struct shell *sh, virDomainPtr domain, unsigned condition, long long timeout_ms);
/* The same with a time of the whole command: seconds since it began, 0 for ever. */
int wait_since_begin(struct shell *sh, virDomainPtr domain, unsigned condition,
		     long long seconds);
