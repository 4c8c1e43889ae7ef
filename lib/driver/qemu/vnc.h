/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * The display over VNC. Its socket, of either kind, is bound here and given to QEMU by descriptor
 * once it runs: so a unix socket has our mode and no limit to its path, a port is ours from the
 * moment it was found free, and QEMU need not be able to open any. A password goes over the monitor
 * alone.
 */
#include <glib.h>
#include <stdbool.h>
#include "driver/qemu/qmp.h"
#include "model/hv.h"
#include "xml/domain.h"

/* QEMU's option for the display; NULL: there is none. */
const char *vnc_option(const struct domain_config *cfg);
/* Let it listen. Its port is noted in run/. OPERATION_FAILED: the port is in use,
 * or all are. */
bool vnc_open(struct guest *g, struct qmp *q, const struct domain_config *cfg, GError **err);
/* As libvirt writes it into the XML of a running guest. */
void vnc_show(const struct domain_config *cfg, const char *run_dir);
