/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How the host's CPUs and memory are used, as /proc tells it. */
#include "engine/inspect.h"

#include <string.h>
#include <unistd.h>
#include "base/error.h"

#define PRESENT "/sys/devices/system/cpu/present"
#define ONLINE "/sys/devices/system/cpu/online"

static bool read_text(const char *path, char **ret_text, GError **err)
{
	g_autoptr(GError) why = NULL;

	return g_file_get_contents(path, ret_text, NULL, &why) ||
	       fail(err, VIR_ERR_SYSTEM_ERROR, "%s", why->message);
}

/* "0-3,8" into bits of `cpus`, which grows as needed. */
static bool add_list(const char *path, gboolean value, GArray *cpus, GError **err)
{
	g_autofree char *text = NULL;
	g_auto(GStrv) ranges = NULL;

	if (!read_text(path, &text, err))
		return false;
	ranges = g_strsplit(g_strstrip(text), ",", -1);
	for (guint i = 0; ranges[i] && *ranges[i]; i++) {
		char *end;
		guint64 first = g_ascii_strtoull(ranges[i], &end, 10);
		guint64 last = *end == '-' ? g_ascii_strtoull(end + 1, NULL, 10) : first;

		for (guint64 cpu = first; cpu <= last && cpu < G_MAXUINT16; cpu++) {
			if (cpus->len <= cpu)
				g_array_set_size(cpus, (guint)cpu + 1);
			g_array_index(cpus, gboolean, cpu) = value;
		}
	}
	return true;
}

GArray *engine_host_cpus(GError **err)
{
	g_autoptr(GArray) cpus = g_array_new(FALSE, TRUE, sizeof(gboolean));

	if (!add_list(PRESENT, FALSE, cpus, err) || !add_list(ONLINE, TRUE, cpus, err))
		return NULL;
	return g_steal_pointer(&cpus);
}

bool engine_host_time(int cpu, struct host_time *ret_time, GError **err)
{
	g_autofree char *label = cpu < 0 ? g_strdup("cpu ") : g_strdup_printf("cpu%d ", cpu);
	guint64 tick = G_GUINT64_CONSTANT(1000000000) / (guint64)sysconf(_SC_CLK_TCK);
	guint64 ticks[7] = { 0 }; /* user nice system idle iowait irq softirq */
	g_autofree char *text = NULL;
	g_auto(GStrv) lines = NULL;
	const char *line = NULL;

	if (!read_text("/proc/stat", &text, err))
		return false;
	lines = g_strsplit(text, "\n", -1);
	for (guint i = 0; lines[i] && !line; i++)
		if (g_str_has_prefix(lines[i], label))
			line = lines[i] + strlen(label);
	if (!line)
		return fail(err, VIR_ERR_INVALID_ARG, "the host has no CPU %d that is on", cpu);
	for (guint i = 0; i < G_N_ELEMENTS(ticks); i++) {
		char *end;

		ticks[i] = g_ascii_strtoull(line, &end, 10) * tick;
		line = end;
	}
	*ret_time = (struct host_time){ .user = ticks[0] + ticks[1],
					.system = ticks[2] + ticks[5] + ticks[6],
					.idle = ticks[3],
					.iowait = ticks[4] };
	return true;
}

static guint64 find_kib(const char *text, const char *label)
{
	const char *at = strstr(text, label);

	return at ? g_ascii_strtoull(at + strlen(label), NULL, 10) : 0;
}

bool engine_host_memory(struct host_memory *ret_memory, GError **err)
{
	g_autofree char *text = NULL;

	if (!read_text("/proc/meminfo", &text, err))
		return false;
	*ret_memory = (struct host_memory){ .total = find_kib(text, "MemTotal:"),
					    .free = find_kib(text, "MemFree:"),
					    .buffers = find_kib(text, "Buffers:"),
					    .cached = find_kib(text, "\nCached:") };
	return true;
}
