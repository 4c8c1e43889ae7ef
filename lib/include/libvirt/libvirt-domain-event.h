/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * Domain events: being told what becomes of domains, whoever does it. Programs include
 * <libvirt/libvirt.h>, and register an event loop first (<libvirt/libvirt-event.h>).
 *
 * Told is what happens after the registration, in the order in which it was noted, also what other
 * programs do and what a guest does by itself. Each event is told once; one that was just
 * being noted when its command was killed may be lost, or told twice. Callbacks are called by the loop, never
 * from within another call into the library. The domain they get is theirs only until they return:
 * virDomainRef() keeps it. A domain that is gone can still be asked for its name and UUID.
 *
 * A registered callback holds a reference on its connection.
 */
#include <libvirt/libvirt-domain.h>
#include <libvirt/libvirt-event.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- The life cycle ----------------------------------------------------------------------- */

typedef enum {
	VIR_DOMAIN_EVENT_DEFINED = 0,     /* there is a configuration, or another one */
	VIR_DOMAIN_EVENT_UNDEFINED = 1,   /* it is gone; a running guest goes on, transient */
	VIR_DOMAIN_EVENT_STARTED = 2,
	VIR_DOMAIN_EVENT_SUSPENDED = 3,   /* its CPUs stand still */
	VIR_DOMAIN_EVENT_RESUMED = 4,
	VIR_DOMAIN_EVENT_STOPPED = 5,     /* its process has ended, and what its end asks for is done */
	VIR_DOMAIN_EVENT_SHUTDOWN = 6,    /* the guest has powered off; STOPPED follows */
	VIR_DOMAIN_EVENT_PMSUSPENDED = 7, /* the guest sleeps */
	VIR_DOMAIN_EVENT_CRASHED = 8,     /* the guest's system has panicked */
#ifdef VIR_ENUM_SENTINELS
	VIR_DOMAIN_EVENT_LAST
#endif
} virDomainEventType;

typedef enum {
	VIR_DOMAIN_EVENT_DEFINED_ADDED = 0,   /* new, or taken back from the trash */
	VIR_DOMAIN_EVENT_DEFINED_UPDATED = 1, /* another configuration */
	VIR_DOMAIN_EVENT_DEFINED_RENAMED = 2, /* under its new name */
	VIR_DOMAIN_EVENT_DEFINED_FROM_SNAPSHOT = 3,
#ifdef VIR_ENUM_SENTINELS
	VIR_DOMAIN_EVENT_DEFINED_LAST
#endif
} virDomainEventDefinedDetailType;

typedef enum {
	VIR_DOMAIN_EVENT_UNDEFINED_REMOVED = 0,
	VIR_DOMAIN_EVENT_UNDEFINED_RENAMED = 1, /* its old name; DEFINED_RENAMED follows */
#ifdef VIR_ENUM_SENTINELS
	VIR_DOMAIN_EVENT_UNDEFINED_LAST
#endif
} virDomainEventUndefinedDetailType;

typedef enum {
	VIR_DOMAIN_EVENT_STARTED_BOOTED = 0,
	VIR_DOMAIN_EVENT_STARTED_MIGRATED = 1, /* not told by this build */
	VIR_DOMAIN_EVENT_STARTED_RESTORED = 2, /* from a saved image */
	VIR_DOMAIN_EVENT_STARTED_FROM_SNAPSHOT = 3,
	VIR_DOMAIN_EVENT_STARTED_WAKEUP = 4,
#ifdef VIR_ENUM_SENTINELS
	VIR_DOMAIN_EVENT_STARTED_LAST
#endif
} virDomainEventStartedDetailType;

typedef enum {
	VIR_DOMAIN_EVENT_SUSPENDED_PAUSED = 0,
	VIR_DOMAIN_EVENT_SUSPENDED_MIGRATED = 1, /* not told by this build */
	VIR_DOMAIN_EVENT_SUSPENDED_IOERROR = 2,
	VIR_DOMAIN_EVENT_SUSPENDED_WATCHDOG = 3,
	VIR_DOMAIN_EVENT_SUSPENDED_RESTORED = 4,      /* restored, and left paused */
	VIR_DOMAIN_EVENT_SUSPENDED_FROM_SNAPSHOT = 5, /* reverted, and (still) paused */
	VIR_DOMAIN_EVENT_SUSPENDED_API_ERROR = 6,     /* not told by this build; nor are the next */
	VIR_DOMAIN_EVENT_SUSPENDED_POSTCOPY = 7,
	VIR_DOMAIN_EVENT_SUSPENDED_POSTCOPY_FAILED = 8,
#ifdef VIR_ENUM_SENTINELS
	VIR_DOMAIN_EVENT_SUSPENDED_LAST
#endif
} virDomainEventSuspendedDetailType;

typedef enum {
	VIR_DOMAIN_EVENT_RESUMED_UNPAUSED = 0,
	VIR_DOMAIN_EVENT_RESUMED_MIGRATED = 1, /* not told by this build */
	VIR_DOMAIN_EVENT_RESUMED_FROM_SNAPSHOT = 2,
	VIR_DOMAIN_EVENT_RESUMED_POSTCOPY = 3, /* not told by this build; nor is the next */
	VIR_DOMAIN_EVENT_RESUMED_POSTCOPY_FAILED = 4,
#ifdef VIR_ENUM_SENTINELS
	VIR_DOMAIN_EVENT_RESUMED_LAST
#endif
} virDomainEventResumedDetailType;

typedef enum {
	VIR_DOMAIN_EVENT_STOPPED_SHUTDOWN = 0,  /* by the guest itself, asked to or not */
	VIR_DOMAIN_EVENT_STOPPED_DESTROYED = 1,
	VIR_DOMAIN_EVENT_STOPPED_CRASHED = 2,
	VIR_DOMAIN_EVENT_STOPPED_MIGRATED = 3,  /* not told by this build */
	VIR_DOMAIN_EVENT_STOPPED_SAVED = 4,
	VIR_DOMAIN_EVENT_STOPPED_FAILED = 5,    /* its process is gone, and nobody knows why */
	VIR_DOMAIN_EVENT_STOPPED_FROM_SNAPSHOT = 6,
#ifdef VIR_ENUM_SENTINELS
	VIR_DOMAIN_EVENT_STOPPED_LAST
#endif
} virDomainEventStoppedDetailType;

typedef enum {
	VIR_DOMAIN_EVENT_SHUTDOWN_FINISHED = 0,
	VIR_DOMAIN_EVENT_SHUTDOWN_GUEST = 1, /* the guest has done it */
	VIR_DOMAIN_EVENT_SHUTDOWN_HOST = 2,
#ifdef VIR_ENUM_SENTINELS
	VIR_DOMAIN_EVENT_SHUTDOWN_LAST
#endif
} virDomainEventShutdownDetailType;

typedef enum {
	VIR_DOMAIN_EVENT_PMSUSPENDED_MEMORY = 0,
	VIR_DOMAIN_EVENT_PMSUSPENDED_DISK = 1,
#ifdef VIR_ENUM_SENTINELS
	VIR_DOMAIN_EVENT_PMSUSPENDED_LAST
#endif
} virDomainEventPMSuspendedDetailType;

typedef enum {
	VIR_DOMAIN_EVENT_CRASHED_PANICKED = 0,
	VIR_DOMAIN_EVENT_CRASHED_CRASHLOADED = 1,
#ifdef VIR_ENUM_SENTINELS
	VIR_DOMAIN_EVENT_CRASHED_LAST
#endif
} virDomainEventCrashedDetailType;

/* event: virDomainEventType; detail: of the enumeration that goes with it. What it returns is
 * ignored. */
typedef int (*virConnectDomainEventCallback)(virConnectPtr conn, virDomainPtr dom, int event,
					     int detail, void *opaque);

/* ---- Other events ------------------------------------------------------------------------- */

/*
 * The callback's type is virConnectDomainEvent…Callback with the name that is given; control errors
 * and reboots have the generic one. Those marked ✓ are told by whoever does it; those marked Q when
 * QEMU says so, and refused (VIR_ERR_NO_SUPPORT) by a hypervisor that says nothing. The others
 * belong to what this version does not do, and are refused.
 */
typedef enum {
	VIR_DOMAIN_EVENT_ID_LIFECYCLE = 0,        /* ✓ virConnectDomainEventCallback */
	VIR_DOMAIN_EVENT_ID_REBOOT = 1,           /* Q Generic; a reset by the guest or the host */
	VIR_DOMAIN_EVENT_ID_RTC_CHANGE = 2,       /* Q RTCChange */
	VIR_DOMAIN_EVENT_ID_WATCHDOG = 3,         /* Q Watchdog */
	VIR_DOMAIN_EVENT_ID_IO_ERROR = 4,         /* Q IOError */
	VIR_DOMAIN_EVENT_ID_GRAPHICS = 5,         /* Q Graphics */
	VIR_DOMAIN_EVENT_ID_IO_ERROR_REASON = 6,  /* Q IOErrorReason */
	VIR_DOMAIN_EVENT_ID_CONTROL_ERROR = 7,    /* Q Generic; the monitor of a running guest broke */
	VIR_DOMAIN_EVENT_ID_BLOCK_JOB = 8,        /* BlockJob */
	VIR_DOMAIN_EVENT_ID_DISK_CHANGE = 9,      /* DiskChange */
	VIR_DOMAIN_EVENT_ID_TRAY_CHANGE = 10,     /* Q TrayChange */
	VIR_DOMAIN_EVENT_ID_PMWAKEUP = 11,        /* Q PMWakeup */
	VIR_DOMAIN_EVENT_ID_PMSUSPEND = 12,       /* Q PMSuspend */
	VIR_DOMAIN_EVENT_ID_BALLOON_CHANGE = 13,  /* Q BalloonChange */
	VIR_DOMAIN_EVENT_ID_PMSUSPEND_DISK = 14,  /* Q PMSuspendDisk */
	VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED = 15,  /* Q DeviceRemoved */
	VIR_DOMAIN_EVENT_ID_BLOCK_JOB_2 = 16,     /* BlockJob */
	VIR_DOMAIN_EVENT_ID_TUNABLE = 17,         /* Tunable */
	VIR_DOMAIN_EVENT_ID_AGENT_LIFECYCLE = 18, /* Q AgentLifecycle */
	VIR_DOMAIN_EVENT_ID_DEVICE_ADDED = 19,    /* DeviceAdded */
	VIR_DOMAIN_EVENT_ID_MIGRATION_ITERATION = 20,     /* Q MigrationIteration */
	VIR_DOMAIN_EVENT_ID_JOB_COMPLETED = 21,           /* JobCompleted */
	VIR_DOMAIN_EVENT_ID_DEVICE_REMOVAL_FAILED = 22,   /* Q DeviceRemovalFailed */
	VIR_DOMAIN_EVENT_ID_METADATA_CHANGE = 23,         /* ✓ MetadataChange */
	VIR_DOMAIN_EVENT_ID_BLOCK_THRESHOLD = 24,         /* Q BlockThreshold */
	VIR_DOMAIN_EVENT_ID_MEMORY_FAILURE = 25,          /* Q MemoryFailure */
	VIR_DOMAIN_EVENT_ID_MEMORY_DEVICE_SIZE_CHANGE = 26, /* Q MemoryDeviceSizeChange */
#ifdef VIR_ENUM_SENTINELS
	VIR_DOMAIN_EVENT_ID_LAST
#endif
} virDomainEventID;

typedef enum {
	VIR_DOMAIN_EVENT_WATCHDOG_NONE = 0, /* nothing was done, or it is not known what */
	VIR_DOMAIN_EVENT_WATCHDOG_PAUSE = 1,
	VIR_DOMAIN_EVENT_WATCHDOG_RESET = 2,
	VIR_DOMAIN_EVENT_WATCHDOG_POWEROFF = 3,
	VIR_DOMAIN_EVENT_WATCHDOG_SHUTDOWN = 4,
	VIR_DOMAIN_EVENT_WATCHDOG_DEBUG = 5,
	VIR_DOMAIN_EVENT_WATCHDOG_INJECTNMI = 6,
#ifdef VIR_ENUM_SENTINELS
	VIR_DOMAIN_EVENT_WATCHDOG_LAST
#endif
} virDomainEventWatchdogAction;

typedef enum {
	VIR_DOMAIN_EVENT_IO_ERROR_NONE = 0,  /* the error was ignored */
	VIR_DOMAIN_EVENT_IO_ERROR_PAUSE = 1, /* the guest was paused */
	VIR_DOMAIN_EVENT_IO_ERROR_REPORT = 2, /* the guest was told */
#ifdef VIR_ENUM_SENTINELS
	VIR_DOMAIN_EVENT_IO_ERROR_LAST
#endif
} virDomainEventIOErrorAction;

typedef enum {
	VIR_DOMAIN_EVENT_TRAY_CHANGE_OPEN = 0,
	VIR_DOMAIN_EVENT_TRAY_CHANGE_CLOSE = 1,
#ifdef VIR_ENUM_SENTINELS
	VIR_DOMAIN_EVENT_TRAY_CHANGE_LAST
#endif
} virDomainEventTrayChangeReason;

typedef enum {
	VIR_DOMAIN_EVENT_GRAPHICS_CONNECT = 0,    /* somebody is there */
	VIR_DOMAIN_EVENT_GRAPHICS_INITIALIZE = 1, /* and may look */
	VIR_DOMAIN_EVENT_GRAPHICS_DISCONNECT = 2,
#ifdef VIR_ENUM_SENTINELS
	VIR_DOMAIN_EVENT_GRAPHICS_LAST
#endif
} virDomainEventGraphicsPhase;

typedef enum {
	VIR_DOMAIN_EVENT_GRAPHICS_ADDRESS_IPV4 = 0,
	VIR_DOMAIN_EVENT_GRAPHICS_ADDRESS_IPV6 = 1,
	VIR_DOMAIN_EVENT_GRAPHICS_ADDRESS_UNIX = 2,
#ifdef VIR_ENUM_SENTINELS
	VIR_DOMAIN_EVENT_GRAPHICS_ADDRESS_LAST
#endif
} virDomainEventGraphicsAddressType;

/* One end of a connection. node: a host, or the path of a unix socket, or ""; service: a port, or
 * "". */
struct _virDomainEventGraphicsAddress {
	int family; /* virDomainEventGraphicsAddressType */
	char *node;
	char *service;
};
typedef struct _virDomainEventGraphicsAddress virDomainEventGraphicsAddress;
typedef virDomainEventGraphicsAddress *virDomainEventGraphicsAddressPtr;

/* Who somebody says he is: "x509_dname" or "sasl_username", and the name. */
struct _virDomainEventGraphicsSubjectIdentity {
	char *type;
	char *name;
};
typedef struct _virDomainEventGraphicsSubjectIdentity virDomainEventGraphicsSubjectIdentity;
typedef virDomainEventGraphicsSubjectIdentity *virDomainEventGraphicsSubjectIdentityPtr;

struct _virDomainEventGraphicsSubject {
	int nidentity;
	virDomainEventGraphicsSubjectIdentityPtr identities;
};
typedef struct _virDomainEventGraphicsSubject virDomainEventGraphicsSubject;
typedef virDomainEventGraphicsSubject *virDomainEventGraphicsSubjectPtr;

typedef enum {
	VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_STATE_CONNECTED = 1, /* the guest has opened the channel */
	VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_STATE_DISCONNECTED = 2,
#ifdef VIR_ENUM_SENTINELS
	VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_STATE_LAST
#endif
} virConnectDomainEventAgentLifecycleState;

typedef enum {
	VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_REASON_UNKNOWN = 0,
	VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_REASON_DOMAIN_STARTED = 1, /* not told by this build */
	VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_REASON_CHANNEL = 2,
#ifdef VIR_ENUM_SENTINELS
	VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_REASON_LAST
#endif
} virConnectDomainEventAgentLifecycleReason;

typedef enum {
	VIR_DOMAIN_EVENT_MEMORY_FAILURE_RECIPIENT_HYPERVISOR = 0, /* QEMU's own memory */
	VIR_DOMAIN_EVENT_MEMORY_FAILURE_RECIPIENT_GUEST = 1,
#ifdef VIR_ENUM_SENTINELS
	VIR_DOMAIN_EVENT_MEMORY_FAILURE_RECIPIENT_LAST
#endif
} virDomainMemoryFailureRecipientType;

typedef enum {
	VIR_DOMAIN_EVENT_MEMORY_FAILURE_ACTION_IGNORE = 0,
	VIR_DOMAIN_EVENT_MEMORY_FAILURE_ACTION_INJECT = 1, /* the guest was told */
	VIR_DOMAIN_EVENT_MEMORY_FAILURE_ACTION_FATAL = 2,  /* QEMU ends */
	VIR_DOMAIN_EVENT_MEMORY_FAILURE_ACTION_RESET = 3,  /* the guest could not be told */
#ifdef VIR_ENUM_SENTINELS
	VIR_DOMAIN_EVENT_MEMORY_FAILURE_ACTION_LAST
#endif
} virDomainMemoryFailureActionType;

typedef enum {
	VIR_DOMAIN_MEMORY_FAILURE_ACTION_REQUIRED = 1 << 0, /* it was being used */
	VIR_DOMAIN_MEMORY_FAILURE_RECURSIVE = 1 << 1,       /* while one was being dealt with */
} virDomainMemoryFailureFlags;

/* Strings are the library's, and gone when the callback returns. */
typedef void (*virConnectDomainEventGenericCallback)(virConnectPtr conn, virDomainPtr dom,
						     void *opaque);
/* utcoffset: seconds between the guest's clock and UTC. */
typedef void (*virConnectDomainEventRTCChangeCallback)(virConnectPtr conn, virDomainPtr dom,
						       long long utcoffset, void *opaque);
typedef void (*virConnectDomainEventWatchdogCallback)(virConnectPtr conn, virDomainPtr dom,
						      int action, void *opaque);
/* srcPath: of the image, "" when that is not known; devAlias: QEMU's name of the device. */
typedef void (*virConnectDomainEventIOErrorCallback)(virConnectPtr conn, virDomainPtr dom,
						     const char *srcPath, const char *devAlias,
						     int action, void *opaque);
/* reason: "enospc" when there is no space left, else "". */
typedef void (*virConnectDomainEventIOErrorReasonCallback)(virConnectPtr conn, virDomainPtr dom,
							   const char *srcPath,
							   const char *devAlias, int action,
							   const char *reason, void *opaque);
/* reason: virDomainEventTrayChangeReason */
typedef void (*virConnectDomainEventTrayChangeCallback)(virConnectPtr conn, virDomainPtr dom,
							const char *devAlias, int reason,
							void *opaque);
/* reason of these three: always 0 */
typedef void (*virConnectDomainEventPMWakeupCallback)(virConnectPtr conn, virDomainPtr dom,
						      int reason, void *opaque);
typedef void (*virConnectDomainEventPMSuspendCallback)(virConnectPtr conn, virDomainPtr dom,
						       int reason, void *opaque);
typedef void (*virConnectDomainEventPMSuspendDiskCallback)(virConnectPtr conn, virDomainPtr dom,
							   int reason, void *opaque);
/* actual: KiB that the guest has now */
typedef void (*virConnectDomainEventBalloonChangeCallback)(virConnectPtr conn, virDomainPtr dom,
							   unsigned long long actual,
							   void *opaque);
typedef void (*virConnectDomainEventDeviceRemovedCallback)(virConnectPtr conn, virDomainPtr dom,
							   const char *devAlias, void *opaque);

/* authScheme: QEMU's word, "none" or "vnc" … */
typedef void (*virConnectDomainEventGraphicsCallback)(
	virConnectPtr conn, virDomainPtr dom, int phase, const virDomainEventGraphicsAddress *local,
	const virDomainEventGraphicsAddress *remote, const char *authScheme,
	const virDomainEventGraphicsSubject *subject, void *opaque);
/* state: virConnectDomainEventAgentLifecycleState; reason:
 * virConnectDomainEventAgentLifecycleReason */
typedef void (*virConnectDomainEventAgentLifecycleCallback)(virConnectPtr conn, virDomainPtr dom,
							    int state, int reason, void *opaque);
/* iteration: from 1; how often memory was gone through, while it is written out */
typedef void (*virConnectDomainEventMigrationIterationCallback)(virConnectPtr conn,
								virDomainPtr dom, int iteration,
								void *opaque);
typedef void (*virConnectDomainEventDeviceRemovalFailedCallback)(virConnectPtr conn,
								 virDomainPtr dom,
								 const char *devAlias,
								 void *opaque);
/* type: virDomainMetadataType; nsuri: of the element, else NULL */
typedef void (*virConnectDomainEventMetadataChangeCallback)(virConnectPtr conn, virDomainPtr dom,
							    int type, const char *nsuri,
							    void *opaque);
/* dev: the disk's target; path: its image, or NULL; threshold: the byte behind which was written;
 * excess: by how many bytes */
typedef void (*virConnectDomainEventBlockThresholdCallback)(virConnectPtr conn, virDomainPtr dom,
							    const char *dev, const char *path,
							    unsigned long long threshold,
							    unsigned long long excess,
							    void *opaque);
/* recipient: virDomainMemoryFailureRecipientType; action: virDomainMemoryFailureActionType; flags:
 * virDomainMemoryFailureFlags */
typedef void (*virConnectDomainEventMemoryFailureCallback)(virConnectPtr conn, virDomainPtr dom,
							   int recipient, int action,
							   unsigned int flags, void *opaque);
/* size: in bytes */
typedef void (*virConnectDomainEventMemoryDeviceSizeChangeCallback)(virConnectPtr conn,
								    virDomainPtr dom,
								    const char *alias,
								    unsigned long long size,
								    void *opaque);

/* For virConnectDomainEventRegisterAny(), which takes callbacks of every type as one. */
#define VIR_DOMAIN_EVENT_CALLBACK(cb) ((virConnectDomainEventGenericCallback)(void (*)(void))(cb))

/* ---- Registering -------------------------------------------------------------------------- */

/*
 * Be told of one kind of event. The same callback may be registered several times.
 *
 * dom: only of this domain, which is known by its UUID and so by any later name; NULL: of all.
 * eventID: virDomainEventID
 * cb: of the type that goes with eventID, in VIR_DOMAIN_EVENT_CALLBACK().
 * freecb: when not NULL, called with opaque once the callback is gone and does not run any more.
 * Returns a number for virConnectDomainEventDeregisterAny(), or -1: VIR_ERR_INVALID_ARG (unknown
 * eventID, NULL, a domain of another connection), VIR_ERR_NO_SUPPORT (such an event would never
 * come, see virDomainEventID), VIR_ERR_OPERATION_INVALID (no event loop is registered),
 * VIR_ERR_SYSTEM_ERROR. On failure opaque stays the caller's.
 */
int virConnectDomainEventRegisterAny(virConnectPtr conn, virDomainPtr dom, int eventID,
				     virConnectDomainEventGenericCallback cb, void *opaque,
				     virFreeCallback freecb);

/*
 * Be told no more. In another thread the callback may just be running.
 *
 * Returns 0, or -1 with VIR_ERR_INVALID_ARG (no such number).
 */
int virConnectDomainEventDeregisterAny(virConnectPtr conn, int callbackID);

/*
 * The older form: the life cycle of all domains. A callback can be registered so only once.
 *
 * Returns 0, or -1, as virConnectDomainEventRegisterAny().
 */
int virConnectDomainEventRegister(virConnectPtr conn, virConnectDomainEventCallback cb,
				  void *opaque, virFreeCallback freecb);
/* Returns 0, or -1 with VIR_ERR_INVALID_ARG (it is not registered). */
int virConnectDomainEventDeregister(virConnectPtr conn, virConnectDomainEventCallback cb);

#ifdef __cplusplus
}
#endif
