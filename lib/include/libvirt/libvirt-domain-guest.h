/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * What can be done to a running guest: its buttons, its keyboard, its screen, its console. Programs
 * include <libvirt/libvirt.h>.
 *
 * All fail with VIR_ERR_OPERATION_INVALID when the domain is off; comments do not repeat that.
 */
#include <libvirt/libvirt-domain.h>
#include <libvirt/libvirt-stream.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How to ask a guest to reboot. */
typedef enum {
	VIR_DOMAIN_REBOOT_DEFAULT = 0,
	VIR_DOMAIN_REBOOT_ACPI_POWER_BTN = (1 << 0), /* the power button, then start again */
	VIR_DOMAIN_REBOOT_GUEST_AGENT = (1 << 1),    /* the agent in the guest */
	VIR_DOMAIN_REBOOT_INITCTL = (1 << 2),        /* containers only */
	VIR_DOMAIN_REBOOT_SIGNAL = (1 << 3),         /* containers only */
	VIR_DOMAIN_REBOOT_PARAVIRT = (1 << 4),       /* Xen only */
} virDomainRebootFlagValues;

/*
 * Ask a guest to reboot; it may take its time or ignore it. With the power button the guest powers
 * off, and its guard starts it again in the same process. virDomainShutdown() takes a wish that has
 * not come true back.
 *
 * flags: virDomainRebootFlagValues; of several the agent comes first, and the button where that has
 * failed.
 * Returns 0 once it was asked, or -1 with VIR_ERR_OPERATION_INVALID (paused),
 * VIR_ERR_ARGUMENT_UNSUPPORTED (no channel to an agent, or a way of other hypervisors),
 * VIR_ERR_AGENT_UNRESPONSIVE.
 */
int virDomainReboot(virDomainPtr domain, unsigned int flags);

/*
 * Press the reset button: the guest starts anew at once, and loses what it has not written.
 *
 * flags: 0.
 * Returns 0, or -1.
 */
int virDomainReset(virDomainPtr domain, unsigned int flags);

/*
 * Send a non-maskable interrupt to the guest's CPUs.
 *
 * flags: 0.
 * Returns 0, or -1.
 */
int virDomainInjectNMI(virDomainPtr domain, unsigned int flags);

/* ---- A guest's own end -------------------------------------------------------------------- */

typedef enum {
	VIR_DOMAIN_LIFECYCLE_POWEROFF = 0, /* on_poweroff */
	VIR_DOMAIN_LIFECYCLE_REBOOT = 1,   /* on_reboot */
	VIR_DOMAIN_LIFECYCLE_CRASH = 2,    /* on_crash */
	VIR_DOMAIN_LIFECYCLE_LAST
} virDomainLifecycle;

typedef enum {
	VIR_DOMAIN_LIFECYCLE_ACTION_DESTROY = 0,
	VIR_DOMAIN_LIFECYCLE_ACTION_RESTART = 1,
	VIR_DOMAIN_LIFECYCLE_ACTION_RESTART_RENAME = 2,   /* not of a QEMU guest */
	VIR_DOMAIN_LIFECYCLE_ACTION_PRESERVE = 3,
	VIR_DOMAIN_LIFECYCLE_ACTION_COREDUMP_DESTROY = 4, /* of a crash only, as the next one */
	VIR_DOMAIN_LIFECYCLE_ACTION_COREDUMP_RESTART = 5,
	VIR_DOMAIN_LIFECYCLE_ACTION_LAST
} virDomainLifecycleAction;

/*
 * Say what happens when the guest powers off, reboots or crashes. Of a running guest it counts
 * from the return on; a stored configuration that is replaced goes into the domain's old/.
 *
 * type, action: of the lists above.
 * flags: virDomainModificationImpact; LIVE and CONFIG together change both.
 * Returns 0, or -1 with VIR_ERR_INVALID_ARG (no such type or action), VIR_ERR_CONFIG_UNSUPPORTED
 * (they do not go together), VIR_ERR_OPERATION_INVALID (off with LIVE, transient with CONFIG).
 */
int virDomainSetLifecycleAction(virDomainPtr domain, unsigned int type, unsigned int action,
				unsigned int flags);

/* What the numbers of keys mean. */
typedef enum {
	VIR_KEYCODE_SET_LINUX = 0, /* KEY_… of the Linux kernel */
	VIR_KEYCODE_SET_XT = 1,
	VIR_KEYCODE_SET_ATSET1 = 2,
	VIR_KEYCODE_SET_ATSET2 = 3,
	VIR_KEYCODE_SET_ATSET3 = 4,
	VIR_KEYCODE_SET_OSX = 5,
	VIR_KEYCODE_SET_XT_KBD = 6,
	VIR_KEYCODE_SET_USB = 7,
	VIR_KEYCODE_SET_WIN32 = 8,
	VIR_KEYCODE_SET_QNUM = 9, /* QEMU's and VNC's own: XT codes, 0x80 set for extended ones */
#ifdef VIR_ENUM_SENTINELS
	VIR_KEYCODE_SET_LAST
#endif
} virKeycodeSet;

#define VIR_KEYCODE_SET_RFB VIR_KEYCODE_SET_QNUM
#define VIR_DOMAIN_SEND_KEY_MAX_KEYS 16

/*
 * Press keys together and let them go.
 *
 * codeset: LINUX or QNUM; others are VIR_ERR_ARGUMENT_UNSUPPORTED.
 * holdtime: milliseconds; 0 leaves it to QEMU (100).
 * keycodes: nkeycodes numbers, 1 to VIR_DOMAIN_SEND_KEY_MAX_KEYS.
 * flags: 0.
 * Returns 0, or -1 with VIR_ERR_INVALID_ARG (too many, or no such key).
 */
int virDomainSendKey(virDomainPtr domain, unsigned int codeset, unsigned int holdtime,
		     unsigned int *keycodes, int nkeycodes, unsigned int flags);

/*
 * What the guest's screen shows now.
 *
 * stream: a fresh one; on success it is in use, and the picture is read from it.
 * screen: 0 is the first.
 * flags: 0.
 * Returns the type of picture ("image/png"), to be freed with free(), or NULL.
 */
char *virDomainScreenshot(virDomainPtr domain, virStreamPtr stream, unsigned int screen,
			  unsigned int flags);

/* How to open a console that somebody may be using. */
typedef enum {
	VIR_DOMAIN_CONSOLE_FORCE = (1 << 0), /* take it from who has it */
	VIR_DOMAIN_CONSOLE_SAFE = (1 << 1),  /* for one user at a time: that is so in any case */
} virDomainConsoleFlags;

/*
 * Connect a stream to a serial port of the guest: what is sent is what the port receives, what is
 * received is what the guest writes, byte by byte and unchanged. What was written while nobody was
 * connected is lost. To miss nothing, start the domain with VIR_DOMAIN_START_PAUSED, open the
 * console, then call virDomainResume().
 *
 * devName: alias of the port ("serial0"); NULL: the console, else the first port.
 * stream: a fresh one; on success it is in use until virStreamFinish() or virStreamAbort(), until
 *   the guest ends (virStreamRecv() says 0), or until somebody takes it (VIR_ERR_OPERATION_ABORTED).
 * flags: VIR_DOMAIN_CONSOLE_FORCE, VIR_DOMAIN_CONSOLE_SAFE.
 * Returns 0, or -1 with VIR_ERR_INVALID_ARG (no such port), VIR_ERR_OPERATION_UNSUPPORTED (no port
 * at all, or one that is neither a pty nor a listening socket), VIR_ERR_OPERATION_FAILED (somebody
 * uses it; the message says who), VIR_ERR_NO_SUPPORT (the test driver).
 */
int virDomainOpenConsole(virDomainPtr domain, const char *devName, virStreamPtr stream,
			 unsigned int flags);

typedef enum {
	VIR_DOMAIN_CONTROL_OK = 0,       /* answers */
	VIR_DOMAIN_CONTROL_JOB = 1,      /* a long job is under way */
	VIR_DOMAIN_CONTROL_OCCUPIED = 2, /* somebody else's command is under way */
	VIR_DOMAIN_CONTROL_ERROR = 3,    /* does not answer */
#ifdef VIR_ENUM_SENTINELS
	VIR_DOMAIN_CONTROL_LAST
#endif
} virDomainControlState;

typedef enum {
	VIR_DOMAIN_CONTROL_ERROR_REASON_NONE = 0,
	VIR_DOMAIN_CONTROL_ERROR_REASON_UNKNOWN = 1,
	VIR_DOMAIN_CONTROL_ERROR_REASON_MONITOR = 2, /* QEMU's monitor is silent or broken */
	VIR_DOMAIN_CONTROL_ERROR_REASON_INTERNAL = 3,
#ifdef VIR_ENUM_SENTINELS
	VIR_DOMAIN_CONTROL_ERROR_REASON_LAST
#endif
} virDomainControlErrorReason;

typedef struct _virDomainControlInfo virDomainControlInfo;
typedef virDomainControlInfo *virDomainControlInfoPtr;
struct _virDomainControlInfo {
	unsigned int state;           /* virDomainControlState */
	unsigned int details;         /* with ERROR a virDomainControlErrorReason, else 0 */
	unsigned long long stateTime; /* milliseconds in that state where it is known, else 0 */
};

/*
 * Whether the guest's hypervisor can be talked to. Asks it when nobody else works on the domain
 * (on a read-only connection it is not asked); never waits for who does.
 *
 * flags: 0.
 * Returns 0, or -1.
 */
int virDomainGetControlInfo(virDomainPtr domain, virDomainControlInfoPtr info,
			    unsigned int flags);

/* ---- By the agent in the guest ------------------------------------------------------------ */

/*
 * All of these need an agent: VIR_ERR_ARGUMENT_UNSUPPORTED (no channel leads to one),
 * VIR_ERR_AGENT_UNRESPONSIVE (it does not answer), VIR_ERR_OPERATION_FAILED (it refused, with its
 * words). It gets 5 seconds; for what writes to disks it gets 10 minutes, once it has shown within 5
 * seconds that it is there. What it says is the guest's word.
 */

typedef enum {
	VIR_DOMAIN_TIME_SYNC = (1 << 0), /* from the guest's hardware clock; the time is not used */
} virDomainSetTimeFlags;

/* The guest's clock, since the epoch; both may be NULL. flags: 0. Returns 0 or -1. */
int virDomainGetTime(virDomainPtr domain, long long *seconds, unsigned int *nseconds,
		     unsigned int flags);
/* Set it; nseconds below 1,000,000,000. flags: virDomainSetTimeFlags. Returns 0 or -1. */
int virDomainSetTime(virDomainPtr domain, long long seconds, unsigned int nseconds,
		     unsigned int flags);

typedef enum {
	VIR_DOMAIN_GET_HOSTNAME_LEASE = (1 << 0), /* not here: there are no DHCP leases */
	VIR_DOMAIN_GET_HOSTNAME_AGENT = (1 << 1), /* the default */
} virDomainGetHostnameFlags;

/* The host name that the guest has, to be freed with free(); NULL on error. */
char *virDomainGetHostname(virDomainPtr domain, unsigned int flags);

/*
 * Stop the guest from writing to its file systems, and let it go on. What is frozen stays so until
 * it is thawed, whoever asked for it.
 *
 * mountpoints, nmountpoints: those to freeze; 0: all. An agent thaws all at once: 0. flags: 0.
 * Returns how many were frozen or thawed, or -1.
 */
int virDomainFSFreeze(virDomainPtr domain, const char **mountpoints, unsigned int nmountpoints,
		      unsigned int flags);
int virDomainFSThaw(virDomainPtr domain, const char **mountpoints, unsigned int nmountpoints,
		    unsigned int flags);

/*
 * Have the guest discard the free blocks of its file systems.
 *
 * mountPoint: NULL, all. minimum: bytes; free ranges below that may be left. flags: 0.
 * Returns 0 or -1.
 */
int virDomainFSTrim(virDomainPtr domain, const char *mountPoint, unsigned long long minimum,
		    unsigned int flags);

#ifdef __cplusplus
}
#endif
