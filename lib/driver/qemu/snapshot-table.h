/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * The snapshots in a qcow2 image (docs/interop/qcow2.txt of QEMU), read by ourselves: starting
 * qemu-img takes longer than what an offline snapshot takes besides.
 */
#include <glib.h>
#include "driver/qemu/qcow2.h"

/* Snapshots (struct image_snapshot) in their order. NULL: the table is not as it should be, or
 * very long; qemu-img knows what to say about it. */
GPtrArray *snapshot_table_read(int fd, const struct qcow2_header *header);
