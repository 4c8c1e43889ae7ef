/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the host is made of. */
#include "engine/inspect.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/utsname.h>
#include <unistd.h>
#include <linux/kvm.h>
#include "base/cleanup.h"
#include "base/error.h"
#include "engine/op.h"

#define CPU_DIR "/sys/devices/system/cpu"
#define NODE_DIR "/sys/devices/system/node"
/* What QEMU's `pc` can have (query-machines, cpu-max); newer versions and q35 have more. */
#define QEMU_MAX_VCPUS 255

bool engine_version(struct engine *e, unsigned long *ret_version, GError **err)
{
	if (!e->hv->ops->version)
		return fail(err, VIR_ERR_NO_SUPPORT, "the hypervisor has no version");
	return e->hv->ops->version(e->hv, ret_version, err);
}

/* ---- CPUs ---- */

/* A whole number in a file of sysfs; -1: there is none. */
static int read_number(const char *format, unsigned int cpu, const char *file)
{
	g_autofree char *path = g_strdup_printf("%s/%s%u/%s", CPU_DIR, format, cpu, file);
	g_autofree char *text = NULL;

	if (!g_file_get_contents(path, &text, NULL, NULL))
		return -1;
	return (int)g_ascii_strtoll(text, NULL, 10);
}

/* Is "node12" a word and a number? */
static bool is_numbered(const char *name, const char *word, unsigned int *ret_number)
{
	size_t length = strlen(word);
	guint64 number;

	if (strncmp(name, word, length) != 0 || !g_ascii_isdigit(name[length]) ||
	    !g_ascii_string_to_unsigned(name + length, 10, 0, G_MAXUINT16, &number, NULL))
		return false;
	*ret_number = (unsigned int)number;
	return true;
}

static unsigned int count_nodes(void)
{
	g_autoptr(GDir) dir = g_dir_open(NODE_DIR, 0, NULL);
	unsigned int n = 0, number;
	const char *name;

	while (dir && (name = g_dir_read_name(dir)))
		n += is_numbered(name, "node", &number);
	return MAX(n, 1);
}

/* Count CPUs that are on, and the sockets and cores that they are of. */
static void count_cpus(unsigned int *ret_cpus, unsigned int *ret_sockets, unsigned int *ret_cores)
{
	g_autoptr(GHashTable) sockets = g_hash_table_new(g_direct_hash, g_direct_equal);
	g_autoptr(GHashTable) cores = g_hash_table_new(g_direct_hash, g_direct_equal);
	g_autoptr(GDir) dir = g_dir_open(CPU_DIR, 0, NULL);
	unsigned int n = 0, cpu;
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		int socket, core;

		if (!is_numbered(name, "cpu", &cpu) || read_number("cpu", cpu, "online") == 0)
			continue;
		socket = read_number("cpu", cpu, "topology/physical_package_id");
		core = read_number("cpu", cpu, "topology/core_id");
		g_hash_table_add(sockets, GINT_TO_POINTER(socket + 2));
		g_hash_table_add(cores, GINT_TO_POINTER((socket + 2) * 65536 + core + 2));
		n++;
	}
	*ret_cpus = n ? n : (unsigned int)MAX(sysconf(_SC_NPROCESSORS_ONLN), 1);
	*ret_sockets = MAX(g_hash_table_size(sockets), 1);
	*ret_cores = MAX(g_hash_table_size(cores), 1);
}

/* 0: /proc/cpuinfo does not tell. */
static unsigned int read_mhz(void)
{
	g_autofree char *text = NULL;
	const char *line;

	if (!g_file_get_contents("/proc/cpuinfo", &text, NULL, NULL))
		return 0;
	line = strstr(text, "\ncpu MHz");
	line = line ? strchr(line, ':') : NULL;
	return line ? (unsigned int)g_ascii_strtod(line + 1, NULL) : 0;
}

bool engine_host_info(struct host_info *ret_info, GError **err)
{
	struct host_info info = { .mhz = read_mhz(), .nodes = count_nodes() };
	unsigned int sockets, cores;
	struct utsname host;

	if (uname(&host) < 0)
		return fail_os(err, errno, "ask what the host is");
	g_strlcpy(info.model, host.machine, sizeof(info.model));
	info.memory_kib = (guint64)sysconf(_SC_PHYS_PAGES) * (guint64)sysconf(_SC_PAGESIZE) / 1024;
	count_cpus(&info.cpus, &sockets, &cores);
	info.sockets = MAX(sockets / info.nodes, 1);
	info.cores = MAX(cores / sockets, 1);
	info.threads = MAX(info.cpus / cores, 1);
	if (info.nodes * info.sockets * info.cores * info.threads != info.cpus) {
		/* Uneven: the product must be right, so it is one flat socket. */
		info.nodes = info.sockets = info.threads = 1;
		info.cores = info.cpus;
	}
	*ret_info = info;
	return true;
}

/* ---- Limits ---- */

static int kvm_max_vcpus(GError **err)
{
	auto_close int fd = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	int n;

	if (fd < 0) {
		fail_os(err, errno, "ask KVM, open '/dev/kvm'");
		return -1;
	}
	n = ioctl(fd, KVM_CHECK_EXTENSION, KVM_CAP_MAX_VCPUS);
	if (n <= 0)
		n = ioctl(fd, KVM_CHECK_EXTENSION, KVM_CAP_NR_VCPUS);
	if (n > 0)
		return n;
	fail(err, VIR_ERR_INTERNAL_ERROR, "KVM does not tell how many CPUs a guest can have");
	return -1;
}

int engine_max_vcpus(const char *type, GError **err)
{
	int n;

	if (!type) {
		n = kvm_max_vcpus(NULL);
		return n > 0 ? n : QEMU_MAX_VCPUS;
	}
	if (g_ascii_strcasecmp(type, "kvm") == 0)
		return kvm_max_vcpus(err);
	if (g_ascii_strcasecmp(type, "qemu") == 0)
		return QEMU_MAX_VCPUS;
	fail(err, VIR_ERR_INVALID_ARG, "unknown type '%s'", type);
	return -1;
}
