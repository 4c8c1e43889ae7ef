/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crash/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/cleanup.h"
#include "base/json.h"
#include "base/sys.h"
#include "base/util.h"
#include "driver/fake/machine.h"
#include "store/lock.h"

#define WAS_ALIVE "was-alive"

/* ---- Copies ---- */

static void copy_file(const char *from, const char *to, const struct stat *info)
{
	const struct timespec times[] = { info->st_atim, info->st_mtim };
	auto_close int in = open(from, O_RDONLY | O_CLOEXEC);
	auto_close int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	char buffer[16384];
	ssize_t n;

	g_assert_true(in >= 0 && out >= 0);
	while ((n = read(in, buffer, sizeof(buffer))) > 0)
		g_assert_cmpint(write(out, buffer, n), ==, n);
	g_assert_cmpint(futimens(out, times), ==, 0);
}

static void copy_link(const char *from, const char *to)
{
	char text[1024];
	ssize_t n = readlink(from, text, sizeof(text) - 1);

	g_assert_cmpint(n, >, 0);
	text[n] = '\0';
	g_assert_cmpint(symlink(text, to), ==, 0);
}

/* A file with several names keeps them: which is a link of which says what was begun. links: inode
 * → its first copy. */
static bool copy_as_link(GHashTable *links, const char *to, const struct stat *info)
{
	gint64 inode = info->st_ino;
	const char *first = info->st_nlink > 1 ? g_hash_table_lookup(links, &inode) : NULL;

	if (first)
		g_assert_cmpint(link(first, to), ==, 0);
	else if (info->st_nlink > 1)
		g_hash_table_insert(links, g_memdup2(&inode, sizeof(inode)), g_strdup(to));
	return first;
}

static void copy_below(const char *from, const char *to, GHashTable *links)
{
	DIR *dir = opendir(from);

	g_assert_nonnull(dir);
	g_assert_cmpint(mkdir(to, 0700), ==, 0);
	for (struct dirent *d = readdir(dir); d; d = readdir(dir)) {
		g_autofree char *a = g_build_filename(from, d->d_name, NULL);
		g_autofree char *b = g_build_filename(to, d->d_name, NULL);
		struct stat info;

		if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0)
			continue;
		g_assert_cmpint(lstat(a, &info), ==, 0);
		if (S_ISDIR(info.st_mode))
			copy_below(a, b, links);
		else if (S_ISLNK(info.st_mode))
			copy_link(a, b);
		else if (!copy_as_link(links, b, &info))
			copy_file(a, b, &info);
	}
	closedir(dir);
}

static void copy_tree(const char *from, const char *to)
{
	g_autoptr(GHashTable) links =
		g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, g_free);

	copy_below(from, to, links);
}

void tree_remove(const char *path)
{
	g_autofree char *parent = g_path_get_dirname(path);
	g_autofree char *name = g_path_get_basename(path);
	auto_close int fd = open_dir_at(AT_FDCWD, parent);

	g_assert_true(fd < 0 || sys_remove_tree(fd, name, NULL));
}

static void put_empty(const char *base, const char *name)
{
	g_autofree char *path = g_build_filename(base, "world", name, NULL);

	g_assert_true(g_file_set_contents(path, "", 0, NULL));
}

void tree_fresh(const char *base)
{
	g_autofree char *world = g_build_filename(base, "world", NULL);

	guests_kill();
	tree_remove(world);
	g_assert_cmpint(mkdir(world, 0700), ==, 0);
	put_empty(base, "a.qcow2");
	put_empty(base, "b.qcow2");
}

/* ---- Guests ---- */

static GPtrArray *runs_of(const char *base)
{
	g_autofree char *domains = g_build_filename(base, "world/root/domains", NULL);
	GPtrArray *runs = g_ptr_array_new_with_free_func(g_free);
	DIR *dir = opendir(domains);

	for (struct dirent *d = dir ? readdir(dir) : NULL; d; d = readdir(dir))
		if (d->d_name[0] != '.')
			g_ptr_array_add(runs, g_build_filename(domains, d->d_name, "run", NULL));
	if (dir)
		closedir(dir);
	return runs;
}

/* In the child: the liveness lock and nothing else. */
static void hold(const char *run, int ready)
{
	g_autofree char *alive = g_build_filename(run, "alive", NULL);
	int fd = open(alive, O_RDWR);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (fd < 0 || !lock_fd_try(fd) || write(ready, "x", 1) != 1)
		_exit(1);
	close(ready);
	close(STDOUT_FILENO); /* see guests_settle */
	for (;;)
		pause();
}

static void note_pid(const char *run, pid_t pid)
{
	auto_close int fd = open_dir_at(AT_FDCWD, run);
	g_autoptr(json_object) state = json_read_file(fd, "state", NULL);
	const char *text;

	g_assert_nonnull(state);
	json_set_int(state, "pid", pid);
	json_set_int(state, "pid_start", (gint64)pid_start_time(pid));
	text = json_object_to_json_string_ext(state, JSON_C_TO_STRING_PLAIN);
	g_assert_true(sys_replace_file_volatile(fd, "state", text, strlen(text), NULL));
}

static void revive(const char *run)
{
	int ends[2];
	char byte;
	pid_t pid;

	g_assert_cmpint(pipe2(ends, O_CLOEXEC), ==, 0);
	pid = fork();
	if (pid == 0)
		hold(run, ends[1]);
	close(ends[1]);
	g_assert_cmpint(read(ends[0], &byte, 1), ==, 1);
	close(ends[0]);
	note_pid(run, pid);
}

/* Pids of our children; a subreaper's include its orphaned descendants. */
static GArray *children(void)
{
	g_autofree char *file =
		g_strdup_printf("/proc/%d/task/%d/children", (int)getpid(), (int)getpid());
	g_autofree char *text = NULL;
	g_auto(GStrv) words = NULL;
	GArray *pids = g_array_new(FALSE, FALSE, sizeof(pid_t));

	while (waitpid(-1, NULL, WNOHANG) > 0)
		continue;
	g_assert_true(g_file_get_contents(file, &text, NULL, NULL));
	words = g_strsplit(text, " ", -1);
	for (char **w = words; *w; w++) {
		pid_t pid = (pid_t)g_ascii_strtoll(*w, NULL, 10);

		if (pid > 0)
			g_array_append_val(pids, pid);
	}
	return pids;
}

unsigned int guests_count(void)
{
	g_autoptr(GArray) pids = children();

	return pids->len;
}

static bool is_leashed(pid_t pid)
{
	g_autofree char *path = g_strdup_printf("/proc/%d/fd/1", (int)pid);
	char text[256];

	return readlink(path, text, sizeof(text)) > 0;
}

void guests_settle(void)
{
	for (bool waits = true; waits;) {
		g_autoptr(GArray) pids = children();

		waits = false;
		for (guint i = 0; i < pids->len; i++)
			waits |= is_leashed(g_array_index(pids, pid_t, i));
		if (waits)
			g_usleep(200);
	}
}

void guests_tell(const char *base)
{
	g_autoptr(GPtrArray) runs = runs_of(base);

	for (guint i = 0; i < runs->len; i++) {
		auto_close int run = open_dir_at(AT_FDCWD, runs->pdata[i]);
		struct machine m;

		if (run < 0 || !machine_read(run, &m, NULL) || m.status == HV_GONE)
			continue;
		machine_tell(run, m.status == HV_RUNNING ? GUEST_RUNNING : GUEST_PAUSED, -1, NULL);
	}
}

void guests_kill(void)
{
	for (;;) {
		g_autoptr(GArray) pids = children();

		if (pids->len == 0)
			return;
		for (guint i = 0; i < pids->len; i++)
			kill(g_array_index(pids, pid_t, i), SIGKILL);
		waitpid(-1, NULL, 0);
	}
}

/* ---- States ---- */

void tree_save(const char *base, const char *name)
{
	g_autofree char *world = g_build_filename(base, "world", NULL);
	g_autofree char *copy = g_build_filename(base, name, NULL);
	g_autoptr(GPtrArray) runs = runs_of(base);

	for (guint i = 0; i < runs->len; i++) {
		auto_close int fd = open_dir_at(AT_FDCWD, runs->pdata[i]);
		g_autofree char *mark = g_build_filename(runs->pdata[i], WAS_ALIVE, NULL);

		if (fd >= 0 && lock_probe(fd, "alive") == LOCK_HELD)
			g_assert_true(g_file_set_contents(mark, "", 0, NULL));
	}
	tree_remove(copy);
	copy_tree(world, copy);
}

void tree_restore(const char *base, const char *name)
{
	g_autofree char *world = g_build_filename(base, "world", NULL);
	g_autofree char *copy = g_build_filename(base, name, NULL);
	g_autoptr(GPtrArray) runs = NULL;

	guests_kill();
	tree_remove(world);
	copy_tree(copy, world);
	runs = runs_of(base);
	for (guint i = 0; i < runs->len; i++) {
		g_autofree char *mark = g_build_filename(runs->pdata[i], WAS_ALIVE, NULL);

		if (unlink(mark) == 0)
			revive(runs->pdata[i]);
	}
}
