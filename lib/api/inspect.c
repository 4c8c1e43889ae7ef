/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The host, sizes of disks, saved configurations, jobs, protection, waiting, the doctor. */
#include <domsh/domsh.h>
#include <string.h>
#include "api/call.h"
#include "api/typed-params.h"
#include "engine/inspect.h"
#include "store/domain.h"

/* ---- Host --------------------------------------------------------------------------------- */

int virNodeGetInfo(virConnectPtr conn, virNodeInfoPtr info)
{
	struct host_info host;
	struct call c;

	if (!call_connect(&c, __func__, conn, ACCESS_READ) || !call_not_null(&c, info, "info") ||
	    call_end(&c, engine_host_info(&host, &c.err)) < 0)
		return -1;
	*info = (virNodeInfo){ .memory = host.memory_kib, .cpus = host.cpus, .mhz = host.mhz,
			       .nodes = host.nodes, .sockets = host.sockets, .cores = host.cores,
			       .threads = host.threads };
	g_strlcpy(info->model, host.model, sizeof(info->model));
	return 0;
}

int virConnectGetMaxVcpus(virConnectPtr conn, const char *type)
{
	struct call c;
	int n;

	if (!call_connect(&c, __func__, conn, ACCESS_READ))
		return -1;
	n = engine_max_vcpus(type, &c.err);
	return call_end(&c, n >= 0) < 0 ? -1 : n;
}

/* ---- Disks and saved configurations ------------------------------------------------------- */

int virDomainGetBlockInfo(virDomainPtr domain, const char *disk, virDomainBlockInfoPtr info,
			  unsigned int flags)
{
	struct disk_sizes sizes;
	struct call c;

	if (!call_domain(&c, __func__, domain, ACCESS_READ) || !call_flags(&c, flags, 0) ||
	    !call_not_null(&c, disk, "disk") || !call_not_null(&c, info, "info") ||
	    call_end(&c, engine_disk_sizes(c.engine, c.name, disk, &sizes, &c.err)) < 0)
		return -1;
	*info = (virDomainBlockInfo){ .capacity = sizes.capacity, .allocation = sizes.allocation,
				      .physical = sizes.physical };
	return 0;
}

static char *saved_xml(struct call *c, const char *file, unsigned int flags)
{
	bool has_secrets = flags & VIR_DOMAIN_SAVE_IMAGE_XML_SECURE;
	char *xml;

	if (!call_flags(c, flags, VIR_DOMAIN_SAVE_IMAGE_XML_SECURE) ||
	    !call_secure(c, has_secrets))
		return NULL;
	xml = engine_saved_xml(c->engine, c->name, file, has_secrets, &c->err);
	return call_end(c, xml != NULL) < 0 ? NULL : xml;
}

char *virDomainManagedSaveGetXMLDesc(virDomainPtr domain, unsigned int flags)
{
	struct call c;

	return call_domain(&c, __func__, domain, ACCESS_READ) ? saved_xml(&c, NULL, flags) : NULL;
}

/* Files are read with the caller's rights: on a read-only connection that may be too much. */
char *virDomainSaveImageGetXMLDesc(virConnectPtr conn, const char *file, unsigned int flags)
{
	struct call c;

	if (!call_connect(&c, __func__, conn, ACCESS_WRITE) || !call_not_null(&c, file, "file"))
		return NULL;
	return saved_xml(&c, file, flags);
}

/* ---- Jobs --------------------------------------------------------------------------------- */

static int job_type(const struct job_info *job)
{
	return job->is_active ? VIR_DOMAIN_JOB_UNBOUNDED : VIR_DOMAIN_JOB_NONE;
}

int virDomainGetJobInfo(virDomainPtr domain, virDomainJobInfoPtr info)
{
	struct job_info job;
	struct call c;

	if (!call_domain(&c, __func__, domain, ACCESS_READ) || !call_not_null(&c, info, "info") ||
	    call_end(&c, engine_job(c.engine, c.name, &job, &c.err)) < 0)
		return -1;
	*info = (virDomainJobInfo){ .type = job_type(&job) };
	if (!job.is_active)
		return 0;
	info->timeElapsed = (unsigned long long)job.elapsed_ms;
	info->dataTotal = info->memTotal = (unsigned long long)job.total;
	info->dataProcessed = info->memProcessed = (unsigned long long)job.done;
	info->dataRemaining = info->memRemaining = (unsigned long long)(job.total - job.done);
	return 0;
}

int virDomainGetJobStats(virDomainPtr domain, int *type, virTypedParameterPtr *params,
			 int *nparams, unsigned int flags)
{
	static const int operations[] = {
		[JOB_OTHER] = VIR_DOMAIN_JOB_OPERATION_UNKNOWN,
		[JOB_SAVE] = VIR_DOMAIN_JOB_OPERATION_SAVE,
		[JOB_LOAD] = VIR_DOMAIN_JOB_OPERATION_RESTORE,
		[JOB_SNAPSHOT] = VIR_DOMAIN_JOB_OPERATION_SNAPSHOT,
	};
	struct params list;
	struct job_info job;
	struct call c;

	if (!call_domain(&c, __func__, domain, ACCESS_READ) || !call_flags(&c, flags, 0) ||
	    !call_not_null(&c, type, "type") || !call_not_null(&c, params, "params") ||
	    !call_not_null(&c, nparams, "nparams") ||
	    call_end(&c, engine_job(c.engine, c.name, &job, &c.err)) < 0)
		return -1;
	params_init(&list);
	if (job.is_active) {
		params_int(&list, VIR_DOMAIN_JOB_OPERATION,
			   operations[job.kind]);
		params_ullong(&list, VIR_DOMAIN_JOB_TIME_ELAPSED, (guint64)job.elapsed_ms);
	}
	if (job.is_active && job.total > 0) {
		params_ullong(&list, VIR_DOMAIN_JOB_DATA_TOTAL, (guint64)job.total);
		params_ullong(&list, VIR_DOMAIN_JOB_DATA_PROCESSED, (guint64)job.done);
		params_ullong(&list, VIR_DOMAIN_JOB_DATA_REMAINING, (guint64)(job.total - job.done));
	}
	*type = job_type(&job);
	*nparams = params_take(&list, params);
	return 0;
}

int virDomainAbortJob(virDomainPtr domain)
{
	struct call c;

	if (!call_domain(&c, __func__, domain, ACCESS_WRITE))
		return -1;
	return call_end(&c, engine_abort_job(c.engine, c.name, &c.err));
}

/* ---- Protection --------------------------------------------------------------------------- */

int domshDomainIsProtected(virDomainPtr domain)
{
	struct domain_state state = { 0 };
	struct call c;
	int is_protected;

	if (!call_domain(&c, __func__, domain, ACCESS_READ) ||
	    call_end(&c, engine_state(c.engine, c.name, &state, &c.err)) < 0)
		return -1;
	is_protected = state.is_protected;
	domain_state_clear(&state);
	return is_protected;
}

int domshDomainSetProtected(virDomainPtr domain, int isProtected)
{
	struct call c;

	if (!call_domain(&c, __func__, domain, ACCESS_WRITE))
		return -1;
	return call_end(&c, engine_set_protected(c.engine, c.name, isProtected != 0, &c.err));
}

/* ---- Waiting ------------------------------------------------------------------------------ */

int domshDomainAwait(virDomainPtr domain, unsigned int condition, long long timeoutMs)
{
	struct call c;
	int holds;

	if (!call_domain(&c, __func__, domain, ACCESS_READ))
		return -1;
	if (condition > DOMSH_AWAIT_AGENT) {
		call_fail(&c, VIR_ERR_INVALID_ARG, "there is no condition %u", condition);
		return -1;
	}
	holds = condition == DOMSH_AWAIT_AGENT ?
			engine_await_agent(c.engine, c.name, timeoutMs, &c.err) :
			engine_await_off(c.engine, c.name, timeoutMs, &c.err);
	return call_end(&c, holds >= 0) < 0 ? -1 : holds;
}

/* ---- Doctor ------------------------------------------------------------------------------- */

int domshDoctor(virConnectPtr conn, const char *domain, unsigned int flags,
		struct domshFinding **findings)
{
	enum doctor_work work = flags & DOMSH_DOCTOR_FIX      ? DOCTOR_FIX
				: flags & DOMSH_DOCTOR_SETTLE ? DOCTOR_SETTLE
							      : DOCTOR_LOOK;
	enum access access = work == DOCTOR_LOOK ? ACCESS_READ : ACCESS_WRITE;
	g_autoptr(GPtrArray) found = NULL;
	struct call c;

	if (!call_connect(&c, __func__, conn, access) || 
	    !call_flags(&c, flags, DOMSH_DOCTOR_FIX | DOMSH_DOCTOR_SETTLE) ||
	    !call_not_null(&c, findings, "findings"))
		return -1;
	found = engine_doctor(c.engine, domain, work, &c.err);
	if (call_end(&c, found != NULL) < 0)
		return -1;
	*findings = g_new0(struct domshFinding, found->len + 1);
	for (guint i = 0; i < found->len; i++) {
		const struct finding *f = found->pdata[i];

		(*findings)[i] = (struct domshFinding){ g_strdup(f->domain), g_strdup(f->code),
							g_strdup(f->what), g_strdup(f->remedy),
							g_strdup(f->done) };
	}
	return (int)found->len;
}

void domshFindingsFree(struct domshFinding *findings, int n)
{
	for (int i = 0; findings && i < n; i++) {
		g_free(findings[i].domain);
		g_free(findings[i].code);
		g_free(findings[i].what);
		g_free(findings[i].remedy);
		g_free(findings[i].done);
	}
	g_free(findings);
}
