/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The trash and its tombstones. */
#include "store-rig.h"

/* ---- There and back ---- */

static void test_there_and_back(void)
{
	struct store *st = rig_with_vm();
	g_autofree char *id = rig_retire(st, NULL), *name = NULL, *text = NULL;
	GError *err = NULL;
	struct domain_dir *dd;
	int lock;

	g_assert_true(g_str_has_suffix(id, "~vm"));
	g_assert_null(domain_open(st, "vm", NULL));
	g_assert_cmpint(store_trash_size(st), >, 0);
	lock = store_lock(st, &err);
	dd = trash_open(st, id, &name, &err);
	g_assert_no_error(err);
	g_assert_cmpstr(name, ==, "vm");
	g_assert_cmpstr(dd->entry, ==, id);
	g_assert_true(trash_publish(dd, id, "vm", &err));
	g_assert_cmpint(exists_at(dd->fd, "tombstone"), ==, 0);
	g_assert_null(dd->entry);
	text = rig_text(st->domains, "vm/domain.xml");
	g_assert_cmpstr(text, ==, OLD_XML);
	domain_close(dd);
	close(lock);
	rig_close(st);
}

static void test_publish_over(void)
{
	struct store *st = rig_with_vm();
	g_autofree char *id = rig_retire(st, NULL);
	GError *err = NULL;
	struct domain_dir *dd;

	g_assert_true(rig_define(st, "vm", NEW_XML, NULL));
	dd = trash_open(st, id, NULL, &err);
	g_assert_false(trash_publish(dd, id, "vm", &err));
	g_assert_true(error_is(err, VIR_ERR_OPERATION_INVALID));
	g_assert_cmpint(exists_at(st->trash, id), ==, 1);
	g_assert_cmpint(exists_at(dd->fd, "tombstone"), ==, 1);
	g_error_free(err);
	g_assert_true(trash_publish(dd, id, "vm2", NULL));
	g_assert_cmpstr(dd->name, ==, "vm2");
	domain_close(dd);
	rig_close(st);
}

static void test_bad_ids(void)
{
	static const char *const ids[] = { "",
					   ".",
					   "..",
					   "../domains",
					   "vm",
					   "1~",
					   "~vm",
					   "1~vm",
					   "vm/old",
					   "vm/old/x",
					   "vm/old/../domain.xml",
					   "/etc/passwd",
					   "../trash/old/1~config",
					   "vm/old/1~config",
					   "99999999999999999999~vm" };
	struct store *st = rig_with_vm();

	for (size_t i = 0; i < G_N_ELEMENTS(ids); i++) {
		g_autoptr(GError) err = NULL;

		g_assert_false(trash_delete(st, ids[i], NULL, &err));
		g_assert_true(error_is(err, VIR_ERR_INVALID_ARG));
		g_clear_error(&err);
		g_assert_null(trash_open(st, ids[i], NULL, &err));
		g_assert_true(error_is(err, VIR_ERR_INVALID_ARG));
	}
	g_assert_cmpint(exists_at(st->domains, "vm/domain.xml"), ==, 1);
	rig_close(st);
}

/* ---- Tombstones ---- */

static void test_tombstone(void)
{
	const char *const outside[] = { "/a", "/b", NULL };
	struct store *st = rig_with_vm();
	struct domain_dir *dd = rig_lock(st, "vm");
	struct tombstone ts = rig_stone(outside), none = rig_stone(NULL);
	g_autofree char *text = NULL;
	g_autoptr(json_object) obj = NULL;
	GError *err = NULL;

	g_assert_true(tombstone_write(dd, &ts, &err));
	text = rig_text(dd->fd, "tombstone");
	obj = json_parse(text, strlen(text), &err);
	g_assert_no_error(err);
	g_clear_pointer(&text, g_free);
	g_assert_cmpuint(json_object_array_length(json_object_object_get(obj, "outside_files")), ==,
			 2);
	g_assert_true(tombstone_remove(dd, &err));
	g_assert_true(tombstone_remove(dd, &err));
	g_assert_cmpint(exists_at(dd->fd, "tombstone"), ==, 0);
	/* On a full disk undefine works without one, but not without a list of files to remove. */
	for (int i = 0; i < 2; i++) {
		sys_fault_set("enospc+:1");
		g_assert_true(tombstone_write(dd, i ? &ts : &none, &err) == !i);
		sys_fault_set(NULL);
	}
	g_assert_true(error_is_os(err, ENOSPC));
	g_clear_error(&err);
	sys_fault_set("eio:1");
	g_assert_false(tombstone_write(dd, &none, &err));
	sys_fault_set(NULL);
	g_assert_true(error_is_os(err, EIO));
	g_clear_error(&err);
	domain_close(dd);
	rig_close(st);
}

/* ---- The list ---- */

/* What a domain's old/ holds, and the config of one that was undefined while it ran. */
static void test_list_old(void)
{
	struct store *st = rig_with_vm();
	struct domain_dir *dd = rig_lock(st, "vm");
	struct trash_entry **e;
	GPtrArray *list;
	g_autofree char *big = g_strnfill(100000, 'x');

	g_assert_true(domain_put_config(dd, NEW_XML, NULL));
	g_assert_true(record_stage(dd, "s~1", OLD_XML, NULL));
	g_assert_true(record_publish(dd, "s~1", NULL));
	g_assert_true(record_retire(dd, "s~1", NULL));
	rig_write(dd->fd, "managed-save", big);
	g_assert_true(domain_archive(dd, "managed-save", "managed-save", NULL, NULL));
	list = trash_list(st, NULL, NULL);
	e = (struct trash_entry **)list->pdata;
	g_assert_cmpuint(list->len, ==, 3);
	g_assert_cmpstr(e[0]->what, ==, "config");
	g_assert_true(g_str_has_prefix(e[0]->id, "vm/old/"));
	g_assert_cmpstr(e[1]->what, ==, "snapshot 's~1'");
	g_assert_cmpstr(e[2]->what, ==, "managed-save");
	g_assert_cmpint(e[2]->size, >=, 100000);
	g_assert_cmpstr(e[2]->name, ==, "vm");
	g_assert_cmpint(ABS(e[2]->time - now_sec()), <, 60);
	g_ptr_array_unref(list);

	g_assert_true(domain_drop_config(dd, NULL));
	list = trash_list(st, "vm", NULL);
	g_assert_cmpuint(list->len, ==, 4);
	e = (struct trash_entry **)list->pdata;
	for (guint i = 0; i < list->len; i++) {
		if (g_str_has_prefix(e[i]->what, "running")) {
			g_assert_cmpstr(e[i]->id, ==, "vm/undefined.xml");
			g_assert_false(trash_delete(st, e[i]->id, NULL, NULL));
		}
	}
	g_ptr_array_unref(list);
	domain_close(dd);
	rig_close(st);
}

static void test_list(void)
{
	struct store *st = rig_with_vm();
	struct trash_entry **e;
	GPtrArray *list;
	g_autofree char *big = g_strnfill(100000, 'x');

	rig_write(st->domains, "vm/nvram.fd", big);
	g_free(rig_retire(st, NULL));
	g_assert_true(rig_define(st, "other", OLD_XML, NULL));
	list = trash_list(st, "other", NULL);
	g_assert_cmpuint(list->len, ==, 0);
	g_ptr_array_unref(list);
	rig_write(st->trash, "stray", "");
	list = trash_list(st, NULL, NULL);
	g_assert_cmpuint(list->len, ==, 1);
	e = (struct trash_entry **)list->pdata;
	g_assert_cmpstr(e[0]->name, ==, "vm");
	g_assert_cmpstr(e[0]->uuid, ==, UUID);
	g_assert_cmpstr(e[0]->command, ==, "undefine --nvram");
	g_assert_cmpstr(e[0]->what, ==, "domain");
	g_assert_cmpint(e[0]->size, >=, 100000);
	g_ptr_array_unref(list);
	trash_entry_free(NULL);
	rig_close(st);
}

/* ---- Deleting ---- */

static void test_delete(void)
{
	struct store *st = rig_with_vm();
	g_autofree char *held = NULL;
	struct domain_dir *dd = rig_lock(st, "vm");
	gint64 freed = 0;
	GPtrArray *list;
	GError *err = NULL;

	g_assert_true(domain_put_config(dd, NEW_XML, NULL));
	list = trash_list(st, "vm", NULL);
	g_assert_true(trash_delete(st, ((struct trash_entry *)list->pdata[0])->id, &freed, &err));
	g_assert_cmpint(freed, >, 0);
	g_ptr_array_unref(list);
	g_assert_cmpuint(rig_count(dd->fd, "old", NULL), ==, 0);
	/* Not what somebody still works on. */
	g_assert_true(store_retire(dd, false, &held, NULL));
	g_assert_false(trash_delete(st, held, NULL, &err));
	g_assert_true(error_is(err, VIR_ERR_RESOURCE_BUSY));
	g_clear_error(&err);
	domain_close(dd);
	freed = 0;
	g_assert_true(trash_delete(st, held, &freed, &err));
	g_assert_cmpint(freed, >, 0);
	g_assert_cmpint(store_trash_size(st), <=, 8192);
	rig_close(st);
}

static void test_expire(void)
{
	struct store *st = rig_with_vm();
	g_autofree char *young = rig_retire(st, NULL);
	g_autofree char *old = g_strdup_printf("%016" G_GINT64_FORMAT "~vm",
					       now_usec() - G_GINT64_CONSTANT(86400000000) * 31);
	g_autofree char *todo = g_strconcat(old, "~todo", NULL);
	g_autofree char *stone_path = g_strconcat(todo, "/tombstone", NULL);
	struct domain_dir *dd;

	g_assert_cmpint(mkdirat(st->trash, old, 0700), ==, 0);
	trash_expire(st, 0);
	trash_expire(st, 32);
	g_assert_cmpuint(rig_count(st->trash, ".", NULL), ==, 2);
	/* Outside work that cannot be read is not forgotten. */
	g_assert_cmpint(mkdirat(st->trash, todo, 0700), ==, 0);
	rig_write(st->trash, stone_path, "");
	trash_expire(st, 30);
	g_assert_cmpuint(rig_count(st->trash, ".", NULL), ==, 2);
	g_assert_cmpint(exists_at(st->trash, young), ==, 1);
	g_assert_cmpint(exists_at(st->trash, todo), ==, 1);
	g_assert_true(rig_define(st, "vm", OLD_XML, NULL));
	dd = rig_lock(st, "vm");
	g_assert_true(domain_put_config(dd, NEW_XML, NULL));
	rig_write(dd->fd, "old/1~config", "");
	domain_expire(dd, 0);
	g_assert_cmpuint(rig_count(dd->fd, "old", NULL), ==, 2);
	domain_expire(dd, 30);
	g_assert_cmpuint(rig_count(dd->fd, "old", NULL), ==, 1);
	domain_close(dd);
	rig_close(st);
}

/* ---- Discarding ---- */

static void test_discard(void)
{
	struct store *st = rig_with_vm();
	struct domain_dir *dd = rig_lock(st, "vm");

	g_assert_true(store_discard(dd, NULL));
	domain_close(dd);
	g_assert_null(domain_open(st, "vm", NULL));
	g_assert_cmpuint(rig_count(st->trash, ".", NULL), ==, 0);
	g_assert_cmpuint(rig_count(st->staging, ".", NULL), ==, 0);
	rig_close(st);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/trash/there-and-back", test_there_and_back);
	g_test_add_func("/trash/publish-over", test_publish_over);
	g_test_add_func("/trash/bad-ids", test_bad_ids);
	g_test_add_func("/trash/tombstone", test_tombstone);
	g_test_add_func("/trash/list", test_list);
	g_test_add_func("/trash/list-old", test_list_old);
	g_test_add_func("/trash/delete", test_delete);
	g_test_add_func("/trash/expire", test_expire);
	g_test_add_func("/trash/discard", test_discard);
	return g_test_run();
}
