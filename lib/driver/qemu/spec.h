/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * What the client hands to the guard: the file `spec` in the run directory, and the control socket.
 * The guard needs nothing else: it opens what is listed, forks and executes argv.
 *
 * The guard is executed as    domsh-guard start|adopt DIR NAME
 * with 0 /dev/null, 1 and 2 guard.log, and GUARD_FD_*; in its own session; with PATH, DOMSH_FAULT,
 * DOMSH_DEBUG and DOMSH_BUSCTL as environment. Packets on the control socket (SOCK_SEQPACKET, at most
 * GUARD_PACKET_MAX bytes, no newline):
 *
 *   guard → client   "ready"            QEMU has answered its first command (adopt: supervised)
 *                    "error CODE TEXT"  CODE: virErrorNumber; nothing is left running
 *   client → guard   "go"               run/ is published. EOF before it: kill QEMU and leave.
 *
 * QEMU gets QEMU_FD_*, then from QEMU_FD_FIRST on the sockets in order, then the files in order.
 * /dev/null is 0; run/log is 1 and 2. argv and env are exactly what is executed.
 *
 * Everything else that QEMU opens by itself is in `paths`: the guard checks before exec that the
 * process may use it, and where the kernel has landlock QEMU can open nothing but these and what
 * guard/landlock.c lists. A ruleset cannot be widened later, so what a running QEMU is to open
 * besides (a screenshot, a memory image, an overlay, a hot-plugged disk) is handed to it as a
 * descriptor: getfd, or add-fd and /dev/fdset/N.
 */
#include <glib.h>
#include <stdbool.h>

#define GUARD_FD_CONTROL 3
#define GUARD_FD_DIR 4 /* domain directory */
#define GUARD_FD_RUN 5 /* run directory */
#define GUARD_PACKET_MAX 4096

#define QEMU_FD_ALIVE 3
#define QEMU_FD_GUARD 4 /* listening socket guard.qmp */
#define QEMU_FD_CTL 5   /* listening socket ctl.qmp */
#define QEMU_FD_FIRST 6

#define SPEC_FILE "spec"

/* A file of QEMU's: in `files` one that the guard opens and QEMU uses as /dev/fdset/N, in `paths`
 * one that QEMU opens by its name; a directory there stands for all that is in it. */
struct spec_file {
	char *path;       /* relative to the domain directory, or (always in `paths`) absolute */
	bool is_writable; /* O_RDWR, else O_RDONLY */
	bool is_made;     /* in `paths`: an empty one is made when it is missing */
};

/* Whom QEMU is to run as; `name` NULL: as who starts it. */
struct spec_user {
	char *name;
	unsigned int uid, gid;
	GArray *groups; /* unsigned int; all supplementary groups */
};

struct spec {
	char *run_id, *name, *uuid;
	int id;
	bool incoming;
	char **argv; /* argv[0]: absolute path of the emulator */
	char **env;  /* "NAME=value", the whole environment */
	GPtrArray *sockets; /* char *: to bind and listen; a name in the run directory, or an
			       absolute path, where a dead socket may be replaced, nothing else */
	GPtrArray *files;   /* struct spec_file */
	char *agent;        /* which of the sockets leads to the guest agent; NULL: none */
	char *agent_chardev; /* QEMU's name of that */
	GPtrArray *paths;   /* struct spec_file */
	struct spec_user user;
	/* libvirt's words; NULL: default (destroy, restart, destroy) */
	char *on_poweroff, *on_reboot, *on_crash;
};

struct spec *spec_new(void);
void spec_free(struct spec *spec);
typedef struct spec guest_spec; /* for g_autoptr only */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(guest_spec, spec_free)

void spec_add_file(struct spec *spec, const char *path, bool is_writable);
void spec_add_path(struct spec *spec, const char *path, bool is_writable);
/* One that is made when it is missing; always written to. */
void spec_add_made_path(struct spec *spec, const char *path);
/* Whom `name`, a user of this host, stands for. CONFIG_UNSUPPORTED: there is none. */
bool spec_set_user(struct spec *spec, const char *name, GError **err);

/* Descriptor number in QEMU of sockets[i] and files[i]; all sockets must be known for the latter. */
int spec_socket_fd(guint i);
int spec_file_fd(const struct spec *spec, guint i);

bool spec_write(const struct spec *spec, int run_fd, GError **err);
struct spec *spec_read(int run_fd, GError **err);
