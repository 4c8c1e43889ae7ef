/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/util.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/error.h"

int open_dir_at(int dirfd, const char *name)
{
	return openat(dirfd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
}

/* O_NONBLOCK: a FIFO planted under the name must not make us wait; regular files do not care. */
int open_file_at(int dirfd, const char *name)
{
	return openat(dirfd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
}

/* Read until the end or until `max` bytes were exceeded; a file of the size that stat told is at its
 * end. Returns the bytes read, -1 with errno. */
static ssize_t read_up_to(int fd, char *buf, size_t max, size_t told)
{
	size_t done = 0;

	while (done < max && (done == 0 || done != told)) {
		ssize_t n = TEMP_FAILURE_RETRY(pread(fd, buf + done, max - done, done));

		if (n < 0)
			return -1;
		if (n == 0)
			break;
		done += n;
	}
	return done;
}

/* The size in stat is only a hint for the buffer: files in /proc say 0, others may grow. */
static bool read_regular(int fd, size_t max, char **ret_text, size_t *ret_size)
{
	g_autofree char *text = NULL;
	struct stat st;
	size_t room;
	ssize_t n;

	if (fstat(fd, &st) < 0)
		return false;
	errno = EINVAL;
	if (!S_ISREG(st.st_mode))
		return false;
	errno = EFBIG;
	if (st.st_size > (off_t)max)
		return false;
	room = st.st_size > 0 ? (size_t)st.st_size : MIN(max, 4096);
	for (;;) {
		text = g_realloc(text, room + 2);
		n = read_up_to(fd, text, room + 1, (size_t)st.st_size);
		if (n < 0)
			return false;
		if ((size_t)n <= room)
			break;
		errno = EFBIG;
		if (room >= max)
			return false;
		room = MIN(max, room * 2);
	}
	text[n] = '\0';
	*ret_text = g_steal_pointer(&text);
	if (ret_size)
		*ret_size = n;
	return true;
}

bool read_fd(int fd, size_t max, char **ret_text, size_t *ret_size, GError **err)
{
	return read_regular(fd, max, ret_text, ret_size) || fail_os(err, errno, "read a file");
}

bool read_file_at(int dirfd, const char *name, size_t max, char **ret_text, size_t *ret_size,
		  GError **err)
{
	auto_close int fd = open_file_at(dirfd, name);

	if (fd < 0)
		return fail_os(err, errno, "open '%s'", name);
	return read_regular(fd, max, ret_text, ret_size) || fail_os(err, errno, "read '%s'", name);
}

char *read_link_at(int dirfd, const char *name)
{
	g_autofree char *text = g_malloc(PATH_MAX + 1);
	ssize_t n = readlinkat(dirfd, name, text, PATH_MAX + 1);

	if (n < 0)
		return NULL;
	if (n > PATH_MAX) {
		errno = ENAMETOOLONG;
		return NULL;
	}
	return g_strndup(text, n);
}

int exists_at(int dirfd, const char *name)
{
	struct stat st;

	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return 1;
	return errno == ENOENT ? 0 : -1;
}

gint64 now_sec(void)
{
	return g_get_real_time() / G_USEC_PER_SEC;
}

gint64 now_usec(void)
{
	static _Atomic gint64 last;
	gint64 before = atomic_load(&last), now;

	do
		now = MAX(g_get_real_time(), before + 1);
	while (!atomic_compare_exchange_weak(&last, &before, now));
	return now;
}

gint64 mono_ms(void)
{
	return g_get_monotonic_time() / 1000;
}

/* An id file's text without dashes and newline; "" when it cannot be read. */
static char *read_id(const char *path)
{
	g_autofree char *text = NULL;
	GString *id = g_string_new(NULL);

	if (read_file_at(AT_FDCWD, path, 256, &text, NULL, NULL)) {
		for (const char *p = text; *p; p++) {
			if (g_ascii_isxdigit(*p))
				g_string_append_c(id, *p);
		}
	}
	return g_string_free(id, FALSE);
}

const char *host_boot_id(void)
{
	static char *id;

	if (g_once_init_enter(&id))
		g_once_init_leave(&id, read_id("/proc/sys/kernel/random/boot_id"));
	return id;
}

const char *host_machine_id(void)
{
	static char *id;

	if (g_once_init_enter(&id))
		g_once_init_leave(&id, read_id("/etc/machine-id"));
	return id;
}

/* Field 2 of stat is the program's name in parentheses and may contain anything, also ')': the
 * fields are counted from the last one. */
guint64 pid_start_time(int pid)
{
	g_autofree char *path = g_strdup_printf("/proc/%d/stat", pid);
	g_autofree char *text = NULL;
	const char *p;

	if (!read_file_at(AT_FDCWD, path, 65536, &text, NULL, NULL))
		return 0;
	p = strrchr(text, ')');
	for (int field = 2; p && field < 22; field++) {
		p = strchr(p, ' ');
		if (p)
			p++;
	}
	return p ? g_ascii_strtoull(p, NULL, 10) : 0;
}

bool same_file_at(int fd, int dirfd, const char *name)
{
	struct stat held, named;

	if (fstat(fd, &held) < 0 || fstatat(dirfd, name, &named, AT_SYMLINK_NOFOLLOW) < 0)
		return false;
	return held.st_dev == named.st_dev && held.st_ino == named.st_ino;
}

/* Two digits are enough for people: "1.5 GiB", "312 MiB". */
char *format_size(gint64 bytes)
{
	static const char *const units[] = { "KiB", "MiB", "GiB", "TiB", "PiB", "EiB" };
	double value = bytes;
	int unit = -1;

	if (bytes < 0)
		return g_strdup("unknown size");
	if (bytes < 1024)
		return g_strdup_printf(bytes == 1 ? "%d byte" : "%d bytes", (int)bytes);
	while (value >= 1023.5 && unit < (int)G_N_ELEMENTS(units) - 1) {
		value /= 1024;
		unit++;
	}
	if (value < 9.95 && (int)(value * 10 + 0.5) % 10 != 0)
		return g_strdup_printf("%.1f %s", value, units[unit]);
	return g_strdup_printf("%.0f %s", value, units[unit]);
}

char *format_age(gint64 sec)
{
	static const struct {
		gint64 from, size;
		const char *unit;
	} units[] = { { 48 * 3600, 24 * 3600, "days" }, { 3600, 3600, "h" }, { 60, 60, "min" },
		      { G_MININT64, 1, "s" } };
	guint i = 0;

	while (sec < units[i].from)
		i++;
	return g_strdup_printf("%" G_GINT64_FORMAT " %s", MAX(sec, 0) / units[i].size,
			       units[i].unit);
}

char *format_time(gint64 sec)
{
	g_autoptr(GDateTime) when = g_date_time_new_from_unix_local(sec);

	return when ? g_date_time_format(when, "%Y-%m-%d %H:%M") : g_strdup("unknown time");
}
