/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Commands that tell about one domain. */
#include <stdio.h>
#include <stdlib.h>
#include <libvirt/virterror.h>
#include <domsh/domsh.h>

#include "command.h"
#include "output/errors.h"
#include "mem.h"
#include "output/output.h"
#include "output/render.h"
#include "commands/states.h"
#include "commands/xml.h"

/* ---- domid, domname, domuuid -------------------------------------------------------------- */

struct domain_args {
	struct domain_target domain;
};

static const struct option domain_options[] = {
	DOMAINS_AT(domain_args),
	{ .name = NULL },
};

static bool run_domid(struct shell *sh, const void *args)
{
	virDomainPtr domain = ((const struct domain_args *)args)->domain.domain;
	unsigned id = virDomainGetID(domain);
	char text[16];

	snprintf(text, sizeof(text), "%u", id);
	render_value(sh, "domain", virDomainGetName(domain), "id",
		     id == (unsigned)-1 ? value_none("-") : value_number(id, text));
	return true;
}

const struct command command_domid = {
	.name = "domid",
	.summary = "print the id of a domain",
	.about = "Prints the id of a running domain, '-' for one that is off.",
	.options = domain_options,
	.args_size = sizeof(struct domain_args),
	.run = run_domid,
};

static bool run_domname(struct shell *sh, const void *args)
{
	virDomainPtr domain = ((const struct domain_args *)args)->domain.domain;

	render_value(sh, NULL, NULL, "name", value_text(virDomainGetName(domain)));
	return true;
}

const struct command command_domname = {
	.name = "domname",
	.summary = "print the name of a domain",
	.about = "Prints the name of the domain that an id or a UUID means.",
	.options = domain_options,
	.args_size = sizeof(struct domain_args),
	.run = run_domname,
};

static bool run_domuuid(struct shell *sh, const void *args)
{
	virDomainPtr domain = ((const struct domain_args *)args)->domain.domain;
	char uuid[VIR_UUID_STRING_BUFLEN];

	if (virDomainGetUUIDString(domain, uuid) < 0)
		return fail_call(sh, "failed to get domain UUID");
	render_value(sh, "domain", virDomainGetName(domain), "uuid", value_text(uuid));
	return true;
}

const struct command command_domuuid = {
	.name = "domuuid",
	.summary = "print the UUID of a domain",
	.about = "Prints the UUID of the domain that a name or an id means.",
	.options = domain_options,
	.args_size = sizeof(struct domain_args),
	.run = run_domuuid,
};

/* ---- domstate ----------------------------------------------------------------------------- */

struct domstate_args {
	struct domain_target domain;
	unsigned reason;
};

static const struct option domstate_options[] = {
	DOMAINS_AT(domstate_args),
	{ .name = "reason", BIT_AT(domstate_args, reason, 1),
	  .summary = "also why it is in this state" },
	{ .name = NULL },
};

/* A guest without its guard keeps running; only its state is no longer followed. */
static char *reason_text(virDomainPtr domain, int state, int reason)
{
	bool alone = state != VIR_DOMAIN_SHUTOFF && domshDomainIsSupervised(domain) == 0;

	virResetLastError();
	return mem_format("%s%s", state_reason(state, reason), alone ? ", unsupervised" : "");
}

static bool run_domstate(struct shell *sh, const void *args)
{
	const struct domstate_args *a = args;
	virDomainPtr domain = a->domain.domain;
	bool is_bare = !a->reason && !sh->settings.json;
	struct sheet s;
	int state, reason;

	if (virDomainGetState(domain, &state, is_bare ? NULL : &reason, 0) < 0)
		return fail_call(sh, "Failed to get the state of domain '%s'", a->domain.word);
	if (is_bare) {
		render_value(sh, "domain", virDomainGetName(domain), "state",
			     value_text(state_word(state)));
		return true;
	}
	auto_free char *why = reason_text(domain, state, reason);
	auto_free char *both = mem_format("%s (%s)", state_word(state), why);
	if (!sh->settings.json) {
		render_value(sh, "domain", virDomainGetName(domain), "state", value_text(both));
		return true;
	}
	sheet_init(&s, (const struct column[]){
		{ "domain", "" }, { "state", "" }, { "reason", "" }, { NULL, NULL } });
	sheet_add(&s, (struct value[]){ value_text(virDomainGetName(domain)),
					value_text(state_word(state)), value_text(why) });
	render_record(sh, &s, 0);
	return true;
}

const struct command command_domstate = {
	.name = "domstate",
	.summary = "print the state of a domain",
	.about = "Prints what the domain does: running, paused, shut off, …; with --reason why. "
		 "'unsupervised' means that no guard follows the guest: it runs on, and the next "
		 "command that changes it starts a guard.",
	.options = domstate_options,
	.args_size = sizeof(struct domstate_args),
	.run = run_domstate,
};

/* ---- dominfo ------------------------------------------------------------------------------ */

enum {
	INFO_ID, INFO_NAME, INFO_UUID, INFO_OS_TYPE, INFO_STATE, INFO_CPUS, INFO_CPU_TIME,
	INFO_MAX_MEMORY, INFO_USED_MEMORY, INFO_PERSISTENT, INFO_AUTOSTART, INFO_MANAGED_SAVE,
	INFO_SECURITY_MODEL, INFO_SECURITY_DOI, INFO_COUNT
};

static const struct column info_columns[INFO_COUNT + 1] = {
	[INFO_ID] = { "id", "Id" },
	[INFO_NAME] = { "name", "Name" },
	[INFO_UUID] = { "uuid", "UUID" },
	[INFO_OS_TYPE] = { "os_type", "OS Type" },
	[INFO_STATE] = { "state", "State" },
	[INFO_CPUS] = { "cpus", "CPU(s)" },
	[INFO_CPU_TIME] = { "cpu_time", "CPU time" },
	[INFO_MAX_MEMORY] = { "max_memory", "Max memory" },
	[INFO_USED_MEMORY] = { "used_memory", "Used memory" },
	[INFO_PERSISTENT] = { "persistent", "Persistent" },
	[INFO_AUTOSTART] = { "autostart", "Autostart" },
	[INFO_MANAGED_SAVE] = { "managed_save", "Managed save" },
	[INFO_SECURITY_MODEL] = { "security_model", "Security model" },
	[INFO_SECURITY_DOI] = { "security_doi", "Security DOI" },
};

/* The texts of one dominfo. */
struct info_texts {
	char id[16], uuid[VIR_UUID_STRING_BUFLEN], cpus[16], cpu_time[32];
	char max_memory[32], used_memory[32];
	virSecurityModel security;
};

static void info_identity(struct info_texts *t, virDomainPtr domain, struct value *row)
{
	unsigned id = virDomainGetID(domain);

	snprintf(t->id, sizeof(t->id), "%u", id);
	row[INFO_ID] = id == (unsigned)-1 ? value_none("-") : value_number(id, t->id);
	row[INFO_NAME] = value_text(virDomainGetName(domain));
	if (virDomainGetUUIDString(domain, t->uuid) == 0)
		row[INFO_UUID] = value_text(t->uuid);
}

static void info_numbers(struct info_texts *t, const virDomainInfo *info, struct value *row)
{
	unsigned long long memory = info->memory, max = info->maxMem;

	snprintf(t->cpus, sizeof(t->cpus), "%u", info->nrVirtCpu);
	row[INFO_CPUS] = value_number(info->nrVirtCpu, t->cpus);
	if (info->cpuTime != 0) {
		snprintf(t->cpu_time, sizeof(t->cpu_time), "%.1fs", (double)info->cpuTime / 1e9);
		row[INFO_CPU_TIME] = (struct value){ .kind = VALUE_REAL, .text = t->cpu_time,
						     .real = (double)info->cpuTime / 1e9 };
	}
	snprintf(t->max_memory, sizeof(t->max_memory), "%llu KiB", max);
	row[INFO_MAX_MEMORY] = value_number((long long)max * 1024, t->max_memory);
	snprintf(t->used_memory, sizeof(t->used_memory), "%llu KiB", memory);
	row[INFO_USED_MEMORY] = value_number((long long)memory * 1024, t->used_memory);
}

/* -1: the library could not say. */
static struct value info_answer(int answer, const char *yes, const char *no)
{
	if (answer < 0)
		return (struct value){ .kind = VALUE_NONE, .text = "unknown" };
	return value_bool(answer, answer ? yes : no);
}

static void info_persistence(virDomainPtr domain, struct value *row)
{
	int autostart = 0;

	row[INFO_PERSISTENT] = info_answer(virDomainIsPersistent(domain), "yes", "no");
	if (virDomainGetAutostart(domain, &autostart) == 0)
		row[INFO_AUTOSTART] = info_answer(autostart, "enable", "disable");
	row[INFO_MANAGED_SAVE] = info_answer(virDomainHasManagedSaveImage(domain, 0), "yes", "no");
}

static void info_security(struct info_texts *t, virConnectPtr conn, struct value *row)
{
	if (virNodeGetSecurityModel(conn, &t->security) < 0 || !t->security.model[0])
		return;
	row[INFO_SECURITY_MODEL] = value_text(t->security.model);
	row[INFO_SECURITY_DOI] = value_text(t->security.doi);
}

static bool run_dominfo(struct shell *sh, const void *args)
{
	const struct domain_args *a = args;
	virDomainPtr domain = a->domain.domain;
	struct info_texts texts;
	struct value row[INFO_COUNT];
	virDomainInfo info;
	struct sheet s;

	if (virDomainGetInfo(domain, &info) < 0)
		return fail_call(sh, "Failed to get information about domain '%s'", a->domain.word);
	for (int i = 0; i < INFO_COUNT; i++)
		row[i] = (struct value){ .kind = VALUE_ABSENT };
	auto_free char *os_type = virDomainGetOSType(domain);
	row[INFO_STATE] = value_text(state_word(info.state));
	if (os_type)
		row[INFO_OS_TYPE] = value_text(os_type);
	info_identity(&texts, domain, row);
	info_numbers(&texts, &info, row);
	info_persistence(domain, row);
	info_security(&texts, sh->conn, row);
	virResetLastError();
	sheet_init(&s, info_columns);
	sheet_add(&s, row);
	render_record(sh, &s, 16);
	return true;
}

const struct command command_dominfo = {
	.name = "dominfo",
	.summary = "print what a domain is and has",
	.about = "Prints the domain's identity, state, CPUs and memory, and whether it is "
		 "persistent, starts at boot and has a managed save image.",
	.options = domain_options,
	.args_size = sizeof(struct domain_args),
	.run = run_dominfo,
};

/* ---- dumpxml ------------------------------------------------------------------------------ */

struct dumpxml_args {
	struct domain_target domain;
	unsigned flags;
	struct xml_choice choice;
};

static const struct option dumpxml_options[] = {
	DOMAIN_AT(dumpxml_args),
	{ .name = "inactive", BIT_AT(dumpxml_args, flags, VIR_DOMAIN_XML_INACTIVE),
	  .summary = "the configuration of the next start, not of the guest that runs" },
	{ .name = "security-info", BIT_AT(dumpxml_args, flags, VIR_DOMAIN_XML_SECURE),
	  .summary = "passwords too" },
	{ .name = "update-cpu", BIT_AT(dumpxml_args, flags, VIR_DOMAIN_XML_UPDATE_CPU),
	  .summary = "with the CPU as this host gives it, not as 'host-model'" },
	{ .name = "migratable", BIT_AT(dumpxml_args, flags, VIR_DOMAIN_XML_MIGRATABLE),
	  .summary = "as a save image has it and save --xml takes it: passwords too" },
	XML_OPTIONS(dumpxml_args),
	{ .name = NULL },
};

static bool run_dumpxml(struct shell *sh, const void *args)
{
	const struct dumpxml_args *a = args;
	auto_free char *xml = virDomainGetXMLDesc(a->domain.domain, a->flags);

	if (!xml)
		return fail_call(sh, "Failed to get the XML of domain '%s'", a->domain.word);
	return show_xml(sh, &a->choice, "domain", virDomainGetName(a->domain.domain), xml);
}

const struct command command_dumpxml = {
	.name = "dumpxml",
	.summary = "print the XML of a domain",
	.about = "Prints the XML of the guest as it runs, or of the configuration when it is off. "
		 "What is printed can be given to define.",
	.options = dumpxml_options,
	.args_size = sizeof(struct dumpxml_args),
	.run = run_dumpxml,
};
