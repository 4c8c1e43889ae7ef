/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/qemu/node.h"

#include <string.h>

#include "base/json.h"
#include "driver/qemu/argv.h"

void node_disk_clear(struct node_disk *disk)
{
	g_clear_pointer(&disk->device, g_free);
	g_clear_pointer(&disk->target, g_free);
	g_clear_pointer(&disk->path, g_free);
}

/* The option's argument that says `value` under `key`. */
static json_object *find_option(char *const *argv, const char *option, const char *key,
				const char *value)
{
	for (; argv[0] && argv[1]; argv++) {
		json_object *object;
		const char *said;

		if (strcmp(argv[0], option) != 0 || argv[1][0] != '{')
			continue;
		object = json_parse(argv[1], strlen(argv[1]), NULL);
		if (object && json_get_string(object, key, &said) && strcmp(said, value) == 0)
			return object;
		json_object_put(object);
	}
	return NULL;
}

/* The format node above a file node; a format node is its own. */
static char *format_node(char *const *argv, const char *node)
{
	g_autoptr(json_object) above = find_option(argv, "-blockdev", "file", node);
	const char *name;

	return g_strdup(above && json_get_string(above, "node-name", &name) ? name : node);
}

static char *path_of(char *const *argv, const char *format)
{
	g_autoptr(json_object) top = find_option(argv, "-blockdev", "node-name", format);
	g_autoptr(json_object) file = NULL;
	const char *text;

	if (top && json_get_string(top, "file", &text))
		file = find_option(argv, "-blockdev", "node-name", text);
	return file && json_get_string(file, "filename", &text) ? g_strdup(text) : NULL;
}

bool node_find_disk(char *const *argv, const char *node, struct node_disk *ret)
{
	g_autofree char *format = format_node(argv, node);
	g_autofree char *prefix = argv_disk_device("");
	g_autoptr(json_object) device = find_option(argv, "-device", "drive", format);
	const char *id;

	if (!device || !json_get_string(device, "id", &id))
		return false;
	ret->device = g_strdup(id);
	ret->target = g_strdup(g_str_has_prefix(id, prefix) ? id + strlen(prefix) : id);
	ret->path = path_of(argv, format);
	return true;
}
