/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* How a running guest uses CPUs and memory; the primitives of model/hv.h by name. */
#include <glib.h>
#include <stdbool.h>
#include "model/hv.h"

GArray *stats_vcpus(struct hv *hv, struct guest *g, GError **err);
GArray *stats_memory(struct hv *hv, struct guest *g, GError **err);
bool stats_set_period(struct hv *hv, struct guest *g, unsigned int seconds, GError **err);
