/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One domain directory: its facts, its config, its runs, its intent. */
#include "store-rig.h"

/* ---- Existence ---- */

static void test_existence(void)
{
	for (unsigned int bits = 0; bits < 32; bits++) {
		struct domain_state s = {
			.has_config = bits & 1,
			.is_alive = bits & 2,
			.has_managed_save = bits & 4,
			.has_intent = bits & 8,
			.is_foreign_run = bits & 16,
		};
		enum existence want = EXISTENCE_GARBAGE;

		if (s.has_config)
			want = s.is_alive ? EXISTENCE_RUNNING : EXISTENCE_SHUTOFF;
		else if (s.is_alive)
			want = EXISTENCE_TRANSIENT;
		else if (bits & (4 | 8 | 16))
			want = EXISTENCE_UNCLEAR;
		g_assert_cmpint(domain_existence(&s), ==, want);
	}
	g_assert_cmpint(domain_existence(NULL), ==, EXISTENCE_NONE);
}

/* ---- Facts ---- */

/* One of everything that can be in a directory. */
static void fill_directory(struct domain_dir *dd)
{
	static const char *const dirs[] = { "tpm", "snapshots", "checkpoints" };
	static const char *const files[] = { "undefined.xml", "autostart", "protected", "intent",
					     "nvram.fd" };

	for (size_t i = 0; i < G_N_ELEMENTS(dirs); i++)
		g_assert_cmpint(mkdirat(dd->fd, dirs[i], 0700), ==, 0);
	for (size_t i = 0; i < G_N_ELEMENTS(files); i++)
		rig_write(dd->fd, files[i], "x");
	rig_write(dd->fd, "managed-save", "12345");
	/* Broken ones count, unfinished ones and the pointer do not. */
	rig_write(dd->fd, "snapshots/a.xml", "");
	rig_write(dd->fd, "snapshots/bad%zz.xml", "");
	rig_write(dd->fd, "snapshots/c.xml.new~", "");
	g_assert_cmpint(symlinkat("a/", dd->fd, "snapshots/current"), ==, 0);
	rig_write(dd->fd, "checkpoints/c.xml", "");
}

static void assert_run_state(const struct run_state *run)
{
	g_assert_cmpstr(run->run_id, ==, "r1");
	g_assert_cmpint(run->id, ==, 7);
	g_assert_cmpint(run->pid, ==, 4711);
	g_assert_cmpuint(run->pid_start, ==, 12345);
	g_assert_cmpint(run->state, ==, GUEST_PAUSED);
	g_assert_cmpint(run->reason, ==, 1);
	g_assert_cmpint(run->since, ==, 1700000000);
	g_assert_cmpint(run->seq, ==, 3);
}

static void test_facts(void)
{
	struct store *st = rig_with_vm();
	struct domain_dir *dd = rig_lock(st, "vm");
	struct run_state rs = rig_run_state();
	struct domain_state s;
	GError *err = NULL;
	int alive, guard;

	g_assert_true(domain_read_state(dd, &s, &err));
	g_assert_true(s.has_config && !s.is_alive && !s.has_run && !s.has_run_state);
	g_assert_true(domain_has_old(dd));
	domain_state_clear(&s);

	rig_write_run(dd, &rs);
	alive = rig_hold(dd, "run/alive");
	guard = rig_hold(dd, "run/guard");
	fill_directory(dd);
	g_assert_true(domain_read_state(dd, &s, &err));
	g_assert_true(s.has_config && s.is_alive && s.is_supervised && s.has_undefined &&
		      s.is_autostart && s.is_protected && s.has_intent && s.has_run &&
		      s.has_managed_save && s.has_nvram && s.has_tpm && s.has_run_state &&
		      !s.is_foreign_run);
	g_assert_cmpuint(s.n_snapshots, ==, 2);
	g_assert_cmpuint(s.n_checkpoints, ==, 1);
	g_assert_cmpint(s.managed_save_size, ==, 5);
	g_assert_cmpint(ABS(s.managed_save_time - now_sec()), <, 60);
	assert_run_state(&s.run);
	domain_state_clear(&s);
	close(alive);
	close(guard);
	domain_close(dd);
	rig_close(st);
}

static void assert_brief(struct domain_dir *dd, enum existence want)
{
	struct domain_state s;
	GError *err = NULL;

	g_assert_true(domain_read_brief(dd, &s, &err));
	g_assert_cmpint(domain_existence(&s), ==, want);
	domain_state_clear(&s);
	g_assert_true(domain_read_brief_of(dd->store, dd->name, &s, &err));
	g_assert_cmpint(domain_existence(&s), ==, want);
	domain_state_clear(&s);
	g_assert_false(domain_read_brief_of(dd->store, "none", &s, &err));
	g_assert_true(error_is(err, VIR_ERR_NO_DOMAIN));
	g_clear_error(&err);
}

static void test_brief(void)
{
	struct store *st = rig_with_vm();
	struct domain_dir *dd = rig_lock(st, "vm");
	struct run_state rs = rig_run_state();
	int alive;

	assert_brief(dd, EXISTENCE_SHUTOFF);
	rig_write_run(dd, &rs);
	assert_brief(dd, EXISTENCE_SHUTOFF);
	alive = rig_hold(dd, "run/alive");
	assert_brief(dd, EXISTENCE_RUNNING);
	g_assert_true(domain_drop_config(dd, NULL));
	assert_brief(dd, EXISTENCE_TRANSIENT);
	close(alive);
	assert_brief(dd, EXISTENCE_GARBAGE);
	/* Each of these keeps it from being garbage. */
	rs.machine_id = (char *)"another";
	rig_write_run(dd, &rs);
	assert_brief(dd, *host_machine_id() ? EXISTENCE_UNCLEAR : EXISTENCE_GARBAGE);
	rig_write(dd->fd, "run/state", "not json");
	assert_brief(dd, EXISTENCE_GARBAGE);
	rig_write(dd->fd, "intent", "");
	assert_brief(dd, EXISTENCE_UNCLEAR);
	g_assert_cmpint(unlinkat(dd->fd, "intent", 0), ==, 0);
	rig_write(dd->fd, "managed-save", "");
	assert_brief(dd, EXISTENCE_UNCLEAR);
	domain_close(dd);
	rig_close(st);
}

/* What cannot be looked at is unknown, not absent. */
static void test_unknown(void)
{
	struct store *st = rig_with_vm();
	struct domain_dir *dd = rig_lock(st, "vm");
	struct domain_state s;
	GError *err = NULL;

	rig_write(dd->fd, "run", "not a directory");
	g_assert_false(domain_read_brief(dd, &s, &err));
	g_assert_cmpint(err->domain, ==, OS_ERROR);
	g_assert_nonnull(strstr(err->message, "'vm'"));
	g_clear_error(&err);
	g_assert_false(domain_read_state(dd, &s, &err));
	g_clear_error(&err);
	domain_close(dd);
	rig_close(st);
}

/* ---- Config ---- */

/* The newest ten stay. */
static void test_config_history(void)
{
	struct store *st = rig_with_vm();
	struct domain_dir *dd = rig_lock(st, "vm");
	g_autofree char *text = NULL;
	size_t size;

	for (int i = 0; i < 25; i++) {
		g_autofree char *xml = g_strdup_printf("<domain>%d</domain>", i);

		g_assert_true(domain_put_config(dd, xml, NULL));
	}
	g_assert_cmpuint(rig_count(dd->fd, "old", NULL), ==, 10);
	g_assert_true(domain_read_xml(dd, "domain.xml", &text, &size, NULL));
	g_assert_cmpstr(text, ==, "<domain>24</domain>");
	g_assert_cmpuint(size, ==, strlen(text));
	/* The same again is no new version. */
	for (int i = 0; i < 25; i++)
		g_assert_true(domain_put_config(dd, text, NULL));
	for (int i = 14; i < 24; i++) {
		g_autofree char *want = g_strdup_printf("<domain>%d</domain>", i);
		g_autofree char *names = rig_list(dd->fd, "old");
		g_auto(GStrv) name = g_strsplit(names, " ", -1);
		g_autofree char *path = g_strconcat("old/", name[i - 14], NULL);
		g_autofree char *old = rig_text(dd->fd, path);

		g_assert_cmpstr(old, ==, want);
	}
	domain_close(dd);
	rig_close(st);
}

/* With the clock set back, what is archived last is still the newest. */
static void test_clock_set_back(void)
{
	struct store *st = rig_with_vm();
	struct domain_dir *dd = rig_lock(st, "vm");
	g_autofree char *names = NULL;

	for (int i = 0; i < 10; i++) {
		g_autofree char *file = g_strdup_printf("old/9000000000000%03d~config", 2 * i);

		rig_write(dd->fd, file, "future");
	}
	g_assert_true(domain_put_config(dd, NEW_XML, NULL));
	names = rig_list(dd->fd, "old");
	g_assert_true(g_str_has_suffix(names, "9000000000000020~config"));
	g_assert_cmpuint(rig_count(dd->fd, "old", NULL), ==, 10);
	domain_close(dd);
	rig_close(st);
}

static void test_archive(void)
{
	struct store *st = rig_with_vm();
	struct domain_dir *dd = rig_lock(st, "vm");
	g_autofree char *entry = NULL, *none = (char *)"";
	GError *err = NULL;

	for (int i = 0; i < 3; i++) {
		rig_write(dd->fd, "managed-save", "memory");
		g_clear_pointer(&entry, g_free);
		g_assert_true(domain_archive(dd, "managed-save", "managed-save", &entry, &err));
		g_assert_true(g_str_has_suffix(entry, "~managed-save"));
	}
	g_assert_cmpint(exists_at(dd->fd, "managed-save"), ==, 0);
	g_assert_cmpuint(rig_count(dd->fd, "old", "~managed-save"), ==, 1);
	g_assert_cmpuint(rig_count(dd->fd, "old", entry), ==, 1);
	g_assert_true(domain_archive(dd, "managed-save", "managed-save", &none, &err));
	g_assert_null(none);
	g_assert_true(domain_archive_copy(dd, "domain.xml", "config", &err));
	g_assert_cmpuint(rig_count(dd->fd, "old", "~config"), ==, 1);
	g_assert_cmpint(exists_at(dd->fd, "domain.xml"), ==, 1);
	g_assert_false(domain_archive_copy(dd, "none", "config", &err));
	g_assert_true(error_is_os(err, ENOENT));
	g_error_free(err);
	domain_close(dd);
	rig_close(st);
}

static void test_drop_and_restore(void)
{
	struct tombstone ts = { .command = "undefine", .name = "vm" };
	struct store *st = rig_with_vm();
	struct domain_dir *dd = rig_lock(st, "vm");
	bool nvram, tpm;
	GError *err = NULL;

	g_assert_false(domain_restore_config(dd, &err));
	g_assert_true(error_is(err, VIR_ERR_OPERATION_INVALID));
	g_clear_error(&err);
	g_assert_true(domain_drop_config(dd, &err));
	g_assert_true(domain_set_keep(dd, true, true, &err));
	g_assert_true(tombstone_write(dd, &ts, &err));
	g_assert_true(domain_get_keep(dd, &nvram, &tpm, &err));
	g_assert_true(nvram && tpm);
	g_assert_false(domain_drop_config(dd, &err));
	g_assert_true(error_is(err, VIR_ERR_OPERATION_INVALID));
	g_assert_cmpint(exists_at(dd->fd, "undefined.xml"), ==, 1);
	g_clear_error(&err);
	g_assert_true(domain_restore_config(dd, &err));
	g_assert_cmpint(exists_at(dd->fd, "domain.xml"), ==, 1);
	g_assert_cmpint(exists_at(dd->fd, "keep"), ==, 0);
	g_assert_cmpint(exists_at(dd->fd, "tombstone"), ==, 0);
	g_assert_true(domain_get_keep(dd, &nvram, &tpm, &err));
	g_assert_true(!nvram && !tpm);
	/* Defined again before it was taken back. */
	g_assert_true(domain_drop_config(dd, &err));
	g_assert_true(domain_set_keep(dd, false, true, &err));
	g_assert_true(domain_put_config(dd, NEW_XML, &err));
	g_assert_cmpint(exists_at(dd->fd, "undefined.xml"), ==, 0);
	g_assert_cmpint(exists_at(dd->fd, "keep"), ==, 0);
	g_assert_cmpuint(rig_count(dd->fd, "old", "~config"), ==, 1);
	domain_close(dd);
	rig_close(st);
}

static void test_restore_over_config(void)
{
	struct store *st = rig_with_vm();
	struct domain_dir *dd = rig_lock(st, "vm");
	GError *err = NULL;

	rig_write(dd->fd, "undefined.xml", NEW_XML);
	g_assert_false(domain_restore_config(dd, &err));
	g_assert_true(error_is(err, VIR_ERR_OPERATION_INVALID));
	g_error_free(err);
	/* What a killed define left is not lost by the next undefine. */
	g_assert_true(domain_drop_config(dd, NULL));
	g_assert_cmpuint(rig_count(dd->fd, "old", "~config"), ==, 1);
	domain_close(dd);
	rig_close(st);
}

static void test_flags(void)
{
	struct store *st = rig_with_vm();
	struct domain_dir *dd = rig_lock(st, "vm");

	for (int i = 0; i < 4; i++) {
		g_assert_true(domain_set_flag_file(dd, "autostart", i < 2, NULL));
		g_assert_cmpint(exists_at(dd->fd, "autostart"), ==, i < 2);
	}
	for (int on = 0; on < 2; on++) {
		for (int n = 1;; n++) {
			g_autofree char *fault = g_strdup_printf("eio:%d", n);
			bool fired;

			g_assert_true(domain_set_flag_file(dd, "autostart", !on, NULL));
			sys_fault_set(fault);
			domain_set_flag_file(dd, "autostart", on, NULL);
			fired = sys_fault_fired();
			sys_fault_set(NULL);
			/* Failed means unchanged. */
			g_assert_cmpint(exists_at(dd->fd, "autostart"), ==, fired ? !on : on);
			if (!fired)
				break;
		}
	}
	domain_close(dd);
	rig_close(st);
}

/* ---- Staging ---- */

static void test_publish_twice(void)
{
	struct store *st = rig_with_vm();
	g_autofree char *staged = NULL, *text = NULL;
	GError *err = NULL;

	g_assert_false(rig_define(st, "vm", NEW_XML, &err));
	g_assert_true(error_is(err, VIR_ERR_OPERATION_FAILED));
	text = rig_text(st->domains, "vm/domain.xml");
	g_assert_cmpstr(text, ==, OLD_XML);
	staged = rig_list(st->staging, ".");
	g_assert_cmpstr(staged, ==, "");
	g_error_free(err);
	staging_drop(NULL);
	domain_close(NULL);
	rig_close(st);
}

static void test_move(void)
{
	struct store *st = rig_with_vm();
	struct domain_dir *dd = rig_lock(st, "vm");
	GError *err = NULL;

	g_assert_true(rig_define(st, "other", NEW_XML, NULL));
	g_assert_false(domain_move(dd, "other", &err));
	g_assert_true(error_is(err, VIR_ERR_OPERATION_INVALID));
	g_assert_cmpstr(dd->name, ==, "vm");
	g_error_free(err);
	g_assert_true(domain_move(dd, "~new", NULL));
	g_assert_cmpstr(dd->name, ==, "~new");
	g_assert_true(same_file_at(dd->fd, st->domains, "%7Enew"));
	domain_close(dd);
	rig_close(st);
}

/* A guest that was never defined has no old/, a defined one has. */
static void test_old_from_define_on(void)
{
	struct store *st = rig_with_vm();
	struct domain_dir *dd = staging_new(st, NULL);

	g_assert_true(domain_put_live(dd, OLD_XML, NULL));
	g_assert_true(staging_publish(dd, "transient", NULL));
	g_assert_false(domain_has_old(dd));
	domain_close(dd);
	rig_close(st);
}

/* ---- Intent ---- */

static void test_intent(void)
{
	struct store *st = rig_with_vm();
	struct domain_dir *dd = rig_lock(st, "vm");
	struct intent in = { .op = (char *)"start", .run_id = (char *)"r1", .time = 5, .pid = 6 },
		      out;
	GError *err = NULL;

	g_assert_false(intent_read(dd, &out, &err));
	g_assert_true(error_is_os(err, ENOENT));
	g_clear_error(&err);
	in.args = json_object_new_object();
	json_set_string(in.args, "tag", "s1");
	for (in.steps_done = 0; in.steps_done < 3; in.steps_done++) {
		const char *tag = NULL;

		g_assert_true(intent_write(dd, &in, &err));
		g_assert_true(intent_read(dd, &out, &err));
		g_assert_cmpstr(out.op, ==, "start");
		g_assert_cmpstr(out.run_id, ==, "r1");
		g_assert_cmpint(out.time, ==, 5);
		g_assert_cmpint(out.pid, ==, 6);
		g_assert_cmpint(out.steps_done, ==, in.steps_done);
		g_assert_true(json_get_string(out.args, "tag", &tag));
		g_assert_cmpstr(tag, ==, "s1");
		intent_clear(&out);
		g_assert_null(out.op);
	}
	json_object_put(in.args);
	in.args = NULL;
	in.run_id = NULL;
	g_assert_true(intent_write(dd, &in, &err));
	g_assert_true(intent_read(dd, &out, &err));
	g_assert_true(!out.run_id && out.args);
	intent_clear(&out);
	for (int i = 0; i < 2; i++)
		g_assert_true(intent_drop(dd, &err));
	g_assert_cmpint(exists_at(dd->fd, "intent"), ==, 0);
	domain_close(dd);
	rig_close(st);
}

/* A broken intent is never taken for none. */
static void test_intent_broken(void)
{
	struct store *st = rig_with_vm();
	struct domain_dir *dd = rig_lock(st, "vm");
	struct intent out, in = { .op = (char *)"start", .run_id = (char *)"r1" };
	g_autofree char *text = NULL, *large = g_strnfill(JSON_FILE_MAX, 'x');
	GError *err = NULL;

	g_assert_true(intent_write(dd, &in, NULL));
	text = rig_text(dd->fd, "intent");
	for (size_t n = 0; n < strlen(text); n++) {
		g_autofree char *cut = g_strndup(text, n);

		rig_write(dd->fd, "intent", cut);
		g_assert_false(intent_read(dd, &out, &err));
		g_assert_true(error_is(err, VIR_ERR_INTERNAL_ERROR));
		g_clear_error(&err);
	}
	rig_write(dd->fd, "intent", "{\"v\": 2, \"op\": \"start\"}");
	g_assert_false(intent_read(dd, &out, &err));
	g_assert_true(error_is(err, VIR_ERR_INTERNAL_ERROR));
	g_clear_error(&err);
	in.op = large;
	g_assert_false(intent_write(dd, &in, &err));
	g_assert_true(error_is(err, VIR_ERR_OPERATION_UNSUPPORTED));
	g_clear_error(&err);
	domain_close(dd);
	rig_close(st);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/domain/existence", test_existence);
	g_test_add_func("/domain/facts", test_facts);
	g_test_add_func("/domain/brief", test_brief);
	g_test_add_func("/domain/unknown", test_unknown);
	g_test_add_func("/domain/config-history", test_config_history);
	g_test_add_func("/domain/clock-set-back", test_clock_set_back);
	g_test_add_func("/domain/archive", test_archive);
	g_test_add_func("/domain/drop-and-restore", test_drop_and_restore);
	g_test_add_func("/domain/restore-over-config", test_restore_over_config);
	g_test_add_func("/domain/flags", test_flags);
	g_test_add_func("/domain/publish-twice", test_publish_twice);
	g_test_add_func("/domain/move", test_move);
	g_test_add_func("/domain/old-from-define-on", test_old_from_define_on);
	g_test_add_func("/domain/intent", test_intent);
	g_test_add_func("/domain/intent-broken", test_intent_broken);
	return g_test_run();
}
