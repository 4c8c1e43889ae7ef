/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/qemu/chardev.h"

#include <string.h>

static json_object *find(json_object *list, const char *label)
{
	size_t n = json_object_is_type(list, json_type_array) ? json_object_array_length(list) : 0;

	for (size_t i = 0; i < n; i++) {
		json_object *item = json_object_array_get_idx(list, i);
		const char *found;

		if (json_get_string(item, "label", &found) && strcmp(found, label) == 0)
			return item;
	}
	return NULL;
}

const char *chardev_filename(json_object *list, const char *label)
{
	json_object *item = find(list, label);
	const char *filename = NULL;

	return item && json_get_string(item, "filename", &filename) ? filename : NULL;
}

bool chardev_is_open(json_object *list, const char *label)
{
	json_object *item = find(list, label);
	bool is_open = false;

	return item && json_get_bool(item, "frontend-open", &is_open) && is_open;
}
