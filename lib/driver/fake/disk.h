/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* Disks of the fake hypervisor: "<path>.fake-tags" = {v, content, next_id, tags: {TAG: {id,
 * content, memory?}}}. Absent: content 0, no tags. Each change is one replacement of that file. */
#include <glib.h>
#include <stdbool.h>
#include "base/json.h"

struct fake_tag {
	gint64 id;
	gint64 content;
	bool has_memory;
	gint64 memory;
};

/* The file as an object; the caller puts it. */
json_object *fake_disk_read(const char *path, GError **err);
/* False: no such tag. */
bool fake_disk_find(json_object *disk, const char *tag, struct fake_tag *ret_tag);
/* Names and tags, in no order: each is handed to `tell`. */
void fake_disk_each(json_object *disk,
		    void (*tell)(const char *name, const struct fake_tag *tag, void *data),
		    void *data);
/* Is there a tag of another name that has this id? */
bool fake_disk_has_id(json_object *disk, const char *id);

bool fake_disk_set_content(const char *path, gint64 content, GError **err);
/* memory: NULL when none goes with the tag. */
bool fake_disk_add(const char *path, const char *tag, const gint64 *memory, GError **err);
/* Absent is success. */
bool fake_disk_drop(const char *path, const char *tag, GError **err);
/* Bytes that identify the disk's content and tags; caller frees. */
char *fake_disk_digest(const char *path, GError **err);
