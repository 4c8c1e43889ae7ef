/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * The guests of one test hypervisor. A guest is two locked descriptors in its run directory (alive,
 * guard) and a few words of memory here; run/state is written in a guard's place, with pid 0: it is
 * no process of its own. Its uuid names it.
 *
 * Internal snapshots are kept here too, by uuid, and outlive the guest's run, as tags in an image
 * would.
 *
 * Any thread may call; one mutex guards it all.
 */
#include <glib.h>
#include <stdbool.h>
#include "model/hv.h"
#include "model/state.h"

/* libvirt's reasons of the states. */
enum {
	RUNNING_UNKNOWN = 0,
	RUNNING_BOOTED = 1,
	RUNNING_RESTORED = 3,
	RUNNING_FROM_SNAPSHOT = 4,
	RUNNING_UNPAUSED = 5,
	PAUSED_UNKNOWN = 0,
	PAUSED_USER = 1,
	PAUSED_FROM_SNAPSHOT = 7,
	PAUSED_STARTING_UP = 11,
	SHUTOFF_SHUTDOWN = 1,
	SHUTOFF_DESTROYED = 2,
	SHUTOFF_SAVED = 5,
};

struct test_guest {
	enum hv_status status; /* HV_GONE: off */
	int resume;            /* reason of `running` when it is continued */
	gint64 memory;         /* what is saved and loaded: goes up with every start and resume */
	enum hv_job job;       /* the last save */
	char *run_id;          /* whose locks these are */
	int alive, guard;      /* locks */
	gint64 seq;            /* of run/state */
	GHashTable *tags;      /* name → struct test_tag */
};

struct test_tag {
	bool has_memory;
	gint64 memory;
};

struct test_guests;
struct test_guests *test_guests_new(void);
void test_guests_free(struct test_guests *guests);

/* The guest of that uuid, made (off) when it was never heard of, with the mutex held until
 * test_guest_put. */
struct test_guest *test_guest_get(struct test_guests *guests, const char *uuid);
void test_guest_put(struct test_guests *guests);

/* Take the locks in g->run_fd and write the first run/state. */
bool test_guest_begin(struct test_guest *t, const struct guest *g, GError **err);
/* Write run/state. */
bool test_guest_tell(struct test_guest *t, const struct guest *g, enum guest_state state,
		     int reason, GError **err);
/* Let go of the locks. */
void test_guest_end(struct test_guest *t);
