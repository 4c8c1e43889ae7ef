/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What this host and an emulator can do, as libvirt's XML; only what domsh honours, and nothing that
 * is not known. */
#include "engine/inspect.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/error.h"
#include "engine/op.h"

typedef struct hv_probe hv_probe;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(hv_probe, hv_probe_clear)

#define INDENTS "                "

/* A line of XML, indented by steps of two; what is formatted into it is escaped. */
static void add(GString *out, int depth, const char *format, ...) G_GNUC_PRINTF(3, 4);

static void add(GString *out, int depth, const char *format, ...)
{
	g_autofree char *line = NULL;
	va_list args;

	va_start(args, format);
	line = g_markup_vprintf_escaped(format, args);
	va_end(args);
	g_string_append_printf(out, "%.*s%s\n", 2 * depth, INDENTS, line);
}

/* ---- The host ---- */

static int topology_of(guint cpu, const char *file)
{
	g_autofree char *path = g_strdup_printf("/sys/devices/system/cpu/cpu%u/topology/%s", cpu,
						file);
	g_autofree char *text = NULL;

	return g_file_get_contents(path, &text, NULL, NULL) ?
		       (int)g_ascii_strtoll(text, NULL, 10) : 0;
}

static char *siblings_of(guint cpu)
{
	g_autofree char *path = g_strdup_printf(
		"/sys/devices/system/cpu/cpu%u/topology/thread_siblings_list", cpu);
	char *text = NULL;

	return g_file_get_contents(path, &text, NULL, NULL) ? g_strstrip(text)
							      : g_strdup_printf("%u", cpu);
}

static bool is_in_cell(guint cpu, guint cell)
{
	g_autofree char *path = g_strdup_printf("/sys/devices/system/node/node%u/cpu%u", cell, cpu);

	return access(path, F_OK) == 0;
}

/* 0: the host does not tell. */
static guint64 cell_memory(guint cell)
{
	g_autofree char *path = g_strdup_printf("/sys/devices/system/node/node%u/meminfo", cell);
	g_autofree char *text = NULL;
	const char *at;

	if (!g_file_get_contents(path, &text, NULL, NULL))
		return 0;
	at = strstr(text, "MemTotal:");
	return at ? g_ascii_strtoull(at + strlen("MemTotal:"), NULL, 10) : 0;
}

static void add_cell(GString *out, guint cell, const GArray *cpus, guint n_cells,
		     guint64 host_memory)
{
	guint64 memory = n_cells == 1 ? host_memory : cell_memory(cell);
	g_autoptr(GString) list = g_string_new(NULL);
	guint n = 0;

	for (guint cpu = 0; cpu < cpus->len; cpu++) {
		g_autofree char *siblings = NULL;

		if (!g_array_index(cpus, gboolean, cpu) || (n_cells > 1 && !is_in_cell(cpu, cell)))
			continue;
		siblings = siblings_of(cpu);
		add(list, 6, "<cpu id='%u' socket_id='%d' die_id='%d' core_id='%d' siblings='%s'/>",
		    cpu, topology_of(cpu, "physical_package_id"), topology_of(cpu, "die_id"),
		    topology_of(cpu, "core_id"), siblings);
		n++;
	}
	add(out, 4, "<cell id='%u'>", cell);
	if (memory)
		add(out, 5, "<memory unit='KiB'>%" G_GUINT64_FORMAT "</memory>", memory);
	add(out, 5, "<cpus num='%u'>", n);
	g_string_append(out, list->str);
	add(out, 5, "</cpus>");
	add(out, 4, "</cell>");
}

static bool add_host(GString *out, GError **err)
{
	g_autoptr(GArray) cpus = engine_host_cpus(err);
	struct host_info info;

	if (!cpus || !engine_host_info(&info, err))
		return false;
	add(out, 1, "<host>");
	add(out, 2, "<cpu>");
	add(out, 3, "<arch>%s</arch>", info.model);
	add(out, 3, "<topology sockets='%u' dies='1' cores='%u' threads='%u'/>", info.sockets,
	    info.cores, info.threads);
	add(out, 2, "</cpu>");
	add(out, 2, "<topology>");
	add(out, 3, "<cells num='%u'>", info.nodes);
	for (guint cell = 0; cell < info.nodes; cell++)
		add_cell(out, cell, cpus, info.nodes, info.memory_kib);
	add(out, 3, "</cells>");
	add(out, 2, "</topology>");
	add(out, 1, "</host>");
	return true;
}

/* ---- Guests ---- */

static void add_machine(GString *out, const struct hv_machine *m)
{
	add(out, 3, "<machine maxCpus='%u'>%s</machine>", m->max_vcpus, m->name);
	if (m->alias)
		add(out, 3, "<machine canonical='%s' maxCpus='%u'>%s</machine>", m->name,
		    m->max_vcpus, m->alias);
}

static void add_guest(GString *out, const struct hv_probe *probe)
{
	g_string_append_c(out, '\n');
	add(out, 1, "<guest>");
	add(out, 2, "<os_type>hvm</os_type>");
	add(out, 2, "<arch name='%s'>", probe->arch);
	add(out, 3, "<wordsize>64</wordsize>");
	add(out, 3, "<emulator>%s</emulator>", probe->emulator);
	for (guint i = 0; i < probe->machines->len; i++)
		add_machine(out, probe->machines->pdata[i]);
	add(out, 3, "<domain type='qemu'/>");
	if (probe->has_kvm)
		add(out, 3, "<domain type='kvm'/>");
	add(out, 2, "</arch>");
	add(out, 2, "<features>");
	add(out, 3, "<acpi default='on' toggle='yes'/>");
	add(out, 2, "</features>");
	add(out, 1, "</guest>");
}

/* Without an emulator the host is all there is to tell. */
char *engine_capabilities(struct engine *e, GError **err)
{
	g_autoptr(GString) out = g_string_new("<capabilities>\n\n");
	g_auto(hv_probe) probe = { 0 };

	if (!add_host(out, err))
		return NULL;
	if (e->hv->ops->probe && e->hv->ops->probe(e->hv, NULL, &probe, NULL))
		add_guest(out, &probe);
	g_string_append(out, "\n</capabilities>\n");
	return g_string_free(g_steal_pointer(&out), FALSE);
}

/* ---- One kind of guest ---- */

static bool probe_for(struct engine *e, const char *emulator, const char *arch,
		      struct hv_probe *ret, GError **err)
{
	if (!e->hv->ops->probe)
		return fail(err, VIR_ERR_NO_SUPPORT, "this driver has no emulator");
	if (!e->hv->ops->probe(e->hv, emulator, ret, err))
		return false;
	return !arch || strcmp(arch, ret->arch) == 0 ||
	       fail(err, VIR_ERR_INVALID_ARG, "the emulator '%s' has no architecture '%s', only '%s'",
		    ret->emulator, arch, ret->arch);
}

static const struct hv_machine *find_machine(const struct hv_probe *probe, const char *name)
{
	for (guint i = 0; i < probe->machines->len; i++) {
		const struct hv_machine *m = probe->machines->pdata[i];

		if (strcmp(m->name, name) == 0 || g_strcmp0(m->alias, name) == 0)
			return m;
	}
	return NULL;
}

static void add_enum(GString *out, int depth, const char *name, const char *words)
{
	g_auto(GStrv) values = g_strsplit(words, " ", -1);

	add(out, depth, "<enum name='%s'>", name);
	for (char **value = values; *value; value++)
		add(out, depth + 1, "<value>%s</value>", *value);
	add(out, depth, "</enum>");
}

/* Firmware where Debian and others put it; only what is there. */
static void add_loader(GString *out)
{
	static const char *const paths[] = {
		"/usr/share/OVMF/OVMF_CODE_4M.fd",
		"/usr/share/OVMF/OVMF_CODE.fd",
		"/usr/share/edk2/ovmf/OVMF_CODE.fd",
		"/usr/share/qemu/ovmf-x86_64-code.bin",
	};

	add(out, 1, "<os supported='yes'>");
	add(out, 2, "<loader supported='yes'>");
	for (guint i = 0; i < G_N_ELEMENTS(paths); i++)
		if (access(paths[i], R_OK) == 0)
			add(out, 3, "<value>%s</value>", paths[i]);
	add_enum(out, 3, "type", "pflash");
	add_enum(out, 3, "readonly", "yes");
	add_enum(out, 3, "secure", "no");
	add(out, 2, "</loader>");
	add(out, 1, "</os>");
}

static void add_cpus(GString *out, const struct hv_probe *probe, bool is_kvm)
{
	add(out, 1, "<cpu>");
	add(out, 2, "<mode name='host-passthrough' supported='%s'/>", is_kvm ? "yes" : "no");
	add(out, 2, "<mode name='maximum' supported='yes'/>");
	add(out, 2, "<mode name='host-model' supported='yes'/>");
	add(out, 2, "<mode name='custom' supported='yes'>");
	for (char **model = probe->cpu_models; *model; model++)
		add(out, 3, "<model usable='unknown'>%s</model>", *model);
	add(out, 2, "</mode>");
	add(out, 1, "</cpu>");
}

/* As the element table (lib/xml) and driver/qemu/argv-*.c have it. */
static void add_devices(GString *out, bool has_ide)
{
	static const struct {
		const char *element, *name, *values; /* values NULL: not supported */
	} devices[] = {
		{ "graphics", "type", "vnc" },
		{ "video", "modelType", "vga virtio cirrus qxl bochs none" },
		{ "rng", "backendModel", "random" },
		{ "hostdev", NULL, NULL },
		{ "filesystem", NULL, NULL },
		{ "tpm", NULL, NULL },
		{ "redirdev", NULL, NULL },
	};

	add(out, 1, "<devices>");
	add(out, 2, "<disk supported='yes'>");
	add_enum(out, 3, "diskDevice", "disk cdrom");
	add_enum(out, 3, "bus", has_ide ? "ide sata virtio" : "sata virtio");
	add(out, 2, "</disk>");
	for (guint i = 0; i < G_N_ELEMENTS(devices); i++) {
		if (!devices[i].values) {
			add(out, 2, "<%s supported='no'/>", devices[i].element);
			continue;
		}
		add(out, 2, "<%s supported='yes'>", devices[i].element);
		add_enum(out, 3, devices[i].name, devices[i].values);
		add(out, 2, "</%s>", devices[i].element);
	}
	add(out, 1, "</devices>");
}

static char *format_choice(const struct hv_probe *probe, const struct hv_machine *machine,
			   const char *type)
{
	GString *out = g_string_new("<domainCapabilities>\n");

	add(out, 1, "<path>%s</path>", probe->emulator);
	add(out, 1, "<domain>%s</domain>", type);
	add(out, 1, "<machine>%s</machine>", machine->name);
	add(out, 1, "<arch>%s</arch>", probe->arch);
	add(out, 1, "<vcpu max='%u'/>", machine->max_vcpus);
	add_loader(out);
	add_cpus(out, probe, strcmp(type, "kvm") == 0);
	add_devices(out, !strstr(machine->name, "q35"));
	g_string_append(out, "</domainCapabilities>\n");
	return g_string_free(out, FALSE);
}

char *engine_domain_capabilities(struct engine *e, const struct domain_choice *choice,
				 GError **err)
{
	const char *wanted = choice->machine ? choice->machine : "pc", *type = choice->type;
	const struct hv_machine *machine;
	g_auto(hv_probe) probe = { 0 };

	if (!probe_for(e, choice->emulator, choice->arch, &probe, err))
		return NULL;
	machine = find_machine(&probe, wanted);
	if (!type)
		type = probe.has_kvm ? "kvm" : "qemu";
	if (!machine)
		fail(err, VIR_ERR_INVALID_ARG, "the emulator '%s' has no machine '%s' that can be used",
		     probe.emulator, wanted);
	else if (strcmp(type, "qemu") != 0 && strcmp(type, "kvm") != 0)
		fail(err, VIR_ERR_INVALID_ARG, "unknown type '%s'; 'kvm' and 'qemu' are", type);
	else if (strcmp(type, "kvm") == 0 && !probe.has_kvm)
		fail(err, VIR_ERR_INVALID_ARG, "KVM cannot be used on this host");
	else
		return format_choice(&probe, machine, type);
	return NULL;
}

static int compare_words(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

char **engine_cpu_models(struct engine *e, const char *arch, GError **err)
{
	g_auto(hv_probe) probe = { 0 };

	if (!probe_for(e, NULL, arch, &probe, err))
		return NULL;
	qsort(probe.cpu_models, g_strv_length(probe.cpu_models), sizeof(char *), compare_words);
	return g_steal_pointer(&probe.cpu_models);
}
