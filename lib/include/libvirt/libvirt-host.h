/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * Connections: one root directory with its domains. Programs include <libvirt/libvirt.h>.
 *
 * A connection is opened, used and closed; it holds no lock between calls, so any number of them
 * may stand on one root. Domains and snapshots hold a reference on their connection.
 */
#include <libvirt/libvirt-common.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct _virConnect virConnect; /* opaque */
typedef virConnect *virConnectPtr;

#define VIR_UUID_BUFLEN (16)            /* bytes of a raw UUID */
#define VIR_UUID_STRING_BUFLEN (36 + 1) /* of its text form, with the zero byte */

/*
 * Prepare the library. Every function does so by itself; calling it is allowed at any time, from
 * any thread, as often as you like.
 *
 * Returns 0; never fails.
 */
int virInitialize(void);

/*
 * The version of this library, in the notation of LIBVIR_VERSION_NUMBER.
 *
 * libVer: receives the libvirt level whose API it offers.
 * type: ignored.
 * typeVer: when not NULL, receives the same number.
 * Returns 0, or -1 with VIR_ERR_INVALID_ARG when libVer is NULL.
 */
int virGetVersion(unsigned long *libVer, const char *type, unsigned long *typeVer);

/*
 * Open a connection.
 *
 * name: a URI: qemu:///session, qemu:///system or qemu:///embed?root=DIR (an absolute path), or an
 * alias from the configuration. NULL or "" picks the configured default, else qemu:///system for
 * root and qemu:///session for others. A root that is missing is made by the first change.
 * Returns a connection to be closed with virConnectClose(), or NULL with:
 * VIR_ERR_NO_CONNECT (no driver for this URI), VIR_ERR_INVALID_ARG (not a URI, or root= missing),
 * VIR_ERR_OPERATION_DENIED or VIR_ERR_SYSTEM_ERROR (the root may not be used, with the reason),
 * VIR_ERR_CONFIG_UNSUPPORTED (the root's file system cannot keep the store's promises).
 */
virConnectPtr virConnectOpen(const char *name);

/*
 * Like virConnectOpen(), but nothing can be changed through it: changing calls fail with
 * VIR_ERR_OPERATION_DENIED.
 */
virConnectPtr virConnectOpenReadOnly(const char *name);

/*
 * Count one more holder of the connection. Give it back with virConnectClose().
 *
 * Returns 0, or -1.
 */
int virConnectRef(virConnectPtr conn);

/*
 * Give up one reference. The connection ends with its last reference, those that its domains and
 * snapshots hold included.
 *
 * Returns how many references are left besides (0: it was the last), or -1.
 */
int virConnectClose(virConnectPtr conn);

/*
 * The driver's name: "QEMU" for all qemu URIs.
 *
 * Returns a static string that must not be freed, or NULL.
 */
const char *virConnectGetType(virConnectPtr conn);

/*
 * The version of the hypervisor program that guests would be started with.
 *
 * hvVer: receives major * 1000000 + minor * 1000 + micro; 0 when it cannot be known.
 * Returns 0, or -1 with VIR_ERR_INVALID_ARG (hvVer is NULL) or VIR_ERR_CONFIG_UNSUPPORTED (the
 * program is not installed).
 */
int virConnectGetVersion(virConnectPtr conn, unsigned long *hvVer);

/*
 * The version of the library that does the work, in the notation of LIBVIR_VERSION_NUMBER. As
 * there is no daemon it is always the one that virGetVersion() tells.
 *
 * Returns 0, or -1 with VIR_ERR_INVALID_ARG when libVer is NULL.
 */
int virConnectGetLibVersion(virConnectPtr conn, unsigned long *libVer);

/*
 * The name of the host, fully qualified when the resolver knows more than the bare name.
 *
 * Returns a string that the caller frees with free(), or NULL with VIR_ERR_SYSTEM_ERROR.
 */
char *virConnectGetHostname(virConnectPtr conn);

/*
 * The URI of the connection, in full: opened with NULL, it is the one that was picked.
 *
 * Returns a string that the caller frees with free(), or NULL.
 */
char *virConnectGetURI(virConnectPtr conn);

/*
 * Whether the connection still works. Without a daemon nothing can break it.
 *
 * Returns 1, or -1.
 */
int virConnectIsAlive(virConnectPtr conn);

/* Why a connection was closed. */
typedef enum {
	VIR_CONNECT_CLOSE_REASON_ERROR = 0,
	VIR_CONNECT_CLOSE_REASON_EOF = 1,
	VIR_CONNECT_CLOSE_REASON_KEEPALIVE = 2,
	VIR_CONNECT_CLOSE_REASON_CLIENT = 3,
#ifdef VIR_ENUM_SENTINELS
	VIR_CONNECT_CLOSE_REASON_LAST
#endif
} virConnectCloseReason;

typedef void (*virConnectCloseFunc)(virConnectPtr conn, int reason, void *opaque);

/*
 * Be told when the connection breaks, which without a daemon never happens: cb is kept, and not
 * called. There is one for a connection.
 *
 * freecb: when not NULL, called with opaque when the callback is unregistered or the connection
 * ends.
 * Returns 0, or -1: VIR_ERR_INVALID_ARG (cb is NULL), VIR_ERR_OPERATION_INVALID (there is one).
 */
int virConnectRegisterCloseCallback(virConnectPtr conn, virConnectCloseFunc cb, void *opaque,
				    virFreeCallback freecb);
/* Returns 0, or -1: VIR_ERR_INVALID_ARG (it is not the one that is registered). */
int virConnectUnregisterCloseCallback(virConnectPtr conn, virConnectCloseFunc cb);

/*
 * Have the other end asked regularly whether it is still there. There is none, so that any values
 * are fine and nothing is done.
 *
 * interval: seconds; 0 or less: never. count: of unanswered questions until it counts as gone.
 * Returns 0, or -1.
 */
int virConnectSetKeepAlive(virConnectPtr conn, int interval, unsigned int count);

/*
 * Whether what is said over the connection is encrypted. Nothing leaves the process.
 *
 * Returns 0 (no), or -1.
 */
int virConnectIsEncrypted(virConnectPtr conn);

/*
 * Whether others can listen in. Nothing leaves the process.
 *
 * Returns 1 (secure), or -1.
 */
int virConnectIsSecure(virConnectPtr conn);

#define VIR_SECURITY_MODEL_BUFLEN (256 + 1)
#define VIR_SECURITY_DOI_BUFLEN (256 + 1)

typedef struct _virSecurityModel virSecurityModel;
typedef virSecurityModel *virSecurityModelPtr;
struct _virSecurityModel {
	char model[VIR_SECURITY_MODEL_BUFLEN]; /* "none", "selinux", … */
	char doi[VIR_SECURITY_DOI_BUFLEN];     /* domain of interpretation of its labels */
};

/*
 * How guests are labelled. domsh puts no labels on guests or files: "none", "0".
 *
 * secmodel: storage of the caller.
 * Returns 0, or -1 with VIR_ERR_INVALID_ARG when secmodel is NULL.
 */
int virNodeGetSecurityModel(virConnectPtr conn, virSecurityModelPtr secmodel);

/* What the host is made of. sockets, cores and threads are each per one of the former; their product
 * with nodes may be less than cpus where CPUs are off. */
typedef struct _virNodeInfo virNodeInfo;
typedef virNodeInfo *virNodeInfoPtr;
struct _virNodeInfo {
	char model[32];       /* "x86_64" */
	unsigned long memory; /* KiB */
	unsigned int cpus;    /* CPUs that are on */
	unsigned int mhz;     /* 0 when the host does not tell */
	unsigned int nodes;   /* NUMA cells */
	unsigned int sockets; /* per cell */
	unsigned int cores;   /* per socket */
	unsigned int threads; /* per core */
};

/*
 * CPUs and memory of the host.
 *
 * Returns 0, or -1 with VIR_ERR_INVALID_ARG when info is NULL.
 */
int virNodeGetInfo(virConnectPtr conn, virNodeInfoPtr info);

/*
 * The most virtual CPUs that a guest of a type can have.
 *
 * type: "kvm" (what this host's KVM says), "qemu", or NULL for KVM where it can be used.
 * Returns their number, or -1 with VIR_ERR_INVALID_ARG (no such type), VIR_ERR_SYSTEM_ERROR (KVM
 * cannot be used).
 */
int virConnectGetMaxVcpus(virConnectPtr conn, const char *type);

/*
 * What the host is and what guests it can have, as an XML document <capabilities>. Only what domsh
 * knows is in it: no UUID of the host, no name of its CPU.
 *
 * Returns a string to be freed with free(), or NULL.
 */
char *virConnectGetCapabilities(virConnectPtr conn);

/*
 * What one kind of guest can have, as <domainCapabilities>.
 *
 * emulatorbin: path, NULL: the one that is used by default. arch: NULL: the emulator's. machine: a name
 * or alias, NULL: "pc". virttype: "kvm" or "qemu", NULL: KVM where it can be used. flags: 0.
 * Returns a string to be freed with free(), or NULL with VIR_ERR_INVALID_ARG (no such architecture,
 * machine or type), VIR_ERR_CONFIG_UNSUPPORTED (no such emulator), VIR_ERR_NO_SUPPORT (the driver has
 * none).
 */
char *virConnectGetDomainCapabilities(virConnectPtr conn, const char *emulatorbin,
				      const char *arch, const char *machine,
				      const char *virttype, unsigned int flags);

/*
 * The command line that a start of this XML would execute. Nothing is started or changed.
 *
 * nativeFormat: "qemu-argv". domainXml: a <domain>. flags: 0.
 * Returns text for a shell, the descriptors that it cannot show as comments in front, to be freed
 * with free(); or NULL with VIR_ERR_INVALID_ARG (another format), VIR_ERR_XML_ERROR,
 * VIR_ERR_CONFIG_UNSUPPORTED with reasons (start would refuse it), VIR_ERR_NO_SUPPORT (the driver's
 * guests have no command line).
 */
char *virConnectDomainXMLToNative(virConnectPtr conn, const char *nativeFormat,
				  const char *domainXml, unsigned int flags);

/*
 * Names of CPU models that guests of an architecture can have, sorted.
 *
 * models: receives a NULL-terminated array of strings, each and the array to be freed with free();
 * may be NULL. flags: 0.
 * Returns their number, or -1 with VIR_ERR_INVALID_ARG (no such architecture).
 */
int virConnectGetCPUModelNames(virConnectPtr conn, const char *arch, char ***models,
			       unsigned int flags);

/*
 * Which CPUs of the host are on.
 *
 * cpumap: receives a bit for each CPU, the lowest first, to be freed with free(); may be NULL.
 * online: receives how many are on; may be NULL. flags: 0.
 * Returns the number of CPUs that the host has, or -1.
 */
int virNodeGetCPUMap(virConnectPtr conn, unsigned char **cpumap, unsigned int *online,
		     unsigned int flags);

#define VIR_NODE_CPU_STATS_FIELD_LENGTH 80
#define VIR_NODE_CPU_STATS_ALL_CPUS (-1)
#define VIR_NODE_CPU_STATS_KERNEL "kernel"
#define VIR_NODE_CPU_STATS_USER "user"
#define VIR_NODE_CPU_STATS_IDLE "idle"
#define VIR_NODE_CPU_STATS_IOWAIT "iowait"

typedef struct _virNodeCPUStats virNodeCPUStats;
typedef virNodeCPUStats *virNodeCPUStatsPtr;
struct _virNodeCPUStats {
	char field[VIR_NODE_CPU_STATS_FIELD_LENGTH]; /* VIR_NODE_CPU_STATS_… */
	unsigned long long value;                    /* nanoseconds since the host booted */
};

/*
 * What the host's CPUs spent their time with.
 *
 * cpuNum: a CPU that is on, or VIR_NODE_CPU_STATS_ALL_CPUS. params: NULL: only nparams is set.
 * nparams: in: room in params; out: how many were filled in (or there are). flags: 0.
 * Returns 0, or -1 with VIR_ERR_INVALID_ARG.
 */
int virNodeGetCPUStats(virConnectPtr conn, int cpuNum, virNodeCPUStatsPtr params, int *nparams,
		       unsigned int flags);

#define VIR_NODE_MEMORY_STATS_FIELD_LENGTH 80
#define VIR_NODE_MEMORY_STATS_ALL_CELLS (-1)
#define VIR_NODE_MEMORY_STATS_TOTAL "total"
#define VIR_NODE_MEMORY_STATS_FREE "free"
#define VIR_NODE_MEMORY_STATS_BUFFERS "buffers"
#define VIR_NODE_MEMORY_STATS_CACHED "cached"

typedef struct _virNodeMemoryStats virNodeMemoryStats;
typedef virNodeMemoryStats *virNodeMemoryStatsPtr;
struct _virNodeMemoryStats {
	char field[VIR_NODE_MEMORY_STATS_FIELD_LENGTH]; /* VIR_NODE_MEMORY_STATS_… */
	unsigned long long value;                       /* KiB */
};

/*
 * How the host's memory is used; params and nparams as in virNodeGetCPUStats().
 *
 * cellNum: VIR_NODE_MEMORY_STATS_ALL_CELLS; single cells are not supported
 * (VIR_ERR_ARGUMENT_UNSUPPORTED).
 * Returns 0, or -1.
 */
int virNodeGetMemoryStats(virConnectPtr conn, int cellNum, virNodeMemoryStatsPtr params,
			  int *nparams, unsigned int flags);

#ifdef __cplusplus
}
#endif
