/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The host, and what guests it can have. */
#include <string.h>
#include <libvirt/libvirt.h>

#include "api/call.h"
#include "engine/inspect.h"

/* ---- Documents ---- */

char *virConnectGetCapabilities(virConnectPtr conn)
{
	struct call c;
	char *xml;

	if (!call_connect(&c, __func__, conn, ACCESS_READ))
		return NULL;
	xml = engine_capabilities(c.engine, &c.err);
	call_end(&c, xml != NULL);
	return xml;
}

char *virConnectGetDomainCapabilities(virConnectPtr conn, const char *emulatorbin,
				      const char *arch, const char *machine,
				      const char *virttype, unsigned int flags)
{
	const struct domain_choice choice = { emulatorbin, arch, machine, virttype };
	struct call c;
	char *xml;

	/* It runs the binary that is named. */
	if (!call_connect(&c, __func__, conn, emulatorbin ? ACCESS_WRITE : ACCESS_READ) ||
	    !call_flags(&c, flags, 0))
		return NULL;
	xml = engine_domain_capabilities(c.engine, &choice, &c.err);
	call_end(&c, xml != NULL);
	return xml;
}

char *virConnectDomainXMLToNative(virConnectPtr conn, const char *nativeFormat,
				  const char *domainXml, unsigned int flags)
{
	struct call c;
	char *text;

	/* An emulator that the XML names is asked for its machines. */
	if (!call_connect(&c, __func__, conn, ACCESS_WRITE) || !call_flags(&c, flags, 0) ||
	    !call_not_null(&c, nativeFormat, "nativeFormat") ||
	    !call_not_null(&c, domainXml, "domainXml"))
		return NULL;
	if (strcmp(nativeFormat, "qemu-argv") != 0) {
		call_fail(&c, VIR_ERR_INVALID_ARG, "unknown format '%s'; 'qemu-argv' is",
			  nativeFormat);
		return NULL;
	}
	text = engine_native(c.engine, domainXml, &c.err);
	call_end(&c, text != NULL);
	return text;
}

int virConnectGetCPUModelNames(virConnectPtr conn, const char *arch, char ***models,
			       unsigned int flags)
{
	char **found;
	struct call c;
	int n;

	if (!call_connect(&c, __func__, conn, ACCESS_READ) || !call_flags(&c, flags, 0) ||
	    !call_not_null(&c, arch, "arch"))
		return -1;
	found = engine_cpu_models(c.engine, arch, &c.err);
	if (call_end(&c, found != NULL) < 0)
		return -1;
	n = (int)g_strv_length(found);
	if (models)
		*models = found;
	else
		g_strfreev(found);
	return n;
}

/* ---- Use of CPUs and memory ---- */

int virNodeGetCPUMap(virConnectPtr conn, unsigned char **cpumap, unsigned int *online,
		     unsigned int flags)
{
	g_autoptr(GArray) cpus = NULL;
	unsigned int n_online = 0;
	unsigned char *map;
	struct call c;

	if (!call_connect(&c, __func__, conn, ACCESS_READ) || !call_flags(&c, flags, 0))
		return -1;
	cpus = engine_host_cpus(&c.err);
	if (call_end(&c, cpus != NULL) < 0)
		return -1;
	map = g_malloc0(cpus->len / 8 + 1);
	for (guint i = 0; i < cpus->len; i++) {
		if (!g_array_index(cpus, gboolean, i))
			continue;
		map[i / 8] |= (unsigned char)(1u << i % 8);
		n_online++;
	}
	if (online)
		*online = n_online;
	if (cpumap)
		*cpumap = map;
	else
		g_free(map);
	return (int)cpus->len;
}

int virNodeGetCPUStats(virConnectPtr conn, int cpuNum, virNodeCPUStatsPtr params, int *nparams,
		       unsigned int flags)
{
	struct host_time time;
	struct call c;

	if (!call_connect(&c, __func__, conn, ACCESS_READ) || !call_flags(&c, flags, 0) ||
	    !call_not_null(&c, nparams, "nparams") ||
	    call_end(&c, engine_host_time(cpuNum, &time, &c.err)) < 0)
		return -1;
	const virNodeCPUStats all[] = {
		{ VIR_NODE_CPU_STATS_KERNEL, time.system },
		{ VIR_NODE_CPU_STATS_USER, time.user },
		{ VIR_NODE_CPU_STATS_IDLE, time.idle },
		{ VIR_NODE_CPU_STATS_IOWAIT, time.iowait },
	};

	if (params && *nparams > 0)
		memcpy(params, all, sizeof(*all) * MIN((size_t)*nparams, G_N_ELEMENTS(all)));
	*nparams = params ? MIN(*nparams, (int)G_N_ELEMENTS(all)) : (int)G_N_ELEMENTS(all);
	return 0;
}

int virNodeGetMemoryStats(virConnectPtr conn, int cellNum, virNodeMemoryStatsPtr params,
			  int *nparams, unsigned int flags)
{
	struct host_memory memory;
	struct call c;

	if (!call_connect(&c, __func__, conn, ACCESS_READ) || !call_flags(&c, flags, 0) ||
	    !call_not_null(&c, nparams, "nparams"))
		return -1;
	if (cellNum != VIR_NODE_MEMORY_STATS_ALL_CELLS) {
		call_fail(&c, VIR_ERR_ARGUMENT_UNSUPPORTED,
			  "memory of single cells is not told; see 'numastat -m'");
		return -1;
	}
	if (call_end(&c, engine_host_memory(&memory, &c.err)) < 0)
		return -1;
	const virNodeMemoryStats all[] = {
		{ VIR_NODE_MEMORY_STATS_TOTAL, memory.total },
		{ VIR_NODE_MEMORY_STATS_FREE, memory.free },
		{ VIR_NODE_MEMORY_STATS_BUFFERS, memory.buffers },
		{ VIR_NODE_MEMORY_STATS_CACHED, memory.cached },
	};

	if (params && *nparams > 0)
		memcpy(params, all, sizeof(*all) * MIN((size_t)*nparams, G_N_ELEMENTS(all)));
	*nparams = params ? MIN(*nparams, (int)G_N_ELEMENTS(all)) : (int)G_N_ELEMENTS(all);
	return 0;
}
