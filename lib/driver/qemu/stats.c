/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/qemu/stats.h"

#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/json.h"
#include "base/util.h"
#include "driver/qemu/session.h"

#define BALLOON "/machine/peripheral/ua-balloon0"
#define PROC_MAX 4096
/* Fields of /proc/…/stat behind the name in parentheses, from 0. */
#define FIELD_USER 11
#define FIELD_SYSTEM 12
#define FIELD_CPU 36

/* ---- CPUs ---- */

/* A thread that has just ended has no numbers: they stay 0. */
static void read_thread(pid_t pid, gint64 thread, struct hv_vcpu *vcpu)
{
	g_autofree char *path = g_strdup_printf("/proc/%d/task/%" G_GINT64_FORMAT "/stat", pid,
						thread);
	g_autofree char *text = NULL;
	g_auto(GStrv) fields = NULL;
	const char *rest;

	if (!g_file_get_contents(path, &text, NULL, NULL))
		return;
	rest = strrchr(text, ')');
	fields = rest ? g_strsplit(rest + 2, " ", -1) : NULL;
	if (!fields || g_strv_length(fields) <= FIELD_CPU)
		return;
	vcpu->time_ns = (g_ascii_strtoull(fields[FIELD_USER], NULL, 10) +
			 g_ascii_strtoull(fields[FIELD_SYSTEM], NULL, 10)) *
			(G_GUINT64_CONSTANT(1000000000) / (guint64)sysconf(_SC_CLK_TCK));
	vcpu->cpu = (int)g_ascii_strtoll(fields[FIELD_CPU], NULL, 10);
}

static void read_affinity(gint64 thread, struct hv_vcpu *vcpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	if (sched_getaffinity((pid_t)thread, sizeof(set), &set) < 0)
		return;
	for (int i = 0; i < CPU_SETSIZE && i < HV_CPUS_MAX; i++)
		if (CPU_ISSET(i, &set))
			vcpu->cpus[i / 8] |= (guint8)(1u << i % 8);
}

static bool read_vcpu(pid_t pid, json_object *item, GArray *list)
{
	struct hv_vcpu vcpu = { .cpu = -1 };
	gint64 number, thread;

	if (!json_get_int(item, "cpu-index", &number) || !json_get_int(item, "thread-id", &thread) ||
	    number < 0 || number > G_MAXINT || thread <= 0 || thread > G_MAXINT)
		return false;
	vcpu.number = (unsigned int)number;
	read_thread(pid, thread, &vcpu);
	read_affinity(thread, &vcpu);
	g_array_append_val(list, vcpu);
	return true;
}

GArray *stats_vcpus(struct hv *hv, struct guest *g, GError **err)
{
	struct qmp *q = session_qmp(g, QMP_TIMEOUT_MS, err);
	g_autoptr(GArray) list = g_array_new(FALSE, FALSE, sizeof(struct hv_vcpu));
	g_autoptr(json_object) value = NULL;

	(void)hv;
	if (!q || !qmp_call(q, "query-cpus-fast", NULL, &value, err))
		return NULL;
	for (size_t i = 0; json_object_is_type(value, json_type_array) &&
			   i < json_object_array_length(value); i++) {
		if (read_vcpu(qmp_peer_pid(q), json_object_array_get_idx(value, i), list))
			continue;
		fail(err, VIR_ERR_INTERNAL_ERROR, "QEMU does not tell the threads of its CPUs");
		return NULL;
	}
	return g_steal_pointer(&list);
}

/* ---- Memory ---- */

/* What the guest's driver tells of itself, in the order in which libvirt has it. */
static const struct {
	const char *key;
	enum hv_memory tag;
	unsigned int divisor;
} told[] = {
	{ "stat-swap-in", HV_MEMORY_SWAP_IN, 1024 },
	{ "stat-swap-out", HV_MEMORY_SWAP_OUT, 1024 },
	{ "stat-major-faults", HV_MEMORY_MAJOR_FAULT, 1 },
	{ "stat-minor-faults", HV_MEMORY_MINOR_FAULT, 1 },
	{ "stat-free-memory", HV_MEMORY_UNUSED, 1024 },
	{ "stat-total-memory", HV_MEMORY_AVAILABLE, 1024 },
	{ "stat-available-memory", HV_MEMORY_USABLE, 1024 },
	{ "last-update", HV_MEMORY_LAST_UPDATE, 1 },
	{ "stat-disk-caches", HV_MEMORY_DISK_CACHES, 1024 },
	{ "stat-htlb-pgalloc", HV_MEMORY_HUGETLB_PGALLOC, 1 },
	{ "stat-htlb-pgfail", HV_MEMORY_HUGETLB_PGFAIL, 1 },
};

static void add(GArray *list, enum hv_memory tag, guint64 value)
{
	const struct hv_memory_stat stat = { tag, value };

	g_array_append_val(list, stat);
}

/* -1 of 64 bits: the guest has not said. */
static void add_told(GArray *list, json_object *answer)
{
	json_object *stats = NULL, *item;

	json_get_object(answer, "stats", &stats);
	for (size_t i = 0; i < G_N_ELEMENTS(told); i++) {
		bool is_outside = told[i].tag == HV_MEMORY_LAST_UPDATE;
		json_object *from = is_outside ? answer : stats;
		guint64 value;

		if (!from || !json_object_object_get_ex(from, told[i].key, &item) ||
		    !json_object_is_type(item, json_type_int))
			continue;
		value = json_object_get_uint64(item);
		if (value != G_MAXUINT64)
			add(list, told[i].tag, value / told[i].divisor);
	}
}

/* Of QEMU's whole process, as the host counts it. */
static void add_resident(GArray *list, pid_t pid)
{
	g_autofree char *path = g_strdup_printf("/proc/%d/statm", pid);
	g_autofree char *text = NULL;
	unsigned long long size, resident;

	if (g_file_get_contents(path, &text, NULL, NULL) &&
	    sscanf(text, "%llu %llu", &size, &resident) == 2)
		add(list, HV_MEMORY_RSS,
		    resident * (unsigned long long)sysconf(_SC_PAGESIZE) / 1024);
}

static json_object *balloon_args(const char *property)
{
	json_object *args = json_object_new_object();

	json_set_string(args, "path", BALLOON);
	json_set_string(args, "property", property);
	return args;
}

/* A guest without a balloon has only what the host sees of it. */
GArray *stats_memory(struct hv *hv, struct guest *g, GError **err)
{
	struct qmp *q = session_qmp(g, QMP_TIMEOUT_MS, err);
	g_autoptr(json_object) size = NULL, answer = NULL;
	GArray *list;
	gint64 bytes;

	(void)hv;
	if (!q)
		return NULL;
	list = g_array_new(FALSE, FALSE, sizeof(struct hv_memory_stat));
	if (qmp_call(q, "query-balloon", NULL, &size, NULL) && json_get_int(size, "actual", &bytes))
		add(list, HV_MEMORY_ACTUAL, (guint64)bytes / 1024);
	if (qmp_call(q, "qom-get", balloon_args("guest-stats"), &answer, NULL))
		add_told(list, answer);
	add_resident(list, qmp_peer_pid(q));
	return list;
}

bool stats_set_period(struct hv *hv, struct guest *g, unsigned int seconds, GError **err)
{
	json_object *args = balloon_args("guest-stats-polling-interval");

	(void)hv;
	json_set_int(args, "value", seconds);
	return session_call(g, "qom-set", args, NULL, err);
}
