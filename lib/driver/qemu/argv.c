/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/qemu/argv.h"

#include <string.h>

#include "base/error.h"
#include "driver/qemu/actions.h"

/* ---- Words and options ---- */

void argv_add(struct argv_builder *b, const char *option, const char *value)
{
	g_ptr_array_add(b->args, g_strdup(option));
	if (value)
		g_ptr_array_add(b->args, g_strdup(value));
}

void argv_add_json(struct argv_builder *b, const char *option, json_object *take_value)
{
	argv_add(b, option,
		 json_object_to_json_string_ext(take_value, JSON_C_TO_STRING_PLAIN |
						JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(take_value);
}

char *argv_escape(const char *text)
{
	g_auto(GStrv) parts = g_strsplit(text, ",", -1);

	return g_strjoinv(",,", parts);
}

bool argv_is_word(const char *text)
{
	size_t size = strspn(text, G_CSET_A_2_Z G_CSET_a_2_z G_CSET_DIGITS "._+-:");

	return size > 0 && text[size] == '\0';
}

static bool need_word(const char *what, const char *text, GError **err)
{
	return argv_is_word(text) ||
	       fail(err, VIR_ERR_XML_ERROR, "'%s' is not a name of a %s", text, what);
}

json_object *argv_device(const struct argv_builder *b, const char *driver, const char *id,
			 const struct xml_node *node)
{
	json_object *device = json_object_new_object();

	json_set_string(device, "driver", driver);
	json_set_string(device, "id", id);
	if (node) {
		g_autofree char *slot = g_strdup_printf("0x%x", pci_slot_of(node));

		json_set_string(device, "bus", chipset_bus(b->chipset));
		json_set_string(device, "addr", slot);
	}
	return device;
}

/* ---- Boot order ---- */

static bool has_own_order(const struct domain_config *cfg)
{
	for (guint i = 0; i < cfg->disks->len; i++)
		if (((struct disk_config *)g_ptr_array_index(cfg->disks, i))->boot_order)
			return true;
	for (guint i = 0; i < cfg->nics->len; i++)
		if (((struct nic_config *)g_ptr_array_index(cfg->nics, i))->boot_order)
			return true;
	return false;
}

/* The kinds of <os><boot dev>; disks, then interfaces, are numbered through within a kind. */
static bool is_disk_kind(const struct disk_config *disk, const char *dev)
{
	return strcmp(dev, disk->device == DISK_DEVICE_CDROM ? "cdrom" : "hd") == 0;
}

/* Of the first n_disks. */
static int count_disks(const struct domain_config *cfg, const char *dev, guint n_disks)
{
	int n = 0;

	for (guint i = 0; i < n_disks; i++)
		n += is_disk_kind(g_ptr_array_index(cfg->disks, i), dev);
	return n;
}

static int count_kind(const struct domain_config *cfg, const char *dev)
{
	return strcmp(dev, "network") == 0 ? (int)cfg->nics->len :
					     count_disks(cfg, dev, cfg->disks->len);
}

/* Place, counted from 1, of the first device of a kind; 0 when the kind is not to be booted from.
 * Firmware does not show a guest the disks that have no place, so all of a kind get one, not only
 * the first as in libvirt. */
static int first_place(const struct domain_config *cfg, const char *dev)
{
	int place = 1;

	if (!cfg->boot_devs || cfg->boot_devs->len == 0)
		return strcmp(dev, "hd") == 0;
	for (guint i = 0; i < cfg->boot_devs->len; i++) {
		const char *word = g_ptr_array_index(cfg->boot_devs, i);

		if (strcmp(word, dev) == 0)
			return place;
		place += count_kind(cfg, word);
	}
	return 0;
}

int argv_disk_boot(const struct domain_config *cfg, guint i)
{
	const struct disk_config *disk = g_ptr_array_index(cfg->disks, i);
	const char *dev = disk->device == DISK_DEVICE_CDROM ? "cdrom" : "hd";
	int first = first_place(cfg, dev);

	if (has_own_order(cfg))
		return disk->boot_order;
	return first ? first + count_disks(cfg, dev, i) : 0;
}

int argv_nic_boot(const struct domain_config *cfg, guint i)
{
	const struct nic_config *nic = g_ptr_array_index(cfg->nics, i);
	int first = first_place(cfg, "network");

	if (has_own_order(cfg))
		return nic->boot_order;
	return first ? first + (int)i : 0;
}

/* ---- The machine ---- */

static bool add_machine(struct argv_builder *b, GError **err)
{
	const struct domain_config *cfg = b->in->cfg;
	g_autoptr(GString) machine = g_string_new(cfg->machine);

	if (!need_word("machine", cfg->machine, err))
		return false;
	if (!chipset_of(cfg->machine, &b->chipset))
		return fail(err, VIR_ERR_CONFIG_UNSUPPORTED,
			    "machine '%s' is not supported; 'pc' and 'q35' are", cfg->machine);
	g_string_append_printf(machine, ",usb=off,dump-guest-core=off,acpi=%s",
			       cfg->acpi ? "on" : "off");
	if (cfg->loader)
		g_string_append(machine, ",pflash0=pf0,pflash1=pf1");
	argv_add(b, "-machine", machine->str);
	argv_add(b, "-accel", cfg->is_kvm ? "kvm" : "tcg");
	if (cfg->is_kvm)
		spec_add_path(b->spec, "/dev/kvm", true);
	return true;
}

static const struct cpu_row {
	const char *mode;
	const char *kvm, *tcg; /* QEMU's model; NULL: not possible */
} cpu_rows[] = {
	{"host-passthrough", "host", NULL},
	{"host-model", "host,migratable=on", "max"},
	{"maximum", "max", "max"},
};

static bool cpu_model(const struct domain_config *cfg, const char **ret_model, GError **err)
{
	if (!cfg->cpu_mode || strcmp(cfg->cpu_mode, "custom") == 0) {
		*ret_model = cfg->cpu_model;
		return !cfg->cpu_model || need_word("CPU model", cfg->cpu_model, err);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(cpu_rows); i++) {
		if (strcmp(cfg->cpu_mode, cpu_rows[i].mode) != 0)
			continue;
		*ret_model = cfg->is_kvm ? cpu_rows[i].kvm : cpu_rows[i].tcg;
		if (*ret_model)
			return true;
		return fail(err, VIR_ERR_CONFIG_UNSUPPORTED,
			    "CPU mode '%s' needs KVM; with <domain type='qemu'> use mode 'maximum'",
			    cfg->cpu_mode);
	}
	return fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "CPU mode '%s' is not supported",
		    cfg->cpu_mode);
}

static bool add_cpu(struct argv_builder *b, GError **err)
{
	const struct domain_config *cfg = b->in->cfg;
	g_autoptr(GString) cpu = NULL;
	const char *model = NULL;
	guint n_features = cfg->cpu_features ? cfg->cpu_features->len : 0;

	if (!cpu_model(cfg, &model, err))
		return false;
	if (!model && n_features == 0)
		return true; /* the machine's own default */
	cpu = g_string_new(model ? model : "qemu64");
	for (guint i = 0; i < n_features; i++) {
		const char *feature = g_ptr_array_index(cfg->cpu_features, i);

		if (!need_word("CPU feature", feature, err))
			return false;
		g_string_append_printf(cpu, ",%s=%s", feature + 1,
				       feature[0] == '+' ? "on" : "off");
	}
	argv_add(b, "-cpu", cpu->str);
	return true;
}

static bool add_smp(struct argv_builder *b, GError **err)
{
	const struct domain_config *cfg = b->in->cfg;
	guint64 sockets = cfg->sockets ? cfg->sockets : cfg->max_vcpus;
	guint64 cores = cfg->sockets ? cfg->cores : 1;
	guint64 threads = cfg->sockets ? cfg->threads : 1;
	g_autofree char *smp = NULL;

	if (sockets * cores * threads != cfg->max_vcpus)
		return fail(err, VIR_ERR_CONFIG_UNSUPPORTED,
			    "CPU topology does not make up %u vcpus", cfg->max_vcpus);
	smp = g_strdup_printf("cpus=%u,maxcpus=%u,sockets=%" G_GUINT64_FORMAT
			      ",cores=%" G_GUINT64_FORMAT ",threads=%" G_GUINT64_FORMAT,
			      cfg->vcpus, cfg->max_vcpus, sockets, cores, threads);
	argv_add(b, "-smp", smp);
	return true;
}

/* An option whose value is the name of a file to read; NULL: none. */
static void add_file_option(struct argv_builder *b, const char *option, const char *path)
{
	if (!path)
		return;
	argv_add(b, option, path);
	spec_add_path(b->spec, path, false);
}

static void add_boot(struct argv_builder *b)
{
	const struct domain_config *cfg = b->in->cfg;

	argv_add(b, "-boot", "strict=on");
	add_file_option(b, "-kernel", cfg->kernel);
	add_file_option(b, "-initrd", cfg->initrd);
	if (cfg->cmdline)
		argv_add(b, "-append", cfg->cmdline);
}

/* What happens by itself when a guest ends. */
static void add_actions(struct argv_builder *b)
{
	const struct domain_config *cfg = b->in->cfg;
	g_autofree char *action = NULL;
	struct actions a;

	actions_of(cfg->on_poweroff, cfg->on_reboot, cfg->on_crash, &a);
	action = g_strdup_printf("reboot=%s,shutdown=%s,panic=%s", a.reboot, a.shutdown, a.panic);
	argv_add(b, "-action", action);
	b->spec->on_poweroff = g_strdup(cfg->on_poweroff);
	b->spec->on_reboot = g_strdup(cfg->on_reboot);
	b->spec->on_crash = g_strdup(cfg->on_crash);
}

/* guard.qmp and ctl.qmp; both get all events. */
static void add_monitors(struct argv_builder *b)
{
	static const struct {
		const char *id;
		int fd;
	} monitors[] = {{"guard", QEMU_FD_GUARD}, {"ctl", QEMU_FD_CTL}};

	for (size_t i = 0; i < G_N_ELEMENTS(monitors); i++) {
		g_autofree char *chardev =
			g_strdup_printf("socket,id=%s,fd=%d,server=on,wait=off", monitors[i].id,
					monitors[i].fd);
		g_autofree char *mon =
			g_strdup_printf("chardev=%s,mode=control", monitors[i].id);

		argv_add(b, "-chardev", chardev);
		argv_add(b, "-mon", mon);
	}
}

static void add_identity(struct argv_builder *b)
{
	const struct domain_config *cfg = b->in->cfg;
	g_autofree char *escaped = argv_escape(cfg->name);
	g_autofree char *name = g_strconcat("guest=", escaped, NULL);

	argv_add(b, "-name", name);
	if (cfg->uuid)
		argv_add(b, "-uuid", cfg->uuid);
}

static bool add_rtc(struct argv_builder *b, GError **err)
{
	const char *offset = b->in->cfg->clock_offset ? b->in->cfg->clock_offset : "utc";
	g_autofree char *rtc = g_strconcat("base=", offset, NULL);

	if (strcmp(offset, "utc") != 0 && strcmp(offset, "localtime") != 0)
		return fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "clock offset '%s' is not supported",
			    offset);
	argv_add(b, "-rtc", rtc);
	return true;
}

static bool add_base(struct argv_builder *b, GError **err)
{
	const struct domain_config *cfg = b->in->cfg;
	g_autofree char *memory = g_strdup_printf("size=%" G_GUINT64_FORMAT "k",
						  cfg->max_memory_kib);

	add_identity(b);
	if (!add_machine(b, err) || !add_cpu(b, err))
		return false;
	argv_add(b, "-m", memory);
	if (!add_smp(b, err))
		return false;
	argv_add(b, "-nodefaults", NULL);
	argv_add(b, "-no-user-config", NULL);
	argv_add(b, "-display", "none");
	argv_add(b, "-sandbox",
		 "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny");
	add_monitors(b);
	argv_add(b, "-S", NULL);
	if (b->in->incoming) {
		argv_add(b, "-incoming", "defer");
	}
	add_boot(b);
	add_actions(b);
	return add_rtc(b, err);
}

/* Nothing of ours: a variable that QEMU or one of its libraries reads would change the guest. */
static char **qemu_environment(void)
{
	static const char *const env[] = {
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		"HOME=/",
		"LC_ALL=C",
		NULL,
	};

	return g_strdupv((char **)env);
}

bool argv_build(const struct argv_input *in, struct spec *s, GError **err)
{
	g_autoptr(GPtrArray) args = g_ptr_array_new_with_free_func(g_free);
	struct argv_builder b = {.in = in, .args = args, .spec = s};

	if (in->cfg->has_tpm)
		return fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "a TPM is not supported yet");
	g_ptr_array_add(args, g_strdup(in->emulator));
	if (!argv_collect_sockets(&b, err) || !add_base(&b, err) ||
	    !argv_add_firmware(&b, err) || !argv_add_disks(&b, err) ||
	    !argv_add_devices(&b, err))
		return false;
	g_ptr_array_add(args, NULL);
	s->argv = (char **)g_ptr_array_free(g_steal_pointer(&args), FALSE);
	s->env = qemu_environment();
	s->incoming = in->incoming;
	return true;
}
