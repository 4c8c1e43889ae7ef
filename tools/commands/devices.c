/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Commands that list a domain's disks and interfaces. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <domsh/domsh.h>
#include <libvirt/virterror.h>

#include "command.h"
#include "output/errors.h"
#include "mem.h"
#include "output/render.h"

static const struct value absent = { .kind = VALUE_ABSENT };

static struct value text_or_dash(const char *text)
{
	return text ? value_text(text) : value_none("-");
}

/* ---- domblklist --------------------------------------------------------------------------- */

struct domblklist_args {
	struct domain_target domain;
	unsigned flags, details;
};

static const struct option domblklist_options[] = {
	DOMAIN_AT(domblklist_args),
	{ .name = "inactive", BIT_AT(domblklist_args, flags, VIR_DOMAIN_XML_INACTIVE),
	  .summary = "of the stored configuration, not of the guest that runs" },
	{ .name = "details", BIT_AT(domblklist_args, details, 1),
	  .summary = "also what kind of device and of source it is" },
	{ .name = NULL },
};

static bool run_domblklist(struct shell *sh, const void *args)
{
	const struct domblklist_args *a = args;
	const bool all = a->details;
	struct domshDisk *disks;
	int n = domshDomainListDisks(a->domain.domain, a->flags, &disks);
	struct sheet s;
	struct column columns[] = {
		{ "type", all ? "Type" : NULL }, { "device", all ? "Device" : NULL },
		{ "target", "Target" }, { "source", "Source" }, { NULL, NULL },
	};

	if (n < 0)
		return fail_call(sh, "Failed to list the disks of domain '%s'", a->domain.word);
	sheet_init(&s, columns);
	for (int i = 0; i < n; i++)
		sheet_add(&s, (struct value[]){ text_or_dash(disks[i].type),
						text_or_dash(disks[i].device),
						text_or_dash(disks[i].target),
						text_or_dash(disks[i].source) });
	render_table(sh, &s);
	domshDisksFree(disks, n);
	return true;
}

const struct command command_domblklist = {
	.name = "domblklist",
	.summary = "list the disks of a domain",
	.about = "Lists disks by their target, and the file or device behind each; '-' where "
		 "nothing is in the drive.",
	.options = domblklist_options,
	.args_size = sizeof(struct domblklist_args),
	.run = run_domblklist,
};

/* ---- domiflist ---------------------------------------------------------------------------- */

struct domiflist_args {
	struct domain_target domain;
	unsigned flags;
};

static const struct option domiflist_options[] = {
	DOMAIN_AT(domiflist_args),
	{ .name = "inactive", BIT_AT(domiflist_args, flags, VIR_DOMAIN_XML_INACTIVE),
	  .summary = "of the stored configuration, not of the guest that runs" },
	{ .name = NULL },
};

static const struct column domiflist_columns[] = {
	{ "interface", "Interface" }, { "type", "Type" }, { "source", "Source" },
	{ "model", "Model" }, { "mac", "MAC" }, { NULL, NULL },
};

static bool run_domiflist(struct shell *sh, const void *args)
{
	const struct domiflist_args *a = args;
	struct domshInterface *nics;
	int n = domshDomainListInterfaces(a->domain.domain, a->flags, &nics);
	struct sheet s;

	if (n < 0)
		return fail_call(sh, "Failed to list the interfaces of domain '%s'",
				 a->domain.word);
	sheet_init(&s, domiflist_columns);
	for (int i = 0; i < n; i++)
		sheet_add(&s, (struct value[]){
			text_or_dash(nics[i].name), text_or_dash(nics[i].type),
			text_or_dash(nics[i].source), text_or_dash(nics[i].model),
			text_or_dash(nics[i].mac) });
	render_table(sh, &s);
	domshInterfacesFree(nics, n);
	return true;
}

const struct command command_domiflist = {
	.name = "domiflist",
	.summary = "list the network interfaces of a domain",
	.about = "Lists the domain's network cards: name on the host, what they are plugged into, "
		 "model and MAC address.",
	.options = domiflist_options,
	.args_size = sizeof(struct domiflist_args),
	.run = run_domiflist,
};

/* ---- domblkinfo --------------------------------------------------------------------------- */

struct domblkinfo_args {
	struct domain_target domain;
	const char *device;
	unsigned human, all;
};

static const struct option domblkinfo_options[] = {
	DOMAIN_AT(domblkinfo_args),
	{ .name = "device", VALUE_AT(OPTION_STRING, domblkinfo_args, device), .excludes = 1,
	  .props = OPTION_POSITIONAL, .summary = "a disk: its target or source" },
	{ .name = "human", BIT_AT(domblkinfo_args, human, 1), .summary = "sizes with units" },
	{ .name = "all", BIT_AT(domblkinfo_args, all, 1), .excludes = 1,
	  .summary = "a table of all disks" },
	{ .name = NULL },
};

static const struct column domblkinfo_columns[] = {
	{ "target", "Target" }, { "capacity", "Capacity" }, { "allocation", "Allocation" },
	{ "physical", "Physical" }, { NULL, NULL },
};

/* virsh's form of sizes for people, always with three digits. */
static char *size_text(unsigned long long bytes, bool human)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	double value = (double)bytes;
	size_t unit = 0;

	if (!human)
		return mem_format("%llu", bytes);
	for (; value >= 1024 && unit + 1 < sizeof(units) / sizeof(units[0]); unit++)
		value /= 1024;
	return mem_format("%.3f %s", value, units[unit]);
}

/* info NULL: nothing is in the drive. */
static void add_sizes(struct sheet *s, const char *target, const virDomainBlockInfo *info,
		      bool human)
{
	const struct value none = value_none("-");

	if (!info) {
		sheet_add(s, (struct value[]){ text_or_dash(target), none, none, none });
		return;
	}
	auto_free char *capacity = size_text(info->capacity, human);
	auto_free char *allocation = size_text(info->allocation, human);
	auto_free char *physical = size_text(info->physical, human);
	sheet_add(s, (struct value[]){ target ? value_text(target) : absent,
				       value_number((long long)info->capacity, capacity),
				       value_number((long long)info->allocation, allocation),
				       value_number((long long)info->physical, physical) });
}

static bool show_all(struct shell *sh, const struct domblkinfo_args *a)
{
	virDomainPtr domain = a->domain.domain;
	struct domshDisk *disks;
	int n = domshDomainListDisks(domain, 0, &disks);
	bool done = n >= 0;
	struct sheet s;

	sheet_init(&s, domblkinfo_columns);
	for (int i = 0; done && i < n; i++) {
		virDomainBlockInfo info;

		if (!disks[i].source)
			add_sizes(&s, disks[i].target, NULL, a->human);
		else if (virDomainGetBlockInfo(domain, disks[i].target, &info, 0) == 0)
			add_sizes(&s, disks[i].target, &info, a->human);
		else
			done = false;
	}
	if (n >= 0)
		domshDisksFree(disks, n);
	if (done)
		render_table(sh, &s);
	else
		sheet_free(&s);
	return done || fail_library(sh);
}

static bool run_domblkinfo(struct shell *sh, const void *args)
{
	const struct domblkinfo_args *a = args;
	virDomainBlockInfo info;
	struct sheet s;

	if (a->all)
		return show_all(sh, a);
	if (!a->device)
		return fail_own(sh, VIR_ERR_INVALID_ARG,
				"command 'domblkinfo' requires <device> option (or --all)");
	if (virDomainGetBlockInfo(a->domain.domain, a->device, &info, 0) < 0)
		return fail_library(sh);
	sheet_init(&s, domblkinfo_columns);
	add_sizes(&s, NULL, &info, a->human);
	render_record(sh, &s, 16);
	return true;
}

const struct command command_domblkinfo = {
	.name = "domblkinfo",
	.summary = "print the sizes of a disk",
	.about = "Prints a disk's size as the guest sees it (capacity), what it takes on the "
		 "host's disk (allocation) and how long its file is (physical), in bytes unless "
		 "--human is given.",
	.options = domblkinfo_options,
	.args_size = sizeof(struct domblkinfo_args),
	.run = run_domblkinfo,
};
