/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * What a domain's three words (on_poweroff, on_reboot, on_crash; NULL: destroy, restart, destroy)
 * mean for QEMU's -action and set-action. What QEMU can do alone it does, even if the guard is
 * dead; for the rest it stops and waits for the guard (guard/policy.h).
 */

struct actions {
	const char *reboot;   /* reset, shutdown */
	const char *shutdown; /* poweroff, pause */
	const char *panic;    /* shutdown, pause */
};

void actions_of(const char *on_poweroff, const char *on_reboot, const char *on_crash,
		struct actions *ret);
