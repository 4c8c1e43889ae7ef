/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Commands that tell about the host and the hypervisor. */
#include <stdio.h>
#include <stdlib.h>
#include <libvirt/virterror.h>

#include "command.h"
#include "output/errors.h"
#include "mem.h"
#include "output/render.h"

/* ---- hostname ----------------------------------------------------------------------------- */

static bool run_hostname(struct shell *sh, const void *args)
{
	auto_free char *name = virConnectGetHostname(sh->conn);

	(void)args;
	if (!name)
		return fail_call(sh, "failed to get hostname");
	render_value(sh, NULL, NULL, "hostname", value_text(name));
	return true;
}

const struct command command_hostname = {
	.name = "hostname",
	.summary = "print the name of the host",
	.about = "Prints the name of the host that guests run on, with its domain where the "
		 "resolver knows one.",
	.run = run_hostname,
};

/* ---- version ------------------------------------------------------------------------------ */

struct version_args {
	unsigned daemon;
};

static const struct option version_options[] = {
	{ .name = "daemon", BIT_AT(version_args, daemon, 1),
	  .summary = "also the version of the daemon; there is none, so it is the library's" },
	{ .name = NULL },
};

static const struct column version_columns[] = {
	{ "compiled_against", "" }, { "library", "" }, { "api", "" }, { "hypervisor", "" },
	{ "daemon", "" }, { NULL, NULL },
};

/* What people see of each: what, name, number. */
static const char *const version_labels[] = {
	"Compiled against library", "Using library", "Using API", "Running hypervisor",
	"Running against daemon",
};

static char *number_text(unsigned long number)
{
	return mem_format("%lu.%lu.%lu", number / 1000000, number / 1000 % 1000, number % 1000);
}

static void show_versions(struct shell *sh, const unsigned long *numbers, const char *type,
			  size_t n)
{
	const char *const names[] = { "libvirt ", "libvirt ", type, type, "" };
	struct value row[5];
	char *texts[5] = { NULL };
	struct sheet s;

	for (size_t i = 0; i < 5; i++) {
		auto_free char *number = number_text(numbers[i]);

		texts[i] = i < 4 ? mem_format("%s%s", names[i], number) : mem_copy(number);
		row[i] = i < n ? value_text(texts[i]) : (struct value){ .kind = VALUE_ABSENT };
		if (i < n && !sh->settings.json)
			printf("%s: %s\n", version_labels[i], texts[i]);
	}
	if (sh->settings.json) {
		sheet_init(&s, version_columns);
		sheet_add(&s, row);
		render_record(sh, &s, 0);
	}
	for (size_t i = 0; i < 5; i++)
		free(texts[i]);
}

static bool run_version(struct shell *sh, const void *args)
{
	const struct version_args *a = args;
	unsigned long library, connection, hypervisor = 0;
	const char *type = virConnectGetType(sh->conn);

	if (!type)
		return fail_call(sh, "failed to get hypervisor type");
	if (virGetVersion(&library, NULL, NULL) < 0 ||
	    virConnectGetLibVersion(sh->conn, &connection) < 0)
		return fail_call(sh, "failed to get the library version");
	if (virConnectGetVersion(sh->conn, &hypervisor) < 0)
		return fail_call(sh, "failed to get the hypervisor version");
	auto_free char *spaced = mem_format("%s ", type);
	show_versions(sh, (const unsigned long[]){ LIBVIR_VERSION_NUMBER, library, library,
						   hypervisor, connection },
		      spaced, a->daemon ? 5 : 4);
	return true;
}

const struct command command_version = {
	.name = "version",
	.summary = "print the versions of library and hypervisor",
	.about = "Prints which libvirt release the library speaks the language of, and the version "
		 "of the hypervisor program that guests are started with.",
	.options = version_options,
	.args_size = sizeof(struct version_args),
	.run = run_version,
};

/* ---- nodeinfo ----------------------------------------------------------------------------- */

enum {
	NODE_MODEL, NODE_CPUS, NODE_MHZ, NODE_SOCKETS, NODE_CORES, NODE_THREADS, NODE_CELLS,
	NODE_MEMORY, NODE_COUNT
};

static const struct column node_columns[NODE_COUNT + 1] = {
	[NODE_MODEL] = { "cpu_model", "CPU model" },
	[NODE_CPUS] = { "cpus", "CPU(s)" },
	[NODE_MHZ] = { "cpu_frequency", "CPU frequency" },
	[NODE_SOCKETS] = { "cpu_sockets", "CPU socket(s)" },
	[NODE_CORES] = { "cores_per_socket", "Core(s) per socket" },
	[NODE_THREADS] = { "threads_per_core", "Thread(s) per core" },
	[NODE_CELLS] = { "numa_cells", "NUMA cell(s)" },
	[NODE_MEMORY] = { "memory_size", "Memory size" },
};

static bool run_nodeinfo(struct shell *sh, const void *args)
{
	struct value row[NODE_COUNT];
	char texts[NODE_COUNT][32];
	virNodeInfo info;
	struct sheet s;

	(void)args;
	if (virNodeGetInfo(sh->conn, &info) < 0)
		return fail_call(sh, "failed to get node information");
	const unsigned numbers[NODE_COUNT] = {
		[NODE_CPUS] = info.cpus, [NODE_SOCKETS] = info.sockets, [NODE_CORES] = info.cores,
		[NODE_THREADS] = info.threads, [NODE_CELLS] = info.nodes,
	};
	for (int i = 0; i < NODE_COUNT; i++) {
		snprintf(texts[i], sizeof(texts[i]), "%u", numbers[i]);
		row[i] = value_number(numbers[i], texts[i]);
	}
	row[NODE_MODEL] = value_text(info.model);
	snprintf(texts[NODE_MHZ], sizeof(texts[0]), "%u MHz", info.mhz);
	row[NODE_MHZ] = info.mhz ? value_number(info.mhz * 1000000ll, texts[NODE_MHZ])
				 : (struct value){ .kind = VALUE_ABSENT };
	snprintf(texts[NODE_MEMORY], sizeof(texts[0]), "%lu KiB", info.memory);
	row[NODE_MEMORY] = value_number((long long)info.memory * 1024, texts[NODE_MEMORY]);
	sheet_init(&s, node_columns);
	sheet_add(&s, row);
	render_record(sh, &s, 21);
	return true;
}

const struct command command_nodeinfo = {
	.name = "nodeinfo",
	.summary = "print CPUs and memory of the host",
	.about = "Prints how many CPUs the host has and how they are arranged, and its memory. "
		 "Sockets count per NUMA cell.",
	.run = run_nodeinfo,
};

/* ---- maxvcpus ----------------------------------------------------------------------------- */

struct maxvcpus_args {
	const char *type;
};

static const struct option maxvcpus_options[] = {
	{ .name = "type", VALUE_AT(OPTION_STRING, maxvcpus_args, type),
	  .props = OPTION_POSITIONAL, .summary = "type of domain: kvm or qemu" },
	{ .name = NULL },
};

static bool run_maxvcpus(struct shell *sh, const void *args)
{
	const struct maxvcpus_args *a = args;
	int n = virConnectGetMaxVcpus(sh->conn, a->type);
	char text[16];

	if (n < 0)
		return fail_library(sh);
	snprintf(text, sizeof(text), "%d", n);
	render_value(sh, NULL, NULL, "max_vcpus", value_number(n, text));
	return true;
}

const struct command command_maxvcpus = {
	.name = "maxvcpus",
	.summary = "print how many virtual CPUs a guest can have",
	.about = "Prints the most virtual CPUs of a guest on this host: what KVM says where it can "
		 "be used, else what emulation allows.",
	.options = maxvcpus_options,
	.args_size = sizeof(struct maxvcpus_args),
	.run = run_maxvcpus,
};
