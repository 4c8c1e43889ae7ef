/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * Walking a rule: every subset of the facts and flags that it declares, in a fixed order. A walk
 * starts with `struct walk w = { .rule = … }` and ends when walk_next() says false.
 */
#include <glib.h>
#include <libvirt/libvirt-domain.h>
#include <libvirt/libvirt-domain-snapshot.h>
#include <string.h>
#include "rules/rules.h"

struct walk {
	const struct rule *rule;
	guint64 facts;
	unsigned int flags;
	struct verdict v;
	bool begun;
};

static inline bool walk_next(struct walk *w)
{
	const struct rule *r = w->rule;

	if (w->begun) {
		/* The next subset of a mask, in counting order. */
		w->flags = (w->flags - r->flags) & r->flags;
		if (!w->flags)
			w->facts = (w->facts - r->facts) & r->facts;
		if (!w->flags && !w->facts)
			return false;
	}
	w->begun = true;
	w->v = r->decide(w->facts, w->flags);
	return true;
}

static inline bool verdicts_equal(const struct verdict *a, const struct verdict *b)
{
	return a->n_reasons == b->n_reasons && a->plan.n == b->plan.n &&
	       memcmp(a->reasons, b->reasons, a->n_reasons) == 0 &&
	       memcmp(a->plan.steps, b->plan.steps, a->plan.n) == 0;
}

/* Where a step stands in a plan; -1: nowhere. */
static inline int plan_find(const struct plan *p, enum step step)
{
	for (int i = 0; i < p->n; i++)
		if (p->steps[i] == step)
			return i;
	return -1;
}

static inline bool plan_has(const struct plan *p, enum step step)
{
	return plan_find(p, step) >= 0;
}

static inline bool refused_for(const struct verdict *v, enum reason_id reason)
{
	return memchr(v->reasons, reason, v->n_reasons) != NULL;
}

static inline char *facts_text(guint64 facts)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (int i = 0; i < FACT_COUNT; i++)
		if (facts & (1ull << i))
			g_string_append_printf(text, "%s%s", text->len ? " " : "", fact_name(i));
	return g_string_free(g_steal_pointer(&text), FALSE);
}

/* Fail with the case in words. */
static inline void walk_fail(const struct walk *w, const char *what)
{
	g_autofree char *facts = facts_text(w->facts);

	g_error("%s: %s: facts {%s}, flags 0x%x", w->rule->name, what, facts, w->flags);
}

#define WALK_CHECK(w, condition)                    \
	do {                                        \
		if (!(condition))                   \
			walk_fail((w), #condition); \
	} while (0)

/* A test of one rule, or of each: the name becomes /rules/<rule>/<name>. */
static inline void add_for_each_rule(const char *name, GTestDataFunc test)
{
	for (int i = 0; i < RULE_COUNT; i++) {
		g_autofree char *path = g_strdup_printf("/rules/%s/%s", rules[i].name, name);

		g_test_add_data_func(path, &rules[i], test);
	}
}
