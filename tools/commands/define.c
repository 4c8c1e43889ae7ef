/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Commands that change a domain's configuration: define, domrename. */
#include <libvirt/virterror.h>

#include "command.h"
#include "output/errors.h"
#include "output/outcome.h"

/* ---- define ------------------------------------------------------------------------------- */

struct define_args {
	struct file_target file;
	unsigned flags;
};

static const struct option define_options[] = {
	{ .name = "file", VALUE_AT(OPTION_FILE, define_args, file),
	  .props = OPTION_REQUIRED | OPTION_POSITIONAL,
	  .summary = "file with the XML of the domain; '-' is standard input" },
	{ .name = "validate", BIT_AT(define_args, flags, VIR_DOMAIN_DEFINE_VALIDATE),
	  .summary = "refuse what would be refused at the start, too" },
	{ .name = NULL },
};

static bool run_define(struct shell *sh, const void *args)
{
	const struct define_args *a = args;
	virDomainPtr domain = virDomainDefineXMLFlags(sh->conn, a->file.text, a->flags);

	if (!domain)
		return fail_call(sh, "Failed to define domain from %s", a->file.path);
	outcome(sh, virDomainGetName(domain), NULL, "Domain '%s' defined from %s",
		virDomainGetName(domain), a->file.path);
	virDomainFree(domain);
	return true;
}

const struct command command_define = {
	.name = "define",
	.summary = "define a domain, or change its configuration, from an XML file",
	.about = "Makes the XML the configuration of a persistent domain, without starting it. An "
		 "existing domain of that name and UUID gets it for its next start and keeps its "
		 "snapshots and its managed save image; a transient one becomes persistent. The "
		 "configuration before is kept and can be taken back: see trash-list.",
	.options = define_options,
	.args_size = sizeof(struct define_args),
	.run = run_define,
};

/* ---- domrename ---------------------------------------------------------------------------- */

struct rename_args {
	struct domain_target domain;
	const char *name;
};

static const struct option rename_options[] = {
	DOMAIN_THAT(rename_args, VIR_CONNECT_LIST_DOMAINS_INACTIVE),
	{ .name = "new-name", VALUE_AT(OPTION_STRING, rename_args, name),
	  .props = OPTION_REQUIRED | OPTION_POSITIONAL, .summary = "the name it gets" },
	{ .name = NULL },
};

static bool run_rename(struct shell *sh, const void *args)
{
	const struct rename_args *a = args;

	if (virDomainRename(a->domain.domain, a->name, 0) < 0)
		return fail_call(sh, "Failed to rename domain '%s' to '%s'", a->domain.word,
				 a->name);
	outcome(sh, a->name, NULL, "Domain successfully renamed");
	return true;
}

const struct command command_domrename = {
	.name = "domrename",
	.summary = "rename an inactive domain",
	.about = "Gives a domain that is off another name. Its snapshots, checkpoints, NVRAM and "
		 "autostart go with it.",
	.options = rename_options,
	.args_size = sizeof(struct rename_args),
	.run = run_rename,
};
