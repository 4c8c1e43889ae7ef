/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * Between the files of the doctor: doctor.c looks (and changes nothing), doctor-tags.c compares
 * records with images, doctor-fix.c repairs.
 */
#include "engine/inspect.h"
#include "engine/op.h"

struct exam {
	struct engine *e;
	struct store *st;
	const char *name; /* NULL: the store */
	struct domain_dir *dd;
	struct domain_state state;
	enum doctor_work work;
	GPtrArray *findings;
};

/* item, remedy: may be NULL. */
void exam_tell(struct exam *x, const char *code, const char *item, const char *remedy,
	       const char *format, ...) G_GNUC_PRINTF(5, 6);
/* Records (struct snapshot_record) against the snapshots in the images of a domain with a
 * configuration. */
void exam_tags(struct exam *x, const GPtrArray *records);

/* Repair what is known how; `done` of each finding says what was done, `remedy` why not. */
void doctor_fix(struct engine *e, GPtrArray *findings, enum doctor_work work);
