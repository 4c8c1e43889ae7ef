/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * Domain XML: identity, what is pinned at define, and a typed view of what a start needs.
 *
 * The tree is the truth; struct domain_config is a reading of it that a driver turns into a
 * machine. elements.h says which elements and attributes are honoured; domain_config_read refuses
 * nothing that elements_check would let pass except values that are wrong (a number out of
 * range, two disks with one target).
 */
#include <glib.h>
#include <stdbool.h>
#include "xml/tree.h"

/* ---- Identity and definition ---- */

struct domain_identity {
	char *name;
	char *uuid; /* canonical lower case with dashes; NULL when the XML has none */
	char *title;
};
void domain_identity_clear(struct domain_identity *id);

/* Check what every definition must have: root <domain type=…>, a valid name (name_check), a
 * well-formed uuid if any, memory, an <os><type>, sane numbers, unique disk targets, aliases and
 * MACs. Errors: VIR_ERR_XML_ERROR, VIR_ERR_CONFIG_UNSUPPORTED for values known to be impossible. */
bool domain_xml_check(const struct xml_tree *tree, struct domain_identity *ret_id, GError **err);

/* Callbacks that pinning needs from a driver; see hv.h. */
struct domain_pins {
	/* Versioned name of a machine alias ("q35" → "pc-q35-7.2"); NULL when not known. */
	char *(*machine)(void *data, const char *emulator, const char *alias);
	void *data;
};
/*
 * Write into the tree what must not change later: uuid (when `uuid` is given and the XML has none),
 * versioned machine, MAC of every interface (52:54:00 + random), alias of every device
 * (libvirt's scheme: virtio-disk0, ide0-0-0, net0, serial0 …). Values that are there stay.
 * Default target buses, controllers etc. are NOT written.
 */
void domain_xml_pin(struct xml_tree *tree, const char *uuid, const struct domain_pins *pins);
/* From a running guest's: take out what is of that run only (id, terminals, a port that was chosen,
 * whether a channel is open, and sockets below `own_dir`, an absolute path without a slash at its
 * end). Of any other XML it takes nothing that a start would honour. */
void domain_xml_settle(struct xml_tree *tree, const char *own_dir);
/* Set <name> (rename). */
void domain_xml_set_name(struct xml_tree *tree, const char *name);

/* ---- Typed view ---- */

/* _COUNT stands for a word that is not supported: elements.h refuses it at start, but facts about
 * such a domain can still be read. */
enum disk_bus { DISK_BUS_VIRTIO, DISK_BUS_SATA, DISK_BUS_IDE, DISK_BUS_COUNT };
enum disk_device { DISK_DEVICE_DISK, DISK_DEVICE_CDROM, DISK_DEVICE_COUNT };

struct disk_config {
	struct xml_node *node;
	char *target; /* "vda"; letters and digits only */
	char *alias;
	char *source; /* absolute path; NULL: empty cdrom, or not a file or block device */
	char *format; /* "qcow2", "raw"; never guessed: raw when the XML has no driver type */
	char *cache;  /* none, writeback, writethrough, directsync, unsafe; NULL: default */
	char *discard; /* ignore, unmap; NULL */
	char *serial;
	enum disk_bus bus;
	enum disk_device device;
	int boot_order; /* 0: none */
	bool is_readonly;
	bool is_shareable;
	bool snapshot_no; /* snapshot='no' */
	bool is_block;    /* type='block' */
	char *pci_slot;   /* "0x5" when the XML has an <address type='pci'>, else NULL */
};

struct nic_config {
	struct xml_node *node;
	char *type; /* "user" */
	char *mac;
	char *model; /* virtio, e1000, … → QEMU's device name is the driver's business */
	char *alias;
	int boot_order;
	char *pci_slot;
	bool is_link_down; /* its cable is pulled */
};

enum chardev_kind { CHARDEV_PTY, CHARDEV_UNIX, CHARDEV_FILE, CHARDEV_NULL, CHARDEV_COUNT };
struct serial_config {
	struct xml_node *node;
	enum chardev_kind kind;
	char *path; /* unix: absolute path or NULL (ours, in run/); file: path */
	bool is_listening; /* unix: mode='bind' */
	bool append;       /* file */
	char *alias;
	int port; /* of a virtio console: of its controller, from 0 */
};

/* Where a <console> is nothing but another name of a serial port: target type serial or none. */
bool console_is_serial(const struct xml_node *console);

/* A port of the virtio-serial controller. */
struct channel_config {
	struct xml_node *node;
	char *name; /* "org.qemu.guest_agent.0" */
	char *path; /* absolute; NULL: ours, in run/ */
	int port;   /* from 1 */
};
#define CHANNEL_AGENT "org.qemu.guest_agent.0"

/* A VNC display: on a unix socket, or on a TCP port. */
struct graphics_config {
	struct xml_node *node;
	bool is_tcp;
	char *socket;      /* absolute path; NULL: ours, in run/vnc.sock */
	char *address;     /* TCP: to listen on; NULL: the host's own, 127.0.0.1 */
	unsigned int port; /* TCP; 0: the first one that is free */
	char *password;    /* NULL: none is asked for */
};
#define VNC_PORT_MIN 5900  /* display 0 */
#define VNC_PASSWORD_MAX 8 /* bytes; the protocol's */

struct domain_config {
	bool is_kvm; /* type='kvm', else 'qemu' (TCG) */
	char *name, *uuid, *title, *emulator;
	char *arch;    /* "x86_64" */
	char *machine; /* as in the XML */
	guint64 memory_kib, max_memory_kib; /* currentMemory, memory */
	unsigned int vcpus, max_vcpus;
	unsigned int sockets, cores, threads; /* 0: no topology */
	char *cpu_mode; /* host-passthrough, host-model, custom, maximum; NULL */
	char *cpu_model;
	GPtrArray *cpu_features; /* "+name" or "-name" */
	bool acpi, apic, pae;
	char *clock_offset; /* utc, localtime; NULL */
	char *loader, *nvram, *nvram_template; /* explicit pflash; nvram NULL: ours, nvram.fd */
	bool loader_readonly;
	char *nvram_format; /* "raw", "qcow2" */
	char *kernel, *initrd, *cmdline;
	GPtrArray *boot_devs; /* "hd", "cdrom", "network" of <os><boot dev>, in order */
	GPtrArray *disks;     /* struct disk_config */
	GPtrArray *nics;      /* struct nic_config */
	GPtrArray *serials;   /* struct serial_config; a <console> of type serial is the same device */
	GPtrArray *consoles;  /* likewise: those of <target type='virtio'/> */
	GPtrArray *channels;  /* struct channel_config */
	GPtrArray *graphics;  /* struct graphics_config; at most one for now */
	char *video;          /* "vga", "virtio", "cirrus", "qxl", "none"; NULL: none */
	char *rng_backend;    /* "/dev/urandom", NULL: no rng */
	char *balloon;        /* "virtio", "none"; NULL: none */
	bool has_tpm, tpm_persistent;
	bool has_panic;       /* pvpanic, by which a guest tells that it has crashed */
	char *on_poweroff, *on_reboot, *on_crash;
};

/* The tree must outlive the configuration (the nodes are its). */
struct domain_config *domain_config_read(const struct xml_tree *tree, GError **err);
void domain_config_free(struct domain_config *cfg);
typedef struct domain_config domain_config;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(domain_config, domain_config_free)

/* A disk that a snapshot must take part in: a writable, not removable disk without
 * snapshot='no'. */
bool disk_is_writable(const struct disk_config *disk);

/*
 * Do two configurations describe the same machine, so that memory of the one can be loaded into
 * the other? Compares machine, memory, vcpus, cpu, features, clock offset, loader and every
 * device with its model, address and disk (source path too). Names, titles, descriptions,
 * metadata, on_* actions and host paths of serial ports do not count.
 * ret_difference: when they differ, one sentence naming the first difference; may be NULL.
 */
bool domain_xml_same_machine(const struct xml_tree *a, const struct xml_tree *b,
			     char **ret_difference);
/* The same, whatever paths, formats and kinds of file the disks have on the host. */
bool domain_xml_same_guest(const struct xml_tree *a, const struct xml_tree *b,
			   char **ret_difference);
/* Is what a guest was saved with what its definition says now? Everything counts, but what a run
 * adds, and what a start would choose where the definition does not say. */
bool domain_xml_same_definition(const struct xml_tree *saved, const struct xml_tree *defined,
				char **ret_difference);
