/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the disks of a guest do: domblkstat, domblkerror. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <libvirt/virterror.h>

#include "command.h"
#include "mem.h"
#include "output/errors.h"
#include "output/output.h"
#include "output/render.h"

#define ACTIVE VIR_CONNECT_LIST_DOMAINS_ACTIVE

/* ---- domblkstat --------------------------------------------------------------------------- */

struct blkstat_args {
	struct domain_target domain;
	const char *device;
	unsigned human;
};

static const struct option blkstat_options[] = {
	DOMAIN_THAT(blkstat_args, ACTIVE),
	{ .name = "device", VALUE_AT(OPTION_STRING, blkstat_args, device),
	  .props = OPTION_REQUIRED | OPTION_POSITIONAL, .summary = "a disk: its target or source" },
	{ .name = "human", BIT_AT(blkstat_args, human, 1), .summary = "say what the numbers are" },
	{ .name = NULL },
};

/* In virsh's order, with its words. */
static const struct {
	const char *field, *key, *label;
} counts[] = {
	{ VIR_DOMAIN_BLOCK_STATS_READ_REQ, "rd_req", "number of read operations:" },
	{ VIR_DOMAIN_BLOCK_STATS_READ_BYTES, "rd_bytes", "number of bytes read:" },
	{ VIR_DOMAIN_BLOCK_STATS_WRITE_REQ, "wr_req", "number of write operations:" },
	{ VIR_DOMAIN_BLOCK_STATS_WRITE_BYTES, "wr_bytes", "number of bytes written:" },
	{ VIR_DOMAIN_BLOCK_STATS_FLUSH_REQ, "flush_operations", "number of flush operations:" },
	{ VIR_DOMAIN_BLOCK_STATS_READ_TOTAL_TIMES, "rd_total_times",
	  "total duration of reads (ns):" },
	{ VIR_DOMAIN_BLOCK_STATS_WRITE_TOTAL_TIMES, "wr_total_times",
	  "total duration of writes (ns):" },
	{ VIR_DOMAIN_BLOCK_STATS_FLUSH_TOTAL_TIMES, "flush_total_times",
	  "total duration of flushes (ns):" },
};

#define COUNTS (sizeof(counts) / sizeof(*counts))

static void show_counts(const struct shell *sh, const struct blkstat_args *a,
			virTypedParameterPtr params, int n)
{
	struct column columns[COUNTS + 2] = { { "device", NULL } };
	struct value row[COUNTS + 1] = { value_text(a->device) };
	char labels[COUNTS][96], texts[COUNTS][24];
	struct sheet s;

	for (size_t i = 0; i < COUNTS; i++) {
		virTypedParameterPtr p = virTypedParamsGet(params, n, counts[i].field);

		if (a->human)
			snprintf(labels[i], sizeof(labels[i]), " %-31s", counts[i].label);
		else
			snprintf(labels[i], sizeof(labels[i]), "%.60s %s", a->device, counts[i].key);
		snprintf(texts[i], sizeof(texts[i]), "%lld", p ? p->value.l : 0);
		columns[i + 1] = (struct column){ counts[i].key, labels[i] };
		row[i + 1] = p ? value_number(p->value.l, texts[i])
			       : (struct value){ .kind = VALUE_ABSENT };
	}
	if (a->human && !sh->settings.json)
		print_line(sh, "Device: %s", a->device);
	sheet_init(&s, columns);
	sheet_add(&s, row);
	render_bare_record(sh, &s);
}

static bool run_domblkstat(struct shell *sh, const void *args)
{
	const struct blkstat_args *a = args;
	virTypedParameter params[COUNTS];
	int n = COUNTS;

	if (virDomainBlockStatsFlags(a->domain.domain, a->device, params, &n, 0) < 0)
		return fail_call(sh, "Failed to get block stats for domain '%s' device '%s'",
				 a->domain.word, a->device);
	show_counts(sh, a, params, n);
	return true;
}

const struct command command_domblkstat = {
	.name = "domblkstat",
	.summary = "count what a disk of a running guest has read and written",
	.about = "Prints how many requests and bytes the guest has read from the disk and written "
		 "to it since it was started, and how long that took in nanoseconds.",
	.options = blkstat_options,
	.args_size = sizeof(struct blkstat_args),
	.run = run_domblkstat,
};

/* ---- domblkerror -------------------------------------------------------------------------- */

struct blkerror_args {
	struct domain_target domain;
};

static const struct option blkerror_options[] = {
	DOMAIN_THAT(blkerror_args, ACTIVE),
	{ .name = NULL },
};

static const char *const error_words[] = { "no error", "unspecified error", "no space" };

static void show_errors(const struct shell *sh, virDomainDiskErrorPtr errors, int n)
{
	static const struct column columns[] = { { "disk", NULL }, { "error", NULL }, { NULL, NULL } };
	struct sheet s;

	if (n == 0)
		say(sh, "No errors found");
	sheet_init(&s, columns);
	for (int i = 0; i < n; i++) {
		int code = errors[i].error;
		const char *word = error_words[code > 0 && code < 3 ? code : 1];

		if (!sh->settings.json)
			print_line(sh, "%s: %s", errors[i].disk, word);
		sheet_add(&s, (struct value[]){ value_text(errors[i].disk), value_text(word) });
	}
	if (sh->settings.json)
		render_table(sh, &s);
	else
		sheet_free(&s);
}

static bool run_domblkerror(struct shell *sh, const void *args)
{
	const struct blkerror_args *a = args;
	int n = virDomainGetDiskErrors(a->domain.domain, NULL, 0, 0);
	auto_free virDomainDiskErrorPtr errors = n > 0 ? mem_alloc((size_t)n * sizeof(*errors))
						       : NULL;

	if (n >= 0)
		n = n ? virDomainGetDiskErrors(a->domain.domain, errors, (unsigned)n, 0) : 0;
	if (n < 0)
		return fail_library(sh);
	show_errors(sh, errors, n);
	for (int i = 0; i < n; i++)
		free(errors[i].disk);
	return true;
}

const struct command command_domblkerror = {
	.name = "domblkerror",
	.summary = "list disks of a running guest that failed it",
	.about = "Lists the disks at whose failed requests the guest stands: 'no space', or an "
		 "'unspecified error'. resume tries them again.",
	.options = blkerror_options,
	.args_size = sizeof(struct blkerror_args),
	.run = run_domblkerror,
};
