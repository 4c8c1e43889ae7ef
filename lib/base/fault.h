/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * Fault injection behind sys.c; what can be asked for stands in sys.h.
 *
 * fault_point counts one point and returns 0, or -1 with errno when an error is injected there.
 * It does not return when the fault is a crash. `when` is "before", "after" or "at"; `what` is the
 * kind of change and `object` its file (may be NULL), both for the message only. For a point
 * without a change `what` is NULL and `object` its name, which crash@NAME and stop@NAME mean.
 */
#include <glib.h>

/* False once it is known that no fault is asked for: the only cost of a normal run. */
extern gboolean fault_maybe;

int fault_hit(const char *when, const char *what, const char *object);

static inline int fault_point(const char *when, const char *what, const char *object)
{
	return G_LIKELY(!fault_maybe) ? 0 : fault_hit(when, what, object);
}
