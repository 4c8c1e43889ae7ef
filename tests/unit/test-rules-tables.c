/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The tables beside the rules: every reason is worded and told by some rule, ways out name only
 * what exists, every step and fact is used, and plan_check() sees a wrong plan.
 */
#include "test-rules.h"

/* ---- Reasons ---- */

static void test_reason_rows(void)
{
	for (int i = 0; i < REASON_COUNT; i++) {
		const struct reason_row *r = &reason_rows[i];

		g_assert_nonnull(r->code);
		g_assert_nonnull(r->phrase);
		g_assert_cmpint(r->error, !=, 0);
		for (const char *c = r->code; *c; c++)
			g_assert_true(g_ascii_islower(*c) || *c == '-');
		g_assert_cmpstr(r->phrase, !=, "");
		g_assert_false(g_str_has_suffix(r->phrase, "."));
		g_assert_true(!r->option || (*r->option && !g_str_has_suffix(r->option, ".")));
	}
}

/* describe.c fills in one object, as a string. */
static void test_reason_phrases(void)
{
	for (int i = 0; i < REASON_COUNT; i++) {
		const char *percent = strchr(reason_rows[i].phrase, '%');

		if (percent) {
			g_assert_cmpint(percent[1], ==, 's');
			g_assert_null(strchr(percent + 2, '%'));
		}
		g_assert_true(!reason_rows[i].option || !strchr(reason_rows[i].option, '%'));
	}
}

/* Commands and options that ways out may name: those of this build. */
static const char *const commands[] = {
	"define", "destroy", "managedsave-remove", "protect", "qemu-img", "shutdown",
	"snapshot-create-as", "snapshot-delete", "snapshot-revert",
	"snapshot-dumpxml", "start", "trash-empty", "undefine",
};
static const char *const options[] = {
	"--accept-disks", "--checkpoints-metadata", "--disk-only", "--diskspec", "--force",
	"--force-boot", "--keep-nvram", "--managed-save", "--memspec", "--metadata", "--nvram", "--off",
	"--overwrite",
	"--paused", "--purge", "--reset-nvram", "--snapshots-metadata",
};
/* Of virsh or planned, but not of this build. */
static const char *const missing[] = {
	"unprotect", "adopt", "blockcommit",
	"blockpull", "checkpoint-delete",
};

static bool is_listed(const char *const *list, size_t n, const char *word)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(list[i], word) == 0)
			return true;
	return false;
}

#define LISTED(list, word) is_listed((list), G_N_ELEMENTS(list), (word))

/* A word with a dash inside looks like a command. */
static void check_word(const char *text, const char *word)
{
	bool is_option = g_str_has_prefix(word, "--");
	bool is_command = !is_option && strchr(word, '-') && word[0] != '-';

	if ((is_option && !LISTED(options, word)) || (is_command && !LISTED(commands, word)) ||
	    LISTED(missing, word))
		g_error("'%s' names '%s', which does not exist", text, word);
}

static void test_reason_options(void)
{
	for (int i = 0; i < REASON_COUNT; i++) {
		const char *text = reason_rows[i].option;
		g_auto(GStrv) words = g_strsplit_set(text ? text : "", " ,;:.'\"()", -1);

		for (int k = 0; words[k]; k++)
			check_word(text, words[k]);
	}
}

/* ---- What the rules use ---- */

struct used {
	bool reasons[REASON_COUNT];
	bool steps[STEP_COUNT];
};

static const struct used *what_is_used(void)
{
	static struct used used;

	for (int i = 0; i < RULE_COUNT; i++) {
		struct walk w = { .rule = &rules[i] };

		while (walk_next(&w)) {
			for (int k = 0; k < w.v.n_reasons; k++)
				used.reasons[w.v.reasons[k]] = true;
			for (int k = 0; k < w.v.plan.n; k++)
				used.steps[w.v.plan.steps[k]] = true;
		}
	}
	return &used;
}

/* Not told by any rule, and why that is right. */
static const struct {
	enum reason_id id;
	const char *why;
} untold[] = {
	{ REASON_NONE, "ends lists" },
};

static void test_reasons_reachable(void)
{
	bool expected[REASON_COUNT];
	const struct used *used = what_is_used();

	memset(expected, true, sizeof(expected));
	for (guint i = 0; i < G_N_ELEMENTS(untold); i++)
		expected[untold[i].id] = false;
	for (int i = 0; i < REASON_COUNT; i++)
		if (used->reasons[i] != expected[i])
			g_error("reason %d '%s' is %s", i, reason_rows[i].phrase,
				expected[i] ? "told by no rule" : "listed as untold, but told");
}

static void test_steps_used(void)
{
	const struct used *used = what_is_used();

	for (int i = 0; i < STEP_COUNT; i++)
		if (used->steps[i] != (i != STEP_NONE))
			g_error("step %s is used by no rule", step_name(i));
}

/* Gathered, but asked by the engine only. */
#define FACTS_OF_THE_ENGINE FACT_PAUSED

static void test_facts_used(void)
{
	guint64 seen = 0;

	for (int i = 0; i < RULE_COUNT; i++)
		seen |= rules[i].facts;
	for (int i = 0; i < FACT_COUNT; i++)
		if (!!(seen & (1ull << i)) == !!(FACTS_OF_THE_ENGINE & (1ull << i)))
			g_error("fact '%s' is looked at by no rule, or listed though it is",
				fact_name(i));
}

static void test_names(void)
{
	for (int i = 0; i < FACT_COUNT; i++)
		for (int k = 0; k < i; k++)
			g_assert_cmpstr(fact_name(i), !=, fact_name(k));
	g_assert_cmpstr(fact_name(FACT_COUNT), ==, "?");
	g_assert_cmpstr(step_name(STEP_RETIRE), ==, "RETIRE");
	g_assert_cmpstr(step_name(STEP_COUNT), ==, "?");
}

/* ---- Plans ---- */

static const struct {
	const char *what;
	bool is_plan, is_repeatable;
	enum step steps[6];
} plans[] = {
	{ "nothing to do", true, true, { STEP_NONE } },
	{ "whole", true, false, { STEP_TOMBSTONE, STEP_RETIRE, STEP_EVENT, STEP_UNLINK_OUTSIDE } },
	{ "commit only", true, false, { STEP_MOVE } },
	{ "clean-up only", false, true, { STEP_EVENT, STEP_DROP_INTENT } },
	{ "no commit", false, false, { STEP_INTENT, STEP_EVENT } },
	{ "never commits", false, false, { STEP_INTENT } },
	{ "two commits", false, false, { STEP_RETIRE, STEP_PUBLISH } },
	{ "prepares too late", false, false, { STEP_RETIRE, STEP_TOMBSTONE } },
	{ "cleans up too early", false, false, { STEP_EVENT, STEP_RETIRE } },
	{ "removes too early", false, false, { STEP_RETIRE, STEP_UNLINK_OUTSIDE, STEP_EVENT } },
	{ "removes before the commit", false, false, { STEP_UNLINK_OUTSIDE, STEP_RETIRE } },
	{ "reconcile removes", false, false, { STEP_EVENT, STEP_UNLINK_OUTSIDE } },
};

static void test_plan_check(void)
{
	for (guint i = 0; i < G_N_ELEMENTS(plans); i++) {
		struct plan p = { 0 };

		for (int k = 0; plans[i].steps[k]; k++)
			plan_add(&p, plans[i].steps[k]);
		g_test_message("%s", plans[i].what);
		g_assert_true(plan_check(&p) == plans[i].is_plan);
		g_assert_true(plan_check_repeatable(&p) == plans[i].is_repeatable);
	}
}

/* A plan that did not fit has lost its end: never right. */
static void test_plan_full(void)
{
	struct plan p = { 0 };

	plan_add(&p, STEP_RETIRE);
	for (int i = 0; i < PLAN_MAX + 3; i++)
		plan_add(&p, STEP_EVENT);
	g_assert_cmpint(p.n, ==, PLAN_MAX);
	g_assert_false(plan_check(&p));
	p.steps[0] = STEP_EVENT;
	g_assert_false(plan_check_repeatable(&p));
	p = (struct plan){ 0 };
	plan_add(&p, STEP_NONE);
	plan_add(&p, STEP_RETIRE);
	g_assert_false(plan_check(&p));
}

int main(int argc, char *argv[])
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/rules/tables/reason-rows", test_reason_rows);
	g_test_add_func("/rules/tables/reason-phrases", test_reason_phrases);
	g_test_add_func("/rules/tables/reason-options", test_reason_options);
	g_test_add_func("/rules/tables/reasons-reachable", test_reasons_reachable);
	g_test_add_func("/rules/tables/steps-used", test_steps_used);
	g_test_add_func("/rules/tables/facts-used", test_facts_used);
	g_test_add_func("/rules/tables/names", test_names);
	g_test_add_func("/rules/tables/plan-check", test_plan_check);
	g_test_add_func("/rules/tables/plan-full", test_plan_full);
	return g_test_run();
}
