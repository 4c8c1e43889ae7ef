/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* The cable of a network card: what the guest's driver sees of it. */
#include <glib.h>
#include <stdbool.h>
#include "driver/qemu/qmp.h"
#include "model/hv.h"
#include "xml/domain.h"

/* Of a QEMU that was just started: pull those that the configuration has pulled. */
bool link_apply(struct qmp *q, const struct domain_config *cfg, GError **err);
bool link_set(struct hv *hv, struct guest *g, guint nic, bool is_up, GError **err);
