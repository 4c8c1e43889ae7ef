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

#ifdef __cplusplus
}
#endif
