/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api/list.h"
#include <string.h>
#include "api/handle.h"

bool list_passes(unsigned int flags, unsigned int bits, const unsigned int *groups, size_t n_groups)
{
	for (size_t i = 0; i < n_groups; i++) {
		unsigned int asked = flags & groups[i];

		if (asked && !(asked & bits))
			return false;
	}
	return true;
}

static void give_back(void *handle)
{
	handle_unref(handle);
}

GPtrArray *list_of_handles(void)
{
	return g_ptr_array_new_with_free_func(give_back);
}

int list_hand_out(GPtrArray *take_handles, void *ret)
{
	int n = (int)take_handles->len;
	gpointer *array;

	if (!ret) {
		g_ptr_array_unref(take_handles);
		return n;
	}
	g_ptr_array_add(take_handles, NULL);
	array = g_ptr_array_free(take_handles, FALSE);
	memcpy(ret, &array, sizeof(array));
	return n;
}
