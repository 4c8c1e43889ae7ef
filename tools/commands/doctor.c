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
	unsigned fix;
};

static const struct option doctor_options[] = {
	{ .name = "domain", VALUE_AT(OPTION_STRING, doctor_args, domain.word),
	  .props = OPTION_POSITIONAL, .offer = OFFER_DOMAINS,
	  .summary = "name of one domain; else the whole store" },
	{ .name = "fix", BIT_AT(doctor_args, fix, 1),
	  .unsupported = "each finding says what to do about it", .summary = "repair what can be" },
	{ .name = NULL },
};

static const struct column doctor_columns[] = {
	{ "domain", "Domain" }, { "finding", "Finding" }, { "what", "What" },
	{ "remedy", "What to do" }, { NULL, NULL },
};

static bool run_doctor(struct shell *sh, const void *args)
{
	const struct doctor_args *a = args;
	struct domshFinding *findings;
	int n = domshDoctor(sh->conn, a->domain.word, &findings);
	struct sheet s;

	if (n < 0)
		return fail_call(sh, "Failed to examine %s", a->domain.word ? a->domain.word
									    : "the store");
	sheet_init(&s, doctor_columns);
	for (int i = 0; i < n; i++)
		sheet_add(&s, (struct value[]){
			findings[i].domain ? value_text(findings[i].domain) : value_none("-"),
			value_text(findings[i].code), value_text(findings[i].what),
			findings[i].remedy ? value_text(findings[i].remedy) : value_none("-") });
	domshFindingsFree(findings, n);
	if (n > 0 || sh->settings.json) {
		render_table(sh, &s);
	} else {
		sheet_free(&s);
		say(sh, "All is well");
	}
	return n == 0;
}

const struct command command_doctor = {
	.name = "doctor",
	.summary = "look for what is out of step",
	.about = "Looks through the store, or one domain, for unfinished work, unclear "
		 "directories, rests of guests, records and images that cannot be read and index "
		 "entries that are wrong, and says what to do about each. It changes nothing, and "
		 "fails when it has found something.",
	.options = doctor_options,
	.args_size = sizeof(struct doctor_args),
	.run = run_doctor,
};
