/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What must not change after define is written into the XML, the way libvirt spells it. */
#include <string.h>

#include "xml/domain.h"
#include "xml/domain-config.h"
#include "xml/value.h"

#define DEFAULT_MACHINE "pc" /* as in libvirt */

/* ---- Aliases ---- */

/* Element of <devices> → beginning of its alias; a number is added. Those not listed have none. */
static const struct alias_row {
	const char *element, *prefix;
} alias_rows[] = {
	{ "interface", "net" },	      { "serial", "serial" },	  { "parallel", "parallel" },
	{ "console", "console" },     { "channel", "channel" },	  { "input", "input" },
	{ "sound", "sound" },	      { "video", "video" },	  { "hostdev", "hostdev" },
	{ "redirdev", "redir" },      { "filesystem", "fs" },	  { "smartcard", "smartcard" },
	{ "watchdog", "watchdog" },   { "memballoon", "balloon" }, { "rng", "rng" },
	{ "tpm", "tpm" },	      { "panic", "panic" },	  { "shmem", "shmem" },
	{ "memory", "dimm" },	      { "vsock", "vsock" },	  { "hub", "hub" },
	{ "iommu", "iommu" },
};

struct aliases {
	GHashTable *taken; /* set of those in the XML */
	GHashTable *next;  /* prefix → number to try next, so that many devices cost linear time */
};

static void aliases_init(struct aliases *a, const struct xml_node *devices)
{
	a->taken = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	a->next = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	for (const struct xml_node *n = xml_child(devices, NULL); n; n = xml_next(n, NULL)) {
		char *alias = xml_attr_at(n, "alias", "name");

		if (alias)
			g_hash_table_add(a->taken, alias);
	}
}

static void aliases_clear(struct aliases *a)
{
	g_hash_table_unref(a->taken);
	g_hash_table_unref(a->next);
}

/* prefix and the lowest number that nobody took */
static char *number_alias(struct aliases *a, const char *prefix)
{
	guint number = GPOINTER_TO_UINT(g_hash_table_lookup(a->next, prefix));
	char *alias = g_strdup_printf("%s%u", prefix, number++);

	while (g_hash_table_contains(a->taken, alias)) {
		g_free(alias);
		alias = g_strdup_printf("%s%u", prefix, number++);
	}
	g_hash_table_insert(a->next, g_strdup(prefix), GUINT_TO_POINTER(number));
	return alias;
}

/* 0 for "vda", 25 for "vdz", 26 for "vdaa": letters count like digits without a zero. */
static guint target_index(const char *target)
{
	guint index = 0;

	for (const char *p = target + MIN(strlen(target), 2); g_ascii_islower(*p); p++)
		index = (index * 26 + (*p - 'a') + 1) & 0xffffff;
	return index > 0 ? index - 1 : 0;
}

static char *disk_alias(const struct xml_node *disk)
{
	g_autofree char *target = xml_attr_at(disk, "target", "dev");
	g_autofree char *bus = xml_attr_at(disk, "target", "bus");
	guint index = target ? target_index(target) : 0;

	if (g_strcmp0(bus, "ide") == 0)
		return g_strdup_printf("ide%u-%u-%u", index / 4, index / 2 % 2, index % 2);
	if (g_strcmp0(bus, "sata") == 0)
		return g_strdup_printf("sata%u-0-%u", index / 6, index % 6);
	if (g_strcmp0(bus, "scsi") == 0)
		return g_strdup_printf("scsi%u-0-0-%u", index / 7, index % 7);
	return g_strdup_printf("%s-disk%u", bus ? bus : "virtio", index);
}

/* "usb", "usb1", "pci.0", "pcie.0", "virtio-serial0", "ide" … */
static char *controller_alias(const struct xml_node *controller)
{
	g_autofree char *type = xml_attr(controller, "type");
	g_autofree char *model = xml_attr(controller, "model");
	unsigned int index = 0;

	value_attr_uint(controller, "index", 0, 65535, &index, NULL);
	if (!type)
		return NULL;
	if (strcmp(type, "pci") == 0)
		return g_strdup_printf(g_strcmp0(model, "pcie-root") == 0 ? "pcie.%u" : "pci.%u",
				       index);
	if (index == 0 && (strcmp(type, "usb") == 0 || strcmp(type, "ide") == 0))
		return g_strdup(type);
	return g_strdup_printf("%s%u", type, index);
}

static const char *alias_prefix(const char *element)
{
	for (size_t i = 0; i < G_N_ELEMENTS(alias_rows); i++) {
		if (strcmp(alias_rows[i].element, element) == 0)
			return alias_rows[i].prefix;
	}
	return NULL;
}

/* The alias of a device, or NULL when such elements have none. */
static char *choose_alias(struct aliases *a, const struct xml_node *node)
{
	const char *element = xml_name(node), *prefix = alias_prefix(element);
	g_autofree char *fixed = NULL;
	g_autofree char *other = NULL;

	if (strcmp(element, "disk") == 0)
		fixed = disk_alias(node);
	else if (strcmp(element, "controller") == 0)
		fixed = controller_alias(node);
	if (fixed && !g_hash_table_contains(a->taken, fixed))
		return g_steal_pointer(&fixed);
	if (fixed) {
		other = g_strconcat(fixed, "-", NULL); /* the user gave it to another device */
		prefix = other;
	}
	return prefix ? number_alias(a, prefix) : NULL;
}

/* The first console is serial port 0 and bears that port's alias. */
static char *console_alias(struct aliases *a, const struct xml_node *console)
{
	const struct xml_node *serial = xml_child(xml_parent(console), "serial");

	if (!console_is_serial(console))
		return choose_alias(a, console);
	return serial ? xml_attr_at(serial, "alias", "name") : number_alias(a, "serial");
}

static void pin_alias(struct aliases *a, struct xml_node *node)
{
	char *alias;

	if (xml_is_foreign(node) || xml_child(node, "alias"))
		return;
	if (strcmp(xml_name(node), "console") == 0)
		alias = console_alias(a, node);
	else
		alias = choose_alias(a, node);
	if (!alias)
		return;
	xml_set_attr(xml_add(node, "alias"), "name", alias);
	g_hash_table_add(a->taken, alias);
}

/* ---- The others ---- */

static void pin_uuid(struct xml_node *root, const char *uuid)
{
	struct xml_node *name = xml_child(root, "name");

	if (!uuid || xml_child(root, "uuid"))
		return;
	xml_set_text(name ? xml_add_after(name, "uuid") : xml_add_first(root, "uuid"), uuid);
}

static void pin_machine(struct xml_node *root, const struct domain_pins *pins)
{
	struct xml_node *type = xml_at(root, "os/type");
	g_autofree char *emulator = xml_text(root, "devices/emulator");
	g_autofree char *alias = type ? xml_attr(type, "machine") : NULL;
	g_autofree char *versioned = NULL;

	if (!type || !pins || !pins->machine)
		return;
	versioned = pins->machine(pins->data, emulator, alias ? alias : DEFAULT_MACHINE);
	if (versioned)
		xml_set_attr(type, "machine", versioned);
}

/* QEMU's prefix and 24 random bits, as everybody does it. */
static void pin_mac(struct xml_node *nic)
{
	struct xml_node *mac = xml_child(nic, "mac");
	g_autofree char *old = mac ? xml_attr(mac, "address") : NULL;
	g_autofree char *address = NULL;
	guint32 bits = g_random_int();

	if (old)
		return;
	address = g_strdup_printf("52:54:00:%02x:%02x:%02x", bits & 0xff, bits >> 8 & 0xff,
				  bits >> 16 & 0xff);
	xml_set_attr(mac ? mac : xml_add_first(nic, "mac"), "address", address);
}

static void pin_devices(struct xml_node *devices)
{
	struct aliases aliases;

	aliases_init(&aliases, devices);
	for (struct xml_node *n = xml_child(devices, NULL); n; n = xml_next(n, NULL)) {
		if (strcmp(xml_name(n), "interface") == 0)
			pin_mac(n);
		pin_alias(&aliases, n);
	}
	aliases_clear(&aliases);
}

void domain_xml_pin(struct xml_tree *tree, const char *uuid, const struct domain_pins *pins)
{
	struct xml_node *root = xml_root(tree);
	struct xml_node *devices = xml_child(root, "devices");

	pin_uuid(root, uuid);
	pin_machine(root, pins);
	if (devices)
		pin_devices(devices);
}

void domain_xml_set_name(struct xml_tree *tree, const char *name)
{
	struct xml_node *root = xml_root(tree), *node = xml_child(root, "name");

	xml_set_text(node ? node : xml_add_first(root, "name"), name);
}
