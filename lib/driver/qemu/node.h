/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* Block nodes that QEMU names in its events, found again in the command line that made them. */
#include <glib.h>
#include <stdbool.h>

struct node_disk {
	char *device; /* QEMU's id, "ua-vda" */
	char *target; /* "vda" */
	char *path;   /* of the image; NULL: the command line does not say */
};
void node_disk_clear(struct node_disk *disk);

/* The disk that `node`, a format node or the file node below it, belongs to. False: it is none of
 * the command line's. */
bool node_find_disk(char *const *argv, const char *node, struct node_disk *ret);
