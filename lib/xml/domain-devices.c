/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Domain XML → struct domain_config: the devices. */
#include <string.h>

#include "base/error.h"
#include "xml/domain-config.h"
#include "xml/value.h"

#define MAX_BOOT_ORDER 65535
#define MAX_SERIALS 4
#define MAX_PORTS 30 /* of a virtio-serial controller, without the console's */

static const char *const bus_words[] = {
	[DISK_BUS_VIRTIO] = "virtio",
	[DISK_BUS_SATA] = "sata",
	[DISK_BUS_IDE] = "ide",
};
G_STATIC_ASSERT(G_N_ELEMENTS(bus_words) == DISK_BUS_COUNT);

static const char *const disk_device_words[] = {
	[DISK_DEVICE_DISK] = "disk",
	[DISK_DEVICE_CDROM] = "cdrom",
};
G_STATIC_ASSERT(G_N_ELEMENTS(disk_device_words) == DISK_DEVICE_COUNT);

static const char *const chardev_words[] = {
	[CHARDEV_PTY] = "pty",
	[CHARDEV_UNIX] = "unix",
	[CHARDEV_FILE] = "file",
	[CHARDEV_NULL] = "null",
};
G_STATIC_ASSERT(G_N_ELEMENTS(chardev_words) == CHARDEV_COUNT);

/* ---- Freeing ---- */

static void disk_free(gpointer data)
{
	struct disk_config *disk = data;

	g_free(disk->target);
	g_free(disk->alias);
	g_free(disk->source);
	g_free(disk->format);
	g_free(disk->cache);
	g_free(disk->discard);
	g_free(disk->serial);
	g_free(disk->pci_slot);
	g_free(disk);
}

static void nic_free(gpointer data)
{
	struct nic_config *nic = data;

	g_free(nic->type);
	g_free(nic->mac);
	g_free(nic->model);
	g_free(nic->alias);
	g_free(nic->pci_slot);
	g_free(nic);
}

static void serial_free(gpointer data)
{
	struct serial_config *serial = data;

	g_free(serial->path);
	g_free(serial->alias);
	g_free(serial);
}

static void channel_free(gpointer data)
{
	struct channel_config *channel = data;

	g_free(channel->name);
	g_free(channel->path);
	g_free(channel);
}

static void graphics_free(gpointer data)
{
	struct graphics_config *graphics = data;

	g_free(graphics->socket);
	g_free(graphics->address);
	g_free(graphics->password);
	g_free(graphics);
}

void domain_devices_clear(struct domain_config *cfg)
{
	g_clear_pointer(&cfg->disks, g_ptr_array_unref);
	g_clear_pointer(&cfg->nics, g_ptr_array_unref);
	g_clear_pointer(&cfg->serials, g_ptr_array_unref);
	g_clear_pointer(&cfg->channels, g_ptr_array_unref);
	g_clear_pointer(&cfg->consoles, g_ptr_array_unref);
	g_clear_pointer(&cfg->graphics, g_ptr_array_unref);
}

/* ---- What devices have in common ---- */

static bool read_boot_order(const struct xml_node *node, int *ret_order, GError **err)
{
	const struct xml_node *boot = xml_child(node, "boot");
	unsigned int order = 0;

	if (boot && !value_attr_uint(boot, "order", 1, MAX_BOOT_ORDER, &order, err))
		return false;
	*ret_order = (int)order;
	return true;
}

static char *read_pci_slot(const struct xml_node *node)
{
	const struct xml_node *address = xml_child(node, "address");

	return address && value_attr_is(address, "type", "pci") ? xml_attr(address, "slot") : NULL;
}

static bool is_alnum(const char *text)
{
	for (const char *p = text; *p; p++) {
		if (!g_ascii_isalnum(*p))
			return false;
	}
	return *text != '\0';
}

/* ---- Disks ---- */

bool disk_is_writable(const struct disk_config *disk)
{
	return disk->device == DISK_DEVICE_DISK && !disk->is_readonly && !disk->snapshot_no;
}

/* The bus that libvirt takes from the letters of the target; "sd" is scsi there. */
static const char *bus_of_target(const char *target)
{
	if (g_str_has_prefix(target, "vd"))
		return "virtio";
	return g_str_has_prefix(target, "hd") ? "ide" : NULL;
}

static bool read_disk_target(const struct xml_node *node, struct disk_config *disk, GError **err)
{
	g_autofree char *bus = xml_attr_at(node, "target", "bus");
	const char *word = bus;

	disk->target = xml_attr_at(node, "target", "dev");
	if (!disk->target)
		return fail_at(err, node, NULL, "the disk has no <target dev=…>");
	if (!is_alnum(disk->target))
		return fail_at(err, node, NULL, "'%s' is not a name of a disk", disk->target);
	if (!word)
		word = bus_of_target(disk->target);
	if (!word)
		return fail_at(err, node, NULL, "the <target> of disk '%s' needs a bus",
			       disk->target);
	disk->bus = value_index(word, bus_words, DISK_BUS_COUNT);
	return true;
}

/* Only files and block devices have a path; other sources are refused at start. */
static bool read_disk_source(const struct xml_node *node, struct disk_config *disk, GError **err)
{
	g_autofree char *type = xml_attr(node, "type");
	bool is_file = !type || strcmp(type, "file") == 0;

	disk->is_block = g_strcmp0(type, "block") == 0;
	if (!is_file && !disk->is_block)
		return true;
	disk->source = xml_attr_at(node, "source", is_file ? "file" : "dev");
	if (!disk->source && disk->device == DISK_DEVICE_DISK)
		return fail_at(err, node, NULL, "disk '%s' has no source", disk->target);
	return value_path(node, disk->source, err);
}

static bool read_disk(const struct xml_node *node, struct disk_config *disk, GError **err)
{
	g_autofree char *device = xml_attr(node, "device");

	disk->node = (struct xml_node *)node;
	disk->device = value_index(device ? device : "disk", disk_device_words,
				   DISK_DEVICE_COUNT);
	disk->alias = xml_attr_at(node, "alias", "name");
	disk->format = xml_attr_at(node, "driver", "type");
	if (!disk->format)
		disk->format = g_strdup("raw");
	disk->cache = xml_attr_at(node, "driver", "cache");
	disk->discard = xml_attr_at(node, "driver", "discard");
	disk->serial = xml_text(node, "serial");
	disk->is_readonly = disk->device == DISK_DEVICE_CDROM || xml_child(node, "readonly");
	disk->is_shareable = xml_child(node, "shareable") != NULL;
	disk->snapshot_no = value_attr_is(node, "snapshot", "no");
	disk->pci_slot = read_pci_slot(node);
	return read_disk_target(node, disk, err) && read_disk_source(node, disk, err) &&
	       read_boot_order(node, &disk->boot_order, err);
}

static bool read_disks(const struct xml_node *devices, struct domain_config *cfg, GError **err)
{
	for (const struct xml_node *n = xml_child(devices, "disk"); n; n = xml_next(n, "disk")) {
		struct disk_config *disk = g_new0(struct disk_config, 1);

		g_ptr_array_add(cfg->disks, disk);
		if (!read_disk(n, disk, err))
			return false;
	}
	return true;
}

/* ---- Network cards ---- */

static bool read_nics(const struct xml_node *devices, struct domain_config *cfg, GError **err)
{
	for (const struct xml_node *n = xml_child(devices, "interface"); n;
	     n = xml_next(n, "interface")) {
		struct nic_config *nic = g_new0(struct nic_config, 1);

		g_ptr_array_add(cfg->nics, nic);
		nic->node = (struct xml_node *)n;
		nic->type = xml_attr(n, "type");
		nic->mac = xml_attr_at(n, "mac", "address");
		nic->model = xml_attr_at(n, "model", "type");
		nic->alias = xml_attr_at(n, "alias", "name");
		nic->pci_slot = read_pci_slot(n);
		nic->is_link_down = xml_child(n, "link") &&
				    value_attr_is(xml_child(n, "link"), "state", "down");
		if (!nic->type)
			return fail_at(err, n, NULL, "the interface has no type");
		if (!read_boot_order(n, &nic->boot_order, err))
			return false;
	}
	return true;
}

/* ---- Serial ports ---- */

bool console_is_serial(const struct xml_node *console)
{
	g_autofree char *type = xml_attr_at(console, "target", "type");

	return !type || strcmp(type, "serial") == 0;
}

/* What is behind a port. */
static bool read_chardev(const struct xml_node *node, struct serial_config *serial, GError **err)
{
	const struct xml_node *source = xml_child(node, "source");
	g_autofree char *type = xml_attr(node, "type");

	serial->node = (struct xml_node *)node;
	serial->kind = value_index(type ? type : "pty", chardev_words, CHARDEV_COUNT);
	serial->alias = xml_attr_at(node, "alias", "name");
	if (source) {
		serial->path = xml_attr(source, "path");
		serial->is_listening = value_attr_is(source, "mode", "bind");
		serial->append = value_attr_is(source, "append", "on");
	}
	if (serial->kind == CHARDEV_PTY)
		g_clear_pointer(&serial->path, g_free); /* of the last run, written by libvirt */
	if (serial->kind == CHARDEV_FILE && !serial->path)
		return fail_at(err, node, NULL, "a port of type 'file' needs a <source path=…>");
	return value_path(node, serial->path, err);
}

static bool read_serial(const struct xml_node *node, struct domain_config *cfg, GError **err)
{
	struct serial_config *serial = g_new0(struct serial_config, 1);
	const struct xml_node *target = xml_child(node, "target");
	unsigned int port = cfg->serials->len;

	g_ptr_array_add(cfg->serials, serial);
	if (!read_chardev(node, serial, err) ||
	    (target && !value_attr_uint(target, "port", 0, MAX_SERIALS - 1, &port, err)))
		return false;
	serial->port = (int)port;
	return true;
}

/* The first <console> is serial port 0 under another name; alone, it makes one. */
static bool read_console(const struct xml_node *devices, struct domain_config *cfg, GError **err)
{
	const struct xml_node *first = xml_child(devices, "console");

	for (const struct xml_node *n = first; n; n = xml_next(n, "console")) {
		if (n != first && console_is_serial(n))
			return fail_at(err, n, NULL,
				       "only the first console can be a serial port");
	}
	if (!first || !console_is_serial(first) || cfg->serials->len > 0)
		return true;
	return read_serial(first, cfg, err);
}

static bool read_serials(const struct xml_node *devices, struct domain_config *cfg, GError **err)
{
	unsigned int used = 0;

	for (const struct xml_node *n = xml_child(devices, "serial"); n;
	     n = xml_next(n, "serial")) {
		const struct serial_config *serial;

		if (cfg->serials->len == MAX_SERIALS)
			return fail_at(err, n, NULL, "more than %d serial ports", MAX_SERIALS);
		if (!read_serial(n, cfg, err))
			return false;
		serial = cfg->serials->pdata[cfg->serials->len - 1];
		if (used & 1u << serial->port)
			return fail_at(err, n, NULL, "port %d is used twice", serial->port);
		used |= 1u << serial->port;
	}
	return read_console(devices, cfg, err);
}

/* ---- Channels ---- */

static bool read_channel(const struct xml_node *node, struct domain_config *cfg, GError **err)
{
	struct channel_config *channel = g_new0(struct channel_config, 1);
	const struct xml_node *address = xml_child(node, "address");
	unsigned int port = cfg->channels->len + 1;

	g_ptr_array_add(cfg->channels, channel);
	channel->node = (struct xml_node *)node;
	channel->name = xml_attr_at(node, "target", "name");
	channel->path = xml_attr_at(node, "source", "path");
	if (!channel->name || !*channel->name)
		return fail_at(err, node, NULL, "the channel has no <target name=…>");
	if (address && !value_attr_uint(address, "port", 1, MAX_PORTS, &port, err))
		return false;
	if (port > MAX_PORTS)
		return fail_at(err, node, NULL, "more than %d channels", MAX_PORTS);
	channel->port = (int)port;
	return value_path(node, channel->path, err);
}

/* *used: the ports of the controller that are taken, a bit each. */
static bool read_channels(const struct xml_node *devices, struct domain_config *cfg, guint32 *used,
			  GError **err)
{
	for (const struct xml_node *n = xml_child(devices, "channel"); n;
	     n = xml_next(n, "channel")) {
		const struct channel_config *channel;

		if (!value_attr_is(n, "type", "unix"))
			continue; /* refused at the start */
		if (!read_channel(n, cfg, err))
			return false;
		channel = cfg->channels->pdata[cfg->channels->len - 1];
		if (*used & 1u << channel->port)
			return fail_at(err, n, NULL, "port %d is used twice", channel->port);
		*used |= 1u << channel->port;
	}
	return true;
}

/* ---- Virtio consoles ---- */

static bool console_is_virtio(const struct xml_node *console)
{
	g_autofree char *type = xml_attr_at(console, "target", "type");

	return g_strcmp0(type, "virtio") == 0;
}

static bool read_virtio_console(const struct xml_node *node, struct domain_config *cfg,
				guint32 *used, GError **err)
{
	struct serial_config *console = g_new0(struct serial_config, 1);
	const struct xml_node *address = xml_child(node, "address");
	unsigned int port = 0;

	g_ptr_array_add(cfg->consoles, console);
	while (*used & 1u << port)
		port++;
	if (!read_chardev(node, console, err) ||
	    (address && !value_attr_uint(address, "port", 0, MAX_PORTS, &port, err)))
		return false;
	if (*used & 1u << port || port > MAX_PORTS)
		return fail_at(err, node, NULL,
			       port > MAX_PORTS ? "no port of the controller is left"
						: "port %u is used twice", port);
	*used |= 1u << port;
	console->port = (int)port;
	return true;
}

/* After the channels, whose ports count from 1; the first port is made for a console. */
static bool read_virtio_consoles(const struct xml_node *devices, struct domain_config *cfg,
				 GError **err)
{
	guint32 used = 0;

	if (!read_channels(devices, cfg, &used, err))
		return false;
	for (const struct xml_node *n = xml_child(devices, "console"); n;
	     n = xml_next(n, "console"))
		if (console_is_virtio(n) && !read_virtio_console(n, cfg, &used, err))
			return false;
	return true;
}

/* ---- The rest ---- */

/* The address stands in the element, in its <listen>, or in both. */
static bool read_address(const struct xml_node *node, struct graphics_config *graphics, GError **err)
{
	g_autofree char *listen = xml_attr_at(node, "listen", "address");

	graphics->address = xml_attr(node, "listen");
	if (graphics->address && listen && strcmp(graphics->address, listen) != 0)
		return fail_at(err, node, "listen", "its <listen> says another address");
	if (!graphics->address)
		graphics->address = g_steal_pointer(&listen);
	return true;
}

/* Without a port, with -1, or where one was chosen for an earlier run: the first one that is free. */
static bool read_port(const struct xml_node *node, struct graphics_config *graphics, GError **err)
{
	if (value_attr_is(node, "port", "-1") || value_attr_is(node, "autoport", "yes"))
		return true;
	return value_attr_uint(node, "port", 1, 65535, &graphics->port, err);
}

/* The socket stands in the element or in its <listen type='socket'>. */
static bool read_display(const struct xml_node *node, struct graphics_config *graphics, GError **err)
{
	const struct xml_node *listen = xml_child(node, "listen");

	graphics->password = xml_attr(node, "passwd");
	graphics->socket = xml_attr(node, "socket");
	if (!graphics->socket)
		graphics->socket = xml_attr_at(node, "listen", "socket");
	graphics->is_tcp = !graphics->socket &&
			   !(listen && value_attr_is(listen, "type", "socket"));
	return value_path(node, graphics->socket, err) &&
	       (!graphics->is_tcp ||
		(read_address(node, graphics, err) && read_port(node, graphics, err)));
}

static bool read_graphics(const struct xml_node *devices, struct domain_config *cfg, GError **err)
{
	for (const struct xml_node *n = xml_child(devices, "graphics"); n;
	     n = xml_next(n, "graphics")) {
		struct graphics_config *graphics = g_new0(struct graphics_config, 1);

		g_ptr_array_add(cfg->graphics, graphics);
		graphics->node = (struct xml_node *)n;
		if (value_attr_is(n, "type", "vnc") && !read_display(n, graphics, err))
			return false;
	}
	return true;
}

static void read_single(const struct xml_node *devices, struct domain_config *cfg)
{
	const struct xml_node *tpm = xml_child(devices, "tpm");
	const struct xml_node *backend = tpm ? xml_child(tpm, "backend") : NULL;

	cfg->video = xml_attr_at(devices, "video/model", "type");
	cfg->rng_backend = xml_text(devices, "rng/backend");
	cfg->balloon = xml_attr_at(devices, "memballoon", "model");
	cfg->has_tpm = tpm != NULL;
	cfg->has_panic = xml_child(devices, "panic") != NULL;
	cfg->tpm_persistent = backend && value_attr_is(backend, "persistent_state", "yes");
}

bool domain_read_devices(const struct xml_node *root, struct domain_config *cfg, GError **err)
{
	const struct xml_node *devices = xml_child(root, "devices");

	cfg->disks = g_ptr_array_new_with_free_func(disk_free);
	cfg->nics = g_ptr_array_new_with_free_func(nic_free);
	cfg->serials = g_ptr_array_new_with_free_func(serial_free);
	cfg->channels = g_ptr_array_new_with_free_func(channel_free);
	cfg->consoles = g_ptr_array_new_with_free_func(serial_free);
	cfg->graphics = g_ptr_array_new_with_free_func(graphics_free);
	if (!devices)
		return true;
	read_single(devices, cfg);
	return read_disks(devices, cfg, err) && read_nics(devices, cfg, err) &&
	       read_serials(devices, cfg, err) && read_virtio_consoles(devices, cfg, err) &&
	       read_graphics(devices, cfg, err);
}
