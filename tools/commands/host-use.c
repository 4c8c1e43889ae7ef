/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Commands that tell how the host's CPUs and memory are used. */
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <libvirt/virterror.h>

#include "command.h"
#include "language/numbers.h"
#include "mem.h"
#include "output/errors.h"
#include "output/render.h"

#define WIDTH 16
#define FIELDS_MAX 16

/* ---- nodecpumap --------------------------------------------------------------------------- */

struct cpumap_args {
	unsigned pretty;
};

static const struct option cpumap_options[] = {
	{ .name = "pretty", BIT_AT(cpumap_args, pretty, 1), .summary = "as ranges of numbers" },
	{ .name = NULL },
};

static const struct column cpumap_columns[] = {
	{ "cpus_present", "CPUs present" }, { "cpus_online", "CPUs online" },
	{ "cpu_map", "CPU map" }, { NULL, NULL },
};

static bool is_on(const unsigned char *map, int cpu, int n)
{
	return cpu < n && map[cpu / 8] >> cpu % 8 & 1;
}

/* "0-3,8" */
static char *map_ranges(const unsigned char *map, int n)
{
	struct buffer b = { 0 };

	for (int cpu = 0, last; cpu < n; cpu = last + 1) {
		last = cpu;
		if (!is_on(map, cpu, n))
			continue;
		while (is_on(map, last + 1, n))
			last++;
		buffer_printf(&b, "%s%d", b.length ? "," : "", cpu);
		if (last > cpu)
			buffer_printf(&b, "-%d", last);
	}
	return buffer_take(&b);
}

static char *map_letters(const unsigned char *map, int n)
{
	struct buffer b = { 0 };

	for (int cpu = 0; cpu < n; cpu++)
		buffer_puts(&b, is_on(map, cpu, n) ? "y" : "-");
	return buffer_take(&b);
}

static bool run_cpumap(struct shell *sh, const void *args)
{
	const struct cpumap_args *a = args;
	auto_free unsigned char *map = NULL;
	char present[16], online[16];
	unsigned n_online;
	int n = virNodeGetCPUMap(sh->conn, &map, &n_online, 0);
	struct sheet s;

	if (n < 0)
		return fail_call(sh, "Unable to get cpu map");
	auto_free char *text = a->pretty ? map_ranges(map, n) : map_letters(map, n);
	snprintf(present, sizeof(present), "%d", n);
	snprintf(online, sizeof(online), "%u", n_online);
	sheet_init(&s, cpumap_columns);
	sheet_add(&s, (struct value[]){ value_number(n, present), value_number(n_online, online),
					value_text(text) });
	render_record(sh, &s, WIDTH);
	return true;
}

const struct command command_nodecpumap = {
	.name = "nodecpumap",
	.summary = "list the CPUs of the host",
	.about = "Prints how many CPUs the host has, how many are on, and which.",
	.options = cpumap_options,
	.args_size = sizeof(struct cpumap_args),
	.run = run_cpumap,
};

/* ---- nodememstats ------------------------------------------------------------------------- */

struct memstats_args {
	const char *cell;
};

static const struct option memstats_options[] = {
	{ .name = "cell", VALUE_AT(OPTION_STRING, memstats_args, cell), .props = OPTION_POSITIONAL,
	  .unsupported = "see 'numastat -m'",
	  .summary = "only of one NUMA cell" },
	{ .name = NULL },
};

static const struct column memstats_columns[] = {
	{ "total", "total  " }, { "free", "free   " }, { "buffers", "buffers" },
	{ "cached", "cached " }, { NULL, NULL },
};

static bool run_memstats(struct shell *sh, const void *args)
{
	virNodeMemoryStats stats[4];
	struct value row[4];
	char texts[4][40];
	int n = 4;
	struct sheet s;

	(void)args;
	if (virNodeGetMemoryStats(sh->conn, VIR_NODE_MEMORY_STATS_ALL_CELLS, stats, &n, 0) < 0)
		return fail_call(sh, "Unable to get memory stats");
	for (int i = 0; i < 4; i++) {
		row[i] = (struct value){ .kind = VALUE_ABSENT };
		for (int k = 0; k < n; k++) {
			if (strcmp(stats[k].field, memstats_columns[i].key) != 0)
				continue;
			snprintf(texts[i], sizeof(texts[i]), "%20llu KiB", stats[k].value);
			row[i] = value_number((long long)stats[k].value * 1024, texts[i]);
		}
	}
	sheet_init(&s, memstats_columns);
	sheet_add(&s, row);
	render_record(sh, &s, 9);
	return true;
}

const struct command command_nodememstats = {
	.name = "nodememstats",
	.summary = "tell how the host uses its memory",
	.about = "Prints how much memory the host has, how much of it is free, and how much holds "
		 "buffers and cached files.",
	.options = memstats_options,
	.args_size = sizeof(struct memstats_args),
	.run = run_memstats,
};

/* ---- nodecpustats ------------------------------------------------------------------------- */

struct cpustats_args {
	const char *cpu;
	unsigned percent;
};

static const struct option cpustats_options[] = {
	{ .name = "cpu", VALUE_AT(OPTION_STRING, cpustats_args, cpu), .props = OPTION_POSITIONAL,
	  .summary = "number of a CPU: only of that one" },
	{ .name = "percent", BIT_AT(cpustats_args, percent, 1),
	  .summary = "shares of the time of one second from now" },
	{ .name = NULL },
};

enum { TIME_USER, TIME_SYSTEM, TIME_IDLE, TIME_IOWAIT, TIME_COUNT };

static const char *const time_fields[TIME_COUNT] = {
	VIR_NODE_CPU_STATS_USER, VIR_NODE_CPU_STATS_KERNEL, VIR_NODE_CPU_STATS_IDLE,
	VIR_NODE_CPU_STATS_IOWAIT,
};

static const struct column time_columns[] = {
	{ "user", "user" }, { "system", "system" }, { "idle", "idle" }, { "iowait", "iowait" },
	{ NULL, NULL },
};
static const struct column share_columns[] = {
	{ "usage", "usage" }, { "user", "user" }, { "system", "system" }, { "idle", "idle" },
	{ "iowait", "iowait" }, { NULL, NULL },
};

static bool read_times(struct shell *sh, int cpu, unsigned long long times[TIME_COUNT])
{
	virNodeCPUStats stats[FIELDS_MAX];
	int n = FIELDS_MAX;

	if (virNodeGetCPUStats(sh->conn, cpu, stats, &n, 0) < 0)
		return fail_call(sh, "Unable to get node cpu stats");
	for (int i = 0; i < TIME_COUNT; i++) {
		times[i] = 0;
		for (int k = 0; k < n; k++)
			if (strcmp(stats[k].field, time_fields[i]) == 0)
				times[i] = stats[k].value;
	}
	return true;
}

static bool show_times(struct shell *sh, const unsigned long long times[TIME_COUNT])
{
	struct value row[TIME_COUNT];
	char texts[TIME_COUNT][32];
	struct sheet s;

	for (int i = 0; i < TIME_COUNT; i++) {
		snprintf(texts[i], sizeof(texts[i]), "%20llu", times[i]);
		row[i] = value_number((long long)times[i], texts[i]);
	}
	sheet_init(&s, time_columns);
	sheet_add(&s, row);
	render_record(sh, &s, WIDTH);
	return true;
}

/* JSON has whole percents. */
static bool show_shares(struct shell *sh, const unsigned long long before[TIME_COUNT],
			const unsigned long long after[TIME_COUNT])
{
	double share[TIME_COUNT + 1], sum = 0;
	struct value row[TIME_COUNT + 1];
	char texts[TIME_COUNT + 1][32];
	struct sheet s;

	for (int i = 0; i < TIME_COUNT; i++)
		sum += (double)(after[i] - before[i]);
	for (int i = 0; i < TIME_COUNT; i++)
		share[i + 1] = sum > 0 ? 100 * (double)(after[i] - before[i]) / sum : 0;
	share[0] = share[1 + TIME_USER] + share[1 + TIME_SYSTEM];
	for (int i = 0; i <= TIME_COUNT; i++) {
		snprintf(texts[i], sizeof(texts[i]), "%5.1f%%", share[i]);
		row[i] = value_number((long long)(share[i] + 0.5), texts[i]);
	}
	sheet_init(&s, share_columns);
	sheet_add(&s, row);
	render_record(sh, &s, WIDTH);
	return true;
}

static bool run_cpustats(struct shell *sh, const void *args)
{
	const struct cpustats_args *a = args;
	const struct timespec second = { .tv_sec = 1 };
	unsigned long long before[TIME_COUNT], after[TIME_COUNT];
	long long cpu = VIR_NODE_CPU_STATS_ALL_CPUS;

	if (a->cpu && !number_parse(a->cpu, 0, 65535, &cpu))
		return fail_own(sh, VIR_ERR_INVALID_ARG, "'%s' is not the number of a CPU", a->cpu);
	if (!read_times(sh, (int)cpu, before))
		return false;
	if (!a->percent)
		return show_times(sh, before);
	nanosleep(&second, NULL);
	return read_times(sh, (int)cpu, after) && show_shares(sh, before, after);
}

const struct command command_nodecpustats = {
	.name = "nodecpustats",
	.summary = "tell how busy the host's CPUs are",
	.about = "Prints the time that the host's CPUs spent since it booted, in nanoseconds, or "
		 "with --percent how they spend the next second.",
	.options = cpustats_options,
	.args_size = sizeof(struct cpustats_args),
	.run = run_cpustats,
};
