/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The decision tables in tests/unit/golden/: for each rule when each reason is told, and which
 * plan answers what is not refused, over all facts and flags. A table is a few lines because
 * cases that differ only in what does not matter are merged; so the change of a rule is a small
 * diff that a reviewer can read against the law.
 *
 *   GOLDEN_UPDATE=1 make check-unit     rewrites them
 */
#include "test-rules.h"

/* ---- Merging cases ---- */

/* Conditions that must hold together: variables that are set, and that are not. */
struct cube {
	guint32 set, unset;
};

/* A function of k variables with one byte for each case; the first half is where the first of the
 * remaining variables is unset. `lower` must be covered, `upper` may be. */
struct table {
	const guint8 *lower, *upper;
};

static bool has_none(const guint8 *f, size_t n)
{
	return !memchr(f, 1, n);
}

static bool has_all(const guint8 *f, size_t n)
{
	return !memchr(f, 0, n);
}

static guint8 *cover(struct table t, int k, struct cube cube, GArray *out);

/* The cases of this half which only this half may cover. */
static guint8 *cover_half(struct table mine, struct table other, int k, struct cube cube,
			  GArray *out)
{
	size_t n = (size_t)1 << k;
	g_autofree guint8 *lower = g_malloc(n);

	for (size_t i = 0; i < n; i++)
		lower[i] = mine.lower[i] & !other.upper[i];
	return cover((struct table){ lower, mine.upper }, k, cube, out);
}

/* Append an irredundant cover (Minato's); return what it covers. */
static guint8 *cover(struct table t, int k, struct cube cube, GArray *out)
{
	size_t n = (size_t)1 << k, half = n / 2;
	guint8 *f = g_malloc0(n);
	g_autofree guint8 *f0 = NULL, *f1 = NULL, *both = NULL, *lower = NULL, *upper = NULL;
	struct table t0 = t, t1 = { t.lower + half, t.upper + half };
	guint32 bit = (1u << k) / 2;

	if (has_none(t.lower, n))
		return f;
	if (has_all(t.upper, n)) {
		memset(f, 1, n);
		g_array_append_val(out, cube);
		return f;
	}
	f0 = cover_half(t0, t1, k - 1, (struct cube){ cube.set, cube.unset | bit }, out);
	f1 = cover_half(t1, t0, k - 1, (struct cube){ cube.set | bit, cube.unset }, out);
	lower = g_malloc(half);
	upper = g_malloc(half);
	for (size_t i = 0; i < half; i++) {
		lower[i] = (t0.lower[i] & !f0[i]) | (t1.lower[i] & !f1[i]);
		upper[i] = t0.upper[i] & t1.upper[i];
	}
	both = cover((struct table){ lower, upper }, k - 1, cube, out);
	for (size_t i = 0; i < half; i++) {
		f[i] = f0[i] | both[i];
		f[half + i] = f1[i] | both[i];
	}
	return f;
}

/* ---- Variables ---- */

struct variable {
	guint64 fact;
	unsigned int flag;
	const char *name;
};

static const struct {
	enum rule_id rule;
	unsigned int flag;
	const char *name;
} flag_names[] = {
	{ RULE_DEFINE, RULE_VALIDATE, "--validate" },
	{ RULE_CREATE, VIR_DOMAIN_START_PAUSED, "--paused" },
	{ RULE_CREATE, VIR_DOMAIN_START_RESET_NVRAM, "--reset-nvram" },
	{ RULE_START, VIR_DOMAIN_START_PAUSED, "--paused" },
	{ RULE_START, VIR_DOMAIN_START_RESET_NVRAM, "--reset-nvram" },
	{ RULE_START, VIR_DOMAIN_START_FORCE_BOOT, "--force-boot" },
	{ RULE_START, RULE_ACCEPT_DISKS, "--accept-disks" },
	{ RULE_UNDEFINE, VIR_DOMAIN_UNDEFINE_MANAGED_SAVE, "--managed-save" },
	{ RULE_UNDEFINE, VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA, "--snapshots-metadata" },
	{ RULE_UNDEFINE, VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA, "--checkpoints-metadata" },
	{ RULE_UNDEFINE, VIR_DOMAIN_UNDEFINE_NVRAM, "--nvram" },
	{ RULE_UNDEFINE, VIR_DOMAIN_UNDEFINE_KEEP_NVRAM, "--keep-nvram" },
	{ RULE_UNDEFINE, VIR_DOMAIN_UNDEFINE_TPM, "--tpm" },
	{ RULE_UNDEFINE, VIR_DOMAIN_UNDEFINE_KEEP_TPM, "--keep-tpm" },
	{ RULE_UNDEFINE, RULE_UNDEFINE_PURGE, "--purge" },
	{ RULE_MANAGED_SAVE, VIR_DOMAIN_SAVE_RUNNING, "--running" },
	{ RULE_MANAGED_SAVE, VIR_DOMAIN_SAVE_PAUSED, "--paused" },
	{ RULE_MANAGED_SAVE_REMOVE, RULE_REMOVE_PURGE, "--purge" },
	{ RULE_SAVE, VIR_DOMAIN_SAVE_RUNNING, "--running" },
	{ RULE_SAVE, VIR_DOMAIN_SAVE_PAUSED, "--paused" },
	{ RULE_SAVE, RULE_OVERWRITE, "--overwrite" },
	{ RULE_RESTORE, VIR_DOMAIN_START_PAUSED, "paused" },
	{ RULE_RESTORE, RULE_ACCEPT_DISKS, "--accept-disks" },
	{ RULE_SNAPSHOT_CREATE, VIR_DOMAIN_SNAPSHOT_CREATE_NO_METADATA, "--no-metadata" },
	{ RULE_SNAPSHOT_CREATE, VIR_DOMAIN_SNAPSHOT_CREATE_HALT, "--halt" },
	{ RULE_SNAPSHOT_CREATE, VIR_DOMAIN_SNAPSHOT_CREATE_LIVE, "--live" },
	{ RULE_SNAPSHOT_CREATE, VIR_DOMAIN_SNAPSHOT_CREATE_QUIESCE, "--quiesce" },
	{ RULE_SNAPSHOT_CREATE, VIR_DOMAIN_SNAPSHOT_CREATE_DISK_ONLY, "--disk-only" },
	{ RULE_SNAPSHOT_RENAME, RULE_RENAME_CLONE, "--clone" },
	{ RULE_SNAPSHOT_DELETE, VIR_DOMAIN_SNAPSHOT_DELETE_METADATA_ONLY, "--metadata" },
	{ RULE_SNAPSHOT_REVERT, VIR_DOMAIN_SNAPSHOT_REVERT_RUNNING, "--running" },
	{ RULE_SNAPSHOT_REVERT, VIR_DOMAIN_SNAPSHOT_REVERT_PAUSED, "--paused" },
	{ RULE_SNAPSHOT_REVERT, VIR_DOMAIN_SNAPSHOT_REVERT_FORCE, "--force" },
	/* The intent's: of another function for each kind of work. */
	{ RULE_RECONCILE, VIR_DOMAIN_START_PAUSED, "start--paused" },
	{ RULE_RECONCILE, VIR_DOMAIN_START_FORCE_BOOT, "start--force-boot" },
	{ RULE_RECONCILE, VIR_DOMAIN_SNAPSHOT_CREATE_NO_METADATA, "create--no-metadata" },
	{ RULE_RECONCILE, VIR_DOMAIN_SNAPSHOT_DELETE_METADATA_ONLY, "delete--metadata" },
};

static const char *flag_name(const struct rule *r, unsigned int flag)
{
	for (guint i = 0; i < G_N_ELEMENTS(flag_names); i++)
		if (r == &rules[flag_names[i].rule] && flag_names[i].flag == flag)
			return flag_names[i].name;
	g_error("%s: flag 0x%x has no name here", r->name, flag);
}

/* A rule, all of its verdicts, and the variables; the first one is the top one of the tables. */
struct sheet {
	const struct rule *rule;
	int k;
	struct variable vars[32];
	struct verdict *verdicts; /* 2^k */
	GString *text;
};

static void sheet_variables(struct sheet *s)
{
	for (int i = 0; i < FACT_COUNT; i++)
		if (s->rule->facts & (1ull << i))
			s->vars[s->k++] = (struct variable){ 1ull << i, 0, fact_name(i) };
	for (unsigned int left = s->rule->flags; left; left &= left - 1)
		s->vars[s->k++] = (struct variable){ 0, left & -left,
						     flag_name(s->rule, left & -left) };
}

static void sheet_verdicts(struct sheet *s)
{
	size_t n = (size_t)1 << s->k;

	s->verdicts = g_new(struct verdict, n);
	for (size_t i = 0; i < n; i++) {
		guint64 facts = 0;
		unsigned int flags = 0;

		for (int v = 0; v < s->k; v++)
			if (i & ((size_t)1 << (s->k - 1 - v))) {
				facts |= s->vars[v].fact;
				flags |= s->vars[v].flag;
			}
		s->verdicts[i] = s->rule->decide(facts, flags);
	}
}

/* ---- Writing ---- */

static void write_cube(struct sheet *s, const struct cube *c)
{
	g_string_append(s->text, "\t");
	if (!c->set && !c->unset)
		g_string_append(s->text, " always");
	for (int v = 0; v < s->k; v++) {
		guint32 bit = 1u << (s->k - 1 - v);

		if ((c->set | c->unset) & bit)
			g_string_append_printf(s->text, " %s%s", c->unset & bit ? "!" : "",
					       s->vars[v].name);
	}
	g_string_append(s->text, "\n");
}

static void write_cover(struct sheet *s, struct table t)
{
	g_autoptr(GArray) cubes = g_array_new(FALSE, FALSE, sizeof(struct cube));
	g_autofree guint8 *f = cover(t, s->k, (struct cube){ 0, 0 }, cubes);

	for (size_t i = 0; i < (size_t)1 << s->k; i++)
		g_assert_true(f[i] >= t.lower[i] && f[i] <= t.upper[i]);
	for (guint i = 0; i < cubes->len; i++)
		write_cube(s, &g_array_index(cubes, struct cube, i));
}

static void write_reason(struct sheet *s, enum reason_id id)
{
	size_t n = (size_t)1 << s->k;
	g_autofree guint8 *told = g_malloc(n);

	for (size_t i = 0; i < n; i++)
		told[i] = refused_for(&s->verdicts[i], id);
	g_string_append_printf(s->text, "%s: %s\n", reason_rows[id].code, reason_rows[id].phrase);
	write_cover(s, (struct table){ told, told });
}

/* Which reason is told before which. */
static void told_before(const struct sheet *s, bool before[REASON_COUNT][REASON_COUNT],
			bool seen[REASON_COUNT])
{
	for (size_t i = 0; i < (size_t)1 << s->k; i++) {
		const struct verdict *v = &s->verdicts[i];

		for (int a = 0; a < v->n_reasons; a++) {
			seen[v->reasons[a]] = true;
			for (int b = a + 1; b < v->n_reasons; b++)
				before[v->reasons[a]][v->reasons[b]] = true;
		}
	}
}

static bool is_next(int id, bool before[REASON_COUNT][REASON_COUNT], const bool left[REASON_COUNT])
{
	for (int other = 0; other < REASON_COUNT; other++)
		if (left[other] && before[other][id])
			return false;
	return left[id];
}

/* In the order in which they are told. */
static void write_reasons(struct sheet *s)
{
	static bool before[REASON_COUNT][REASON_COUNT];
	bool left[REASON_COUNT] = { false };
	int id;

	memset(before, 0, sizeof(before));
	told_before(s, before, left);
	do {
		for (id = 0; id < REASON_COUNT && !is_next(id, before, left); id++)
			continue;
		if (id < REASON_COUNT) {
			write_reason(s, id);
			left[id] = false;
		}
	} while (id < REASON_COUNT);
}

static bool is_same_plan(const struct verdict *a, const struct verdict *b)
{
	return !a->n_reasons && !b->n_reasons && verdicts_equal(a, b);
}

static void write_plan(struct sheet *s, const struct verdict *of, guint8 *done)
{
	size_t n = (size_t)1 << s->k;
	g_autofree guint8 *lower = g_malloc(n), *upper = g_malloc(n);

	for (size_t i = 0; i < n; i++) {
		lower[i] = is_same_plan(&s->verdicts[i], of);
		upper[i] = lower[i] || s->verdicts[i].n_reasons;
		done[i] |= lower[i];
	}
	for (int i = 0; i < of->plan.n; i++)
		g_string_append_printf(s->text, "%s%s", i ? " " : "", step_name(of->plan.steps[i]));
	g_string_append(s->text, of->plan.n ? "\n" : "(nothing to do)\n");
	write_cover(s, (struct table){ lower, upper });
}

static void write_plans(struct sheet *s)
{
	size_t n = (size_t)1 << s->k;
	g_autofree guint8 *done = g_malloc0(n);

	for (size_t i = 0; i < n; i++)
		if (!done[i] && !s->verdicts[i].n_reasons)
			write_plan(s, &s->verdicts[i], done);
}

static char *write_sheet(const struct rule *r)
{
	struct sheet s = { .rule = r, .text = g_string_new(NULL) };
	size_t refused = 0, n;

	sheet_variables(&s);
	sheet_verdicts(&s);
	n = (size_t)1 << s.k;
	for (size_t i = 0; i < n; i++)
		refused += s.verdicts[i].n_reasons > 0;
	g_string_append_printf(s.text, "%s: %zu cases, %zu refused\n\nlooks at\n\t", r->name, n,
			       refused);
	for (int v = 0; v < s.k; v++)
		g_string_append_printf(s.text, " %s", s.vars[v].name);
	g_string_append(s.text, "\n\n--- refused, for all of these that hold ---\n\n");
	write_reasons(&s);
	g_string_append(s.text, "\n--- otherwise done ---\n\n");
	write_plans(&s);
	g_free(s.verdicts);
	return g_string_free(s.text, FALSE);
}

/* ---- Comparing ---- */

#define LINES_MAX 400

static void show_difference(const char *path, const char *wanted, const char *text)
{
	g_auto(GStrv) a = g_strsplit(wanted, "\n", -1), b = g_strsplit(text, "\n", -1);
	guint i = 0;

	while (a[i] && b[i] && strcmp(a[i], b[i]) == 0)
		i++;
	g_test_message("%s:%u is no longer what the rule says:", path, i + 1);
	g_test_message("-%s", a[i] ? a[i] : "(end)");
	g_test_message("+%s", b[i] ? b[i] : "(end)");
	g_test_message("GOLDEN_UPDATE=1 rewrites it; read the diff against the law");
}

static void test_golden(const void *data)
{
	const struct rule *r = data;
	const char *top = g_getenv("TEST_SRCDIR");
	g_autofree char *file = g_strconcat(r->name, ".txt", NULL);
	g_autofree char *path = g_build_filename(top ? top : ".", "tests/unit/golden", file, NULL);
	g_autofree char *text = write_sheet(r);
	g_autofree char *wanted = NULL;
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	g_autoptr(GError) err = NULL;

	g_assert_cmpuint(g_strv_length(lines), <, LINES_MAX);
	if (g_strcmp0(g_getenv("GOLDEN_UPDATE"), "1") == 0)
		g_file_set_contents(path, text, -1, &err);
	g_assert_no_error(err);
	g_file_get_contents(path, &wanted, NULL, &err);
	g_assert_no_error(err);
	if (strcmp(wanted, text) != 0) {
		show_difference(path, wanted, text);
		g_test_fail();
	}
}

int main(int argc, char *argv[])
{
	g_test_init(&argc, &argv, NULL);
	add_for_each_rule("golden", test_golden);
	return g_test_run();
}
