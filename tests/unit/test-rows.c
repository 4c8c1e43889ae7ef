/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What self-test finds: a row that is right, and then the same row with one thing wrong, for each
 * thing. The real rows are looked at by tests/help.bats.
 */
#include <glib.h>
#include <string.h>

#include "../../tools/language/grammar.c"
#include "../../tools/mem.c"
#include "../../tools/language/numbers.c"
#include "../../tools/language/options.c"
#include "../../tools/language/rows.c"
#include "../../tools/language/suggest.c"

struct sample_args {
	unsigned flags;
	const char *text;
	long long number;
};

static const char *const modes[] = { "acpi", "agent", NULL };
static const char *const nothing[] = { NULL };

enum { FIRST, RIVAL, MODE, NUMBER, MISSING, DATA, END, MANY };
static struct option options[MANY];
static struct command sample;

const struct group groups[] = { { NULL, NULL, NULL } };

const struct command *table_find(const char *name)
{
	return strcmp(name, "sample") == 0 ? &sample : NULL;
}

static bool run_nothing(struct shell *sh, const void *args)
{
	return sh == args;
}

static void make_right(void)
{
	memset(options, 0, sizeof(options));
	options[FIRST] = (struct option){ .name = "first", .alias = "old",
		BIT_AT(sample_args, flags, 1), .excludes = 1, .summary = "the first" };
	options[RIVAL] = (struct option){ .name = "rival", BIT_AT(sample_args, flags, 2),
		.excludes = 1, .needs = "mode|number", .summary = "the rival" };
	options[MODE] = (struct option){ .name = "mode", VALUE_AT(OPTION_WORD, sample_args, text),
		.words = modes, .summary = "in which way" };
	options[NUMBER] = (struct option){ .name = "number",
		VALUE_AT(OPTION_NUMBER, sample_args, number), .min = 1, .max = 9,
		.summary = "how many" };
	options[MISSING] = (struct option){ .name = "missing", BIT_AT(sample_args, flags, 4),
		.needs = "number", .unsupported = "nobody has built it", .summary = "not yet" };
	options[DATA] = (struct option){ .name = "data", VALUE_AT(OPTION_STRING, sample_args, text),
		.props = OPTION_POSITIONAL | OPTION_REQUIRED, .summary = "what for" };
	sample = (struct command){ .name = "sample", .summary = "do something",
		.about = "Does it, and says so.", .options = options,
		.args_size = sizeof(struct sample_args), .run = run_nothing };
}

static void has_fault(const char *part)
{
	g_autofree char *faults = rows_faults(&sample);

	if (part ? !faults || !strstr(faults, part) : faults != NULL)
		g_error("'%s' should be told, and this is: %s", part ? part : "nothing",
			faults ? faults : "nothing");
	make_right();
}

#define WRONG(change, part) ((change), has_fault(part))

static void test_options(void)
{
	make_right();
	has_fault(NULL);
	WRONG(options[FIRST].name = "First", "--First: its name");
	WRONG(options[FIRST].name = "-first", "its name");
	WRONG(options[FIRST].alias = "under_score", "its name");
	WRONG(options[FIRST].name = "help", "its name");
	WRONG(options[FIRST].summary = "A sentence.", "no phrase");
	WRONG(options[FIRST].summary = NULL, "no phrase");
	WRONG(options[MISSING].unsupported = "", "no phrase");
	WRONG(options[RIVAL].name = "first", "has its name");
	WRONG(options[RIVAL].alias = "first", "has its name");
	WRONG(options[RIVAL].name = "old", "has its name");
	WRONG(options[NUMBER].at = sizeof(struct sample_args) - 4, "beyond the struct");
	WRONG(options[FIRST].bit = 0, "sets no bit");
	WRONG(options[MODE].words = NULL, "it has words");
	WRONG(options[MODE].words = nothing, "it has words");
	WRONG(options[NUMBER].words = modes, "it has words");
	WRONG(options[NUMBER].max = 1, "its range");
	WRONG((options[NUMBER].kind = OPTION_SCALED, options[NUMBER].min = 0), "its range");
	WRONG(options[RIVAL].needs = "mode|nobody", "needs an option that is not there");
	WRONG(options[RIVAL].needs = "mod", "needs an option that is not there");
	WRONG(options[RIVAL].excludes = 2, "excludes what no other");
	WRONG(options[MODE].props = OPTION_POSITIONAL, "--data: it is required, and stands behind");
}

/* An option that the parser lets through is what nobody else would notice. */
static void test_refusal(void)
{
	make_right();
	g_assert_true(is_not_refused(&sample, &options[MISSING]) == false);
	/* The machinery to bind looks at the table's row, which supports it by now. */
	struct option own[MANY];

	memcpy(own, options, sizeof(own));
	options[MISSING].unsupported = NULL;
	struct command here = sample;

	here.options = own;
	g_assert_true(is_not_refused(&here, &own[MISSING]));
	make_right();
	options[MISSING].kind = OPTION_NUMBER;
	options[MISSING].min = 5;
	options[MISSING].max = 6;
	options[MISSING].at = options[NUMBER].at;
	has_fault(NULL);
}

static void test_rows(void)
{
	make_right();
	WRONG(sample.summary = "A sentence.", "lacks a summary");
	WRONG(sample.about = "no full stop at all", "lacks a summary");
	WRONG(sample.about = NULL, "lacks a summary");
	WRONG(sample.run = NULL, "no handler");
	WRONG(sample.args_size = 0, "without a struct");
	WRONG(sample.props = COMMAND_ABSENT, "no handler");
	WRONG(sample.name = "Sample", "its name");
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/rows/options", test_options);
	g_test_add_func("/rows/refusal", test_refusal);
	g_test_add_func("/rows/rows", test_rows);
	return g_test_run();
}
