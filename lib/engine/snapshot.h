/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* What the files on snapshots share. */
#include "engine/op.h"

/* Read a record into op->snap (rec, domain) with the facts of it. VIR_ERR_NO_DOMAIN_SNAPSHOT. */
bool snapshot_load_record(struct op *op, const char *snapshot, GError **err);
