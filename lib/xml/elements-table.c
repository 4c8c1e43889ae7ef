/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xml/elements-table.h"

#include <glib.h>

#define MACHINES "pc|pc-i440fx-*|q35|pc-q35-*"

/* A device on bus 0 of the PCI root. */
#define PCI_ADDRESS(device)                                       \
	{ device "/address[pci]", "" },                           \
	{ device "/address[pci]/@type", "pci" },                  \
	{ device "/address[pci]/@domain", "0|0x0|0x0000" },       \
	{ device "/address[pci]/@bus", "0|0x0|0x00" },            \
	{ device "/address[pci]/@slot", NULL },                   \
	{ device "/address[pci]/@function", "0|0x0" },            \
	{ device "/address[pci]/@multifunction", "off" }

#define DRIVE_ADDRESS(device)                                     \
	{ device "/address[drive]", "" },                         \
	{ device "/address[drive]/@type", "drive" },              \
	{ device "/address[drive]/@controller", "0" },            \
	{ device "/address[drive]/@bus", "0|1" },                 \
	{ device "/address[drive]/@target", "0" },                \
	{ device "/address[drive]/@unit", "0|1|2|3|4|5" }

#define ALIAS(device)                                             \
	{ device "/alias", "" },                                  \
	{ device "/alias/@name", NULL }

/* A place at the virtio-serial controller. */
#define VIRTIO_PORT(device)                                       \
	{ device "/address", "" },                                \
	{ device "/address/@type", "virtio-serial" },             \
	{ device "/address/@controller", "0" },                   \
	{ device "/address/@bus", "0" },                          \
	{ device "/address/@port", NULL }

/* A serial port, the console that is one, or one of virtio. */
#define PORT(device)                                              \
	{ device, "" },                                           \
	{ device "/@type", "pty|unix|file|null" },                \
	{ device "/@tty", NULL },                                 \
	{ device "/source", "" },                                 \
	{ device "/source/@path", NULL },                         \
	{ device "/source/@mode", "bind|connect" },               \
	{ device "/source/@append", "on|off" },                   \
	{ device "/target", "" },                                 \
	{ device "/target/@port", NULL },                         \
	ALIAS(device)

/* An empty controller promises places for plugging, and whatever could be plugged into it has no
 * row (but drives, which have theirs): so it may be left to the machine. */
#define CONTROLLER(type)                                          \
	{ "devices/controller[" type "]", "" },                   \
	{ "devices/controller[" type "]/@type", type },           \
	{ "devices/controller[" type "]/@index", NULL },          \
	{ "devices/controller[" type "]/address", "", .is_opaque = true }, \
	ALIAS("devices/controller[" type "]")

const struct element_row element_rows[] = {
	{ "@type", "kvm|qemu" },
	{ "@id", NULL },
	{ "name", NULL },
	{ "uuid", NULL },
	{ "title", NULL },
	{ "description", NULL },
	{ "metadata", NULL, .is_opaque = true },

	{ "memory", NULL },
	{ "memory/@unit", NULL },
	{ "currentMemory", NULL },
	{ "currentMemory/@unit", NULL },
	{ "vcpu", NULL },
	{ "vcpu/@placement", "static" },
	{ "vcpu/@current", NULL },

	{ "os", "" },
	{ "os/type", "hvm" },
	{ "os/type/@arch", "x86_64" },
	{ "os/type/@machine", MACHINES },
	{ "os/boot", "" },
	{ "os/boot/@dev", "hd|cdrom|network" },
	{ "os/kernel", NULL },
	{ "os/initrd", NULL },
	{ "os/cmdline", NULL },
	{ "os/loader", NULL, .max = 1 },
	{ "os/loader/@type", "pflash" },
	{ "os/loader/@readonly", "yes" },
	{ "os/loader/@secure", "no" },
	{ "os/loader/@format", "raw" },
	{ "os/nvram", NULL, .max = 1 },
	{ "os/nvram/@template", NULL },
	{ "os/nvram/@templateFormat", "raw" },
	{ "os/nvram/@format", "raw|qcow2" },

	{ "features", "" },
	{ "features/acpi", "" },
	{ "features/apic", "" },
	{ "features/pae", "" },

	{ "cpu", "" },
	{ "cpu/@mode", "host-passthrough|host-model|custom|maximum" },
	{ "cpu/@match", "exact" },
	{ "cpu/@check", "none" },
	{ "cpu/@migratable", "on" },
	{ "cpu/model", NULL, .max = 1 },
	{ "cpu/model/@fallback", "allow|forbid" }, /* nothing is ever fallen back to */
	{ "cpu/topology", "", .max = 1 },
	{ "cpu/topology/@sockets", NULL },
	{ "cpu/topology/@dies", "1" },
	{ "cpu/topology/@cores", NULL },
	{ "cpu/topology/@threads", NULL },
	{ "cpu/feature", "" },
	{ "cpu/feature/@policy", "require|force|disable" },
	{ "cpu/feature/@name", NULL },

	{ "clock", "" },
	{ "clock/@offset", "utc|localtime" },

	/* A name is what a domain is: rename-restart, which gives it another, has no meaning here. */
	{ "on_poweroff", "destroy|restart|preserve", .max = 1 },
	{ "on_reboot", "destroy|restart|preserve", .max = 1 },
	{ "on_crash", "destroy|restart|preserve|coredump-destroy|coredump-restart", .max = 1 },

	{ "devices", "" },
	{ "devices/emulator", NULL },

	{ "devices/disk", "" },
	{ "devices/disk/@type", "file" },
	{ "devices/disk/@device", "disk|cdrom" },
	{ "devices/disk/@snapshot", "no|internal" },
	{ "devices/disk/driver", "" },
	{ "devices/disk/driver/@name", "qemu" },
	{ "devices/disk/driver/@type", "raw|qcow2" },
	{ "devices/disk/driver/@cache", "none|writeback|writethrough|directsync|unsafe" },
	{ "devices/disk/driver/@discard", "ignore|unmap" },
	{ "devices/disk/source", "" },
	{ "devices/disk/source/@file", NULL },
	{ "devices/disk/source/@index", NULL }, /* libvirt's counter, in the XML of a running guest */
	{ "devices/disk/backingStore", "" }, /* empty: no backing file, as images are opened */
	{ "devices/disk/target", "" },
	{ "devices/disk/target/@dev", NULL },
	{ "devices/disk/target/@bus", "virtio|sata|ide" },
	{ "devices/disk/readonly", "" },
	{ "devices/disk/shareable", "" },
	{ "devices/disk/serial", NULL },
	{ "devices/disk/boot", "" },
	{ "devices/disk/boot/@order", NULL },
	ALIAS("devices/disk"),
	PCI_ADDRESS("devices/disk"),
	DRIVE_ADDRESS("devices/disk"),

	{ "devices/interface[user]", "" },
	{ "devices/interface[user]/@type", "user" },
	{ "devices/interface[user]/mac", "" },
	{ "devices/interface[user]/mac/@address", NULL },
	{ "devices/interface[user]/model", "" },
	{ "devices/interface[user]/model/@type", "virtio|e1000|e1000e|rtl8139" },
	{ "devices/interface[user]/link", "" },
	{ "devices/interface[user]/link/@state", "up|down" },
	{ "devices/interface[user]/boot", "" },
	{ "devices/interface[user]/boot/@order", NULL },
	ALIAS("devices/interface[user]"),
	PCI_ADDRESS("devices/interface[user]"),

	PORT("devices/serial"),
	{ "devices/serial/target/@type", "serial|isa-serial" },
	{ "devices/serial/target/model", "" },
	{ "devices/serial/target/model/@name", "isa-serial" },
	PORT("devices/console"),
	{ "devices/console/target/@type", "serial|virtio" },
	VIRTIO_PORT("devices/console"),

	/* The agent's; without a path the socket is in the domain's run/. */
	{ "devices/channel[unix]", "" },
	{ "devices/channel[unix]/@type", "unix" },
	{ "devices/channel[unix]/source", "" },
	{ "devices/channel[unix]/source/@mode", "bind" },
	{ "devices/channel[unix]/source/@path", NULL },
	{ "devices/channel[unix]/target", "" },
	{ "devices/channel[unix]/target/@type", "virtio" },
	{ "devices/channel[unix]/target/@name", NULL },
	{ "devices/channel[unix]/target/@state", "connected|disconnected" },
	VIRTIO_PORT("devices/channel[unix]"),
	ALIAS("devices/channel[unix]"),

	{ "devices/video", "", .max = 1 },
	{ "devices/video/model", "" },
	{ "devices/video/model/@type", "vga|virtio|cirrus|qxl|none" },
	{ "devices/video/model/@heads", "1" },
	{ "devices/video/model/@primary", "yes" },
	/* Sizes as libvirt writes them, which are QEMU's own. */
	{ "devices/video/model/@vram", "16384|65536" },
	{ "devices/video/model/@ram", "65536" },
	{ "devices/video/model/@vgamem", "16384" },
	ALIAS("devices/video"),
	PCI_ADDRESS("devices/video"),

	{ "devices/graphics[vnc]", "", .max = 1 },
	{ "devices/graphics[vnc]/@type", "vnc" },
	{ "devices/graphics[vnc]/@socket", NULL },
	{ "devices/graphics[vnc]/@port", NULL },
	{ "devices/graphics[vnc]/@autoport", "yes|no" },
	{ "devices/graphics[vnc]/@listen", NULL },
	{ "devices/graphics[vnc]/@passwd", NULL },
	{ "devices/graphics[vnc]/listen[address]", "", .max = 1 },
	{ "devices/graphics[vnc]/listen[address]/@type", "address" },
	{ "devices/graphics[vnc]/listen[address]/@address", NULL },
	{ "devices/graphics[vnc]/listen[socket]", "", .max = 1 },
	{ "devices/graphics[vnc]/listen[socket]/@type", "socket" },
	{ "devices/graphics[vnc]/listen[socket]/@socket", NULL },

	{ "devices/rng", "", .max = 1 },
	{ "devices/rng/@model", "virtio" },
	{ "devices/rng/backend", "/dev/urandom|/dev/random" },
	{ "devices/rng/backend/@model", "random" },
	ALIAS("devices/rng"),
	PCI_ADDRESS("devices/rng"),

	{ "devices/panic", "", .max = 1 },
	{ "devices/panic/@model", "isa" },
	{ "devices/panic/address", "" },
	{ "devices/panic/address/@type", "isa" },
	{ "devices/panic/address/@iobase", "0x505" },
	ALIAS("devices/panic"),

	{ "devices/memballoon", "", .max = 1 },
	{ "devices/memballoon/@model", "virtio|none" },
	ALIAS("devices/memballoon"),
	PCI_ADDRESS("devices/memballoon"),

	/* pc and q35 have both by themselves. */
	{ "devices/input[mouse]", "" },
	{ "devices/input[mouse]/@type", "mouse" },
	{ "devices/input[mouse]/@bus", "ps2" },
	ALIAS("devices/input[mouse]"),
	{ "devices/input[keyboard]", "" },
	{ "devices/input[keyboard]/@type", "keyboard" },
	{ "devices/input[keyboard]/@bus", "ps2" },
	ALIAS("devices/input[keyboard]"),

	{ "devices/audio[none]", "", .max = 1 },
	{ "devices/audio[none]/@type", "none" },
	{ "devices/audio[none]/@id", "1" },

	CONTROLLER("pci"),
	{ "devices/controller[pci]/@model", "pci-root|pcie-root|pcie-root-port" },
	{ "devices/controller[pci]/model", "", .is_opaque = true },
	{ "devices/controller[pci]/target", "", .is_opaque = true },
	CONTROLLER("usb"),
	{ "devices/controller[usb]/@model", NULL },
	{ "devices/controller[usb]/@ports", NULL },
	{ "devices/controller[usb]/master", "", .is_opaque = true },
	CONTROLLER("sata"),
	CONTROLLER("ide"),
	CONTROLLER("virtio-serial"), /* which is built, for channels and consoles */
};
const size_t element_rows_count = G_N_ELEMENTS(element_rows);

#define NO_NETWORKS "<interface type='user'> needs no network of the host"

const struct element_remedy element_remedies[] = {
	{ "devices/interface", "network|bridge|direct|ethernet|vhostuser|server|client|mcast|udp",
	  NO_NETWORKS },
	{ "devices/tpm", NULL, "TPMs are not built yet, take it out" },
};
const size_t element_remedies_count = G_N_ELEMENTS(element_remedies);
