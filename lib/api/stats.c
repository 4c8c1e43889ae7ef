/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Statistics from files: no guest is asked. */
#include "api/call.h"
#include "api/typed-params.h"
#include "engine/inspect.h"

#define ENFORCE VIR_CONNECT_GET_ALL_DOMAINS_STATS_ENFORCE_STATS
#define NOWAIT VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT
#define FILTERS ((1u << 16) - 1)
#define KNOWN \
	(VIR_DOMAIN_STATS_STATE | VIR_DOMAIN_STATS_CPU_TOTAL | VIR_DOMAIN_STATS_BALLOON | \
	 VIR_DOMAIN_STATS_VCPU)

static bool check_stats(struct call *c, unsigned int stats, unsigned int flags)
{
	if (!(flags & ENFORCE) || !(stats & ~(unsigned int)KNOWN))
		return true;
	return call_fail(c, VIR_ERR_ARGUMENT_UNSUPPORTED,
			 "groups of statistics 0x%x are not known to this build", stats & ~KNOWN);
}

static void add_state(struct params *p, const struct domain_brief *brief)
{
	params_int(p, "state.state", (int)brief->state);
	params_int(p, "state.reason", MAX(brief->reason, 0));
}

static void add_config(struct params *p, struct engine *e, const char *name, unsigned int stats)
{
	struct domain_info info = { 0 };

	if (!engine_info(e, name, false, &info, NULL))
		return;
	if (stats & VIR_DOMAIN_STATS_BALLOON) {
		params_ullong(p, "balloon.current", info.memory_kib);
		params_ullong(p, "balloon.maximum", info.max_memory_kib);
	}
	if (stats & VIR_DOMAIN_STATS_VCPU) {
		params_uint(p, "vcpu.current", info.vcpus);
		params_uint(p, "vcpu.maximum", info.max_vcpus);
	}
	domain_info_clear(&info);
}

/* NULL: it has vanished. */
static virDomainStatsRecordPtr make_record(virDomainPtr domain, unsigned int stats)
{
	struct engine *e = domain->conn->engine;
	const char *name = domain_name(domain);
	struct domain_brief *brief = engine_brief(e, name, NULL);
	virDomainStatsRecordPtr record;
	struct params p;

	if (!brief)
		return NULL;
	params_init(&p);
	if (stats & VIR_DOMAIN_STATS_STATE)
		add_state(&p, brief);
	if ((stats & VIR_DOMAIN_STATS_CPU_TOTAL) && brief->is_alive)
		params_ullong(&p, "cpu.time", engine_cpu_time(e, name));
	if (stats & (VIR_DOMAIN_STATS_BALLOON | VIR_DOMAIN_STATS_VCPU))
		add_config(&p, e, name, stats);
	domain_brief_free(brief);
	record = g_new0(virDomainStatsRecord, 1);
	handle_ref(domain);
	record->dom = domain;
	record->nparams = params_take(&p, &record->params);
	return record;
}

static int make_records(virDomainPtr *domains, size_t n, unsigned int stats,
			virDomainStatsRecordPtr **ret_records)
{
	virDomainStatsRecordPtr *records = g_new0(virDomainStatsRecordPtr, n + 1);
	int made = 0;

	for (size_t i = 0; i < n; i++) {
		records[made] = make_record(domains[i], stats ? stats : KNOWN);
		made += records[made] != NULL;
	}
	*ret_records = records;
	return made;
}

int virConnectGetAllDomainStats(virConnectPtr conn, unsigned int stats,
				virDomainStatsRecordPtr **retStats, unsigned int flags)
{
	virDomainPtr *domains = NULL;
	struct call c;
	int n;

	if (!call_connect(&c, __func__, conn, ACCESS_READ) ||
	    !call_flags(&c, flags, FILTERS | ENFORCE | NOWAIT) ||
	    !call_not_null(&c, retStats, "retStats") || !check_stats(&c, stats, flags))
		return -1;
	n = virConnectListAllDomains(conn, &domains, flags & FILTERS);
	if (n < 0)
		return -1;
	int made = make_records(domains, (size_t)n, stats, retStats);
	for (int i = 0; i < n; i++)
		handle_unref(domains[i]);
	g_free(domains);
	return made;
}

int virDomainListGetStats(virDomainPtr *doms, unsigned int stats,
			  virDomainStatsRecordPtr **retStats, unsigned int flags)
{
	struct call c = { .function = __func__ };
	size_t n = 0;

	if (!call_not_null(&c, doms, "doms") || !call_not_null(&c, retStats, "retStats"))
		return -1;
	for (; doms[n]; n++)
		if (!call_domain(&c, __func__, doms[n], ACCESS_READ))
			return -1;
	if (n == 0) {
		call_fail(&c, VIR_ERR_INVALID_ARG, "doms in %s is empty", __func__);
		return -1;
	}
	if (!call_flags(&c, flags, ENFORCE | NOWAIT) || !check_stats(&c, stats, flags))
		return -1;
	return make_records(doms, n, stats, retStats);
}

void virDomainStatsRecordListFree(virDomainStatsRecordPtr *stats)
{
	for (virDomainStatsRecordPtr *at = stats; at && *at; at++) {
		virTypedParamsFree((*at)->params, (*at)->nparams);
		handle_unref((*at)->dom);
		g_free(*at);
	}
	g_free(stats);
}
