/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* How long something may take, told by the work of this process: others may be busy as well. */
#include <glib.h>
#include <time.h>

static inline gint64 cpu_ms(void)
{
	return (gint64)clock() * 1000 / CLOCKS_PER_SEC;
}
