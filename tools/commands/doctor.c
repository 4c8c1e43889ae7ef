/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command doctor. */
#include <stdio.h>
#include <domsh/domsh.h>
#include <libvirt/virterror.h>

#include "command.h"
#include "output/errors.h"
#include "output/output.h"
#include "output/render.h"

struct doctor_args {
	struct domain_target domain;
	unsigned flags;
};

static const struct option doctor_options[] = {
	{ .name = "domain", VALUE_AT(OPTION_STRING, doctor_args, domain.word),
	  .props = OPTION_POSITIONAL, .offer = OFFER_DOMAINS,
	  .summary = "name of one domain; else the whole store" },
	{ .name = "fix", BIT_AT(doctor_args, flags, DOMSH_DOCTOR_FIX),
	  .summary = "repair what can be, and say what was done" },
	{ .name = NULL },
};

static const struct column doctor_columns[] = {
	{ "domain", "Domain" }, { "finding", "Finding" }, { "what", "What" },
	{ "remedy", "What to do" }, { "done", "Done" }, { NULL, NULL },
};

static struct value text_or_none(const char *text)
{
	return text ? value_text(text) : value_none("-");
}

/* What is left as it was is a failure. */
static bool show_findings(struct shell *sh, const struct domshFinding *findings, int n)
{
	struct sheet s;
	int left = 0;

	sheet_init(&s, doctor_columns);
	for (int i = 0; i < n; i++) {
		left += !findings[i].done;
		sheet_add(&s, (struct value[]){
			text_or_none(findings[i].domain), value_text(findings[i].code),
			value_text(findings[i].what), text_or_none(findings[i].remedy),
			text_or_none(findings[i].done) });
	}
	if (n > 0 || sh->settings.json) {
		render_table(sh, &s);
	} else {
		sheet_free(&s);
		say(sh, "All is well");
	}
	return left == 0;
}

static bool run_doctor(struct shell *sh, const void *args)
{
	const struct doctor_args *a = args;
	struct domshFinding *findings;
	int n = domshDoctor(sh->conn, a->domain.word, a->flags, &findings);
	bool is_well;

	if (n < 0)
		return fail_call(sh, "Failed to examine %s", a->domain.word ? a->domain.word
									    : "the store");
	is_well = show_findings(sh, findings, n);
	domshFindingsFree(findings, n);
	return is_well;
}

const struct command command_doctor = {
	.name = "doctor",
	.summary = "look for what is out of step",
	.about = "Looks through the store, or one domain, for unfinished work, unclear "
		 "directories, rests of guests, records and images that cannot be read or do not "
		 "belong together, and index entries that are wrong, and says what to do about "
		 "each. With --fix it repairs what it can and says what it did; nothing is deleted "
		 "for good. Fails when something was found that was not repaired.",
	.options = doctor_options,
	.args_size = sizeof(struct doctor_args),
	.run = run_doctor,
};
