/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs: run/ and run.<id>/, run/state, last-run. */
#include "store-rig.h"

/* ---- Runs ---- */

static void test_publish(void)
{
	struct store *st = rig_with_vm();
	struct domain_dir *dd = rig_lock(st, "vm");
	struct run_state rs = rig_run_state(), out;
	GError *err = NULL;
	GPtrArray *runs;
	int fd;

	g_assert_false(run_state_read(dd, &out, &err));
	g_assert_true(error_is_os(err, ENOENT));
	g_clear_error(&err);
	fd = run_new(dd, "r1", &err);
	g_assert_cmpint(fd, >=, 0);
	g_assert_cmpint(run_new(dd, "r1", NULL), ==, -1);
	g_assert_true(run_state_write(fd, &rs, &err));
	runs = run_unpublished(dd, &err);
	g_assert_cmpuint(runs->len, ==, 1);
	g_assert_cmpstr(runs->pdata[0], ==, "run.r1");
	g_ptr_array_unref(runs);
	g_assert_true(run_publish(dd, "r1", &err));
	g_assert_true(run_state_read(dd, &out, &err));
	g_assert_cmpstr(out.run_id, ==, "r1");
	run_state_clear(&out);
	close(fd);
	/* Another one cannot be published over it. */
	close(run_new(dd, "r2", &err));
	g_assert_false(run_publish(dd, "r2", &err));
	g_assert_true(error_is_os(err, EEXIST));
	g_clear_error(&err);
	domain_close(dd);
	rig_close(st);
}

static void test_clear(void)
{
	struct store *st = rig_with_vm();
	struct domain_dir *dd = rig_lock(st, "vm");
	struct run_state rs = rig_run_state();
	GError *err = NULL;
	GPtrArray *runs;
	int alive;

	rig_write_run(dd, &rs);
	close(run_new(dd, "r2", &err));
	alive = rig_hold(dd, "run/alive");
	g_assert_false(run_clear(dd, "run", NULL));
	close(alive);
	rig_write(dd->fd, "run/restored", "memory");
	g_assert_false(run_clear(dd, "run", &err));
	g_assert_true(error_is(err, VIR_ERR_OPERATION_INVALID));
	g_clear_error(&err);
	g_assert_cmpint(exists_at(dd->fd, "run/restored"), ==, 1);
	g_assert_cmpint(unlinkat(dd->fd, "run/restored", 0), ==, 0);
	g_assert_true(run_clear(dd, "run", &err));
	g_assert_true(run_clear(dd, "run", &err));
	g_assert_true(run_clear(dd, "run.r2", &err));
	g_assert_true(run_clear(dd, "run.r2", &err));
	runs = run_unpublished(dd, &err);
	g_assert_cmpuint(runs->len, ==, 0);
	g_ptr_array_unref(runs);
	domain_close(dd);
	rig_close(st);
}

/* A run/ is whole or gone, whenever its clearing is cut. */
static void test_run_clear_cut(void)
{
	struct store *st = rig_with_vm();
	struct domain_dir *dd = rig_lock(st, "vm");
	struct run_state rs = rig_run_state();
	bool fired = true;

	for (int n = 1; fired; n++) {
		g_autofree char *fault = g_strdup_printf("eio+:%d", n);
		GPtrArray *runs;

		rig_write_run(dd, &rs);
		rig_write(dd->fd, "run/alive", "");
		sys_fault_set(fault);
		run_clear(dd, "run", NULL);
		fired = sys_fault_fired();
		sys_fault_set(NULL);
		if (exists_at(dd->fd, "run"))
			g_assert_cmpint(exists_at(dd->fd, "run/state"), ==, 1);
		runs = run_unpublished(dd, NULL);
		for (guint i = 0; i < runs->len; i++)
			g_assert_true(run_clear(dd, runs->pdata[i], NULL));
		g_ptr_array_unref(runs);
		g_assert_true(run_clear(dd, "run", NULL));
	}
	domain_close(dd);
	rig_close(st);
}

/* As a guard does that ends: states, into a directory that has another name or none by then. */
static void *write_states(void *fd)
{
	struct run_state rs = rig_run_state();

	for (int i = 0; i < 500 && run_state_write(GPOINTER_TO_INT(fd), &rs, NULL); i++)
		rs.seq++;
	return NULL;
}

static void test_run_clear_written_to(void)
{
	struct store *st = rig_with_vm();
	struct domain_dir *dd = rig_lock(st, "vm");

	for (int i = 0; i < 20; i++) {
		int fd = run_new(dd, "r1", NULL);
		GThread *guard;
		GPtrArray *runs;

		g_assert_true(run_publish(dd, "r1", NULL));
		guard = g_thread_new("guard", write_states, GINT_TO_POINTER(fd));
		while (exists_at(dd->fd, "run/state") == 0)
			g_usleep(100);
		g_assert_true(run_clear(dd, "run", NULL));
		runs = run_unpublished(dd, NULL);
		g_assert_cmpuint(runs->len, ==, 0);
		g_ptr_array_unref(runs);
		g_thread_join(guard);
		close(fd);
	}
	domain_close(dd);
	rig_close(st);
}

static void test_run_state_broken(void)
{
	static const char *const texts[] = {
		"",
		"{}",
		"[]",
		"{\"v\":1}",
		"{\"v\":1,\"run_id\":\"r\",\"boot_id\":\"b\",\"machine_id\":\"m\",\"id\":1,\"pid\":"
		"1,"
		"\"pid_start\":1,\"state\":99,\"reason\":1,\"since\":1,\"seq\":1}",
		"{\"v\":1,\"run_id\":\"r\",\"boot_id\":\"b\",\"machine_id\":\"m\",\"id\":1,"
		"\"pid\":4294967296,\"pid_start\":1,\"state\":1,\"reason\":1,\"since\":1,\"seq\":"
		"1}",
	};
	struct store *st = rig_with_vm();
	struct domain_dir *dd = rig_lock(st, "vm");
	struct run_state rs = rig_run_state(), out;

	rig_write_run(dd, &rs);
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		rig_write(dd->fd, "run/state", texts[i]);
		g_assert_false(run_state_read(dd, &out, NULL));
	}
	domain_close(dd);
	rig_close(st);
}

static bool is_running(const struct run_state *rs, void *data)
{
	(*(int *)data)++;
	return rs->state == GUEST_RUNNING;
}

/* The other side: some changes that do not count, then the one, or the end. */
static void *change_state(void *data)
{
	struct domain_dir *dd = data;
	struct run_state rs = rig_run_state();

	for (int i = 0; i < 5; i++)
		rig_write_run(dd, &rs);
	rs.state = GUEST_RUNNING;
	rig_write_run(dd, &rs);
	return NULL;
}

static void *end_run(void *data)
{
	g_assert_true(run_clear(data, "run", NULL));
	return NULL;
}

static void test_state_wait(void)
{
	struct store *st = rig_with_vm();
	struct domain_dir *dd = rig_lock(st, "vm");
	struct run_state rs = rig_run_state();
	GError *err = NULL;
	GThread *thread;
	int seen = 0;

	g_assert_false(run_state_wait(dd, is_running, &seen, 10, &err));
	g_assert_true(error_is_os(err, ENOENT));
	g_clear_error(&err);
	rig_write_run(dd, &rs);
	g_assert_false(run_state_wait(dd, is_running, &seen, 30, &err));
	g_assert_true(error_is(err, VIR_ERR_OPERATION_TIMEOUT));
	g_clear_error(&err);
	g_assert_cmpint(seen, >=, 1);
	thread = g_thread_new("guard", change_state, dd);
	g_assert_true(run_state_wait(dd, is_running, &seen, 10000, &err));
	g_thread_join(thread);
	rig_write_run(dd, &rs);
	thread = g_thread_new("exit", end_run, dd);
	g_assert_false(run_state_wait(dd, is_running, &seen, 10000, &err));
	g_assert_true(error_is_os(err, ENOENT));
	g_clear_error(&err);
	g_thread_join(thread);
	domain_close(dd);
	rig_close(st);
}

static void test_last_run(void)
{
	struct store *st = rig_with_vm();
	struct domain_dir *dd = rig_lock(st, "vm");
	char *run_id, *reason;
	GError *err = NULL;

	g_assert_true(last_run_read(dd, &run_id, &reason, &err));
	g_assert_null(run_id);
	g_assert_null(reason);
	g_assert_true(last_run_write(dd, "r1", 0, NULL, &err));
	g_assert_true(last_run_read(dd, &run_id, &reason, &err));
	g_assert_cmpstr(run_id, ==, "r1");
	g_assert_null(reason);
	g_free(run_id);
	g_assert_true(last_run_write(dd, "r1", now_sec(), "shutdown", &err));
	g_assert_true(last_run_read(dd, &run_id, &reason, &err));
	g_assert_cmpstr(run_id, ==, "r1");
	g_assert_cmpstr(reason, ==, "shutdown");
	g_free(run_id);
	g_free(reason);
	rig_write(dd->fd, "last-run", "{\"v\":1}");
	g_assert_false(last_run_read(dd, &run_id, NULL, &err));
	g_clear_error(&err);
	rig_write(dd->fd, "last-run", "");
	g_assert_false(last_run_read(dd, &run_id, NULL, &err));
	g_clear_error(&err);
	domain_close(dd);
	rig_close(st);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/run/publish", test_publish);
	g_test_add_func("/run/clear", test_clear);
	g_test_add_func("/run/clear-cut", test_run_clear_cut);
	g_test_add_func("/run/clear-written-to", test_run_clear_written_to);
	g_test_add_func("/run/state-broken", test_run_state_broken);
	g_test_add_func("/run/state-wait", test_state_wait);
	g_test_add_func("/run/last-run", test_last_run);
	return g_test_run();
}
