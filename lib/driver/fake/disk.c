/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/fake/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/sys.h"
#include "base/util.h"

#define SUFFIX ".fake-tags"

/* The directory of the disk, and the name of its tags' file in it. */
static int open_parent(const char *path, char **ret_name, GError **err)
{
	g_autofree char *parent = g_path_get_dirname(path);
	g_autofree char *base = g_path_get_basename(path);
	int fd = open_dir_at(AT_FDCWD, parent);

	if (fd < 0)
		fail_os(err, errno, "open the directory of disk '%s'", path);
	else
		*ret_name = g_strconcat(base, SUFFIX, NULL);
	return fd;
}

static json_object *new_disk(void)
{
	json_object *disk = json_object_new_object();

	json_set_int(disk, "v", 1);
	json_set_int(disk, "content", 0);
	json_set_int(disk, "next_id", 1);
	json_object_object_add(disk, "tags", json_object_new_object());
	return disk;
}

json_object *fake_disk_read(const char *path, GError **err)
{
	g_autofree char *name = NULL;
	g_autoptr(GError) error = NULL;
	auto_close int dirfd = open_parent(path, &name, err);
	json_object *disk;

	if (dirfd < 0)
		return NULL;
	disk = json_read_file(dirfd, name, &error);
	if (disk)
		return disk;
	if (error_is_os(error, ENOENT))
		return new_disk();
	g_propagate_error(err, g_steal_pointer(&error));
	return NULL;
}

static bool write_disk(const char *path, json_object *disk, GError **err)
{
	const char *text = json_object_to_json_string_ext(disk, JSON_C_TO_STRING_PLAIN);
	g_autofree char *name = NULL;
	auto_close int dirfd = open_parent(path, &name, err);

	return dirfd >= 0 && sys_replace_file_volatile(dirfd, name, text, strlen(text), err);
}

static json_object *tags_of(json_object *disk)
{
	json_object *tags = NULL;

	json_get_object(disk, "tags", &tags);
	return tags;
}

bool fake_disk_find(json_object *disk, const char *tag, struct fake_tag *ret_tag)
{
	struct fake_tag found = { 0 };
	json_object *item;

	if (!json_get_object(tags_of(disk), tag, &item) || !json_get_int(item, "id", &found.id) ||
	    !json_get_int(item, "content", &found.content))
		return false;
	found.has_memory = json_get_int(item, "memory", &found.memory);
	*ret_tag = found;
	return true;
}

void fake_disk_each(json_object *disk,
		    void (*tell)(const char *name, const struct fake_tag *tag, void *data),
		    void *data)
{
	json_object_object_foreach(tags_of(disk), name, item)
	{
		struct fake_tag tag;

		(void)item;
		if (fake_disk_find(disk, name, &tag))
			tell(name, &tag, data);
	}
}

bool fake_disk_has_id(json_object *disk, const char *id)
{
	json_object_object_foreach(tags_of(disk), name, item)
	{
		g_autofree char *text = NULL;
		gint64 number;

		if (!json_get_int(item, "id", &number))
			continue;
		text = g_strdup_printf("%" G_GINT64_FORMAT, number);
		if (strcmp(text, id) == 0 && strcmp(name, id) != 0)
			return true;
	}
	return false;
}

bool fake_disk_set_content(const char *path, gint64 content, GError **err)
{
	g_autoptr(json_object) disk = fake_disk_read(path, err);

	if (!disk)
		return false;
	json_set_int(disk, "content", content);
	return write_disk(path, disk, err);
}

bool fake_disk_add(const char *path, const char *tag, const gint64 *memory, GError **err)
{
	g_autoptr(json_object) disk = fake_disk_read(path, err);
	json_object *item;
	gint64 id, content;

	if (!disk)
		return false;
	if (!json_get_int(disk, "next_id", &id) || !json_get_int(disk, "content", &content))
		return fail(err, VIR_ERR_INTERNAL_ERROR, "'%s%s' lacks a part", path, SUFFIX);
	item = json_object_new_object();
	json_set_int(item, "id", id);
	json_set_int(item, "content", content);
	if (memory)
		json_set_int(item, "memory", *memory);
	json_object_object_add(tags_of(disk), tag, item);
	json_set_int(disk, "next_id", id + 1);
	return write_disk(path, disk, err);
}

bool fake_disk_drop(const char *path, const char *tag, GError **err)
{
	g_autoptr(json_object) disk = fake_disk_read(path, err);
	struct fake_tag found;

	if (!disk)
		return false;
	if (!fake_disk_find(disk, tag, &found))
		return true;
	json_object_object_del(tags_of(disk), tag);
	return write_disk(path, disk, err);
}

char *fake_disk_digest(const char *path, GError **err)
{
	g_autoptr(json_object) disk = fake_disk_read(path, err);

	if (!disk)
		return NULL;
	return g_compute_checksum_for_string(
		G_CHECKSUM_SHA256, json_object_to_json_string_ext(disk, JSON_C_TO_STRING_PLAIN),
		-1);
}
