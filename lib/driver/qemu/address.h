/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * PCI addresses of a machine's devices, as libvirt's <address type='pci' …/> in the tree. Memory
 * images name devices by their address, so an address once given is never changed, and the fixed
 * slots below must stay what they are for ever.
 *
 * Everything sits on bus 0 (pc: pci.0, q35: pcie.0), function 0. Where an element has an address it
 * is kept and checked; the others get the lowest free slot in document order.
 */
#include <glib.h>
#include <stdbool.h>
#include "xml/tree.h"

enum chipset { CHIPSET_PC, CHIPSET_Q35, CHIPSET_COUNT };

/* "pc", "q35", "pc-i440fx-7.2", "pc-q35-7.2"; false for others. */
bool chipset_of(const char *machine, enum chipset *ret_chipset);
/* The bus's name in QEMU. */
const char *chipset_bus(enum chipset chipset);

#define PCI_SLOT_AHCI 0x1f        /* pc: SATA controller, when a disk needs one */
#define PCI_SLOT_ROOT_PORTS 0x1c  /* q35: spare ports for hot plug, functions 0… */
#define PCI_ROOT_PORTS 4

/* Does this element of <devices> sit on the PCI bus? */
bool pci_is_device(const struct xml_node *node);
/* Slot of an element that has an address; 0 when it has none, or one of another type. */
unsigned int pci_slot_of(const struct xml_node *node);

/* Give every device of the domain an address. ret_changed: the tree has new ones. Errors:
 * XML_ERROR two devices at one place, a slot that does not exist or is taken by the chipset;
 * CONFIG_UNSUPPORTED other buses and functions, no free slot. The tree is unchanged then. */
bool pci_assign(struct xml_tree *tree, enum chipset chipset, bool *ret_changed, GError **err);
