/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Commands that open an editor on XML. */
#include <stdlib.h>
#include <libvirt/virterror.h>

#include "command.h"
#include "commands/editor.h"
#include "output/errors.h"
#include "mem.h"
#include "output/outcome.h"

/* ---- edit --------------------------------------------------------------------------------- */

struct edit_args {
	struct domain_target domain;
	unsigned skip_validate;
};

static const struct option edit_options[] = {
	DOMAIN_AT(edit_args),
	{ .name = "skip-validate", BIT_AT(edit_args, skip_validate, 1),
	  .summary = "store also what start would refuse" },
	{ .name = NULL },
};

static char *fetch_domain(const void *data)
{
	const struct edit_args *a = data;

	return virDomainGetXMLDesc(a->domain.domain,
				   VIR_DOMAIN_XML_INACTIVE | VIR_DOMAIN_XML_SECURE);
}

static bool store_domain(const void *data, const char *text, bool ignores_validation)
{
	const struct edit_args *a = data;
	unsigned flags = a->skip_validate || ignores_validation ? 0 : VIR_DOMAIN_DEFINE_VALIDATE;
	virDomainPtr domain = virDomainDefineXMLFlags(virDomainGetConnect(a->domain.domain), text,
						      flags);

	if (domain)
		virDomainFree(domain);
	return domain;
}

static bool run_edit(struct shell *sh, const void *args)
{
	const struct edit_args *a = args;
	const char *name = virDomainGetName(a->domain.domain);
	auto_free char *label = mem_format("the configuration of domain '%s'", name);
	struct subject s = { label, a, fetch_domain, store_domain };

	switch (edit_subject(sh, &s)) {
	case EDITED:
		outcome(sh, name, NULL, "Domain '%s' XML configuration edited.", name);
		return true;
	case EDITED_UNCHANGED:
		outcome(sh, name, NULL, "Domain '%s' XML configuration not changed.", name);
		return true;
	default:
		return false;
	}
}

const struct command command_edit = {
	.name = "edit",
	.summary = "edit the XML of a domain",
	.about = "Opens VISUAL, EDITOR or vi on the stored configuration and defines what comes of "
		 "it. A running guest is not changed: the next start takes it up. A text that is "
		 "refused is kept in a file; on a terminal it can be edited again.",
	.options = edit_options,
	.args_size = sizeof(struct edit_args),
	.run = run_edit,
};
