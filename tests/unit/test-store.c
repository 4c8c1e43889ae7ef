/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "store-rig.h"

#include <sched.h>
#include <sys/mount.h>
#include <sys/syscall.h>

/* Ours instead of the C library's: the number of fsyncs is a promise. */
static int n_fsyncs;

int fsync(int fd)
{
	n_fsyncs++;
	return syscall(SYS_fsync, fd);
}

static struct store *rig_empty(void)
{
	g_autofree char *root = rig_root();

	return rig_open(root);
}

/* ---- Roots ---- */

static void test_missing_root(void)
{
	char *root = rig_root();
	GError *err = NULL;
	struct store *st = store_open(root, false, "list", &err);
	GPtrArray *names, *entries;

	g_assert_no_error(err);
	g_assert_cmpint(st->fd, ==, -1);
	names = store_names(st, &err);
	g_assert_no_error(err);
	g_assert_cmpuint(names->len, ==, 0);
	entries = trash_list(st, NULL, &err);
	g_assert_no_error(err);
	g_assert_cmpuint(entries->len, ==, 0);
	g_assert_null(domain_open(st, "vm", &err));
	g_assert_true(error_is(err, VIR_ERR_NO_DOMAIN));
	g_assert_cmpstr(err->message, ==, "no domain with matching name 'vm'");
	g_assert_null(store_uuid_hint(st, UUID));
	g_assert_false(kept_exists(st, UUID));
	g_assert_cmpint(store_trash_size(st), ==, 0);
	store_event(st, "{}");
	g_assert_cmpint(access(root, F_OK), ==, -1);
	g_error_free(err);
	g_ptr_array_unref(names);
	g_ptr_array_unref(entries);
	store_close(st);
	rig_remove(root);
}

static void assert_mode(int dirfd, const char *path, mode_t mode)
{
	struct stat info;

	g_assert_cmpint(fstatat(dirfd, path, &info, AT_SYMLINK_NOFOLLOW), ==, 0);
	g_assert_cmphex(info.st_mode & 07777, ==, mode);
}

/* Parents too, and whatever the umask is. */
static void test_new_root(void)
{
	static const mode_t masks[] = { 0, 022, 0777 };
	static const char *const dirs[] = { ".", "domains", "by-uuid", "staging", "trash", "kept" };

	for (size_t i = 0; i < G_N_ELEMENTS(masks); i++) {
		char *root = rig_root();
		g_autofree char *below = g_build_filename(root, "a", "b", NULL);
		mode_t before = umask(masks[i]);
		struct store *st = rig_open(below);

		for (size_t k = 0; k < G_N_ELEMENTS(dirs); k++)
			assert_mode(st->fd, dirs[k], 0700);
		assert_mode(st->fd, "format", 0600);
		assert_mode(st->fd, "..", 0700);
		assert_mode(st->fd, "lock", 0600);
		umask(before);
		store_close(st);
		rig_remove(root);
	}
}

static void test_reader_becomes_writer(void)
{
	char *root = rig_root();
	GError *err = NULL;
	struct store *st = store_open(root, false, "define", &err);

	g_assert_true(store_ensure(st, &err));
	g_assert_true(store_ensure(st, &err));
	g_assert_true(rig_define(st, "vm", OLD_XML, &err));
	store_close(st);
	rig_remove(root);
}

/* A root that is refused, for readers and writers, and by which word. */
static void assert_refused(const char *root, int code, const char *word)
{
	for (int create = 0; create < 2; create++) {
		g_autoptr(GError) err = NULL;

		g_assert_null(store_open(root, create, "list", &err));
		g_assert_true(error_is(err, code));
		g_assert_nonnull(strstr(err->message, word));
	}
}

static void test_symlink_root(void)
{
	struct store *st = rig_empty();
	g_autofree char *dir = g_path_get_dirname(st->root);
	g_autofree char *link = g_build_filename(dir, "link", NULL);
	g_autofree char *slash = g_strconcat(link, "//", NULL);
	g_autofree char *file = g_build_filename(dir, "file", NULL);

	g_assert_cmpint(symlink("root", link), ==, 0);
	assert_refused(link, VIR_ERR_OPERATION_DENIED, "is a symbolic link");
	assert_refused(slash, VIR_ERR_OPERATION_DENIED, "is a symbolic link");
	rig_write(AT_FDCWD, file, "");
	assert_refused(file, VIR_ERR_OPERATION_DENIED, "is not a directory");
	rig_close(st);
}

static void test_foreign_root(void)
{
	struct store *st = rig_empty();

	if (geteuid() == 0) {
		g_assert_cmpint(chown(st->root, 1, 1), ==, 0);
		assert_refused(st->root, VIR_ERR_OPERATION_DENIED, "belongs to user 1");
		g_assert_cmpint(chown(st->root, 0, 0), ==, 0);
	} else {
		assert_refused("/usr", VIR_ERR_OPERATION_DENIED, "belongs to user 0");
	}
	rig_close(st);
}

static void test_writable_root(void)
{
	static const mode_t modes[] = { 0720, 0702, 01777 };
	struct store *st = rig_empty();

	for (size_t i = 0; i < G_N_ELEMENTS(modes); i++) {
		g_assert_cmpint(chmod(st->root, modes[i]), ==, 0);
		assert_refused(st->root, VIR_ERR_OPERATION_DENIED, "others may write");
	}
	g_assert_cmpint(chmod(st->root, 0755), ==, 0);
	store_close(rig_open(st->root));
	rig_close(st);
}

static void test_newer_format(void)
{
	static const char *const texts[] = { "2\n", "0\n", "", "x", "1 2" };
	struct store *st = rig_empty();

	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		rig_write(st->fd, "format", texts[i]);
		assert_refused(st->root, VIR_ERR_OPERATION_UNSUPPORTED, "has format");
	}
	rig_write(st->fd, "format", "1\n");
	store_close(rig_open(st->root));
	rig_close(st);
}

static void test_unwritable_root(void)
{
	struct store *st = rig_empty();
	g_autofree char *below = g_build_filename(st->root, "format", "x", NULL);
	g_autoptr(GError) err = NULL;

	g_assert_null(store_open(below, true, "define", &err));
	g_assert_true(err->domain == OS_ERROR && err->code == ENOTDIR);
	g_assert_nonnull(strstr(err->message, below));
	rig_close(st);
}

/* A relative root is one of the directory that one is in. */
static void test_relative_root(void)
{
	char *root = rig_root();
	g_autofree char *dir = g_path_get_dirname(root);
	g_autofree char *before = g_get_current_dir();
	struct store *st;

	g_assert_cmpint(chdir(dir), ==, 0);
	st = rig_open("root/");
	g_assert_cmpint(chdir(before), ==, 0);
	g_assert_true(g_path_is_absolute(st->root));
	g_assert_true(g_str_has_suffix(st->root, "/root"));
	store_close(st);
	rig_remove(root);
}

/* ---- Names ---- */

static void test_names(void)
{
	static const char *const names[] = { "b", "a", "~tilde", ".dot", "100%", "é", "a b", "B" };
	struct store *st = rig_empty();
	g_autofree char *text = NULL;
	GError *err = NULL;
	GPtrArray *list;

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		g_assert_true(rig_define(st, names[i], OLD_XML, &err));
	rig_write(st->domains, "a-file", "");
	g_assert_cmpint(mkdirat(st->domains, "bad%zz", 0700), ==, 0);
	g_assert_cmpint(mkdirat(st->domains, ".hidden", 0700), ==, 0);
	list = store_names(st, &err);
	g_assert_no_error(err);
	g_ptr_array_add(list, NULL);
	text = g_strjoinv("|", (char **)list->pdata);
	g_assert_cmpstr(text, ==, ".dot|100%|B|a|a b|b|~tilde|é");
	g_ptr_array_unref(list);
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		struct domain_dir *dd = domain_open(st, names[i], &err);

		g_assert_no_error(err);
		g_assert_cmpint(dd->lock_fd, ==, -1);
		domain_close(dd);
	}
	rig_close(st);
}

/* What cannot be a domain's directory is no domain, wherever it points. */
static void test_bad_names(void)
{
	g_autofree char *longest = g_strnfill(300, 'x');
	const char *names[] = { "",  ".",     "..",   "a/b",  "../staging", "vm/old",
				"/", longest, "link", "file", "no" };
	struct store *st = rig_with_vm();

	g_assert_cmpint(symlinkat("vm", st->domains, "link"), ==, 0);
	rig_write(st->domains, "file", "");
	for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autoptr(GError) err = NULL;

		g_assert_null(domain_open(st, names[i], &err));
		g_assert_true(error_is(err, VIR_ERR_NO_DOMAIN));
	}
	rig_close(st);
}

static void test_uuid(void)
{
	struct store *st = rig_empty();
	g_autofree char *none = store_uuid_hint(st, UUID);
	GError *err = NULL;
	char *hint;

	g_assert_null(none);
	g_assert_null(store_uuid_hint(st, "../lock"));
	g_assert_null(store_uuid_hint(st, ""));
	g_assert_false(store_uuid_link(st, "a/b", "vm", NULL));
	g_assert_true(store_uuid_link(st, UUID, "a~b", &err));
	hint = store_uuid_hint(st, UUID);
	g_assert_cmpstr(hint, ==, "a~b");
	g_free(hint);
	/* A spare one of a killed process is in nobody's way. */
	g_assert_cmpint(symlinkat("x", st->by_uuid, UUID ".new~"), ==, 0);
	g_assert_true(store_uuid_link(st, UUID, "vm", &err));
	hint = store_uuid_hint(st, UUID);
	g_assert_cmpstr(hint, ==, "vm");
	g_free(hint);
	g_assert_true(store_uuid_unlink(st, UUID, "other", &err));
	hint = store_uuid_hint(st, UUID);
	g_assert_cmpstr(hint, ==, "vm");
	g_free(hint);
	g_assert_true(store_uuid_unlink(st, UUID, "vm", &err));
	g_assert_null(store_uuid_hint(st, UUID));
	g_assert_no_error(err);
	rig_close(st);
}

static int next_id(struct store *st)
{
	GError *err = NULL;
	int id = 0;

	store_next_id(st, &id, &err);
	g_assert_no_error(err);
	return id;
}

static void test_ids(void)
{
	static const char *const broken[] = { "", "{}", "{\"v\":1,\"boot_id\":\"x\",\"next\":7}",
					      "{\"v\":2}" };
	struct store *st = rig_empty();

	for (int i = 1; i < 5; i++)
		g_assert_cmpint(next_id(st), ==, i);
	for (size_t i = 0; i < G_N_ELEMENTS(broken); i++) {
		rig_write(st->fd, "ids", broken[i]);
		g_assert_cmpint(next_id(st), ==, 1);
		g_assert_cmpint(next_id(st), ==, 2);
	}
	rig_close(st);
}

static void test_events(void)
{
	struct store *st = rig_empty();
	g_autofree char *large = g_strnfill(5000, 'x'), *fitting = g_strnfill(4000, 'y');
	g_autofree char *text = NULL;
	struct stat info;

	store_event(st, "{\"a\": 1}");
	store_event(st, "{\"b\":\n2}");
	store_event(st, large);
	store_event(st, "{\"c\": 3}");
	text = rig_text(st->fd, "events");
	g_assert_cmpstr(text, ==, "{\"a\": 1}\n{\"c\": 3}\n");
	assert_mode(st->fd, "events", 0600);
	for (int i = 0; i < 600; i++)
		store_event(st, fitting);
	g_assert_cmpint(fstatat(st->fd, "events.1", &info, 0), ==, 0);
	g_assert_cmpint(info.st_size, >=, 1024 * 1024);
	g_assert_cmpint(info.st_size, <, 1024 * 1024 + 4096);
	g_assert_cmpint(fstatat(st->fd, "events", &info, 0), ==, 0);
	g_assert_cmpint(info.st_size, >, 0);
	sys_fault_set("enospc+:1");
	store_event(st, "{\"lost\": true}");
	sys_fault_set(NULL);
	rig_close(st);
}

/* ---- What a change costs ---- */

static void test_fsyncs(void)
{
	struct tombstone ts = { .command = "undefine", .cause = "undefined", .name = "vm" };
	struct store *st = rig_with_vm();
	struct domain_dir *dd = rig_lock(st, "vm");

	g_assert_true(record_stage(dd, "base", OLD_XML, NULL));
	g_assert_true(record_publish(dd, "base", NULL));
	n_fsyncs = 0;
	g_assert_true(record_stage(dd, "s1", OLD_XML, NULL));
	g_assert_true(records_point(dd, "s1", "base", false, NULL));
	g_assert_true(record_publish(dd, "s1", NULL));
	g_assert_cmpint(n_fsyncs, ==, 2);
	n_fsyncs = 0;
	g_assert_true(records_retire(dd, (const char *const[]){ "base", "s1" }, 2, NULL));
	g_assert_cmpint(n_fsyncs, ==, 2);
	n_fsyncs = 0;
	g_assert_true(domain_put_config(dd, NEW_XML, NULL));
	g_assert_cmpint(n_fsyncs, ==, 3);
	n_fsyncs = 0;
	g_assert_true(domain_put_config(dd, NEW_XML, NULL));
	g_assert_true(domain_put_live(dd, NEW_XML, NULL));
	g_assert_cmpint(n_fsyncs, ==, 0);
	g_assert_true(tombstone_write(dd, &ts, NULL));
	g_assert_true(store_retire(dd, false, NULL, NULL));
	g_assert_cmpint(n_fsyncs, ==, 4);
	domain_close(dd);
	/* The new file, its directory, by-uuid/, domains/, staging/. */
	n_fsyncs = 0;
	g_assert_true(rig_define(st, "vm", OLD_XML, NULL));
	g_assert_cmpint(n_fsyncs, ==, 5);
	rig_close(st);
}

/* ---- A full disk ---- */

static void write_file(const char *path, const char *text)
{
	auto_close int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd >= 0)
		(void)!write(fd, text, strlen(text));
}

/* A tmpfs of its own for this process. */
static bool mount_small(const char *dir, unsigned int kib, unsigned int inodes)
{
	g_autofree char *options = g_strdup_printf("size=%uk,nr_inodes=%u,mode=0700", kib, inodes);
	g_autofree char *uids = g_strdup_printf("%d %d 1", geteuid(), geteuid());
	g_autofree char *gids = g_strdup_printf("%d %d 1", getegid(), getegid());
	bool is_root = geteuid() == 0;

	if (unshare(CLONE_NEWNS | (is_root ? 0 : CLONE_NEWUSER)) < 0)
		return false;
	if (!is_root) {
		write_file("/proc/self/setgroups", "deny");
		write_file("/proc/self/uid_map", uids);
		write_file("/proc/self/gid_map", gids);
	}
	return mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	       mount("none", dir, "tmpfs", MS_NOSUID, options) == 0;
}

#define MUST(x) \
	do { \
		if (!(x)) { \
			fprintf(stderr, "failed: %s\n", #x); \
			_exit(1); \
		} \
	} while (0)

/* Fill up what is left: blocks, then inodes. */
static void fill(struct store *st)
{
	auto_close int fd = openat(st->fd, "filler", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	char block[4096] = { 1 };

	while (fd >= 0 && write(fd, block, sizeof(block)) > 0)
		;
	for (int i = 0; i < 1000; i++) {
		g_autofree char *name = g_strdup_printf("filler-%d", i);
		int more = openat(st->fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

		if (more < 0)
			return;
		close(more);
	}
}

static void assert_explained(GError *err)
{
	MUST(err->domain == OS_ERROR && err->code == ENOSPC);
	MUST(strstr(err->message, "the trash holds") &&
	     strstr(err->message, "'trash-empty' frees it"));
}

/* What must work when nothing else does. */
static void use_full(struct store *st)
{
	struct tombstone ts = { .command = "undefine", .cause = "undefined", .name = "vm" };
	g_autoptr(domain_dir) dd = domain_lock(st, "vm", NULL);
	g_autoptr(GError) err = NULL;
	g_autofree char *big = g_strnfill(50000, 'x'), *text = NULL, *entry = NULL;
	struct domain_state s;
	int lock;

	MUST(dd && domain_read_state(dd, &s, NULL) && s.has_config);
	MUST(!domain_put_config(dd, big, &err));
	assert_explained(err);
	text = rig_text(dd->fd, "domain.xml");
	MUST(strcmp(text, OLD_XML) == 0 && rig_count(dd->fd, "old", NULL) == 0);
	MUST(domain_archive(dd, "managed-save", "managed-save", NULL, NULL));
	MUST(tombstone_write(dd, &ts, NULL) && store_retire(dd, false, &entry, NULL));
	g_clear_pointer(&dd, domain_close);
	lock = store_lock(st, NULL);
	MUST(lock >= 0 && trash_delete(st, entry, NULL, NULL));
	MUST(rig_count(st->trash, ".", NULL) == 0 && rig_count(st->staging, ".", NULL) == 0);
}

static void run_full(const char *dir, unsigned int kib, unsigned int inodes)
{
	g_autofree char *root = g_build_filename(dir, "root", NULL);
	g_autoptr(GError) err = NULL;
	struct store *st;

	if (!mount_small(dir, kib, inodes))
		_exit(77);
	st = store_open(root, true, "test", &err);
	if (!st || !rig_define(st, "vm", OLD_XML, &err)) {
		assert_explained(err);
		_exit(0);
	}
	close(openat(st->domains, "vm/managed-save", O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	fill(st);
	use_full(st);
	_exit(2);
}

static void test_full_disk(void)
{
	unsigned int n_refused = 0, n_used = 0;

	for (unsigned int i = 0; i < 60; i++) {
		char *root = rig_root();
		g_autofree char *dir = g_path_get_dirname(root);
		pid_t pid = fork();
		int status;

		/* Few blocks, or few inodes. */
		if (pid == 0)
			run_full(dir, i < 30 ? 4 * (i + 1) : 400, i < 30 ? 200 : i - 26);
		g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
		rig_remove(root);
		g_assert_true(WIFEXITED(status));
		if (WEXITSTATUS(status) == 77) {
			g_test_skip("no tmpfs can be mounted here");
			return;
		}
		g_assert_true(WEXITSTATUS(status) == 0 || WEXITSTATUS(status) == 2);
		n_refused += WEXITSTATUS(status) == 0;
		n_used += WEXITSTATUS(status) == 2;
	}
	g_test_message("%u refused, %u used", n_refused, n_used);
	g_assert_cmpuint(n_refused, >=, 5);
	g_assert_cmpuint(n_used, >=, 5);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/store/root/missing", test_missing_root);
	g_test_add_func("/store/root/new", test_new_root);
	g_test_add_func("/store/root/reader-becomes-writer", test_reader_becomes_writer);
	g_test_add_func("/store/root/symlink", test_symlink_root);
	g_test_add_func("/store/root/foreign", test_foreign_root);
	g_test_add_func("/store/root/writable-by-others", test_writable_root);
	g_test_add_func("/store/root/newer-format", test_newer_format);
	g_test_add_func("/store/root/unwritable", test_unwritable_root);
	g_test_add_func("/store/root/relative", test_relative_root);
	g_test_add_func("/store/names", test_names);
	g_test_add_func("/store/bad-names", test_bad_names);
	g_test_add_func("/store/uuid", test_uuid);
	g_test_add_func("/store/ids", test_ids);
	g_test_add_func("/store/events", test_events);
	g_test_add_func("/store/fsyncs", test_fsyncs);
	g_test_add_func("/store/full-disk", test_full_disk);
	return g_test_run();
}
