/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * The sweep of one operation: for N = 1, 2, … a fresh copy of the prepared world, a child that
 * makes the call with a fault at its N-th point, judgement, recovery by a next writer, judgement
 * again, a second recovery that must change nothing. It ends when nothing fired any more.
 *
 * What is allowed is one of two states, computed beforehand: that before the call, and that after
 * a call without a fault. Where a guest dies as well ("host"), the same two with it off.
 */
#include <stdbool.h>
#include <stdio.h>
#include "crash/operations.h"

struct kind {
	const char *name;  /* "crash" */
	const char *fault; /* "crash:" */
	bool is_crash;
	bool kills_guests; /* with the client */
	bool is_sticky;    /* a disk that stays bad or full */
};

extern const struct kind kinds[];
extern const unsigned int n_kinds;

struct sweep;
/* Prepares the world below `base` and computes the references. out: where failures are told. */
struct sweep *sweep_new(const struct operation *op, const char *base, FILE *out);
void sweep_free(struct sweep *s);

/* One TAP point without its number: "ok - define: crash (42 injections)". */
void sweep_kind(struct sweep *s, const struct kind *kind);
/* Crash in the recovery from a crash: every `step`-th crash, each point of the recovery. */
void sweep_recovery(struct sweep *s, unsigned int step);
/* Does the call make durable what it must, and nothing twice? Only where the row has a number. */
void sweep_syncs(struct sweep *s);
/* Is the domain locked in the middle of the call? A point where the row names one. */
void sweep_lock(struct sweep *s);
/* One injection, told at length. */
bool sweep_one(struct sweep *s, const struct kind *kind, unsigned int n);
