/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* Listing: filters by flag bits, and the forms in which lists leave the library. */
#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

/* A list flag counts within its group: bits of one group are alternatives; a group of which no
 * bit was asked for filters nothing. `bits` says which of all flags the object would match. */
bool list_passes(unsigned int flags, unsigned int bits, const unsigned int *groups,
		 size_t n_groups);

/* Hand out handles as an array that ends with NULL; ret may be NULL (the handles are given
 * back). Returns their number. take_handles has handle_unref as its free function. */
int list_hand_out(GPtrArray *take_handles, void *ret);
/* An array for handles, to be handed out. */
GPtrArray *list_of_handles(void);
