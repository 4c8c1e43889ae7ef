/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * Where a save image is written: the domain's own managed save image, or a file that the user
 * names. Either is written under a spare name beside its place and renamed when it is complete. The
 * spare name of a user's file is made of the run's id, so that it is nobody else's and whoever
 * finishes the work knows it.
 */
#include <glib.h>
#include <stdbool.h>

struct op;

struct save_file {
	char *path;    /* canonical; NULL: the managed save image */
	char *name;    /* its last part */
	char *spare;
	int dir_fd;    /* of its directory; -1: not open */
	bool replaces; /* something is there that gives way */
	bool has_xml;  /* of an intent: the image's XML is not the guest's own */
};

void save_file_init(struct save_file *f);
void save_file_clear(struct save_file *f);

/* Meant is this file, relative to the working directory of the caller. Errors: INVALID_ARG for
 * what cannot be a file's name, OS_ERROR when its directory cannot be opened. */
bool save_file_choose(struct op *op, const char *path, GError **err);
/* The same again, from what an intent holds: a canonical path. OS_ERROR as above. */
bool save_file_reopen(struct op *op, GError **err);

/* What is in its place: op->save.replaces, FACT_FILE_TAKEN, FACT_FILE_UNFIT with their details. */
void save_file_facts(struct op *op);

/* Directory, place and spare name of the image that op writes. */
int save_dir(const struct op *op);
const char *save_name(const struct op *op);
const char *save_spare(const struct op *op);
