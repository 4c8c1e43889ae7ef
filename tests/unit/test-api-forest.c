/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which snapshots a list names, and in which order. */
#include <glib.h>
#include <libvirt/libvirt.h>
#include "api/forest.h"
#include "api/uuid.h"

#define FLAG(name) VIR_DOMAIN_SNAPSHOT_LIST_##name

/* z─┬─a──c      b (parent lost)      l1 ⇄ l2 (a cycle)
 *   └─y                                                 */
static const struct {
	const char *name, *parent;
	enum snapshot_state state;
	bool is_external;
} forest[] = {
	{ "a", "z", SNAPSHOT_RUNNING, false },   { "b", "lost", SNAPSHOT_DISK_ONLY, true },
	{ "c", "a", SNAPSHOT_PAUSED, false },    { "l1", "l2", SNAPSHOT_SHUTOFF, false },
	{ "l2", "l1", SNAPSHOT_SHUTOFF, false }, { "y", "z", SNAPSHOT_STATE_COUNT, false },
	{ "z", NULL, SNAPSHOT_SHUTOFF, false },
};

static const struct {
	const char *from;
	unsigned int flags;
	const char *names;
} cases[] = {
	{ NULL, 0, "a b c l1 l2 y z" },
	{ NULL, FLAG(ROOTS), "b z" },
	{ NULL, FLAG(TOPOLOGICAL), "b z a y c l1 l2" },
	{ NULL, FLAG(TOPOLOGICAL) | FLAG(ROOTS), "b z" },
	{ NULL, FLAG(LEAVES), "b c y" },
	{ NULL, FLAG(NO_LEAVES), "a l1 l2 z" },
	{ NULL, FLAG(LEAVES) | FLAG(NO_LEAVES), "a b c l1 l2 y z" },
	{ NULL, FLAG(METADATA), "a b c l1 l2 y z" },
	{ NULL, FLAG(NO_METADATA), "" },
	{ NULL, FLAG(INACTIVE), "l1 l2 y z" },
	{ NULL, FLAG(ACTIVE), "a c y" },
	{ NULL, FLAG(DISK_ONLY), "b y" },
	{ NULL, FLAG(ACTIVE) | FLAG(DISK_ONLY), "a b c y" },
	{ NULL, FLAG(ACTIVE) | FLAG(LEAVES), "c y" },
	{ NULL, FLAG(INTERNAL), "a c l1 l2 y z" },
	{ NULL, FLAG(EXTERNAL), "b y" },
	{ "z", 0, "a y" },
	{ "z", FLAG(DESCENDANTS), "a c y" },
	{ "z", FLAG(DESCENDANTS) | FLAG(TOPOLOGICAL), "a y c" },
	{ "z", FLAG(DESCENDANTS) | FLAG(NO_LEAVES), "a" },
	{ "c", FLAG(DESCENDANTS), "" },
	{ "l1", FLAG(DESCENDANTS), "l2" },
	{ "nobody", 0, "" },
};

static GPtrArray *make_records(void)
{
	GPtrArray *records = g_ptr_array_new_with_free_func((GDestroyNotify)snapshot_record_free);

	for (size_t i = 0; i < G_N_ELEMENTS(forest); i++) {
		struct snapshot_record *record = g_new0(struct snapshot_record, 1);

		record->name = g_strdup(forest[i].name);
		record->parent = g_strdup(forest[i].parent);
		record->state = forest[i].state;
		record->memory =
			forest[i].is_external ? SNAPSHOT_KIND_EXTERNAL : SNAPSHOT_KIND_INTERNAL;
		g_ptr_array_add(records, record);
	}
	return records;
}

static void test_select(void)
{
	g_autoptr(GPtrArray) records = make_records();

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autoptr(GPtrArray) picks = forest_select(records, cases[i].from, cases[i].flags);
		g_autoptr(GString) joined = g_string_new(NULL);

		for (guint k = 0; k < picks->len; k++) {
			const struct forest_pick *pick = picks->pdata[k];

			g_string_append_printf(joined, "%s%s", k ? " " : "", pick->record->name);
		}
		g_test_message("case %zu: %s", i, joined->str);
		g_assert_cmpstr(joined->str, ==, cases[i].names);
	}
}

/* Of a cycle each is counted below the one that the walk began with. */
static void test_counts(void)
{
	static const struct {
		const char *name;
		unsigned int n_children, n_descendants;
	} counts[] = { { "z", 2, 3 }, { "a", 1, 1 }, { "c", 0, 0 }, { "b", 0, 0 },
		       { "l1", 1, 1 }, { "l2", 1, 0 } };
	g_autoptr(GPtrArray) records = make_records();

	for (size_t i = 0; i < G_N_ELEMENTS(counts); i++) {
		g_autofree struct forest_pick *found = forest_find(records, counts[i].name);

		g_assert_nonnull(found);
		g_assert_cmpstr(found->record->name, ==, counts[i].name);
		g_assert_cmpuint(found->n_children, ==, counts[i].n_children);
		g_assert_cmpuint(found->n_descendants, ==, counts[i].n_descendants);
	}
	g_assert_null(forest_find(records, "nobody"));
}

static void test_uuid(void)
{
	static const char *const good[] = {
		"01234567-89ab-cdef-0123-456789abcdef",
		"0123456789ABCDEF0123456789abcdef",
		"01-23456789abcdef01234567-89ab--cdef",
	};
	static const char *const bad[] = {
		"",
		"-",
		"01234567-89ab-cdef-0123-456789abcde",
		"01234567-89ab-cdef-0123-456789abcdef0",
		"01234567-89ab-cdef-0123-456789abcdef-",
		"-01234567-89ab-cdef-0123-456789abcdef",
		"01234567-89ab-cdef-0123-456789abcdeg",
		"01234567 89ab-cdef-0123-456789abcdef",
	};
	unsigned char uuid[VIR_UUID_BUFLEN];
	char text[VIR_UUID_STRING_BUFLEN];

	for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
		g_assert_true(uuid_parse(good[i], uuid));
		uuid_format(uuid, text);
		g_assert_cmpstr(text, ==, good[0]);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
		g_assert_false(uuid_parse(bad[i], uuid));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/api/forest/select", test_select);
	g_test_add_func("/api/forest/counts", test_counts);
	g_test_add_func("/api/uuid", test_uuid);
	return g_test_run();
}
