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
/* Those of op->disks that the recorded domain of a snapshot has, into ret (room for all); all when
 * its record has no domain. Returns how many. */
size_t snapshot_disks_of(struct op *op, const char *name, struct hv_disk *ret);
/* Following parents from a new record must end at a root without coming back to it: what is wrong
 * with that, or NULL. self: the name that it has, or had. */
char *snapshot_parent_fault(struct op *op, const struct snapshot_record *rec, const char *self);
/* Facts of a record that a user gave (op->snap.rec, parsed from xml) in place of the record `self`,
 * and op->snap.text. */
bool snapshot_read_new(struct op *op, const char *xml, const char *self, GError **err);
/* op->snap's targets and reparent, from the records that there are: of a delete by op->flags, of a
 * rename of old_name. When part of that was done and the work was cut short, the rest. */
bool snapshot_choose_records(struct op *op, GError **err);
/* VIR_DOMAIN_SNAPSHOT_CREATE_REDEFINE. */
bool snapshot_redefine(struct op *op, const char *xml, GError **err);
/* What becomes of things (struct plan_item) when op's delete or revert is carried out. */
GPtrArray *snapshot_plan_of_delete(struct op *op);
GPtrArray *snapshot_plan_of_revert(struct op *op);
