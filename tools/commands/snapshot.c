/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Commands that take, delete and go back to snapshots. Listing: cmd-snapshot-list.c. */
#include <stdlib.h>
#include <domsh/domsh.h>
#include <libvirt/virterror.h>

#include "commands/chosen.h"
#include "command.h"
#include "job.h"
#include "output/errors.h"
#include "mem.h"
#include "output/outcome.h"
#include "output/output.h"
#include "commands/plan.h"
#include "output/render.h"
#include "commands/snapshot-xml.h"

/* ---- snapshot-create ---------------------------------------------------------------------- */

struct create_args {
	struct domain_target domain;
	struct file_target file;
	unsigned flags;
};

#define TAKE(type, option, bits, ...) \
	{ .name = option, BIT_AT(type, flags, VIR_DOMAIN_SNAPSHOT_CREATE_##bits), __VA_ARGS__ }
#define TAKE_ALL(type)                                                                            \
	TAKE(type, "no-metadata", NO_METADATA, .summary = "keep no record of it"),                \
	TAKE(type, "halt", HALT, .summary = "stop the guest when it is taken"),                   \
	TAKE(type, "disk-only", DISK_ONLY, .summary = "of the disks, not of the memory"),         \
	TAKE(type, "reuse-external", REUSE_EXT, .summary = "use overlay files that exist"),       \
	TAKE(type, "quiesce", QUIESCE, .summary = "have the guest flush its file systems first"), \
	TAKE(type, "atomic", ATOMIC, .summary = "all disks or none; it is never otherwise"),      \
	TAKE(type, "live", LIVE, .summary = "let the guest run while its memory is saved"),       \
	TAKE(type, "validate", VALIDATE, .summary = "refuse XML with unknown elements")

static const struct option create_options[] = {
	DOMAIN_AT(create_args),
	{ .name = "xmlfile", VALUE_AT(OPTION_FILE, create_args, file), .props = OPTION_POSITIONAL,
	  .summary = "file with the XML of the snapshot; '-' is standard input" },
	TAKE(create_args, "redefine", REDEFINE,
	     .summary = "make or replace the record only, as when a dumped one is put back"),
	TAKE(create_args, "current", CURRENT, .needs = "redefine",
	     .summary = "and make it the current one"),
	TAKE_ALL(create_args),
	{ .name = NULL },
};

/* Takes the snapshot of `xml`; origin, a file's name, may be NULL. */
static bool take_snapshot(struct shell *sh, virDomainPtr domain, const char *xml, unsigned flags,
			  const char *origin)
{
	const char *of = virDomainGetName(domain), *name;
	virDomainSnapshotPtr snapshot;

	job_begin(sh, domain, "Snapshot", false);
	snapshot = virDomainSnapshotCreateXML(domain, xml, flags);
	job_end(sh, snapshot);
	if (!snapshot)
		return fail_call(sh, "Failed to take a snapshot of domain '%s'", of);
	name = virDomainSnapshotGetName(snapshot);
	if (origin)
		outcome(sh, of, name, "Domain snapshot %s created from '%s'", name, origin);
	else
		outcome(sh, of, name, "Domain snapshot %s created", name);
	virDomainSnapshotFree(snapshot);
	return true;
}

static bool run_create(struct shell *sh, const void *args)
{
	const struct create_args *a = args;
	const char *xml = a->file.text ? a->file.text : "<domainsnapshot/>";

	return take_snapshot(sh, a->domain.domain, xml, a->flags, a->file.path);
}

const struct command command_snapshot_create = {
	.name = "snapshot-create",
	.summary = "take a snapshot described in XML, or put a record back",
	.about = "Takes a snapshot of the disks and, of a running guest, the memory. Without a "
		 "file it gets a number for a name. With --redefine nothing is taken: the XML of "
		 "snapshot-dumpxml becomes the record of a snapshot that the disks have.",
	.options = create_options,
	.args_size = sizeof(struct create_args),
	.props = COMMAND_LONG,
	.run = run_create,
};

/* ---- snapshot-create-as ------------------------------------------------------------------- */

struct create_as_args {
	struct domain_target domain;
	struct snapshot_spec spec;
	unsigned flags;
	unsigned print_xml;
};

static const struct option create_as_options[] = {
	DOMAIN_AT(create_as_args),
	{ .name = "name", VALUE_AT(OPTION_STRING, create_as_args, spec.name),
	  .props = OPTION_POSITIONAL, .summary = "its name; a number unless given" },
	{ .name = "description", VALUE_AT(OPTION_STRING, create_as_args, spec.description),
	  .props = OPTION_POSITIONAL | OPTION_EMPTY_OK, .summary = "what it is for" },
	{ .name = "print-xml", BIT_AT(create_as_args, print_xml, 1),
	  .summary = "print the XML and take nothing" },
	TAKE_ALL(create_as_args),
	{ .name = "memspec", VALUE_AT(OPTION_STRING, create_as_args, spec.memory),
	  .props = OPTION_POSITIONAL, .summary = "the memory: [file=]PATH[,snapshot=TYPE]" },
	{ .name = "diskspec", VALUE_AT(OPTION_REST, create_as_args, spec.disks),
	  .props = OPTION_POSITIONAL,
	  .summary = "a disk: DISK[,snapshot=TYPE][,driver=FORMAT][,stype=TYPE][,file=PATH]" },
	{ .name = NULL },
};

static bool run_create_as(struct shell *sh, const void *args)
{
	const struct create_as_args *a = args;
	const char *bad = NULL, *kind = NULL;
	auto_free char *xml = snapshot_spec_xml(&a->spec, &kind, &bad);

	if (!xml)
		return fail_own(sh, VIR_ERR_INVALID_ARG, "unable to parse %s: %s", kind, bad);
	if (!a->print_xml)
		return take_snapshot(sh, a->domain.domain, xml, a->flags, NULL);
	render_document(sh, "domain", virDomainGetName(a->domain.domain), "xml", xml);
	return true;
}

const struct command command_snapshot_create_as = {
	.name = "snapshot-create-as",
	.summary = "take a snapshot",
	.about = "Takes a snapshot of all writable disks and, of a running guest, the memory. It "
		 "becomes the current one, a child of the one that was.",
	.options = create_as_options,
	.args_size = sizeof(struct create_as_args),
	.props = COMMAND_LONG,
	.run = run_create_as,
};

/* ---- snapshot-delete ---------------------------------------------------------------------- */

struct delete_args {
	struct domain_target domain;
	struct snapshot_target snapshot;
	unsigned flags;
	unsigned current;
	unsigned dry_run;
};

enum { WHICH = 1 << 0, HOW = 1 << 1 };

static const struct option delete_options[] = {
	DOMAIN_THAT(delete_args, VIR_CONNECT_LIST_DOMAINS_HAS_SNAPSHOT),
	CHOSEN_NAME_AT(delete_args, WHICH),
	CHOSEN_CURRENT_AT(delete_args, WHICH),
	{ .name = "children", BIT_AT(delete_args, flags, VIR_DOMAIN_SNAPSHOT_DELETE_CHILDREN),
	  .excludes = HOW, .summary = "it and all that descend from it" },
	{ .name = "children-only",
	  BIT_AT(delete_args, flags, VIR_DOMAIN_SNAPSHOT_DELETE_CHILDREN_ONLY),
	  .excludes = HOW, .summary = "all that descend from it, and not itself" },
	{ .name = "metadata",
	  BIT_AT(delete_args, flags, VIR_DOMAIN_SNAPSHOT_DELETE_METADATA_ONLY),
	  .summary = "forget the record; what the disks hold stays" },
	{ .name = "dry-run", BIT_AT(delete_args, dry_run, 1),
	  .summary = "print what would be deleted, and change nothing" },
	{ .name = NULL },
};

/* What a plan says, in place of doing it. Takes the items. */
static bool show_plan(struct shell *sh, const char *domain, struct domshPlanItem *items, int n)
{
	if (sh->settings.json)
		plan_print_json(domain, NULL, true, items, n);
	else
		plan_print(sh, items, n);
	domshPlanFree(items, n);
	return true;
}

static bool delete_chosen(struct shell *sh, const struct delete_args *a,
			  virDomainSnapshotPtr snapshot)
{
	const char *domain = virDomainGetName(a->domain.domain);
	const char *name = virDomainSnapshotGetName(snapshot);
	bool only = a->flags & VIR_DOMAIN_SNAPSHOT_DELETE_CHILDREN_ONLY;
	struct domshPlanItem *items = NULL;
	int n = 0;
	bool done;

	job_begin(sh, a->domain.domain, "Snapshot", false);
	done = (a->dry_run ? domshSnapshotPlanDelete(snapshot, a->flags, &items, &n)
			   : virDomainSnapshotDelete(snapshot, a->flags)) == 0;
	job_end(sh, done);
	if (!done)
		return fail_call(sh, "Failed to delete snapshot %s", name);
	if (a->dry_run)
		return show_plan(sh, domain, items, n);
	outcome(sh, domain, name, "Domain snapshot %s %sdeleted", name, only ? "children " : "");
	return true;
}

static bool run_delete(struct shell *sh, const void *args)
{
	const struct delete_args *a = args;
	struct chosen c;
	bool ok;

	if (!chosen_find(sh, &a->domain, &a->snapshot, a->current, &c))
		return false;
	ok = delete_chosen(sh, a, c.snapshot);
	chosen_release(&c);
	return ok;
}

const struct command command_snapshot_delete = {
	.name = "snapshot-delete",
	.summary = "delete a snapshot",
	.about = "Deletes a snapshot permanently, from the disks and from the records; its "
		 "children go to its parent. With --metadata only the record goes.",
	.options = delete_options,
	.args_size = sizeof(struct delete_args),
	.props = COMMAND_LONG,
	.run = run_delete,
};

/* ---- snapshot-revert ---------------------------------------------------------------------- */

struct revert_args {
	struct domain_target domain;
	struct snapshot_target snapshot;
	unsigned flags;
	unsigned current;
	unsigned force;
	unsigned dry_run;
	const char *keep;
};

static const struct option revert_options[] = {
	DOMAIN_THAT(revert_args, VIR_CONNECT_LIST_DOMAINS_HAS_SNAPSHOT),
	CHOSEN_NAME_AT(revert_args, WHICH),
	CHOSEN_CURRENT_AT(revert_args, WHICH),
	{ .name = "running", BIT_AT(revert_args, flags, VIR_DOMAIN_SNAPSHOT_REVERT_RUNNING),
	  .excludes = HOW, .summary = "it will run afterwards, whatever is recorded" },
	{ .name = "paused", BIT_AT(revert_args, flags, VIR_DOMAIN_SNAPSHOT_REVERT_PAUSED),
	  .excludes = HOW, .summary = "it will be paused afterwards" },
	{ .name = "force", BIT_AT(revert_args, force, 1),
	  .summary = "do it although it is refused as risky" },
	{ .name = "reset-nvram",
	  BIT_AT(revert_args, flags, VIR_DOMAIN_SNAPSHOT_REVERT_RESET_NVRAM),
	  .unsupported = "a snapshot has firmware variables of its own; start --reset-nvram makes new ones",
	  .summary = "with pristine NVRAM" },
	{ .name = "keep", VALUE_AT(OPTION_STRING, revert_args, keep),
	  .summary = "take a snapshot of this name first, as a part of it" },
	{ .name = "dry-run", BIT_AT(revert_args, dry_run, 1),
	  .summary = "print what would be given up, and change nothing" },
	{ .name = NULL },
};

/* Do it, or with items only ask what would be done. */
static int attempt(const struct revert_args *a, virDomainSnapshotPtr snapshot, unsigned flags,
		   struct domshPlanItem **items, int *n)
{
	if (a->dry_run)
		return domshSnapshotPlanRevert(snapshot, a->keep, flags, items, n);
	return domshSnapshotRevert(snapshot, a->keep, flags);
}

/* --force is only used where the library asks for it. */
static int revert(const struct revert_args *a, virDomainSnapshotPtr snapshot,
		  struct domshPlanItem **items, int *n)
{
	int result = attempt(a, snapshot, a->flags, items, n);
	virErrorPtr err = result < 0 ? virGetLastError() : NULL;

	if (!a->force || !err || err->code != VIR_ERR_SNAPSHOT_REVERT_RISKY)
		return result;
	virResetLastError();
	return attempt(a, snapshot, a->flags | VIR_DOMAIN_SNAPSHOT_REVERT_FORCE, items, n);
}

static bool revert_chosen(struct shell *sh, const struct revert_args *a,
			  virDomainSnapshotPtr snapshot)
{
	const char *domain = virDomainGetName(a->domain.domain);
	const char *name = virDomainSnapshotGetName(snapshot);
	struct domshPlanItem *items = NULL;
	int n = 0;
	bool done;

	job_begin(sh, a->domain.domain, "Snapshot", false);
	done = revert(a, snapshot, &items, &n) == 0;
	job_end(sh, done);
	if (!done)
		return fail_call(sh, "Failed to revert snapshot %s", name);
	if (a->dry_run)
		return show_plan(sh, domain, items, n);
	outcome(sh, domain, name, "Domain snapshot %s reverted", name);
	if (a->keep && !sh->settings.json)
		say(sh, "What was before is snapshot '%s'", a->keep);
	return true;
}

static bool run_revert(struct shell *sh, const void *args)
{
	const struct revert_args *a = args;
	struct chosen c;
	bool ok;

	if (!chosen_find(sh, &a->domain, &a->snapshot, a->current, &c))
		return false;
	ok = revert_chosen(sh, a, c.snapshot);
	chosen_release(&c);
	return ok;
}

const struct command command_snapshot_revert = {
	.name = "snapshot-revert",
	.summary = "take a domain back to a snapshot",
	.about = "Makes the disks, the memory and the configuration what they were. What happened "
		 "since then is given up permanently, unless another snapshot holds it or --keep "
		 "takes one.",
	.options = revert_options,
	.args_size = sizeof(struct revert_args),
	.props = COMMAND_LONG,
	.run = run_revert,
};
