/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * Programs of QEMU's that we run. A child gets exactly the descriptors, arguments and environment
 * that are listed, an empty signal mask and default signals.
 */
#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>

#define CHILD_OUT_MAX (10u << 20)
#define CHILD_ERR_MAX 4096

struct child {
	const char *path;
	const char *const *argv; /* NULL-terminated */
	const char *const *env;  /* NULL: a small built one */
	const int *fds;          /* the child's 0, 1, 2 …; -1: /dev/null */
	size_t n_fds;
	bool is_limited;  /* a helper: dies with us, no core, bounded memory and number of files */
	bool is_reader;   /* besides, it can write no file and not compute for ever */
	bool is_detached; /* in a session of its own and nobody's child: never to be waited for */
};

/* Fork and execute. Returns the pid, 1 for a detached child, -1 on error (the program was not
 * executed then). */
pid_t child_start(const struct child *c, GError **err);
/* Wait for a child that was started; returns its wait status. */
int child_wait(pid_t pid);
/* Absolute path of an installed program of that name, or NULL: CONFIG_UNSUPPORTED naming Debian's
 * package. Looks in the system's directories only, whatever PATH is. */
char *child_find(const char *program, const char *package, GError **err);

/*
 * Run to its end. OPERATION_FAILED with its last words when it fails; OPERATION_TIMEOUT after
 * timeout_ms (-1: no limit), it is killed then. ret_out may be NULL. Each run is a fault point
 * named after the program.
 */
bool child_run(const char *path, const char *const *argv, bool is_reader, gint64 timeout_ms,
	       char **ret_out, GError **err);
