/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/qemu/block.h"

#include <string.h>

#include "base/error.h"
#include "driver/qemu/argv.h"

static void disk_free(void *data)
{
	struct block_disk *d = data;

	g_free(d->node);
	if (d->snapshots)
		g_ptr_array_unref(d->snapshots);
	g_free(d);
}

/* virtio-blk tells "/machine/peripheral/<id>/virtio-backend", the others just their id. */
static bool is_qdev_of(const char *qdev, const char *target)
{
	g_autofree char *id = argv_disk_device(target);
	g_autofree char *path = g_strdup_printf("/machine/peripheral/%s/virtio-backend", id);

	return strcmp(qdev, id) == 0 || strcmp(qdev, path) == 0;
}

/* The entry of a disk in an answer of query-block or query-blockstats; NULL: none. */
static json_object *find_device(json_object *devices, const char *target)
{
	for (size_t i = 0; i < json_object_array_length(devices); i++) {
		json_object *device = json_object_array_get_idx(devices, i);
		const char *qdev;

		if (json_get_string(device, "qdev", &qdev) && is_qdev_of(qdev, target))
			return device;
	}
	return NULL;
}

/* Node at the top of a disk, from query-block. */
static const char *top_node(json_object *devices, const char *target)
{
	json_object *device = find_device(devices, target), *inserted;
	const char *node;

	return device && json_get_object(device, "inserted", &inserted) &&
	       json_get_string(inserted, "node-name", &node) ? node : NULL;
}

static json_object *find_node(json_object *nodes, const char *name)
{
	for (size_t i = 0; i < json_object_array_length(nodes); i++) {
		json_object *node = json_object_array_get_idx(nodes, i);
		const char *found;

		if (json_get_string(node, "node-name", &found) && strcmp(found, name) == 0)
			return node;
	}
	return NULL;
}

static bool query_array(struct qmp *q, const char *command, json_object *take_args,
			json_object **ret_array, GError **err)
{
	g_autoptr(json_object) value = NULL;

	if (!qmp_call(q, command, take_args, &value, err))
		return false;
	if (!json_object_is_type(value, json_type_array))
		return fail(err, VIR_ERR_INTERNAL_ERROR, "QEMU's answer to '%s' is not understood",
			    command);
	*ret_array = g_steal_pointer(&value);
	return true;
}

static bool is_missing(const char *target, GError **err)
{
	return fail(err, VIR_ERR_DEVICE_MISSING, "QEMU does not have disk '%s'", target);
}

static enum hv_disk_error error_of(json_object *device)
{
	const char *status;

	if (!json_get_string(device, "io-status", &status) || strcmp(status, "ok") == 0)
		return HV_DISK_FINE;
	return strcmp(status, "nospace") == 0 ? HV_DISK_NO_SPACE : HV_DISK_FAILED;
}

static void read_counts(json_object *counts, struct hv_disk_stats *ret)
{
	const struct {
		const char *key;
		guint64 *at;
	} rows[] = {
		{ "rd_operations", &ret->reads },	{ "rd_bytes", &ret->read_bytes },
		{ "rd_total_time_ns", &ret->read_ns },	{ "wr_operations", &ret->writes },
		{ "wr_bytes", &ret->write_bytes },	{ "wr_total_time_ns", &ret->write_ns },
		{ "flush_operations", &ret->flushes },	{ "flush_total_time_ns", &ret->flush_ns },
	};

	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		gint64 value;

		if (json_get_int(counts, rows[i].key, &value) && value > 0)
			*rows[i].at = (guint64)value;
	}
}

bool block_stats(struct qmp *q, const char *target, struct hv_disk_stats *ret_stats, GError **err)
{
	g_autoptr(json_object) devices = NULL;
	g_autoptr(json_object) all = NULL;
	json_object *device, *entry, *counts;

	if (!query_array(q, "query-block", NULL, &devices, err) ||
	    !query_array(q, "query-blockstats", NULL, &all, err))
		return false;
	device = find_device(devices, target);
	entry = find_device(all, target);
	if (!device || !entry || !json_get_object(entry, "stats", &counts))
		return is_missing(target, err);
	*ret_stats = (struct hv_disk_stats){ .error = error_of(device) };
	read_counts(counts, ret_stats);
	return true;
}

static struct block_disk *describe(json_object *devices, json_object *nodes,
				   const struct hv_disk *disk)
{
	const char *name = top_node(devices, disk->target);
	json_object *node = name ? find_node(nodes, name) : NULL;
	json_object *image, *bitmaps;
	struct block_disk *d;

	if (!node || !json_get_object(node, "image", &image))
		return NULL;
	d = g_new0(struct block_disk, 1);
	d->node = g_strdup(name);
	d->snapshots = image_snapshots_of(image);
	d->has_bitmaps = json_get_array(node, "dirty-bitmaps", &bitmaps) &&
			 json_object_array_length(bitmaps) > 0;
	return d;
}

GPtrArray *block_query(struct qmp *q, const struct hv_disk *disks, size_t n, GError **err)
{
	g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func(disk_free);
	g_autoptr(json_object) devices = NULL;
	g_autoptr(json_object) nodes = NULL;
	json_object *flat = json_object_new_object();

	json_set_bool(flat, "flat", true);
	if (!query_array(q, "query-named-block-nodes", flat, &nodes, err) ||
	    !query_array(q, "query-block", NULL, &devices, err))
		return NULL;
	for (size_t i = 0; i < n; i++) {
		struct block_disk *d = describe(devices, nodes, &disks[i]);

		if (!d) {
			is_missing(disks[i].target, err);
			return NULL;
		}
		g_ptr_array_add(found, d);
	}
	return g_steal_pointer(&found);
}
