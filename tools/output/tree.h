/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* Names and parents as a tree, in virsh's drawing. Neither depth nor loops can hurt it. */
#include <stddef.h>

#include "shell.h"

struct tree_node {
	const char *name;
	const char *parent; /* NULL, or a name that is not there: a root */
};

/* Children come in the order of the nodes. Nodes that hang together in a loop are roots too,
 * so none is left out. */
void tree_print(const struct shell *sh, const struct tree_node *nodes, size_t count);
