/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Managed save: the memory of a guest, kept for its next start. */
#include <domsh/domsh.h>
#include <libvirt/virterror.h>

#include "command.h"
#include "commands/bypass.h"
#include "job.h"
#include "output/errors.h"
#include "output/outcome.h"
#include "output/output.h"
#include "output/text.h"

/* ---- managedsave -------------------------------------------------------------------------- */

struct managedsave_args {
	struct domain_target domain;
	unsigned flags;
	unsigned verbose;
};

static const struct option managedsave_options[] = {
	DOMAINS_THAT(managedsave_args, VIR_CONNECT_LIST_DOMAINS_ACTIVE),
	BYPASS_CACHE_AT(managedsave_args, VIR_DOMAIN_SAVE_BYPASS_CACHE),
	{ .name = "running", BIT_AT(managedsave_args, flags, VIR_DOMAIN_SAVE_RUNNING),
	  .excludes = 1, .summary = "it will run after the next start, even if it is paused now" },
	{ .name = "paused", BIT_AT(managedsave_args, flags, VIR_DOMAIN_SAVE_PAUSED),
	  .excludes = 1, .summary = "it will be paused after the next start" },
	{ .name = "verbose", BIT_AT(managedsave_args, verbose, 1),
	  .summary = "show how far it is, not only on a terminal" },
	{ .name = NULL },
};

static bool run_managedsave(struct shell *sh, const void *args)
{
	const struct managedsave_args *a = args;
	virDomainPtr domain = a->domain.domain;
	const char *name = virDomainGetName(domain);

	bool done;

	job_begin(sh, domain, "Managedsave", a->verbose);
	done = virDomainManagedSave(domain, a->flags) == 0;
	job_end(sh, done);
	if (!done)
		return fail_call(sh, "Failed to save domain '%s' state", name);
	outcome(sh, name, NULL, "Domain '%s' state saved by libvirt", name);
	return true;
}

const struct command command_managedsave = {
	.name = "managedsave",
	.summary = "save a guest's memory and stop it",
	.about = "Writes the guest's memory into its managed save image and stops it. The next "
		 "start goes on from there. While the image exists, whatever would change the "
		 "disks under it is refused.",
	.options = managedsave_options,
	.args_size = sizeof(struct managedsave_args),
	.props = COMMAND_LONG,
	.run = run_managedsave,
};

/* ---- managedsave-remove ------------------------------------------------------------------- */

struct remove_args {
	struct domain_target domain;
	unsigned ours;
};

static const struct option remove_options[] = {
	DOMAINS_THAT(remove_args, VIR_CONNECT_LIST_DOMAINS_MANAGEDSAVE),
	{ .name = "purge", BIT_AT(remove_args, ours, DOMSH_MANAGED_SAVE_PURGE),
	  .summary = "delete it permanently instead of moving it to the domain's old/" },
	{ .name = NULL },
};

static void tell_kept(const struct shell *sh, const char *name, long long kept)
{
	char size[32];

	if (kept <= 0)
		return;
	text_size(size, kept);
	say(sh, "It goes on to take %s in the domain's old/: 'trash-list %s' shows it, "
		"'trash-restore' takes it back, 'trash-empty' frees the space", size, name);
}

static bool run_managedsave_remove(struct shell *sh, const void *args)
{
	const struct remove_args *a = args;
	virDomainPtr domain = a->domain.domain;
	const char *name = virDomainGetName(domain);
	int has = virDomainHasManagedSaveImage(domain, 0);
	long long kept = 0;

	if (has < 0)
		return fail_call(sh, "Failed to check for domain managed save image");
	if (has == 0) {
		outcome(sh, name, NULL, "Domain '%s' has no manage save image; removal skipped",
			name);
		return true;
	}
	if (domshDomainManagedSaveRemove(domain, a->ours, &kept) < 0)
		return fail_call(sh, "Failed to remove managed save image for domain '%s'", name);
	outcome(sh, name, NULL, "Removed managedsave image for domain '%s'", name);
	tell_kept(sh, name, kept);
	return true;
}

const struct command command_managedsave_remove = {
	.name = "managedsave-remove",
	.summary = "give up a managed save image",
	.about = "Removes the saved memory of a domain, so that the next start boots afresh. The "
		 "image moves into the domain's old/ and can be taken back.",
	.options = remove_options,
	.args_size = sizeof(struct remove_args),
	.run = run_managedsave_remove,
};
