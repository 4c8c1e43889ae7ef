/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Cutting plans short: a small world in which each step of a plan has its effect. For every case
 * of start, restore, save, snapshot create, delete and revert, and for every place where the
 * command can be killed (alone, or together with the hypervisor), reconcile is asked with the
 * facts of that world; it must end in the state before or after, and is itself cut short at every
 * place and asked again.
 */
#include "test-rules.h"

enum image { IMAGE_NONE, IMAGE_PART, IMAGE_NEW, IMAGE_PLACE, IMAGE_ASIDE, IMAGE_OLD };
enum guest { GUEST_OFF, GUEST_FRESH, GUEST_STOPPED, GUEST_RUNS };
enum run { RUN_NONE, RUN_UNPUBLISHED, RUN_PUBLISHED };

/* All that one domain can be, as far as these operations change it. */
struct world {
	enum image image;
	enum guest guest;
	enum run run;
	bool intent, steps_done;
	bool ran;              /* a guest that was loaded or booted did run: the disks changed */
	bool tag, half_tag;    /* on all disks; on some */
	bool staged, record, safety, kept;
	bool renamed; /* the record under its new name */
	bool fresh_print;      /* the image's fingerprint fits the disks */
	bool loaded, config;   /* reverted: the disks, the config */
	bool children, current;
};

/* One plan being cut short. */
struct cut {
	enum rule_id rule;
	guint64 facts;
	unsigned int flags;
	struct world before;
};

static void start_steps(struct world *w, enum step step)
{
	if (step == STEP_SPAWN) {
		w->run = RUN_UNPUBLISHED;
		w->guest = GUEST_FRESH;
	} else if (step == STEP_PUBLISH_RUN || step == STEP_PUBLISH || step == STEP_PUBLISH_LOADED) {
		w->run = RUN_PUBLISHED;
	} else if (step == STEP_IMAGE_ASIDE && w->image == IMAGE_PLACE) {
		w->image = IMAGE_ASIDE;
	} else if (step == STEP_IMAGE_BACK && w->image == IMAGE_ASIDE) {
		w->image = IMAGE_PLACE;
	} else if (step == STEP_IMAGE_GONE && w->image == IMAGE_ASIDE) {
		w->image = IMAGE_NONE;
	} else if (step == STEP_IMAGE_ARCHIVE && w->image == IMAGE_ASIDE) {
		w->image = IMAGE_OLD;
	} else if (step == STEP_CONT) {
		/* Never a guest that was quit, nor one beside its own complete image. */
		g_assert_cmpint(w->guest, !=, GUEST_OFF);
		g_assert_true(w->image != IMAGE_NEW && w->image != IMAGE_PART);
		g_assert_cmpint(w->image, !=, IMAGE_PLACE);
		w->guest = GUEST_RUNS;
		w->ran = true;
	} else if (step == STEP_QUIT || step == STEP_END_GUEST) {
		w->guest = GUEST_OFF;
	} else if (step == STEP_END_RUN) {
		g_assert_cmpint(w->guest, ==, GUEST_OFF);
		w->run = RUN_NONE;
	}
}

static void save_steps(struct world *w, enum step step)
{
	if (step == STEP_STOP) {
		w->guest = GUEST_STOPPED;
	} else if (step == STEP_WRITE_IMAGE) {
		w->image = IMAGE_NEW;
	} else if (step == STEP_PUBLISH_IMAGE) {
		w->guest = GUEST_OFF;
		w->image = IMAGE_PLACE;
	} else if (step == STEP_IMAGE_FINISH && w->image == IMAGE_NEW) {
		w->image = IMAGE_PLACE;
	} else if (step == STEP_IMAGE_DROP && (w->image == IMAGE_NEW || w->image == IMAGE_PART)) {
		w->image = IMAGE_NONE;
	}
}

static void revert_steps(struct world *w, enum step step)
{
	if (step == STEP_SAFETY_SNAPSHOT) {
		w->safety = true;
	} else if (step == STEP_KEEP_RECORD) {
		w->kept = true;
	} else if (step == STEP_DROP_SAFETY) {
		w->safety = w->kept = false;
	} else if (step == STEP_SETTLE_SAFETY) {
		/* With a record it is no safety snapshot any more. */
		w->safety = false;
	} else if (step == STEP_SNAPSHOT_LOAD || step == STEP_LOAD_AGAIN) {
		g_assert_true(w->safety || step == STEP_LOAD_AGAIN);
		w->loaded = true;
		if (w->guest != GUEST_OFF)
			w->guest = GUEST_STOPPED;
	} else if (step == STEP_REVERT_CONFIG) {
		w->config = true;
	} else if (step == STEP_RUN_STATE) {
		g_assert_cmpint(w->guest, !=, GUEST_OFF);
		w->guest = GUEST_RUNS;
	}
}

static void snapshot_steps(struct world *w, enum step step)
{
	if (step == STEP_STAGE_RECORD) {
		w->staged = true;
	} else if (step == STEP_UNSTAGE) {
		w->staged = false;
	} else if (step == STEP_SNAPSHOT_SAVE) {
		w->tag = true;
		w->fresh_print = false;
	} else if (step == STEP_SNAPSHOT_DROP || step == STEP_DROP_TAG ||
		   step == STEP_DROP_AGAIN) {
		w->tag = w->half_tag = false;
		w->fresh_print = false;
	} else if (step == STEP_RECORD) {
		w->renamed = w->renamed || w->staged;
		w->staged = false;
	} else if (step == STEP_RECORD_AFTER) {
		w->record = w->staged || w->record;
		w->staged = false;
	} else if (step == STEP_RECORD_RETIRE || step == STEP_RECORDS_DELETE) {
		w->record = false;
	} else if (step == STEP_REPARENT) {
		w->children = true;
	} else if (step == STEP_SET_CURRENT) {
		w->current = true;
	} else if (step == STEP_FINGERPRINT) {
		w->fresh_print = true;
	}
}

/* The step was killed in its middle. */
static void apply_half(struct world *w, enum step step)
{
	if (step == STEP_WRITE_IMAGE) {
		w->image = IMAGE_PART;
	} else if (step == STEP_SNAPSHOT_SAVE) {
		w->half_tag = true;
		w->fresh_print = false;
		if (w->guest == GUEST_RUNS)
			w->guest = GUEST_STOPPED;
	}
}

static void apply(struct world *w, enum step step)
{
	if (step == STEP_INTENT) {
		w->intent = true;
		w->steps_done = false;
	} else if (step == STEP_CONT_BEGINS || step == STEP_LOAD_BEGINS) {
		w->steps_done = true;
	} else if (step == STEP_DROP_INTENT) {
		w->intent = false;
		w->steps_done = false;
	}
	start_steps(w, step);
	save_steps(w, step);
	revert_steps(w, step);
	snapshot_steps(w, step);
}

/* ---- The facts of a cut world, as the engine gathers them ---- */

static const guint64 operations[RULE_COUNT] = {
	[RULE_START] = FACT_OP_START,
	[RULE_CREATE] = FACT_OP_START,
	[RULE_RESTORE] = FACT_OP_START,
	[RULE_MANAGED_SAVE] = FACT_OP_SAVE,
	[RULE_SAVE] = FACT_OP_SAVE,
	[RULE_SNAPSHOT_CREATE] = FACT_OP_SNAPSHOT,
	[RULE_SNAPSHOT_RENAME] = FACT_OP_RENAME,
	[RULE_SNAPSHOT_DELETE] = FACT_OP_DELETE,
	[RULE_SNAPSHOT_REVERT] = FACT_OP_REVERT,
};

static guint64 facts_of(const struct cut *c, const struct world *w)
{
	guint64 facts = operations[c->rule] | (c->facts & FACT_IMAGE_PAUSED);
	bool is_save = c->rule == RULE_MANAGED_SAVE || c->rule == RULE_SAVE;

	if (w->guest != GUEST_OFF)
		facts |= FACT_ALIVE;
	if (w->run == RUN_PUBLISHED)
		facts |= FACT_PUBLISHED;
	/* A loaded guest is like a paused one as long as its image has not been put aside. */
	if (w->guest == GUEST_FRESH && w->image != IMAGE_PLACE)
		facts |= FACT_PRELAUNCH;
	if (w->steps_done)
		facts |= FACT_CONTINUED;
	if (w->image == IMAGE_PLACE)
		facts |= FACT_MANAGED_SAVE;
	if (is_save ? (w->image == IMAGE_NEW || w->image == IMAGE_PLACE) :
		      c->rule == RULE_SNAPSHOT_RENAME ? w->renamed : w->tag)
		facts |= FACT_COMPLETE;
	if (c->before.guest == GUEST_RUNS)
		facts |= FACT_WAS_RUNNING;
	if (c->rule == RULE_SNAPSHOT_REVERT && (c->facts & FACT_ALIVE) &&
	    (!(c->facts & FACT_RECORD_MEMORY) || (c->facts & FACT_CONFIG_DIFFERS)))
		facts |= FACT_STOPS_GUEST;
	if (c->rule == RULE_SNAPSHOT_CREATE && (c->facts & FACT_ALIVE) &&
	    (c->flags & VIR_DOMAIN_SNAPSHOT_CREATE_HALT))
		facts |= FACT_STOPS_GUEST;
	if (c->rule == RULE_START ? w->ran : !!(c->facts & FACT_DISKS_CHANGED))
		facts |= FACT_DISKS_CHANGED;
	return facts;
}

/* Every writer kills what was spawned and not published before it reconciles. */
static void sweep(struct world *w)
{
	if (w->run != RUN_UNPUBLISHED)
		return;
	w->run = RUN_NONE;
	w->guest = GUEST_OFF;
}

static struct plan plan_for(const struct cut *c, const struct world *w)
{
	struct verdict v = rules_reconcile(facts_of(c, w), c->flags);

	g_assert_cmpint(v.n_reasons, ==, 0);
	g_assert_true(plan_check_repeatable(&v.plan));
	g_assert_cmpint(v.plan.n, >, 0);
	g_assert_cmpint(v.plan.steps[v.plan.n - 1], ==, STEP_DROP_INTENT);
	return v.plan;
}

static void run_steps(struct world *w, const struct plan *p, int n)
{
	for (int i = 0; i < n; i++)
		apply(w, p->steps[i]);
}

static struct world reconciled(const struct cut *c, struct world w)
{
	struct plan p;

	sweep(&w);
	if (w.intent) {
		p = plan_for(c, &w);
		run_steps(&w, &p, p.n);
	}
	/* Then comes the exit rule. */
	if (w.guest == GUEST_OFF)
		w.run = RUN_NONE;
	return w;
}

/* ---- What may come out ---- */

static bool is_same(const struct world *a, const struct world *b)
{
	return a->image == b->image && (a->guest == GUEST_RUNS) == (b->guest == GUEST_RUNS) &&
	       (a->guest == GUEST_OFF) == (b->guest == GUEST_OFF) && a->run == b->run &&
	       a->tag == b->tag && a->half_tag == b->half_tag && a->record == b->record &&
	       a->safety == b->safety && a->kept == b->kept && a->renamed == b->renamed &&
	       a->fresh_print == b->fresh_print && a->loaded == b->loaded &&
	       a->config == b->config && a->children == b->children && a->intent == b->intent;
}

/* The hypervisor died too, so the guest is off; but nothing of the saved or recorded is lost. */
static bool is_right_without_guest(const struct cut *c, const struct world *now,
				   const struct world *cut)
{
	if (now->guest != GUEST_OFF || now->run != RUN_NONE || now->image == IMAGE_ASIDE ||
	    now->image == IMAGE_NEW || now->image == IMAGE_PART || now->half_tag)
		return false;
	/* Memory that no guest used up is still there, and in the place where start finds it. */
	if (c->before.image == IMAGE_PLACE && !cut->ran && cut->image != IMAGE_NONE &&
	    cut->image != IMAGE_OLD && now->image != IMAGE_PLACE)
		return false;
	/* An image never comes back beside disks that its guest has changed. */
	if (cut->ran && c->rule == RULE_START && now->image == IMAGE_PLACE)
		return false;
	if (c->rule == RULE_SNAPSHOT_RENAME)
		return now->record != now->renamed;
	return now->tag == now->record || (c->flags & VIR_DOMAIN_SNAPSHOT_CREATE_NO_METADATA) ||
	       (c->flags & VIR_DOMAIN_SNAPSHOT_DELETE_METADATA_ONLY);
}

static void fail_cut(const struct cut *c, const struct plan *p, int n, const struct world *w)
{
	g_autofree char *facts = facts_text(c->facts);

	g_error("%s {%s} 0x%x, cut before step %d (%s): image %d guest %d run %d intent %d "
		"tag %d record %d staged %d safety %d fingerprint %d loaded %d config %d",
		rules[c->rule].name, facts, c->flags, n, n < p->n ? step_name(p->steps[n]) : "end",
		w->image, w->guest, w->run, w->intent, w->tag, w->record, w->staged, w->safety,
		w->fresh_print, w->loaded, w->config);
}

/* Reconcile itself is cut short anywhere and asked again: it must not matter. */
static void check_idempotent(const struct cut *c, const struct plan *p, int n, struct world w,
			     const struct world *end)
{
	struct plan again;

	sweep(&w);
	if (!w.intent)
		return;
	again = plan_for(c, &w);
	for (int k = 0; k <= again.n; k++) {
		struct world half = w;

		run_steps(&half, &again, k);
		half = reconciled(c, half);
		if (!is_same(&half, end))
			fail_cut(c, p, n, &half);
	}
}

/* A load that began goes forward, but starts no guest: then it ends off, its disks reverted. */
static bool is_reverted_off(const struct cut *c, const struct world *end)
{
	return c->rule == RULE_SNAPSHOT_REVERT && end->guest == GUEST_OFF && end->loaded &&
	       end->config && !end->safety && end->tag && end->record &&
	       end->kept == !!(c->facts & FACT_KEEPS);
}

static void check_world(const struct cut *c, const struct plan *p, int n,
			const struct world *after, struct world client)
{
	struct world both, end = reconciled(c, client);

	if (end.intent || end.staged ||
	    (!is_same(&end, &c->before) && !is_same(&end, after) && !is_reverted_off(c, &end)))
		fail_cut(c, p, n, &end);
	check_idempotent(c, p, n, client, &end);

	both = client;
	if (both.guest == GUEST_OFF)
		return;
	both.guest = GUEST_OFF;
	if (!both.intent)
		return; /* the end of a guest, for the exit rule */
	end = reconciled(c, both);
	if (end.intent || end.staged || !is_right_without_guest(c, &end, &client))
		fail_cut(c, p, n, &end);
	check_idempotent(c, p, n, both, &end);
}

/* Killed before step n, and in its middle. */
static void check_cut(const struct cut *c, const struct plan *p, int n, const struct world *after)
{
	struct world w = c->before;

	run_steps(&w, p, n);
	check_world(c, p, n, after, w);
	if (n < p->n)
		apply_half(&w, p->steps[n]);
	check_world(c, p, n, after, w);
}

/* ---- Every case, every cut ---- */

static struct world world_before(const struct walk *w)
{
	struct world b = { .fresh_print = !(w->facts & FACT_DISKS_CHANGED) };
	bool is_life = w->rule == &rules[RULE_START] || w->rule == &rules[RULE_CREATE] ||
		       w->rule == &rules[RULE_RESTORE];

	b.tag = b.record = w->rule == &rules[RULE_SNAPSHOT_DELETE] ||
			   w->rule == &rules[RULE_SNAPSHOT_REVERT];
	if (w->rule == &rules[RULE_SNAPSHOT_RENAME])
		b.record = true;
	if (w->facts & FACT_MANAGED_SAVE)
		b.image = IMAGE_PLACE;
	if (!is_life && (w->facts & FACT_ALIVE)) {
		b.guest = GUEST_RUNS;
		b.run = RUN_PUBLISHED;
	}
	return b;
}

/* The fingerprint means something only beside a usable image, and no guest runs beside one. */
static bool is_possible(const struct walk *w)
{
	if ((w->facts & FACT_MANAGED_SAVE) && (w->facts & FACT_ALIVE))
		return false;
	return !(w->facts & (FACT_IMAGE_BROKEN | FACT_NEW));
}

static void test_cuts(const void *data)
{
	struct walk w = { .rule = data };
	guint n_cases = 0;

	while (walk_next(&w)) {
		struct cut c = { w.rule - rules, w.facts, w.flags, world_before(&w) };
		struct world after = c.before;

		/* One rename needs no intent, and leaves nothing. */
		if (w.v.n_reasons || !is_possible(&w) || !plan_has(&w.v.plan, STEP_INTENT))
			continue;
		/* What is not told apart by an image's presence need not fit it. */
		if (!(w.facts & FACT_MANAGED_SAVE) || !plan_has(&w.v.plan, STEP_FINGERPRINT))
			c.before.fresh_print = after.fresh_print = false;
		run_steps(&after, &w.v.plan, w.v.plan.n);
		for (int n = 0; n <= w.v.plan.n; n++)
			check_cut(&c, &w.v.plan, n, &after);
		n_cases++;
	}
	g_assert_cmpint(n_cases, >, 0);
}

/* ---- Every answer of reconcile ---- */

static void test_answers(void)
{
	struct walk w = { .rule = &rules[RULE_RECONCILE] };
	const guint64 ops = FACT_OP_START | FACT_OP_SAVE | FACT_OP_SNAPSHOT | FACT_OP_DELETE |
			    FACT_OP_REVERT | FACT_OP_RENAME;

	while (walk_next(&w)) {
		const struct plan *p = &w.v.plan;

		if (!(w.facts & ops)) {
			WALK_CHECK(&w, refused_for(&w.v, REASON_UNCLEAR));
			continue;
		}
		WALK_CHECK(&w, w.v.n_reasons == 0);
		WALK_CHECK(&w, p->n > 0 && p->steps[p->n - 1] == STEP_DROP_INTENT);
		/* A guest that does not live, or was just quit, is not touched. */
		WALK_CHECK(&w, (w.facts & FACT_ALIVE) ||
				       !(plan_has(p, STEP_CONT) || plan_has(p, STEP_RUN_STATE) ||
					 plan_has(p, STEP_QUIT) || plan_has(p, STEP_SAVE_CANCEL)));
		WALK_CHECK(&w, !(plan_has(p, STEP_QUIT) && plan_has(p, STEP_CONT)));
		/* Its run is cleared only when it is over. */
		WALK_CHECK(&w, !plan_has(p, STEP_END_RUN) || !(w.facts & FACT_ALIVE) ||
				       plan_has(p, STEP_QUIT));
		/* An unfinished image is dropped before the guest goes on beside it. */
		if (plan_has(p, STEP_SAVE_CANCEL) && plan_has(p, STEP_CONT))
			WALK_CHECK(&w, plan_find(p, STEP_IMAGE_DROP) < plan_find(p, STEP_CONT));
	}
}

int main(int argc, char *argv[])
{
	static const enum rule_id cut[] = { RULE_START, RULE_CREATE, RULE_MANAGED_SAVE,
					    RULE_SAVE, RULE_RESTORE,
					    RULE_SNAPSHOT_CREATE, RULE_SNAPSHOT_RENAME,
					    RULE_SNAPSHOT_DELETE,
					    RULE_SNAPSHOT_REVERT };

	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/rules/reconcile/answers", test_answers);
	for (guint i = 0; i < G_N_ELEMENTS(cut); i++) {
		g_autofree char *path = g_strdup_printf("/rules/%s/cuts", rules[cut[i]].name);

		g_test_add_data_func(path, &rules[cut[i]], test_cuts);
	}
	return g_test_run();
}
