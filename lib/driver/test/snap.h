/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* Internal snapshots of the test hypervisor: the snap_* and tag_* primitives of model/hv.h. */
#include "driver/test/test.h"

bool test_snap_save(struct hv *hv, struct guest *g, const struct hv_disk *disks, size_t n,
		    const char *tag, GError **err);
bool test_snap_load(struct hv *hv, struct guest *g, const struct hv_disk *disks, size_t n,
		    const char *tag, GError **err);
bool test_snap_drop(struct hv *hv, struct guest *g, const struct hv_disk *disks, size_t n,
		    const char *tag, GError **err);
bool test_tag_query(struct hv *hv, struct guest *g, const struct hv_disk *disks, size_t n,
		    const char *tag, struct hv_tag *ret, GError **err);
bool test_snap_settle(struct hv *hv, struct guest *g, GError **err);
