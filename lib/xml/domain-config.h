/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* The two halves of domain_config_read: domain-config.c for the machine, domain-devices.c. */
#include "xml/domain.h"

/* Read disks, network cards, serial ports … into cfg. */
bool domain_read_devices(const struct xml_node *root, struct domain_config *cfg, GError **err);
void domain_devices_clear(struct domain_config *cfg);

/* Where a <console> is nothing but another name of a serial port: target type serial or none. */
bool console_is_serial(const struct xml_node *console);
