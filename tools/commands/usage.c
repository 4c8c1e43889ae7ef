/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a guest uses CPUs and memory: vcpuinfo, dommemstat. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

#include "command.h"
#include "commands/impact.h"
#include "mem.h"
#include "output/errors.h"
#include "output/output.h"
#include "output/outcome.h"
#include "output/render.h"

/* ---- vcpuinfo ----------------------------------------------------------------------------- */

struct vcpuinfo_args {
	struct domain_target domain;
	unsigned pretty;
};

static const struct option vcpuinfo_options[] = {
	DOMAIN_AT(vcpuinfo_args),
	{ .name = "pretty", BIT_AT(vcpuinfo_args, pretty, 1),
	  .summary = "the CPUs that it may run on as ranges" },
	{ .name = NULL },
};

/* CPUs of a guest, and the maps of those of the host. */
struct vcpus {
	virVcpuInfoPtr info; /* NULL: it is off */
	unsigned char *maps;
	int n, n_host, maplen;
};

/* "0-3,6 (out of 8)" */
static void put_ranges(struct buffer *b, const struct vcpus *v, int vcpu)
{
	const char *comma = "";

	for (int first = 0; first < v->n_host; first++) {
		int last = first;

		if (!VIR_CPU_USABLE(v->maps, v->maplen, vcpu, first))
			continue;
		while (last + 1 < v->n_host && VIR_CPU_USABLE(v->maps, v->maplen, vcpu, last + 1))
			last++;
		auto_free char *range = last > first ? mem_format("%s%d-%d", comma, first, last)
						     : mem_format("%s%d", comma, first);
		buffer_puts(b, range);
		comma = ",";
		first = last;
	}
	auto_free char *all = mem_format(" (out of %d)", v->n_host);
	buffer_puts(b, all);
}

static char *affinity_text(const struct vcpus *v, int vcpu, bool pretty)
{
	struct buffer b = { 0 };

	if (pretty)
		put_ranges(&b, v, vcpu);
	for (int i = 0; i < v->n_host && !pretty; i++)
		buffer_puts(&b, VIR_CPU_USABLE(v->maps, v->maplen, vcpu, i) ? "y" : "-");
	return buffer_take(&b);
}

static const char *const state_words[] = { "offline", "running", "blocked" };

static struct value time_value(const virVcpuInfo *info, char text[32])
{
	double seconds = (double)info->cpuTime / 1e9;

	snprintf(text, 32, "%.1fs", seconds);
	return (struct value){ .kind = VALUE_REAL, .real = seconds, .text = text };
}

static void add_vcpu(struct sheet *s, const struct vcpus *v, int i, bool pretty)
{
	const virVcpuInfo *info = v->info ? &v->info[i] : NULL;
	auto_free char *affinity = affinity_text(v, i, pretty);
	char number[16], cpu[16], time[32];
	const struct value none = value_none("N/A");

	snprintf(number, sizeof(number), "%u", info ? info->number : (unsigned)i);
	snprintf(cpu, sizeof(cpu), "%d", info ? info->cpu : -1);
	sheet_add(s, (struct value[]){
		value_number(info ? (int)info->number : i, number),
		info && info->cpu >= 0 ? value_number(info->cpu, cpu) : none,
		info ? value_text(state_words[info->state > 0 && info->state < 3 ? info->state : 0])
		     : none,
		info ? time_value(info, time) : none, value_text(affinity) });
}

static bool is_off(virDomainPtr domain)
{
	return virDomainIsActive(domain) == 0;
}

/* No CPU of a guest is bound to any of the host, so that one which is off will have all. */
static bool read_vcpus(struct shell *sh, virDomainPtr domain, struct vcpus *v)
{
	virDomainInfo info;

	v->n_host = virNodeGetCPUMap(sh->conn, NULL, NULL, 0);
	if (v->n_host < 0 || virDomainGetInfo(domain, &info) < 0)
		return false;
	v->n = info.nrVirtCpu;
	v->maplen = VIR_CPU_MAPLEN(v->n_host);
	v->maps = mem_alloc((size_t)v->n * (size_t)v->maplen + 1);
	memset(v->maps, 0xff, (size_t)v->n * (size_t)v->maplen);
	if (is_off(domain))
		return true;
	v->info = mem_alloc((size_t)v->n * sizeof(*v->info) + 1);
	v->n = virDomainGetVcpus(domain, v->info, v->n, v->maps, v->maplen);
	return v->n >= 0;
}

/* A record for each; in JSON one array. */
static void show_vcpus(struct shell *sh, const struct vcpus *v, bool pretty)
{
	const struct column columns[] = {
		{ "vcpu", "VCPU" }, { "cpu", "CPU" }, { "state", "State" },
		{ "cpu_time", "CPU time" }, { "cpu_affinity", "CPU Affinity" }, { NULL, NULL },
	};
	struct sheet s;

	sheet_init(&s, columns);
	for (int i = 0; i < v->n; i++) {
		add_vcpu(&s, v, i, pretty);
		if (sh->settings.json)
			continue;
		if (i > 0)
			print_line(sh, "%s", "");
		render_record(sh, &s, 16);
		sheet_init(&s, columns);
	}
	if (sh->settings.json)
		render_table(sh, &s);
	else
		sheet_free(&s);
}

static bool run_vcpuinfo(struct shell *sh, const void *args)
{
	const struct vcpuinfo_args *a = args;
	struct vcpus v = { 0 };
	bool done = read_vcpus(sh, a->domain.domain, &v);

	if (done)
		show_vcpus(sh, &v, a->pretty);
	free(v.info);
	free(v.maps);
	return done || fail_library(sh);
}

const struct command command_vcpuinfo = {
	.name = "vcpuinfo",
	.summary = "tell where the CPUs of a guest run",
	.about = "Prints for each CPU of the guest on which one of the host it was last, how much time "
		 "it has spent, and on which ones it may run: a 'y' for each.",
	.options = vcpuinfo_options,
	.args_size = sizeof(struct vcpuinfo_args),
	.run = run_vcpuinfo,
};

/* ---- dommemstat --------------------------------------------------------------------------- */

struct memstat_args {
	struct domain_target domain;
	long long period;
	unsigned impact, current;
};

static const struct option memstat_options[] = {
	DOMAIN_AT(memstat_args),
	{ .name = "period", VALUE_AT(OPTION_NUMBER, memstat_args, period), .min = 1, .max = INT_MAX,
	  .summary = "have the guest asked every so many seconds from now on, and print nothing" },
	{ .name = "config", BIT_AT(memstat_args, impact, VIR_DOMAIN_AFFECT_CONFIG),
	  .excludes = 2, .unsupported = "the configuration has no place for the period",
	  .summary = "of the stored configuration" },
	{ .name = "live", BIT_AT(memstat_args, impact, VIR_DOMAIN_AFFECT_LIVE), .excludes = 1,
	  .summary = "of the guest that runs" },
	{ .name = "current", BIT_AT(memstat_args, current, 1), .excludes = 1 | 2,
	  .summary = "of the guest that runs" },
	{ .name = NULL },
};

/* By tag; sizes are in KiB, and in JSON in bytes. */
static const struct {
	const char *name;
	bool is_size;
} memory_names[] = {
	[VIR_DOMAIN_MEMORY_STAT_SWAP_IN] = { "swap_in", true },
	[VIR_DOMAIN_MEMORY_STAT_SWAP_OUT] = { "swap_out", true },
	[VIR_DOMAIN_MEMORY_STAT_MAJOR_FAULT] = { "major_fault", false },
	[VIR_DOMAIN_MEMORY_STAT_MINOR_FAULT] = { "minor_fault", false },
	[VIR_DOMAIN_MEMORY_STAT_UNUSED] = { "unused", true },
	[VIR_DOMAIN_MEMORY_STAT_AVAILABLE] = { "available", true },
	[VIR_DOMAIN_MEMORY_STAT_ACTUAL_BALLOON] = { "actual", true },
	[VIR_DOMAIN_MEMORY_STAT_RSS] = { "rss", true },
	[VIR_DOMAIN_MEMORY_STAT_USABLE] = { "usable", true },
	[VIR_DOMAIN_MEMORY_STAT_LAST_UPDATE] = { "last_update", false },
	[VIR_DOMAIN_MEMORY_STAT_DISK_CACHES] = { "disk_caches", true },
	[VIR_DOMAIN_MEMORY_STAT_HUGETLB_PGALLOC] = { "hugetlb_pgalloc", false },
	[VIR_DOMAIN_MEMORY_STAT_HUGETLB_PGFAIL] = { "hugetlb_pgfail", false },
};

static void show_memory(const struct shell *sh, const virDomainMemoryStatStruct *stats, int n)
{
	struct column columns[VIR_DOMAIN_MEMORY_STAT_NR + 1] = { { NULL, NULL } };
	struct value row[VIR_DOMAIN_MEMORY_STAT_NR];
	char texts[VIR_DOMAIN_MEMORY_STAT_NR][24];
	struct sheet s;
	int shown = 0;

	for (int i = 0; i < n; i++) {
		if (stats[i].tag < 0 || stats[i].tag >= VIR_DOMAIN_MEMORY_STAT_NR)
			continue;
		const char *name = memory_names[stats[i].tag].name;
		long long unit = memory_names[stats[i].tag].is_size ? 1024 : 1;

		snprintf(texts[i], sizeof(texts[i]), "%llu", stats[i].val);
		columns[shown] = (struct column){ name, name };
		row[shown++] = value_number((long long)stats[i].val * unit, texts[i]);
	}
	sheet_init(&s, columns);
	sheet_add(&s, row);
	render_bare_record(sh, &s);
}

static bool run_dommemstat(struct shell *sh, const void *args)
{
	const struct memstat_args *a = args;
	const char *name = virDomainGetName(a->domain.domain);
	virDomainMemoryStatStruct stats[VIR_DOMAIN_MEMORY_STAT_NR];
	int n;

	if (a->period) {
		if (virDomainSetMemoryStatsPeriod(a->domain.domain, (int)a->period, a->impact) < 0)
			return fail_call(sh, "Unable to change balloon collection period.");
		if (sh->settings.json)
			outcome(sh, name, NULL, "done");
		return true;
	}
	n = virDomainMemoryStats(a->domain.domain, stats, VIR_DOMAIN_MEMORY_STAT_NR, 0);
	if (n < 0)
		return fail_call(sh, "Failed to get memory statistics for domain %s", name);
	show_memory(sh, stats, n);
	return true;
}

const struct command command_dommemstat = {
	.name = "dommemstat",
	.summary = "tell how a guest uses its memory",
	.about = "Prints what the balloon leaves to the guest (actual), what QEMU takes on the host "
		 "(rss), and what the guest's balloon driver has told of the rest, in KiB. It is asked only "
		 "when --period has been set since the start.",
	.options = memstat_options,
	.args_size = sizeof(struct memstat_args),
	.run = run_dommemstat,
};
