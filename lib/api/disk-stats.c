/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the disks of a running guest have done. */
#include <string.h>
#include "api/call.h"
#include "api/typed-params.h"
#include "engine/inspect.h"

int virDomainBlockStats(virDomainPtr domain, const char *disk, virDomainBlockStatsPtr stats,
			size_t size)
{
	virDomainBlockStatsStruct all = { .errs = -1 };
	struct hv_disk_stats found;
	struct call c;

	if (!call_domain(&c, __func__, domain, ACCESS_READ) || !call_not_null(&c, disk, "disk") ||
	    !call_not_null(&c, stats, "stats"))
		return -1;
	if (size > sizeof(all) && !call_fail(&c, VIR_ERR_INVALID_ARG, "size in %s is too large",
					     __func__))
		return -1;
	if (call_end(&c, engine_disk_stats(c.engine, c.name, disk, &found, &c.err)) < 0)
		return -1;
	all.rd_req = (long long)found.reads;
	all.rd_bytes = (long long)found.read_bytes;
	all.wr_req = (long long)found.writes;
	all.wr_bytes = (long long)found.write_bytes;
	memcpy(stats, &all, size);
	return 0;
}

enum { N_COUNTS = 8 };

static void fill(virTypedParameterPtr params, int n, const struct hv_disk_stats *s)
{
	const struct {
		const char *field;
		guint64 value;
	} rows[N_COUNTS] = {
		{ VIR_DOMAIN_BLOCK_STATS_READ_REQ, s->reads },
		{ VIR_DOMAIN_BLOCK_STATS_READ_BYTES, s->read_bytes },
		{ VIR_DOMAIN_BLOCK_STATS_WRITE_REQ, s->writes },
		{ VIR_DOMAIN_BLOCK_STATS_WRITE_BYTES, s->write_bytes },
		{ VIR_DOMAIN_BLOCK_STATS_FLUSH_REQ, s->flushes },
		{ VIR_DOMAIN_BLOCK_STATS_READ_TOTAL_TIMES, s->read_ns },
		{ VIR_DOMAIN_BLOCK_STATS_WRITE_TOTAL_TIMES, s->write_ns },
		{ VIR_DOMAIN_BLOCK_STATS_FLUSH_TOTAL_TIMES, s->flush_ns },
	};

	for (int i = 0; i < n; i++) {
		params[i] = (virTypedParameter){ .type = VIR_TYPED_PARAM_LLONG,
						 .value.l = (long long)rows[i].value };
		g_strlcpy(params[i].field, rows[i].field, sizeof(params[i].field));
	}
}

int virDomainBlockStatsFlags(virDomainPtr domain, const char *disk, virTypedParameterPtr params,
			     int *nparams, unsigned int flags)
{
	struct hv_disk_stats found;
	struct call c;

	if (!call_domain(&c, __func__, domain, ACCESS_READ) ||
	    !call_flags(&c, flags, 0) ||
	    !call_not_null(&c, disk, "disk") || !call_not_null(&c, nparams, "nparams") ||
	    !call_array(&c, params, "params", *nparams) ||
	    call_end(&c, engine_disk_stats(c.engine, c.name, disk, &found, &c.err)) < 0)
		return -1;
	if (*nparams == 0 || *nparams > N_COUNTS) {
		int room = *nparams;

		*nparams = N_COUNTS;
		if (room == 0)
			return 0;
	}
	fill(params, *nparams, &found);
	return 0;
}

/* ---- Errors ------------------------------------------------------------------------------- */

static int error_code(enum hv_disk_error error)
{
	return error == HV_DISK_NO_SPACE ? VIR_DOMAIN_DISK_ERROR_NO_SPACE
					 : VIR_DOMAIN_DISK_ERROR_UNSPEC;
}

int virDomainGetDiskErrors(virDomainPtr domain, virDomainDiskErrorPtr errors,
			   unsigned int maxerrors, unsigned int flags)
{
	g_autoptr(GPtrArray) targets = NULL;
	struct call c;
	int n = 0;

	if (!call_domain(&c, __func__, domain, ACCESS_READ) || !call_flags(&c, flags, 0) ||
	    (maxerrors > 0 && !call_not_null(&c, errors, "errors")))
		return -1;
	targets = engine_disk_targets(c.engine, c.name, &c.err);
	if (call_end(&c, targets != NULL) < 0)
		return -1;
	if (maxerrors == 0)
		return (int)targets->len;
	for (guint i = 0; i < targets->len && n < (int)maxerrors; i++) {
		struct hv_disk_stats s;

		if (call_end(&c, engine_disk_stats(c.engine, c.name, targets->pdata[i], &s,
						   &c.err)) < 0) {
			while (n > 0)
				g_free(errors[--n].disk);
			return -1;
		}
		if (s.error != HV_DISK_FINE)
			errors[n++] = (virDomainDiskError){ g_strdup(targets->pdata[i]),
							    error_code(s.error) };
	}
	return n;
}
