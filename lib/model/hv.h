/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * A hypervisor: primitives that it can be told to do. No policy, no user flags, no messages for
 * the user but the error of the primitive itself. The engine speaks only to this table; a new
 * hypervisor is one more.
 *
 * Every primitive gets the guest as a struct guest. All run with the domain's `lock` held. A guest
 * that is no process of its own has pid 0 in run/state; it is ended by quit, never by a signal.
 * Errors: DOM_ERROR VIR_ERR_OPERATION_FAILED / CONFIG_UNSUPPORTED / INTERNAL_ERROR; where the
 * hypervisor is gone: OPERATION_INVALID.
 */
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct xml_tree;
struct hv;
struct watch;

/* A guest as a primitive sees it. */
struct guest {
	const char *name;
	const char *uuid;
	const char *dir;       /* absolute path of the domain directory, for messages and guards */
	int dir_fd;            /* domain directory */
	int run_fd;            /* its run/ (or run.<id>/, or staged run/); -1 when there is none */
	const char *run_id;
	int id;
	const char *command;   /* of the client, for logs */
	void *session;         /* the driver's own (an open monitor); see close_session */
	const struct watch *watch; /* asked by load; NULL: nobody is */
};

/* Disks that a snapshot primitive works on, in order; the first holds the memory. */
struct hv_disk {
	const char *target; /* "vda" */
	const char *path;
	const char *format; /* "qcow2" */
};

enum hv_status {
	HV_GONE,          /* no hypervisor process answers */
	HV_PRELAUNCH,     /* started, never continued */
	HV_RUNNING,
	HV_PAUSED,
	HV_POSTMIGRATE,   /* memory was written out; stopped */
	HV_INMIGRATE,
	HV_STOPPED_BAD,   /* restore-vm, internal-error, io-error: stopped by a failure */
	HV_SHUTDOWN,      /* guest powered off, process waits */
	HV_PANICKED,
};

/* What is known about a tag on the disks of a guest. */
struct hv_tag {
	unsigned int n_disks_with; /* disks that have it by name */
	bool has_memory;           /* the memory disk has VM state in it */
	bool id_collides;          /* some disk has a snapshot whose id, not name, equals the tag */
};

/* A key press: numbers of keys as QEMU's protocol (QNUM) has them, held together. */
struct hv_keys {
	const unsigned int *codes;
	size_t n;
	unsigned int hold_ms; /* 0: the hypervisor's default */
};

/* A serial port that can be talked to. Strings are the caller's to free. */
struct hv_console {
	char *port; /* what it is called, fit for a file name */
	char *path; /* absolute, or below run/ */
	bool is_socket; /* else a terminal */
};

/* What an agent in the guest is asked. */
struct hv_agent_call {
	const char *command; /* a JSON object; "": only whether it answers */
	gint64 timeout_ms;
	bool may_be_silent;  /* once taken, it need not be answered: the guest goes down */
	bool is_posted;      /* handed over, and no answer is waited for; ret_reply is not set */
};

/* A snapshot in an image. */
struct hv_snapshot {
	char *name;
	gint64 time;     /* seconds since the epoch */
	bool has_memory;
};

/* What a disk of a running guest has done since the process began. */
enum hv_disk_error { HV_DISK_FINE, HV_DISK_FAILED, HV_DISK_NO_SPACE };
struct hv_disk_stats {
	guint64 reads, read_bytes, read_ns;
	guint64 writes, write_bytes, write_ns;
	guint64 flushes, flush_ns;
	enum hv_disk_error error; /* of the request that it stands at */
};

/* A CPU of a running guest. */
#define HV_CPUS_MAX 1024 /* of the host */
struct hv_vcpu {
	unsigned int number;
	int cpu;         /* of the host, where it runs; -1: not known */
	guint64 time_ns; /* that it has spent */
	guint8 cpus[HV_CPUS_MAX / 8]; /* where it may run, a bit each */
};

/* Memory of a running guest, in KiB or as numbers; libvirt's virDomainMemoryStatTags. */
enum hv_memory {
	HV_MEMORY_SWAP_IN,
	HV_MEMORY_SWAP_OUT,
	HV_MEMORY_MAJOR_FAULT,
	HV_MEMORY_MINOR_FAULT,
	HV_MEMORY_UNUSED,
	HV_MEMORY_AVAILABLE,
	HV_MEMORY_ACTUAL,
	HV_MEMORY_RSS,
	HV_MEMORY_USABLE,
	HV_MEMORY_LAST_UPDATE,
	HV_MEMORY_DISK_CACHES,
	HV_MEMORY_HUGETLB_PGALLOC,
	HV_MEMORY_HUGETLB_PGFAIL,
	HV_MEMORY_COUNT
};
struct hv_memory_stat {
	enum hv_memory tag;
	guint64 value;
};

/* An emulator. */
struct hv_machine {
	char *name;  /* versioned */
	char *alias; /* NULL: none */
	unsigned int max_vcpus;
};
struct hv_probe {
	char *emulator; /* path */
	char *arch;
	bool has_kvm;         /* it works here */
	GPtrArray *machines;  /* struct hv_machine, those that can be started */
	char **cpu_models;
};
void hv_probe_clear(struct hv_probe *probe);

enum hv_job { HV_JOB_NONE, HV_JOB_ACTIVE, HV_JOB_DONE, HV_JOB_FAILED };

struct hv_ops {
	const char *name;   /* "QEMU" as virConnectGetType */
	/* Disks are names: no file of theirs is ever looked at. Internal snapshots are kept by the
	 * hypervisor itself, whatever the disks' formats, and even where there is no disk: then
	 * tag_query tells of one as if there were one. */
	bool simulates_disks;
	/* A guard sees what becomes of a running guest, and notes it: nobody else has to. */
	bool is_watched;

	/* Versioned machine name for an alias, or NULL (hypervisor not installed, no alias). */
	char *(*machine_for)(struct hv *hv, const char *emulator, const char *alias);
	/* What it does not honour of a configuration, see xml/elements.h. */
	GPtrArray *(*unsupported)(const struct xml_tree *domain);
	/* Can this configuration be started: expand `tree` (addresses, versioned machine, cpu) in
	 * place as live XML. Refuses what cannot be built. is_first_start: addresses were missing
	 * (ret_pinned: the tree has new addresses that belong into the config too). */
	bool (*expand)(struct hv *hv, struct xml_tree *tree, bool *ret_pinned, GError **err);

	/* Start the guest's process stopped, under its guard; `incoming`: it waits for an image.
	 * On return run_fd holds alive (locked by the process), guard.qmp, ctl.qmp, state; tree may
	 * have got run-time facts (pty paths). Guard waits for go. */
	bool (*spawn)(struct hv *hv, struct guest *g, struct xml_tree *tree, bool incoming,
		      GError **err);
	/* Tell the guard that run/ is published. */
	bool (*go)(struct hv *hv, struct guest *g, GError **err);
	/* Undo spawn before go: the process is killed and waited for. */
	void (*abandon)(struct hv *hv, struct guest *g);
	/* Start a guard for a guest that has none (guard was killed). No-op when one is there. */
	bool (*adopt)(struct hv *hv, struct guest *g, GError **err);

	bool (*status)(struct hv *hv, struct guest *g, enum hv_status *ret, GError **err);
	bool (*cont)(struct hv *hv, struct guest *g, GError **err);
	bool (*stop)(struct hv *hv, struct guest *g, GError **err);
	bool (*powerdown)(struct hv *hv, struct guest *g, GError **err);
	/* Ask the process to end and wait for it; succeeds when it is gone. */
	bool (*quit)(struct hv *hv, struct guest *g, GError **err);

	/* Write memory and device state to fd from its current offset, blocking; guest must be
	 * stopped before; progress/cancel through run/job and run/cancel. After success the guest
	 * is in HV_POSTMIGRATE and fd's offset is behind the stream. */
	bool (*save)(struct hv *hv, struct guest *g, int fd, GError **err);
	/* Load such a stream (guest was spawned with incoming); paused after. OPERATION_ABORTED: it
	 * was not to go on, by g->watch or run/cancel. */
	bool (*load)(struct hv *hv, struct guest *g, int fd, GError **err);
	/* Is a save under way, done, failed (after the client died)? */
	bool (*save_job)(struct hv *hv, struct guest *g, enum hv_job *ret, GError **err);
	/* Cancel a save under way and wait until it is. */
	bool (*save_cancel)(struct hv *hv, struct guest *g, GError **err);

	/* Internal snapshots. With a live process (g->run_fd >= 0; one that has ended meanwhile is a
	 * failure) by job, else on the files. Each is all or nothing as far as the hypervisor can; a kill leaves what tag_query
	 * tells. */
	bool (*snap_save)(struct hv *hv, struct guest *g, const struct hv_disk *disks, size_t n,
			  const char *tag, GError **err);
	bool (*snap_load)(struct hv *hv, struct guest *g, const struct hv_disk *disks, size_t n,
			  const char *tag, GError **err);
	bool (*snap_drop)(struct hv *hv, struct guest *g, const struct hv_disk *disks, size_t n,
			  const char *tag, GError **err);
	bool (*tag_query)(struct hv *hv, struct guest *g, const struct hv_disk *disks, size_t n,
			  const char *tag, struct hv_tag *ret, GError **err);
	/* Wait for a snapshot job that a dead client left behind; none: success at once. */
	bool (*snap_settle)(struct hv *hv, struct guest *g, GError **err);
	/* Repair leaks of images after a process died in the middle (qemu-img check -r leaks).
	 * Only with the process gone. */
	bool (*repair)(struct hv *hv, const struct hv_disk *disks, size_t n, GError **err);
	/* Active dirty bitmaps on any disk? */
	bool (*has_bitmaps)(struct hv *hv, struct guest *g, const struct hv_disk *disks, size_t n,
			    bool *ret, GError **err);

	/* Header of an image for the fingerprint: hex digest of the first bytes that identify its
	 * content state; NULL for formats without one. */
	char *(*image_header)(struct hv *hv, const char *path, const char *format, GError **err);
	/* Before a start: each disk exists, is of the format that is said, has no surprise in its
	 * header (data_file, json:, backing file not in the XML). */
	bool (*check_disk)(struct hv *hv, const struct hv_disk *disk, bool is_readonly, GError **err);

	/* What follows may be NULL: the hypervisor cannot do it. */

	/* Version of the program, major * 1000000 + minor * 1000 + micro. */
	bool (*version)(struct hv *hv, unsigned long *ret_version, GError **err);
	/* All internal snapshots of one disk (struct hv_snapshot), read from its file alone. */
	GPtrArray *(*snap_list)(struct hv *hv, const struct hv_disk *disk, GError **err);
	/* The command line that spawn would execute, as text for a shell. `tree` is expanded. */
	char *(*native)(struct hv *hv, struct xml_tree *tree, GError **err);
	/* What the emulator is and can do; emulator NULL: the one that is used by default. */
	bool (*probe)(struct hv *hv, const char *emulator, struct hv_probe *ret, GError **err);
	/* Size of a disk as the guest sees it, from the head of its image alone. */
	bool (*disk_size)(struct hv *hv, const struct hv_disk *disk, guint64 *ret_size,
			  GError **err);
	/* Power button, and the guest is started again when it is off. */
	bool (*reboot)(struct hv *hv, struct guest *g, GError **err);
	/* The running configuration says something new about the guest's own ends (on_poweroff,
	 * on_reboot, on_crash). NULL: they are the same whatever it says. */
	bool (*set_ends)(struct hv *hv, struct guest *g, const struct xml_tree *live, GError **err);
	/* Take back a reboot that was asked for and has not come. */
	bool (*cancel_reboot)(struct hv *hv, struct guest *g, GError **err);
	bool (*reset)(struct hv *hv, struct guest *g, GError **err);
	/* Without the domain's lock: nobody waits for a guest with that. ret_reply (the whole answer,
	 * JSON) may be NULL. ARGUMENT_UNSUPPORTED: there is no channel; AGENT_UNRESPONSIVE;
	 * OPERATION_FAILED: it refused. */
	bool (*agent)(struct hv *hv, struct guest *g, const struct hv_agent_call *call,
		      char **ret_reply, GError **err);
	/* Is somebody at the guest's end of that channel? False also where there is none. */
	bool (*agent_is_open)(struct hv *hv, struct guest *g, bool *ret_is_open, GError **err);
	/* Pull the cable of the i-th interface, or plug it in. */
	bool (*set_link)(struct hv *hv, struct guest *g, guint nic, bool is_up, GError **err);
	bool (*inject_nmi)(struct hv *hv, struct guest *g, GError **err);
	bool (*send_keys)(struct hv *hv, struct guest *g, const struct hv_keys *keys, GError **err);
	/* What the screen shows as PNG, written to fd (open for writing only). */
	bool (*screenshot)(struct hv *hv, struct guest *g, unsigned int screen, int fd,
			   GError **err);
	bool (*disk_stats)(struct hv *hv, struct guest *g, const char *target,
			   struct hv_disk_stats *ret_stats, GError **err);
	/* struct hv_vcpu, in the order of their numbers. */
	GArray *(*vcpus)(struct hv *hv, struct guest *g, GError **err);
	/* struct hv_memory_stat: those that are known. */
	GArray *(*memory_stats)(struct hv *hv, struct guest *g, GError **err);
	/* How often the guest is asked about its memory, in seconds; 0: never. */
	bool (*set_memory_period)(struct hv *hv, struct guest *g, unsigned int seconds,
				  GError **err);
	/* One command in the hypervisor's own language; the whole reply, also when it is a refusal.
	 * is_hmp: a command for people. */
	char *(*monitor)(struct hv *hv, struct guest *g, const char *command, bool is_hmp,
			 GError **err);

	/* The port with that alias of a running guest; NULL: its console, else its first port. Asks
	 * nobody, and no lock is held. VIR_ERR_INVALID_ARG: no such port; OPERATION_UNSUPPORTED: it
	 * cannot be talked to. */
	bool (*console)(const struct xml_tree *live, const char *alias, struct hv_console *ret,
			GError **err);

	/* Add to the XML of a running guest what is not in live.xml: paths in run_dir (absolute), and
	 * which channels the guest has open (a bit each, see struct run_state). */
	void (*show)(struct xml_tree *live, const char *run_dir, guint32 channels);

	void (*close_session)(struct hv *hv, struct guest *g);
	/* Free the hypervisor handle itself. */
	void (*close)(struct hv *hv);
};

/* One opened hypervisor: ops and the driver's own data behind it. */
struct hv {
	const struct hv_ops *ops;
};
