/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * Domains: guests, running or not. Programs include <libvirt/libvirt.h>.
 *
 * A domain is persistent (has a configuration that outlives the guest) or transient (is there as
 * long as its guest runs), and active (running or paused) or not. Inactive and transient at once
 * does not exist.
 *
 * A handle names a domain; it does not keep it. It knows the name and, once it was looked up by
 * UUID or asked for the UUID, that as well. When no domain has the name any more, or one of
 * another UUID than the handle knows, calls fail with VIR_ERR_NO_DOMAIN; comments below do not
 * repeat this, nor VIR_ERR_SYSTEM_ERROR (errno in int1) where the disk says no.
 *
 * Calls that change a domain wait for others that do (up to the store's lock-wait), then fail
 * with VIR_ERR_RESOURCE_BUSY and name the holder. A refused call changed nothing.
 */
#include <libvirt/libvirt-host.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct _virDomain virDomain; /* opaque */
typedef virDomain *virDomainPtr;

/* ---- States ------------------------------------------------------------------------------- */

typedef enum {
	VIR_DOMAIN_NOSTATE = 0,     /* not known */
	VIR_DOMAIN_RUNNING = 1,     /* CPUs run */
	VIR_DOMAIN_BLOCKED = 2,     /* never told by QEMU: waits for a resource */
	VIR_DOMAIN_PAUSED = 3,      /* CPUs are held */
	VIR_DOMAIN_SHUTDOWN = 4,    /* on its way to off */
	VIR_DOMAIN_SHUTOFF = 5,     /* off */
	VIR_DOMAIN_CRASHED = 6,     /* the guest crashed and was preserved */
	VIR_DOMAIN_PMSUSPENDED = 7, /* asleep by its own power management */
#ifdef VIR_ENUM_SENTINELS
	VIR_DOMAIN_LAST
#endif
} virDomainState;

/*
 * Reasons: each state has its own numbers. 0 is always "not known": domsh never invents one.
 */
typedef enum {
	VIR_DOMAIN_NOSTATE_UNKNOWN = 0,
#ifdef VIR_ENUM_SENTINELS
	VIR_DOMAIN_NOSTATE_LAST
#endif
} virDomainNostateReason;

typedef enum {
	VIR_DOMAIN_RUNNING_UNKNOWN = 0,
	VIR_DOMAIN_RUNNING_BOOTED = 1,             /* started from nothing */
	VIR_DOMAIN_RUNNING_MIGRATED = 2,           /* came from another host */
	VIR_DOMAIN_RUNNING_RESTORED = 3,           /* from a saved image */
	VIR_DOMAIN_RUNNING_FROM_SNAPSHOT = 4,      /* from a snapshot */
	VIR_DOMAIN_RUNNING_UNPAUSED = 5,           /* resumed */
	VIR_DOMAIN_RUNNING_MIGRATION_CANCELED = 6, /* stayed here after all */
	VIR_DOMAIN_RUNNING_SAVE_CANCELED = 7,      /* saving failed or was given up */
	VIR_DOMAIN_RUNNING_WAKEUP = 8,             /* woken from its sleep */
	VIR_DOMAIN_RUNNING_CRASHED = 9,            /* crashed, and goes on */
	VIR_DOMAIN_RUNNING_POSTCOPY = 10,          /* memory still comes in */
	VIR_DOMAIN_RUNNING_POSTCOPY_FAILED = 11,   /* memory stopped coming in */
#ifdef VIR_ENUM_SENTINELS
	VIR_DOMAIN_RUNNING_LAST
#endif
} virDomainRunningReason;

typedef enum {
	VIR_DOMAIN_BLOCKED_UNKNOWN = 0,
#ifdef VIR_ENUM_SENTINELS
	VIR_DOMAIN_BLOCKED_LAST
#endif
} virDomainBlockedReason;

typedef enum {
	VIR_DOMAIN_PAUSED_UNKNOWN = 0,
	VIR_DOMAIN_PAUSED_USER = 1,             /* somebody asked for it */
	VIR_DOMAIN_PAUSED_MIGRATION = 2,        /* to be moved while paused */
	VIR_DOMAIN_PAUSED_SAVE = 3,             /* while it is saved */
	VIR_DOMAIN_PAUSED_DUMP = 4,             /* while its memory is dumped */
	VIR_DOMAIN_PAUSED_IOERROR = 5,          /* a disk failed */
	VIR_DOMAIN_PAUSED_WATCHDOG = 6,         /* its watchdog fired */
	VIR_DOMAIN_PAUSED_FROM_SNAPSHOT = 7,    /* reverted, and left paused */
	VIR_DOMAIN_PAUSED_SHUTTING_DOWN = 8,    /* between power off and the end */
	VIR_DOMAIN_PAUSED_SNAPSHOT = 9,         /* while a snapshot is taken */
	VIR_DOMAIN_PAUSED_CRASHED = 10,         /* the guest crashed */
	VIR_DOMAIN_PAUSED_STARTING_UP = 11,     /* not started yet */
	VIR_DOMAIN_PAUSED_POSTCOPY = 12,        /* gone on elsewhere */
	VIR_DOMAIN_PAUSED_POSTCOPY_FAILED = 13, /* memory stopped going out */
#ifdef VIR_ENUM_SENTINELS
	VIR_DOMAIN_PAUSED_LAST
#endif
} virDomainPausedReason;

typedef enum {
	VIR_DOMAIN_SHUTDOWN_UNKNOWN = 0,
	VIR_DOMAIN_SHUTDOWN_USER = 1, /* somebody asked for it */
#ifdef VIR_ENUM_SENTINELS
	VIR_DOMAIN_SHUTDOWN_LAST
#endif
} virDomainShutdownReason;

typedef enum {
	VIR_DOMAIN_SHUTOFF_UNKNOWN = 0,
	VIR_DOMAIN_SHUTOFF_SHUTDOWN = 1,      /* the guest powered off */
	VIR_DOMAIN_SHUTOFF_DESTROYED = 2,     /* was killed on request */
	VIR_DOMAIN_SHUTOFF_CRASHED = 3,       /* guest or hypervisor crashed */
	VIR_DOMAIN_SHUTOFF_MIGRATED = 4,      /* runs elsewhere */
	VIR_DOMAIN_SHUTOFF_SAVED = 5,         /* was saved */
	VIR_DOMAIN_SHUTOFF_FAILED = 6,        /* could not be started */
	VIR_DOMAIN_SHUTOFF_FROM_SNAPSHOT = 7, /* reverted to a snapshot that was off */
	VIR_DOMAIN_SHUTOFF_DAEMON = 8,        /* libvirt's daemon decided it; never told here */
#ifdef VIR_ENUM_SENTINELS
	VIR_DOMAIN_SHUTOFF_LAST
#endif
} virDomainShutoffReason;

typedef enum {
	VIR_DOMAIN_CRASHED_UNKNOWN = 0,
	VIR_DOMAIN_CRASHED_PANICKED = 1, /* the guest's kernel panicked */
#ifdef VIR_ENUM_SENTINELS
	VIR_DOMAIN_CRASHED_LAST
#endif
} virDomainCrashedReason;

typedef enum {
	VIR_DOMAIN_PMSUSPENDED_UNKNOWN = 0,
#ifdef VIR_ENUM_SENTINELS
	VIR_DOMAIN_PMSUSPENDED_LAST
#endif
} virDomainPMSuspendedReason;

typedef enum {
	VIR_DOMAIN_PMSUSPENDED_DISK_UNKNOWN = 0,
#ifdef VIR_ENUM_SENTINELS
	VIR_DOMAIN_PMSUSPENDED_DISK_LAST
#endif
} virDomainPMSuspendedDiskReason;

/* Which configuration a call is about: the running guest's, the stored one, or (CURRENT) the one
 * of the state the domain is in. */
typedef enum {
	VIR_DOMAIN_AFFECT_CURRENT = 0,
	VIR_DOMAIN_AFFECT_LIVE = 1 << 0,
	VIR_DOMAIN_AFFECT_CONFIG = 1 << 1,
} virDomainModificationImpact;

typedef struct _virDomainInfo virDomainInfo;
typedef virDomainInfo *virDomainInfoPtr;
struct _virDomainInfo {
	unsigned char state;        /* virDomainState */
	unsigned long maxMem;       /* most memory it may have, KiB */
	unsigned long memory;       /* memory it has, KiB */
	unsigned short nrVirtCpu;   /* virtual CPUs */
	unsigned long long cpuTime; /* host CPU time used, ns; 0 when off */
};

/* ---- Finding domains ---------------------------------------------------------------------- */

/*
 * How many domains are active.
 *
 * Returns their number, or -1.
 */
int virConnectNumOfDomains(virConnectPtr conn);

/*
 * The ids of the active domains, ascending.
 *
 * ids: room for maxids numbers; may be NULL when maxids is 0.
 * maxids: at least 0; further ids are left out.
 * Returns how many were written, or -1 with VIR_ERR_INVALID_ARG. The set may change between two
 * calls: prefer virConnectListAllDomains().
 */
int virConnectListDomains(virConnectPtr conn, int *ids, int maxids);

/*
 * How many domains are inactive.
 *
 * Returns their number, or -1.
 */
int virConnectNumOfDefinedDomains(virConnectPtr conn);

/*
 * The names of the inactive domains, in byte order.
 *
 * names: room for maxnames pointers; receives strings that the caller frees one by one with
 * free(). May be NULL when maxnames is 0.
 * maxnames: at least 0; further names are left out.
 * Returns how many were written, or -1 with VIR_ERR_INVALID_ARG.
 */
int virConnectListDefinedDomains(virConnectPtr conn, char **const names, int maxnames);

/*
 * Filters of virConnectListAllDomains(). Bits in one group are alternatives that add up; all or
 * none of a group mean no filter. The groups are the blocks below.
 */
typedef enum {
	VIR_CONNECT_LIST_DOMAINS_ACTIVE = 1 << 0,
	VIR_CONNECT_LIST_DOMAINS_INACTIVE = 1 << 1,

	VIR_CONNECT_LIST_DOMAINS_PERSISTENT = 1 << 2,
	VIR_CONNECT_LIST_DOMAINS_TRANSIENT = 1 << 3,

	VIR_CONNECT_LIST_DOMAINS_RUNNING = 1 << 4,
	VIR_CONNECT_LIST_DOMAINS_PAUSED = 1 << 5,
	VIR_CONNECT_LIST_DOMAINS_SHUTOFF = 1 << 6,
	VIR_CONNECT_LIST_DOMAINS_OTHER = 1 << 7, /* any other state */

	VIR_CONNECT_LIST_DOMAINS_MANAGEDSAVE = 1 << 8,
	VIR_CONNECT_LIST_DOMAINS_NO_MANAGEDSAVE = 1 << 9,

	VIR_CONNECT_LIST_DOMAINS_AUTOSTART = 1 << 10,
	VIR_CONNECT_LIST_DOMAINS_NO_AUTOSTART = 1 << 11,

	VIR_CONNECT_LIST_DOMAINS_HAS_SNAPSHOT = 1 << 12,
	VIR_CONNECT_LIST_DOMAINS_NO_SNAPSHOT = 1 << 13,

	VIR_CONNECT_LIST_DOMAINS_HAS_CHECKPOINT = 1 << 14,
	VIR_CONNECT_LIST_DOMAINS_NO_CHECKPOINT = 1 << 15,
} virConnectListAllDomainsFlags;

/*
 * All domains that pass the filters, as one consistent list, in byte order of their names.
 *
 * domains: when not NULL, receives an array that ends with a NULL beyond the count. Free each
 * entry with virDomainFree() and the array with free(). NULL: only count.
 * flags: virConnectListAllDomainsFlags.
 * Returns their number, or -1; then *domains is not touched.
 */
int virConnectListAllDomains(virConnectPtr conn, virDomainPtr **domains, unsigned int flags);

/*
 * Find a domain by name, id, or UUID (16 bytes, or text with or without dashes).
 *
 * Returns a handle to be freed with virDomainFree(), or NULL with VIR_ERR_NO_DOMAIN, or
 * VIR_ERR_INVALID_ARG (name or uuid is NULL, id is negative, the text is not a UUID).
 */
virDomainPtr virDomainLookupByName(virConnectPtr conn, const char *name);
virDomainPtr virDomainLookupByID(virConnectPtr conn, int id);
virDomainPtr virDomainLookupByUUID(virConnectPtr conn, const unsigned char *uuid);
virDomainPtr virDomainLookupByUUIDString(virConnectPtr conn, const char *uuidstr);

/* ---- Handles ------------------------------------------------------------------------------ */

/*
 * The connection of a domain.
 *
 * Returns a borrowed handle that lives as long as the domain's (virConnectRef() to keep it), or
 * NULL with VIR_ERR_INVALID_DOMAIN.
 */
virConnectPtr virDomainGetConnect(virDomainPtr domain);

/*
 * Count one more holder of the handle. Give it back with virDomainFree().
 *
 * Returns 0, or -1 with VIR_ERR_INVALID_DOMAIN.
 */
int virDomainRef(virDomainPtr domain);

/*
 * Give up a reference; the domain itself is not touched.
 *
 * Returns 0, or -1 with VIR_ERR_INVALID_DOMAIN.
 */
int virDomainFree(virDomainPtr domain);

/* ---- Reading ------------------------------------------------------------------------------ */

/*
 * The name in the handle; after virDomainRename() through this handle, the new one.
 *
 * Returns a string that lives as long as the handle, or NULL with VIR_ERR_INVALID_DOMAIN.
 */
const char *virDomainGetName(virDomainPtr domain);

/*
 * The id of the running guest, a small positive number that is new with each start.
 *
 * Returns it, or (unsigned int)-1 when the domain is off (no error is set then) or on error.
 */
unsigned int virDomainGetID(virDomainPtr domain);

/*
 * The UUID in the handle.
 *
 * uuid: room for VIR_UUID_BUFLEN bytes.
 * Returns 0, or -1 with VIR_ERR_INVALID_ARG when uuid is NULL.
 */
int virDomainGetUUID(virDomainPtr domain, unsigned char *uuid);

/*
 * The UUID as text: lower case, with dashes.
 *
 * buf: room for VIR_UUID_STRING_BUFLEN bytes.
 * Returns 0, or -1 with VIR_ERR_INVALID_ARG when buf is NULL.
 */
int virDomainGetUUIDString(virDomainPtr domain, char *buf);

/*
 * What kind of operating system interface it has: "hvm" for full virtualisation.
 *
 * Returns a string that the caller frees with free(), or NULL.
 */
char *virDomainGetOSType(virDomainPtr domain);

/*
 * The most memory the domain may have.
 *
 * Returns KiB, or 0 on error.
 */
unsigned long virDomainGetMaxMemory(virDomainPtr domain);

/*
 * The most virtual CPUs the domain may have.
 *
 * Returns their number, or -1.
 */
int virDomainGetMaxVcpus(virDomainPtr domain);

typedef enum {
	VIR_DOMAIN_MEM_CURRENT = VIR_DOMAIN_AFFECT_CURRENT,
	VIR_DOMAIN_MEM_LIVE = VIR_DOMAIN_AFFECT_LIVE,
	VIR_DOMAIN_MEM_CONFIG = VIR_DOMAIN_AFFECT_CONFIG,
	VIR_DOMAIN_MEM_MAXIMUM = (1 << 2), /* what it may have, not what it has */
} virDomainMemoryModFlags;

typedef enum {
	VIR_DOMAIN_VCPU_CURRENT = VIR_DOMAIN_AFFECT_CURRENT,
	VIR_DOMAIN_VCPU_LIVE = VIR_DOMAIN_AFFECT_LIVE,
	VIR_DOMAIN_VCPU_CONFIG = VIR_DOMAIN_AFFECT_CONFIG,
	VIR_DOMAIN_VCPU_MAXIMUM = (1 << 2),
	VIR_DOMAIN_VCPU_GUEST = (1 << 3),       /* as the guest sees it: not supported */
	VIR_DOMAIN_VCPU_HOTPLUGGABLE = (1 << 4), /* not supported */
} virDomainVcpuFlags;

/*
 * How many virtual CPUs the domain has or, with MAXIMUM, may have.
 *
 * flags: bits of virDomainVcpuFlags; LIVE and CONFIG exclude each other.
 * Returns their number, or -1 with VIR_ERR_OPERATION_INVALID (LIVE: it is off; CONFIG: it is
 * transient) or VIR_ERR_INVALID_ARG.
 */
int virDomainGetVcpusFlags(virDomainPtr domain, unsigned int flags);

/*
 * Change how many CPUs the next start gives the guest, or (MAXIMUM) how many it may have; what it
 * has is lowered with that. A guest that runs keeps its CPUs.
 *
 * nvcpus: from 1 to the maximum. flags: bits of virDomainVcpuFlags.
 * Returns 0, or -1 with VIR_ERR_INVALID_ARG (too many or none; MAXIMUM with LIVE),
 * VIR_ERR_ARGUMENT_UNSUPPORTED (a running guest was meant: LIVE, or CURRENT while it runs),
 * VIR_ERR_OPERATION_INVALID (LIVE: it is off; it is transient; its CPU topology says how many).
 */
int virDomainSetVcpusFlags(virDomainPtr domain, unsigned int nvcpus, unsigned int flags);
/* virDomainSetVcpusFlags() with LIVE. */
int virDomainSetVcpus(virDomainPtr domain, unsigned int nvcpus);

/*
 * Change how much memory the next start gives the guest or, with MAXIMUM, how much it may have;
 * what it has is lowered with that.
 *
 * memory: KiB, more than 0. flags: bits of virDomainMemoryModFlags.
 * Returns 0, or -1; errors as of virDomainSetVcpusFlags().
 */
int virDomainSetMemoryFlags(virDomainPtr domain, unsigned long memory, unsigned int flags);
/* virDomainSetMemoryFlags() with LIVE, and with MAXIMUM. */
int virDomainSetMemory(virDomainPtr domain, unsigned long memory);
int virDomainSetMaxMemory(virDomainPtr domain, unsigned long memory);

/*
 * State, memory, CPUs and CPU time in one call; never asks the guest.
 *
 * info: storage of the caller, written on success only.
 * Returns 0, or -1 with VIR_ERR_INVALID_ARG when info is NULL.
 */
int virDomainGetInfo(virDomainPtr domain, virDomainInfoPtr info);

/*
 * The state and why the domain came into it.
 *
 * state: receives a virDomainState.
 * reason: when not NULL, receives a number from that state's enumeration of reasons.
 * flags: 0.
 * Returns 0, or -1 with VIR_ERR_INVALID_ARG when state is NULL.
 */
int virDomainGetState(virDomainPtr domain, int *state, int *reason, unsigned int flags);

/* Whether it is running or paused: 1 or 0, or -1. */
int virDomainIsActive(virDomainPtr domain);

/* Whether it has a configuration that outlives the guest: 1 or 0, or -1. */
int virDomainIsPersistent(virDomainPtr domain);

/* Whether the stored configuration was changed since the guest was started: 1 or 0, or -1; by now
 * always VIR_ERR_NO_SUPPORT. */
int virDomainIsUpdated(virDomainPtr domain);

/* Reading a domain's XML. */
typedef enum {
	VIR_DOMAIN_XML_SECURE = (1 << 0),     /* with passwords */
	VIR_DOMAIN_XML_INACTIVE = (1 << 1),   /* the stored one, even while a guest runs */
	VIR_DOMAIN_XML_UPDATE_CPU = (1 << 2), /* with the CPU model expanded for this host */
	VIR_DOMAIN_XML_MIGRATABLE = (1 << 3), /* as a save image has it */
} virDomainXMLFlags;

/*
 * The configuration: the running guest's, else the stored one.
 *
 * flags: SECURE and MIGRATABLE, which is the same here (both denied on a read-only connection);
 * INACTIVE, which of a transient domain is the configuration it was started with; UPDATE_CPU.
 * Returns a string that the caller frees with free(), or NULL with VIR_ERR_XML_ERROR (the file
 * was changed by hand and does not parse), VIR_ERR_ARGUMENT_UNSUPPORTED (UPDATE_CPU of a CPU that
 * is only known once the guest runs).
 */
char *virDomainGetXMLDesc(virDomainPtr domain, unsigned int flags);

/* What virDomainGetMetadata() can ask for. */
typedef enum {
	VIR_DOMAIN_METADATA_DESCRIPTION = 0, /* <description>: any text */
	VIR_DOMAIN_METADATA_TITLE = 1,       /* <title>: one line */
	VIR_DOMAIN_METADATA_ELEMENT = 2,     /* a child of <metadata>, by its namespace */
#ifdef VIR_ENUM_SENTINELS
	VIR_DOMAIN_METADATA_LAST
#endif
} virDomainMetadataType;

/*
 * What people and programs noted about a domain.
 *
 * type: virDomainMetadataType.
 * uri: the namespace with ELEMENT, else NULL.
 * flags: virDomainModificationImpact, not both.
 * Returns a string that the caller frees with free(), or NULL with VIR_ERR_NO_DOMAIN_METADATA
 * (there is none), VIR_ERR_INVALID_ARG, VIR_ERR_OPERATION_INVALID (LIVE of a domain that is off),
 * VIR_ERR_NO_SUPPORT (ELEMENT).
 */
char *virDomainGetMetadata(virDomainPtr domain, int type, const char *uri, unsigned int flags);

/* ---- Defining and undefining -------------------------------------------------------------- */

/* Defining a domain. */
typedef enum {
	VIR_DOMAIN_DEFINE_VALIDATE = (1 << 0), /* refuse what `start` would refuse */
} virDomainDefineFlags;

/*
 * Make a domain persistent, or replace its stored configuration (the old one goes into the
 * domain's old/). Over a running guest it takes effect at the next start; a transient one becomes
 * persistent. Managed save image, snapshots and checkpoints stay.
 *
 * xml: a <domain> document, at most 16 MiB. A missing uuid, and missing MAC addresses, are made up.
 * flags: virDomainDefineFlags.
 * Returns a handle to be freed with virDomainFree(), or NULL with: VIR_ERR_XML_ERROR (document or
 * name), VIR_ERR_OPERATION_FAILED (another domain has the name or the UUID),
 * VIR_ERR_OPERATION_INVALID (refused; reasons), VIR_ERR_CONFIG_UNSUPPORTED (VALIDATE found
 * something, with its path).
 * Rule: define.
 */
virDomainPtr virDomainDefineXMLFlags(virConnectPtr conn, const char *xml, unsigned int flags);

/* virDomainDefineXMLFlags() without flags. */
virDomainPtr virDomainDefineXML(virConnectPtr conn, const char *xml);

/* Undefining: each bit names something that may go with the domain. A bit for something that is
 * not there is accepted. NVRAM/KEEP_NVRAM and TPM/KEEP_TPM exclude each other. */
typedef enum {
	VIR_DOMAIN_UNDEFINE_MANAGED_SAVE = (1 << 0),         /* the managed save image */
	VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA = (1 << 1),   /* the records of snapshots */
	VIR_DOMAIN_UNDEFINE_NVRAM = (1 << 2),                /* the firmware variables */
	VIR_DOMAIN_UNDEFINE_KEEP_NVRAM = (1 << 3),           /* no: keep them for this UUID */
	VIR_DOMAIN_UNDEFINE_CHECKPOINTS_METADATA = (1 << 4), /* the records of checkpoints */
	VIR_DOMAIN_UNDEFINE_TPM = (1 << 5),                  /* the TPM's state, even if marked
							      * to be kept */
	VIR_DOMAIN_UNDEFINE_KEEP_TPM = (1 << 6),             /* no: keep it for this UUID */
} virDomainUndefineFlagsValues;

/*
 * Remove all traces of an inactive domain (into the trash); make a running one transient without
 * stopping it. Disk images are never touched. domshDomainUndefine() tells the plan.
 *
 * flags: virDomainUndefineFlagsValues.
 * Returns 0, or -1 with VIR_ERR_OPERATION_INVALID (refused: transient, protected, or something
 * would be lost that the flags do not name; all reasons are told and nothing was touched) or
 * VIR_ERR_INVALID_ARG (flags that exclude each other).
 * Rule: undefine.
 */
int virDomainUndefineFlags(virDomainPtr domain, unsigned int flags);

/* virDomainUndefineFlags() without flags. */
int virDomainUndefine(virDomainPtr domain);

/*
 * Give an inactive domain another name; snapshots, checkpoints and all else move along.
 *
 * newName: 1 to 255 bytes once escaped for a file name; no '/', no control characters.
 * flags: 0.
 * Returns 0 (the handle then has the new name; strings that virDomainGetName() gave out before
 * stay valid), or -1 with VIR_ERR_INVALID_ARG (NULL), VIR_ERR_XML_ERROR (bad name),
 * VIR_ERR_OPERATION_INVALID (the name is taken, the domain is active, or refused; reasons).
 * Rule: rename.
 */
int virDomainRename(virDomainPtr domain, const char *newName, unsigned int flags);

/* ---- Starting and stopping ---------------------------------------------------------------- */

/* Starting a guest. */
typedef enum {
	VIR_DOMAIN_NONE = 0,
	VIR_DOMAIN_START_PAUSED = 1 << 0,       /* do not let it run yet */
	VIR_DOMAIN_START_AUTODESTROY = 1 << 1,  /* kill it when the connection ends */
	VIR_DOMAIN_START_BYPASS_CACHE = 1 << 2, /* read the image around the page cache */
	VIR_DOMAIN_START_FORCE_BOOT = 1 << 3,   /* boot; the managed save image goes into old/ */
	VIR_DOMAIN_START_VALIDATE = 1 << 4,     /* of XML: refuse what nobody knows */
	VIR_DOMAIN_START_RESET_NVRAM = 1 << 5,  /* with fresh firmware variables */
} virDomainCreateFlags;

/*
 * Start a guest from XML. It is transient, unless an inactive persistent domain of the same name
 * and UUID is there: that one runs, with this XML.
 *
 * xmlDesc: a <domain> document, at most 16 MiB.
 * flags: PAUSED, RESET_NVRAM and AUTODESTROY by now. With the latter the guest is destroyed when the connection
 * ends: by its last reference, or with the process however that ends. The system drops a lock
 * then; a child that was forked and has executed nothing holds it as well. If the guest's guard
 * has been killed it runs on, until the next change of the domain brings another guard.
 * Returns a handle to be freed with virDomainFree(), or NULL with: VIR_ERR_XML_ERROR,
 * VIR_ERR_OPERATION_FAILED (name or UUID is another domain's; QEMU did not start: the message has
 * its words), VIR_ERR_OPERATION_INVALID (it runs already, or refused; reasons),
 * VIR_ERR_CONFIG_UNSUPPORTED (something in the XML, with its path).
 * Rule: create.
 */
virDomainPtr virDomainCreateXML(virConnectPtr conn, const char *xmlDesc, unsigned int flags);

/*
 * Start a persistent domain; with a managed save image it goes on where it was saved.
 *
 * flags: PAUSED, AUTODESTROY (as with virDomainCreateXML(), resumed or booted), FORCE_BOOT and
 * RESET_NVRAM by now. With the last the firmware's variables are made from their template again, and
 * those that were go into the domain's old/; refused with saved memory, which belongs to them.
 * Returns 0, or -1 with VIR_ERR_OPERATION_INVALID (it runs already, or refused; reasons, for
 * instance a disk that changed since the save), VIR_ERR_CONFIG_UNSUPPORTED (something in the XML,
 * with its path), VIR_ERR_OPERATION_FAILED (QEMU did not start; an image is kept).
 * Rule: start.
 */
int virDomainCreateWithFlags(virDomainPtr domain, unsigned int flags);

/* virDomainCreateWithFlags() without flags. */
int virDomainCreate(virDomainPtr domain);

/* Ways to ask a guest to power off. Several bits: one after the other until one can be sent. */
typedef enum {
	VIR_DOMAIN_SHUTDOWN_DEFAULT = 0,               /* the driver's choice; QEMU: see below */
	VIR_DOMAIN_SHUTDOWN_ACPI_POWER_BTN = (1 << 0), /* press the power button */
	VIR_DOMAIN_SHUTDOWN_GUEST_AGENT = (1 << 1),    /* ask the agent in the guest */
	VIR_DOMAIN_SHUTDOWN_INITCTL = (1 << 2),        /* containers only */
	VIR_DOMAIN_SHUTDOWN_SIGNAL = (1 << 3),         /* containers only */
	VIR_DOMAIN_SHUTDOWN_PARAVIRT = (1 << 4),       /* Xen only */
} virDomainShutdownFlagValues;

/*
 * Ask a running guest to power off. Returns when it was asked; the guest may ignore it.
 *
 * flags: the power button and the agent; the others are for other drivers. 0: the agent where the
 * guest has its channel open, else the button, which is also pressed when that agent has not
 * answered within 5 seconds. domshDomainShutdown() tells which it was.
 * Returns 0, or -1 with VIR_ERR_OPERATION_INVALID (off or paused) or
 * VIR_ERR_ARGUMENT_UNSUPPORTED (no agent's channel; a way this driver does not have).
 */
int virDomainShutdownFlags(virDomainPtr domain, unsigned int flags);

/* virDomainShutdownFlags() without flags. */
int virDomainShutdown(virDomainPtr domain);

/* Ending a guest by force. */
typedef enum {
	VIR_DOMAIN_DESTROY_DEFAULT = 0,
	VIR_DOMAIN_DESTROY_GRACEFUL = 1 << 0,    /* QEMU may flush; fail if it does not end */
	VIR_DOMAIN_DESTROY_REMOVE_LOGS = 1 << 1, /* its log goes too */
} virDomainDestroyFlagsValues;

/*
 * End a guest at once, as if its power was cut. A persistent domain is off afterwards; a
 * transient one is gone (into the trash when it had records).
 *
 * flags: GRACEFUL by now.
 * Returns 0, or -1 with VIR_ERR_OPERATION_INVALID (off), VIR_ERR_OPERATION_FAILED (GRACEFUL, and
 * the guest still runs).
 * Rule: exit.
 */
int virDomainDestroyFlags(virDomainPtr domain, unsigned int flags);

/* virDomainDestroyFlags() without flags. */
int virDomainDestroy(virDomainPtr domain);

/*
 * Hold the CPUs of a running guest; memory and devices stay. Paused already: success.
 *
 * Returns 0 once the state shows it, or -1 with VIR_ERR_OPERATION_INVALID (off).
 */
int virDomainSuspend(virDomainPtr domain);

/*
 * Let a paused guest run. Running already: success.
 *
 * Returns 0 once the state shows it, or -1 with VIR_ERR_OPERATION_INVALID (off, or in the middle
 * of something).
 */
int virDomainResume(virDomainPtr domain);

/* ---- Managed save ------------------------------------------------------------------------- */

/* Saving and restoring. RUNNING and PAUSED exclude each other; neither: as it is now. */
typedef enum {
	VIR_DOMAIN_SAVE_BYPASS_CACHE = 1 << 0, /* write around the page cache */
	VIR_DOMAIN_SAVE_RUNNING = 1 << 1,      /* run when it is resumed */
	VIR_DOMAIN_SAVE_PAUSED = 1 << 2,       /* be paused when it is resumed */
	VIR_DOMAIN_SAVE_RESET_NVRAM = 1 << 3,  /* of restoring: fresh firmware variables */
} virDomainSaveRestoreFlags;

/*
 * Write the memory of an active persistent domain into its directory and end the guest; the next
 * start goes on from there. While the image exists, nothing may change the disks.
 *
 * flags: RUNNING and PAUSED by now.
 * Returns 0, or -1 with VIR_ERR_OPERATION_INVALID (off, transient, or refused; reasons),
 * VIR_ERR_OPERATION_FAILED (saving failed; the guest goes on as before).
 * Rule: managed-save.
 */
int virDomainManagedSave(virDomainPtr domain, unsigned int flags);

/*
 * Whether there is a managed save image.
 *
 * flags: 0.
 * Returns 1 or 0, or -1.
 */
int virDomainHasManagedSaveImage(virDomainPtr domain, unsigned int flags);

/*
 * Give the managed save image up: it goes into the domain's old/ (the newest one is kept there).
 * Without an image: success. domshDomainManagedSaveRemove() tells how much space it keeps.
 *
 * flags: 0.
 * Returns 0, or -1.
 */
int virDomainManagedSaveRemove(virDomainPtr domain, unsigned int flags);

/* ---- Autostart ---------------------------------------------------------------------------- */

/*
 * Whether the domain is to be started with the host.
 *
 * autostart: receives 1 or 0.
 * Returns 0, or -1 with VIR_ERR_INVALID_ARG when autostart is NULL.
 */
int virDomainGetAutostart(virDomainPtr domain, int *autostart);

/*
 * Say whether the domain is to be started with the host.
 *
 * autostart: 0 no, anything else yes.
 * Returns 0, or -1 with VIR_ERR_OPERATION_INVALID (transient).
 */
int virDomainSetAutostart(virDomainPtr domain, int autostart);

#ifdef __cplusplus
}
#endif
