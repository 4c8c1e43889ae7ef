/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Commands that tell about one snapshot: current, info, parent, dumpxml. */
#include <stdio.h>
#include <stdlib.h>
#include <domsh/domsh.h>
#include <libvirt/virterror.h>

#include "commands/chosen.h"
#include "command.h"
#include "commands/xml.h"
#include "output/errors.h"
#include "mem.h"
#include "output/outcome.h"
#include "output/render.h"

enum { WHICH = 1 << 0 };

/* ---- snapshot-current --------------------------------------------------------------------- */

struct current_args {
	struct domain_target domain;
	struct snapshot_target snapshot;
	unsigned name_only;
	unsigned flags;
};

static const struct option current_options[] = {
	DOMAIN_THAT(current_args, VIR_CONNECT_LIST_DOMAINS_HAS_SNAPSHOT),
	{ .name = "name", BIT_AT(current_args, name_only, 1), .excludes = WHICH,
	  .summary = "its name instead of its XML" },
	{ .name = "security-info", BIT_AT(current_args, flags, VIR_DOMAIN_SNAPSHOT_XML_SECURE),
	  .summary = "passwords too" },
	CHOSEN_NAME_AT(current_args, WHICH),
	{ .name = NULL },
};

/* Its own record again, with the wish to be the current one. */
static bool make_current(struct shell *sh, const struct current_args *a)
{
	virDomainSnapshotPtr old = a->snapshot.snapshot, made = NULL;
	virDomainPtr domain = a->domain.domain;
	auto_free char *xml = virDomainSnapshotGetXMLDesc(old, VIR_DOMAIN_SNAPSHOT_XML_SECURE);

	if (xml)
		made = virDomainSnapshotCreateXML(domain, xml,
						  VIR_DOMAIN_SNAPSHOT_CREATE_REDEFINE |
						  VIR_DOMAIN_SNAPSHOT_CREATE_CURRENT);
	if (!made)
		return fail_call(sh, "Failed to make snapshot %s the current one",
				 a->snapshot.word);
	outcome(sh, virDomainGetName(domain), a->snapshot.word, "Snapshot %s set as current",
		a->snapshot.word);
	virDomainSnapshotFree(made);
	return true;
}

static bool show_current(struct shell *sh, const struct current_args *a,
			 virDomainSnapshotPtr snapshot)
{
	const char *domain = virDomainGetName(a->domain.domain);
	const char *name = virDomainSnapshotGetName(snapshot);

	if (a->name_only) {
		render_value(sh, "domain", domain, "snapshot", value_text(name));
		return true;
	}
	auto_free char *xml = virDomainSnapshotGetXMLDesc(snapshot, a->flags);
	if (!xml)
		return fail_call(sh, "Failed to get the XML of snapshot '%s'", name);
	render_document(sh, "domain", domain, "xml", xml);
	return true;
}

static bool run_current(struct shell *sh, const void *args)
{
	const struct current_args *a = args;
	virDomainPtr domain = a->domain.domain;
	virDomainSnapshotPtr snapshot;
	int has;
	bool ok;

	if (a->snapshot.snapshot)
		return make_current(sh, a);
	has = virDomainHasCurrentSnapshot(domain, 0);
	if (has < 0)
		return fail_library(sh);
	if (has == 0)
		return fail_own(sh, VIR_ERR_NO_DOMAIN_SNAPSHOT,
				"domain '%s' has no current snapshot", virDomainGetName(domain));
	snapshot = virDomainSnapshotCurrent(domain, 0);
	if (!snapshot)
		return fail_library(sh);
	ok = show_current(sh, a, snapshot);
	virDomainSnapshotFree(snapshot);
	return ok;
}

const struct command command_snapshot_current = {
	.name = "snapshot-current",
	.summary = "print the current snapshot, or choose it",
	.about = "Prints the XML of the snapshot that the domain is at, or its name. With the name "
		 "of a snapshot makes that the current one; disks and memory stay as they are.",
	.options = current_options,
	.args_size = sizeof(struct current_args),
	.run = run_current,
};

/* ---- snapshot-parent ---------------------------------------------------------------------- */

struct which_args {
	struct domain_target domain;
	struct snapshot_target snapshot;
	unsigned current;
};

static const struct option which_options[] = {
	DOMAIN_THAT(which_args, VIR_CONNECT_LIST_DOMAINS_HAS_SNAPSHOT),
	CHOSEN_NAME_AT(which_args, WHICH),
	CHOSEN_CURRENT_AT(which_args, WHICH),
	{ .name = NULL },
};

static bool show_parent(struct shell *sh, const struct which_args *a, virDomainSnapshotPtr of)
{
	virDomainSnapshotPtr parent = virDomainSnapshotGetParent(of, 0);
	virErrorPtr err = parent ? NULL : virGetLastError();

	if (!parent && err && err->code != VIR_ERR_NO_DOMAIN_SNAPSHOT)
		return fail_library(sh);
	if (!parent)
		return fail_own(sh, VIR_ERR_NO_DOMAIN_SNAPSHOT, "snapshot '%s' has no parent",
				virDomainSnapshotGetName(of));
	render_value(sh, "domain", virDomainGetName(a->domain.domain), "parent",
		     value_text(virDomainSnapshotGetName(parent)));
	virDomainSnapshotFree(parent);
	return true;
}

static bool run_parent(struct shell *sh, const void *args)
{
	const struct which_args *a = args;
	struct chosen c;
	bool ok;

	if (!chosen_find(sh, &a->domain, &a->snapshot, a->current, &c))
		return false;
	ok = show_parent(sh, a, c.snapshot);
	chosen_release(&c);
	return ok;
}

const struct command command_snapshot_parent = {
	.name = "snapshot-parent",
	.summary = "print the name of a snapshot's parent",
	.about = "Prints which snapshot the domain was at when this one was taken.",
	.options = which_options,
	.args_size = sizeof(struct which_args),
	.run = run_parent,
};

/* ---- snapshot-info ------------------------------------------------------------------------ */

static const struct column info_columns[] = {
	{ "name", "Name" }, { "domain", "Domain" }, { "current", "Current" },
	{ "state", "State" }, { "location", "Location" }, { "parent", "Parent" },
	{ "children", "Children" }, { "descendants", "Descendants" },
	{ "metadata", "Metadata" }, { NULL, NULL },
};

static void info_render(struct shell *sh, const struct domshSnapshot *i, const char *domain)
{
	char children[16], descendants[16];
	struct sheet s;

	snprintf(children, sizeof(children), "%u", i->children);
	snprintf(descendants, sizeof(descendants), "%u", i->descendants);
	sheet_init(&s, info_columns);
	sheet_add(&s, (struct value[]){
		value_text(i->name), value_text(domain),
		value_bool(i->isCurrent, i->isCurrent ? "yes" : "no"),
		i->state ? value_text(i->state) : value_none("unknown"),
		i->state ? value_text(i->isExternal ? "external" : "internal") : value_none("-"),
		i->parent ? value_text(i->parent) : value_none("-"),
		value_number(i->children, children),
		value_number(i->descendants, descendants),
		/* What is listed has a record. */
		value_bool(true, "yes") });
	render_record(sh, &s, 16);
}

static bool run_info(struct shell *sh, const void *args)
{
	const struct which_args *a = args;
	struct domshSnapshot *info = NULL;
	struct chosen c;
	bool ok;

	if (!chosen_find(sh, &a->domain, &a->snapshot, a->current, &c))
		return false;
	ok = domshSnapshotDescribe(c.snapshot, &info) == 0;
	if (ok)
		info_render(sh, info, virDomainGetName(a->domain.domain));
	else
		fail_call(sh, "Failed to get information about snapshot '%s'",
			  virDomainSnapshotGetName(c.snapshot));
	domshSnapshotsFree(info, 1);
	chosen_release(&c);
	return ok;
}

const struct command command_snapshot_info = {
	.name = "snapshot-info",
	.summary = "print what a snapshot is",
	.about = "Prints the state of the domain that a snapshot holds, where it is kept and its "
		 "place among the others.",
	.options = which_options,
	.args_size = sizeof(struct which_args),
	.run = run_info,
};

/* ---- snapshot-dumpxml --------------------------------------------------------------------- */

struct dumpxml_args {
	struct domain_target domain;
	struct snapshot_target snapshot;
	unsigned flags;
	struct xml_choice choice;
};

static const struct option dumpxml_options[] = {
	DOMAIN_THAT(dumpxml_args, VIR_CONNECT_LIST_DOMAINS_HAS_SNAPSHOT),
	{ .name = "snapshotname", VALUE_AT(OPTION_SNAPSHOT, dumpxml_args, snapshot),
	  .props = OPTION_REQUIRED | OPTION_POSITIONAL, .summary = "name of the snapshot" },
	{ .name = "security-info", BIT_AT(dumpxml_args, flags, VIR_DOMAIN_SNAPSHOT_XML_SECURE),
	  .summary = "passwords too" },
	XML_OPTIONS(dumpxml_args),
	{ .name = NULL },
};

static bool run_dumpxml(struct shell *sh, const void *args)
{
	const struct dumpxml_args *a = args;
	auto_free char *xml = virDomainSnapshotGetXMLDesc(a->snapshot.snapshot, a->flags);

	if (!xml)
		return fail_call(sh, "Failed to get the XML of snapshot '%s'", a->snapshot.word);
	return show_xml(sh, &a->choice, "domain", virDomainGetName(a->domain.domain), xml);
}

const struct command command_snapshot_dumpxml = {
	.name = "snapshot-dumpxml",
	.summary = "print the XML of a snapshot",
	.about = "Prints the record of a snapshot, which snapshot-create --redefine puts back.",
	.options = dumpxml_options,
	.args_size = sizeof(struct dumpxml_args),
	.run = run_dumpxml,
};
