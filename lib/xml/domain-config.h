/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* The two halves of domain_config_read: domain-config.c for the machine, domain-devices.c. */
#include "xml/domain.h"

/* Read disks, network cards, serial ports … into cfg. */
bool domain_read_devices(const struct xml_node *root, struct domain_config *cfg, GError **err);
void domain_devices_clear(struct domain_config *cfg);

