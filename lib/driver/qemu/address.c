/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/qemu/address.h"

#include <string.h>

#include "base/error.h"

#define SLOTS 32

struct board {
	const char *alias;     /* "pc" */
	const char *prefix;    /* of its versioned names */
	const char *bus;
	guint32 reserved;      /* slots that belong to the chipset, a bit each */
	unsigned int video;    /* where firmware and guests expect the screen */
	unsigned int first;    /* lowest slot for the other devices */
};

static const struct board boards[] = {
	[CHIPSET_PC] = {"pc", "pc-i440fx-", "pci.0",
			1u << 0 | 1u << 1 | 1u << PCI_SLOT_AHCI, 0x02, 0x03},
	[CHIPSET_Q35] = {"q35", "pc-q35-", "pcie.0",
			 1u << 0 | 1u << PCI_SLOT_ROOT_PORTS | 1u << 0x1f, 0x01, 0x02},
};
G_STATIC_ASSERT(G_N_ELEMENTS(boards) == CHIPSET_COUNT);

/* Elements of <devices> that are PCI devices when the condition holds. */
static const struct pci_row {
	const char *element;
	const char *path, *attribute, *value; /* of a child (NULL: the element); NULL: always */
	bool is_negated;
} pci_rows[] = {
	{"disk", "target", "bus", "virtio", false},
	{"interface", NULL, NULL, NULL, false},
	{"video", "model", "type", "none", true},
	{"memballoon", NULL, "model", "none", true},
	{"rng", NULL, NULL, NULL, false},
	{"controller", NULL, "type", "virtio-serial", false},
};

bool chipset_of(const char *machine, enum chipset *ret_chipset)
{
	for (int i = 0; i < CHIPSET_COUNT; i++) {
		if (strcmp(machine, boards[i].alias) != 0 &&
		    !g_str_has_prefix(machine, boards[i].prefix))
			continue;
		*ret_chipset = i;
		return true;
	}
	return false;
}

const char *chipset_bus(enum chipset chipset)
{
	return boards[chipset].bus;
}

bool pci_is_device(const struct xml_node *node)
{
	for (size_t i = 0; i < G_N_ELEMENTS(pci_rows); i++) {
		const struct pci_row *row = &pci_rows[i];
		g_autofree char *value = NULL;

		if (xml_is_foreign(node) || strcmp(xml_name(node), row->element) != 0)
			continue;
		if (!row->attribute)
			return true;
		value = row->path ? xml_attr_at(node, row->path, row->attribute)
				  : xml_attr(node, row->attribute);
		return (g_strcmp0(value, row->value) == 0) != row->is_negated;
	}
	return false;
}

/* A number as libvirt writes it, "0x05" or "5"; `absent` when the attribute is not there. */
static bool read_number(const struct xml_node *address, const char *name, unsigned int absent,
			unsigned int *ret_number)
{
	g_autofree char *text = xml_attr(address, name);
	const char *digits = text;
	guint64 number;
	guint base = 10;

	if (!text) {
		*ret_number = absent;
		return true;
	}
	if (g_str_has_prefix(text, "0x")) {
		digits += 2;
		base = 16;
	}
	if (!g_ascii_string_to_unsigned(digits, base, 0, 0xffff, &number, NULL))
		return false;
	*ret_number = (unsigned int)number;
	return true;
}

static struct xml_node *pci_address(const struct xml_node *node)
{
	struct xml_node *address = xml_child(node, "address");
	g_autofree char *type = address ? xml_attr(address, "type") : NULL;

	return g_strcmp0(type, "pci") == 0 ? address : NULL;
}

unsigned int pci_slot_of(const struct xml_node *node)
{
	const struct xml_node *address = pci_address(node);
	unsigned int slot;

	return address && read_number(address, "slot", 0, &slot) && slot < SLOTS ? slot : 0;
}

/* Note the slot of a device that has an address. */
static bool take_given(const struct xml_node *node, const struct board *board, guint32 *taken,
		       GError **err)
{
	const struct xml_node *address = pci_address(node);
	unsigned int domain, bus, slot, function;
	g_autofree char *path = NULL;

	if (!address)
		return true;
	path = xml_path(address, NULL);
	if (!read_number(address, "domain", 0, &domain) || !read_number(address, "bus", 0, &bus) ||
	    !read_number(address, "slot", 0, &slot) ||
	    !read_number(address, "function", 0, &function) || slot >= SLOTS)
		return fail(err, VIR_ERR_XML_ERROR, "'%s' is not a PCI address", path);
	if (domain != 0 || bus != 0 || function != 0)
		return fail(err, VIR_ERR_CONFIG_UNSUPPORTED,
			    "'%s': only domain 0, bus 0, function 0 are supported; without the "
			    "address one is chosen", path);
	if (board->reserved & 1u << slot)
		return fail(err, VIR_ERR_XML_ERROR,
			    "'%s': slot 0x%02x belongs to the chipset", path, slot);
	if (*taken & 1u << slot)
		return fail(err, VIR_ERR_XML_ERROR,
			    "'%s': slot 0x%02x is used by another device", path, slot);
	*taken |= 1u << slot;
	return true;
}

static bool choose(const struct board *board, const struct xml_node *node, guint32 taken,
		   unsigned int *ret_slot)
{
	bool is_video = strcmp(xml_name(node), "video") == 0;
	guint32 avoid = taken | board->reserved | (is_video ? 0 : 1u << board->video);

	for (unsigned int slot = is_video ? board->video : board->first; slot < SLOTS; slot++) {
		if (avoid & 1u << slot)
			continue;
		*ret_slot = slot;
		return true;
	}
	return false;
}

static void write_address(struct xml_node *node, unsigned int slot)
{
	struct xml_node *address = xml_add(node, "address");
	g_autofree char *text = g_strdup_printf("0x%02x", slot);

	xml_set_attr(address, "type", "pci");
	xml_set_attr(address, "domain", "0x0000");
	xml_set_attr(address, "bus", "0x00");
	xml_set_attr(address, "slot", text);
	xml_set_attr(address, "function", "0x0");
}

static bool needs_controller(const struct xml_node *devices)
{
	for (const struct xml_node *n = xml_child(devices, "console"); n;
	     n = xml_next(n, "console")) {
		g_autofree char *type = xml_attr_at(n, "target", "type");

		if (g_strcmp0(type, "virtio") == 0)
			return true;
	}
	return xml_child(devices, "channel") != NULL;
}

/* What channels and virtio consoles are plugged into, as libvirt writes it. */
static void ensure_controller(struct xml_tree *tree)
{
	struct xml_node *devices = xml_at(xml_root(tree), "devices"), *made;

	if (!devices || !needs_controller(devices))
		return;
	for (struct xml_node *n = xml_child(devices, "controller"); n;
	     n = xml_next(n, "controller")) {
		g_autofree char *type = xml_attr(n, "type");

		if (g_strcmp0(type, "virtio-serial") == 0)
			return;
	}
	made = xml_add(devices, "controller");
	xml_set_attr(made, "type", "virtio-serial");
	xml_set_attr(made, "index", "0");
}

static GPtrArray *pci_devices(struct xml_tree *tree)
{
	GPtrArray *nodes = g_ptr_array_new();
	struct xml_node *devices = xml_at(xml_root(tree), "devices");

	for (struct xml_node *n = devices ? xml_child(devices, NULL) : NULL; n;
	     n = xml_next(n, NULL)) {
		if (pci_is_device(n))
			g_ptr_array_add(nodes, n);
	}
	return nodes;
}

bool pci_assign(struct xml_tree *tree, enum chipset chipset, bool *ret_changed, GError **err)
{
	const struct board *board = &boards[chipset];
	g_autoptr(GPtrArray) nodes = NULL;
	g_autofree unsigned int *slots = NULL;
	guint32 taken = 0;

	ensure_controller(tree);
	nodes = pci_devices(tree);
	slots = g_new0(unsigned int, nodes->len + 1);
	for (guint i = 0; i < nodes->len; i++)
		if (!take_given(g_ptr_array_index(nodes, i), board, &taken, err))
			return false;
	for (guint i = 0; i < nodes->len; i++) {
		struct xml_node *node = g_ptr_array_index(nodes, i);
		g_autofree char *path = NULL;

		if (pci_address(node))
			continue;
		if (!choose(board, node, taken, &slots[i])) {
			path = xml_path(node, NULL);
			return fail(err, VIR_ERR_CONFIG_UNSUPPORTED,
				    "no free PCI slot for '%s'", path);
		}
		taken |= 1u << slots[i];
	}
	*ret_changed = false;
	for (guint i = 0; i < nodes->len; i++) {
		if (!slots[i])
			continue;
		write_address(g_ptr_array_index(nodes, i), slots[i]);
		*ret_changed = true;
	}
	return true;
}
