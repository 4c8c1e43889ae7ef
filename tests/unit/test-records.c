/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store-rig.h"

static void put(struct domain_dir *dd, const char *name, const char *text)
{
	GError *err = NULL;

	g_assert_true(record_stage(dd, name, text, &err));
	g_assert_true(record_publish(dd, name, &err));
}

static char *names_of(struct domain_dir *dd)
{
	g_autoptr(GPtrArray) names = records_names(dd, NULL);

	g_ptr_array_add(names, NULL);
	return g_strjoinv("|", (char **)names->pdata);
}

static void assert_names(struct domain_dir *dd, const char *want)
{
	g_autofree char *text = names_of(dd);

	g_assert_cmpstr(text, ==, want);
}

static void assert_current(struct domain_dir *dd, const char *want)
{
	g_autofree char *name = records_current(dd);

	g_assert_cmpstr(name, ==, want);
}

static void test_names(void)
{
	static const char *const names[] = {
		"b", "a", "-dash", "~x", "50%", ".dot", "<&,\\é", "1"
	};
	struct store *st = rig_with_vm();
	struct domain_dir *dd = rig_lock(st, "vm");

	assert_names(dd, "");
	g_assert_false(record_exists(dd, "b"));
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autofree char *text = NULL;
		size_t size;

		put(dd, names[i], names[i]);
		g_assert_true(record_exists(dd, names[i]));
		g_assert_true(record_read(dd, names[i], &text, &size, NULL));
		g_assert_cmpstr(text, ==, names[i]);
	}
	assert_names(dd, "-dash|.dot|1|50%|<&,\\é|a|b|~x");
	domain_close(dd);
	rig_close(st);
}

/* Nothing outside snapshots/ can be reached by a name. */
static void test_bad_names(void)
{
	static const char *const names[] = { "../domain", "a/b", "", "none" };
	struct store *st = rig_with_vm();
	struct domain_dir *dd = rig_lock(st, "vm");

	put(dd, "a", "x");
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autoptr(GError) err = NULL;
		char *text;

		g_assert_false(record_exists(dd, names[i]));
		g_assert_false(record_read(dd, names[i], &text, NULL, &err));
		g_assert_true(error_is(err, VIR_ERR_NO_DOMAIN_SNAPSHOT));
		g_assert_true(record_delete(dd, names[i], NULL));
		g_assert_true(record_retire(dd, names[i], NULL));
	}
	g_assert_cmpint(exists_at(dd->fd, "domain.xml"), ==, 1);
	domain_close(dd);
	rig_close(st);
}

/* Files that libvirt wrote have names that we would escape; they count and can be read. */
static void test_foreign_files(void)
{
	struct store *st = rig_with_vm();
	struct domain_dir *dd = rig_lock(st, "vm");
	g_autofree char *text = NULL;
	struct domain_state s;

	put(dd, "a", "x");
	rig_write(dd->fd, "snapshots/50%.xml", "theirs");
	assert_names(dd, "50%|a");
	g_assert_true(domain_read_state(dd, &s, NULL));
	g_assert_cmpuint(s.n_snapshots, ==, 2);
	g_assert_true(record_read(dd, "50%", &text, NULL, NULL));
	g_assert_cmpstr(text, ==, "theirs");
	g_assert_true(record_retire(dd, "50%", NULL));
	assert_names(dd, "a");
	g_assert_cmpuint(rig_count(dd->fd, "old", "~snapshot-50%25"), ==, 1);
	domain_close(dd);
	rig_close(st);
}

/* The pointer first, then the record: it is current from the moment on that it exists. */
static void test_current(void)
{
	struct store *st = rig_with_vm();
	struct domain_dir *dd = rig_lock(st, "vm");

	assert_current(dd, NULL);
	g_assert_true(records_point(dd, "a~", NULL, false, NULL));
	assert_current(dd, NULL);
	put(dd, "a~", "x");
	assert_current(dd, "a~");
	g_assert_true(records_point(dd, "b", "a~", false, NULL));
	assert_current(dd, "a~");
	put(dd, "b", "x");
	assert_current(dd, "b");
	/* Not to become current. */
	g_assert_true(records_point(dd, NULL, "b", true, NULL));
	put(dd, "c", "x");
	assert_current(dd, "b");
	/* Deleting the current one. */
	g_assert_true(records_point(dd, "b", "a~", false, NULL));
	g_assert_true(record_delete(dd, "b", NULL));
	assert_current(dd, "a~");
	g_assert_true(records_point(dd, NULL, NULL, true, NULL));
	assert_current(dd, NULL);
	domain_close(dd);
	rig_close(st);
}

static void test_current_broken(void)
{
	static const char *const texts[] = { "x", "a%zz/", "../a", "/", "//", "a/b/c" };
	struct store *st = rig_with_vm();
	struct domain_dir *dd = rig_lock(st, "vm");

	put(dd, "b", "x");
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		unlinkat(dd->fd, "snapshots/current", 0);
		g_assert_cmpint(symlinkat(texts[i], dd->fd, "snapshots/current"), ==, 0);
		assert_current(dd, NULL);
	}
	/* The spare one of a killed process is in nobody's way. */
	g_assert_cmpint(symlinkat("x/", dd->fd, "snapshots/current.new~"), ==, 0);
	g_assert_true(records_point(dd, "b", NULL, false, NULL));
	assert_current(dd, "b");
	domain_close(dd);
	rig_close(st);
}

static void test_stage(void)
{
	struct store *st = rig_with_vm();
	struct domain_dir *dd = rig_lock(st, "vm");
	g_autofree char *large = g_strnfill(10 * 1024 * 1024 + 1, 'x');
	GError *err = NULL;

	g_assert_true(record_stage(dd, "a", "first", NULL));
	assert_names(dd, "");
	g_assert_true(record_stage(dd, "a", "second", NULL));
	record_unstage(dd, "a");
	record_unstage(dd, "a");
	g_assert_false(record_publish(dd, "a", &err));
	g_assert_true(error_is(err, VIR_ERR_NO_DOMAIN_SNAPSHOT));
	g_clear_error(&err);
	put(dd, "a", "third");
	/* Done again it is done. */
	g_assert_true(record_publish(dd, "a", &err));
	g_assert_false(record_stage(dd, "a", large, &err));
	g_assert_true(error_is(err, VIR_ERR_XML_ERROR));
	g_clear_error(&err);
	domain_close(dd);
	rig_close(st);
}

/* The newest ten of all records stay in old/; those that went together count as one. */
static void test_history(void)
{
	struct store *st = rig_with_vm();
	struct domain_dir *dd = rig_lock(st, "vm");
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);

	for (int i = 0; i < 30; i++) {
		char *name = g_strdup_printf("s%02d", i);

		put(dd, name, "x");
		put(dd, name, "y");
		g_ptr_array_add(names, name);
	}
	g_assert_cmpuint(rig_count(dd->fd, "old", "~snapshot-"), ==, 10);
	g_assert_true(records_retire(dd, (const char *const *)names->pdata, names->len, NULL));
	assert_names(dd, "");
	g_assert_cmpuint(rig_count(dd->fd, "old", "~snapshot-"), ==, 30 + 9);
	for (int i = 0; i < 9; i++) {
		put(dd, "s", "x");
		g_assert_true(record_retire(dd, "s", NULL));
	}
	g_assert_cmpuint(rig_count(dd->fd, "old", "~snapshot-"), ==, 30 + 9);
	put(dd, "s", "x");
	g_assert_true(record_retire(dd, "s", NULL));
	g_assert_cmpuint(rig_count(dd->fd, "old", "~snapshot-"), ==, 10);
	g_assert_true(records_retire(dd, (const char *const *)names->pdata, names->len, NULL));
	g_ptr_array_unref(names);
	domain_close(dd);
	rig_close(st);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/records/names", test_names);
	g_test_add_func("/records/bad-names", test_bad_names);
	g_test_add_func("/records/foreign-files", test_foreign_files);
	g_test_add_func("/records/current", test_current);
	g_test_add_func("/records/current-broken", test_current_broken);
	g_test_add_func("/records/stage", test_stage);
	g_test_add_func("/records/history", test_history);
	return g_test_run();
}
