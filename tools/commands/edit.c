/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Commands that open an editor on XML. */
#include <stdlib.h>
#include <domsh/domsh.h>
#include <libvirt/virterror.h>

#include "commands/chosen.h"
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

/* ---- snapshot-edit ------------------------------------------------------------------------ */

enum { WHICH = 1 << 0, HOW = 1 << 1 };

struct snapshot_edit_args {
	struct domain_target domain;
	struct snapshot_target snapshot;
	unsigned current;
	unsigned flags; /* domshSnapshotEditFlags */
};

static const struct option snapshot_edit_options[] = {
	DOMAIN_THAT(snapshot_edit_args, VIR_CONNECT_LIST_DOMAINS_HAS_SNAPSHOT),
	CHOSEN_NAME_AT(snapshot_edit_args, WHICH),
	CHOSEN_CURRENT_AT(snapshot_edit_args, WHICH),
	{ .name = "rename", BIT_AT(snapshot_edit_args, flags, DOMSH_SNAPSHOT_EDIT_RENAME),
	  .excludes = HOW, .summary = "its name may be changed" },
	{ .name = "clone", BIT_AT(snapshot_edit_args, flags, DOMSH_SNAPSHOT_EDIT_CLONE),
	  .excludes = HOW, .summary = "a changed name makes another record" },
	{ .name = NULL },
};

/* What is edited, and what came of it. */
struct snapshot_edit {
	virDomainSnapshotPtr snapshot;
	unsigned flags;
	virDomainSnapshotPtr *ret;
};

static char *fetch_snapshot(const void *data)
{
	const struct snapshot_edit *e = data;

	return virDomainSnapshotGetXMLDesc(e->snapshot, VIR_DOMAIN_SNAPSHOT_XML_SECURE);
}

static bool store_snapshot(const void *data, const char *text, bool ignores_validation)
{
	const struct snapshot_edit *e = data;

	(void)ignores_validation;
	*e->ret = domshSnapshotEdit(e->snapshot, text, e->flags);
	return *e->ret;
}

static bool edit_chosen(struct shell *sh, const struct snapshot_edit_args *a,
			virDomainSnapshotPtr snapshot)
{
	const char *domain = virDomainGetName(a->domain.domain);
	const char *name = virDomainSnapshotGetName(snapshot), *new_name;
	auto_free char *label = mem_format("the record of snapshot '%s'", name);
	virDomainSnapshotPtr made = NULL;
	struct snapshot_edit e = { snapshot, a->flags, &made };
	struct subject s = { label, &e, fetch_snapshot, store_snapshot };
	enum edited result = edit_subject(sh, &s);

	if (result == EDITED_FAILED)
		return false;
	new_name = made ? virDomainSnapshotGetName(made) : name;
	if (result == EDITED_UNCHANGED)
		outcome(sh, domain, name, "Snapshot %s XML configuration not changed.", name);
	else if (a->flags & DOMSH_SNAPSHOT_EDIT_CLONE)
		outcome(sh, domain, new_name, "Snapshot %s cloned to %s.", name, new_name);
	else
		outcome(sh, domain, new_name, "Snapshot %s edited.", new_name);
	if (made)
		virDomainSnapshotFree(made);
	return true;
}

static bool run_snapshot_edit(struct shell *sh, const void *args)
{
	const struct snapshot_edit_args *a = args;
	struct chosen c;
	bool ok;

	if (!chosen_find(sh, &a->domain, &a->snapshot, a->current, &c))
		return false;
	ok = edit_chosen(sh, a, c.snapshot);
	chosen_release(&c);
	return ok;
}

const struct command command_snapshot_edit = {
	.name = "snapshot-edit",
	.summary = "edit the record of a snapshot",
	.about = "Opens VISUAL, EDITOR or vi on the record, and puts what comes of it in its place. "
		 "The old one goes into the domain's old/. A name is changed only with --rename or "
		 "--clone, and only where the disk images hold no snapshot of that name.",
	.options = snapshot_edit_options,
	.args_size = sizeof(struct snapshot_edit_args),
	.run = run_snapshot_edit,
};
