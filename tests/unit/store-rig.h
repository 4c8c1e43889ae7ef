/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * What the tests of lib/store share: a fresh root for each test, and the fault sweep, which runs
 * one operation again and again, each time with a fault one point further, until none fires.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/escape.h"
#include "base/sys.h"
#include "base/util.h"
#include "store/domain.h"
#include "store/lock.h"
#include "store/records.h"
#include "store/store.h"
#include "store/trash.h"

#define UUID "c7a5fdbd-edaf-9455-926a-d65c16db1809"
#define OLD_XML "<domain><name>vm</name><title>old</title></domain>\n"
#define NEW_XML "<domain><name>vm</name><title>new, and longer than the old one</title></domain>\n"

/* A fresh root; nothing is there yet. In memory where that is possible: a sweep waits for thousands
 * of fsyncs. */
static inline char *rig_root(void)
{
	const char *parent = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : g_get_tmp_dir();
	g_autofree char *dir = g_strdup_printf("%s/domsh-store.XXXXXX", parent);

	g_assert_nonnull(g_mkdtemp(dir));
	return g_build_filename(dir, "root", NULL);
}

static inline void rig_remove(char *take_root)
{
	g_autofree char *root = take_root;
	g_autofree char *dir = g_path_get_dirname(root);
	g_autofree char *parent = g_path_get_dirname(dir);
	g_autofree char *base = g_path_get_basename(dir);
	auto_close int fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	g_assert_true(sys_remove_tree(fd, base, NULL));
}

static inline struct store *rig_open(const char *root)
{
	GError *err = NULL;
	struct store *st = store_open(root, true, "test", &err);

	g_assert_no_error(err);
	st->lock_wait_ms = 2000;
	return st;
}

/* Define: what the engine does with a new domain. */
static inline bool rig_define(struct store *st, const char *name, const char *text, GError **err)
{
	auto_close int lock = store_lock(st, err);
	struct domain_dir *dd = lock < 0 ? NULL : staging_new(st, err);
	bool is_done;

	if (!dd)
		return false;
	is_done = domain_put_config(dd, text, err) && store_uuid_link(st, UUID, name, err) &&
		  staging_publish(dd, name, err);
	if (is_done)
		domain_close(dd);
	else if (!dd->name)
		staging_drop(dd);
	return is_done;
}

static inline struct domain_dir *rig_lock(struct store *st, const char *name)
{
	GError *err = NULL;
	struct domain_dir *dd = domain_lock(st, name, &err);

	g_assert_no_error(err);
	return dd;
}

/* A store with the domain "vm", locked. */
static inline struct domain_dir *rig_vm(struct store *st)
{
	GError *err = NULL;

	rig_define(st, "vm", OLD_XML, &err);
	g_assert_no_error(err);
	return rig_lock(st, "vm");
}

/* A store in a root of its own, with the domain "vm"; and its end. */
static inline void rig_close(struct store *take_st)
{
	char *root = g_strdup(take_st->root);

	store_close(take_st);
	rig_remove(root);
}

static inline struct store *rig_with_vm(void)
{
	g_autofree char *root = rig_root();
	struct store *st = rig_open(root);
	struct domain_dir *dd = rig_vm(st);

	domain_close(dd);
	return st;
}

/* A file's text or NULL. */
static inline char *rig_text(int dirfd, const char *path)
{
	char *text = NULL;

	read_file_at(dirfd, path, 1 << 20, &text, NULL, NULL);
	return text;
}

static inline void rig_write(int dirfd, const char *path, const char *text)
{
	auto_close int fd = openat(dirfd, path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	g_assert_cmpint(fd, >=, 0);
	g_assert_cmpint(write(fd, text, strlen(text)), ==, (ssize_t)strlen(text));
}

static inline int rig_compare(gconstpointer a, gconstpointer b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Names in a directory, sorted, joined by blanks; "" when there is none. */
static inline char *rig_list(int dirfd, const char *path)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	GString *text = g_string_new(NULL);
	int fd = openat(dirfd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *e;

	while (dir && (e = readdir(dir))) {
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			g_ptr_array_add(names, g_strdup(e->d_name));
	}
	if (dir)
		closedir(dir);
	g_ptr_array_sort(names, rig_compare);
	for (guint i = 0; i < names->len; i++)
		g_string_append_printf(text, "%s%s", i ? " " : "", (char *)names->pdata[i]);
	return g_string_free(text, FALSE);
}

static inline unsigned int rig_count(int dirfd, const char *path, const char *part)
{
	g_autofree char *text = rig_list(dirfd, path);
	g_auto(GStrv) names = g_strsplit(text, " ", -1);
	unsigned int n = 0;

	for (char **name = names; *name; name++)
		n += **name && (!part || strstr(*name, part));
	return n;
}

static inline struct tombstone rig_stone(const char *const *outside)
{
	return (struct tombstone){ .time = 1700000000,
				   .command = "undefine --nvram",
				   .cause = "undefined",
				   .name = "vm",
				   .uuid = UUID,
				   .outside_files = outside };
}

/* Undefine: the entry's id. */
static inline char *rig_retire(struct store *st, const char *const *outside)
{
	struct tombstone ts = rig_stone(outside);
	g_autoptr(domain_dir) dd = rig_lock(st, "vm");
	char *id = NULL;
	GError *err = NULL;

	g_assert_true(tombstone_write(dd, &ts, &err));
	g_assert_true(store_retire(dd, outside, &id, &err));
	g_assert_no_error(err);
	return id;
}

static inline struct run_state rig_run_state(void)
{
	return (struct run_state){
		.run_id = (char *)"r1",
		.id = 7,
		.boot_id = (char *)host_boot_id(),
		.machine_id = (char *)host_machine_id(),
		.pid = 4711,
		.pid_start = 12345,
		.state = GUEST_PAUSED,
		.reason = 1,
		.since = 1700000000,
		.seq = 3,
	};
}

static inline void rig_write_run(struct domain_dir *dd, const struct run_state *rs)
{
	GError *err = NULL;
	int fd = open_dir_at(dd->fd, "run");

	if (fd < 0) {
		g_assert_cmpint(mkdirat(dd->fd, "run", 0700), ==, 0);
		fd = open_dir_at(dd->fd, "run");
	}
	g_assert_true(run_state_write(fd, rs, &err));
	close(fd);
}

/* Hold a lock in the directory as the guard does: from a descriptor of its own. */
static inline int rig_hold(struct domain_dir *dd, const char *path)
{
	int fd = sys_open_lockfile(dd->fd, path);

	g_assert_cmpint(fd, >=, 0);
	g_assert_true(lock_fd_try(fd));
	return fd;
}

/* Come and go as a holder of the store lock. */
static inline void rig_sweep_store(struct store *st)
{
	GError *err = NULL;
	int lock = store_lock(st, &err);

	g_assert_no_error(err);
	close(lock);
}

/* ---- The fault sweep ---- */

enum outcome { DONE, FAILED, KILLED };

struct scenario {
	const char *name;
	void (*prepare)(struct store *st);
	bool (*operate)(struct store *st, GError **err); /* in a child, with the fault */
	/* is_new: the operation succeeded, so its effect must be there; is_old: it failed and must
	 * have changed nothing. Neither: either, but whole. */
	void (*check)(struct store *st, bool is_new, bool is_old);
};

#define RIG_OK 40   /* + 1 when the operation failed */
#define RIG_FIRED 2 /* + this when the fault fired */

static inline void rig_child(const struct scenario *s, const char *root, const char *fault)
{
	struct store *st = rig_open(root);
	GError *err = NULL;
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	bool is_done;

	if (!g_getenv("RIG_STDERR"))
		dup2(null, STDERR_FILENO);
	sys_fault_set(fault);
	is_done = s->operate(st, &err);
	if (!is_done && !err)
		_exit(1);
	_exit(RIG_OK + !is_done + (sys_fault_fired() ? RIG_FIRED : 0));
}

static inline enum outcome rig_run(const struct scenario *s, const char *root, const char *fault,
				   bool *ret_fired)
{
	pid_t pid = fork();
	int status;

	if (pid == 0)
		rig_child(s, root, fault);
	g_assert_cmpint(waitpid(pid, &status, 0), ==, pid);
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) {
		*ret_fired = true;
		return KILLED;
	}
	if (!WIFEXITED(status) || (WEXITSTATUS(status) & ~3) != RIG_OK)
		g_error("%s with %s: status %x (see RIG_STDERR=1)", s->name, fault, status);
	*ret_fired = WEXITSTATUS(status) & RIG_FIRED;
	return WEXITSTATUS(status) & 1 ? FAILED : DONE;
}

/* What is true after any fault: nobody holds a lock, and the next holder of the store lock leaves
 * nothing half-made. */
static inline void rig_settle(struct store *st)
{
	g_autofree char *staged = NULL;
	GError *err = NULL;
	int lock = store_lock(st, &err);

	g_assert_no_error(err);
	close(lock);
	staged = rig_list(st->staging, ".");
	if (*staged) {
		/* What has no lock file is kept for a minute: its maker may only be slow. */
		g_autofree char *path = g_strconcat(staged, "/lock", NULL);

		g_assert_cmpint(exists_at(st->staging, path), ==, 0);
	}
}

static inline unsigned int rig_sweep_kind(const struct scenario *s, const char *kind)
{
	bool is_sticky = strchr(kind, '+');
	bool fired = true;
	unsigned int n;

	for (n = 1; fired; n++) {
		g_autofree char *fault = g_strdup_printf("%s:%u", kind, n);
		char *root = rig_root();
		struct store *st = rig_open(root);
		enum outcome outcome;

		s->prepare(st);
		outcome = rig_run(s, root, fault, &fired);
		if (g_getenv("RIG_VERBOSE"))
			g_printerr("%s %s: %d\n", s->name, fault, outcome);
		rig_settle(st);
		/* Where every change fails, taking back fails as well. */
		s->check(st, outcome == DONE, outcome == FAILED && !is_sticky);
		/* Whatever was, the same again leads to the end. */
		if (outcome != DONE) {
			g_autoptr(GError) err = NULL;

			if (s->operate(st, &err))
				s->check(st, true, false);
			else
				s->check(st, false, false);
		}
		store_close(st);
		rig_remove(root);
	}
	return n - 2;
}

static inline void rig_sweep(const struct scenario *s)
{
	static const char *const kinds[] = { "crash", "eio", "enospc", "eio+", "enospc+" };

	for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
		unsigned int points = rig_sweep_kind(s, kinds[i]);

		g_test_message("%s: %s fired at %u points", s->name, kinds[i], points);
		g_assert_cmpuint(points, >=, 4);
	}
}
