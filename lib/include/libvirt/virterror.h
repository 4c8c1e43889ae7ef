/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * Errors: each thread has a last error. A call that fails sets it; a call into the library
 * (except the functions of this header) begins by clearing it. So look at it right after the
 * failure, in the same thread.
 *
 * The numbers are libvirt's and complete, so that a program can switch over them; those that
 * domsh never sets are marked with "-".
 *
 * A refusal (most often VIR_ERR_OPERATION_INVALID) may have several reasons: the message is the
 * first in one line, domshErrorReasons() in <domsh/domsh.h> tells all.
 */
#include <libvirt/libvirt.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How bad it is. */
typedef enum {
	VIR_ERR_NONE = 0,    /* there is no error */
	VIR_ERR_WARNING = 1, /* the call did its work */
	VIR_ERR_ERROR = 2,   /* the call failed */
} virErrorLevel;

/* Which part of the library the error comes from. */
typedef enum {
	VIR_FROM_NONE = 0,               /* no part in particular */
	VIR_FROM_XEN = 1,                /* - Xen */
	VIR_FROM_XEND = 2,               /* - Xen's daemon of old */
	VIR_FROM_XENSTORE = 3,           /* - Xen's store */
	VIR_FROM_SEXPR = 4,              /* - S-expressions */
	VIR_FROM_XML = 5,                /* XML parsing */
	VIR_FROM_DOM = 6,                /* handling of domain handles */
	VIR_FROM_RPC = 7,                /* - remote calls */
	VIR_FROM_PROXY = 8,              /* - the proxy of old */
	VIR_FROM_CONF = 9,               /* configuration files */
	VIR_FROM_QEMU = 10,              /* the QEMU driver */
	VIR_FROM_NET = 11,               /* - network code of old */
	VIR_FROM_TEST = 12,              /* the test driver */
	VIR_FROM_REMOTE = 13,            /* - remote driver */
	VIR_FROM_OPENVZ = 14,            /* - OpenVZ */
	VIR_FROM_XENXM = 15,             /* - Xen's XM configuration */
	VIR_FROM_STATS_LINUX = 16,       /* - statistics from Linux */
	VIR_FROM_LXC = 17,               /* - containers */
	VIR_FROM_STORAGE = 18,           /* storage pools and volumes */
	VIR_FROM_NETWORK = 19,           /* virtual networks */
	VIR_FROM_DOMAIN = 20,            /* domain configuration */
	VIR_FROM_UML = 21,               /* - user-mode Linux */
	VIR_FROM_NODEDEV = 22,           /* - host devices */
	VIR_FROM_XEN_INOTIFY = 23,       /* - Xen, watching files */
	VIR_FROM_SECURITY = 24,          /* - security labels */
	VIR_FROM_VBOX = 25,              /* VirtualBox */
	VIR_FROM_INTERFACE = 26,         /* - host network interfaces */
	VIR_FROM_ONE = 27,               /* - OpenNebula */
	VIR_FROM_ESX = 28,               /* ESX */
	VIR_FROM_PHYP = 29,              /* - Power Hypervisor */
	VIR_FROM_SECRET = 30,            /* secrets */
	VIR_FROM_CPU = 31,               /* CPU models */
	VIR_FROM_XENAPI = 32,            /* - Xen API */
	VIR_FROM_NWFILTER = 33,          /* - network filters */
	VIR_FROM_HOOK = 34,              /* - hook scripts */
	VIR_FROM_DOMAIN_SNAPSHOT = 35,   /* snapshots */
	VIR_FROM_AUDIT = 36,             /* - audit records */
	VIR_FROM_SYSINFO = 37,           /* - SMBIOS information */
	VIR_FROM_STREAMS = 38,           /* streams */
	VIR_FROM_VMWARE = 39,            /* - VMware Workstation and Player */
	VIR_FROM_EVENT = 40,             /* event loop */
	VIR_FROM_LIBXL = 41,             /* - libxenlight */
	VIR_FROM_LOCKING = 42,           /* - lock manager */
	VIR_FROM_HYPERV = 43,            /* - Hyper-V */
	VIR_FROM_CAPABILITIES = 44,      /* capabilities */
	VIR_FROM_URI = 45,               /* URIs */
	VIR_FROM_AUTH = 46,              /* - authentication */
	VIR_FROM_DBUS = 47,              /* - D-Bus */
	VIR_FROM_PARALLELS = 48,         /* - Parallels */
	VIR_FROM_DEVICE = 49,            /* devices of a domain */
	VIR_FROM_SSH = 50,               /* - libssh2 */
	VIR_FROM_LOCKSPACE = 51,         /* - lock space */
	VIR_FROM_INITCTL = 52,           /* - init control */
	VIR_FROM_IDENTITY = 53,          /* - identity of the caller */
	VIR_FROM_CGROUP = 54,            /* - control groups */
	VIR_FROM_ACCESS = 55,            /* - access control */
	VIR_FROM_SYSTEMD = 56,           /* - systemd */
	VIR_FROM_BHYVE = 57,             /* - bhyve */
	VIR_FROM_CRYPTO = 58,            /* - cryptography */
	VIR_FROM_FIREWALL = 59,          /* - firewall rules */
	VIR_FROM_POLKIT = 60,            /* - polkit */
	VIR_FROM_THREAD = 61,            /* - threads */
	VIR_FROM_ADMIN = 62,             /* - administration of daemons */
	VIR_FROM_LOGGING = 63,           /* - log manager */
	VIR_FROM_XENXL = 64,             /* - Xen's XL configuration */
	VIR_FROM_PERF = 65,              /* - perf counters */
	VIR_FROM_LIBSSH = 66,            /* - libssh */
	VIR_FROM_RESCTRL = 67,           /* - cache allocation */
	VIR_FROM_FIREWALLD = 68,         /* - firewalld */
	VIR_FROM_DOMAIN_CHECKPOINT = 69, /* checkpoints */
	VIR_FROM_TPM = 70,               /* TPM */
	VIR_FROM_BPF = 71,               /* - BPF */
	VIR_FROM_CH = 72,                /* - Cloud Hypervisor */
#ifdef VIR_ENUM_SENTINELS
	VIR_ERR_DOMAIN_LAST
#endif
} virErrorDomain;

/* What went wrong. */
typedef enum {
	VIR_ERR_OK = 0,                    /* nothing */
	VIR_ERR_INTERNAL_ERROR = 1,        /* something that should not happen */
	VIR_ERR_NO_MEMORY = 2,             /* - out of memory (domsh aborts) */
	VIR_ERR_NO_SUPPORT = 3,            /* this driver or build has no such function */
	VIR_ERR_UNKNOWN_HOST = 4,          /* - host name does not resolve */
	VIR_ERR_NO_CONNECT = 5,            /* no connection to the hypervisor, or no such driver */
	VIR_ERR_INVALID_CONN = 6,          /* not a connection handle */
	VIR_ERR_INVALID_DOMAIN = 7,        /* not a domain handle */
	VIR_ERR_INVALID_ARG = 8,           /* an argument makes no sense */
	VIR_ERR_OPERATION_FAILED = 9,      /* it was tried and did not work, or a name is taken */
	VIR_ERR_GET_FAILED = 10,           /* - HTTP GET failed */
	VIR_ERR_POST_FAILED = 11,          /* - HTTP POST failed */
	VIR_ERR_HTTP_ERROR = 12,           /* - unexpected HTTP status */
	VIR_ERR_SEXPR_SERIAL = 13,         /* - S-expression cannot be written */
	VIR_ERR_NO_XEN = 14,               /* - Xen's control files cannot be opened */
	VIR_ERR_XEN_CALL = 15,             /* - a call of Xen failed */
	VIR_ERR_OS_TYPE = 16,              /* unknown type of operating system */
	VIR_ERR_NO_KERNEL = 17,            /* - no kernel given */
	VIR_ERR_NO_ROOT = 18,              /* - no root device given */
	VIR_ERR_NO_SOURCE = 19,            /* - a device without a source */
	VIR_ERR_NO_TARGET = 20,            /* - a device without a target */
	VIR_ERR_NO_NAME = 21,              /* - a domain without a name */
	VIR_ERR_NO_OS = 22,                /* - a domain without <os> */
	VIR_ERR_NO_DEVICE = 23,            /* - a domain without devices */
	VIR_ERR_NO_XENSTORE = 24,          /* - no connection to Xen's store */
	VIR_ERR_DRIVER_FULL = 25,          /* - too many drivers */
	VIR_ERR_CALL_FAILED = 26,          /* - a call that this hypervisor does not know */
	VIR_ERR_XML_ERROR = 27,            /* a document is not what it should be */
	VIR_ERR_DOM_EXIST = 28,            /* the domain exists already */
	VIR_ERR_OPERATION_DENIED = 29,     /* not on a read-only connection, or not by this user */
	VIR_ERR_OPEN_FAILED = 30,          /* a file cannot be opened */
	VIR_ERR_READ_FAILED = 31,          /* a file cannot be read */
	VIR_ERR_PARSE_FAILED = 32,         /* a file does not parse */
	VIR_ERR_CONF_SYNTAX = 33,          /* a configuration file has wrong syntax */
	VIR_ERR_WRITE_FAILED = 34,         /* a file cannot be written */
	VIR_ERR_XML_DETAIL = 35,           /* what the XML parser says, with the line */
	VIR_ERR_INVALID_NETWORK = 36,      /* not a network handle */
	VIR_ERR_NETWORK_EXIST = 37,        /* the network exists already */
	VIR_ERR_SYSTEM_ERROR = 38,         /* the system refused: errno in int1 */
	VIR_ERR_RPC = 39,                  /* - remote call failed */
	VIR_ERR_GNUTLS_ERROR = 40,         /* - TLS failed */
	VIR_WAR_NO_NETWORK = 41,           /* - network driver did not start */
	VIR_ERR_NO_DOMAIN = 42,            /* no such domain, or it is gone */
	VIR_ERR_NO_NETWORK = 43,           /* no such network */
	VIR_ERR_INVALID_MAC = 44,          /* not a MAC address */
	VIR_ERR_AUTH_FAILED = 45,          /* - authentication failed */
	VIR_ERR_INVALID_STORAGE_POOL = 46, /* not a pool handle */
	VIR_ERR_INVALID_STORAGE_VOL = 47,  /* not a volume handle */
	VIR_WAR_NO_STORAGE = 48,           /* - storage driver did not start */
	VIR_ERR_NO_STORAGE_POOL = 49,      /* no such pool */
	VIR_ERR_NO_STORAGE_VOL = 50,       /* no such volume */
	VIR_WAR_NO_NODE = 51,              /* - device driver did not start */
	VIR_ERR_INVALID_NODE_DEVICE = 52,  /* - not a device handle */
	VIR_ERR_NO_NODE_DEVICE = 53,       /* - no such device */
	VIR_ERR_NO_SECURITY_MODEL = 54,    /* - no such security model */
	VIR_ERR_OPERATION_INVALID = 55,    /* not in this state: refused, nothing was changed */
	VIR_WAR_NO_INTERFACE = 56,         /* - interface driver did not start */
	VIR_ERR_NO_INTERFACE = 57,         /* - no such interface */
	VIR_ERR_INVALID_INTERFACE = 58,    /* - not an interface handle */
	VIR_ERR_MULTIPLE_INTERFACES = 59,  /* - more than one interface matches */
	VIR_WAR_NO_NWFILTER = 60,          /* - filter driver did not start */
	VIR_ERR_INVALID_NWFILTER = 61,     /* - not a filter handle */
	VIR_ERR_NO_NWFILTER = 62,          /* - no such filter */
	VIR_ERR_BUILD_FIREWALL = 63,       /* - firewall cannot be built */
	VIR_WAR_NO_SECRET = 64,            /* - secret driver did not start */
	VIR_ERR_INVALID_SECRET = 65,       /* not a secret handle */
	VIR_ERR_NO_SECRET = 66,            /* no such secret */
	VIR_ERR_CONFIG_UNSUPPORTED = 67,   /* well-formed, but this build cannot do it */
	VIR_ERR_OPERATION_TIMEOUT = 68,    /* waited long enough */
	VIR_ERR_MIGRATE_PERSIST_FAILED = 69,    /* - migrated, but not made persistent */
	VIR_ERR_HOOK_SCRIPT_FAILED = 70,        /* - a hook script failed */
	VIR_ERR_INVALID_DOMAIN_SNAPSHOT = 71,   /* not a snapshot handle */
	VIR_ERR_NO_DOMAIN_SNAPSHOT = 72,        /* no such snapshot, or it is gone */
	VIR_ERR_INVALID_STREAM = 73,            /* not a stream handle */
	VIR_ERR_ARGUMENT_UNSUPPORTED = 74,      /* a known argument that is not supported here */
	VIR_ERR_STORAGE_PROBE_FAILED = 75,      /* format of a volume cannot be told */
	VIR_ERR_STORAGE_POOL_BUILT = 76,        /* - pool is built already */
	VIR_ERR_SNAPSHOT_REVERT_RISKY = 77,     /* reverting needs force */
	VIR_ERR_OPERATION_ABORTED = 78,         /* somebody asked to stop it */
	VIR_ERR_AUTH_CANCELLED = 79,            /* - the user gave up authenticating */
	VIR_ERR_NO_DOMAIN_METADATA = 80,        /* no title, description or such element */
	VIR_ERR_MIGRATE_UNSAFE = 81,            /* - migration could lose data */
	VIR_ERR_OVERFLOW = 82,                  /* a number does not fit */
	VIR_ERR_BLOCK_COPY_ACTIVE = 83,         /* a block copy is in the way */
	VIR_ERR_OPERATION_UNSUPPORTED = 84,     /* cannot be done with this domain */
	VIR_ERR_SSH = 85,                       /* - ssh failed */
	VIR_ERR_AGENT_UNRESPONSIVE = 86,        /* the guest agent does not answer */
	VIR_ERR_RESOURCE_BUSY = 87,             /* somebody else is at work; the message says who */
	VIR_ERR_ACCESS_DENIED = 88,             /* - access control said no */
	VIR_ERR_DBUS_SERVICE = 89,              /* - a D-Bus service failed */
	VIR_ERR_STORAGE_VOL_EXIST = 90,         /* the volume exists already */
	VIR_ERR_CPU_INCOMPATIBLE = 91,          /* the host's CPU is not enough */
	VIR_ERR_XML_INVALID_SCHEMA = 92,        /* validation found something nobody knows */
	VIR_ERR_MIGRATE_FINISH_OK = 93,         /* - internal to migration */
	VIR_ERR_AUTH_UNAVAILABLE = 94,          /* - no authentication agent */
	VIR_ERR_NO_SERVER = 95,                 /* - no such server */
	VIR_ERR_NO_CLIENT = 96,                 /* - no such client */
	VIR_ERR_AGENT_UNSYNCED = 97,            /* the guest agent answers something else */
	VIR_ERR_LIBSSH = 98,                    /* - libssh failed */
	VIR_ERR_DEVICE_MISSING = 99,            /* the domain has no such device */
	VIR_ERR_INVALID_NWFILTER_BINDING = 100, /* - not a filter binding handle */
	VIR_ERR_NO_NWFILTER_BINDING = 101,      /* - no such filter binding */
	VIR_ERR_INVALID_DOMAIN_CHECKPOINT = 102, /* not a checkpoint handle */
	VIR_ERR_NO_DOMAIN_CHECKPOINT = 103,      /* no such checkpoint, or it is gone */
	VIR_ERR_NO_DOMAIN_BACKUP = 104,          /* no backup is running */
	VIR_ERR_INVALID_NETWORK_PORT = 105,      /* - not a port handle */
	VIR_ERR_NETWORK_PORT_EXIST = 106,        /* - the port exists already */
	VIR_ERR_NO_NETWORK_PORT = 107,           /* - no such port */
	VIR_ERR_NO_HOSTNAME = 108,               /* the guest's host name is not known */
	VIR_ERR_CHECKPOINT_INCONSISTENT = 109,   /* a checkpoint's bitmaps are not usable */
	VIR_ERR_MULTIPLE_DOMAINS = 110,          /* more than one domain matches */
#ifdef VIR_ENUM_SENTINELS
	VIR_ERR_NUMBER_LAST
#endif
} virErrorNumber;

typedef struct _virNetwork virNetwork; /* opaque */
typedef virNetwork *virNetworkPtr;

/* One error. Read it, do not write to it; its strings belong to it. */
typedef struct _virError virError;
typedef virError *virErrorPtr;
struct _virError {
	int code;            /* virErrorNumber */
	int domain;          /* virErrorDomain */
	char *message;       /* for people, one line, with the class in front */
	virErrorLevel level; /* how bad */
	virConnectPtr conn;  /* always NULL; deprecated in libvirt */
	virDomainPtr dom;    /* always NULL; deprecated in libvirt */
	char *str1;          /* the message's class: a printf format, "Domain not found: %s" */
	char *str2;          /* the message without the class, or NULL */
	char *str3;          /* NULL */
	int int1;            /* errno with VIR_ERR_SYSTEM_ERROR, else -1 */
	int int2;            /* -1 */
	virNetworkPtr net;   /* always NULL; deprecated in libvirt */
};

/*
 * Called in the failing thread for each error.
 *
 * userData: what virSetErrorFunc() was given.
 * error: the library's; valid during the call.
 */
typedef void (*virErrorFunc)(void *userData, virErrorPtr error);

/*
 * The calling thread's last error.
 *
 * Returns an error that belongs to the library and changes with the thread's next call, or NULL
 * when the last call succeeded.
 */
virErrorPtr virGetLastError(void);

/*
 * A copy of the calling thread's last error.
 *
 * Returns a copy to be freed with virFreeError() (code VIR_ERR_OK when there was no error); never
 * NULL. Reasons are not copied.
 */
virErrorPtr virSaveLastError(void);

/* Forget the calling thread's last error. */
void virResetLastError(void);

/* Empty an error that the caller owns: its strings are freed, its fields cleared. NULL is fine. */
void virResetError(virErrorPtr err);

/* Free an error of virSaveLastError(). NULL is fine. */
void virFreeError(virErrorPtr err);

/* The code of the last error: a virErrorNumber, VIR_ERR_OK without an error. */
int virGetLastErrorCode(void);

/* The domain of the last error: a virErrorDomain, VIR_FROM_NONE without an error. */
int virGetLastErrorDomain(void);

/*
 * The message of the last error.
 *
 * Returns a string that belongs to the library and changes with the thread's next call: "no
 * error" without one, "unknown error" when it has no message. Never NULL.
 */
const char *virGetLastErrorMessage(void);

/*
 * Copy the calling thread's last error.
 *
 * to: storage of the caller, overwritten without being freed first; virResetError() frees what
 * it then holds. Reasons are not copied.
 * Returns its code, 0 without an error (`to` is then cleared), -1 when `to` is NULL.
 */
int virCopyLastError(virErrorPtr to);

/*
 * Print an error to stderr in one line. It is what programs that set no function of their own
 * may call; domsh itself never prints.
 *
 * err: an error; NULL and errors without a code are not printed.
 */
void virDefaultErrorFunc(virErrorPtr err);

/*
 * Have a function called for each error of the process.
 *
 * handler: NULL takes it back. In libvirt NULL brings back printing to stderr; here nothing is
 * printed unless virDefaultErrorFunc() is called.
 * userData: handed to the handler.
 * Set it before threads start.
 */
void virSetErrorFunc(void *userData, virErrorFunc handler);

#ifdef __cplusplus
}
#endif
