/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* NVRAM and TPM state that outlive their domain. */
#include "store-rig.h"

/* ---- Kept files ---- */

static void write_state(struct store *st, const char *name, const char *nvram, const char *tpm)
{
	g_autofree char *a = g_strconcat(name, "/nvram.fd", NULL);
	g_autofree char *b = g_strconcat(name, "/tpm", NULL);
	g_autofree char *c = g_strconcat(name, "/tpm/state", NULL);

	if (nvram)
		rig_write(st->domains, a, nvram);
	if (!tpm)
		return;
	mkdirat(st->domains, b, 0700);
	rig_write(st->domains, c, tpm);
}

static void assert_text(int dirfd, const char *path, const char *want)
{
	g_autofree char *text = rig_text(dirfd, path);

	g_assert_cmpstr(text, ==, want);
}

static void test_put(void)
{
	struct store *st = rig_with_vm();
	struct domain_dir *dd = rig_lock(st, "vm");
	bool took = true;
	GError *err = NULL;

	g_assert_true(kept_put(dd, UUID, true, true, &err));
	g_assert_false(kept_exists(st, UUID));
	g_assert_true(kept_take(dd, UUID, &took, &err));
	g_assert_false(took);
	write_state(st, "vm", "variables", "keys");
	g_assert_true(kept_put(dd, UUID, true, false, &err));
	g_assert_true(kept_exists(st, UUID));
	assert_text(st->kept, UUID "/nvram.fd", "variables");
	assert_text(dd->fd, "tpm/state", "keys");
	g_assert_true(kept_put(dd, UUID, true, true, &err));
	assert_text(st->kept, UUID "/nvram.fd", "variables");
	assert_text(st->kept, UUID "/tpm/state", "keys");
	g_assert_cmpuint(rig_count(st->trash, ".", NULL), ==, 0);
	/* Older ones make room through the trash. */
	write_state(st, "vm", "newer", NULL);
	g_assert_true(kept_put(dd, UUID, true, true, &err));
	assert_text(st->kept, UUID "/nvram.fd", "newer");
	g_assert_cmpint(exists_at(st->kept, UUID "/tpm"), ==, 0);
	g_assert_cmpuint(rig_count(st->trash, ".", "~vm"), ==, 1);
	g_assert_no_error(err);
	domain_close(dd);
	rig_close(st);
}

static void test_take(void)
{
	struct store *st = rig_with_vm();
	struct domain_dir *dd = rig_lock(st, "vm");
	GError *err = NULL;
	bool took;

	write_state(st, "vm", "newer", NULL);
	g_assert_true(kept_put(dd, UUID, true, true, &err));
	/* Own ones are not replaced. */
	write_state(st, "vm", "own", NULL);
	g_assert_true(kept_take(dd, UUID, &took, &err));
	g_assert_false(took);
	assert_text(dd->fd, "nvram.fd", "own");
	g_assert_true(kept_exists(st, UUID));
	g_assert_cmpint(unlinkat(dd->fd, "nvram.fd", 0), ==, 0);
	g_assert_true(kept_take(dd, UUID, &took, &err));
	g_assert_true(took);
	assert_text(dd->fd, "nvram.fd", "newer");
	g_assert_false(kept_exists(st, UUID));
	g_assert_false(kept_put(dd, "../x", true, true, NULL));
	g_assert_false(kept_exists(st, "../lock"));
	g_assert_no_error(err);
	domain_close(dd);
	rig_close(st);
}

/* Until the taker is published they are in both places: its killer takes nothing with it. */
static void test_kept_staged(void)
{
	struct store *st = rig_with_vm();
	struct domain_dir *dd = rig_lock(st, "vm");
	bool took;

	write_state(st, "vm", "variables", "keys");
	g_assert_true(kept_put(dd, UUID, true, true, NULL));
	g_assert_true(store_discard(dd, NULL));
	domain_close(dd);
	dd = staging_new(st, NULL);
	g_assert_true(kept_take(dd, UUID, &took, NULL));
	g_assert_true(took);
	domain_close(dd);
	rig_sweep_store(st);
	assert_text(st->kept, UUID "/tpm/state", "keys");
	dd = staging_new(st, NULL);
	g_assert_true(domain_put_config(dd, OLD_XML, NULL));
	g_assert_true(kept_take(dd, UUID, &took, NULL));
	g_assert_true(kept_take(dd, UUID, &took, NULL));
	g_assert_true(took);
	g_assert_true(kept_exists(st, UUID));
	g_assert_true(staging_publish(dd, "vm", NULL));
	g_assert_false(kept_exists(st, UUID));
	assert_text(st->domains, "vm/nvram.fd", "variables");
	assert_text(st->domains, "vm/tpm/state", "keys");
	domain_close(dd);
	rig_close(st);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/kept/put", test_put);
	g_test_add_func("/kept/take", test_take);
	g_test_add_func("/kept/staged", test_kept_staged);
	return g_test_run();
}
