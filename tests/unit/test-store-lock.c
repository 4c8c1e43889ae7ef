/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a holder of the store lock owes: unfinished outside work, and what is left in staging/. */
#include "store-rig.h"

/* Ours instead of GLib's: nobody can set the ctime of a file. */
static gint64 clock_offset;

gint64 g_get_real_time(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000 + clock_offset;
}

/* ---- Outside work ---- */

/* The copy of an outside NVRAM that the domain's directory holds. */
static void rig_write_copy(struct store *st, const char *text)
{
	g_autoptr(domain_dir) dd = domain_open(st, "vm", NULL);

	rig_write(dd->fd, "nvram.fd", text);
}

/* Regular files with the copied content only, and never what a symlink points to. */
static void test_todo(void)
{
	struct store *st = rig_with_vm();
	g_autofree char *dir = g_path_get_dirname(st->root);
	g_autofree char *file = g_build_filename(dir, "nvram", NULL);
	g_autofree char *target = g_build_filename(dir, "target", NULL);
	g_autofree char *link = g_build_filename(dir, "link", NULL);
	g_autofree char *gone = g_build_filename(dir, "no", "where", NULL);
	const char *const outside[] = { file, link, dir, gone, "relative", NULL };
	g_autofree char *id = NULL, *plain = NULL;

	rig_write(AT_FDCWD, file, "x");
	rig_write(AT_FDCWD, target, "x");
	g_assert_cmpint(symlink(target, link), ==, 0);
	rig_write_copy(st, "x");
	id = rig_retire(st, outside);
	g_assert_true(g_str_has_suffix(id, "~vm~todo"));
	rig_sweep_store(st);
	g_assert_cmpint(access(file, F_OK), ==, -1);
	g_assert_cmpint(access(target, F_OK), ==, 0);
	g_assert_cmpint(access(link, F_OK), ==, 0);
	plain = g_strndup(id, strlen(id) - strlen("~todo"));
	g_assert_cmpint(exists_at(st->trash, plain), ==, 1);
	g_assert_cmpint(exists_at(st->trash, id), ==, 0);
	/* Done already. */
	g_assert_true(trash_done(st, id, NULL));
	g_assert_true(trash_done(st, plain, NULL));
	rig_close(st);
}

/* Whoever retired it is still at it. */
static void test_todo_held(void)
{
	struct store *st = rig_with_vm();
	g_autofree char *dir = g_path_get_dirname(st->root);
	g_autofree char *file = g_build_filename(dir, "nvram", NULL);
	const char *const outside[] = { file, NULL };
	struct tombstone ts = rig_stone(outside);
	struct domain_dir *dd = rig_lock(st, "vm");
	g_autofree char *id = NULL;

	rig_write(AT_FDCWD, file, "x");
	rig_write_copy(st, "x");
	g_assert_true(tombstone_write(dd, &ts, NULL));
	g_assert_true(store_retire(dd, true, &id, NULL));
	rig_sweep_store(st);
	g_assert_cmpint(access(file, F_OK), ==, 0);
	domain_close(dd);
	rig_sweep_store(st);
	g_assert_cmpint(access(file, F_OK), ==, -1);
	rig_close(st);
}

/* For each point at which it can be cut: the file is removed, or the entry still says so. */
static void test_todo_cut(void)
{
	bool fired = true;

	for (int n = 1; fired; n++) {
		struct store *st = rig_with_vm();
		g_autofree char *dir = g_path_get_dirname(st->root);
		g_autofree char *file = g_build_filename(dir, "nvram", NULL);
		const char *const outside[] = { file, NULL };
		g_autofree char *fault = g_strdup_printf("eio:%d", n);
		g_autofree char *id = NULL;

		rig_write(AT_FDCWD, file, "x");
		rig_write_copy(st, "x");
		id = rig_retire(st, outside);
		sys_fault_set(fault);
		close(store_lock(st, NULL));
		fired = sys_fault_fired();
		sys_fault_set(NULL);
		g_assert_true(access(file, F_OK) < 0 || exists_at(st->trash, id) == 1);
		rig_sweep_store(st);
		g_assert_cmpint(access(file, F_OK), ==, -1);
		g_assert_cmpint(exists_at(st->trash, id), ==, 0);
		rig_close(st);
	}
}

/* What was wished with --keep-nvram is kept, also when the undefine was killed behind its commit.
 */
static void test_todo_keeps(void)
{
	struct store *st = rig_with_vm();
	struct tombstone ts = rig_stone(NULL);
	struct domain_dir *dd = rig_lock(st, "vm");
	g_autofree char *text = NULL;

	rig_write(dd->fd, "nvram.fd", "variables");
	g_assert_true(domain_set_keep(dd, true, true, NULL));
	g_assert_true(tombstone_write(dd, &ts, NULL));
	g_assert_true(store_retire(dd, true, NULL, NULL));
	domain_close(dd);
	rig_sweep_store(st);
	text = rig_text(st->kept, UUID "/nvram.fd");
	g_assert_cmpstr(text, ==, "variables");
	g_assert_cmpuint(rig_count(st->trash, ".", "~todo"), ==, 0);
	g_assert_cmpuint(rig_count(st->trash, ".", "~vm"), ==, 1);
	rig_close(st);
}

/* On a full disk there is no tombstone; then there is nothing outside either. */
static void test_todo_without_tombstone(void)
{
	struct store *st = rig_with_vm();
	struct domain_dir *dd = rig_lock(st, "vm");

	g_assert_true(store_retire(dd, true, NULL, NULL));
	domain_close(dd);
	rig_sweep_store(st);
	g_assert_cmpuint(rig_count(st->trash, ".", "~todo"), ==, 0);
	g_assert_cmpuint(rig_count(st->trash, ".", "~vm"), ==, 1);
	rig_close(st);
}

static void test_delete_todo(void)
{
	struct store *st = rig_with_vm();
	g_autofree char *dir = g_path_get_dirname(st->root);
	g_autofree char *file = g_build_filename(dir, "nvram", NULL);
	const char *const outside[] = { file, NULL };
	g_autofree char *id = NULL;

	rig_write(AT_FDCWD, file, "x");
	rig_write_copy(st, "x");
	id = rig_retire(st, outside);
	g_assert_true(trash_delete(st, id, NULL, NULL));
	g_assert_cmpint(access(file, F_OK), ==, -1);
	g_assert_cmpuint(rig_count(st->trash, ".", NULL), ==, 0);
	rig_close(st);
}

/* ---- Sweeping ---- */

static void test_sweep_staged(void)
{
	struct store *st = rig_with_vm();
	struct domain_dir *used = staging_new(st, NULL), *left = staging_new(st, NULL);
	g_autofree char *used_name = g_strdup(used->entry);

	g_assert_true(domain_put_config(left, OLD_XML, NULL));
	g_assert_cmpint(mkdirat(st->staging, "young", 0700), ==, 0);
	rig_write(st->staging, "young-file", "");
	domain_close(left);
	rig_sweep_store(st);
	g_assert_cmpuint(rig_count(st->staging, ".", NULL), ==, 3);
	g_assert_cmpint(exists_at(st->staging, used_name), ==, 1);
	domain_close(used);
	rig_sweep_store(st);
	g_assert_cmpint(exists_at(st->staging, used_name), ==, 0);
	/* Without a lock file: after a minute, and never because the clock was set back. */
	clock_offset = -G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC;
	rig_sweep_store(st);
	g_assert_cmpuint(rig_count(st->staging, ".", NULL), ==, 2);
	clock_offset = 62 * G_USEC_PER_SEC;
	rig_sweep_store(st);
	clock_offset = 0;
	g_assert_cmpuint(rig_count(st->staging, ".", NULL), ==, 0);
	rig_close(st);
}

/* A stand-in for a guest: holds alive until it is killed. */
static pid_t start_guest(struct domain_dir *dd, const char *run_name)
{
	g_autofree char *path = g_strconcat(run_name, "/alive", NULL);
	int ready[2];
	pid_t pid;
	char c;

	g_assert_cmpint(pipe2(ready, O_CLOEXEC), ==, 0);
	pid = fork();
	if (pid == 0) {
		int fd = sys_open_lockfile(dd->fd, path);

		prctl(PR_SET_PDEATHSIG, SIGKILL);
		/* Only alive is inherited by a guest. */
		close(dd->lock_fd);
		if (fd < 0 || !lock_fd_try(fd))
			_exit(1);
		(void)!write(ready[1], "r", 1);
		pause();
		_exit(0);
	}
	g_assert_cmpint(read(ready[0], &c, 1), ==, 1);
	close(ready[0]);
	close(ready[1]);
	return pid;
}

static void note_guest(struct domain_dir *dd, const char *run_name, pid_t pid, guint64 start)
{
	struct run_state rs = {
		.run_id = (char *)"r1",
		.boot_id = (char *)host_boot_id(),
		.machine_id = (char *)host_machine_id(),
		.pid = pid,
		.pid_start = start,
		.state = GUEST_PAUSED,
	};
	int fd = open_dir_at(dd->fd, run_name);

	g_assert_true(run_state_write(fd, &rs, NULL));
	close(fd);
}

/* A guest that its creator left unpublished is killed; one that cannot be told for sure is not. */
static void test_sweep_guest(gconstpointer data)
{
	static const char *const runs[] = { "run", "run.r1" };
	const char *run = runs[GPOINTER_TO_INT(data)];
	struct store *st = rig_with_vm();
	struct domain_dir *dd = staging_new(st, NULL);
	g_autofree char *entry = g_strdup(dd->entry);
	int status;
	pid_t pid;

	g_assert_cmpint(mkdirat(dd->fd, run, 0700), ==, 0);
	pid = start_guest(dd, run);
	/* Another process has the pid by now, as its start time tells. */
	note_guest(dd, run, pid, pid_start_time(pid) + 1);
	close_fd(&dd->lock_fd);
	rig_sweep_store(st);
	g_assert_cmpint(exists_at(st->staging, entry), ==, 1);
	g_assert_cmpint(waitpid(pid, &status, WNOHANG), ==, 0);
	note_guest(dd, run, pid, pid_start_time(pid));
	rig_sweep_store(st);
	g_assert_cmpint(exists_at(st->staging, entry), ==, 0);
	g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
	g_assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	domain_close(dd);
	rig_close(st);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/store-lock/todo", test_todo);
	g_test_add_func("/store-lock/todo-held", test_todo_held);
	g_test_add_func("/store-lock/todo-cut", test_todo_cut);
	g_test_add_func("/store-lock/todo-keeps", test_todo_keeps);
	g_test_add_func("/store-lock/todo-without-tombstone", test_todo_without_tombstone);
	g_test_add_func("/store-lock/delete-todo", test_delete_todo);
	g_test_add_func("/store-lock/sweep/staged", test_sweep_staged);
	g_test_add_data_func("/store-lock/sweep/guest/run", GINT_TO_POINTER(0), test_sweep_guest);
	g_test_add_data_func("/store-lock/sweep/guest/unpublished-run", GINT_TO_POINTER(1),
			     test_sweep_guest);
	return g_test_run();
}
