/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* What the files on snapshots share. */
#include "engine/op.h"

/* Read a record into op->snap (rec, domain) with the facts of it. VIR_ERR_NO_DOMAIN_SNAPSHOT. */
bool snapshot_load_record(struct op *op, const char *snapshot, GError **err);
/* Does a managed save image still belong to op->disks? Only then may our own change of them
 * refresh its fingerprint: FACT_IMAGE_BROKEN, FACT_DISKS_CHANGED. */
void snapshot_gather_image(struct op *op);
