/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * Guests that are to end with the connection that started them (--autodestroy). The connection
 * holds a lock on run/owner of each; the kernel drops it when the connection is closed or its
 * process ends in whatever way, and the guest's guard, which watches it, ends the guest. So does
 * the guard that adopts a guest whose own was killed. What is forked from the process meanwhile
 * does not hold it beyond its exec.
 */
#include <glib.h>
#include <stdbool.h>

struct engine;
struct op;

/* For an engine. */
GPtrArray *tie_list(void);
/* A guest's run directory is there: be its owner until op_end. */
bool tie_make(struct op *op, GError **err);
/* It has started: be its owner until the engine is closed. */
void tie_keep(struct op *op);
/* Let all go. A guest without a guard, which lives in this process, is ended here. */
void tie_release(struct engine *e);
