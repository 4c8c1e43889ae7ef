/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* What a running guest can be told besides run and stop; the primitives of model/hv.h by name. */
#include <glib.h>
#include <stdbool.h>
#include "model/hv.h"

bool control_version(const char *emulator, unsigned long *ret_version, GError **err);
bool control_disk_size(struct hv *hv, const struct hv_disk *disk, guint64 *ret_size,
		       GError **err);
bool control_disk_stats(struct hv *hv, struct guest *g, const char *target,
			struct hv_disk_stats *ret_stats, GError **err);
bool control_reset(struct hv *hv, struct guest *g, GError **err);
bool control_inject_nmi(struct hv *hv, struct guest *g, GError **err);
bool control_send_keys(struct hv *hv, struct guest *g, const struct hv_keys *keys, GError **err);
bool control_screenshot(struct hv *hv, struct guest *g, unsigned int screen, int fd,
			GError **err);
char *control_monitor(struct hv *hv, struct guest *g, const char *command, bool is_hmp,
		      GError **err);
