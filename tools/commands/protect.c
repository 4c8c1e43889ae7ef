/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command protect. */
#include <domsh/domsh.h>
#include <libvirt/virterror.h>

#include "command.h"
#include "output/errors.h"
#include "output/outcome.h"

struct protect_args {
	struct domain_target domain;
	unsigned off;
};

static const struct option protect_options[] = {
	DOMAINS_THAT(protect_args, VIR_CONNECT_LIST_DOMAINS_PERSISTENT),
	{ .name = "off", BIT_AT(protect_args, off, 1), .summary = "take the protection off" },
	{ .name = NULL },
};

static bool run_protect(struct shell *sh, const void *args)
{
	const struct protect_args *a = args;
	const char *name = virDomainGetName(a->domain.domain);

	if (domshDomainSetProtected(a->domain.domain, !a->off) < 0)
		return fail_call(sh, "Failed to %s domain '%s'",
				 a->off ? "take the protection off" : "protect", name);
	outcome(sh, name, NULL, a->off ? "Domain '%s' is no longer protected"
				       : "Domain '%s' is protected against deletion", name);
	return true;
}

const struct command command_protect = {
	.name = "protect",
	.summary = "protect a domain against deletion",
	.about = "While a domain is protected, undefine, deleting its snapshots and removing its "
		 "storage are refused, whatever their options say.",
	.options = protect_options,
	.args_size = sizeof(struct protect_args),
	.run = run_protect,
};
