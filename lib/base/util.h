/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* Small readers and clocks that every layer needs. Nothing here changes a disk. */
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* Open a directory or file relative to dirfd: O_CLOEXEC|O_NOFOLLOW, read-only. -1 with errno. */
int open_dir_at(int dirfd, const char *name);
int open_file_at(int dirfd, const char *name);

/* Read at most `max` bytes of a regular file into a NUL-terminated string. Fails with EFBIG when
 * it is larger, EINVAL when it is not a regular file. ret_size may be NULL. */
bool read_file_at(int dirfd, const char *name, size_t max, char **ret_text, size_t *ret_size,
		  GError **err);
/* As above from an open descriptor, from its start. */
bool read_fd(int fd, size_t max, char **ret_text, size_t *ret_size, GError **err);
/* The text of a symlink, or NULL with errno. */
char *read_link_at(int dirfd, const char *name);

/* 1 it exists, 0 it does not (ENOENT), -1 unknown (any other errno, kept in errno). */
int exists_at(int dirfd, const char *name);

gint64 now_sec(void);  /* seconds since the epoch */
gint64 now_usec(void); /* microseconds since the epoch; never the same twice in a process */
gint64 mono_ms(void);  /* milliseconds of the monotonic clock, for deadlines */

/* The boot's and the machine's id, without dashes or newline; "" when they cannot be read. */
const char *host_boot_id(void);
const char *host_machine_id(void);
/* Start time of a process in clock ticks after boot (field 22 of /proc/PID/stat), 0 if gone. */
guint64 pid_start_time(int pid);

/* Compare (dev, ino) of an open descriptor with the name in dirfd: is it still the same file? */
bool same_file_at(int fd, int dirfd, const char *name);

/* "312 MiB": for people; bytes up to 1023. */
char *format_size(gint64 bytes);
/* "40 s", "12 min", "3 h", "5 days": the largest unit that is whole at least once. */
char *format_age(gint64 sec);
/* "2026-11-20 10:02" in local time. */
char *format_time(gint64 sec);
