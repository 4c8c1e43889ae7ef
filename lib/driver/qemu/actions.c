/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/qemu/actions.h"

#include <glib.h>
#include <stdbool.h>

static bool is(const char *word, const char *preset, const char *wanted)
{
	return g_str_equal(word ? word : preset, wanted);
}

/* A reset that does not restart is a shutdown to QEMU, so that a reboot that preserves makes a
 * poweroff wait too. */
void actions_of(const char *on_poweroff, const char *on_reboot, const char *on_crash,
		struct actions *ret)
{
	bool resets = is(on_reboot, "restart", "restart");
	bool ends = is(on_poweroff, "destroy", "destroy") && !is(on_reboot, "restart", "preserve");

	*ret = (struct actions){
		.reboot = resets ? "reset" : "shutdown",
		.shutdown = ends ? "poweroff" : "pause",
		.panic = is(on_crash, "destroy", "destroy") ? "shutdown" : "pause",
	};
}
