/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/qemu/argv.h"

#include <string.h>

#include "base/error.h"
#include "driver/qemu/vnc.h"

/* ---- Devices with a model ---- */

struct model_row {
	const char *model;
	const char *driver;
};

static const struct model_row nic_models[] = {
	{"virtio", "virtio-net-pci"}, {"e1000", "e1000"},       {"e1000e", "e1000e"},
	{"rtl8139", "rtl8139"},       {"ne2k_pci", "ne2k_pci"}, {"pcnet", "pcnet"},
};

static const struct model_row video_models[] = {
	{"vga", "VGA"},
	{"virtio", "virtio-vga"},
	{"cirrus", "cirrus-vga"},
	{"qxl", "qxl-vga"},
	{"bochs", "bochs-display"},
};

static const char *find_model(const struct model_row *rows, size_t n, const char *kind,
			      const char *model, GError **err)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(rows[i].model, model) == 0)
			return rows[i].driver;
	fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "%s model '%s' is not supported", kind, model);
	return NULL;
}

static bool add_nic(struct argv_builder *b, guint i, GError **err)
{
	const struct nic_config *nic = g_ptr_array_index(b->in->cfg->nics, i);
	g_autofree char *netdev = g_strdup_printf("hostnet%u", i);
	g_autofree char *backend = g_strdup_printf("user,id=%s", netdev);
	g_autofree char *id = g_strdup_printf("ua-net%u", i);
	const char *driver;
	json_object *device;

	if (strcmp(nic->type, "user") != 0)
		return fail(err, VIR_ERR_CONFIG_UNSUPPORTED,
			    "interface type '%s' is not supported; 'user' is", nic->type);
	driver = find_model(nic_models, G_N_ELEMENTS(nic_models), "interface",
			    nic->model ? nic->model : "rtl8139", err);
	if (!driver)
		return false;
	argv_add(b, "-netdev", backend);
	device = argv_device(b, driver, id, nic->node);
	json_set_string(device, "netdev", netdev);
	if (nic->mac)
		json_set_string(device, "mac", nic->mac);
	if (argv_nic_boot(b->in->cfg, i))
		json_set_int(device, "bootindex", argv_nic_boot(b->in->cfg, i));
	argv_add_json(b, "-device", device);
	return true;
}

static const struct xml_node *device_node(const struct argv_builder *b, const char *element)
{
	g_autofree char *path = g_strconcat("devices/", element, NULL);

	return xml_at(xml_root(b->in->tree), path);
}

static bool add_video(struct argv_builder *b, GError **err)
{
	const struct domain_config *cfg = b->in->cfg;
	const char *driver;

	if (vnc_option(cfg))
		argv_add(b, "-vnc", vnc_option(cfg));
	if (!cfg->video || strcmp(cfg->video, "none") == 0)
		return true;
	driver = find_model(video_models, G_N_ELEMENTS(video_models), "video", cfg->video, err);
	if (!driver)
		return false;
	argv_add_json(b, "-device",
		      argv_device(b, driver, "ua-video0", device_node(b, "video")));
	return true;
}

static void add_rng(struct argv_builder *b)
{
	const char *source = b->in->cfg->rng_backend;
	json_object *object, *device;

	if (!source)
		return;
	object = json_object_new_object();
	json_set_string(object, "qom-type", "rng-random");
	json_set_string(object, "id", "objrng0");
	json_set_string(object, "filename", source);
	spec_add_path(b->spec, source, false);
	argv_add_json(b, "-object", object);
	device = argv_device(b, "virtio-rng-pci", "ua-rng0", device_node(b, "rng"));
	json_set_string(device, "rng", "objrng0");
	argv_add_json(b, "-device", device);
}

static bool add_balloon(struct argv_builder *b, GError **err)
{
	const char *model = b->in->cfg->balloon;

	if (!model || strcmp(model, "none") == 0)
		return true;
	if (strcmp(model, "virtio") != 0)
		return fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "memballoon model '%s' is not supported",
			    model);
	argv_add_json(b, "-device",
		      argv_device(b, "virtio-balloon-pci", "ua-balloon0",
				  device_node(b, "memballoon")));
	return true;
}

/* Where guests look for it; libvirt's place too. */
static void add_panic(struct argv_builder *b)
{
	json_object *device;

	if (!b->in->cfg->has_panic)
		return;
	device = argv_device(b, "pvpanic", "ua-panic0", NULL);
	json_set_int(device, "ioport", 0x505);
	argv_add_json(b, "-device", device);
}

/* q35 takes hot-plugged devices in root ports only, and ports cannot be added later. */
static void add_root_ports(struct argv_builder *b)
{
	for (unsigned int i = 0; b->chipset == CHIPSET_Q35 && i < PCI_ROOT_PORTS; i++) {
		g_autofree char *id = g_strdup_printf("pci.%u", i + 1);
		g_autofree char *place = g_strdup_printf("0x%x.0x%x", PCI_SLOT_ROOT_PORTS, i);
		json_object *port = argv_device(b, "pcie-root-port", id, NULL);

		json_set_string(port, "bus", chipset_bus(b->chipset));
		json_set_string(port, "addr", place);
		json_set_int(port, "chassis", i + 1);
		json_set_int(port, "port", PCI_SLOT_ROOT_PORTS * 8 + i);
		if (i == 0)
			json_set_bool(port, "multifunction", true);
		argv_add_json(b, "-device", port);
	}
}

bool argv_add_devices(struct argv_builder *b, GError **err)
{
	add_root_ports(b);
	argv_add_channels(b);
	if (!argv_add_ports(b, err) || !add_video(b, err))
		return false;
	for (guint i = 0; i < b->in->cfg->nics->len; i++)
		if (!add_nic(b, i, err))
			return false;
	add_rng(b);
	add_panic(b);
	return add_balloon(b, err);
}
