/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* What is done with a QEMU that has just been started, before it may run. */
#include <glib.h>
#include <stdbool.h>
#include "driver/qemu/qmp.h"
#include "model/hv.h"
#include "xml/domain.h"

/* Write the paths of ptys into the live tree, let VNC listen, pull cables, size the balloon. */
bool runtime_finish(struct guest *g, struct qmp *q, struct xml_tree *tree,
		    const struct domain_config *cfg, GError **err);
/* Make sure that our NVRAM is in the domain directory: from its template when it is not. */
bool runtime_prepare_nvram(const struct guest *g, const struct domain_config *cfg, GError **err);
