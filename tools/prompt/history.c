/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "prompt/history.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "output/errors.h"
#include "mem.h"
#include "language/numbers.h"
#include "output/text.h"

#define HISTORY_LINES 500
#define HISTORY_MAX 1000000
#define HISTORY_BYTES (4 << 20) /* of the file's end are read */

/* ---- Where, and how much ------------------------------------------------------------------ */

static long long limit_of(const struct shell *sh)
{
	static const char *const names[] = { "DOMSH_HISTSIZE", "VIRSH_HISTSIZE" };
	long long limit;

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const char *value = getenv(names[i]);

		if (!value)
			continue;
		if (number_parse(value, 0, HISTORY_MAX, &limit))
			return limit;
		warn(sh, "error: ignoring %s: '%s' is not a number from 0 to %d", names[i],
		     value, HISTORY_MAX);
	}
	return HISTORY_LINES;
}

/* A relative $XDG_STATE_HOME counts as none. NULL: there is no home either. */
static char *path_of(void)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

	if (state && state[0] == '/')
		return mem_format("%s/domsh/history", state);
	if (home && home[0] == '/')
		return mem_format("%s/.local/state/domsh/history", home);
	return NULL;
}

void history_open(const struct shell *sh, struct history *ret_history)
{
	*ret_history = (struct history){ .limit = limit_of(sh), .path = path_of() };
}

void history_close(struct history *h)
{
	free(h->path);
	free(h->last);
	*h = (struct history){ 0 };
}

/* ---- Reading ------------------------------------------------------------------------------ */

/* The end of the file, from the beginning of a line on; NULL: there is nothing to be had. */
static char *read_end(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct buffer b = { 0 };
	char chunk[16384];
	struct stat st;
	ssize_t n;
	bool is_cut;

	if (fd < 0)
		return NULL;
	is_cut = fstat(fd, &st) == 0 && st.st_size > HISTORY_BYTES &&
		 lseek(fd, -HISTORY_BYTES, SEEK_END) > 0;
	while ((n = read(fd, chunk, sizeof(chunk))) > 0 && b.length <= HISTORY_BYTES)
		buffer_add(&b, chunk, (size_t)n);
	close(fd);
	char *text = buffer_take(&b), *newline = is_cut ? strchr(text, '\n') : NULL;

	if (newline)
		memmove(text, newline + 1, strlen(newline + 1) + 1);
	return text;
}

static size_t count_lines(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

static const char *skip_lines(const char *text, size_t n)
{
	while (n-- > 0)
		text = strchr(text, '\n') + 1;
	return text;
}

static void hand_over(struct history *h, const char *text, void (*remember)(const char *line))
{
	while (*text) {
		size_t length = strcspn(text, "\n");
		auto_free char *line = mem_format("%.*s", (int)length, text);
		auto_free char *shown = text_escape(line, "\t");

		/* what would act on the terminal was not typed at a prompt */
		if (length > 0 && strcmp(line, shown) == 0) {
			remember(line);
			free(h->last);
			h->last = mem_copy(line);
		}
		text += length + (text[length] == '\n');
	}
}

/* Put `text` in the place of the file, if that can be done; a link stays one. */
static void cut_file(const char *path, const char *text)
{
	auto_free char *real = realpath(path, NULL);
	auto_free char *fresh = mem_format("%s.XXXXXX", real ? real : path);
	size_t length = strlen(text);
	int fd = real ? mkostemp(fresh, O_CLOEXEC) : -1;

	if (fd < 0)
		return;
	if (write(fd, text, length) != (ssize_t)length || rename(fresh, real) < 0)
		unlink(fresh);
	close(fd);
}

void history_load(struct history *h, void (*remember)(const char *line))
{
	auto_free char *text = h->path && h->limit ? read_end(h->path) : NULL;
	size_t lines = text ? count_lines(text) : 0, limit = (size_t)h->limit;
	const char *kept = text;

	if (lines > limit)
		kept = skip_lines(text, lines - limit);
	if (lines > 2 * limit)
		cut_file(h->path, kept);
	if (text)
		hand_over(h, kept, remember);
}

/* ---- Writing ------------------------------------------------------------------------------ */

/* Make the directories above a file. What goes wrong shows when the file is opened. */
static void make_parents(const char *path)
{
	auto_free char *dir = mem_copy(path);

	for (char *slash = strchr(dir + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		mkdir(dir, 0700);
		*slash = '/';
	}
}

static bool append(const char *path, const char *line)
{
	const int flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
	auto_free char *text = mem_format("%s\n", line);
	size_t length = strlen(text);
	int fd = open(path, flags, 0600), reason;
	ssize_t n;

	if (fd < 0 && errno == ENOENT) {
		make_parents(path);
		fd = open(path, flags, 0600);
	}
	if (fd < 0)
		return false;
	n = write(fd, text, length);
	reason = n < 0 ? errno : ENOSPC;
	close(fd);
	errno = reason;
	return n == (ssize_t)length;
}

static void tell_once(const struct shell *sh, struct history *h, const char *why)
{
	if (!h->has_told)
		warn(sh, "error: the history is not kept: %s: %s",
		     h->path ? h->path : "no file for it", why);
	h->has_told = true;
}

bool history_add(const struct shell *sh, struct history *h, const char *line)
{
	if (!*line || *line == ' ' || *line == '\t' || h->limit == 0 || strchr(line, '\n') ||
	    (h->last && strcmp(h->last, line) == 0))
		return false;
	free(h->last);
	h->last = mem_copy(line);
	if (!h->path)
		tell_once(sh, h, "neither XDG_STATE_HOME nor HOME is set");
	else if (!append(h->path, line))
		tell_once(sh, h, strerror(errno));
	return true;
}
