/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command undefine. What is refused and what is kept decides the library. */
#include <stdlib.h>
#include <string.h>
#include <domsh/domsh.h>
#include <libvirt/virterror.h>

#include "command.h"
#include "output/errors.h"
#include "output/json.h"
#include "mem.h"
#include "output/output.h"
#include "commands/plan.h"

struct undefine_args {
	struct domain_target domain;
	unsigned flags; /* virDomainUndefineFlagsValues */
	unsigned ours;  /* domshUndefineFlags */
	unsigned if_exists;
	unsigned storage_flags;
	const char *storage;
};

static const char no_storage[] =
	"domsh does not delete disk images yet; remove the files by hand after 'undefine'";

enum {
	ALL_STATE = VIR_DOMAIN_UNDEFINE_MANAGED_SAVE | VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA |
		    VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA | VIR_DOMAIN_UNDEFINE_NVRAM |
		    VIR_DOMAIN_UNDEFINE_TPM,
	/* exclusions */
	NVRAM = 1 << 0,
	TPM = 1 << 1,
	STORAGE = 1 << 2,
	KEPT_NVRAM = 1 << 3,
	KEPT_TPM = 1 << 4,
};

#define NAMED(option, bits, ...) \
	{ .name = option, BIT_AT(undefine_args, flags, bits), __VA_ARGS__ }

static const struct option undefine_options[] = {
	DOMAINS_THAT(undefine_args, VIR_CONNECT_LIST_DOMAINS_PERSISTENT),
	NAMED("managed-save", VIR_DOMAIN_UNDEFINE_MANAGED_SAVE,
	      .summary = "its managed save image may go"),
	{ .name = "storage", VALUE_AT(OPTION_STRING, undefine_args, storage),
	  .excludes = STORAGE, .unsupported = no_storage,
	  .summary = "delete these disks: targets or paths, with commas between" },
	{ .name = "remove-all-storage", BIT_AT(undefine_args, storage_flags, 1),
	  .excludes = STORAGE, .unsupported = no_storage, .summary = "delete all its disks" },
	{ .name = "delete-storage-volume-snapshots", .alias = "delete-snapshots",
	  BIT_AT(undefine_args, storage_flags, 2), .needs = "remove-all-storage",
	  .unsupported = no_storage, .summary = "and what snapshots the disks have" },
	{ .name = "wipe-storage", BIT_AT(undefine_args, storage_flags, 4),
	  .needs = "storage|remove-all-storage", .unsupported = no_storage,
	  .summary = "overwrite the disks before they are deleted" },
	NAMED("snapshots-metadata", VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA,
	      .summary = "its snapshot records may go; the snapshots in its disks stay"),
	NAMED("checkpoints-metadata", VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA,
	      .summary = "its checkpoint records may go"),
	NAMED("nvram", VIR_DOMAIN_UNDEFINE_NVRAM, .excludes = NVRAM,
	      .summary = "its NVRAM file may go"),
	NAMED("keep-nvram", VIR_DOMAIN_UNDEFINE_KEEP_NVRAM, .excludes = NVRAM | KEPT_NVRAM,
	      .summary = "keep its NVRAM for the next domain of its UUID"),
	NAMED("tpm", VIR_DOMAIN_UNDEFINE_TPM, .excludes = TPM,
	      .summary = "its TPM state may go, even if the XML says that it stays"),
	NAMED("keep-tpm", VIR_DOMAIN_UNDEFINE_KEEP_TPM, .excludes = TPM | KEPT_TPM,
	      .summary = "keep its TPM state for the next domain of its UUID"),
	NAMED("all-state", ALL_STATE, .excludes = KEPT_NVRAM | KEPT_TPM,
	      .summary = "all of the above may go, but never storage"),
	{ .name = "purge", BIT_AT(undefine_args, ours, DOMSH_UNDEFINE_PURGE),
	  .summary = "permanently: do not keep it in the trash" },
	{ .name = "dry-run", BIT_AT(undefine_args, ours, DOMSH_UNDEFINE_DRY_RUN),
	  .summary = "print what would go where, and change nothing" },
	{ .name = "if-exists", BIT_AT(undefine_args, if_exists, 1), .props = OPTION_MISSING_OK,
	  .summary = "succeed when there is no such domain" },
	{ .name = NULL },
};

static void print_json(const struct shell *sh, const char *name, const struct undefine_args *a,
		       const struct domshPlanItem *items, int n)
{
	bool dry = a->ours & DOMSH_UNDEFINE_DRY_RUN;

	plan_print_json(name, dry || !a->domain.domain ? NULL : sh->running, dry, items,
			n);
}

static bool goes_at_end(const struct domshPlanItem *items, int n)
{
	for (int i = 0; i < n; i++)
		if (items[i].fate == DOMSH_FATE_AT_END)
			return true;
	return false;
}

static void tell_outcome(const struct shell *sh, const char *name, bool runs, bool purge,
			 const struct domshPlanItem *items, int n)
{
	say(sh, "Domain '%s' has been undefined", name);
	if (runs)
		say(sh, "It runs on as a transient domain: when it ends, %s",
		    goes_at_end(items, n) ? "what belongs to it goes into the trash"
					  : "nothing of it is left in the list");
	if (!purge && n > 0)
		say(sh, "'trash-restore %s' brings it back", name);
	plan_tell_kept(sh, items, n);
}

/* After a refusal: the plan if all that stands in the way was named. None if that is not enough. */
static void show_refused_plan(const struct shell *sh, const struct undefine_args *a)
{
	struct undefine_args allowed = *a;
	struct domshPlanItem *items = NULL;
	int n = 0;

	allowed.flags |= ALL_STATE;
	if (a->flags & VIR_DOMAIN_UNDEFINE_KEEP_NVRAM)
		allowed.flags &= ~(unsigned)VIR_DOMAIN_UNDEFINE_NVRAM;
	if (a->flags & VIR_DOMAIN_UNDEFINE_KEEP_TPM)
		allowed.flags &= ~(unsigned)VIR_DOMAIN_UNDEFINE_TPM;
	if (domshDomainUndefine(a->domain.domain, allowed.flags, a->ours, &items, &n) < 0) {
		virResetLastError();
		return;
	}
	if (sh->settings.json)
		print_json(sh, virDomainGetName(a->domain.domain), a, items, n);
	else
		plan_print(sh, items, n);
	domshPlanFree(items, n);
}

static bool fail_undefine(const struct shell *sh, const struct undefine_args *a, const char *name)
{
	fail_call(sh, "Failed to undefine domain '%s'", name);
	if (a->ours & DOMSH_UNDEFINE_DRY_RUN)
		show_refused_plan(sh, a);
	return false;
}

static void tell(const struct shell *sh, const struct undefine_args *a, bool runs,
		 const struct domshPlanItem *items, int n)
{
	const char *name = virDomainGetName(a->domain.domain);

	if (sh->settings.json)
		print_json(sh, name, a, items, n);
	else if (a->ours & DOMSH_UNDEFINE_DRY_RUN)
		plan_print(sh, items, n);
	else
		tell_outcome(sh, name, runs, a->ours & DOMSH_UNDEFINE_PURGE, items, n);
}

static bool run_undefine(struct shell *sh, const void *args)
{
	const struct undefine_args *a = args;
	virDomainPtr domain = a->domain.domain;
	const char *name = domain ? virDomainGetName(domain) : NULL;
	struct domshPlanItem *items = NULL;
	bool runs;
	int n = 0;

	if (!domain && sh->settings.json)
		print_json(sh, a->domain.word, a, NULL, 0);
	else if (!domain)
		say(sh, "There is no domain '%s'; nothing to undefine", a->domain.word);
	if (!domain)
		return true;
	runs = virDomainIsActive(domain) > 0;
	if (domshDomainUndefine(domain, a->flags, a->ours, &items, &n) < 0)
		return fail_undefine(sh, a, name);
	tell(sh, a, runs, items, n);
	domshPlanFree(items, n);
	return true;
}

/* Of several domains, all are refused or none: nothing is lost half-way through a list. */
static bool check_undefine(struct shell *sh, const void *args)
{
	const struct undefine_args *a = args;
	virDomainPtr domain = a->domain.domain;
	const char *name = domain ? virDomainGetName(domain) : NULL;

	if (!domain || (a->ours & DOMSH_UNDEFINE_DRY_RUN))
		return true;
	if (domshDomainUndefine(domain, a->flags, a->ours | DOMSH_UNDEFINE_DRY_RUN, NULL, NULL) < 0)
		return fail_call(sh, "Failed to undefine domain '%s'", name);
	return true;
}

const struct command command_undefine = {
	.name = "undefine",
	.summary = "remove a domain, or make a running one transient",
	.about = "Removes all traces of a domain that is off; one that runs goes on, transient. "
		 "Refused, with all reasons, as long as there is state that no option names. What "
		 "is removed goes into the trash and can be taken back with trash-restore, unless "
		 "--purge says otherwise. Disk images are never touched. Of several domains, none is "
		 "touched when one is refused.",
	.options = undefine_options,
	.args_size = sizeof(struct undefine_args),
	.run = run_undefine,
	.check = check_undefine,
};
