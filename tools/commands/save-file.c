/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Memory in a file of the user's: save and restore. */
#include <domsh/domsh.h>
#include <libvirt/virterror.h>

#include "command.h"
#include "commands/bypass.h"
#include "job.h"
#include "output/errors.h"
#include "output/outcome.h"

#define THE_FILE(type, text)                                                                \
	{ .name = "file", VALUE_AT(OPTION_STRING, type, file), .offer = OFFER_FILES,        \
	  .props = OPTION_REQUIRED | OPTION_POSITIONAL, .summary = text }

/* ---- save --------------------------------------------------------------------------------- */

struct save_args {
	struct domain_target domain;
	const char *file;
	struct file_target xml;
	unsigned flags, ours, verbose;
};

static const struct option save_options[] = {
	DOMAIN_THAT(save_args, VIR_CONNECT_LIST_DOMAINS_ACTIVE),
	THE_FILE(save_args, "where the memory goes"),
	BYPASS_CACHE_AT(save_args, VIR_DOMAIN_SAVE_BYPASS_CACHE),
	{ .name = "xml", VALUE_AT(OPTION_FILE, save_args, xml),
	  .summary = "file with XML for the same machine that is saved instead of the guest's" },
	{ .name = "running", BIT_AT(save_args, flags, VIR_DOMAIN_SAVE_RUNNING),
	  .excludes = 1, .summary = "it will run when it is restored, even if it is paused now" },
	{ .name = "paused", BIT_AT(save_args, flags, VIR_DOMAIN_SAVE_PAUSED),
	  .excludes = 1, .summary = "it will be paused when it is restored" },
	{ .name = "verbose", BIT_AT(save_args, verbose, 1),
	  .summary = "show how far it is, not only on a terminal" },
	{ .name = "overwrite", BIT_AT(save_args, ours, DOMSH_SAVE_OVERWRITE),
	  .summary = "replace a file that is not saved memory of this domain" },
	{ .name = NULL },
};

static bool run_save(struct shell *sh, const void *args)
{
	const struct save_args *a = args;
	virDomainPtr domain = a->domain.domain;
	const char *name = virDomainGetName(domain);

	bool done;

	job_begin(sh, domain, "Save", a->verbose);
	done = domshDomainSave(domain, a->file, a->xml.text, a->flags, a->ours) == 0;
	job_end(sh, done);
	if (!done)
		return fail_call(sh, "Failed to save domain '%s' to %s", name, a->file);
	outcome(sh, name, NULL, "Domain '%s' saved to %s", name, a->file);
	return true;
}

const struct command command_save = {
	.name = "save",
	.summary = "save a guest's memory to a file and stop it",
	.about = "Writes the guest's memory into a file and stops it, once all of it is on the "
		 "disk. restore goes on from there. The disks are not saved: a restore refuses "
		 "when they have changed by then.",
	.options = save_options,
	.args_size = sizeof(struct save_args),
	.props = COMMAND_LONG,
	.run = run_save,
};

/* ---- restore ------------------------------------------------------------------------------ */

struct restore_args {
	const char *file;
	struct file_target xml;
	unsigned flags, ours;
};

static const struct option restore_options[] = {
	THE_FILE(restore_args, "a file that save made"),
	BYPASS_CACHE_AT(restore_args, VIR_DOMAIN_SAVE_BYPASS_CACHE),
	{ .name = "xml", VALUE_AT(OPTION_FILE, restore_args, xml),
	  .summary = "file with XML for the same machine that is used instead of the saved one" },
	{ .name = "running", BIT_AT(restore_args, flags, VIR_DOMAIN_SAVE_RUNNING),
	  .excludes = 1, .summary = "let it run, even if it was saved paused" },
	{ .name = "paused", BIT_AT(restore_args, flags, VIR_DOMAIN_SAVE_PAUSED),
	  .excludes = 1, .summary = "leave it paused" },
	{ .name = "reset-nvram", BIT_AT(restore_args, flags, VIR_DOMAIN_SAVE_RESET_NVRAM),
	  .unsupported = "the memory belongs to the firmware variables as they are",
	  .summary = "make the firmware's variables anew" },
	{ .name = "accept-disks", BIT_AT(restore_args, ours, DOMSH_RESTORE_ACCEPT_DISKS),
	  .summary = "restore although a disk was changed since the save" },
	{ .name = NULL },
};

static bool run_restore(struct shell *sh, const void *args)
{
	const struct restore_args *a = args;
	virDomainPtr domain;

	job_begin(sh, NULL, "Restore", false);
	domain = domshDomainRestore(sh->conn, a->file, a->xml.text, a->flags, a->ours);
	job_end(sh, domain);
	if (!domain)
		return fail_call(sh, "Failed to restore domain from %s", a->file);
	outcome(sh, virDomainGetName(domain), NULL, "Domain restored from %s", a->file);
	virDomainFree(domain);
	return true;
}

const struct command command_restore = {
	.name = "restore",
	.summary = "resume a guest from a file that save wrote",
	.about = "Starts the guest whose memory is in a file and goes on where it was saved. The "
		 "file stays. Without a defined domain of its name and UUID the guest is transient. "
		 "Disks that were written to since are refused: memory and disks belong together.",
	.options = restore_options,
	.args_size = sizeof(struct restore_args),
	.props = COMMAND_LONG,
	.run = run_restore,
};
