/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * The only door to the disk: every call of lib/ that changes a file system is one of these, so
 * that tests can crash or fail the N-th change for every N (`make check-sys` proves that nobody
 * goes around). Reading is free to use the system calls directly.
 *
 * All take a directory descriptor and a relative name, never follow a symlink in the last
 * component, create files 0600 and directories 0700 whatever the umask, and return 0 or -1 with
 * errno, as the system call does.
 *
 * Faults: DOMSH_FAULT (read once, by secure_getenv) is one of
 *   crash:N  eio:N  enospc:N    the N-th point, counted from 1 in this process
 *   eio+:N   enospc+:N          the N-th point and all after it (a disk stays full)
 *   crash@NAME  stop@NAME       the named point (sys_point): die by SIGKILL, or SIGSTOP oneself
 * "guard:" in front makes it meant for the guard process only. Each change is two points, before
 * and after it; each QMP command and each qemu-img run counts as one (sys_point). An error at a
 * point "after" makes the call fail although the change was made. What fires is told on stderr
 * as "DOMSH_FAULT fired: …", so that a sweep knows when nothing fired any more.
 */
#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

int sys_mkdirat(int dirfd, const char *name);
/* O_CREAT|O_EXCL|O_WRONLY|O_CLOEXEC|O_NOFOLLOW; returns the descriptor. */
int sys_create(int dirfd, const char *name);
/* Open for append, created 0600 when absent. */
int sys_open_append(int dirfd, const char *name);
/* Open read-write (locks), created 0600 when absent; never truncates. Only the creation counts
 * as a change. */
int sys_open_lockfile(int dirfd, const char *name);
int sys_write(int fd, const void *data, size_t size); /* all of it, or -1 */
int sys_pwrite(int fd, const void *data, size_t size, off_t offset);
/* Copy a range of one file into another, by sharing it where the file system can. */
int sys_copy_range(int from, off_t from_offset, int to, off_t to_offset, off_t size);
int sys_ftruncate(int fd, off_t size);
int sys_fsync(int fd);
/* rename within or between directories; flags are renameat2's (RENAME_NOREPLACE, RENAME_EXCHANGE
 * or 0). */
int sys_renameat(int from, const char *name, int to, const char *new_name, unsigned int flags);
int sys_unlinkat(int dirfd, const char *name);
int sys_rmdirat(int dirfd, const char *name);
int sys_symlinkat(const char *text, int dirfd, const char *name);
int sys_linkat(int from, const char *name, int to, const char *new_name);
/* Bind a listening-to-be unix stream socket at name in dirfd (mode 0600); returns the socket. */
int sys_bind_unix(int dirfd, const char *name);

/* A point without a change of its own: a QMP command, a run of qemu-img, or a named place of a
 * protocol. Returns 0, or -1 with errno when a fault is injected. `name` may be NULL. */
int sys_point(const char *name);

/* Tests in one process: set the fault as DOMSH_FAULT would (NULL: none) and restart counting.
 * sys_fault_fired() tells whether it fired since. */
void sys_fault_set(const char *fault);
bool sys_fault_fired(void);
/* This process is the guard: honour "guard:" faults instead of the client's. */
void sys_fault_is_guard(void);

/* Helpers built on the above. */

/* Write a whole new file and fsync it (the directory is not). On error nothing is left behind. */
bool sys_put_file(int dirfd, const char *name, const void *data, size_t size, GError **err);
/* The same without the fsync, for who does that later. */
bool sys_put_file_volatile(int dirfd, const char *name, const void *data, size_t size,
			   GError **err);
/* Replace name atomically: write name.new~, fsync, rename, fsync the directory. */
bool sys_replace_file(int dirfd, const char *name, const void *data, size_t size, GError **err);
/* The same without any fsync, for run/state, run/job and other things that do not outlive a boot. */
bool sys_replace_file_volatile(int dirfd, const char *name, const void *data, size_t size,
			       GError **err);
/* Remove name and, if it is a directory, all below it, without following symlinks or leaving the
 * file system. Absent is success. */
bool sys_remove_tree(int dirfd, const char *name, GError **err);
