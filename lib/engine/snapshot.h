/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* What the files on snapshots share. */
#include "engine/op.h"

/* Read a record into op->snap (rec, domain) with the facts of it. VIR_ERR_NO_DOMAIN_SNAPSHOT. */
bool snapshot_load_record(struct op *op, const char *snapshot, GError **err);
/* Does a managed save image still belong to op->disks? Only then may our own change of them
 * refresh its fingerprint: FACT_IMAGE_BROKEN, FACT_DISKS_CHANGED. */
void snapshot_gather_image(struct op *op);
/* What a snapshot of now would be, taken after op->snap.rec (name, description, wishes): facts,
 * the rule's verdict and, unless that refuses, op->snap.text. */
bool snapshot_prepare(struct op *op, struct verdict *ret, GError **err);
/* VIR_DOMAIN_SNAPSHOT_CREATE_REDEFINE. */
bool snapshot_redefine(struct op *op, const char *xml, GError **err);
/* What becomes of things (struct plan_item) when op's delete or revert is carried out. */
GPtrArray *snapshot_plan_of_delete(struct op *op);
GPtrArray *snapshot_plan_of_revert(struct op *op);
