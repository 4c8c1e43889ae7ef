/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/qemu/argv.h"

#include <string.h>

#include "base/error.h"

#define IDE_PLACES 4
#define SATA_PLACES 6

char *argv_disk_node(guint i)
{
	return g_strdup_printf("b%u", i + 1);
}

char *argv_disk_device(const char *target)
{
	return g_strconcat("ua-", target, NULL);
}

/* ---- Block nodes ---- */

static const struct cache_row {
	const char *mode;
	bool is_direct, no_flush, is_writeback;
} cache_rows[] = {
	{"none", true, false, true},
	{"writeback", false, false, true},
	{"writethrough", false, false, false},
	{"directsync", true, false, false},
	{"unsafe", false, true, true},
};

static const struct cache_row *find_cache(const char *mode)
{
	for (size_t i = 0; mode && i < G_N_ELEMENTS(cache_rows); i++)
		if (strcmp(cache_rows[i].mode, mode) == 0)
			return &cache_rows[i];
	return NULL;
}

static void set_common(json_object *node, const struct disk_config *disk)
{
	const struct cache_row *row = find_cache(disk->cache);

	if (row) {
		json_object *cache = json_object_new_object();

		json_set_bool(cache, "direct", row->is_direct);
		json_set_bool(cache, "no-flush", row->no_flush);
		json_object_object_add(node, "cache", cache);
	}
	if (disk->discard)
		json_set_string(node, "discard", disk->discard);
}

/* A file node and the format node above it, which ends the chain: what a header names as backing
 * file is not opened. */
static void add_nodes(struct argv_builder *b, const struct disk_config *disk, const char *name)
{
	g_autofree char *file_name = g_strconcat(name, "f", NULL);
	json_object *file = json_object_new_object();
	json_object *format = json_object_new_object();

	json_set_string(file, "driver", disk->is_block ? "host_device" : "file");
	json_set_string(file, "node-name", file_name);
	json_set_string(file, "filename", disk->source);
	json_set_bool(file, "auto-read-only", true);
	set_common(file, disk);
	argv_add_json(b, "-blockdev", file);
	spec_add_path(b->spec, disk->source, disk_is_writable(disk));

	json_set_string(format, "driver", disk->format);
	json_set_string(format, "node-name", name);
	json_set_string(format, "file", file_name);
	if (disk->is_readonly)
		json_set_bool(format, "read-only", true);
	set_common(format, disk);
	if (strcmp(disk->format, "qcow2") == 0)
		json_object_object_add(format, "backing", NULL);
	argv_add_json(b, "-blockdev", format);
}

/* ---- Devices ---- */

/* "vda" → 0, "sdc" → 2; -1 when the last letter says nothing. */
static int target_index(const char *target)
{
	size_t size = strlen(target);
	char last = size > 0 ? target[size - 1] : '\0';

	return size == 3 && g_ascii_islower(last) ? last - 'a' : -1;
}

/* Place on the controller: what <address type='drive'> says, else the target's letter. */
static bool drive_place(const struct disk_config *disk, unsigned int n_places,
			unsigned int *ret_place, GError **err)
{
	struct xml_node *address = disk->node ? xml_child(disk->node, "address") : NULL;
	g_autofree char *type = address ? xml_attr(address, "type") : NULL;
	g_autofree char *bus = address ? xml_attr(address, "bus") : NULL;
	g_autofree char *unit = address ? xml_attr(address, "unit") : NULL;
	gint64 place = target_index(disk->target);

	if (g_strcmp0(type, "drive") == 0) {
		gint64 bus_number = bus ? g_ascii_strtoll(bus, NULL, 10) : 0;
		gint64 unit_number = unit ? g_ascii_strtoll(unit, NULL, 10) : 0;

		place = n_places == IDE_PLACES ? bus_number * 2 + unit_number : unit_number;
	}
	if (place < 0 || place >= n_places)
		return fail(err, VIR_ERR_CONFIG_UNSUPPORTED,
			    "disk '%s' has no place on its controller of %u", disk->target,
			    n_places);
	*ret_place = (unsigned int)place;
	return true;
}

static json_object *virtio_disk(struct argv_builder *b, const struct disk_config *disk,
				const char *id, GError **err)
{
	if (disk->device == DISK_DEVICE_CDROM) {
		fail(err, VIR_ERR_CONFIG_UNSUPPORTED,
		     "disk '%s': a cdrom cannot be on the virtio bus; use 'sata' or 'ide'",
		     disk->target);
		return NULL;
	}
	return argv_device(b, "virtio-blk-pci", id, disk->node);
}

/* IDE and SATA disks are the same devices on other buses, which are all called ide.N. */
static json_object *drive_disk(struct argv_builder *b, const struct disk_config *disk,
			       const char *id, GError **err)
{
	bool is_ide = disk->bus == DISK_BUS_IDE;
	bool is_own_ahci = !is_ide && b->chipset == CHIPSET_PC;
	g_autofree char *bus = NULL;
	json_object *device;
	unsigned int place = 0;

	if (is_ide && b->chipset == CHIPSET_Q35) {
		fail(err, VIR_ERR_CONFIG_UNSUPPORTED,
		     "disk '%s': machine 'q35' has no IDE; use 'sata' or 'virtio'", disk->target);
		return NULL;
	}
	if (disk->is_readonly && disk->device == DISK_DEVICE_DISK) {
		fail(err, VIR_ERR_CONFIG_UNSUPPORTED,
		     "disk '%s': IDE and SATA disks cannot be read-only; use 'virtio'",
		     disk->target);
		return NULL;
	}
	if (!drive_place(disk, is_ide ? IDE_PLACES : SATA_PLACES, &place, err))
		return NULL;
	bus = g_strdup_printf("%s.%u", is_own_ahci ? "ahci" : "ide", is_ide ? place / 2 : place);
	device = argv_device(b, disk->device == DISK_DEVICE_CDROM ? "ide-cd" : "ide-hd", id, NULL);
	json_set_string(device, "bus", bus);
	json_set_int(device, "unit", is_ide ? place % 2 : 0);
	return device;
}

typedef json_object *(*disk_maker)(struct argv_builder *b, const struct disk_config *disk,
				   const char *id, GError **err);

static const disk_maker disk_makers[] = {
	[DISK_BUS_VIRTIO] = virtio_disk,
	[DISK_BUS_SATA] = drive_disk,
	[DISK_BUS_IDE] = drive_disk,
};
G_STATIC_ASSERT(G_N_ELEMENTS(disk_makers) == DISK_BUS_COUNT);

static void set_disk_options(json_object *device, const struct disk_config *disk, int boot)
{
	const struct cache_row *cache = find_cache(disk->cache);

	if (boot)
		json_set_int(device, "bootindex", boot);
	if (disk->serial)
		json_set_string(device, "serial", disk->serial);
	if (cache && disk->device == DISK_DEVICE_DISK)
		json_set_string(device, "write-cache", cache->is_writeback ? "on" : "off");
	if (disk->is_shareable)
		json_set_bool(device, "share-rw", true);
}

static bool check_values(const struct disk_config *disk, GError **err)
{
	if (!argv_is_word(disk->target) || strlen(disk->target) > 16)
		return fail(err, VIR_ERR_XML_ERROR, "'%s' is not a disk target", disk->target);
	if (disk->bus >= DISK_BUS_COUNT || disk->device >= DISK_DEVICE_COUNT)
		return fail(err, VIR_ERR_CONFIG_UNSUPPORTED,
			    "disk '%s': its bus or device is not supported", disk->target);
	if (!disk->source && disk->device != DISK_DEVICE_CDROM)
		return fail(err, VIR_ERR_XML_ERROR, "disk '%s' has no source", disk->target);
	if (disk->source && disk->source[0] != '/')
		return fail(err, VIR_ERR_XML_ERROR, "disk '%s': '%s' is not an absolute path",
			    disk->target, disk->source);
	if (strcmp(disk->format, "raw") != 0 && strcmp(disk->format, "qcow2") != 0)
		return fail(err, VIR_ERR_CONFIG_UNSUPPORTED,
			    "disk '%s': format '%s' is not supported; 'raw' and 'qcow2' are",
			    disk->target, disk->format);
	if (disk->cache && !find_cache(disk->cache))
		return fail(err, VIR_ERR_CONFIG_UNSUPPORTED,
			    "disk '%s': cache mode '%s' is not supported", disk->target,
			    disk->cache);
	return true;
}

static bool add_disk(struct argv_builder *b, guint i, GError **err)
{
	const struct disk_config *disk = g_ptr_array_index(b->in->cfg->disks, i);
	g_autofree char *node = argv_disk_node(i);
	g_autofree char *id = NULL;
	json_object *device;

	if (!check_values(disk, err))
		return false;
	id = argv_disk_device(disk->target);
	device = disk_makers[disk->bus](b, disk, id, err);
	if (!device)
		return false;
	if (disk->source) {
		add_nodes(b, disk, node);
		json_set_string(device, "drive", node);
	}
	set_disk_options(device, disk, argv_disk_boot(b->in->cfg, i));
	argv_add_json(b, "-device", device);
	return true;
}

static bool needs_ahci(const struct argv_builder *b)
{
	const GPtrArray *disks = b->in->cfg->disks;

	for (guint i = 0; b->chipset == CHIPSET_PC && i < disks->len; i++)
		if (((struct disk_config *)g_ptr_array_index(disks, i))->bus == DISK_BUS_SATA)
			return true;
	return false;
}

bool argv_add_disks(struct argv_builder *b, GError **err)
{
	if (needs_ahci(b)) {
		json_object *ahci = argv_device(b, "ich9-ahci", "ahci", NULL);
		g_autofree char *slot = g_strdup_printf("0x%x", PCI_SLOT_AHCI);

		json_set_string(ahci, "bus", chipset_bus(b->chipset));
		json_set_string(ahci, "addr", slot);
		argv_add_json(b, "-device", ahci);
	}
	for (guint i = 0; i < b->in->cfg->disks->len; i++)
		if (!add_disk(b, i, err))
			return false;
	return true;
}

/* ---- Firmware ---- */

static void add_pflash(struct argv_builder *b, const char *name, const char *path,
		       const char *format, bool is_readonly)
{
	g_autofree char *file_name = g_strconcat(name, "f", NULL);
	json_object *file = json_object_new_object();
	json_object *top = json_object_new_object();

	json_set_string(file, "driver", "file");
	json_set_string(file, "node-name", file_name);
	json_set_string(file, "filename", path);
	/* A descriptor set is opened with exactly the rights that its descriptor has: asking for less
	 * first, as auto-read-only does, is refused. */
	json_set_bool(file, is_readonly ? "auto-read-only" : "read-only", is_readonly);
	argv_add_json(b, "-blockdev", file);
	if (!g_str_has_prefix(path, "/dev/fdset/"))
		spec_add_path(b->spec, path, !is_readonly);

	json_set_string(top, "driver", format);
	json_set_string(top, "node-name", name);
	json_set_string(top, "file", file_name);
	json_set_bool(top, "read-only", is_readonly);
	if (strcmp(format, "qcow2") == 0)
		json_object_object_add(top, "backing", NULL);
	argv_add_json(b, "-blockdev", top);
}

bool argv_add_firmware(struct argv_builder *b, GError **err)
{
	const struct domain_config *cfg = b->in->cfg;
	const char *format = cfg->nvram_format ? cfg->nvram_format : "raw";

	if (!cfg->loader)
		return true;
	if (strcmp(format, "raw") != 0 && strcmp(format, "qcow2") != 0)
		return fail(err, VIR_ERR_CONFIG_UNSUPPORTED,
			    "NVRAM of format '%s' is not supported", format);
	add_pflash(b, "pf0", cfg->loader, "raw", true);
	if (cfg->nvram) {
		add_pflash(b, "pf1", cfg->nvram, format, false);
	} else {
		/* In the domain directory, which may be renamed: by descriptor. */
		g_autofree char *add_fd = NULL;

		spec_add_file(b->spec, NVRAM_FILE, true);
		add_fd = g_strdup_printf("fd=%d,set=1", spec_file_fd(b->spec, 0));
		argv_add(b, "-add-fd", add_fd);
		add_pflash(b, "pf1", "/dev/fdset/1", format, false);
	}
	return true;
}
