/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the agent in a guest does: domtime, domhostname, domfsfreeze, domfsthaw, domfstrim. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

#include "command.h"
#include "mem.h"
#include "output/errors.h"
#include "output/outcome.h"
#include "output/output.h"
#include "output/render.h"

#define RUNNING VIR_CONNECT_LIST_DOMAINS_RUNNING

/* ---- domtime ------------------------------------------------------------------------------ */

struct domtime_args {
	struct domain_target domain;
	unsigned now, pretty, sync;
	long long time;
};

static const struct option domtime_options[] = {
	DOMAIN_THAT(domtime_args, RUNNING),
	{ .name = "now", BIT_AT(domtime_args, now, 1), .excludes = 1,
	  .summary = "set it to this host's time" },
	{ .name = "pretty", BIT_AT(domtime_args, pretty, 1), .summary = "print it for people, in UTC" },
	{ .name = "sync", BIT_AT(domtime_args, sync, 1), .excludes = 1,
	  .summary = "set it from the guest's hardware clock" },
	{ .name = "time", VALUE_AT(OPTION_NUMBER, domtime_args, time), .excludes = 1, .min = 1,
	  .max = LLONG_MAX / 1000000000 - 1, .summary = "set it to so many seconds since 1970" },
	{ .name = NULL },
};

static void show_time(const struct shell *sh, const char *name, long long seconds, bool pretty)
{
	char text[64];
	time_t then = (time_t)seconds;
	struct tm utc;

	if (sh->settings.json) {
		render_value(sh, "domain", name, "time", value_number(seconds, ""));
		return;
	}
	if (pretty && gmtime_r(&then, &utc))
		strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S", &utc);
	else
		snprintf(text, sizeof(text), "%lld", seconds);
	print_line(sh, "Time: %s", text);
}

static bool run_domtime(struct shell *sh, const void *args)
{
	const struct domtime_args *a = args;
	virDomainPtr domain = a->domain.domain;
	const char *name = virDomainGetName(domain);
	long long seconds = a->now ? (long long)time(NULL) : a->time;

	if (a->now || a->sync || a->time) {
		if (virDomainSetTime(domain, seconds, 0, a->sync ? VIR_DOMAIN_TIME_SYNC : 0) < 0)
			return fail_library(sh);
		if (sh->settings.json)
			outcome(sh, name, NULL, "done");
		return true;
	}
	if (virDomainGetTime(domain, &seconds, NULL, 0) < 0)
		return fail_library(sh);
	show_time(sh, name, seconds, a->pretty);
	return true;
}

const struct command command_domtime = {
	.name = "domtime",
	.summary = "show or set a guest's clock",
	.about = "Asks the agent in the guest. After a restore or a long pause the guest's clock is behind: "
		 "--now sets it.",
	.options = domtime_options,
	.args_size = sizeof(struct domtime_args),
	.run = run_domtime,
};

/* ---- domhostname -------------------------------------------------------------------------- */

struct domhostname_args {
	struct domain_target domain;
	const char *source;
};

static const char *const sources[] = { "agent", NULL };

static const struct option domhostname_options[] = {
	DOMAIN_THAT(domhostname_args, RUNNING),
	{ .name = "source", VALUE_AT(OPTION_WORD, domhostname_args, source), .words = sources,
	  .summary = "who is asked: agent" },
	{ .name = NULL },
};

static bool run_domhostname(struct shell *sh, const void *args)
{
	const struct domhostname_args *a = args;
	virDomainPtr domain = a->domain.domain;
	auto_free char *name = virDomainGetHostname(domain, 0);

	if (!name)
		return fail_call(sh, "failed to get hostname");
	render_value(sh, "domain", virDomainGetName(domain), "hostname", value_text(name));
	return true;
}

const struct command command_domhostname = {
	.name = "domhostname",
	.summary = "print the host name that a guest has",
	.about = "Asks the agent in the guest, whose word it is.",
	.options = domhostname_options,
	.args_size = sizeof(struct domhostname_args),
	.run = run_domhostname,
};

/* ---- domfsfreeze, domfsthaw --------------------------------------------------------------- */

struct freeze_args {
	struct domain_target domain;
	struct word_list mountpoints;
};

static const struct option freeze_options[] = {
	DOMAIN_THAT(freeze_args, RUNNING),
	{ .name = "mountpoint", VALUE_AT(OPTION_REST, freeze_args, mountpoints),
	  .props = OPTION_POSITIONAL, .summary = "where a file system is mounted; without, all" },
	{ .name = NULL },
};

static bool tell_count(struct shell *sh, virDomainPtr domain, const char *line, int n)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", n);
	if (sh->settings.json)
		render_value(sh, "domain", virDomainGetName(domain), "filesystems",
			     value_number(n, text));
	else
		print_line(sh, "%s %d filesystem(s)", line, n);
	return true;
}

static bool run_domfsfreeze(struct shell *sh, const void *args)
{
	const struct freeze_args *a = args;
	int n = virDomainFSFreeze(a->domain.domain, a->mountpoints.items,
				  (unsigned)a->mountpoints.count, 0);

	if (n < 0)
		return fail_call(sh, "Unable to freeze filesystems");
	return tell_count(sh, a->domain.domain, "Froze", n);
}

static bool run_domfsthaw(struct shell *sh, const void *args)
{
	const struct freeze_args *a = args;
	int n = virDomainFSThaw(a->domain.domain, a->mountpoints.items,
				(unsigned)a->mountpoints.count, 0);

	if (n < 0)
		return fail_call(sh, "Unable to thaw filesystems");
	return tell_count(sh, a->domain.domain, "Thawed", n);
}

const struct command command_domfsfreeze = {
	.name = "domfsfreeze",
	.summary = "freeze a guest's file systems",
	.about = "Has the agent in the guest write out what is to be written, and hold back the rest until "
		 "domfsthaw: for a copy of the disks made meanwhile.",
	.options = freeze_options,
	.args_size = sizeof(struct freeze_args),
	.run = run_domfsfreeze,
};

const struct command command_domfsthaw = {
	.name = "domfsthaw",
	.summary = "thaw a guest's file systems",
	.about = "Lets all file systems go on that domfsfreeze has frozen; an agent cannot thaw some.",
	.options = freeze_options,
	.args_size = sizeof(struct freeze_args),
	.run = run_domfsthaw,
};

/* ---- domfstrim ---------------------------------------------------------------------------- */

struct trim_args {
	struct domain_target domain;
	unsigned long long minimum;
	const char *mountpoint;
};

static const struct option trim_options[] = {
	DOMAIN_THAT(trim_args, RUNNING),
	{ .name = "minimum", VALUE_AT(OPTION_SCALED, trim_args, minimum), .min = 1,
	  .summary = "free ranges below that size may be left" },
	{ .name = "mountpoint", VALUE_AT(OPTION_STRING, trim_args, mountpoint),
	  .unsupported = "an agent trims all file systems at once", .summary = "only that file system" },
	{ .name = NULL },
};

static bool run_domfstrim(struct shell *sh, const void *args)
{
	const struct trim_args *a = args;

	if (virDomainFSTrim(a->domain.domain, NULL, a->minimum, 0) < 0)
		return fail_call(sh, "Unable to invoke fstrim");
	if (sh->settings.json)
		outcome(sh, virDomainGetName(a->domain.domain), NULL, "done");
	return true;
}

const struct command command_domfstrim = {
	.name = "domfstrim",
	.summary = "have a guest discard free blocks",
	.about = "Asks the agent in the guest to tell its disks which blocks are not in use. Images shrink "
		 "by it where the disk has <driver discard='unmap'/>.",
	.options = trim_options,
	.args_size = sizeof(struct trim_args),
	.run = run_domfstrim,
};
