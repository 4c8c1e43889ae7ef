/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Memory and CPUs of a domain. */
#include "api/call.h"
#include "base/error.h"
#include "base/phrases.h"
#include "engine/inspect.h"

/* Only the next start can give a guest another size. */
static bool is_for_config(struct call *c, unsigned int flags)
{
	struct domain_brief *brief = engine_brief(c->engine, c->name, &c->err);
	bool is_alive = brief && brief->is_alive, fine = brief != NULL;

	domain_brief_free(brief);
	if (!(flags & VIR_DOMAIN_AFFECT_LIVE) && (!is_alive || (flags & VIR_DOMAIN_AFFECT_CONFIG)))
		return fine;
	if (!fine)
		return false;
	if (!is_alive)
		return fail(&c->err, VIR_ERR_OPERATION_INVALID, PHRASE_NOT_RUNNING);
	return fail(&c->err, VIR_ERR_ARGUMENT_UNSUPPORTED,
		    "memory and CPUs of a running guest cannot be changed; with --config the next "
		    "start changes them");
}

static int resize(struct call *c, enum size size, unsigned long value, unsigned int flags)
{
	if (value == 0 && !call_fail(c, VIR_ERR_INVALID_ARG, "%s: 0 is too little", c->function))
		return -1;
	return call_end(c, is_for_config(c, flags) &&
			   engine_set_size(c->engine, c->name, size, value, &c->err));
}

static int set_memory(const char *function, virDomainPtr domain, unsigned long memory,
		      unsigned int flags)
{
	struct call c;

	if (!call_domain(&c, function, domain, ACCESS_WRITE) ||
	    !call_flags(&c, flags, VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG |
				   VIR_DOMAIN_MEM_MAXIMUM))
		return -1;
	return resize(&c, flags & VIR_DOMAIN_MEM_MAXIMUM ? SIZE_MAX_MEMORY : SIZE_MEMORY, memory,
		      flags);
}

int virDomainSetMemoryFlags(virDomainPtr domain, unsigned long memory, unsigned int flags)
{
	return set_memory(__func__, domain, memory, flags);
}

int virDomainSetMemory(virDomainPtr domain, unsigned long memory)
{
	return set_memory(__func__, domain, memory, VIR_DOMAIN_MEM_LIVE);
}

int virDomainSetMaxMemory(virDomainPtr domain, unsigned long memory)
{
	return set_memory(__func__, domain, memory, VIR_DOMAIN_MEM_MAXIMUM);
}

static int set_vcpus(const char *function, virDomainPtr domain, unsigned int nvcpus,
		     unsigned int flags)
{
	struct call c;

	if (!call_domain(&c, function, domain, ACCESS_WRITE) ||
	    !call_flags(&c, flags, VIR_DOMAIN_VCPU_LIVE | VIR_DOMAIN_VCPU_CONFIG |
				   VIR_DOMAIN_VCPU_MAXIMUM))
		return -1;
	if ((flags & VIR_DOMAIN_VCPU_MAXIMUM) && (flags & VIR_DOMAIN_VCPU_LIVE) &&
	    !call_fail(&c, VIR_ERR_INVALID_ARG,
		       "the maximum cannot be changed while the guest runs"))
		return -1;
	return resize(&c, flags & VIR_DOMAIN_VCPU_MAXIMUM ? SIZE_MAX_VCPUS : SIZE_VCPUS, nvcpus,
		      flags);
}

int virDomainSetVcpusFlags(virDomainPtr domain, unsigned int nvcpus, unsigned int flags)
{
	return set_vcpus(__func__, domain, nvcpus, flags);
}

int virDomainSetVcpus(virDomainPtr domain, unsigned int nvcpus)
{
	return set_vcpus(__func__, domain, nvcpus, VIR_DOMAIN_VCPU_LIVE);
}

/* Whether there is what the flags ask about. */
static bool has_source(struct call *c, unsigned int flags)
{
	struct domain_brief *brief = engine_brief(c->engine, c->name, &c->err);
	bool fine = brief != NULL;

	if (fine && (flags & VIR_DOMAIN_VCPU_LIVE) && !brief->is_alive)
		fine = fail(&c->err, VIR_ERR_OPERATION_INVALID, PHRASE_NOT_RUNNING);
	if (fine && (flags & VIR_DOMAIN_VCPU_CONFIG) && !brief->has_config)
		fine = fail(&c->err, VIR_ERR_OPERATION_INVALID,
			    "domain '%s' is transient: it has no stored configuration", c->name);
	domain_brief_free(brief);
	return fine;
}

int virDomainGetVcpusFlags(virDomainPtr domain, unsigned int flags)
{
	static const struct flag_pair impact = { VIR_DOMAIN_VCPU_LIVE, VIR_DOMAIN_VCPU_CONFIG,
						 "live", "config" };
	struct domain_info info = { 0 };
	struct call c;
	int n;

	if (!call_domain(&c, __func__, domain, ACCESS_READ) ||
	    !call_flags(&c, flags, impact.one | impact.other | VIR_DOMAIN_VCPU_MAXIMUM) ||
	    !call_exclusive(&c, flags, &impact) ||
	    call_end(&c, has_source(&c, flags) &&
			 engine_info(c.engine, c.name, flags & VIR_DOMAIN_VCPU_CONFIG, &info,
				     &c.err)) < 0)
		return -1;
	n = (int)(flags & VIR_DOMAIN_VCPU_MAXIMUM ? info.max_vcpus : info.vcpus);
	domain_info_clear(&info);
	return n;
}
