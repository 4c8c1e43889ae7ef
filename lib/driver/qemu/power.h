/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * The power button, and what comes of a guest's own end. Its three words are in run/spec, where a
 * guard reads them anew at each end (guard/policy.h): so that a change reaches the guard of now and
 * any that adopts the guest later.
 */
#include <glib.h>
#include <stdbool.h>
#include "model/hv.h"

/* A file in run/: a poweroff that follows is a reboot. The guard looks for it; it is good for one. */
#define POWER_REBOOT_FILE "reboot"

bool power_cancel_reboot(struct hv *hv, struct guest *g, GError **err);
/* Cancels a reboot, too. */
bool power_down(struct hv *hv, struct guest *g, GError **err);
bool power_reboot(struct hv *hv, struct guest *g, GError **err);
bool power_set_ends(struct hv *hv, struct guest *g, const struct xml_tree *live, GError **err);
