/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Trash, tombstones, kept files, and what holders of the store lock sweep. */
#include "store-rig.h"

/* Ours instead of GLib's: nobody can set the ctime of a file. */
static gint64 clock_offset;

gint64 g_get_real_time(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000 + clock_offset;
}

static struct tombstone stone(const char *const *outside)
{
	return (struct tombstone){ .time = 1700000000, .command = "undefine --nvram",
				   .cause = "undefined", .name = "vm", .uuid = UUID,
				   .outside_files = outside };
}

/* Undefine: the entry's id. */
static char *retire_vm(struct store *st, const char *const *outside)
{
	struct tombstone ts = stone(outside);
	g_autoptr(domain_dir) dd = rig_lock(st, "vm");
	char *id = NULL;
	GError *err = NULL;

	g_assert_true(tombstone_write(dd, &ts, &err));
	g_assert_true(store_retire(dd, outside, &id, &err));
	g_assert_no_error(err);
	return id;
}

static void sweep(struct store *st)
{
	GError *err = NULL;
	int lock = store_lock(st, &err);

	g_assert_no_error(err);
	close(lock);
}

/* ---- There and back ---- */

static void test_there_and_back(void)
{
	struct store *st = rig_with_vm();
	g_autofree char *id = retire_vm(st, NULL), *name = NULL, *text = NULL;
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
	g_autofree char *id = retire_vm(st, NULL);
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
	static const char *const ids[] = { "", ".", "..", "../domains", "vm", "1~", "~vm", "1~vm",
					   "vm/old", "vm/old/x", "vm/old/../domain.xml", "/etc/passwd",
					   "../trash/old/1~config", "vm/old/1~config",
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
	struct tombstone ts = stone(outside), none = stone(NULL);
	g_autofree char *text = NULL;
	g_autoptr(json_object) obj = NULL;
	GError *err = NULL;

	g_assert_true(tombstone_write(dd, &ts, &err));
	text = rig_text(dd->fd, "tombstone");
	obj = json_parse(text, strlen(text), &err);
	g_assert_no_error(err);
	g_clear_pointer(&text, g_free);
	g_assert_cmpuint(json_object_array_length(json_object_object_get(obj, "outside_files")), ==, 2);
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

static void test_list(void)
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

	g_free(retire_vm(st, NULL));
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
	g_autofree char *young = retire_vm(st, NULL);
	g_autofree char *old = g_strdup_printf("%016" G_GINT64_FORMAT "~vm",
					       now_usec() - G_GINT64_CONSTANT(86400000000) * 31);
	g_autofree char *todo = g_strconcat(old, "~todo", NULL);
	struct domain_dir *dd;

	g_assert_cmpint(mkdirat(st->trash, old, 0700), ==, 0);
	trash_expire(st, 0);
	trash_expire(st, 32);
	g_assert_cmpuint(rig_count(st->trash, ".", NULL), ==, 2);
	/* Outside work that cannot be read is not forgotten. */
	g_assert_cmpint(mkdirat(st->trash, todo, 0700), ==, 0);
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

/* ---- Outside work ---- */

/* Regular files only, and never what a symlink points to. */
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
	id = retire_vm(st, outside);
	g_assert_true(g_str_has_suffix(id, "~vm~todo"));
	sweep(st);
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
	struct tombstone ts = stone(outside);
	struct domain_dir *dd = rig_lock(st, "vm");
	g_autofree char *id = NULL;

	rig_write(AT_FDCWD, file, "x");
	g_assert_true(tombstone_write(dd, &ts, NULL));
	g_assert_true(store_retire(dd, true, &id, NULL));
	sweep(st);
	g_assert_cmpint(access(file, F_OK), ==, 0);
	domain_close(dd);
	sweep(st);
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
		id = retire_vm(st, outside);
		sys_fault_set(fault);
		close(store_lock(st, NULL));
		fired = sys_fault_fired();
		sys_fault_set(NULL);
		g_assert_true(access(file, F_OK) < 0 || exists_at(st->trash, id) == 1);
		sweep(st);
		g_assert_cmpint(access(file, F_OK), ==, -1);
		g_assert_cmpint(exists_at(st->trash, id), ==, 0);
		rig_close(st);
	}
}

static void test_delete_todo(void)
{
	struct store *st = rig_with_vm();
	g_autofree char *dir = g_path_get_dirname(st->root);
	g_autofree char *file = g_build_filename(dir, "nvram", NULL);
	const char *const outside[] = { file, NULL };
	g_autofree char *id = NULL;

	rig_write(AT_FDCWD, file, "x");
	id = retire_vm(st, outside);
	g_assert_true(trash_delete(st, id, NULL, NULL));
	g_assert_cmpint(access(file, F_OK), ==, -1);
	g_assert_cmpuint(rig_count(st->trash, ".", NULL), ==, 0);
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
	sweep(st);
	g_assert_cmpuint(rig_count(st->staging, ".", NULL), ==, 3);
	g_assert_cmpint(exists_at(st->staging, used_name), ==, 1);
	domain_close(used);
	sweep(st);
	g_assert_cmpint(exists_at(st->staging, used_name), ==, 0);
	/* Without a lock file: after a minute, and never because the clock was set back. */
	clock_offset = -G_GINT64_CONSTANT(3600) * G_USEC_PER_SEC;
	sweep(st);
	g_assert_cmpuint(rig_count(st->staging, ".", NULL), ==, 2);
	clock_offset = 62 * G_USEC_PER_SEC;
	sweep(st);
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
		.run_id = (char *)"r1", .boot_id = (char *)host_boot_id(),
		.machine_id = (char *)host_machine_id(), .pid = pid, .pid_start = start,
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
	sweep(st);
	g_assert_cmpint(exists_at(st->staging, entry), ==, 1);
	g_assert_cmpint(waitpid(pid, &status, WNOHANG), ==, 0);
	note_guest(dd, run, pid, pid_start_time(pid));
	sweep(st);
	g_assert_cmpint(exists_at(st->staging, entry), ==, 0);
	g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
	g_assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	domain_close(dd);
	rig_close(st);
}

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

static void test_kept(void)
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
	sweep(st);
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

/* clang-format off */
int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/trash/there-and-back", test_there_and_back);
	g_test_add_func("/trash/publish-over", test_publish_over);
	g_test_add_func("/trash/bad-ids", test_bad_ids);
	g_test_add_func("/trash/tombstone", test_tombstone);
	g_test_add_func("/trash/list", test_list);
	g_test_add_func("/trash/delete", test_delete);
	g_test_add_func("/trash/expire", test_expire);
	g_test_add_func("/trash/todo", test_todo);
	g_test_add_func("/trash/todo-held", test_todo_held);
	g_test_add_func("/trash/todo-cut", test_todo_cut);
	g_test_add_func("/trash/delete-todo", test_delete_todo);
	g_test_add_func("/trash/discard", test_discard);
	g_test_add_func("/trash/sweep/staged", test_sweep_staged);
	g_test_add_data_func("/trash/sweep/guest/run", GINT_TO_POINTER(0), test_sweep_guest);
	g_test_add_data_func("/trash/sweep/guest/unpublished-run", GINT_TO_POINTER(1), test_sweep_guest);
	g_test_add_func("/trash/kept", test_kept);
	g_test_add_func("/trash/kept-staged", test_kept_staged);
	return g_test_run();
}
