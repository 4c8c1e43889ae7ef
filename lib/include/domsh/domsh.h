/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * What domsh has and libvirt has no name for: the reasons of a refusal, the plan of an undefine,
 * the trash, and a few flags. Everything else is libvirt's API, in <libvirt/libvirt.h>.
 *
 * Functions return -1 or NULL on failure and set the calling thread's last error
 * (virGetLastError()). Strings and arrays handed out are the caller's: free them with the
 * function that is named.
 */
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Reasons ------------------------------------------------------------------------------ */

struct domshReason {
	char *code;      /* stable word: "snapshots", "managed-save", "nvram", "protected", … */
	char *label;     /* for people, short: "3 snapshots" */
	char *what;      /* for people: names, paths, dates */
	long long size;  /* bytes; -1 when not known or not meant */
	long long since; /* seconds since the epoch; 0 when not known */
	char *option;    /* the way out: an option and what it does, or a command; may be NULL */
};

/*
 * Every reason of a refusal, in the order in which they are told.
 *
 * err: NULL, or what virGetLastError() returned in this thread; other errors have no reasons.
 * reasons: receives an array, to be freed by domshReasonsFree(); NULL when there are none.
 * Returns the number of reasons; 0 when the error is not a refusal. Never fails.
 */
int domshErrorReasons(virErrorPtr err, struct domshReason **reasons);
void domshReasonsFree(struct domshReason *reasons, int n);

/*
 * Tell the library which command line it works for. The text (at most 200 bytes are kept) is
 * shown to others who wait for a lock and is recorded in tombstones; give option names only,
 * never values. NULL takes it back. Process-wide; call it before anything else.
 */
void domshSetCommand(const char *command);

/*
 * What the calling thread's last call had to say beside its success, and forget it: sentences for
 * people. Those that may have something to say: virDomainDefineXML() and virDomainDefineXMLFlags()
 * (what virDomainCreate() will refuse of the configuration, state that was kept for the uuid and
 * came back), virDomainCreate() and its like (the guest goes on from a managed save image that is
 * older than its definition), virDomainCreateXML(), virDomainRestore() and its like.
 *
 * remarks: receives an array that ends with NULL, to be freed by domshRemarksFree(); NULL: they are
 * only forgotten.
 * Returns their number, 0 when there is nothing to say. Never fails; the last error stays as it is.
 */
int domshTakeRemarks(char ***remarks);
void domshRemarksFree(char **remarks);

/* ---- Plans and undefine ------------------------------------------------------------------- */

/* What becomes of one thing when a plan is carried out. */
typedef enum {
	DOMSH_FATE_STAYS = 0,     /* not touched */
	DOMSH_FATE_TRASH = 1,     /* into the trash, can be taken back */
	DOMSH_FATE_OLD = 2,       /* into the domain's old/, can be taken back */
	DOMSH_FATE_KEPT = 3,      /* kept for the next domain of this uuid */
	DOMSH_FATE_AT_END = 4,    /* goes into the trash when the guest ends */
	DOMSH_FATE_PERMANENT = 5, /* gone, cannot be taken back */
} domshFate;

struct domshPlanItem {
	domshFate fate;
	char *what;     /* "configuration", "snapshot 'base'", "managed save image", … */
	char *where;    /* a path, or NULL */
	long long size; /* bytes, or -1 */
};
void domshPlanFree(struct domshPlanItem *items, int n);

typedef enum {
	DOMSH_UNDEFINE_PURGE = 1 << 0,   /* do not keep it in the trash: permanently */
	DOMSH_UNDEFINE_DRY_RUN = 1 << 1, /* change nothing, hand out the plan */
} domshUndefineFlags;

/*
 * virDomainUndefineFlags() with our flags beside libvirt's.
 *
 * items, nitems: when not NULL, receive the plan (what goes where), to be freed by
 * domshPlanFree(). With DOMSH_UNDEFINE_DRY_RUN nothing is changed; refusals are the same.
 * Errors: as virDomainUndefineFlags(); VIR_ERR_OPERATION_INVALID with reasons when refused.
 */
int domshDomainUndefine(virDomainPtr domain, unsigned int flags, unsigned int domshFlags,
			struct domshPlanItem **items, int *nitems);

/* ---- Life cycle --------------------------------------------------------------------------- */

typedef enum {
	DOMSH_START_ACCEPT_DISKS = 1 << 0, /* resume although a disk changed since the save */
} domshStartFlags;

/* virDomainCreateWithFlags() with our flags. */
int domshDomainCreate(virDomainPtr domain, unsigned int flags, unsigned int domshFlags);

/*
 * virDomainShutdownFlags() and virDomainReboot(), and how the guest was asked.
 *
 * used: receives VIR_DOMAIN_SHUTDOWN_GUEST_AGENT (its agent has taken it), _ACPI_POWER_BTN (its
 * power button was pressed), or both (the agent did not answer, and then the button was pressed);
 * may be NULL. Untouched on error. Errors: as theirs.
 */
int domshDomainShutdown(virDomainPtr domain, unsigned int flags, unsigned int *used);
int domshDomainReboot(virDomainPtr domain, unsigned int flags, unsigned int *used);

typedef enum {
	DOMSH_MANAGED_SAVE_PURGE = 1 << 0, /* delete the image instead of moving it to old/ */
} domshManagedSaveFlags;

/* virDomainManagedSaveRemove() with our flags. kept: when not NULL, the bytes that the image goes
 * on to occupy in old/ (0 when purged or when there was none). */
int domshDomainManagedSaveRemove(virDomainPtr domain, unsigned int domshFlags, long long *kept);

typedef enum {
	DOMSH_SAVE_OVERWRITE = 1 << 0, /* replace whatever regular file is there, but for disks */
} domshSaveFlags;

/* virDomainSaveFlags() with our flags. */
int domshDomainSave(virDomainPtr domain, const char *to, const char *dxml, unsigned int flags,
		    unsigned int domshFlags);

typedef enum {
	DOMSH_RESTORE_ACCEPT_DISKS = 1 << 0, /* although a disk changed since the save */
} domshRestoreFlags;

/* virDomainRestoreFlags() with our flags. Returns the domain, to be freed by virDomainFree(), or
 * NULL. */
virDomainPtr domshDomainRestore(virConnectPtr conn, const char *from, const char *dxml,
				unsigned int flags, unsigned int domshFlags);

/*
 * How far a call is that reads saved memory (virDomainCreate() of a domain with a managed save
 * image, virDomainRestore(), and their like), and a way to end it: virDomainAbortJob() needs a
 * domain, which a restore has not yet.
 *
 * A domshProgressFunc is called often, in the thread of that call. done, total: bytes; when they are
 * the same the guest is about to go on and the call can no longer be ended. Anything but 0 that
 * it returns ends the call: VIR_ERR_OPERATION_ABORTED, and nothing was changed. It must not
 * call the library.
 *
 * func: NULL for nobody. Set it before other threads use the connection. Returns 0, or -1.
 */
typedef int (*domshProgressFunc)(virConnectPtr conn, long long done, long long total,
				 void *opaque);
int domshConnectSetProgress(virConnectPtr conn, domshProgressFunc func, void *opaque);

/* 1 when a guard watches the running guest, 0 when its guard is gone (any command that changes
 * the guest starts a new one) or the guest is off, -1 on error. */
int domshDomainIsSupervised(virDomainPtr domain);

/* ---- Lists of domains --------------------------------------------------------------------- */

struct domshDomain {
	char *name;
	char *uuid;      /* NULL: not asked for, or its configuration cannot be read */
	char *title;     /* NULL: not asked for, or it has none */
	unsigned int id; /* (unsigned int)-1: it is off */
	int state;       /* virDomainState; VIR_DOMAIN_NOSTATE: it cannot be read */
	int isPersistent;
	int hasManagedSave; /* 0 also when it was not asked for */
};

/* What is more work than a list needs. */
typedef enum {
	DOMSH_LIST_UUID = 1 << 0,         /* opens each configuration */
	DOMSH_LIST_TITLE = 1 << 1,        /* opens each configuration */
	DOMSH_LIST_MANAGED_SAVE = 1 << 2, /* a look into each directory */
	/* Less, and alone: only `name` is filled in, and of each domain nothing is looked at. What a
	 * transient guest left at a power cut is among them. */
	DOMSH_LIST_ONLY_NAMES = 1 << 3,
} domshListDetails;

/*
 * Domains and what they do in one call, for lists of thousands: one that is off costs two system
 * calls.
 *
 * prefix: how their names begin; NULL: all.
 * flags: virConnectListAllDomainsFlags, as virConnectListAllDomains() takes them; 0 with
 * DOMSH_LIST_ONLY_NAMES.
 * details: bits of domshListDetails.
 * domains: receives an array in byte order of names, to be freed by domshDomainsFree().
 * Returns the number of entries, or -1 with VIR_ERR_INVALID_ARG (unknown flags or details, NULL) or
 * the error of the system that kept it from reading the store.
 */
int domshConnectListDomains(virConnectPtr conn, const char *prefix, unsigned int flags,
			    unsigned int details, struct domshDomain **domains);
void domshDomainsFree(struct domshDomain *domains, int n);

/* ---- Snapshots ---------------------------------------------------------------------------- */

/* What a list tells of a snapshot: the head of its record and its place among the others. */
struct domshSnapshot {
	char *name;
	char *parent;    /* NULL: it has none */
	char *state;     /* of the guest then: "shutoff", "running", "paused", "disk-snapshot"; NULL:
			  * the record cannot be read, and all but `name` says nothing */
	long long time;  /* when it was taken, seconds since the epoch; 0: not known */
	int isExternal;  /* 1: its data is in files of its own; 0: inside the disk images */
	int isCurrent;
	unsigned int children, descendants; /* how many */
};

/*
 * Snapshots of a domain in one call that reads no more than the head of each record, for lists of
 * thousands.
 *
 * from: NULL for all, or the name of a snapshot for what is below it.
 * flags: virDomainSnapshotListFlags, as virDomainListAllSnapshots() and, with `from`,
 * virDomainSnapshotListAllChildren() take them; so is the order.
 * snapshots: receives an array, to be freed by domshSnapshotsFree().
 * Returns the number of entries, or -1 with VIR_ERR_NO_DOMAIN, VIR_ERR_NO_DOMAIN_SNAPSHOT (`from`)
 * or VIR_ERR_INVALID_ARG (unknown flags, NULL).
 */
int domshDomainListSnapshots(virDomainPtr domain, const char *from, unsigned int flags,
			     struct domshSnapshot **snapshots);
/* The same of one. description: receives one entry, to be freed by domshSnapshotsFree(…, 1).
 * Returns 0, or -1 with VIR_ERR_NO_DOMAIN_SNAPSHOT. */
int domshSnapshotDescribe(virDomainSnapshotPtr snapshot, struct domshSnapshot **description);
void domshSnapshotsFree(struct domshSnapshot *snapshots, int n);

typedef enum {
	DOMSH_SNAPSHOT_EDIT_RENAME = 1 << 0, /* the record may get another name */
	DOMSH_SNAPSHOT_EDIT_CLONE = 1 << 1,  /* it gets one, and the old record stays */
} domshSnapshotEditFlags;

/*
 * Put another text in the place of a snapshot's record; the old one goes into the domain's old/.
 * Under another name its children follow, and it stays the current one if it was.
 *
 * xmlDesc: complete, as dumped.
 * flags: domshSnapshotEditFlags, which exclude each other.
 * Returns a handle to be freed with virDomainSnapshotFree(), or NULL with: VIR_ERR_INVALID_ARG
 * (another name without a flag), VIR_ERR_OPERATION_FAILED (the name is taken),
 * VIR_ERR_CONFIG_UNSUPPORTED (the disk images hold the snapshot under its name, which qcow2 cannot
 * change; record and data would no longer be called the same), and as
 * virDomainSnapshotCreateXML() with REDEFINE.
 */
virDomainSnapshotPtr domshSnapshotEdit(virDomainSnapshotPtr snapshot, const char *xmlDesc,
				       unsigned int flags);

/*
 * virDomainRevertToSnapshot() that first takes a snapshot of now, in the same plan: either both
 * are done or none. keep: its name; its parent is what was current before. NULL: none.
 * Errors: those of virDomainRevertToSnapshot() and, for `keep`, of virDomainSnapshotCreateXML().
 */
int domshSnapshotRevert(virDomainSnapshotPtr snapshot, const char *keep, unsigned int flags);

/*
 * What a revert or virDomainSnapshotDelete() would do; nothing is changed. Refusals are theirs.
 *
 * items, nitems: receive the plan, to be freed by domshPlanFree(). What goes back or is deleted
 * has the fate DOMSH_FATE_PERMANENT.
 */
int domshSnapshotPlanRevert(virDomainSnapshotPtr snapshot, const char *keep, unsigned int flags,
			    struct domshPlanItem **items, int *nitems);
int domshSnapshotPlanDelete(virDomainSnapshotPtr snapshot, unsigned int flags,
			    struct domshPlanItem **items, int *nitems);

/* ---- Trash -------------------------------------------------------------------------------- */

struct domshTrashEntry {
	char *id;       /* what domshTrashRestore() takes */
	char *domain;   /* name of the domain it is or was part of */
	char *uuid;     /* may be NULL */
	char *what;     /* "domain", "running, undefined", "config", "snapshot NAME", "save image" */
	char *command;  /* the command that put it there; may be NULL */
	long long time; /* seconds since the epoch */
	long long size; /* bytes on disk */
};

/* All entries, oldest first; with a domain's name only those of it, its old/ included.
 * Returns their number. */
int domshTrashList(virConnectPtr conn, const char *domain, struct domshTrashEntry **entries);
void domshTrashListFree(struct domshTrashEntry *entries, int n);

/* Take an entry back. id: an id of domshTrashList(), or the name of a domain (its newest entry
 * is meant). restored: when not NULL, receives the name of the domain; free() it.
 * Errors: VIR_ERR_OPERATION_INVALID with reasons when its name or uuid is taken,
 * VIR_ERR_INVALID_ARG when there is no such entry. */
int domshTrashRestore(virConnectPtr conn, const char *id, char **restored);

/* Delete entries permanently. id: one entry, or NULL for all that are older than `olderThan`
 * seconds (0: all), old/ of every domain included. With dryRun nothing is changed.
 * Returns how many (were or would be) deleted; freed: when not NULL, their bytes. */
int domshTrashEmpty(virConnectPtr conn, const char *id, long long olderThan, int dryRun,
		    long long *freed);

/* ---- Devices ------------------------------------------------------------------------------ */

/* Strings may be NULL where the configuration says nothing. */
struct domshDisk {
	char *target; /* "vda" */
	char *source; /* path; NULL: nothing is in it */
	char *type;   /* "file", "block", … */
	char *device; /* "disk", "cdrom", "floppy" */
	char *format; /* "qcow2", "raw" */
};

struct domshInterface {
	char *name;   /* on the host; NULL: none, or off */
	char *type;   /* "user", "network", "bridge", … */
	char *source; /* name of what it is plugged into */
	char *model;
	char *mac;
	char *link; /* its cable: "up" or "down" */
};

struct domshDisplay {
	char *type;     /* "vnc", "spice", … */
	char *listen;   /* address; NULL: it listens on a socket only */
	char *socket;   /* path of a unix socket */
	char *password; /* only when asked for */
	int port, tlsPort; /* -1: none */
};

/*
 * Devices of a domain in the order of its configuration, the running guest's when it runs.
 *
 * flags: VIR_DOMAIN_XML_INACTIVE for the stored configuration; for displays also
 * VIR_DOMAIN_XML_SECURE for passwords (denied on a read-only connection).
 * Return the number of entries.
 */
int domshDomainListDisks(virDomainPtr domain, unsigned int flags, struct domshDisk **disks);
void domshDisksFree(struct domshDisk *disks, int n);
int domshDomainListInterfaces(virDomainPtr domain, unsigned int flags,
			      struct domshInterface **interfaces);
void domshInterfacesFree(struct domshInterface *interfaces, int n);

/*
 * Plug in the cable of an interface, or pull it.
 *
 * mac: of the interface. up: 0 pulls it. flags: virDomainModificationImpact; of a running guest its
 * driver sees it at once. (libvirt does it by virDomainUpdateDeviceFlags(), which is for changes of
 * any device.)
 * Returns 0, or -1 with VIR_ERR_INVALID_ARG (no such interface), VIR_ERR_OPERATION_INVALID (it is
 * not running, or has no stored configuration), VIR_ERR_NO_SUPPORT (not this driver's guests).
 */
int domshDomainSetLink(virDomainPtr domain, const char *mac, int up, unsigned int flags);

int domshDomainListDisplays(virDomainPtr domain, unsigned int flags,
			    struct domshDisplay **displays);
void domshDisplaysFree(struct domshDisplay *displays, int n);

/* Path of the terminal that the guest's first console or serial port is on, to be freed with
 * free(). NULL without an error (virGetLastError() is NULL) when it is on none, or off. */
char *domshDomainGetTerminal(virDomainPtr domain);

/* ---- Parts of XML ------------------------------------------------------------------------- */

typedef enum {
	DOMSH_XML_PATH_WRAP = 1 << 0, /* one document, with <nodes> around the parts */
} domshXMLPathFlags;

/*
 * What an XPath 1.0 expression selects in an XML text, such as virDomainGetXMLDesc() returns.
 *
 * xml: at most 10 MiB, without a DOCTYPE. expression: may use the prefixes that the text declares.
 * flags: bits of domshXMLPathFlags.
 * Returns a text to be freed with free(): each node on a line, elements with their content,
 * attributes as name="value" after a blank; of an expression that is a number, a string or a truth
 * value its text. "" when nothing is selected. It is printed anew: for reading, not for keeping.
 * Errors: VIR_ERR_XML_ERROR; VIR_ERR_INVALID_ARG for the expression; VIR_ERR_NO_SUPPORT when
 * libxml2 is not installed.
 */
char *domshXMLPath(const char *xml, const char *expression, unsigned int flags);

/* ---- Protection --------------------------------------------------------------------------- */

/* Whether undefine, snapshot-delete and removal of storage are refused: 1 or 0, or -1. */
int domshDomainIsProtected(virDomainPtr domain);
/* Refuse them from now on, or no more. Errors: VIR_ERR_OPERATION_INVALID (transient). */
int domshDomainSetProtected(virDomainPtr domain, int isProtected);

/* ---- Waiting ------------------------------------------------------------------------------ */

typedef enum {
	DOMSH_AWAIT_INACTIVE = 0, /* the guest has ended and what its end asks for is done */
	DOMSH_AWAIT_AGENT = 1,    /* an agent in the guest answers */
} domshAwaitCondition;

/*
 * Wait until a condition holds. timeoutMs: at most so many milliseconds; negative: for ever.
 * Returns 1 when it holds (a transient domain that is gone is inactive), 0 when the time is over,
 * -1 on error: for AGENT VIR_ERR_ARGUMENT_UNSUPPORTED (no channel leads to one),
 * VIR_ERR_OPERATION_INVALID (off).
 */
int domshDomainAwait(virDomainPtr domain, unsigned int condition, long long timeoutMs);

/* ---- Doctor ------------------------------------------------------------------------------- */

struct domshFinding {
	char *domain; /* NULL: about the store as a whole */
	char *code;   /* stable word: "intent", "unclear", "stale-run", "record", "uuid", … */
	char *what;   /* for people */
	char *remedy; /* what to do; may be NULL */
	char *done;   /* what was done about it; NULL: nothing, it is as it was */
};

typedef enum {
	DOMSH_DOCTOR_FIX = 1 << 0,    /* repair what can be */
	DOMSH_DOCTOR_SETTLE = 1 << 1, /* do only what the next use of each name would do */
} domshDoctorFlags;

/*
 * Look for what is out of step. domain: a name, or NULL for the whole store.
 *
 * Without flags nothing is changed. With DOMSH_DOCTOR_FIX (neither flag goes with a read-only connection) unfinished
 * work is finished or taken back, records that cannot be used go into the domain's old/, and
 * snapshots in images that have no record get one; nothing is deleted for good. What could not be
 * repaired has `done` NULL, and says why in `remedy`.
 *
 * DOMSH_DOCTOR_SETTLE, for a host that has just booted, looks at no image, configuration or record:
 * unfinished work is finished or taken back, and the end of guests that nobody saw is dealt with.
 *
 * Returns the number of findings, repaired ones included; 0 when all is well.
 */
int domshDoctor(virConnectPtr conn, const char *domain, unsigned int flags,
		struct domshFinding **findings);
void domshFindingsFree(struct domshFinding *findings, int n);

#ifdef __cplusplus
}
#endif
