/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Domains: what a definition must have, what is pinned, read, refused and compared. */
#include <glib.h>
#include <string.h>
#include "base/error.h"
#include "base/util.h"
#include "patience.h"
#include "xml/domain.h"
#include "xml/elements.h"

#define MINIMAL "<name>a</name><memory>1024</memory><os><type>hvm</type></os>"

static struct xml_tree *parse(const char *text)
{
	g_autoptr(GError) err = NULL;
	struct xml_tree *tree = xml_parse(text, strlen(text), "domain", &err);

	g_assert_no_error(err);
	return tree;
}

/* A domain of the minimum and what is inside. */
static char *wrap(const char *inside)
{
	return g_strdup_printf("<domain type='kvm'>" MINIMAL "%s</domain>\n", inside);
}

static char *with_devices(const char *devices)
{
	g_autofree char *inside = g_strdup_printf("<devices>%s</devices>", devices);

	return wrap(inside);
}

static const char *const full =
	"<!-- by hand -->\n"
	"<domain type=\"qemu\" xmlns:q='http://q'>\n"
	"  <name>vm</name>\n"
	"  <uuid>6695EB01-f6a4-8304-79aa-97f2502e193f</uuid>\n"
	"  <title>T</title>\n"
	"  <description>d</description>\n"
	"  <metadata>\n    <q:any thing='1'/>\n  </metadata>\n"
	"  <memory unit='MiB'>64</memory>\n"
	"  <currentMemory unit='MiB'>32</currentMemory>\n"
	"  <vcpu placement='static' current='2'>4</vcpu>\n"
	"  <os>\n"
	"    <type arch='x86_64' machine='pc-q35-7.2'>hvm</type>\n"
	"    <loader readonly='yes' type='pflash'>/usr/share/OVMF/OVMF_CODE.fd</loader>\n"
	"    <nvram template='/usr/share/OVMF/OVMF_VARS.fd' format='qcow2'/>\n"
	"    <kernel>/k</kernel>\n    <initrd>/i</initrd>\n    <cmdline>console=ttyS0 a,b</cmdline>\n"
	"  </os>\n"
	"  <features><acpi/><apic/><pae/></features>\n"
	"  <cpu mode='custom' match='exact' check='none'>\n"
	"    <model fallback='allow'>Skylake-Client</model>\n"
	"    <topology sockets='1' dies='1' cores='2' threads='2'/>\n"
	"    <feature policy='require' name='vmx'/>\n"
	"    <feature policy='disable' name='hle'/>\n"
	"  </cpu>\n"
	"  <clock offset='localtime'/>\n"
	"  <on_poweroff>destroy</on_poweroff>\n"
	"  <on_reboot>restart</on_reboot>\n"
	"  <on_crash>destroy</on_crash>\n"
	"  <devices>\n"
	"    <emulator>/usr/bin/qemu-system-x86_64</emulator>\n"
	"    <disk type='file' device='disk' snapshot='no'>\n"
	"      <driver name='qemu' type='qcow2' cache='none' discard='unmap'/>\n"
	"      <source file='/v/a.qcow2'/>\n"
	"      <target dev='vda' bus='virtio'/>\n"
	"      <shareable/>\n"
	"      <serial>S1</serial>\n"
	"      <boot order='2'/>\n"
	"      <alias name='ua-mine'/>\n"
	"      <address type='pci' domain='0x0000' bus='0x00' slot='0x05' function='0x0'/>\n"
	"    </disk>\n"
	"    <disk type='file' device='cdrom'>\n"
	"      <target dev='sdb' bus='sata'/>\n"
	"      <readonly/>\n"
	"      <address type='drive' controller='0' bus='0' target='0' unit='1'/>\n"
	"    </disk>\n"
	"    <controller type='usb' index='0' model='qemu-xhci' ports='15'/>\n"
	"    <controller type='pci' index='0' model='pcie-root'/>\n"
	"    <controller type='pci' index='1' model='pcie-root-port'>\n"
	"      <model name='pcie-root-port'/>\n"
	"      <target chassis='1' port='0x10'/>\n"
	"      <address type='pci' domain='0x0000' bus='0x00' slot='0x02' function='0x0' "
	"multifunction='on'/>\n"
	"    </controller>\n"
	"    <controller type='sata' index='0'/>\n"
	"    <interface type='user'>\n"
	"      <mac address='52:54:00:01:02:03'/>\n"
	"      <model type='virtio'/>\n"
	"      <boot order='1'/>\n"
	"    </interface>\n"
	"    <serial type='unix'>\n"
	"      <source mode='bind' path='/tmp/s'/>\n"
	"      <target type='isa-serial' port='0'><model name='isa-serial'/></target>\n"
	"    </serial>\n"
	"    <serial type='file'><source path='/tmp/log' append='on'/></serial>\n"
	"    <console type='unix'>\n"
	"      <source mode='bind' path='/tmp/s'/>\n"
	"      <target type='serial' port='0'/>\n"
	"    </console>\n"
	"    <input type='mouse' bus='ps2'/>\n"
	"    <input type='keyboard' bus='ps2'/>\n"
	"    <graphics type='vnc' socket='/tmp/vnc'>"
	"<listen type='socket' socket='/tmp/vnc'/></graphics>\n"
	"    <audio id='1' type='none'/>\n"
	"    <video><model type='virtio' heads='1' primary='yes'/></video>\n"
	"    <memballoon model='virtio'/>\n"
	"    <rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>\n"
	"  </devices>\n"
	"</domain>\n";

/* ---- Check ---- */

static void test_identity(void)
{
	g_autoptr(xml_tree) tree = parse(full);
	g_autoptr(GError) err = NULL;
	struct domain_identity id;

	domain_xml_check(tree, &id, &err);
	g_assert_no_error(err);
	g_assert_cmpstr(id.name, ==, "vm");
	g_assert_cmpstr(id.uuid, ==, "6695eb01-f6a4-8304-79aa-97f2502e193f");
	g_assert_cmpstr(id.title, ==, "T");
	domain_identity_clear(&id);
	g_assert_null(id.name);
}

static void assert_bad(const char *text, const char *part)
{
	struct domain_identity id = { NULL, NULL, NULL };
	g_autoptr(xml_tree) tree = parse(text);
	g_autoptr(GError) err = NULL;

	if (domain_xml_check(tree, &id, &err))
		g_error("accepted: %s", text);
	g_assert_true(error_is(err, VIR_ERR_XML_ERROR) ||
		      error_is(err, VIR_ERR_CONFIG_UNSUPPORTED));
	g_assert_null(id.name);
	if (!strstr(err->message, part))
		g_error("'%s' does not contain '%s'", err->message, part);
}

static void test_bad_documents(void)
{
	assert_bad("<domainsnapshot/>", "expecting <domain>");
	assert_bad("<domain xmlns='http://q' type='kvm'>" MINIMAL "</domain>", "expecting");
	assert_bad("<domain>" MINIMAL "</domain>", "type attribute");
	assert_bad("<domain type='kvm'><memory>1</memory><os><type>hvm</type></os></domain>", "name");
	assert_bad("<domain type='kvm'><name>a</name><os><type>hvm</type></os></domain>", "memory");
	assert_bad("<domain type='kvm'><name>a</name><memory>1</memory></domain>", "<os><type>");
	assert_bad("<domain type='kvm'><name>a</name><memory>1</memory><os/></domain>", "<os><type>");
}

static void test_bad_insides(void)
{
	static const char *const bad[][2] = {
		{ "<name>b</name>", "more than one <name>" },
		{ "<memory>1</memory>", "more than one <memory>" },
		{ "<uuid>x</uuid>", "not a uuid" },
		{ "<uuid/>", "not a uuid" },
		{ "<uuid>6695eb01-f6a4-8304-79aa-97f2502e193</uuid>", "not a uuid" },
		{ "<uuid>6695eb01-f6a4-8304-79aa-97f2502e193f0</uuid>", "not a uuid" },
		{ "<uuid>6695eb01-f6a48304-79aa-97f2502e193f-</uuid>", "not a uuid" },
		{ "<uuid>6695eb01f6a4830479aa97f2502e193g</uuid>", "not a uuid" },
		{ "<title>a\nb</title>", "single line" },
		{ "<currentMemory>x</currentMemory>", "amount of memory" },
		{ "<vcpu>0</vcpu>", "from 1" },
		{ "<vcpu>-1</vcpu>", "from 1" },
		{ "<vcpu>1.5</vcpu>", "from 1" },
		{ "<vcpu>0x2</vcpu>", "from 1" },
		{ "<vcpu>1000000000</vcpu>", "from 1" },
		{ "<vcpu>9223372036854775808</vcpu>", "from 1" },
		{ "<vcpu>18446744073709551616</vcpu>", "from 1" },
		{ "<vcpu current=' 1'>2</vcpu>", "from 1" },
		{ "<vcpu current='3'>2</vcpu>", "from 1" },
		{ "<vcpu/>", "from 1" },
		{ "<cpu><topology sockets='2' cores='2' threads='2'/></cpu>", "topology" },
		{ "<cpu><topology sockets='0'/></cpu>", "from 1" },
		{ "<cpu mode='custom'/>", "<model>" },
		{ "<cpu><model>a,b=c</model></cpu>", "CPU" },
		{ "<cpu><feature name='a,-b'/></cpu>", "CPU" },
		{ "<cpu><feature/></cpu>", "no name" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autofree char *text = wrap(bad[i][0]);

		assert_bad(text, bad[i][1]);
	}
}

#define DISK(dev, inside) \
	"<disk type='file'><source file='/a'/><target dev='" dev "' bus='virtio'/>" inside "</disk>"
#define NIC(mac) "<interface type='user'><mac address='" mac "'/></interface>"

#define CONSOLE(more) "<console type='unix'><target type='virtio'/>" more "</console>"
#define CONSOLE_AT(port) CONSOLE("<address type='virtio-serial' port='" port "'/>")

static void test_bad_devices(void)
{
	static const char *const bad[][2] = {
		{ DISK("vda", "") DISK("vda", ""), "target 'vda'" },
		{ "<disk type='file'><source file='/a'/></disk>", "no <target" },
		{ "<disk type='file'><target dev='vda'/></disk>", "no source" },
		{ "<disk type='file'><source file='a'/><target dev='vda'/></disk>", "absolute" },
		{ "<disk type='file'><source file='/a'/><target dev='sda'/></disk>", "needs a bus" },
		{ DISK("../a", ""), "not a name" },
		{ DISK("", ""), "not a name" },
		{ DISK("vda", "<boot order='0'/>"), "from 1" },
		{ DISK("vda", "<boot order='1'/>") DISK("vdb", "<boot order='1'/>"), "order 1" },
		{ DISK("vda", "<alias name='x'/>") DISK("vdb", "<alias name='x'/>"), "alias 'x'" },
		{ DISK("vda", "<alias name='x,y=z'/>"), "not an alias" },
		{ "<interface/>", "no type" },
		{ NIC("52:54:00:00:00:01") NIC("52:54:00:00:00:01"), "MAC" },
		{ NIC("52:54:00:aa:00:01") NIC("52:54:00:AA:00:01"), "MAC" },
		{ NIC("53:54:00:00:00:01"), "unicast" },
		{ NIC("52:54:00:00:00"), "unicast" },
		{ NIC("52:54:00:00:00:011"), "unicast" },
		{ NIC(""), "unicast" },
		{ "<serial type='file'/>", "source" },
		{ "<serial type='file'><source path='x'/></serial>", "absolute" },
		{ "<serial type='pty'><target port='9'/></serial>", "from 0" },
		{ "<serial><target port='0'/></serial><serial><target port='0'/></serial>", "twice" },
		{ "<serial/><serial/><serial/><serial/><serial/>", "more than 4" },
		{ "<console/><console/>", "only the first" },
		{ CONSOLE_AT("1") CONSOLE_AT("1"), "twice" },
		{ CONSOLE_AT("31"), "port" },
		{ "<graphics type='vnc' socket='x'/>", "absolute" },
		{ "<graphics type='vnc' port='70000'/>", "port" },
		{ "<graphics type='vnc' listen='::1'><listen type='address' address='::'/></graphics>",
		  "another address" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autofree char *text = with_devices(bad[i][0]);

		assert_bad(text, bad[i][1]);
	}
	assert_bad("<domain type='kvm'><name>a</name><memory>1</memory><os><type>hvm</type>"
		   "<boot dev='hd'/></os><devices>" DISK("vda", "<boot order='1'/>")
		   "</devices></domain>", "together");
}

static void test_bad_names(void)
{
	static const char *const names[] = { "",     ".",	 "..",	  "a/b",      "a&#10;b", " ",
					     "&#9;", "\xc2\x80", "<b/>a", "\xe2\x80\xae", "\n  a\n" };

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *text = g_strdup_printf(
			"<domain type='kvm'><name>%s</name><memory>1</memory><os><type>hvm</type></os>"
			"</domain>", names[i]);

		assert_bad(text, "name");
	}
}

static void test_memory(void)
{
	static const struct {
		const char *xml;
		guint64 kib; /* 0: refused */
	} cases[] = {
		{ "<memory>1</memory>", 1 },
		{ "<memory unit='b'>1</memory>", 1 },
		{ "<memory unit='bytes'>2049</memory>", 3 },
		{ "<memory unit='KB'>1024</memory>", 1000 },
		{ "<memory unit='KiB'>7</memory>", 7 },
		{ "<memory unit='k'>7</memory>", 7 },
		{ "<memory unit='MB'>1</memory>", 977 },
		{ "<memory unit='m'>1</memory>", 1024 },
		{ "<memory unit='GiB'>2</memory>", 2 << 20 },
		{ "<memory unit='TiB'>1</memory>", 1 << 30 },
		{ "<memory> 5\n</memory>", 5 },
		{ "<memory unit='YiB'>1</memory>", 0 },
		{ "<memory unit=''>1</memory>", 0 },
		{ "<memory>0</memory>", 0 },
		{ "<memory>-1</memory>", 0 },
		{ "<memory>+1</memory>", 0 },
		{ "<memory>1.5</memory>", 0 },
		{ "<memory>0x10</memory>", 0 },
		{ "<memory>1 024</memory>", 0 },
		{ "<memory/>", 0 },
		{ "<memory unit='EiB'>16</memory>", 0 },
		{ "<memory unit='EiB'>18446744073709551615</memory>", 0 },
		{ "<memory>9223372036854775808</memory>", 0 },
		{ "<memory>18446744073709551616</memory>", 0 },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *text = g_strdup_printf(
			"<domain type='kvm'><name>a</name>%s<os><type>hvm</type></os></domain>",
			cases[i].xml);
		g_autoptr(xml_tree) tree = parse(text);
		g_autoptr(domain_config) cfg = domain_config_read(tree, NULL);

		g_assert_cmpuint(cfg ? cfg->max_memory_kib : 0, ==, cases[i].kib);
		g_assert_cmpuint(cfg ? cfg->memory_kib : 0, ==, cases[i].kib);
	}
}

/* ---- Config ---- */

static void test_config_machine(void)
{
	g_autoptr(xml_tree) tree = parse(full);
	g_autoptr(domain_config) cfg = domain_config_read(tree, NULL);

	g_assert_false(cfg->is_kvm);
	g_assert_cmpuint(cfg->memory_kib, ==, 32 << 10);
	g_assert_cmpuint(cfg->max_memory_kib, ==, 64 << 10);
	g_assert_cmpuint(cfg->vcpus, ==, 2);
	g_assert_cmpuint(cfg->max_vcpus, ==, 4);
	g_assert_cmpuint(cfg->cores, ==, 2);
	g_assert_cmpstr(cfg->machine, ==, "pc-q35-7.2");
	g_assert_cmpstr(cfg->cpu_mode, ==, "custom");
	g_assert_cmpstr(cfg->cpu_model, ==, "Skylake-Client");
	g_assert_cmpstr(cfg->cpu_features->pdata[0], ==, "+vmx");
	g_assert_cmpstr(cfg->cpu_features->pdata[1], ==, "-hle");
	g_assert_true(cfg->acpi && cfg->apic && cfg->pae && cfg->loader_readonly);
	g_assert_cmpstr(cfg->clock_offset, ==, "localtime");
	g_assert_null(cfg->nvram);
	g_assert_cmpstr(cfg->nvram_format, ==, "qcow2");
	g_assert_cmpstr(cfg->cmdline, ==, "console=ttyS0 a,b");
	g_assert_cmpuint(cfg->boot_devs->len, ==, 0);
	g_assert_cmpstr(cfg->video, ==, "virtio");
	g_assert_cmpstr(cfg->rng_backend, ==, "/dev/urandom");
	g_assert_cmpstr(cfg->balloon, ==, "virtio");
}

static void test_config_devices(void)
{
	g_autoptr(xml_tree) tree = parse(full);
	g_autoptr(domain_config) cfg = domain_config_read(tree, NULL);
	const struct disk_config *disk = cfg->disks->pdata[0], *cdrom = cfg->disks->pdata[1];
	const struct nic_config *nic = cfg->nics->pdata[0];
	const struct serial_config *port = cfg->serials->pdata[0], *log = cfg->serials->pdata[1];

	g_assert_cmpstr(disk->source, ==, "/v/a.qcow2");
	g_assert_cmpstr(disk->alias, ==, "ua-mine");
	g_assert_cmpstr(disk->pci_slot, ==, "0x05");
	g_assert_cmpint(disk->boot_order, ==, 2);
	g_assert_true(disk->is_shareable && disk->snapshot_no && !disk_is_writable(disk));
	g_assert_cmpint(cdrom->device, ==, DISK_DEVICE_CDROM);
	g_assert_cmpint(cdrom->bus, ==, DISK_BUS_SATA);
	g_assert_null(cdrom->source);
	g_assert_cmpstr(cdrom->format, ==, "raw");
	g_assert_true(cdrom->is_readonly && !disk_is_writable(cdrom));
	g_assert_cmpstr(nic->model, ==, "virtio");
	g_assert_cmpint(nic->boot_order, ==, 1);
	g_assert_cmpuint(cfg->serials->len, ==, 2); /* the console is the first one */
	g_assert_cmpint(port->kind, ==, CHARDEV_UNIX);
	g_assert_true(port->is_listening);
	g_assert_cmpint(log->kind, ==, CHARDEV_FILE);
	g_assert_true(log->append && log->port == 1);
	g_assert_cmpstr(((struct graphics_config *)cfg->graphics->pdata[0])->socket, ==, "/tmp/vnc");
}

static void test_lone_console(void)
{
	g_autofree char *text = with_devices("<console type='pty'/>");
	g_autofree char *other = with_devices("<console><target type='virtio'/></console>");
	g_autoptr(xml_tree) tree = parse(text);
	g_autoptr(xml_tree) other_tree = parse(other);
	g_autoptr(domain_config) cfg = domain_config_read(tree, NULL);
	g_autoptr(domain_config) other_cfg = domain_config_read(other_tree, NULL);
	const struct serial_config *serial = cfg->serials->pdata[0];

	g_assert_cmpuint(cfg->serials->len, ==, 1);
	g_assert_cmpint(serial->kind, ==, CHARDEV_PTY);
	g_assert_cmpuint(other_cfg->serials->len, ==, 0);
	g_assert_cmpuint(other_cfg->consoles->len, ==, 1);
}

/* They take what channels leave of the controller's ports. */
static void test_virtio_consoles(void)
{
	g_autofree char *text = with_devices(
		"<console type='pty'/>" CONSOLE("") CONSOLE_AT("7") CONSOLE("")
		"<channel type='unix'><target type='virtio' name='a'/></channel>");
	static const int ports[] = { 0, 7, 2 };
	g_autoptr(xml_tree) tree = parse(text);
	g_autoptr(domain_config) cfg = domain_config_read(tree, NULL);

	g_assert_cmpuint(cfg->serials->len, ==, 1);
	g_assert_cmpuint(cfg->consoles->len, ==, G_N_ELEMENTS(ports));
	for (guint i = 0; i < cfg->consoles->len; i++) {
		const struct serial_config *console = cfg->consoles->pdata[i];

		g_assert_cmpint(console->kind, ==, CHARDEV_UNIX);
		g_assert_cmpint(console->port, ==, ports[i]);
	}
}

/* Facts about a domain that cannot be started can still be read. */
static void test_config_unsupported(void)
{
	g_autofree char *text = with_devices(
		"<disk type='network' device='floppy'><target dev='fda' bus='fdc'/></disk>"
		"<disk type='block'><source dev='/dev/x'/><target dev='sda' bus='scsi'/></disk>"
		"<interface type='bridge'/><serial type='tcp'/>"
		"<tpm><backend type='emulator' persistent_state='yes'/></tpm>");
	g_autoptr(xml_tree) tree = parse(text);
	g_autoptr(domain_config) cfg = domain_config_read(tree, NULL);
	const struct disk_config *block = cfg->disks->pdata[1];

	g_assert_cmpint(((struct disk_config *)cfg->disks->pdata[0])->device, ==, DISK_DEVICE_COUNT);
	g_assert_cmpint(block->bus, ==, DISK_BUS_COUNT);
	g_assert_true(block->is_block);
	g_assert_cmpstr(block->source, ==, "/dev/x");
	g_assert_true(cfg->has_tpm && cfg->tpm_persistent);
}

/* ---- Elements ---- */

static void test_all_supported(void)
{
	g_autoptr(xml_tree) tree = parse(full);
	g_autoptr(GPtrArray) reasons = elements_unsupported(tree);

	if (reasons)
		g_error("'%s' refused: %s", ((struct reason *)reasons->pdata[0])->label,
			((struct reason *)reasons->pdata[0])->what);
}

static void assert_unsupported(const char *text, const char *path)
{
	g_autoptr(xml_tree) tree = parse(text);
	g_autoptr(GPtrArray) reasons = elements_unsupported(tree);
	const struct reason *r = reasons ? reasons->pdata[0] : NULL;

	if (!r)
		g_error("nothing refused, '%s' wanted", path);
	g_assert_cmpstr(r->code, ==, "unsupported-xml");
	g_assert_cmpstr(r->label, ==, path);
}

static const char *const unsupported[][2] = {
	{ "<genid/>", "genid" },
	{ "<currentMemory>1</currentMemory>", "currentMemory" },
	{ "<resource><partition>/x</partition></resource>", "resource" },
	{ "<on_crash>rename-restart</on_crash>", "on_crash" },
	{ "<clock offset='utc'><timer name='hpet' present='no'/></clock>", "clock/timer" },
	{ "<clock offset='variable'/>", "clock/@offset" },
	{ "<features><hyperv/></features>", "features/hyperv" },
	{ "<vcpu cpuset='1'>1</vcpu>", "vcpu/@cpuset" },
	{ "<q:commandline xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'/>",
	  "q:commandline" },
	{ "<metadata/><seclabel type='none'/>", "seclabel" },
	{ "<features>text</features>", "features" },
	{ "<x:y xmlns:x='u' x:a='1'/>", "x:y" },
};

static const char *const unsupported_devices[][2] = {
	{ "<sound model='ich9'/>", "devices/sound" },
	{ "<input type='tablet' bus='usb'/>", "devices/input" },
	{ "<graphics type='vnc' port='5000'/>", "devices/graphics/@port" },
	{ "<graphics type='vnc' passwd=''/>", "devices/graphics/@passwd" },
	{ "<graphics type='vnc' passwd='123456789'/>", "devices/graphics/@passwd" },
	{ "<graphics type='vnc' listen='localhost'/>", "devices/graphics" },
	{ "<graphics type='vnc' websocket='5700'/>", "devices/graphics/@websocket" },
	{ "<graphics type='vnc'><listen type='network' network='x'/></graphics>",
	  "devices/graphics/listen" },
	{ "<graphics type='vnc'/><graphics type='vnc'/>", "devices/graphics[2]" },
	{ "<graphics type='spice'/>", "devices/graphics" },
	{ "<video><model type='vga' vram='1'/></video>", "devices/video/model/@vram" },
	{ "<interface type='network'><source network='x'/></interface>", "devices/interface" },
	{ "<interface type='user'><model type='ne2k'/></interface>",
	  "devices/interface/model/@type" },
	{ "<memballoon model='virtio'/><memballoon model='virtio'/>",
	  "devices/memballoon[2]" },
	{ "<serial type='unix'><source mode='x' path='/x'/></serial>",
	  "devices/serial/source/@mode" },
	{ "<serial type='tcp'/>", "devices/serial/@type" },
	{ "<disk type='block'><source dev='/x'/><target dev='vda'/></disk>",
	  "devices/disk/@type" },
	{ DISK("vda", "<iotune/>"), "devices/disk/iotune" },
	{ DISK("vda", "") DISK("vdb", "<transient/>"), "devices/disk[2]/transient" },
	{ DISK("vda", "<address type='pci' bus='0x01' slot='0x0'/>"),
	  "devices/disk/address/@bus" },
	{ "<disk device='cdrom'><target dev='sda' bus='sata'/>"
	  "<address type='drive' bus='1'/></disk>", "devices/disk/address" },
	{ "<controller type='scsi'/>", "devices/controller" },
	{ "<controller type='pci' model='pcie-root'/>", "devices/controller/@model" },
	{ "<rng model='virtio'><backend model='random'>/x</backend></rng>",
	  "devices/rng/backend" },
	{ "<tpm/>", "devices/tpm" },
};

static void test_unsupported(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(unsupported); i++) {
		g_autofree char *text = wrap(unsupported[i][0]);

		assert_unsupported(text, unsupported[i][1]);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(unsupported_devices); i++) {
		g_autofree char *text = with_devices(unsupported_devices[i][0]);

		assert_unsupported(text, unsupported_devices[i][1]);
	}
	assert_unsupported("<domain type='xen'>" MINIMAL "</domain>", "@type");
}

static void test_many_reasons(void)
{
	GString *inside = g_string_new(NULL);
	gint64 start = cpu_ms();

	for (int i = 0; i < 50000; i++)
		g_string_append(inside, "<x/>");
	{
		g_autofree char *text = wrap(inside->str);
		g_autoptr(xml_tree) tree = parse(text);
		g_autoptr(GPtrArray) reasons = elements_unsupported(tree);

		g_assert_cmpuint(reasons->len, ==, 64);
	}
	g_assert_cmpint(cpu_ms() - start, <, 5000);
	g_string_free(inside, TRUE);
}

/* ---- Pin ---- */

static char *pin_machine(void *data, const char *emulator, const char *alias)
{
	g_assert_cmpstr(data, ==, "data");
	g_assert_null(emulator);
	return strcmp(alias, "pc") == 0 ? g_strdup("pc-i440fx-7.2") : NULL;
}

static const struct domain_pins pins = { pin_machine, (void *)"data" };

static const char *const unpinned =
	"<domain type=\"kvm\">\n  <name>a</name>\n  <memory>1</memory>\n"
	"  <os><type>hvm</type></os>\n  <devices>\n"
	"    <disk type='file'>\n      <target dev='vdb' bus='virtio'/>\n    </disk>\n"
	"    <disk><target dev='hdc' bus='ide'/></disk>\n"
	"    <interface type='user'>\n      <model type='virtio'/>\n    </interface>\n"
	"    <interface type='user'><mac address='52:54:00:00:00:01'/>"
	"<alias name='net0'/></interface>\n"
	"    <console type='pty'/>\n    <graphics type='vnc'/>\n"
	"    <controller type='usb' index='0'/>\n"
	"  </devices>\n</domain>\n";

static void test_pin(void)
{
	g_autoptr(xml_tree) tree = parse(unpinned);
	const struct xml_node *nic;
	g_autofree char *mac = NULL;
	g_autofree char *text = NULL;
	g_autofree char *wanted = NULL;

	domain_xml_pin(tree, "6695eb01-f6a4-8304-79aa-97f2502e193f", &pins);
	nic = xml_at(xml_root(tree), "devices/interface");
	mac = xml_attr_at(nic, "mac", "address");
	g_assert_true(g_str_has_prefix(mac, "52:54:00:"));
	wanted = g_strdup_printf(
		"<domain type=\"kvm\">\n  <name>a</name>\n"
		"  <uuid>6695eb01-f6a4-8304-79aa-97f2502e193f</uuid>\n  <memory>1</memory>\n"
		"  <os><type machine='pc-i440fx-7.2'>hvm</type></os>\n  <devices>\n"
		"    <disk type='file'>\n      <target dev='vdb' bus='virtio'/>\n"
		"      <alias name='virtio-disk1'/>\n    </disk>\n"
		"    <disk><target dev='hdc' bus='ide'/><alias name='ide0-1-0'/></disk>\n"
		"    <interface type='user'>\n      <mac address='%s'/>\n      <model type='virtio'/>\n"
		"      <alias name='net1'/>\n    </interface>\n"
		"    <interface type='user'><mac address='52:54:00:00:00:01'/>"
		"<alias name='net0'/></interface>\n"
		"    <console type='pty'>\n      <alias name='serial0'/>\n    </console>\n"
		"    <graphics type='vnc'/>\n"
		"    <controller type='usb' index='0'>\n      <alias name='usb'/>\n    </controller>\n"
		"  </devices>\n</domain>\n", mac);
	text = xml_format(tree);
	g_assert_cmpstr(text, ==, wanted);
	/* Pinned once, pinned for ever. */
	domain_xml_pin(tree, "00000000-0000-0000-0000-000000000000", NULL);
	g_free(text);
	text = xml_format(tree);
	g_assert_cmpstr(text, ==, wanted);
}

/* A running guest's, as dumpxml shows it, becomes what lasts. */
static void test_settle(void)
{
	static const char live[] =
		"<domain type='qemu' id='7'><name>x</name><devices>"
		"<serial type='pty' tty='/dev/pts/2'><source path='/dev/pts/2'/><target port='0'/></serial>"
		"<serial type='unix'><source mode='bind' path='/s/domains/x/run/serial1.sock'/></serial>"
		"<serial type='unix'><source mode='bind' path='/s/domainsx/own'/></serial>"
		"<serial type='file'><source path='/log'/></serial>"
		"<channel type='unix'><source mode='bind' path='/s/domains/x/run/channel0.sock'/>"
		"<target type='virtio' name='a' state='connected'/></channel>"
		"<graphics type='vnc' port='5907' autoport='yes'/>"
		"<graphics type='vnc' port='5907'/>"
		"<graphics type='vnc' socket='/s/domains/x/run/vnc.sock'>"
		"<listen type='socket' socket='/s/domains/x/run/vnc.sock'/></graphics>"
		"</devices></domain>\n";
	static const char lasting[] =
		"<domain type='qemu'><name>x</name><devices>"
		"<serial type='pty'><target port='0'/></serial>"
		"<serial type='unix'></serial>"
		"<serial type='unix'><source mode='bind' path='/s/domainsx/own'/></serial>"
		"<serial type='file'><source path='/log'/></serial>"
		"<channel type='unix'>"
		"<target type='virtio' name='a'/></channel>"
		"<graphics type='vnc' port='-1' autoport='yes'/>"
		"<graphics type='vnc' port='5907'/>"
		"<graphics type='vnc'>"
		"<listen type='socket'/></graphics>"
		"</devices></domain>\n";
	g_autoptr(xml_tree) tree = parse(live);

	for (int i = 0; i < 2; i++) {
		g_autofree char *text = NULL;

		domain_xml_settle(tree, "/s/domains");
		text = xml_format(tree);
		g_assert_cmpstr(text, ==, lasting);
	}
}

static void test_pin_nothing(void)
{
	g_autoptr(xml_tree) tree = parse("<domain type='qemu'><name>a</name><uuid>u</uuid></domain>\n");
	g_autofree char *text = NULL;

	domain_xml_pin(tree, "v", &pins);
	domain_xml_set_name(tree, "b<");
	text = xml_format(tree);
	g_assert_cmpstr(text, ==,
			"<domain type='qemu'><name>b&lt;</name><uuid>u</uuid></domain>\n");
}

static void test_pin_many(void)
{
	GString *inside = g_string_new(NULL);
	gint64 start = cpu_ms();

	for (int i = 0; i < 20000; i++)
		g_string_append(inside, "<interface type='user'/>");
	{
		g_autofree char *text = with_devices(inside->str);
		g_autoptr(xml_tree) tree = parse(text);
		g_autoptr(xml_tree) copy = NULL;

		domain_xml_pin(tree, NULL, NULL);
		copy = xml_copy(tree);
		g_assert_true(domain_xml_same_machine(tree, copy, NULL));
	}
	g_assert_cmpint(cpu_ms() - start, <, 10000);
	g_string_free(inside, TRUE);
}

/* ---- Same machine ---- */

/* `full` with one piece of text replaced. */
static char *change(const char *old, const char *new)
{
	const char *at = strstr(full, old);

	g_assert_nonnull(at);
	return g_strdup_printf("%.*s%s%s", (int)(at - full), full, new, at + strlen(old));
}

static bool is_same(const char *old, const char *new)
{
	g_autofree char *text = change(old, new);
	g_autofree char *difference = NULL;
	g_autoptr(xml_tree) a = parse(full);
	g_autoptr(xml_tree) b = parse(text);
	bool same = domain_xml_same_machine(a, b, &difference);

	g_assert_true(same == !difference);
	g_assert_true(domain_xml_same_machine(b, a, NULL) == same);
	return same;
}

static void test_same(void)
{
	static const char *const same[][2] = {
		{ "<name>vm</name>", "<name>other</name>" },
		{ "<title>T</title>", "" },
		{ "<q:any thing='1'/>", "" },
		{ "<memory unit='MiB'>64<", "<memory unit='KiB'>65536<" },
		{ "<currentMemory unit='MiB'>32</currentMemory>", "" },
		{ "<on_crash>destroy</on_crash>", "<on_crash>restart</on_crash>" },
		{ "path='/tmp/log'", "path='/tmp/other'" },
		{ "<serial type='file'>", "<serial type='null'>" },
		{ " cache='none'", "" },
		{ "<boot order='2'/>", "" },
		{ "<alias name='ua-mine'/>", "" },
		{ " type='file' device='disk'", "" },
		{ "<graphics type='vnc' socket='/tmp/vnc'>", "<graphics type='vnc'>" },
		{ "<!-- by hand -->\n", "" },
		{ "<features><acpi/><apic/>", "<features><apic/>\n<acpi></acpi>" },
		{ " snapshot='no'", "" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(same); i++) {
		if (!is_same(same[i][0], same[i][1]))
			g_error("'%s' and '%s' differ", same[i][0], same[i][1]);
	}
}

static void test_different(void)
{
	static const char *const different[][2] = {
		{ "type=\"qemu\"", "type='kvm'" },
		{ "pc-q35-7.2", "pc-q35-7.1" },
		{ "'MiB'>64<", "'MiB'>65<" },
		{ "current='2'>4<", "current='3'>4<" },
		{ "current='2'>4<", "current='2'>8<" },
		{ "Skylake-Client", "Haswell" },
		{ "threads='2'", "threads='1'" },
		{ "policy='require' name='vmx'", "policy='disable' name='vmx'" },
		{ "<feature policy='require' name='vmx'/>", "" },
		{ "<pae/>", "" },
		{ "offset='localtime'", "offset='utc'" },
		{ "OVMF_CODE.fd", "OVMF_CODE2.fd" },
		{ "/v/a.qcow2", "/v/b.qcow2" },
		{ "type='qcow2'", "type='raw'" },
		{ "dev='vda'", "dev='vdb'" },
		{ "dev='vda' bus='virtio'", "dev='vda' bus='ide'" },
		{ "slot='0x05'", "slot='0x06'" },
		{ "<serial>S1</serial>", "<serial>S2</serial>" },
		{ "device='cdrom'", "device='disk'" },
		{ "52:54:00:01:02:03", "52:54:00:01:02:04" },
		{ "<model type='virtio'/>\n      <boot", "<model type='e1000'/>\n      <boot" },
		{ "<serial type='file'><source path='/tmp/log' append='on'/></serial>", "" },
		{ "<input type='mouse' bus='ps2'/>", "" },
		{ "model='qemu-xhci'", "model='piix3-uhci'" },
		{ "type='virtio' heads", "type='vga' heads" },
		{ "<memballoon model='virtio'/>", "<memballoon model='none'/>" },
		{ "<rng model='virtio'>", "<rng model='virtio' x='1'>" },
		{ "<audio", "<watchdog model='i6300esb'/><audio" },
		{ "<clock", "<genid/><clock" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(different); i++) {
		if (is_same(different[i][0], different[i][1]))
			g_error("'%s' and '%s' are the same", different[i][0], different[i][1]);
	}
}

static void test_swapped_disks(void)
{
	g_autofree char *ab = with_devices(
		"<disk><source file='/a'/><target dev='vda'/></disk>"
		"<disk><source file='/b'/><target dev='vdb'/></disk>");
	g_autofree char *ba = with_devices(
		"<disk><source file='/b'/><target dev='vda'/></disk>"
		"<disk><source file='/a'/><target dev='vdb'/></disk>");
	g_autoptr(xml_tree) a = parse(ab);
	g_autoptr(xml_tree) b = parse(ba);
	g_autofree char *difference = NULL;

	g_assert_false(domain_xml_same_machine(a, b, &difference));
	g_assert_cmpstr(difference, ==,
			"'devices/disk[vda]/source/@file' is '/a' in one of them and '/b' in the other");
}

/* ---- Same definition ---- */

/* What a run adds, and what a start chooses, is no difference; anything else is, as a sentence. */
static void test_same_definition(void)
{
	static const struct {
		const char *saved, *defined, *difference;
	} cases[] = {
		{ "<serial type='pty'><source path='/dev/pts/0'/></serial>", "<serial type='pty'/>",
		  NULL },
		{ "<disk><target dev='vda'/><alias name='x'/><address type='pci' slot='3'/></disk>"
		  "<controller type='virtio-serial'/>",
		  "<disk><target dev='vda'/></disk>", NULL },
		{ "<disk><target dev='vda'/><address type='pci' slot='3'/></disk>",
		  "<disk><target dev='vda'/><address type='pci' slot='4'/></disk>",
		  "'devices/disk[vda]/address/@slot' is '4' in the definition and '3' in the image" },
		{ "<input/><graphics type='vnc'/>", "<input/>",
		  "only the image has 'devices/graphics/@type'" },
		{ "<input/>", "<input/><graphics type='vnc'/>",
		  "only the definition has 'devices/graphics/@type'" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *one = with_devices(cases[i].saved);
		g_autofree char *other = with_devices(cases[i].defined);
		g_autoptr(xml_tree) saved = parse(one);
		g_autoptr(xml_tree) defined = parse(other);
		g_autofree char *difference = NULL;

		g_assert_true(domain_xml_same_definition(saved, defined, &difference) ==
			      !cases[i].difference);
		g_assert_cmpstr(difference, ==, cases[i].difference);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/domain/identity", test_identity);
	g_test_add_func("/domain/same-definition", test_same_definition);
	g_test_add_func("/domain/bad/documents", test_bad_documents);
	g_test_add_func("/domain/bad/insides", test_bad_insides);
	g_test_add_func("/domain/bad/devices", test_bad_devices);
	g_test_add_func("/domain/bad/names", test_bad_names);
	g_test_add_func("/domain/memory", test_memory);
	g_test_add_func("/domain/config/machine", test_config_machine);
	g_test_add_func("/domain/config/devices", test_config_devices);
	g_test_add_func("/domain/config/lone-console", test_lone_console);
	g_test_add_func("/domain/config/virtio-consoles", test_virtio_consoles);
	g_test_add_func("/domain/config/unsupported", test_config_unsupported);
	g_test_add_func("/domain/elements/all-supported", test_all_supported);
	g_test_add_func("/domain/elements/unsupported", test_unsupported);
	g_test_add_func("/domain/elements/many", test_many_reasons);
	g_test_add_func("/domain/pin/all", test_pin);
	g_test_add_func("/domain/settle", test_settle);
	g_test_add_func("/domain/pin/nothing", test_pin_nothing);
	g_test_add_func("/domain/pin/many", test_pin_many);
	g_test_add_func("/domain/compare/same", test_same);
	g_test_add_func("/domain/compare/different", test_different);
	g_test_add_func("/domain/compare/swapped-disks", test_swapped_disks);
	return g_test_run();
}
