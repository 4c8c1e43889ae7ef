/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * The disks of a running QEMU: which block node belongs to which disk, and what QEMU says of its
 * snapshots and bitmaps. Node names and ids are QEMU's word: given back to it, never more.
 */
#include <glib.h>
#include <stdbool.h>
#include "driver/qemu/image.h"
#include "driver/qemu/qmp.h"

struct block_disk {
	char *node;           /* top format node */
	GPtrArray *snapshots; /* struct image_snapshot */
	bool has_bitmaps;
};

/* DEVICE_MISSING as below. */
bool block_stats(struct qmp *q, const char *target, struct hv_disk_stats *ret_stats,
		 GError **err);
/* One block_disk per disk, in the same order. DEVICE_MISSING: QEMU does not have that disk. */
GPtrArray *block_query(struct qmp *q, const struct hv_disk *disks, size_t n, GError **err);
