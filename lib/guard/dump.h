/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * The memory of a crashed guest, which QEMU writes as an ELF core into a file of its own in the
 * store: dump/NAME-TIME.core, for the owner only, never over another. It is outside the domain's
 * directory, so that undefine and the end of a transient domain do not take it along.
 */
#include <glib.h>
#include <json-c/json.h>
#include <stdbool.h>

struct qmp;
struct dump;

enum dump_state { DUMP_RUNS, DUMP_DONE, DUMP_FAILED };

/* Begin in the store of that domain directory; NULL on error, with nothing left. */
struct dump *dump_begin(struct qmp *q, int domain_fd, const char *name, GError **err);
/* After each step of the monitor. */
enum dump_state dump_step(struct dump *d, struct qmp *q, GError **err);
/* An event: the end is told by one. */
enum dump_state dump_follow(struct dump *d, const char *event, json_object *data, GError **err);
/* Close it; a file that is not complete goes unless `keep`: QEMU may still write it. */
void dump_free(struct dump *take_dump, bool keep);
const char *dump_path(const struct dump *d); /* within the store */
