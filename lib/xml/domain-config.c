/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Domain XML → struct domain_config: the machine without its devices. */
#include <string.h>

#include "base/error.h"
#include "xml/domain-config.h"
#include "xml/value.h"

#define MAX_VCPUS 4096
#define MAX_BOOT_DEVS 8

static void free_strings(struct domain_config *cfg)
{
	char **strings[] = {
		&cfg->name,	   &cfg->uuid,	       &cfg->title,	   &cfg->emulator,
		&cfg->arch,	   &cfg->machine,      &cfg->cpu_mode,	   &cfg->cpu_model,
		&cfg->clock_offset, &cfg->loader,      &cfg->nvram,	   &cfg->nvram_template,
		&cfg->nvram_format, &cfg->kernel,      &cfg->initrd,	   &cfg->cmdline,
		&cfg->video,	   &cfg->rng_backend,  &cfg->balloon,	   &cfg->on_poweroff,
		&cfg->on_reboot,   &cfg->on_crash,
	};

	for (size_t i = 0; i < G_N_ELEMENTS(strings); i++)
		g_free(*strings[i]);
}

void domain_config_free(struct domain_config *cfg)
{
	if (!cfg)
		return;
	free_strings(cfg);
	g_clear_pointer(&cfg->cpu_features, g_ptr_array_unref);
	g_clear_pointer(&cfg->boot_devs, g_ptr_array_unref);
	domain_devices_clear(cfg);
	g_free(cfg);
}

/* Text of an optional element; an empty one is as good as none. */
static char *read_text(const struct xml_node *root, const char *path)
{
	char *text = xml_text(root, path);

	if (text && *text == '\0')
		g_clear_pointer(&text, g_free);
	return text;
}

static bool read_memory(const struct xml_node *root, struct domain_config *cfg, GError **err)
{
	const struct xml_node *memory = xml_child(root, "memory");
	const struct xml_node *current = xml_child(root, "currentMemory");

	if (!memory)
		return fail(err, VIR_ERR_XML_ERROR, "the domain has no <memory>");
	if (!value_memory(memory, &cfg->max_memory_kib, err))
		return false;
	cfg->memory_kib = cfg->max_memory_kib;
	if (current && !value_memory(current, &cfg->memory_kib, err))
		return false;
	cfg->memory_kib = MIN(cfg->memory_kib, cfg->max_memory_kib); /* as libvirt does */
	return true;
}

static bool read_vcpus(const struct xml_node *root, struct domain_config *cfg, GError **err)
{
	const struct xml_node *vcpu = xml_child(root, "vcpu");

	cfg->max_vcpus = 1;
	if (!value_text_uint(vcpu, 1, MAX_VCPUS, &cfg->max_vcpus, err))
		return false;
	cfg->vcpus = cfg->max_vcpus;
	return !vcpu || value_attr_uint(vcpu, "current", 1, cfg->max_vcpus, &cfg->vcpus, err);
}

static bool read_topology(const struct xml_node *topology, struct domain_config *cfg, GError **err)
{
	unsigned int dies = 1;

	cfg->sockets = cfg->cores = cfg->threads = 1;
	if (!value_attr_uint(topology, "sockets", 1, MAX_VCPUS, &cfg->sockets, err) ||
	    !value_attr_uint(topology, "dies", 1, MAX_VCPUS, &dies, err) ||
	    !value_attr_uint(topology, "cores", 1, MAX_VCPUS, &cfg->cores, err) ||
	    !value_attr_uint(topology, "threads", 1, MAX_VCPUS, &cfg->threads, err))
		return false;
	if ((guint64)cfg->sockets * dies * cfg->cores * cfg->threads == cfg->max_vcpus)
		return true;
	return fail(err, VIR_ERR_CONFIG_UNSUPPORTED,
		    "the CPU topology does not match the %u vcpus", cfg->max_vcpus);
}

/* Names go into a list that QEMU splits at commas. */
static bool check_cpu_word(const struct xml_node *node, const char *word, GError **err)
{
	if (*word && strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				  "0123456789-_.") == strlen(word))
		return true;
	return fail_at(err, node, NULL, "'%s' is not a name of a CPU model or feature", word);
}

static bool read_cpu_features(const struct xml_node *cpu, struct domain_config *cfg, GError **err)
{
	for (const struct xml_node *f = xml_child(cpu, "feature"); f; f = xml_next(f, "feature")) {
		g_autofree char *name = xml_attr(f, "name");
		g_autofree char *policy = xml_attr(f, "policy");
		bool is_off = g_strcmp0(policy, "disable") == 0 ||
			      g_strcmp0(policy, "forbid") == 0;

		if (!name)
			return fail_at(err, f, NULL, "the feature has no name");
		if (!check_cpu_word(f, name, err))
			return false;
		g_ptr_array_add(cfg->cpu_features, g_strconcat(is_off ? "-" : "+", name, NULL));
	}
	return true;
}

static bool read_cpu(const struct xml_node *root, struct domain_config *cfg, GError **err)
{
	const struct xml_node *cpu = xml_child(root, "cpu"), *model, *topology;

	cfg->cpu_features = g_ptr_array_new_with_free_func(g_free);
	if (!cpu)
		return true;
	cfg->cpu_mode = xml_attr(cpu, "mode");
	model = xml_child(cpu, "model");
	cfg->cpu_model = read_text(cpu, "model");
	if (!cfg->cpu_mode && cfg->cpu_model)
		cfg->cpu_mode = g_strdup("custom");
	if (cfg->cpu_model && !check_cpu_word(model, cfg->cpu_model, err))
		return false;
	if (g_strcmp0(cfg->cpu_mode, "custom") == 0 && !cfg->cpu_model)
		return fail_at(err, cpu, NULL, "mode 'custom' needs a <model>");
	topology = xml_child(cpu, "topology");
	if (topology && !read_topology(topology, cfg, err))
		return false;
	return read_cpu_features(cpu, cfg, err);
}

static bool read_boot_devs(const struct xml_node *os, struct domain_config *cfg, GError **err)
{
	cfg->boot_devs = g_ptr_array_new_with_free_func(g_free);
	for (const struct xml_node *b = xml_child(os, "boot"); b; b = xml_next(b, "boot")) {
		char *dev = xml_attr(b, "dev");

		if (!dev)
			return fail_at(err, b, NULL, "the boot element has no dev");
		g_ptr_array_add(cfg->boot_devs, dev);
		if (cfg->boot_devs->len > MAX_BOOT_DEVS)
			return fail_at(err, b, NULL, "more than %d boot devices", MAX_BOOT_DEVS);
	}
	return true;
}

static bool read_firmware(const struct xml_node *os, struct domain_config *cfg, GError **err)
{
	const struct xml_node *loader = xml_child(os, "loader"), *nvram = xml_child(os, "nvram");

	cfg->loader = read_text(os, "loader");
	cfg->nvram = read_text(os, "nvram");
	if (loader)
		cfg->loader_readonly = value_attr_is(loader, "readonly", "yes");
	if (!nvram)
		return value_path(os, cfg->loader, err);
	cfg->nvram_template = xml_attr(nvram, "template");
	cfg->nvram_format = xml_attr(nvram, "format");
	return value_path(os, cfg->loader, err) && value_path(nvram, cfg->nvram, err) &&
	       value_path(nvram, cfg->nvram_template, err);
}

static bool read_os(const struct xml_node *root, struct domain_config *cfg, GError **err)
{
	const struct xml_node *os = xml_child(root, "os");
	const struct xml_node *type = os ? xml_child(os, "type") : NULL;
	g_autofree char *text = type ? xml_text(type, NULL) : NULL;

	if (!text || !*text)
		return fail(err, VIR_ERR_XML_ERROR, "the domain has no <os><type>");
	cfg->arch = xml_attr(type, "arch");
	if (!cfg->arch)
		cfg->arch = g_strdup("x86_64");
	cfg->machine = xml_attr(type, "machine");
	cfg->kernel = read_text(os, "kernel");
	cfg->initrd = read_text(os, "initrd");
	cfg->cmdline = read_text(os, "cmdline");
	if (!value_path(os, cfg->kernel, err) || !value_path(os, cfg->initrd, err))
		return false;
	return read_boot_devs(os, cfg, err) && read_firmware(os, cfg, err);
}

static void read_rest(const struct xml_node *root, struct domain_config *cfg)
{
	const struct xml_node *name = xml_child(root, "name");

	cfg->is_kvm = value_attr_is(root, "type", "kvm");
	cfg->name = name ? xml_text_exact(name) : NULL;
	cfg->uuid = read_text(root, "uuid");
	cfg->title = read_text(root, "title");
	cfg->emulator = read_text(root, "devices/emulator");
	cfg->acpi = xml_at(root, "features/acpi") != NULL;
	cfg->apic = xml_at(root, "features/apic") != NULL;
	cfg->pae = xml_at(root, "features/pae") != NULL;
	cfg->clock_offset = xml_attr_at(root, "clock", "offset");
	cfg->on_poweroff = read_text(root, "on_poweroff");
	cfg->on_reboot = read_text(root, "on_reboot");
	cfg->on_crash = read_text(root, "on_crash");
}

/* The boot order of the i-th of disks and network cards together. */
static int boot_order_of(const struct domain_config *cfg, guint i)
{
	const struct nic_config *nic;

	if (i < cfg->disks->len)
		return ((const struct disk_config *)cfg->disks->pdata[i])->boot_order;
	nic = cfg->nics->pdata[i - cfg->disks->len];
	return nic->boot_order;
}

/* Boot order stands in one place: as libvirt has it, <os><boot> and <boot order> exclude. */
static bool check_boot(const struct domain_config *cfg, GError **err)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(NULL, NULL);

	for (guint i = 0; i < cfg->disks->len + cfg->nics->len; i++) {
		int order = boot_order_of(cfg, i);

		if (order == 0)
			continue;
		if (cfg->boot_devs->len > 0)
			return fail(err, VIR_ERR_CONFIG_UNSUPPORTED,
				    "per-device boot order cannot be used together with <os><boot>");
		if (!g_hash_table_add(seen, GINT_TO_POINTER(order)))
			return fail(err, VIR_ERR_XML_ERROR,
				    "boot order %d is used for more than one device", order);
	}
	return true;
}

struct domain_config *domain_config_read(const struct xml_tree *tree, GError **err)
{
	g_autoptr(domain_config) cfg = g_new0(struct domain_config, 1);
	const struct xml_node *root = xml_root(tree);

	read_rest(root, cfg);
	if (!read_memory(root, cfg, err) || !read_vcpus(root, cfg, err) ||
	    !read_cpu(root, cfg, err) || !read_os(root, cfg, err) ||
	    !domain_read_devices(root, cfg, err) || !check_boot(cfg, err))
		return NULL;
	return g_steal_pointer(&cfg);
}
