/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* run/job and run/cancel: how a long job is seen and stopped by those who have no lock. */
#include <glib.h>
#include <stdbool.h>
#include "model/hv.h"

#define JOB_CANCEL_FILE "cancel"

/* Tell what is done: op is "save", "load" or "snapshot"; total 0: not known. That it cannot be
 * written stops nothing. */
void job_file_tell(const struct guest *g, const char *op, gint64 started, gint64 done,
		   gint64 total);
/* A job begins, or is over: nobody has asked for its end yet, and nothing is told. */
void job_file_clear(const struct guest *g);
/* Has somebody asked for its end? */
bool job_file_is_cancelled(const struct guest *g);
