/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* What is swept: a prepared world, one call of the engine, and what may be true when it fails. */
#include <glib.h>
#include <stdbool.h>

struct engine;

struct rig {
	const char *base; /* <base>/world is what it works on */
	char *root;
	struct engine *engine;
};

struct operation {
	const char *name;
	void (*prepare)(struct rig *r); /* aborts on error */
	bool (*act)(struct rig *r, GError **err);
	/* Set: the call may fail although it is done, because steps after its commit can fail; says
	 * which. Not set: failed means unchanged. */
	const char *late;
	/* Two commits, each whole: what the first alone does. */
	bool (*midway)(struct rig *r, GError **err);
	/* How many fsyncs the call takes; 0: not looked at. */
	unsigned int n_syncs;
	/* A named point in the middle of it, where its locks are looked at. */
	const char *stop;
	/* A killed call may end with the guest off: what was begun goes forward on the disks. */
	bool may_end_off;
};

extern const struct operation operations[];
extern const unsigned int n_operations;

void rig_open(struct rig *r, const char *base);
void rig_close(struct rig *r);
