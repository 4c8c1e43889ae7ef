/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * More to know of a domain: its disks' sizes, notes, saved configurations, jobs, statistics.
 * Programs include <libvirt/libvirt.h>.
 */
#include <libvirt/libvirt-domain.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Disks -------------------------------------------------------------------------------- */

typedef struct _virDomainBlockInfo virDomainBlockInfo;
typedef virDomainBlockInfo *virDomainBlockInfoPtr;
struct _virDomainBlockInfo {
	unsigned long long capacity;   /* as the guest sees it, bytes */
	unsigned long long allocation; /* what it takes on the host's disk, bytes */
	unsigned long long physical;   /* size of the file or device, bytes */
};

/*
 * Sizes of a disk, from its image; the guest is not asked.
 *
 * disk: a target ("vda") or a source path.
 * flags: 0.
 * Returns 0, or -1 with VIR_ERR_INVALID_ARG (no such disk, or nothing is in it).
 */
int virDomainGetBlockInfo(virDomainPtr domain, const char *disk, virDomainBlockInfoPtr info,
			  unsigned int flags);

/* What a disk has done since the guest's process began; -1: not known. */
typedef struct _virDomainBlockStats virDomainBlockStatsStruct;
typedef virDomainBlockStatsStruct *virDomainBlockStatsPtr;
struct _virDomainBlockStats {
	long long rd_req, rd_bytes, wr_req, wr_bytes;
	long long errs; /* always -1 */
};

#define VIR_DOMAIN_BLOCK_STATS_FIELD_LENGTH VIR_TYPED_PARAM_FIELD_LENGTH
#define VIR_DOMAIN_BLOCK_STATS_READ_REQ "rd_operations"
#define VIR_DOMAIN_BLOCK_STATS_READ_BYTES "rd_bytes"
#define VIR_DOMAIN_BLOCK_STATS_READ_TOTAL_TIMES "rd_total_times" /* ns */
#define VIR_DOMAIN_BLOCK_STATS_WRITE_REQ "wr_operations"
#define VIR_DOMAIN_BLOCK_STATS_WRITE_BYTES "wr_bytes"
#define VIR_DOMAIN_BLOCK_STATS_WRITE_TOTAL_TIMES "wr_total_times"
#define VIR_DOMAIN_BLOCK_STATS_FLUSH_REQ "flush_operations"
#define VIR_DOMAIN_BLOCK_STATS_FLUSH_TOTAL_TIMES "flush_total_times"
#define VIR_DOMAIN_BLOCK_STATS_ERRS "errs" /* not told */

/*
 * What a disk of a running guest has read and written. The hypervisor is asked, so the domain's
 * lock is waited for.
 *
 * disk: its target ("vda") or its source. size: bytes of *stats that the caller knows of.
 * params: room for *nparams values, which becomes how many were written; with *nparams 0 it
 * becomes how many there are. All are of type LLONG. flags: 0.
 * Return 0, or -1 with VIR_ERR_INVALID_ARG (there is no such disk), VIR_ERR_OPERATION_INVALID (it
 * is off), VIR_ERR_NO_SUPPORT (the hypervisor does not count).
 */
int virDomainBlockStats(virDomainPtr domain, const char *disk, virDomainBlockStatsPtr stats,
			size_t size);
int virDomainBlockStatsFlags(virDomainPtr domain, const char *disk, virTypedParameterPtr params,
			     int *nparams, unsigned int flags);

typedef enum {
	VIR_DOMAIN_DISK_ERROR_NONE = 0,
	VIR_DOMAIN_DISK_ERROR_UNSPEC = 1,
	VIR_DOMAIN_DISK_ERROR_NO_SPACE = 2,
#ifdef VIR_ENUM_SENTINELS
	VIR_DOMAIN_DISK_ERROR_LAST
#endif
} virDomainDiskErrorCode;

typedef struct _virDomainDiskError virDomainDiskError;
typedef virDomainDiskError *virDomainDiskErrorPtr;
struct _virDomainDiskError {
	char *disk; /* target; the caller's, to be freed with free() */
	int error;  /* virDomainDiskErrorCode */
};

/*
 * Which disks of a running guest stand at a request that failed.
 *
 * errors: room for `maxerrors` entries. maxerrors: 0 asks for the number of disks. flags: 0.
 * Returns how many entries were written (or the number of disks), or -1; errors as above.
 */
int virDomainGetDiskErrors(virDomainPtr domain, virDomainDiskErrorPtr errors,
			   unsigned int maxerrors, unsigned int flags);

/* ---- Notes -------------------------------------------------------------------------------- */

/*
 * Write what virDomainGetMetadata() reads.
 *
 * type: virDomainMetadataType.
 * metadata: the text, or the element as XML; NULL (and "" for the texts) removes it.
 * key: the prefix of the element's namespace, with ELEMENT and a metadata, else NULL.
 * uri: the namespace with ELEMENT, else NULL.
 * flags: virDomainModificationImpact; LIVE and CONFIG together are both.
 * Returns 0, or -1 with VIR_ERR_INVALID_ARG, VIR_ERR_XML_ERROR (not XML, or a title of several
 * lines), VIR_ERR_OPERATION_INVALID (LIVE while off, CONFIG of a transient domain).
 */
int virDomainSetMetadata(virDomainPtr domain, int type, const char *metadata, const char *key,
			 const char *uri, unsigned int flags);

/* ---- Saved configurations ----------------------------------------------------------------- */

typedef enum {
	VIR_DOMAIN_SAVE_IMAGE_XML_SECURE = VIR_DOMAIN_XML_SECURE, /* with passwords */
} virDomainSaveImageXMLFlags;

/*
 * The configuration that a saved guest goes on with: of its managed save image, or of a file that
 * save made (libvirt's too).
 *
 * flags: SECURE (denied on a read-only connection).
 * Returns a string to be freed with free(), or NULL with VIR_ERR_OPERATION_INVALID (no managed save
 * image), VIR_ERR_OPERATION_FAILED (not a save image), VIR_ERR_SYSTEM_ERROR.
 */
char *virDomainManagedSaveGetXMLDesc(virDomainPtr domain, unsigned int flags);
char *virDomainSaveImageGetXMLDesc(virConnectPtr conn, const char *file, unsigned int flags);

/* ---- Jobs --------------------------------------------------------------------------------- */

typedef enum {
	VIR_DOMAIN_JOB_NONE = 0,
	VIR_DOMAIN_JOB_BOUNDED = 1,   /* under way, its end can be foreseen */
	VIR_DOMAIN_JOB_UNBOUNDED = 2, /* under way */
	VIR_DOMAIN_JOB_COMPLETED = 3,
	VIR_DOMAIN_JOB_FAILED = 4,
	VIR_DOMAIN_JOB_CANCELLED = 5,
#ifdef VIR_ENUM_SENTINELS
	VIR_DOMAIN_JOB_LAST
#endif
} virDomainJobType;

typedef enum {
	VIR_DOMAIN_JOB_OPERATION_UNKNOWN = 0,
	VIR_DOMAIN_JOB_OPERATION_START = 1,
	VIR_DOMAIN_JOB_OPERATION_SAVE = 2,
	VIR_DOMAIN_JOB_OPERATION_RESTORE = 3,
	VIR_DOMAIN_JOB_OPERATION_MIGRATION_IN = 4,
	VIR_DOMAIN_JOB_OPERATION_MIGRATION_OUT = 5,
	VIR_DOMAIN_JOB_OPERATION_SNAPSHOT = 6,
	VIR_DOMAIN_JOB_OPERATION_SNAPSHOT_REVERT = 7,
	VIR_DOMAIN_JOB_OPERATION_DUMP = 8,
	VIR_DOMAIN_JOB_OPERATION_BACKUP = 9,
	VIR_DOMAIN_JOB_OPERATION_SNAPSHOT_DELETE = 10,
#ifdef VIR_ENUM_SENTINELS
	VIR_DOMAIN_JOB_OPERATION_LAST
#endif
} virDomainJobOperation;

#define VIR_DOMAIN_JOB_OPERATION "operation"           /* int */
#define VIR_DOMAIN_JOB_TIME_ELAPSED "time_elapsed"     /* unsigned long long, ms */
#define VIR_DOMAIN_JOB_DATA_TOTAL "data_total"         /* unsigned long long, bytes */
#define VIR_DOMAIN_JOB_DATA_PROCESSED "data_processed" /* unsigned long long, bytes */
#define VIR_DOMAIN_JOB_DATA_REMAINING "data_remaining" /* unsigned long long, bytes */

typedef struct _virDomainJobInfo virDomainJobInfo;
typedef virDomainJobInfo *virDomainJobInfoPtr;
struct _virDomainJobInfo {
	int type; /* virDomainJobType */
	unsigned long long timeElapsed, timeRemaining; /* ms */
	unsigned long long dataTotal, dataProcessed, dataRemaining;
	unsigned long long memTotal, memProcessed, memRemaining;
	unsigned long long fileTotal, fileProcessed, fileRemaining;
};

/*
 * The long job that is under way on a domain; never waits for it.
 *
 * Returns 0 (type NONE when there is none, or its command died), or -1 with
 * VIR_ERR_OPERATION_INVALID (off).
 */
int virDomainGetJobInfo(virDomainPtr domain, virDomainJobInfoPtr info);

/*
 * The same by names; what is not known is left out.
 *
 * type: receives a virDomainJobType.
 * params, nparams: receive the values, to be freed with virTypedParamsFree().
 * flags: 0.
 */
int virDomainGetJobStats(virDomainPtr domain, int *type, virTypedParameterPtr *params,
			 int *nparams, unsigned int flags);

/*
 * Ask the job to end; who runs it takes back what it did, and the guest goes on as before.
 *
 * Returns 0 once it was asked, or -1 with VIR_ERR_OPERATION_INVALID (no job, or one that cannot be
 * ended).
 */
int virDomainAbortJob(virDomainPtr domain);

/* ---- Statistics --------------------------------------------------------------------------- */

typedef enum {
	VIR_DOMAIN_STATS_STATE = (1 << 0),     /* state.state, state.reason */
	VIR_DOMAIN_STATS_CPU_TOTAL = (1 << 1), /* cpu.time, ns */
	VIR_DOMAIN_STATS_BALLOON = (1 << 2),   /* balloon.current, balloon.maximum, KiB */
	VIR_DOMAIN_STATS_VCPU = (1 << 3),      /* vcpu.current, vcpu.maximum */
	VIR_DOMAIN_STATS_INTERFACE = (1 << 4),
	VIR_DOMAIN_STATS_BLOCK = (1 << 5),
	VIR_DOMAIN_STATS_PERF = (1 << 6),
	VIR_DOMAIN_STATS_IOTHREAD = (1 << 7),
	VIR_DOMAIN_STATS_MEMORY = (1 << 8),
	VIR_DOMAIN_STATS_DIRTYRATE = (1 << 9),
	VIR_DOMAIN_STATS_VM = (1 << 10),
} virDomainStatsTypes;

typedef struct _virDomainStatsRecord virDomainStatsRecord;
typedef virDomainStatsRecord *virDomainStatsRecordPtr;
struct _virDomainStatsRecord {
	virDomainPtr dom;
	virTypedParameterPtr params;
	int nparams;
};

/* Filters as virConnectListAllDomainsFlags has them, and: */
typedef enum {
	VIR_CONNECT_GET_ALL_DOMAINS_STATS_ACTIVE = VIR_CONNECT_LIST_DOMAINS_ACTIVE,
	VIR_CONNECT_GET_ALL_DOMAINS_STATS_INACTIVE = VIR_CONNECT_LIST_DOMAINS_INACTIVE,
	VIR_CONNECT_GET_ALL_DOMAINS_STATS_PERSISTENT = VIR_CONNECT_LIST_DOMAINS_PERSISTENT,
	VIR_CONNECT_GET_ALL_DOMAINS_STATS_TRANSIENT = VIR_CONNECT_LIST_DOMAINS_TRANSIENT,
	VIR_CONNECT_GET_ALL_DOMAINS_STATS_RUNNING = VIR_CONNECT_LIST_DOMAINS_RUNNING,
	VIR_CONNECT_GET_ALL_DOMAINS_STATS_PAUSED = VIR_CONNECT_LIST_DOMAINS_PAUSED,
	VIR_CONNECT_GET_ALL_DOMAINS_STATS_SHUTOFF = VIR_CONNECT_LIST_DOMAINS_SHUTOFF,
	VIR_CONNECT_GET_ALL_DOMAINS_STATS_OTHER = VIR_CONNECT_LIST_DOMAINS_OTHER,
	VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT = 1 << 29, /* as always here */
	VIR_CONNECT_GET_ALL_DOMAINS_STATS_BACKING = 1 << 30,
	VIR_CONNECT_GET_ALL_DOMAINS_STATS_ENFORCE_STATS = 1U << 31, /* refuse unknown groups */
} virConnectGetAllDomainStatsFlags;

/*
 * Statistics of all domains that pass the filters, or of the given ones (an array that ends with
 * NULL; filters are not for it). No guest is asked and nothing waits.
 *
 * stats: virDomainStatsTypes; 0: all that there are.
 * retStats: receives an array that ends with NULL, to be freed with virDomainStatsRecordListFree().
 * flags: virConnectGetAllDomainStatsFlags.
 * Returns the number of records, or -1 with VIR_ERR_ARGUMENT_UNSUPPORTED (ENFORCE_STATS and a group
 * that this build does not know).
 */
int virConnectGetAllDomainStats(virConnectPtr conn, unsigned int stats,
				virDomainStatsRecordPtr **retStats, unsigned int flags);
int virDomainListGetStats(virDomainPtr *doms, unsigned int stats,
			  virDomainStatsRecordPtr **retStats, unsigned int flags);
void virDomainStatsRecordListFree(virDomainStatsRecordPtr *stats);

/* ---- CPUs and memory of a running guest --------------------------------------------------- */

typedef enum {
	VIR_VCPU_OFFLINE = 0,
	VIR_VCPU_RUNNING = 1, /* it may run; whether it does, the host's scheduler knows */
	VIR_VCPU_BLOCKED = 2,
} virVcpuState;

typedef struct _virVcpuInfo virVcpuInfo;
typedef virVcpuInfo *virVcpuInfoPtr;
struct _virVcpuInfo {
	unsigned int number;
	int state;                  /* virVcpuState */
	unsigned long long cpuTime; /* nanoseconds that it has spent */
	int cpu;                    /* of the host, where it was last; -1: not known */
};

/* Length of a map with a bit for each of so many CPUs. */
#define VIR_CPU_MAPLEN(cpu) (((cpu) + 7) / 8)
/* Is that CPU in the map of that length of the vcpu-th CPU of a guest? */
#define VIR_CPU_USABLE(cpumaps, maplen, vcpu, cpu) \
	(((cpumaps)[(vcpu) * (maplen) + (cpu) / 8] >> ((cpu) % 8)) & 1)

/*
 * Where the CPUs of a running guest are.
 *
 * info: room for `maxinfo` of them; may be NULL beside cpumaps. cpumaps: room for as many maps of
 * `maplen` bytes, in which the bits of the host's CPUs that it may run on are set; NULL with 0.
 * Returns how many are filled in, or -1 with VIR_ERR_OPERATION_INVALID (off), VIR_ERR_NO_SUPPORT
 * (not this driver's guests), VIR_ERR_INVALID_ARG.
 */
int virDomainGetVcpus(virDomainPtr domain, virVcpuInfoPtr info, int maxinfo, unsigned char *cpumaps,
		      int maplen);

/* Memory in KiB. But for the balloon's size and RSS the guest's driver tells them, when it is asked:
 * virDomainSetMemoryStatsPeriod(). */
typedef enum {
	VIR_DOMAIN_MEMORY_STAT_SWAP_IN = 0,
	VIR_DOMAIN_MEMORY_STAT_SWAP_OUT = 1,
	VIR_DOMAIN_MEMORY_STAT_MAJOR_FAULT = 2, /* a number, that needed a disk */
	VIR_DOMAIN_MEMORY_STAT_MINOR_FAULT = 3, /* a number, that did not */
	VIR_DOMAIN_MEMORY_STAT_UNUSED = 4,
	VIR_DOMAIN_MEMORY_STAT_AVAILABLE = 5,      /* all that it sees */
	VIR_DOMAIN_MEMORY_STAT_ACTUAL_BALLOON = 6, /* what the balloon leaves to it */
	VIR_DOMAIN_MEMORY_STAT_RSS = 7,            /* of QEMU's process on the host */
	VIR_DOMAIN_MEMORY_STAT_USABLE = 8,         /* without swapping */
	VIR_DOMAIN_MEMORY_STAT_LAST_UPDATE = 9,    /* when the guest told, seconds since the epoch */
	VIR_DOMAIN_MEMORY_STAT_DISK_CACHES = 10,
	VIR_DOMAIN_MEMORY_STAT_HUGETLB_PGALLOC = 11, /* a number */
	VIR_DOMAIN_MEMORY_STAT_HUGETLB_PGFAIL = 12,  /* a number */
	VIR_DOMAIN_MEMORY_STAT_NR = 13,
} virDomainMemoryStatTags;

typedef struct _virDomainMemoryStat virDomainMemoryStatStruct;
typedef virDomainMemoryStatStruct *virDomainMemoryStatPtr;
struct _virDomainMemoryStat {
	int tag; /* virDomainMemoryStatTags */
	unsigned long long val;
};

/*
 * How a running guest uses its memory.
 *
 * stats: room for `nr_stats`. flags: 0. Returns how many are filled in, those that are known, or -1
 * with VIR_ERR_OPERATION_INVALID (off), VIR_ERR_NO_SUPPORT (not this driver's guests).
 */
int virDomainMemoryStats(virDomainPtr domain, virDomainMemoryStatPtr stats, unsigned int nr_stats,
			 unsigned int flags);

/*
 * How often a running guest's driver is asked about its memory.
 *
 * period: seconds; 0: not at all, which is so after a start. flags: 0 or VIR_DOMAIN_AFFECT_LIVE.
 * Returns 0, or -1 with VIR_ERR_OPERATION_INVALID (off), VIR_ERR_NO_SUPPORT,
 * VIR_ERR_OPERATION_FAILED (it has no balloon).
 */
int virDomainSetMemoryStatsPeriod(virDomainPtr domain, int period, unsigned int flags);

#ifdef __cplusplus
}
#endif
