/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * The guard: one process per running guest, small enough to be read in one sitting. It starts QEMU
 * (or adopts one whose guard was killed), keeps the first monitor for life, writes run/state on
 * each event, finishes what a killed client began, and runs the exit rule when QEMU has ended. Its
 * own death hurts nobody: QEMU goes on, and a later writer adopts it.
 *
 * driver/qemu/spec.h has its command line, descriptors and packets. All work goes through the
 * descriptors, because the directories are renamed when a start is published.
 *
 *   main.c       arguments, signals, the end     events.c     QMP events → state and reason
 *   prepare.c    lock and log                    state.c      run/state
 *   child-fds.c  QEMU's sockets and files        watch.c      the main loop
 *   spawn.c      fork and exec                   reconcile.c  the domain's lock is free
 *   confine.c    the child's user and rights     policy*.c    on_poweroff, on_reboot, on_crash
 *   landlock.c   the files that it may open      dump.c       memory into a file
 *   adopt.c      take over a running QEMU        scope*.c     systemd's scope
 *   owner.c      --autodestroy                   news.c       what others are told
 */
#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>

#include "driver/qemu/qmp.h"
#include "driver/qemu/spec.h"
#include "guard/events.h"
#include "guard/policy.h"
#include "model/state.h"

enum guard_phase {
	GUARD_STARTING, /* QEMU is executed, its first answer is awaited */
	GUARD_READY,    /* the client is told; its "go" is awaited */
	GUARD_WATCHING, /* run/ is published */
	GUARD_ENDED,    /* QEMU is gone after go: final state, exit rule */
	GUARD_LEAVING,  /* leave without them: no go, a failure, SIGTERM */
	GUARD_PHASE_COUNT
};

struct guard {
	const char *dir, *name;
	enum guard_phase phase;
	struct spec *spec;
	int lock_fd; /* run/guard */
	int log_fd;  /* run/log, for truncation */
	pid_t pid;
	int pidfd;
	bool is_child;   /* QEMU is ours to reap */
	bool is_dead;    /* and was reaped */
	int wait_status; /* -1: not known */
	struct qmp *qmp;
	struct run_state state; /* as in run/state; strings are owned */
	struct view view;
	bool has_begun;  /* it has run, or whoever started it is done; see news.c */
	bool is_unsaved; /* run/state could not be written; tried again */
	struct policy policy;
	struct reconciler *reconciler;
	struct owner *owner;
	struct scope *scope;
	GMainLoop *loop;
	guint qmp_source, control_source;
	guint events_source; /* events were read that nobody has taken */
	guint leave_timer;   /* told to leave, waiting whether QEMU was told too */
	gint64 status_id, events_id; /* commands of the handshake */
	gint64 refresh_id, ports_id; /* query-status and -chardev after lost events */
};

/* ---- prepare.c ---- */

/* Take run/guard; RESOURCE_BUSY when another guard has it. */
bool guard_lock(struct guard *g, GError **err);
bool guard_open_log(struct guard *g, GError **err);
/* The last lines of run/log in one, fit for a message; "" when there are none. */
char *guard_log_tail(void);
/* Cut run/log when it has grown above 2 MiB. */
void guard_trim_log(struct guard *g);

/* ---- spawn.c ---- */

/* Open what QEMU gets, fork and execute it; on return it is executed, or nothing is left of it. No
 * copy of its descriptors stays here, and run/state names the process before it is executed. */
bool guard_spawn(struct guard *g, GError **err);
/* Kill QEMU and reap it; nothing is left running. */
void guard_kill(struct guard *g);

/* ---- state.c ---- */

/* What run/state says of this run and of g->pid, whatever the guest does. */
void guard_identify(struct guard *g, const char *run_id, int id);
/* Write run/state from the view. */
bool guard_write_state(struct guard *g, GError **err);
/* The same; when it fails it is tried again until it does not. */
void guard_save_state(struct guard *g);

/* ---- adopt.c ---- */

bool guard_adopt(struct guard *g, GError **err);

/* ---- watch.c ---- */

/* Connect guard.qmp and send the first commands; the replies come to the main loop. */
bool guard_greet(struct guard *g, GError **err);
void guard_look_after(struct guard *g);
/* Sending a command reads as well: what came along is taken by the loop, not by the sender. */
void guard_take_events_soon(struct guard *g);
/* Run until GUARD_ENDED or GUARD_LEAVING. */
void guard_watch(struct guard *g);
/* The only setter of the phase. */
void guard_set_phase(struct guard *g, enum guard_phase phase);
/* Send a packet to the client; nobody there is fine. */
void guard_tell(const char *packet);
void guard_tell_error(const GError *error);

/* ---- reconcile.c ---- */

/* Watch the domain's lock and run/log from now on. */
struct reconciler *reconciler_new(struct guard *g);
void reconciler_free(struct reconciler *r);
/* The process that it starts: try the lock, finish an intent. Returns the exit status. */
int reconcile_main(const char *dir, const char *name);
/* The engine over the root of a domain directory's path. */
struct engine *guard_engine(const char *dir, GError **err);
