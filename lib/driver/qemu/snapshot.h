/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * Internal snapshots, see hv_ops. Live: QEMU's snapshot jobs, which block its main loop for all of
 * their time; the reply `{}` says nothing, the job's error is the result. Offline: on the files.
 */
#include <glib.h>
#include <stdbool.h>
#include "driver/qemu/qmp.h"
#include "model/hv.h"

enum snapshot_op { SNAPSHOT_OP_SAVE, SNAPSHOT_OP_LOAD, SNAPSHOT_OP_DROP, SNAPSHOT_OP_COUNT };

bool snapshot_live(struct qmp *q, enum snapshot_op op, const struct hv_disk *disks, size_t n,
		   const char *tag, GError **err);
bool snapshot_offline(enum snapshot_op op, const struct hv_disk *disks, size_t n, const char *tag,
		      GError **err);
/* Wait until no snapshot job is left, whoever started it; results are thrown away. */
bool snapshot_settle(struct qmp *q, GError **err);
/* q: NULL when offline. */
bool snapshot_query(struct qmp *q, const struct hv_disk *disks, size_t n, const char *tag,
		    struct hv_tag *ret, GError **err);
