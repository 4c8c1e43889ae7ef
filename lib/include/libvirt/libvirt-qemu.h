/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * What only guests of QEMU have: its own languages, past everything that the library knows. Include
 * it beside <libvirt/libvirt.h>.
 *
 * Whatever is changed this way is on the caller's head: rules and records do not see it.
 */
#include <libvirt/libvirt.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
	VIR_DOMAIN_QEMU_MONITOR_COMMAND_DEFAULT = 0,
	VIR_DOMAIN_QEMU_MONITOR_COMMAND_HMP = 1 << 0, /* cmd is one of the monitor for people */
} virDomainQemuMonitorCommandFlags;

/*
 * Give QEMU one command and wait for its answer, with the domain's lock held.
 *
 * cmd: a QMP object, {"execute": …}; an "id" in it is ignored. With HMP: a line of text.
 * result: receives the reply, to be freed with free(): {"return": …} or {"error": …} with an "id" of
 * the library's; with HMP the text.
 * flags: virDomainQemuMonitorCommandFlags.
 * Returns 0, also when QEMU's reply is an error; -1 with VIR_ERR_INVALID_ARG (not a command),
 * VIR_ERR_OPERATION_INVALID (off), VIR_ERR_OPERATION_TIMEOUT.
 */
int virDomainQemuMonitorCommand(virDomainPtr domain, const char *cmd, char **result,
				unsigned int flags);

/*
 * An event of QEMU's monitor. The strings are gone when the callback returns.
 *
 * event: its name, "STOP". seconds, micros: when the library was told, since the epoch. details: its
 * data as a JSON object; NULL: it has none, or more than fits into the library's journal (4 KiB).
 */
typedef void (*virConnectDomainQemuMonitorEventCallback)(virConnectPtr conn, virDomainPtr dom,
							 const char *event, long long seconds,
							 unsigned int micros, const char *details,
							 void *opaque);

typedef enum {
	VIR_CONNECT_DOMAIN_QEMU_MONITOR_EVENT_REGISTER_REGEX = 1 << 0,  /* event is a pattern */
	VIR_CONNECT_DOMAIN_QEMU_MONITOR_EVENT_REGISTER_NOCASE = 1 << 1, /* ABC is abc */
} virConnectDomainQemuMonitorEventRegisterFlags;

/*
 * Be told what QEMU's monitor says, by the event loop, as of other domain events. It comes through
 * the process that watches the guest: without one (domshDomainIsSupervised()) nothing is told.
 *
 * dom: only of this domain; NULL: of all.
 * event: only events of this name, or that this Perl-compatible pattern finds; NULL: all.
 * flags: virConnectDomainQemuMonitorEventRegisterFlags.
 * freecb: when not NULL, called with opaque once the callback is gone.
 * Returns a number for virConnectDomainQemuMonitorEventDeregister(), or -1 with VIR_ERR_INVALID_ARG
 * (NULL, not a pattern, a domain of another connection), VIR_ERR_OPERATION_INVALID (no event loop
 * is registered), VIR_ERR_OPERATION_DENIED (read-only).
 */
int virConnectDomainQemuMonitorEventRegister(virConnectPtr conn, virDomainPtr dom,
					     const char *event,
					     virConnectDomainQemuMonitorEventCallback cb,
					     void *opaque, virFreeCallback freecb,
					     unsigned int flags);
/* Returns 0, or -1 with VIR_ERR_INVALID_ARG (no such number). */
int virConnectDomainQemuMonitorEventDeregister(virConnectPtr conn, int callbackID);
/* How long an agent may take, in seconds or one of these. */
typedef enum {
	VIR_DOMAIN_QEMU_AGENT_COMMAND_MIN = -2,
	VIR_DOMAIN_QEMU_AGENT_COMMAND_BLOCK = -2,   /* as long as it likes */
	VIR_DOMAIN_QEMU_AGENT_COMMAND_DEFAULT = -1, /* 5 seconds */
	VIR_DOMAIN_QEMU_AGENT_COMMAND_NOWAIT = 0,   /* not for its answer */
	VIR_DOMAIN_QEMU_AGENT_COMMAND_SHUTDOWN = 60,
} virDomainQemuAgentCommandTimeoutValues;

/*
 * Give the agent in a guest one command and wait for its answer. No lock is held meanwhile.
 *
 * cmd: one line, an object of the agent's language: {"execute": …}.
 * timeout: seconds for the whole call, or virDomainQemuAgentCommandTimeoutValues. With _NOWAIT the
 * call returns when an agent has shown within 5 seconds that it is there and has been handed the
 * command; what it does with it is not known.
 * flags: 0.
 * Returns the answer, {"return": …}, to be freed with free() ("" with _NOWAIT), or NULL with VIR_ERR_INVALID_ARG,
 * VIR_ERR_OPERATION_INVALID (off), VIR_ERR_ARGUMENT_UNSUPPORTED (no channel leads to an agent),
 * VIR_ERR_AGENT_UNRESPONSIVE (no answer in time, or no answer that could be one),
 * VIR_ERR_OPERATION_FAILED (the agent refused, with its words).
 */
char *virDomainQemuAgentCommand(virDomainPtr domain, const char *cmd, int timeout,
				unsigned int flags);

#ifdef __cplusplus
}
#endif
