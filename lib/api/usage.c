/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How a running guest uses CPUs and memory. */
#include <string.h>
#include "api/call.h"
#include "engine/inspect.h"

/* ---- CPUs --------------------------------------------------------------------------------- */

static void fill_map(unsigned char *map, int size, const guint8 *cpus)
{
	memset(map, 0, (size_t)size);
	memcpy(map, cpus, (size_t)MIN(size, HV_CPUS_MAX / 8));
}

static bool check_maps(struct call *c, const unsigned char *maps, int maplen)
{
	if ((maps == NULL) == (maplen <= 0))
		return true;
	return call_fail(c, VIR_ERR_INVALID_ARG,
			 "maps of CPUs and their length go together: NULL and 0, or neither");
}

int virDomainGetVcpus(virDomainPtr domain, virVcpuInfoPtr info, int maxinfo, unsigned char *cpumaps,
		      int maplen)
{
	g_autoptr(GArray) vcpus = NULL;
	struct call c;
	int n;

	if (!call_domain(&c, __func__, domain, ACCESS_READ) || !check_maps(&c, cpumaps, maplen) ||
	    (maxinfo > 0 && !cpumaps && !call_not_null(&c, info, "info")))
		return -1;
	vcpus = engine_vcpus(c.engine, c.name, &c.err);
	if (call_end(&c, vcpus != NULL) < 0)
		return -1;
	n = MIN((int)vcpus->len, MAX(maxinfo, 0));
	for (int i = 0; i < n; i++) {
		const struct hv_vcpu *vcpu = &g_array_index(vcpus, struct hv_vcpu, i);

		if (info)
			info[i] = (virVcpuInfo){ vcpu->number, VIR_VCPU_RUNNING, vcpu->time_ns,
						 vcpu->cpu };
		if (cpumaps)
			fill_map(cpumaps + (size_t)i * (size_t)maplen, maplen, vcpu->cpus);
	}
	return n;
}

/* ---- Memory ------------------------------------------------------------------------------- */

G_STATIC_ASSERT((int)HV_MEMORY_ACTUAL == (int)VIR_DOMAIN_MEMORY_STAT_ACTUAL_BALLOON);
G_STATIC_ASSERT((int)HV_MEMORY_LAST_UPDATE == (int)VIR_DOMAIN_MEMORY_STAT_LAST_UPDATE);
G_STATIC_ASSERT((int)HV_MEMORY_COUNT == (int)VIR_DOMAIN_MEMORY_STAT_NR);

int virDomainMemoryStats(virDomainPtr domain, virDomainMemoryStatPtr stats, unsigned int nr_stats,
			 unsigned int flags)
{
	g_autoptr(GArray) list = NULL;
	struct call c;
	unsigned int n;

	if (!call_domain(&c, __func__, domain, ACCESS_READ) || !call_flags(&c, flags, 0) ||
	    (nr_stats > 0 && !call_not_null(&c, stats, "stats")))
		return -1;
	list = engine_memory_stats(c.engine, c.name, &c.err);
	if (call_end(&c, list != NULL) < 0)
		return -1;
	n = MIN(list->len, nr_stats);
	for (unsigned int i = 0; i < n; i++) {
		const struct hv_memory_stat *stat = &g_array_index(list, struct hv_memory_stat, i);

		stats[i] = (virDomainMemoryStatStruct){ (int)stat->tag, stat->value };
	}
	return (int)n;
}

/* How often is nothing of the configuration, which has no place for it. */
int virDomainSetMemoryStatsPeriod(virDomainPtr domain, int period, unsigned int flags)
{
	struct call c;

	if (!call_domain(&c, __func__, domain, ACCESS_WRITE) ||
	    !call_flags(&c, flags, VIR_DOMAIN_AFFECT_LIVE))
		return -1;
	if (period < 0) {
		call_fail(&c, VIR_ERR_INVALID_ARG, "a period of %d seconds", period);
		return -1;
	}
	return call_end(&c, engine_set_memory_period(c.engine, c.name, (unsigned int)period,
						     &c.err));
}
