/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command domstats. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <libvirt/virterror.h>

#include "command.h"
#include "commands/params.h"
#include "output/errors.h"
#include "output/json.h"
#include "mem.h"
#include "output/output.h"
#include "domains.h"

struct stats_args {
	unsigned stats, flags, ignored;
	struct word_list words;
};

static const char no_stats[] = "this build has state, cpu-total, balloon and vcpu";

#define GROUP(option, bits, text) \
	{ .name = option, BIT_AT(stats_args, stats, VIR_DOMAIN_STATS_##bits), .summary = text }
#define NO_GROUP(option, bits, text)                                                        \
	{ .name = option, BIT_AT(stats_args, stats, VIR_DOMAIN_STATS_##bits),               \
	  .unsupported = no_stats, .summary = text }
#define FILTER(option, bits, text)                                                          \
	{ .name = option, BIT_AT(stats_args, flags, VIR_CONNECT_GET_ALL_DOMAINS_STATS_##bits), \
	  .summary = text }

static const struct option stats_options[] = {
	GROUP("state", STATE, "what the domain does, and why"),
	GROUP("cpu-total", CPU_TOTAL, "CPU time used"),
	GROUP("balloon", BALLOON, "memory"),
	GROUP("vcpu", VCPU, "how many virtual CPUs"),
	NO_GROUP("interface", INTERFACE, "network interfaces"),
	NO_GROUP("block", BLOCK, "disks"),
	NO_GROUP("perf", PERF, "performance counters"),
	NO_GROUP("iothread", IOTHREAD, "I/O threads"),
	NO_GROUP("memory", MEMORY, "memory bandwidth"),
	NO_GROUP("dirtyrate", DIRTYRATE, "how fast memory changes"),
	NO_GROUP("vm", VM, "what the hypervisor has besides"),
	FILTER("list-active", ACTIVE, "only active domains"),
	FILTER("list-inactive", INACTIVE, "only inactive ones"),
	FILTER("list-persistent", PERSISTENT, "only persistent ones"),
	FILTER("list-transient", TRANSIENT, "only transient ones"),
	FILTER("list-running", RUNNING, "only running ones"),
	FILTER("list-paused", PAUSED, "only paused ones"),
	FILTER("list-shutoff", SHUTOFF, "only those that are shut off"),
	FILTER("list-other", OTHER, "only those in another state"),
	{ .name = "raw", BIT_AT(stats_args, ignored, 1), .summary = "as always: plain numbers" },
	FILTER("enforce", ENFORCE_STATS, "fail when a group is not known"),
	{ .name = "backing", .kind = OPTION_BOOL, .at = offsetof(struct stats_args, ignored),
	  .unsupported = no_stats, .summary = "with the files behind disks" },
	FILTER("nowait", NOWAIT, "as always: do not wait for anybody"),
	{ .name = "domain", VALUE_AT(OPTION_REST, stats_args, words), .props = OPTION_POSITIONAL,
	  .offer = OFFER_DOMAINS, .summary = "domains; all when none is named" },
	{ .name = NULL },
};

static void print_record(const struct shell *sh, const virDomainStatsRecord *r)
{
	print_line(sh, "Domain: '%s'", virDomainGetName(r->dom));
	for (int i = 0; i < r->nparams; i++) {
		auto_free char *text = param_text(&r->params[i]);

		print_line(sh, "  %s=%s", r->params[i].field, text);
	}
}

/* "vcpu.current" is vcpu_current; all values are whole numbers but texts. */
static struct json_object *json_record(const virDomainStatsRecord *r)
{
	struct json_object *o = json_object_new_object();

	json_put_text(o, "domain", virDomainGetName(r->dom));
	for (int i = 0; i < r->nparams; i++) {
		auto_free char *key = mem_copy(r->params[i].field);
		auto_free char *text = param_text(&r->params[i]);

		for (char *dot = key; (dot = strpbrk(dot, ".-"));)
			*dot = '_';
		if (r->params[i].type == VIR_TYPED_PARAM_STRING)
			json_put_text(o, key, text);
		else
			json_put_number(o, key, strtoll(text, NULL, 10), true);
	}
	return o;
}

static void show_records(const struct shell *sh, virDomainStatsRecordPtr *records)
{
	struct json_object *list = sh->settings.json ? json_object_new_array() : NULL;

	for (size_t i = 0; records[i]; i++) {
		if (list) {
			json_object_array_add(list, json_record(records[i]));
			continue;
		}
		if (i > 0)
			print_raw("\n");
		print_record(sh, records[i]);
	}
	if (list)
		json_print(list, stdout);
}

static bool get_of(struct shell *sh, const struct stats_args *a, const struct domain_list *list,
		   virDomainStatsRecordPtr **ret_records)
{
	auto_free virDomainPtr *domains = mem_alloc((list->count + 1) * sizeof(virDomainPtr));

	for (size_t i = 0; i < list->count; i++)
		domains[i] = list->items[i].domain;
	return virDomainListGetStats(domains, a->stats, ret_records, a->flags) >= 0 ||
	       fail_library(sh);
}

static bool get_named(struct shell *sh, const struct stats_args *a,
		      virDomainStatsRecordPtr **ret_records)
{
	const unsigned keeps = VIR_CONNECT_GET_ALL_DOMAINS_STATS_ENFORCE_STATS |
			       VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT;
	struct domain_list list = { 0 };
	bool done;

	if (a->flags & ~keeps)
		return fail_own(sh, VIR_ERR_INVALID_ARG,
				"filters and names of domains exclude each other");
	done = domains_find(sh, &a->words, 0, false, &list) && get_of(sh, a, &list, ret_records);
	domains_release(&list);
	return done;
}

static bool run_domstats(struct shell *sh, const void *args)
{
	const struct stats_args *a = args;
	virDomainStatsRecordPtr *records = NULL;

	if (a->words.count) {
		if (!get_named(sh, a, &records))
			return false;
	} else if (virConnectGetAllDomainStats(sh->conn, a->stats, &records, a->flags) < 0) {
		return fail_library(sh);
	}
	show_records(sh, records);
	virDomainStatsRecordListFree(records);
	return true;
}

const struct command command_domstats = {
	.name = "domstats",
	.summary = "print statistics of domains",
	.about = "Prints what is known of domains as key=value lines: state, CPU time, memory and "
		 "virtual CPUs. No guest is asked. Numbers are those of libvirt's enumerations, "
		 "nanoseconds and KiB.",
	.options = stats_options,
	.args_size = sizeof(struct stats_args),
	.run = run_domstats,
};
