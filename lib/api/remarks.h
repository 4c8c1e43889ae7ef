/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* What the calling thread's last call had to say beside its success: see domshTakeRemarks(). */
#include <glib.h>

/* The remarks (char *, may be NULL: none) of a call take the place of those before. */
void remarks_keep(GPtrArray *take_remarks);
