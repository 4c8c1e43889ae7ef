/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Commands that start, stop and pause guests. */
#include <domsh/domsh.h>
#include <libvirt/virterror.h>

#include "command.h"
#include "commands/bypass.h"
#include "commands/console.h"
#include "job.h"
#include "commands/modes.h"
#include "output/errors.h"
#include "output/outcome.h"

static const char no_fds[] = "only containers have a use for open files; a QEMU guest has none";

/* ---- create ------------------------------------------------------------------------------- */

struct create_args {
	struct file_target file;
	unsigned flags;
	unsigned console;
	const char *fds;
};

static const struct option create_options[] = {
	{ .name = "file", VALUE_AT(OPTION_FILE, create_args, file),
	  .props = OPTION_REQUIRED | OPTION_POSITIONAL,
	  .summary = "file with the XML of the domain; '-' is standard input" },
	{ .name = "console", BIT_AT(create_args, console, 1),
	  .summary = "connect to its console, from the first byte on" },
	{ .name = "paused", BIT_AT(create_args, flags, VIR_DOMAIN_START_PAUSED),
	  .summary = "leave the guest paused" },
	{ .name = "autodestroy", BIT_AT(create_args, flags, VIR_DOMAIN_START_AUTODESTROY),
	  .summary = "destroy the guest when the shell ends or connects elsewhere" },
	{ .name = "pass-fds", VALUE_AT(OPTION_STRING, create_args, fds), .unsupported = no_fds,
	  .summary = "open files for the guest: N,M,…" },
	{ .name = "validate", BIT_AT(create_args, flags, VIR_DOMAIN_START_VALIDATE),
	  .summary = "check the XML against the table of what is honoured" },
	{ .name = "reset-nvram", BIT_AT(create_args, flags, VIR_DOMAIN_START_RESET_NVRAM),
	  .summary = "make the firmware's variables anew; those there are go into the domain's old/" },
	{ .name = NULL },
};

static bool run_create(struct shell *sh, const void *args)
{
	const struct create_args *a = args;
	unsigned paused = a->console ? VIR_DOMAIN_START_PAUSED : 0;
	virDomainPtr domain;
	bool ok;

	if (a->console && !console_possible(sh))
		return false;
	/* opened before the guest runs, it misses nothing */
	domain = virDomainCreateXML(sh->conn, a->file.text, a->flags | paused);
	if (!domain)
		return fail_call(sh, "Failed to create domain from %s", a->file.path);
	outcome(sh, virDomainGetName(domain), NULL, "Domain '%s' created from %s",
		virDomainGetName(domain), a->file.path);
	ok = !a->console ||
	     console_run(sh, domain, NULL, 0, !(a->flags & VIR_DOMAIN_START_PAUSED));
	virDomainFree(domain);
	return ok;
}

const struct command command_create = {
	.name = "create",
	.summary = "start a transient domain from an XML file",
	.about = "Starts a guest that is not defined: when it ends, it goes into the trash with "
		 "all that belongs to it. Over a defined domain of the same name and UUID that is "
		 "off it runs once with the given XML.",
	.options = create_options,
	.args_size = sizeof(struct create_args),
	.props = COMMAND_LONG,
	.run = run_create,
};

/* ---- start -------------------------------------------------------------------------------- */

struct start_args {
	struct domain_target domain;
	unsigned flags;
	unsigned ours;
	unsigned console;
	const char *fds;
};

static const struct option start_options[] = {
	DOMAINS_THAT(start_args, VIR_CONNECT_LIST_DOMAINS_INACTIVE),
	{ .name = "console", BIT_AT(start_args, console, 1),
	  .summary = "connect to its console, from the first byte on" },
	{ .name = "paused", BIT_AT(start_args, flags, VIR_DOMAIN_START_PAUSED),
	  .summary = "leave the guest paused" },
	{ .name = "autodestroy", BIT_AT(start_args, flags, VIR_DOMAIN_START_AUTODESTROY),
	  .summary = "destroy the guest when the shell ends or connects elsewhere" },
	BYPASS_CACHE_AT(start_args, VIR_DOMAIN_START_BYPASS_CACHE),
	{ .name = "force-boot", BIT_AT(start_args, flags, VIR_DOMAIN_START_FORCE_BOOT),
	  .excludes = 1,
	  .summary = "boot afresh; a managed save image moves into the domain's old/" },
	{ .name = "accept-disks", BIT_AT(start_args, ours, DOMSH_START_ACCEPT_DISKS),
	  .excludes = 1,
	  .summary = "resume the managed save image although a disk changed since" },
	{ .name = "pass-fds", VALUE_AT(OPTION_STRING, start_args, fds), .unsupported = no_fds,
	  .summary = "open files for the guest: N,M,…" },
	{ .name = "reset-nvram", BIT_AT(start_args, flags, VIR_DOMAIN_START_RESET_NVRAM),
	  .summary = "make the firmware's variables anew; those there are go into the domain's old/" },
	{ .name = NULL },
};

/* A console that is to miss nothing is opened before the guest runs. One that is resumed from its
 * image has nothing new to say, and paused it would not have used the image up. */
static bool waits_for_console(const struct start_args *a)
{
	return a->console && ((a->flags & VIR_DOMAIN_START_FORCE_BOOT) ||
			      virDomainHasManagedSaveImage(a->domain.domain, 0) == 0);
}

static bool run_start(struct shell *sh, const void *args)
{
	const struct start_args *a = args;
	virDomainPtr domain = a->domain.domain;
	const char *name = virDomainGetName(domain);
	unsigned paused = waits_for_console(a) ? VIR_DOMAIN_START_PAUSED : 0;
	bool done;

	if (a->console && !console_possible(sh))
		return false;
	if (virDomainGetID(domain) != (unsigned)-1)
		return fail_own(sh, VIR_ERR_OPERATION_INVALID, "Domain is already active");
	job_begin(sh, NULL, "Start", false);
	done = domshDomainCreate(domain, a->flags | paused, a->ours) == 0;
	job_end(sh, done);
	if (!done)
		return fail_call(sh, "Failed to start domain '%s'", name);
	outcome(sh, name, NULL, "Domain '%s' started", name);
	return !a->console ||
	       console_run(sh, domain, NULL, 0, paused && !(a->flags & VIR_DOMAIN_START_PAUSED));
}

/* Called for several domains only. */
static bool check_start(struct shell *sh, const void *args)
{
	const struct start_args *a = args;

	return !a->console || fail_own(sh, VIR_ERR_INVALID_ARG,
				       "--console is for one domain, not for several");
}

const struct command command_start = {
	.name = "start",
	.summary = "start a defined domain, or resume it from its managed save image",
	.about = "Boots the guest, or lets it go on where managedsave stopped it. A managed save "
		 "image whose disks have changed since, or that cannot be read, is refused and "
		 "kept; --accept-disks and --force-boot are the two ways on.",
	.options = start_options,
	.args_size = sizeof(struct start_args),
	.props = COMMAND_LONG,
	.run = run_start,
	.check = check_start,
};

/* ---- destroy ------------------------------------------------------------------------------ */

struct destroy_args {
	struct domain_target domain;
	unsigned flags;
};

static const struct option destroy_options[] = {
	DOMAINS_THAT(destroy_args, VIR_CONNECT_LIST_DOMAINS_ACTIVE),
	{ .name = "graceful", BIT_AT(destroy_args, flags, VIR_DOMAIN_DESTROY_GRACEFUL),
	  .summary = "let QEMU end by itself; fail rather than kill it" },
	{ .name = "remove-logs", BIT_AT(destroy_args, flags, VIR_DOMAIN_DESTROY_REMOVE_LOGS),
	  .unsupported = "logs go with the run they belong to",
	  .summary = "remove the logs of the guest" },
	{ .name = NULL },
};

static bool run_destroy(struct shell *sh, const void *args)
{
	const struct destroy_args *a = args;
	virDomainPtr domain = a->domain.domain;
	const char *name = virDomainGetName(domain);

	if (virDomainDestroyFlags(domain, a->flags) < 0)
		return fail_call(sh, "Failed to destroy domain '%s'", name);
	outcome(sh, name, NULL, "Domain '%s' destroyed", name);
	return true;
}

const struct command command_destroy = {
	.name = "destroy",
	.summary = "stop a guest at once, as if its plug was pulled",
	.about = "Stops the guest without asking it. Its disks and configuration stay; a transient "
		 "domain goes into the trash.",
	.options = destroy_options,
	.args_size = sizeof(struct destroy_args),
	.run = run_destroy,
};

/* ---- suspend, resume ---------------------------------------------------------------------- */

struct pause_args {
	struct domain_target domain;
};

static const struct option suspend_options[] = {
	DOMAINS_THAT(pause_args, VIR_CONNECT_LIST_DOMAINS_RUNNING),
	{ .name = NULL },
};

static const struct option resume_options[] = {
	DOMAINS_THAT(pause_args, VIR_CONNECT_LIST_DOMAINS_PAUSED),
	{ .name = NULL },
};

static bool run_suspend(struct shell *sh, const void *args)
{
	virDomainPtr domain = ((const struct pause_args *)args)->domain.domain;
	const char *name = virDomainGetName(domain);

	if (virDomainSuspend(domain) < 0)
		return fail_call(sh, "Failed to suspend domain '%s'", name);
	outcome(sh, name, NULL, "Domain '%s' suspended", name);
	return true;
}

const struct command command_suspend = {
	.name = "suspend",
	.summary = "pause a running guest",
	.about = "Stops the guest's CPUs; it keeps its memory and goes on with resume.",
	.options = suspend_options,
	.args_size = sizeof(struct pause_args),
	.run = run_suspend,
};

static bool run_resume(struct shell *sh, const void *args)
{
	virDomainPtr domain = ((const struct pause_args *)args)->domain.domain;
	const char *name = virDomainGetName(domain);

	if (virDomainResume(domain) < 0)
		return fail_call(sh, "Failed to resume domain '%s'", name);
	outcome(sh, name, NULL, "Domain '%s' resumed", name);
	return true;
}

const struct command command_resume = {
	.name = "resume",
	.summary = "let a paused guest go on",
	.about = "Lets a guest go on that suspend, --paused or an error has paused.",
	.options = resume_options,
	.args_size = sizeof(struct pause_args),
	.run = run_resume,
};
