/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Commands on what goes on with a domain: jobs, its monitor, waiting for it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <domsh/domsh.h>
#include <libvirt/virterror.h>

#include "command.h"
#include "output/errors.h"
#include "mem.h"
#include "output/outcome.h"
#include "output/output.h"
#include "output/render.h"

#define ACTIVE VIR_CONNECT_LIST_DOMAINS_ACTIVE

/* ---- domjobinfo --------------------------------------------------------------------------- */

struct jobinfo_args {
	struct domain_target domain;
	unsigned flags, raw;
};

static const char no_completed[] = "what a job was is told by the command that it belonged to";

static const struct option jobinfo_options[] = {
	DOMAIN_THAT(jobinfo_args, ACTIVE),
	{ .name = "completed", BIT_AT(jobinfo_args, flags, 1), .unsupported = no_completed,
	  .summary = "of a job that is over" },
	{ .name = "keep-completed", BIT_AT(jobinfo_args, flags, 2), .needs = "completed",
	  .unsupported = no_completed, .summary = "and let it be asked for again" },
	{ .name = "anystats", BIT_AT(jobinfo_args, flags, 4), .unsupported = no_completed,
	  .summary = "also of jobs that failed" },
	{ .name = "rawstats", BIT_AT(jobinfo_args, raw, 1), .summary = "as key: value" },
	{ .name = NULL },
};

enum { JOB_TYPE, JOB_OPERATION, JOB_ELAPSED, JOB_PROCESSED, JOB_REMAINING, JOB_TOTAL, JOB_COUNT };

static const struct column job_columns[JOB_COUNT + 1] = {
	[JOB_TYPE] = { "job_type", "Job type" },
	[JOB_OPERATION] = { "operation", "Operation" },
	[JOB_ELAPSED] = { "time_elapsed", "Time elapsed" },
	[JOB_PROCESSED] = { "data_processed", "Data processed" },
	[JOB_REMAINING] = { "data_remaining", "Data remaining" },
	[JOB_TOTAL] = { "data_total", "Data total" },
};

static const char *const job_types[] = { "None", "Bounded", "Unbounded", "Completed", "Failed",
					 "Cancelled" };
static const char *const job_operations[] = {
	"Unknown", "Start", "Save", "Restore", "Incoming migration", "Outgoing migration",
	"Snapshot", "Snapshot revert", "Dump", "Backup", "Snapshot delete",
};

/* What a list has under a name; absent otherwise. */
static struct value number_at(virTypedParameterPtr params, int n, const char *field, char text[32],
			      bool is_size)
{
	virTypedParameterPtr p = virTypedParamsGet(params, n, field);
	const double mib = p ? (double)p->value.ul / (1024 * 1024) : 0;

	if (!p)
		return (struct value){ .kind = VALUE_ABSENT };
	if (is_size)
		snprintf(text, 32, "%.3f MiB", mib);
	else
		snprintf(text, 32, "%-12llu ms", p->value.ul);
	return value_number((long long)p->value.ul, text);
}

static const char *operation_at(virTypedParameterPtr params, int n)
{
	virTypedParameterPtr p = virTypedParamsGet(params, n, VIR_DOMAIN_JOB_OPERATION);
	const size_t known = sizeof(job_operations) / sizeof(job_operations[0]);

	if (!p)
		return NULL;
	return job_operations[p->value.i >= 0 && (size_t)p->value.i < known ? p->value.i : 0];
}

static void show_job(struct shell *sh, int type, virTypedParameterPtr params, int n)
{
	const char *operation = operation_at(params, n);
	char texts[JOB_COUNT][32];
	struct sheet s;
	struct value row[JOB_COUNT] = {
		[JOB_TYPE] = value_text(job_types[type >= 0 && type < 6 ? type : 0]),
		[JOB_OPERATION] = operation ? value_text(operation)
					    : (struct value){ .kind = VALUE_ABSENT },
		[JOB_ELAPSED] = number_at(params, n, VIR_DOMAIN_JOB_TIME_ELAPSED,
					  texts[JOB_ELAPSED], false),
		[JOB_PROCESSED] = number_at(params, n, VIR_DOMAIN_JOB_DATA_PROCESSED,
					    texts[JOB_PROCESSED], true),
		[JOB_REMAINING] = number_at(params, n, VIR_DOMAIN_JOB_DATA_REMAINING,
					    texts[JOB_REMAINING], true),
		[JOB_TOTAL] = number_at(params, n, VIR_DOMAIN_JOB_DATA_TOTAL, texts[JOB_TOTAL],
					true),
	};

	sheet_init(&s, job_columns);
	sheet_add(&s, row);
	render_record(sh, &s, 18);
}

static void show_raw(const struct shell *sh, int type, virTypedParameterPtr params, int n)
{
	print_line(sh, "Job type: %d", type);
	for (int i = 0; i < n; i++) {
		if (params[i].type == VIR_TYPED_PARAM_INT)
			print_line(sh, "%s: %d", params[i].field, params[i].value.i);
		else
			print_line(sh, "%s: %llu", params[i].field, params[i].value.ul);
	}
}

static bool run_domjobinfo(struct shell *sh, const void *args)
{
	const struct jobinfo_args *a = args;
	virTypedParameterPtr params;
	int type, n;

	if (virDomainGetJobStats(a->domain.domain, &type, &params, &n, 0) < 0)
		return fail_library(sh);
	if (a->raw && !sh->settings.json)
		show_raw(sh, type, params, n);
	else
		show_job(sh, type, params, n);
	virTypedParamsFree(params, n);
	return true;
}

const struct command command_domjobinfo = {
	.name = "domjobinfo",
	.summary = "print the long job that is under way on a domain",
	.about = "Prints what is being done and how far it is; 'None' when there is no job. It "
		 "never waits for the job.",
	.options = jobinfo_options,
	.args_size = sizeof(struct jobinfo_args),
	.run = run_domjobinfo,
};

/* ---- domjobabort -------------------------------------------------------------------------- */

struct jobabort_args {
	struct domain_target domain;
	unsigned postcopy;
};

static const struct option jobabort_options[] = {
	DOMAIN_THAT(jobabort_args, ACTIVE),
	{ .name = "postcopy", BIT_AT(jobabort_args, postcopy, 1),
	  .unsupported = "guests are not migrated", .summary = "a migration in its second half" },
	{ .name = NULL },
};

static bool run_domjobabort(struct shell *sh, const void *args)
{
	const struct jobabort_args *a = args;
	const char *name = virDomainGetName(a->domain.domain);

	if (virDomainAbortJob(a->domain.domain) < 0)
		return fail_library(sh);
	if (sh->settings.json)
		outcome(sh, name, NULL, "asked");
	return true;
}

const struct command command_domjobabort = {
	.name = "domjobabort",
	.summary = "end the long job that is under way on a domain",
	.about = "Asks the command that does the job to end it: it takes back what it did, fails, "
		 "and the guest goes on as before.",
	.options = jobabort_options,
	.args_size = sizeof(struct jobabort_args),
	.run = run_domjobabort,
};

/* ---- domcontrol --------------------------------------------------------------------------- */

struct domcontrol_args {
	struct domain_target domain;
};

static const struct option domcontrol_options[] = {
	DOMAIN_THAT(domcontrol_args, ACTIVE),
	{ .name = NULL },
};

static const char *const control_words[] = { "ok", "background job", "occupied", "error" };

static bool run_domcontrol(struct shell *sh, const void *args)
{
	const struct domcontrol_args *a = args;
	virDomainControlInfo info;
	auto_free char *text = NULL;

	if (virDomainGetControlInfo(a->domain.domain, &info, 0) < 0)
		return fail_library(sh);
	text = mem_format("%s%s", control_words[info.state < 4 ? info.state : 3],
			  info.state == VIR_DOMAIN_CONTROL_ERROR ? ": monitor failure" : "");
	render_value(sh, "domain", virDomainGetName(a->domain.domain), "control",
		     value_text(text));
	return true;
}

const struct command command_domcontrol = {
	.name = "domcontrol",
	.summary = "tell whether a guest's hypervisor can be talked to",
	.about = "Prints 'ok' when QEMU answers, 'background job' or 'occupied' while another "
		 "command works on the domain, else 'error'.",
	.options = domcontrol_options,
	.args_size = sizeof(struct domcontrol_args),
	.run = run_domcontrol,
};

/* ---- await -------------------------------------------------------------------------------- */

struct await_args {
	struct domain_target domain;
	const char *condition;
	long long timeout;
};

static const char *const conditions[] = { "domain-inactive", "guest-agent-available", NULL };

static const struct option await_options[] = {
	DOMAIN_THAT(await_args, ACTIVE),
	{ .name = "condition", VALUE_AT(OPTION_WORD, await_args, condition), .words = conditions,
	  .props = OPTION_REQUIRED | OPTION_POSITIONAL, .summary = "what to wait for" },
	{ .name = "timeout", VALUE_AT(OPTION_NUMBER, await_args, timeout), .min = 1,
	  .max = 1000000000, .summary = "give up after so many seconds" },
	{ .name = NULL },
};

/* For how long to wait at once: at a prompt in slices, so that Ctrl-C ends it. */
static long long slice_of(const struct shell *sh, long long timeout_ms)
{
	const long long slice = 250;

	return sh->interrupt && (timeout_ms < 0 || timeout_ms > slice) ? slice : timeout_ms;
}

/* Waiting changes nothing: it can be ended any time. As domshDomainAwait(). */
static int await_in_slices(struct shell *sh, virDomainPtr domain, unsigned condition,
			   long long timeout_ms)
{
	int holds = 0;

	while (holds == 0 && timeout_ms != 0 && !sh->interrupted) {
		long long ms = slice_of(sh, timeout_ms);

		holds = domshDomainAwait(domain, condition, ms);
		timeout_ms -= timeout_ms < 0 ? 0 : ms;
	}
	return holds;
}

static bool run_await(struct shell *sh, const void *args)
{
	const struct await_args *a = args;
	const char *name = virDomainGetName(a->domain.domain);
	unsigned condition = strcmp(a->condition, conditions[0]) == 0 ? DOMSH_AWAIT_INACTIVE
								      : DOMSH_AWAIT_AGENT;
	int holds;

	output_flush();
	holds = await_in_slices(sh, a->domain.domain, condition,
				a->timeout ? a->timeout * 1000 : -1);
	if (holds < 0)
		return fail_call(sh, "Failed to wait for domain '%s'", name);
	if (!holds && sh->interrupted)
		return fail_own(sh, VIR_ERR_OPERATION_ABORTED, "Interrupted; '%s' is as it was",
				name);
	if (!holds)
		return fail_own(sh, VIR_ERR_OPERATION_TIMEOUT,
				"Timed out waiting for domain '%s': not %s", name, a->condition);
	outcome(sh, name, NULL, "Condition '%s' of domain '%s' is met", a->condition, name);
	return true;
}

const struct command command_await = {
	.name = "await",
	.summary = "wait until something holds of a domain",
	.about = "Waits until the guest is off and all that its end asks for is done "
		 "(domain-inactive). Holds it already, it does not wait. When the time is over it "
		 "fails.",
	.options = await_options,
	.args_size = sizeof(struct await_args),
	.run = run_await,
};
