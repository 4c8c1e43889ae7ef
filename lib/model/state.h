/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* What the directory of a domain tells about it, as data. */
#include <glib.h>
#include <stdbool.h>

/* Values are libvirt's virDomainState. */
enum guest_state {
	GUEST_NOSTATE = 0,
	GUEST_RUNNING = 1,
	GUEST_BLOCKED = 2,
	GUEST_PAUSED = 3,
	GUEST_SHUTDOWN = 4, /* being shut down, still alive */
	GUEST_SHUTOFF = 5,
	GUEST_CRASHED = 6,
	GUEST_PMSUSPENDED = 7,
};

/* Reasons are libvirt's virDomain…Reason numbers for the state; -1 in a file: unknown. */

enum existence {
	EXISTENCE_NONE,       /* no directory */
	EXISTENCE_GARBAGE,    /* no config, dead: what a stopped transient guest looks like */
	EXISTENCE_TRANSIENT,  /* no config, alive */
	EXISTENCE_SHUTOFF,    /* config, dead */
	EXISTENCE_RUNNING,    /* config, alive (paused too) */
	EXISTENCE_UNCLEAR,    /* no config, dead, but what is in it must not go: doctor's */
};

/* run/state */
struct run_state {
	char *run_id;
	int id;         /* domain id */
	char *boot_id;
	char *machine_id;
	int pid;        /* of QEMU */
	guint64 pid_start;
	enum guest_state state;
	int reason;
	gint64 since;   /* seconds since the epoch */
	gint64 seq;     /* goes up with every write */
	guint32 channels; /* bit i: the guest has the i-th <channel> open */
};

struct domain_state {
	bool has_config;
	bool is_alive;
	bool is_supervised;     /* run/guard is held */
	bool has_undefined;     /* undefined.xml */
	bool is_autostart, is_protected;
	bool has_intent;
	bool has_run;           /* run/ exists */
	bool is_foreign_run;    /* run/state names another machine */
	unsigned int n_snapshots, n_checkpoints;
	bool has_managed_save;
	gint64 managed_save_size, managed_save_time;
	bool has_nvram;         /* nvram.fd */
	bool has_tpm;           /* tpm/ */
	bool has_run_state;
	struct run_state run;
};

/* The existence as a pure function of the facts. Never garbage but unclear: with a managed save
 * image, an intent, or a run of another machine. NULL: no directory. */
enum existence domain_existence(const struct domain_state *s);
