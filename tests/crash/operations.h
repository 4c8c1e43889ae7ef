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
	/* What it changes is in no view: only that all else stays is looked at. */
	bool is_unseen;
	/* A killed call may end with the guest off: what was begun goes forward on the disks. */
	bool may_end_off;
};

/* The families, each in a file of its own and ended by a row without a name. */
extern const struct operation domain_operations[], life_operations[], snapshot_operations[],
	doctor_operations[];
/* All of them, one after the other; NULL behind the last. */
const struct operation *operation_at(unsigned int i);

void rig_open(struct rig *r, const char *base);
void rig_close(struct rig *r);
