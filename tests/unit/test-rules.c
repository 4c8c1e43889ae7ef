/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What holds for every rule, shown for every subset of its facts and flags: it is total, refuses
 * with reasons or answers with a right plan, looks at nothing that it does not declare, tells
 * reasons in the order of the law, and never says no because one more permission was given.
 */
#include "test-rules.h"

/* ---- Total ---- */

static bool may_do_nothing(const struct rule *r)
{
	return r == &rules[RULE_EXIT] || r == &rules[RULE_MANAGED_SAVE_REMOVE];
}

static void check_reasons(const struct walk *w)
{
	const struct verdict *v = &w->v;

	/* A full array may have lost some. */
	WALK_CHECK(w, v->n_reasons < REASONS_MAX);
	for (int i = 0; i < v->n_reasons; i++) {
		WALK_CHECK(w, v->reasons[i] > REASON_NONE && v->reasons[i] < REASON_COUNT);
		for (int k = 0; k < i; k++)
			WALK_CHECK(w, v->reasons[k] != v->reasons[i]);
	}
}

static void test_total(const void *data)
{
	struct walk w = { .rule = data };

	while (walk_next(&w)) {
		struct verdict again = w.rule->decide(w.facts, w.flags);

		WALK_CHECK(&w, verdicts_equal(&again, &w.v));
		check_reasons(&w);
		if (w.v.n_reasons)
			WALK_CHECK(&w, w.v.plan.n == 0);
		else
			WALK_CHECK(&w, w.v.plan.n > 0 || may_do_nothing(w.rule));
	}
}

static void test_plan(const void *data)
{
	struct walk w = { .rule = data };
	bool is_reconcile = w.rule == &rules[RULE_RECONCILE];

	while (walk_next(&w)) {
		const struct plan *p = &w.v.plan;

		WALK_CHECK(&w, is_reconcile ? plan_check_repeatable(p) : plan_check(p));
		for (int i = 0; i < p->n; i++) {
			WALK_CHECK(&w, p->steps[i] > STEP_NONE && p->steps[i] < STEP_COUNT);
			WALK_CHECK(&w, plan_find(p, p->steps[i]) == i);
		}
	}
}

/* ---- Nothing but what is declared ---- */

/* Deterministic and well mixed: which undeclared bits are set beside a case. */
static guint64 scramble(guint64 x)
{
	x ^= x >> 33;
	x *= G_GUINT64_CONSTANT(0xff51afd7ed558ccd);
	x ^= x >> 33;
	x *= G_GUINT64_CONSTANT(0xc4ceb9fe1a85ec53);
	return x ^ (x >> 33);
}

static void check_same(const struct walk *w, guint64 facts, unsigned int flags)
{
	struct verdict v = w->rule->decide(facts, flags);
	g_autofree char *other = NULL;

	if (verdicts_equal(&v, &w->v))
		return;
	other = facts_text(facts & ~w->rule->facts);
	g_test_message("seen: facts {%s}, flags 0x%x", other, flags & ~w->rule->flags);
	walk_fail(w, "looks at what it does not declare");
}

static void check_single_bits(const struct walk *w)
{
	for (int i = 0; i < FACT_COUNT; i++)
		if (!(w->rule->facts & (1ull << i)))
			check_same(w, w->facts | (1ull << i), w->flags);
	for (int i = 0; i < 32; i++)
		if (!(w->rule->flags & (1u << i)))
			check_same(w, w->facts, w->flags | (1u << i));
}

static void test_mask(const void *data)
{
	const struct rule *r = data;
	const guint64 other_facts = FACT_ALL & ~r->facts;
	struct walk w = { .rule = r };

	while (walk_next(&w)) {
		guint64 some = scramble(w.facts * 31 + w.flags + 1);

		check_same(&w, w.facts | other_facts, w.flags | ~r->flags);
		check_same(&w, w.facts | (some & other_facts),
			   w.flags | ((unsigned int)(some >> 7) & ~r->flags));
		/* Each alone: for all cases of the small rules, for a sample of undefine's. */
		if (__builtin_popcountll(r->facts) + __builtin_popcount(r->flags) < 18 ||
		    some % 64 == 0)
			check_single_bits(&w);
	}
}

/* What is declared is looked at: each bit changes the verdict of some case. */
static void test_mask_is_tight(const void *data)
{
	const struct rule *r = data;
	struct walk w = { .rule = r };
	guint64 idle_facts = r->facts;
	unsigned int idle_flags = r->flags;

	while ((idle_facts || idle_flags) && walk_next(&w)) {
		for (guint64 left = idle_facts & ~w.facts; left; left &= left - 1) {
			struct verdict v = r->decide(w.facts | (left & -left), w.flags);

			if (!verdicts_equal(&v, &w.v))
				idle_facts &= ~(left & -left);
		}
		for (unsigned int left = idle_flags & ~w.flags; left; left &= left - 1) {
			struct verdict v = r->decide(w.facts, w.flags | (left & -left));

			if (!verdicts_equal(&v, &w.v))
				idle_flags &= ~(left & -left);
		}
	}
	if (idle_facts || idle_flags) {
		w.facts = idle_facts;
		w.flags = idle_flags;
		walk_fail(&w, "declared but never looked at");
	}
}

/* ---- One more permission never turns yes into no ---- */

/* Flags with which the user allows more. The others ask for something else, or are exclusive
 * with one of `pairs`. */
static const struct permission {
	enum rule_id rule;
	unsigned int flags;
	unsigned int pairs[2];
} permissions[] = {
	{ RULE_CREATE, VIR_DOMAIN_START_PAUSED, { 0 } },
	{ RULE_START,
	  VIR_DOMAIN_START_PAUSED | VIR_DOMAIN_START_FORCE_BOOT | RULE_ACCEPT_DISKS,
	  { 0 } },
	{ RULE_UNDEFINE,
	  VIR_DOMAIN_UNDEFINE_MANAGED_SAVE | VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA |
		  VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA | VIR_DOMAIN_UNDEFINE_NVRAM |
		  VIR_DOMAIN_UNDEFINE_KEEP_NVRAM | VIR_DOMAIN_UNDEFINE_TPM |
		  VIR_DOMAIN_UNDEFINE_KEEP_TPM,
	  { VIR_DOMAIN_UNDEFINE_NVRAM | VIR_DOMAIN_UNDEFINE_KEEP_NVRAM,
	    VIR_DOMAIN_UNDEFINE_TPM | VIR_DOMAIN_UNDEFINE_KEEP_TPM } },
	{ RULE_MANAGED_SAVE,
	  VIR_DOMAIN_SAVE_RUNNING | VIR_DOMAIN_SAVE_PAUSED,
	  { VIR_DOMAIN_SAVE_RUNNING | VIR_DOMAIN_SAVE_PAUSED } },
	{ RULE_MANAGED_SAVE_REMOVE, RULE_REMOVE_PURGE, { 0 } },
	{ RULE_SAVE,
	  VIR_DOMAIN_SAVE_RUNNING | VIR_DOMAIN_SAVE_PAUSED | RULE_OVERWRITE,
	  { VIR_DOMAIN_SAVE_RUNNING | VIR_DOMAIN_SAVE_PAUSED } },
	{ RULE_RESTORE, VIR_DOMAIN_START_PAUSED | RULE_ACCEPT_DISKS, { 0 } },
	{ RULE_SNAPSHOT_CREATE, VIR_DOMAIN_SNAPSHOT_CREATE_NO_METADATA, { 0 } },
	{ RULE_SNAPSHOT_DELETE, VIR_DOMAIN_SNAPSHOT_DELETE_METADATA_ONLY, { 0 } },
	{ RULE_SNAPSHOT_REVERT,
	  VIR_DOMAIN_SNAPSHOT_REVERT_RUNNING | VIR_DOMAIN_SNAPSHOT_REVERT_PAUSED |
		  VIR_DOMAIN_SNAPSHOT_REVERT_FORCE,
	  { VIR_DOMAIN_SNAPSHOT_REVERT_RUNNING | VIR_DOMAIN_SNAPSHOT_REVERT_PAUSED } },
};

static bool breaks_pair(const struct permission *p, unsigned int flags)
{
	for (guint i = 0; i < G_N_ELEMENTS(p->pairs); i++)
		if (p->pairs[i] && (flags & p->pairs[i]) == p->pairs[i])
			return true;
	return false;
}

/* Flags that are no permissions, so that a new flag must be put into one of the tables. */
static const struct {
	enum rule_id rule;
	unsigned int flags;
} requests[] = {
	{ RULE_DEFINE, RULE_VALIDATE },          /* asks for a stricter look */
	{ RULE_CREATE, VIR_DOMAIN_START_RESET_NVRAM }, /* needs something to make them from */
	{ RULE_START, VIR_DOMAIN_START_RESET_NVRAM },
	{ RULE_UNDEFINE, RULE_UNDEFINE_PURGE },  /* asks for no trash, which a guest that runs needs */
	{ RULE_SNAPSHOT_CREATE, VIR_DOMAIN_SNAPSHOT_CREATE_HALT |
					VIR_DOMAIN_SNAPSHOT_CREATE_LIVE |
					VIR_DOMAIN_SNAPSHOT_CREATE_QUIESCE |
					VIR_DOMAIN_SNAPSHOT_CREATE_DISK_ONLY },
	{ RULE_SNAPSHOT_RENAME, RULE_RENAME_CLONE },
	{ RULE_RECONCILE, VIR_DOMAIN_START_PAUSED | VIR_DOMAIN_START_FORCE_BOOT |
				  VIR_DOMAIN_SNAPSHOT_CREATE_NO_METADATA |
				  VIR_DOMAIN_SNAPSHOT_DELETE_METADATA_ONLY },
};

static void test_monotone(const void *data)
{
	const struct permission *p = data;
	struct walk w = { .rule = &rules[p->rule] };

	while (walk_next(&w)) {
		if (w.v.n_reasons)
			continue;
		for (unsigned int left = p->flags & ~w.flags; left; left &= left - 1) {
			unsigned int more = w.flags | (left & -left);

			if (!breaks_pair(p, more))
				WALK_CHECK(&w, !w.rule->decide(w.facts, more).n_reasons);
		}
	}
}

static void test_flags_are_classed(void)
{
	unsigned int known[RULE_COUNT] = { 0 };

	for (guint i = 0; i < G_N_ELEMENTS(permissions); i++)
		known[permissions[i].rule] |= permissions[i].flags;
	for (guint i = 0; i < G_N_ELEMENTS(requests); i++)
		known[requests[i].rule] |= requests[i].flags;
	for (int i = 0; i < RULE_COUNT; i++)
		g_assert_cmphex(known[i], ==, rules[i].flags);
}

/* ---- The table itself ---- */

static void test_table(void)
{
	for (int i = 0; i < RULE_COUNT; i++) {
		g_assert_nonnull(rules[i].name);
		g_assert_nonnull(rules[i].decide);
		g_assert_cmphex(rules[i].facts & ~FACT_ALL, ==, 0);
		for (int k = 0; k < i; k++)
			g_assert_cmpstr(rules[i].name, !=, rules[k].name);
	}
}

int main(int argc, char *argv[])
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/rules/table", test_table);
	g_test_add_func("/rules/flags-are-classed", test_flags_are_classed);
	add_for_each_rule("total", test_total);
	add_for_each_rule("plan", test_plan);
	add_for_each_rule("mask", test_mask);
	add_for_each_rule("mask-is-tight", test_mask_is_tight);
	for (guint i = 0; i < G_N_ELEMENTS(permissions); i++) {
		g_autofree char *path =
			g_strdup_printf("/rules/%s/monotone", rules[permissions[i].rule].name);

		g_test_add_data_func(path, &permissions[i], test_monotone);
	}
	return g_test_run();
}
