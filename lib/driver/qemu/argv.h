/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * From a domain's configuration to QEMU's command line. Devices and block nodes are given as JSON,
 * so that no text of the user's is ever split at a comma; where QEMU knows no JSON form, commas
 * are doubled and words are checked.
 *
 * Names: the i-th disk's nodes are b<i> (format) and b<i>f (file), its device is ua-<target>; other
 * devices are ua-net<i>, ua-video0 …; for ports see port.h and chardev.h. Addresses must have been
 * assigned (address.h).
 */
#include <glib.h>
#include <stdbool.h>
#include "base/json.h"
#include "driver/qemu/address.h"
#include "driver/qemu/spec.h"
#include "xml/domain.h"

struct argv_input {
	const struct xml_tree *tree;     /* the tree that cfg was read from */
	const struct domain_config *cfg;
	const char *emulator;            /* absolute path */
	bool incoming;
};

/* Fill argv, env, sockets, files and the on_* words of `s`. CONFIG_UNSUPPORTED, XML_ERROR. */
bool argv_build(const struct argv_input *in, struct spec *s, GError **err);

/* Name of NVRAM in the domain directory. */
#define NVRAM_FILE "nvram.fd"

/* Name of the format node of disk i (counted from 0). */
char *argv_disk_node(guint i);
char *argv_disk_device(const char *target);
/* Socket in the run directory of channel i when the XML names no path. */
char *argv_channel_socket(guint i);

/* ---- Between the argv-*.c files ---- */

struct argv_builder {
	const struct argv_input *in;
	enum chipset chipset;
	GPtrArray *args;
	struct spec *spec;
	guint next_socket; /* of spec->sockets: the next port's */
};

void argv_add(struct argv_builder *b, const char *option, const char *value);
void argv_add_json(struct argv_builder *b, const char *option, json_object *take_value);
/* {"driver": …, "id": …}, and the PCI place of `node` unless NULL. */
json_object *argv_device(const struct argv_builder *b, const char *driver, const char *id,
			 const struct xml_node *node);
/* Commas doubled, for options that have no JSON form. */
char *argv_escape(const char *text);
/* Letters, digits and "._+-:" only: a word of QEMU's, not a text. */
bool argv_is_word(const char *text);
/* bootindex of the i-th disk or interface, 0: none. */
int argv_disk_boot(const struct domain_config *cfg, guint i);
int argv_nic_boot(const struct domain_config *cfg, guint i);

bool argv_add_disks(struct argv_builder *b, GError **err);
bool argv_add_firmware(struct argv_builder *b, GError **err);
bool argv_add_devices(struct argv_builder *b, GError **err);
/* Sockets come before files in the order of descriptors, so they are collected first. */
bool argv_collect_sockets(struct argv_builder *b, GError **err);
/* Serial ports and virtio consoles; after the controller, which argv_add_channels adds. */
bool argv_add_ports(struct argv_builder *b, GError **err);
/* After those of ports. */
void argv_collect_channels(struct argv_builder *b);
void argv_add_channels(struct argv_builder *b);
