/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * The engine, second part: looking closer at domains and at their guests. Errors and manners are
 * engine.h's: what is said to read takes no lock and changes nothing.
 */
#include <glib.h>
#include <stdbool.h>
#include "engine/engine.h"
#include "model/hv.h"
#include "xml/tree.h"

/* ---- Host ---- */

bool engine_version(struct engine *e, unsigned long *ret_version, GError **err);

/* The command line that start would execute for XML; nothing is started or changed. */
char *engine_native(struct engine *e, const char *xml, GError **err);
/* <capabilities>: the host, and what guests it can have. */
char *engine_capabilities(struct engine *e, GError **err);
/* <domainCapabilities> of an emulator and a machine; each may be NULL: the default one. */
struct domain_choice {
	const char *emulator, *arch, *machine, *type;
};
char *engine_domain_capabilities(struct engine *e, const struct domain_choice *choice,
				 GError **err);
/* Names of the CPU models of an architecture, sorted. */
char **engine_cpu_models(struct engine *e, const char *arch, GError **err);

struct host_info {
	char model[32];
	guint64 memory_kib;
	unsigned int cpus, mhz, nodes, sockets, cores, threads; /* each per one of the former */
};
bool engine_host_info(struct host_info *ret_info, GError **err);

/* CPUs of the host in order of number: whether each is on. */
GArray *engine_host_cpus(GError **err);
/* Time that CPUs have spent, in nanoseconds; cpu -1: all together. */
struct host_time {
	guint64 user, system, idle, iowait;
};
bool engine_host_time(int cpu, struct host_time *ret_time, GError **err);
/* Memory of the host, KiB. */
struct host_memory {
	guint64 total, free, buffers, cached;
};
bool engine_host_memory(struct host_memory *ret_memory, GError **err);
/* type: "kvm", "qemu", NULL for the better one. -1 on error. */
int engine_max_vcpus(const char *type, GError **err);

/* ---- Reading ---- */

/* The configuration as a tree, secrets included; no libxml2. */
struct xml_tree *engine_tree(struct engine *e, const char *name, bool inactive, GError **err);
/* A path below the domain's run/ (file NULL: that itself) for people and their programs; caller
 * frees. */
char *engine_run_path(struct engine *e, const char *name, const char *file);

struct disk_sizes {
	guint64 capacity, allocation, physical;
};
/* The target of a disk that is named by it or by its source; NULL: VIR_ERR_INVALID_ARG. */
char *engine_disk_target(struct engine *e, const char *name, const char *disk, GError **err);
/* The targets of all disks. */
GPtrArray *engine_disk_targets(struct engine *e, const char *name, GError **err);
/* disk: target or source path. VIR_ERR_INVALID_ARG: none such, or it is empty. */
bool engine_disk_sizes(struct engine *e, const char *name, const char *disk,
		       struct disk_sizes *ret_sizes, GError **err);

/* The XML of the managed save image; file not NULL: of that file instead (name is NULL). */
char *engine_saved_xml(struct engine *e, const char *name, const char *file, bool security,
		       GError **err);

/* ---- Notes ---- */

enum note { NOTE_DESCRIPTION, NOTE_TITLE, NOTE_ELEMENT };
/* Which configuration: impact is a virDomainModificationImpact; writing allows both bits. */
char *engine_note(struct engine *e, const char *name, enum note note, const char *uri,
		  unsigned int impact, GError **err);
/* text NULL: remove it. key: prefix of an element. */
struct note_change {
	enum note note;
	const char *text, *key, *uri;
	unsigned int impact;
};
bool engine_set_note(struct engine *e, const char *name, const struct note_change *change,
		     GError **err);

/* ---- A guest's own end ---- */

/* type, action: virDomainLifecycle, virDomainLifecycleAction, in range; impact as in a note. */
struct lifecycle_change {
	unsigned int type, action, impact;
};
/* VIR_ERR_CONFIG_UNSUPPORTED: the two do not go together. */
bool engine_set_lifecycle(struct engine *e, const char *name,
			  const struct lifecycle_change *change, GError **err);

/* ---- Cables ---- */

/* mac: of the interface; impact as in a note. VIR_ERR_INVALID_ARG: there is none. */
struct link_change {
	const char *mac;
	bool is_up;
	unsigned int impact;
};
bool engine_set_link(struct engine *e, const char *name, const struct link_change *change,
		     GError **err);

/* ---- The agent in a guest ---- */

/* The agent's whole answer; timeout_ms < 0: a preset. VIR_ERR_ARGUMENT_UNSUPPORTED: no channel leads
 * to one; VIR_ERR_AGENT_UNRESPONSIVE. */
char *engine_agent_command(struct engine *e, const char *name, const char *command,
			   gint64 timeout_ms, GError **err);
/* Hand it a command, as soon as it shows that it is there, and do not wait for the answer. */
bool engine_agent_post(struct engine *e, const char *name, const char *command, GError **err);
/* 1: one answers, 0: not within that time (ms, negative: no limit), -1: for instance it is off. */
int engine_await_agent(struct engine *e, const char *name, gint64 timeout_ms, GError **err);
/* ---- Size ---- */

/* KiB, or how many. It is for the next start: the stored configuration is changed, no guest. */
enum size { SIZE_MEMORY, SIZE_MAX_MEMORY, SIZE_VCPUS, SIZE_MAX_VCPUS };
bool engine_set_size(struct engine *e, const char *name, enum size size, guint64 value,
		     GError **err);

/* ---- Guests ---- */

/* Ask it to shut down, or to reboot. by_agent, by_button: the ways that are wanted, the agent first;
 * neither: the agent where the guest has its channel open, else the button, which also follows when
 * the agent does not answer. VIR_ERR_ARGUMENT_UNSUPPORTED: only the agent is wanted, and there is no
 * channel; VIR_ERR_AGENT_UNRESPONSIVE. *ret_done: how it was asked; both: the agent did not answer. */
struct power_wish {
	bool is_reboot, by_agent, by_button;
};
bool engine_power(struct engine *e, const char *name, const struct power_wish *wish,
		  struct power_wish *ret_done, GError **err);
bool engine_reset(struct engine *e, const char *name, GError **err);
bool engine_inject_nmi(struct engine *e, const char *name, GError **err);
/* codes: QNUM. */
bool engine_send_keys(struct engine *e, const char *name, const unsigned int *codes, size_t n,
		      unsigned int hold_ms, GError **err);
/* A descriptor at the start of a PNG that has no name; -1 on error. */
int engine_screenshot(struct engine *e, const char *name, unsigned int screen, GError **err);
char *engine_monitor(struct engine *e, const char *name, const char *command, bool is_hmp,
		     GError **err);

/* The bytes of a serial port. fd is not blocking; on a terminal its end is EIO. Who holds `lock`
 * uses the port; `asked` is readable once somebody else wants it (force): let it go then. */
struct console {
	int fd, lock, asked;
};
/* alias NULL: the console. force: ask who uses it to let go, and wait for that. VIR_ERR_INVALID_ARG
 * (no such port), OPERATION_UNSUPPORTED (it cannot be talked to), OPERATION_FAILED (in use). */
bool engine_console(struct engine *e, const char *name, const char *alias, bool force,
		    struct console *ret_console, GError **err);

/* disk: target or source path. */
bool engine_disk_stats(struct engine *e, const char *name, const char *disk,
		       struct hv_disk_stats *ret_stats, GError **err);

/* struct hv_vcpu; struct hv_memory_stat. */
GArray *engine_vcpus(struct engine *e, const char *name, GError **err);
GArray *engine_memory_stats(struct engine *e, const char *name, GError **err);
bool engine_set_memory_period(struct engine *e, const char *name, unsigned int seconds,
			      GError **err);

enum control { CONTROL_OK, CONTROL_JOB, CONTROL_OCCUPIED, CONTROL_SILENT };
/* asks: take the lock and ask the hypervisor; else only what can be seen from outside. */
bool engine_control(struct engine *e, const char *name, bool asks, enum control *ret,
		    GError **err);

/* ---- Jobs ---- */

enum job_kind { JOB_OTHER, JOB_SAVE, JOB_LOAD, JOB_SNAPSHOT };
struct job_info {
	bool is_active;
	enum job_kind kind;
	gint64 elapsed_ms;
	gint64 done, total; /* bytes; total 0: not known */
};
bool engine_job(struct engine *e, const char *name, struct job_info *ret_job, GError **err);
bool engine_abort_job(struct engine *e, const char *name, GError **err);

/* 1: it is off and done with, 0: not within that time (ms, negative: no limit), -1. */
int engine_await_off(struct engine *e, const char *name, gint64 timeout_ms, GError **err);

/* ---- Doctor ---- */

struct finding {
	char *domain; /* NULL: the store */
	const char *code;
	char *item;   /* what in the domain: a snapshot's name; may be NULL */
	char *what;
	char *remedy;
	char *done;   /* what was done about it; NULL: nothing */
};
/* Nothing is thrown away: what goes goes to old/ or into the trash. */
enum doctor_work {
	DOCTOR_LOOK,
	DOCTOR_SETTLE, /* do what the next writer would do, and look for nothing else */
	DOCTOR_FIX,    /* repair what can be */
};
/* name NULL: the whole store. */
GPtrArray *engine_doctor(struct engine *e, const char *name, enum doctor_work work,
			 GError **err);
