/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Each commit of the store with a fault at each point: old or new, whole, in exactly one place. */
#include "store-rig.h"

/* ---- What a store may look like ---- */

/* Domain directories of all names in domains/ and trash/. */
static unsigned int count_places(struct store *st)
{
	return rig_count(st->domains, ".", NULL) + rig_count(st->trash, ".", NULL);
}

static bool is_in_domains(struct store *st, const char *name)
{
	return exists_at(st->domains, name) == 1;
}

/* Must one of two states be there, and which? */
static void assert_state(bool is_new_there, bool is_old_there, bool is_new, bool is_old)
{
	g_assert_true(is_new_there || is_old_there);
	if (is_new)
		g_assert_true(is_new_there);
	if (is_old)
		g_assert_true(is_old_there);
}

static bool has_text(struct store *st, const char *path, const char *want)
{
	g_autofree char *text = rig_text(st->domains, path);

	return g_strcmp0(text, want) == 0;
}

static void prepare_nothing(struct store *st)
{
	(void)st;
}

static void prepare_vm(struct store *st)
{
	struct domain_dir *dd = rig_vm(st);

	domain_close(dd);
}

/* ---- define of a new domain ---- */

static bool define_new(struct store *st, GError **err)
{
	return rig_define(st, "vm", NEW_XML, err);
}

static void check_define_new(struct store *st, bool is_new, bool is_old)
{
	g_autofree char *hint = store_uuid_hint(st, UUID);

	g_assert_cmpuint(count_places(st), <=, 1);
	assert_state(has_text(st, "vm/domain.xml", NEW_XML), count_places(st) == 0, is_new, is_old);
	if (count_places(st) == 1)
		g_assert_cmpstr(hint, ==, "vm");
}

/* ---- define of an existing one ---- */

static bool redefine(struct store *st, GError **err)
{
	g_autoptr(domain_dir) dd = domain_lock(st, "vm", err);

	return dd && domain_put_config(dd, NEW_XML, err);
}

/* What was replaced is in old/; twice when a kill came between keeping and replacing. */
static void check_redefine(struct store *st, bool is_new, bool is_old)
{
	bool is_there = has_text(st, "vm/domain.xml", NEW_XML);
	g_autofree char *old = rig_list(st->domains, "vm/old");
	g_auto(GStrv) names = g_strsplit(old, " ", -1);

	g_assert_cmpuint(count_places(st), ==, 1);
	assert_state(is_there, has_text(st, "vm/domain.xml", OLD_XML), is_new, is_old);
	if (is_old)
		g_assert_cmpstr(old, ==, "");
	if (is_there)
		g_assert_cmpuint(g_strv_length(names), >=, 1);
	for (char **name = names; *name; name++) {
		g_autofree char *path = g_strconcat("vm/old/", *name, NULL);

		g_assert_true(has_text(st, path, OLD_XML));
	}
}

/* ---- undefine of a running guest, and back ---- */

static bool drop_config(struct store *st, GError **err)
{
	g_autoptr(domain_dir) dd = domain_lock(st, "vm", err);

	return dd && domain_drop_config(dd, err);
}

static void check_drop(struct store *st, bool is_new, bool is_old)
{
	bool is_dropped = exists_at(st->domains, "vm/undefined.xml") == 1;

	g_assert_true(is_dropped != (exists_at(st->domains, "vm/domain.xml") == 1));
	g_assert_true(has_text(st, is_dropped ? "vm/undefined.xml" : "vm/domain.xml", OLD_XML));
	assert_state(is_dropped, !is_dropped, is_new, is_old);
}

static void prepare_dropped(struct store *st)
{
	g_autoptr(domain_dir) dd = rig_vm(st);

	g_assert_true(domain_set_keep(dd, true, false, NULL));
	g_assert_true(domain_drop_config(dd, NULL));
}

static bool restore_config(struct store *st, GError **err)
{
	g_autoptr(domain_dir) dd = domain_lock(st, "vm", err);

	return dd && domain_restore_config(dd, err);
}

static void check_restore(struct store *st, bool is_new, bool is_old)
{
	check_drop(st, is_old, is_new);
	if (is_old)
		g_assert_cmpint(exists_at(st->domains, "vm/keep"), ==, 1);
}

/* define over a running transient guest */
static void check_redefine_dropped(struct store *st, bool is_new, bool is_old)
{
	bool is_there = has_text(st, "vm/domain.xml", NEW_XML);

	assert_state(is_there, exists_at(st->domains, "vm/domain.xml") == 0, is_new, is_old);
	/* The undefined config is where it was or in old/. */
	if (exists_at(st->domains, "vm/undefined.xml") == 0)
		g_assert_cmpuint(rig_count(st->domains, "vm/old", "~config"), >=, 1);
	if (is_old)
		g_assert_true(has_text(st, "vm/undefined.xml", OLD_XML));
}

/* ---- undefine ---- */

static bool retire(struct store *st, GError **err)
{
	struct tombstone ts = {
		.time = 1, .command = "undefine", .cause = "undefined", .name = "vm", .uuid = UUID
	};
	g_autoptr(domain_dir) dd = domain_lock(st, "vm", err);

	return dd && tombstone_write(dd, &ts, err) && store_retire(dd, false, NULL, err);
}

static void check_retire(struct store *st, bool is_new, bool is_old)
{
	bool is_there = is_in_domains(st, "vm");
	g_autofree char *entry = rig_list(st->trash, ".");
	g_autofree char *path = g_strconcat(is_there ? "domains/vm" : "trash/",
					    is_there ? "" : entry, "/domain.xml", NULL);
	g_autofree char *text = rig_text(st->fd, path);

	g_assert_cmpuint(count_places(st), ==, 1);
	g_assert_cmpstr(text, ==, OLD_XML);
	assert_state(!is_there, is_there, is_new, is_old);
}

static bool discard(struct store *st, GError **err)
{
	g_autoptr(domain_dir) dd = domain_lock(st, "vm", err);

	return dd && store_discard(dd, err);
}

static void check_discard(struct store *st, bool is_new, bool is_old)
{
	bool is_there = is_in_domains(st, "vm");

	g_assert_cmpuint(count_places(st), ==, is_there);
	assert_state(!is_there, is_there && has_text(st, "vm/domain.xml", OLD_XML), is_new, is_old);
}

/* ---- trash-restore and trash-empty ---- */

static void prepare_trash(struct store *st)
{
	prepare_vm(st);
	g_assert_true(retire(st, NULL));
}

static bool take_back(struct store *st, GError **err)
{
	auto_close int lock = store_lock(st, err);
	g_autofree char *entry = rig_list(st->trash, ".");
	g_autoptr(domain_dir) dd = lock < 0 ? NULL : trash_open(st, entry, NULL, err);

	return dd && store_uuid_link(st, UUID, "vm", err) && trash_publish(dd, entry, "vm", err);
}

static void check_take_back(struct store *st, bool is_new, bool is_old)
{
	check_retire(st, is_old, is_new);
}

static bool empty_trash(struct store *st, GError **err)
{
	auto_close int lock = store_lock(st, err);
	g_autofree char *entry = rig_list(st->trash, ".");
	gint64 freed = -1;

	return lock >= 0 && trash_delete(st, entry, &freed, err);
}

static void check_empty(struct store *st, bool is_new, bool is_old)
{
	g_assert_false(is_in_domains(st, "vm"));
	if (is_new)
		g_assert_cmpuint(count_places(st), ==, 0);
	if (is_old || count_places(st))
		check_retire(st, true, false);
}

/* ---- rename ---- */

static bool move(struct store *st, GError **err)
{
	auto_close int lock = store_lock(st, err);
	g_autoptr(domain_dir) dd = lock < 0 ? NULL : domain_lock(st, "vm", err);

	return dd && store_uuid_link(st, UUID, "vm2", err) && domain_move(dd, "vm2", err);
}

static void check_move(struct store *st, bool is_new, bool is_old)
{
	g_assert_cmpuint(count_places(st), ==, 1);
	assert_state(has_text(st, "vm2/domain.xml", OLD_XML),
		     has_text(st, "vm/domain.xml", OLD_XML), is_new, is_old);
}

/* ---- Records ---- */

static void prepare_record(struct store *st)
{
	g_autoptr(domain_dir) dd = rig_vm(st);

	g_assert_true(record_stage(dd, "base", OLD_XML, NULL));
	g_assert_true(records_point(dd, "base", NULL, false, NULL));
	g_assert_true(record_publish(dd, "base", NULL));
}

static bool publish_record(struct store *st, GError **err)
{
	g_autoptr(domain_dir) dd = domain_lock(st, "vm", err);

	return dd && record_stage(dd, "s1", NEW_XML, err) &&
	       records_point(dd, "s1", "base", false, err) && record_publish(dd, "s1", err);
}

/* Record and current become true together. */
static void check_record(struct store *st, bool is_new, bool is_old)
{
	g_autoptr(domain_dir) dd = domain_open(st, "vm", NULL);
	g_autofree char *current = records_current(dd);
	bool is_there = record_exists(dd, "s1");

	g_assert_true(has_text(st, "vm/snapshots/base.xml", OLD_XML));
	g_assert_cmpstr(current, ==, is_there ? "s1" : "base");
	assert_state(is_there && has_text(st, "vm/snapshots/s1.xml", NEW_XML), !is_there, is_new,
		     is_old);
}

static bool replace_record(struct store *st, GError **err)
{
	g_autoptr(domain_dir) dd = domain_lock(st, "vm", err);

	return dd && record_stage(dd, "base", NEW_XML, err) && record_publish(dd, "base", err);
}

static void check_replaced(struct store *st, bool is_new, bool is_old)
{
	bool is_there = has_text(st, "vm/snapshots/base.xml", NEW_XML);

	assert_state(is_there, has_text(st, "vm/snapshots/base.xml", OLD_XML), is_new, is_old);
	if (is_there)
		g_assert_cmpuint(rig_count(st->domains, "vm/old", "~snapshot-base"), >=, 1);
	if (is_old)
		g_assert_cmpuint(rig_count(st->domains, "vm/old", NULL), ==, 0);
}

static bool retire_record(struct store *st, GError **err)
{
	g_autoptr(domain_dir) dd = domain_lock(st, "vm", err);

	return dd && record_retire(dd, "base", err);
}

/* In snapshots/ or in old/, never in both or none. */
static void check_record_retired(struct store *st, bool is_new, bool is_old)
{
	bool is_there = has_text(st, "vm/snapshots/base.xml", OLD_XML);

	(void)is_old;
	g_assert_cmpuint(rig_count(st->domains, "vm/old", "~snapshot-base"), ==, !is_there);
	if (is_new)
		g_assert_false(is_there);
}

/* ---- Kept files ---- */

static void prepare_nvram(struct store *st)
{
	prepare_vm(st);
	rig_write(st->domains, "vm/nvram.fd", "variables");
	g_assert_cmpint(mkdirat(st->domains, "vm/tpm", 0700), ==, 0);
	rig_write(st->domains, "vm/tpm/tpm2-00.permall", "keys");
}

static bool keep(struct store *st, GError **err)
{
	g_autoptr(domain_dir) dd = domain_lock(st, "vm", err);

	return dd && kept_put(dd, UUID, true, true, err);
}

static bool has_either(struct store *st, const char *a, const char *b, const char *want)
{
	g_autofree char *x = rig_text(st->fd, a), *y = rig_text(st->fd, b);

	return g_strcmp0(x, want) == 0 || g_strcmp0(y, want) == 0;
}

/* Nothing of it is ever in no place. */
static void check_keep(struct store *st, bool is_new, bool is_old)
{
	(void)is_old;
	g_assert_true(has_either(st, "domains/vm/nvram.fd", "kept/" UUID "/nvram.fd", "variables"));
	g_assert_true(has_either(st, "domains/vm/tpm/tpm2-00.permall",
				 "kept/" UUID "/tpm/tpm2-00.permall", "keys"));
	if (is_new) {
		g_assert_cmpint(exists_at(st->domains, "vm/nvram.fd"), ==, 0);
		g_assert_cmpint(exists_at(st->domains, "vm/tpm"), ==, 0);
	}
}

static void prepare_kept(struct store *st)
{
	prepare_nvram(st);
	g_assert_true(keep(st, NULL));
	g_assert_true(discard(st, NULL));
}

static bool define_taking(struct store *st, GError **err)
{
	auto_close int lock = store_lock(st, err);
	struct domain_dir *dd = lock < 0 ? NULL : staging_new(st, err);
	bool is_done, took = false;

	if (!dd)
		return false;
	is_done = domain_put_config(dd, NEW_XML, err) && kept_take(dd, UUID, &took, err) &&
		  staging_publish(dd, "vm", err);
	if (is_done)
		domain_close(dd);
	else if (!dd->name)
		staging_drop(dd);
	return is_done;
}

static void check_taking(struct store *st, bool is_new, bool is_old)
{
	check_keep(st, false, false);
	assert_state(has_text(st, "vm/domain.xml", NEW_XML), !is_in_domains(st, "vm"), is_new,
		     is_old);
	if (is_in_domains(st, "vm")) {
		g_assert_true(has_text(st, "vm/nvram.fd", "variables"));
		g_assert_true(has_text(st, "vm/tpm/tpm2-00.permall", "keys"));
	}
}

/* ---- Archive ---- */

static void prepare_image(struct store *st)
{
	prepare_vm(st);
	rig_write(st->domains, "vm/managed-save", "memory");
}

static bool archive_image(struct store *st, GError **err)
{
	g_autoptr(domain_dir) dd = domain_lock(st, "vm", err);

	return dd && domain_archive(dd, "managed-save", "managed-save", NULL, err);
}

static void check_image(struct store *st, bool is_new, bool is_old)
{
	bool is_there = has_text(st, "vm/managed-save", "memory");

	g_assert_cmpuint(rig_count(st->domains, "vm/old", "~managed-save"), ==, !is_there);
	assert_state(!is_there, is_there, is_new, is_old);
}

/* ---- A new root ---- */

static bool open_new(struct store *st, GError **err)
{
	g_autofree char *root = g_strconcat(st->root, "-2/below", NULL);
	g_autoptr(store) other = store_open(root, true, "test", err);

	return other;
}

static void check_new_root(struct store *st, bool is_new, bool is_old)
{
	g_autofree char *root = g_strconcat(st->root, "-2/below", NULL);
	g_autoptr(GError) err = NULL;
	g_autoptr(store) reader = store_open(root, false, "test", &err);

	(void)is_old;
	g_assert_no_error(err);
	if (is_new)
		g_assert_cmpint(reader->domains, >=, 0);
}

/* clang-format off */
static const struct scenario scenarios[] = {
	{ "new-root", prepare_nothing, open_new, check_new_root },
	{ "define", prepare_nothing, define_new, check_define_new },
	{ "redefine", prepare_vm, redefine, check_redefine },
	{ "redefine-undefined", prepare_dropped, redefine, check_redefine_dropped },
	{ "drop-config", prepare_vm, drop_config, check_drop },
	{ "restore-config", prepare_dropped, restore_config, check_restore },
	{ "retire", prepare_vm, retire, check_retire },
	{ "discard", prepare_vm, discard, check_discard },
	{ "take-back", prepare_trash, take_back, check_take_back },
	{ "empty-trash", prepare_trash, empty_trash, check_empty },
	{ "move", prepare_vm, move, check_move },
	{ "record", prepare_record, publish_record, check_record },
	{ "record-replaced", prepare_record, replace_record, check_replaced },
	{ "record-retired", prepare_record, retire_record, check_record_retired },
	{ "keep", prepare_nvram, keep, check_keep },
	{ "take-kept", prepare_kept, define_taking, check_taking },
	{ "archive", prepare_image, archive_image, check_image },
};
/* clang-format on */

static void test_sweep(gconstpointer data)
{
	rig_sweep(data);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(scenarios); i++) {
		g_autofree char *path = g_strconcat("/store/sweep/", scenarios[i].name, NULL);

		g_test_add_data_func(path, &scenarios[i], test_sweep);
	}
	return g_test_run();
}
