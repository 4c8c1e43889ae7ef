/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* Serial ports and virtio consoles: the same other ends, behind different devices. */
#include "xml/domain.h"

enum port_kind { PORT_SERIAL, PORT_CONSOLE, PORT_KIND_COUNT };

/* struct serial_config, in the order of the XML. */
const GPtrArray *port_list(const struct domain_config *cfg, enum port_kind kind);
/* "serial0": of the i-th; its device is ua-serial0, QEMU's name of its other end charserial0. */
char *port_name(enum port_kind kind, guint i);
char *port_chardev(enum port_kind kind, guint i);
/* Its socket in the run directory when the XML names no path. */
char *port_socket(enum port_kind kind, guint i);
/* Does QEMU listen for those who want to talk to it? */
bool port_listens(const struct serial_config *port);
