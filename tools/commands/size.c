/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How much memory and how many CPUs a domain has: setmem, setmaxmem, setvcpus, vcpucount. */
#include <limits.h>
#include <stdio.h>
#include <libvirt/virterror.h>

#include "command.h"
#include "output/errors.h"
#include "output/outcome.h"
#include "output/render.h"

/* ---- Which configuration ------------------------------------------------------------------ */

enum { CURRENT = 1 << 30 }; /* beside virDomainModificationImpact: it was said */

/* Exclusions: each two of the three. */
enum { LIVE_CONFIG = 1 << 0, LIVE_CURRENT = 1 << 1, CONFIG_CURRENT = 1 << 2 };

#define IMPACT_OPTIONS(type, both)                                                        \
	{ .name = "config", BIT_AT(type, flags, VIR_DOMAIN_AFFECT_CONFIG),                \
	  .excludes = CONFIG_CURRENT | (both), .summary = "of the next start" },          \
	{ .name = "live", BIT_AT(type, flags, VIR_DOMAIN_AFFECT_LIVE),                    \
	  .excludes = LIVE_CURRENT | (both), .summary = "of the guest that runs" },       \
	{ .name = "current", BIT_AT(type, flags, CURRENT),                                \
	  .excludes = LIVE_CURRENT | CONFIG_CURRENT,                                      \
	  .summary = "of the guest when it runs, else of the next start" }

/* What virsh means without any of the options. */
static unsigned impact_or(unsigned flags, unsigned unsaid)
{
	return flags ? flags & ~(unsigned)CURRENT : unsaid;
}

/* Quiet for people, as virsh. */
static bool end(const struct shell *sh, int rc, virDomainPtr domain)
{
	if (rc < 0)
		return fail_library(sh);
	if (sh->settings.json)
		outcome(sh, virDomainGetName(domain), NULL, "done");
	return true;
}

/* ---- setmem, setmaxmem -------------------------------------------------------------------- */

struct memory_args {
	struct domain_target domain;
	unsigned long long bytes;
	unsigned flags;
};

static const struct option memory_options[] = {
	DOMAIN_THAT(memory_args, VIR_CONNECT_LIST_DOMAINS_PERSISTENT),
	{ .name = "size", .alias = "kilobytes", VALUE_AT(OPTION_SCALED, memory_args, bytes),
	  .min = 1024, .props = OPTION_REQUIRED | OPTION_POSITIONAL,
	  .summary = "how much; KiB unless it has a unit" },
	IMPACT_OPTIONS(memory_args, 0),
	{ .name = NULL },
};

static unsigned long kib(const struct memory_args *a)
{
	return (unsigned long)(a->bytes / 1024 + (a->bytes % 1024 != 0));
}

static bool run_setmem(struct shell *sh, const void *args)
{
	const struct memory_args *a = args;

	return end(sh, virDomainSetMemoryFlags(a->domain.domain, kib(a),
					       impact_or(a->flags, VIR_DOMAIN_AFFECT_LIVE)),
		   a->domain.domain);
}

const struct command command_setmem = {
	.name = "setmem",
	.summary = "set how much memory the next start gives a guest",
	.about = "Needs --config while the guest runs: its memory cannot be changed then. Not more "
		 "than setmaxmem allows.",
	.options = memory_options,
	.args_size = sizeof(struct memory_args),
	.run = run_setmem,
};

static bool run_setmaxmem(struct shell *sh, const void *args)
{
	const struct memory_args *a = args;
	unsigned flags = impact_or(a->flags, VIR_DOMAIN_AFFECT_CURRENT) | VIR_DOMAIN_MEM_MAXIMUM;

	if (virDomainSetMemoryFlags(a->domain.domain, kib(a), flags) < 0)
		return fail_call(sh, "Unable to change MaxMemorySize");
	return end(sh, 0, a->domain.domain);
}

const struct command command_setmaxmem = {
	.name = "setmaxmem",
	.summary = "set how much memory a guest may have",
	.about = "Changes the upper limit, from the next start on. What the guest has is lowered "
		 "with it. Needs --config while the guest runs.",
	.options = memory_options,
	.args_size = sizeof(struct memory_args),
	.run = run_setmaxmem,
};

/* ---- setvcpus ----------------------------------------------------------------------------- */

struct vcpus_args {
	struct domain_target domain;
	long long count;
	unsigned flags;
};

static const struct option setvcpus_options[] = {
	DOMAIN_THAT(vcpus_args, VIR_CONNECT_LIST_DOMAINS_PERSISTENT),
	{ .name = "count", VALUE_AT(OPTION_NUMBER, vcpus_args, count), .min = 1, .max = INT_MAX,
	  .props = OPTION_REQUIRED | OPTION_POSITIONAL, .summary = "how many" },
	{ .name = "maximum", BIT_AT(vcpus_args, flags, VIR_DOMAIN_VCPU_MAXIMUM),
	  .needs = "config", .summary = "set how many it may have" },
	IMPACT_OPTIONS(vcpus_args, 0),
	{ .name = "guest", BIT_AT(vcpus_args, flags, VIR_DOMAIN_VCPU_GUEST),
	  .unsupported = "the guest agent is not spoken to",
	  .summary = "switch them on and off inside the guest" },
	{ .name = "hotpluggable", BIT_AT(vcpus_args, flags, VIR_DOMAIN_VCPU_HOTPLUGGABLE),
	  .unsupported = "CPUs are there from the start or not at all",
	  .summary = "make added ones removable" },
	{ .name = NULL },
};

static bool run_setvcpus(struct shell *sh, const void *args)
{
	const struct vcpus_args *a = args;

	return end(sh, virDomainSetVcpusFlags(a->domain.domain, (unsigned)a->count,
					      impact_or(a->flags, VIR_DOMAIN_AFFECT_LIVE)),
		   a->domain.domain);
}

const struct command command_setvcpus = {
	.name = "setvcpus",
	.summary = "set how many CPUs the next start gives a guest",
	.about = "Needs --config while the guest runs: its CPUs cannot be changed then. With "
		 "--maximum it sets the upper limit.",
	.options = setvcpus_options,
	.args_size = sizeof(struct vcpus_args),
	.run = run_setvcpus,
};

/* ---- vcpucount ---------------------------------------------------------------------------- */

enum { MAXIMUM = 1 << 0, ACTIVE = 1 << 1, ACTIVE_MAXIMUM = 1 << 3 };

struct count_args {
	struct domain_target domain;
	unsigned flags; /* virDomainModificationImpact and CURRENT */
	unsigned which;
	unsigned guest;
};

static const struct option count_options[] = {
	DOMAIN_AT(count_args),
	{ .name = "maximum", BIT_AT(count_args, which, MAXIMUM), .excludes = ACTIVE_MAXIMUM,
	  .summary = "how many it may have" },
	{ .name = "active", BIT_AT(count_args, which, ACTIVE), .excludes = ACTIVE_MAXIMUM,
	  .summary = "how many it has" },
	IMPACT_OPTIONS(count_args, LIVE_CONFIG),
	{ .name = "guest", BIT_AT(count_args, guest, 1),
	  .unsupported = "the guest agent is not spoken to", .summary = "as the guest says" },
	{ .name = NULL },
};

static const struct {
	const char *key, *label, *source;
	unsigned flags;
} counts[] = {
	{ "maximum_config", "maximum", "config", VIR_DOMAIN_VCPU_MAXIMUM | VIR_DOMAIN_VCPU_CONFIG },
	{ "maximum_live", "maximum", "live", VIR_DOMAIN_VCPU_MAXIMUM | VIR_DOMAIN_VCPU_LIVE },
	{ "current_config", "current", "config", VIR_DOMAIN_VCPU_CONFIG },
	{ "current_live", "current", "live", VIR_DOMAIN_VCPU_LIVE },
};

#define COUNTS (sizeof(counts) / sizeof(*counts))

/* Those that the domain has: a configuration, or a guest that runs. */
static bool show_all(const struct shell *sh, virDomainPtr domain)
{
	struct column columns[COUNTS + 2] = { { "domain", NULL } };
	struct value row[COUNTS + 1] = { value_text(virDomainGetName(domain)) };
	char labels[COUNTS][32], texts[COUNTS][16];
	struct sheet s;

	for (size_t i = 0; i < COUNTS; i++) {
		int n = virDomainGetVcpusFlags(domain, counts[i].flags);

		if (n < 0 && virGetLastErrorCode() != VIR_ERR_OPERATION_INVALID)
			return fail_library(sh);
		snprintf(labels[i], sizeof(labels[i]), "%-12s %-12s", counts[i].label,
			 counts[i].source);
		snprintf(texts[i], sizeof(texts[i]), "%3d", n);
		columns[i + 1] = (struct column){ counts[i].key, labels[i] };
		row[i + 1] = n < 0 ? (struct value){ .kind = VALUE_ABSENT }
				   : value_number(n, texts[i]);
	}
	sheet_init(&s, columns);
	sheet_add(&s, row);
	render_bare_record(sh, &s);
	return true;
}

static bool run_vcpucount(struct shell *sh, const void *args)
{
	const struct count_args *a = args;
	virDomainPtr domain = a->domain.domain;
	char text[16];
	int n;

	if (!a->which && !a->flags)
		return show_all(sh, domain);
	n = virDomainGetVcpusFlags(domain, impact_or(a->flags, 0) |
					   (a->which & MAXIMUM ? VIR_DOMAIN_VCPU_MAXIMUM : 0));
	if (n < 0)
		return fail_library(sh);
	snprintf(text, sizeof(text), "%d", n);
	render_value(sh, "domain", virDomainGetName(domain), "vcpus", value_number(n, text));
	return true;
}

const struct command command_vcpucount = {
	.name = "vcpucount",
	.summary = "print how many CPUs a domain has",
	.about = "Prints how many it has and may have, now and from the next start on. With options "
		 "one of these numbers.",
	.options = count_options,
	.args_size = sizeof(struct count_args),
	.run = run_vcpucount,
};
