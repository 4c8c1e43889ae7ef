/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Journals and their readers: from now on, once, in order, through every rotation. */
#include <fcntl.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/util.h"
#include "store/journal.h"

#define SOON_MS 10000 /* on a busy machine */

struct fixture {
	char *root, *dir;
	int fd, watch;
	GPtrArray *lines; /* what was told */
};

static void set_up(struct fixture *f, gconstpointer data)
{
	(void)data;
	f->root = g_dir_make_tmp("domsh-journal-XXXXXX", NULL);
	g_assert_nonnull(f->root);
	f->dir = g_build_filename(f->root, "a", "b", NULL);
	g_assert_cmpint(g_mkdir_with_parents(f->dir, 0700), ==, 0);
	f->fd = open_dir_at(AT_FDCWD, f->dir);
	f->watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	f->lines = g_ptr_array_new_with_free_func(g_free);
}

static void tear_down(struct fixture *f, gconstpointer data)
{
	const char *argv[] = { "rm", "-rf", "--", f->root, NULL };

	(void)data;
	close_fd(&f->fd);
	close_fd(&f->watch);
	g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
				   NULL, NULL, NULL));
	g_ptr_array_unref(f->lines);
	g_free(f->root);
	g_free(f->dir);
}

static void take(const char *line, void *data)
{
	struct fixture *f = data;

	g_ptr_array_add(f->lines, g_strdup(line));
}

/* Has it been woken? Then what was written is told. */
static void read_woken(struct fixture *f, struct tail *t)
{
	struct pollfd p = { .fd = f->watch, .events = POLLIN };
	char wakes[4096];

	g_assert_cmpint(poll(&p, 1, SOON_MS), ==, 1);
	while (read(f->watch, wakes, sizeof(wakes)) > 0)
		continue;
	tail_read(t, take, f);
}

static void told(struct fixture *f, const char *expected)
{
	g_autofree char *all = NULL;

	g_ptr_array_add(f->lines, NULL);
	all = g_strjoinv(" ", (char **)f->lines->pdata);
	g_assert_cmpstr(all, ==, expected);
	g_ptr_array_set_size(f->lines, 0);
}

static void put(struct fixture *f, const char *line)
{
	g_assert_true(journal_append(f->fd, "j", line));
}

/* Fill the journal so that the last of these lines turns it. */
static void turn(struct fixture *f)
{
	g_autofree char *large = g_strnfill(4000, 'x');
	struct stat before, now;

	g_assert_cmpint(fstatat(f->fd, "j", &before, 0), ==, 0);
	do
		put(f, large);
	while (fstatat(f->fd, "j", &now, 0) == 0 && now.st_ino == before.st_ino);
}

static void drop_fill(struct fixture *f)
{
	for (guint i = 0; i < f->lines->len;) {
		if (((char *)f->lines->pdata[i])[0] == 'x')
			g_ptr_array_remove_index(f->lines, i);
		else
			i++;
	}
}

static void test_from_now(struct fixture *f, gconstpointer data)
{
	struct tail *t;

	(void)data;
	put(f, "old");
	t = tail_open(f->dir, "j", f->watch, 0);
	tail_read(t, take, f);
	told(f, "");
	put(f, "a");
	read_woken(f, t);
	told(f, "a");
	put(f, "b");
	put(f, "c");
	read_woken(f, t);
	told(f, "b c");
	tail_close(t);
	t = tail_open(f->dir, "j", f->watch, TAIL_FROM_START);
	tail_read(t, take, f);
	told(f, "old a b c");
	tail_close(t);
}

static void test_half_lines(struct fixture *f, gconstpointer data)
{
	struct tail *t = tail_open(f->dir, "j", f->watch, 0);
	auto_close int fd = openat(f->fd, "j", O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);

	(void)data;
	g_assert_cmpint(write(fd, "ha", 2), ==, 2);
	read_woken(f, t);
	told(f, "");
	g_assert_cmpint(write(fd, "lf\nnext\nre", 10), ==, 10);
	read_woken(f, t);
	told(f, "half next");
	tail_close(t);
}

/* Nothing is there yet, not even the directory above. */
static void test_from_nothing(struct fixture *f, gconstpointer data)
{
	g_autofree char *dir = g_build_filename(f->dir, "c", "d", NULL);
	struct tail *t = tail_open(dir, "j", f->watch, 0);

	(void)data;
	tail_read(t, take, f);
	g_assert_cmpint(g_mkdir_with_parents(dir, 0700), ==, 0);
	read_woken(f, t);
	close_fd(&f->fd);
	f->fd = open_dir_at(AT_FDCWD, dir);
	put(f, "first");
	read_woken(f, t);
	told(f, "first");
	tail_close(t);
}

/* Both at once, unseen. */
static void test_all_at_once(struct fixture *f, gconstpointer data)
{
	g_autofree char *dir = g_build_filename(f->dir, "c", "d", NULL);
	struct tail *t = tail_open(dir, "j", f->watch, 0);

	(void)data;
	g_assert_cmpint(g_mkdir_with_parents(dir, 0700), ==, 0);
	close_fd(&f->fd);
	f->fd = open_dir_at(AT_FDCWD, dir);
	put(f, "first");
	read_woken(f, t);
	told(f, "first");
	tail_close(t);
}

static void test_rotation(struct fixture *f, gconstpointer data)
{
	struct tail *t = tail_open(f->dir, "j", f->watch, 0);
	auto_close int late = -1;

	(void)data;
	put(f, "a");
	late = openat(f->fd, "j", O_WRONLY | O_APPEND | O_CLOEXEC);
	turn(f);
	put(f, "b");
	read_woken(f, t);
	drop_fill(f);
	told(f, "a b");
	g_assert_cmpint(write(late, "late\n", 5), ==, 5);
	read_woken(f, t);
	told(f, "late");
	/* Asleep for two turns: the second one's lines are still in the old file. */
	put(f, "c");
	turn(f);
	put(f, "d");
	turn(f);
	put(f, "e");
	read_woken(f, t);
	drop_fill(f);
	told(f, "c d e");
	tail_close(t);
}

/* ---- Many writers ---- */

#define N_WRITERS 4
#define N_LINES 1200

static gpointer write_many(gpointer data)
{
	struct fixture *f = data;
	g_autofree char *fill = g_strnfill(400, '.');

	for (int i = 0; i < N_LINES; i++) {
		g_autofree char *line = g_strdup_printf("%p %d %s", (void *)g_thread_self(), i, fill);

		put(f, line);
	}
	return NULL;
}

/* Each writer's numbers are all there, once. All of it turns the journal once: on a fast disk a writer
 * may be late by more than that, and of two turns his line would be lost. */
static void test_many_writers(struct fixture *f, gconstpointer data)
{
	struct tail *t = tail_open(f->dir, "j", f->watch, 0);
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
	GThread *writers[N_WRITERS];

	(void)data;
	for (int i = 0; i < N_WRITERS; i++)
		writers[i] = g_thread_new("writer", write_many, f);
	while (f->lines->len < N_WRITERS * N_LINES)
		read_woken(f, t);
	for (int i = 0; i < N_WRITERS; i++)
		g_thread_join(writers[i]);
	tail_read(t, take, f);
	for (guint i = 0; i < f->lines->len; i++)
		g_assert_true(g_hash_table_add(seen, f->lines->pdata[i]));
	g_assert_cmpint(f->lines->len, ==, N_WRITERS * N_LINES);
	tail_close(t);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *path;
		void (*test)(struct fixture *f, gconstpointer data);
	} tests[] = {
		{ "/journal/from-now", test_from_now },
		{ "/journal/half-lines", test_half_lines },
		{ "/journal/from-nothing", test_from_nothing },
		{ "/journal/all-at-once", test_all_at_once },
		{ "/journal/rotation", test_rotation },
		{ "/journal/many-writers", test_many_writers },
	};

	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add(tests[i].path, struct fixture, NULL, set_up, tests[i].test, tear_down);
	return g_test_run();
}
