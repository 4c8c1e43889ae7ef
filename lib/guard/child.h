/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* What QEMU gets from the guard: descriptors in its own numbering from 0 (driver/qemu/spec.h), and
 * no rights but those of its files. */
#include <glib.h>
#include <stdbool.h>

struct guard;
struct spec;

struct child_fds {
	int *fds;
	guint n, n_listening; /* listening sockets begin at QEMU_FD_GUARD */
};

/* Lock alive, bind the sockets, open the files. */
bool child_fds_open(struct guard *g, struct child_fds *ret, GError **err);
/* A copy in the guard's hands would make a dead guest look alive. */
void child_fds_close(struct child_fds *fds);

/* Above every number that QEMU's descriptors get. */
static inline int child_spare_fd(const struct child_fds *fds)
{
	return MAX(100, (int)fds->n);
}

/* In the child, between fork and exec. Returns NULL, or with errno what failed; where that is a file
 * of the spec's, its path. */
const char *confine_child(const struct child_fds *fds, const struct spec *spec);
