/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* Somebody who wants to know how far long work is, and may end it. */
#include <glib.h>
#include <stdbool.h>

struct watch {
	/* May it go on? Asked often, in the thread that works. Bytes. NULL: nobody asks. */
	bool (*goes_on)(void *data, gint64 done, gint64 total);
	void *data;
};

/* w: may be NULL. */
static inline bool watch_goes_on(const struct watch *w, gint64 done, gint64 total)
{
	return !w || !w->goes_on || w->goes_on(w->data, done, total);
}
