/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * Disk images without a running QEMU: our own look at their headers, and qemu-img for the rest.
 * qemu-img always gets the format that the XML says, and reads without taking locks (-U).
 * Errors name the path.
 */
#include <glib.h>
#include <stdbool.h>
#include "base/json.h"
#include "model/hv.h"

/* See hv_ops. */
bool image_check(const struct hv_disk *disk, bool is_readonly, GError **err);
/* Does the image need no other file? Only such images are given to QEMU's programs. */
bool image_is_plain(const struct hv_disk *disk, GError **err);
char *image_digest(const char *path, const char *format, GError **err);
bool image_repair(const struct hv_disk *disk, GError **err);
bool image_has_bitmaps(const struct hv_disk *disk, bool *ret_has, GError **err);

/* A snapshot in an image. Names and ids come from the image: only to be compared, or given back. */
struct image_snapshot {
	char *id, *name;
	guint64 vm_state_size;
	gint64 time; /* seconds since the epoch; 0: not told */
};
void image_snapshot_free(void *snapshot);
/* Snapshots of the image (struct image_snapshot), in its order. */
GPtrArray *image_snapshots(const struct hv_disk *disk, GError **err);
/* The same from a "snapshots" array of an ImageInfo, wherever it came from; NULL: no such array. */
GPtrArray *image_snapshots_of(json_object *info);
/* The one of that name, or NULL. */
const struct image_snapshot *image_find_name(const GPtrArray *snapshots, const char *name);

bool image_snapshot_create(const struct hv_disk *disk, const char *tag, GError **err);
bool image_snapshot_delete(const struct hv_disk *disk, const char *tag, GError **err);
/* By id: a name is looked up as an id first, and might be another snapshot's. */
bool image_snapshot_apply(const struct hv_disk *disk, const char *id, GError **err);
