/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A journal's readers. */
#include "store/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/util.h"

#define COMES (IN_CREATE | IN_MOVED_TO | IN_ONLYDIR)

/* One file of the journal, open, with the watch on it and the half line at its end. */
struct source {
	int fd, wd;
	GString *rest;
};

struct tail {
	char *dir, *name, *old_name;
	int watch;
	unsigned int flags;
	int dirfd, dir_wd;
	struct source now, old;
};

/* ---- One file ---- */

static void source_close(struct tail *t, struct source *s)
{
	if (s->fd < 0)
		return;
	inotify_rm_watch(t->watch, s->wd);
	close_fd(&s->fd);
	g_string_free(s->rest, TRUE);
	*s = (struct source){ .fd = -1, .wd = -1 };
}

/* Watched before it is read, so that nothing falls in between. */
static bool source_open(struct tail *t, const char *name, struct source *ret)
{
	auto_close int fd = open_file_at(t->dirfd, name);
	g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", fd);

	if (fd < 0)
		return false;
	*ret = (struct source){ .wd = inotify_add_watch(t->watch, path, IN_MODIFY),
				.rest = g_string_new(NULL) };
	ret->fd = take_fd(&fd);
	return true;
}

/* The same for one that was there before. */
static void source_begin(struct tail *t, const char *name, struct source *s)
{
	if (source_open(t, name, s) && !(t->flags & TAIL_FROM_START))
		lseek(s->fd, 0, SEEK_END);
}

static void take_lines(struct source *s, void (*take)(const char *line, void *data), void *data)
{
	char *start = s->rest->str, *end;

	while ((end = strchr(start, '\n'))) {
		*end = '\0';
		take(start, data);
		start = end + 1;
	}
	g_string_erase(s->rest, 0, start - s->rest->str);
	if (s->rest->len > JOURNAL_LINE_MAX)
		g_string_truncate(s->rest, 0);
}

static void source_read(struct source *s, void (*take)(const char *line, void *data), void *data)
{
	char buffer[16384];
	ssize_t n;

	if (s->fd < 0)
		return;
	while ((n = TEMP_FAILURE_RETRY(read(s->fd, buffer, sizeof(buffer)))) > 0) {
		g_string_append_len(s->rest, buffer, n);
		take_lines(s, take, data);
	}
}

/* ---- The directory ---- */

/* `path`, or the deepest directory above it that is there. */
static char *deepest(const char *path)
{
	g_autofree char *at = g_strdup(path);
	struct stat st;

	while (stat(at, &st) < 0 && strcmp(at, "/") != 0) {
		char *above = g_path_get_dirname(at);

		g_free(at);
		at = above;
	}
	return g_steal_pointer(&at);
}

static void drop_dir(struct tail *t)
{
	if (t->dir_wd >= 0)
		inotify_rm_watch(t->watch, t->dir_wd);
	t->dir_wd = -1;
	close_fd(&t->dirfd);
}

/* Open the directory, or watch for what is missing above it; once more when that has come or gone
 * meanwhile. */
static bool need_dir(struct tail *t)
{
	g_autofree char *at = NULL, *now = NULL;

	if (t->dirfd >= 0 || (t->flags & TAIL_ONE_DIR))
		return t->dirfd >= 0;
	do {
		bool is_it;

		drop_dir(t);
		g_free(at);
		at = deepest(t->dir);
		is_it = strcmp(at, t->dir) == 0;
		t->dir_wd = inotify_add_watch(t->watch, at, COMES);
		if (is_it)
			t->dirfd = open_dir_at(AT_FDCWD, at);
		g_free(now);
		now = deepest(t->dir);
	} while (t->dirfd < 0 && strcmp(now, at) != 0);
	return t->dirfd >= 0;
}

static bool open_one_dir(struct tail *t)
{
	t->dirfd = open_dir_at(AT_FDCWD, t->dir);
	if (t->dirfd >= 0)
		t->dir_wd = inotify_add_watch(t->watch, t->dir, COMES);
	return t->dirfd >= 0;
}

/* ---- Both ---- */

/* The old file is another one than the one we have, or the first: all of it was missed. */
static void catch_up(struct tail *t, void (*take)(const char *line, void *data), void *data)
{
	struct source missed;

	if ((t->old.fd >= 0 && same_file_at(t->old.fd, t->dirfd, t->old_name)) ||
	    !source_open(t, t->old_name, &missed))
		return;
	source_close(t, &t->old);
	t->old = missed;
	source_read(&t->old, take, data);
}

/* The journal was turned: what was current becomes the old one. False: nothing newer is there. */
static bool advance(struct tail *t, void (*take)(const char *line, void *data), void *data)
{
	if (t->now.fd >= 0 && same_file_at(t->now.fd, t->dirfd, t->name))
		return false;
	if (exists_at(t->dirfd, t->name) != 1)
		return false;
	source_read(&t->now, take, data);
	if (t->now.fd >= 0) {
		source_close(t, &t->old);
		t->old = t->now;
		t->now = (struct source){ .fd = -1, .wd = -1 };
	}
	catch_up(t, take, data);
	if (!source_open(t, t->name, &t->now))
		return false;
	source_read(&t->now, take, data);
	return true;
}

void tail_read(struct tail *t, void (*take)(const char *line, void *data), void *data)
{
	source_read(&t->old, take, data);
	source_read(&t->now, take, data);
	if (!need_dir(t))
		return;
	while (advance(t, take, data))
		continue;
}

struct tail *tail_open(const char *dir, const char *name, int watch, unsigned int flags)
{
	struct tail *t = g_new0(struct tail, 1);

	t->dir = g_strdup(dir);
	t->name = g_strdup(name);
	t->old_name = g_strconcat(name, ".1", NULL);
	t->watch = watch;
	t->flags = flags;
	t->dirfd = t->dir_wd = -1;
	t->now = t->old = (struct source){ .fd = -1, .wd = -1 };
	if ((flags & TAIL_ONE_DIR) ? open_one_dir(t) : need_dir(t)) {
		source_begin(t, t->old_name, &t->old);
		source_begin(t, name, &t->now);
	}
	return t;
}

void tail_close(struct tail *t)
{
	if (!t)
		return;
	source_close(t, &t->old);
	source_close(t, &t->now);
	drop_dir(t);
	g_free(t->dir);
	g_free(t->name);
	g_free(t->old_name);
	g_free(t);
}

bool tail_is_of(struct tail *t, int dirfd, const char *name)
{
	return t->now.fd >= 0 && same_file_at(t->now.fd, dirfd, name);
}
