/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* Internal snapshots of the fake hypervisor: the snap_* and tag_* primitives of model/hv.h. */
#include "model/hv.h"

bool fake_snap_save(struct hv *hv, struct guest *g, const struct hv_disk *disks, size_t n,
		    const char *tag, GError **err);
bool fake_snap_load(struct hv *hv, struct guest *g, const struct hv_disk *disks, size_t n,
		    const char *tag, GError **err);
bool fake_snap_drop(struct hv *hv, struct guest *g, const struct hv_disk *disks, size_t n,
		    const char *tag, GError **err);
bool fake_tag_query(struct hv *hv, struct guest *g, const struct hv_disk *disks, size_t n,
		    const char *tag, struct hv_tag *ret, GError **err);
GPtrArray *fake_snap_list(struct hv *hv, const struct hv_disk *disk, GError **err);
bool fake_snap_settle(struct hv *hv, struct guest *g, GError **err);
