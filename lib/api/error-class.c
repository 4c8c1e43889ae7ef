/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api/error-class.h"
#include <glib.h>
#include <string.h>

/* Codes that virterror.h marks with "-" are never set and have no row. */
static const struct error_class classes[] = {
	[VIR_ERR_OK] = { "%s" },
	[VIR_ERR_INTERNAL_ERROR] = { "internal error: %s" },
	[VIR_ERR_NO_SUPPORT] = { "this function is not supported by the connection driver: %s" },
	[VIR_ERR_NO_CONNECT] = { "no connection driver available for %s" },
	[VIR_ERR_INVALID_CONN] = { "invalid connection pointer in %s" },
	[VIR_ERR_INVALID_DOMAIN] = { "invalid domain pointer in %s", VIR_FROM_DOM },
	[VIR_ERR_INVALID_ARG] = { "invalid argument: %s" },
	[VIR_ERR_OPERATION_FAILED] = { "operation failed: %s" },
	[VIR_ERR_OS_TYPE] = { "unknown OS type %s" },
	[VIR_ERR_XML_ERROR] = { "XML error: %s", VIR_FROM_XML },
	[VIR_ERR_DOM_EXIST] = { "domain %s exists already" },
	[VIR_ERR_OPERATION_DENIED] = { "operation forbidden: %s" },
	[VIR_ERR_OPEN_FAILED] = { "failed to open configuration file %s" },
	[VIR_ERR_READ_FAILED] = { "failed to read configuration file %s" },
	[VIR_ERR_PARSE_FAILED] = { "failed to parse configuration file %s" },
	[VIR_ERR_CONF_SYNTAX] = { "configuration file syntax error: %s", VIR_FROM_CONF },
	[VIR_ERR_WRITE_FAILED] = { "failed to write configuration file: %s" },
	[VIR_ERR_XML_DETAIL] = { "%s", VIR_FROM_XML },
	[VIR_ERR_INVALID_NETWORK] = { "invalid network pointer in %s", VIR_FROM_NETWORK },
	[VIR_ERR_NETWORK_EXIST] = { "network %s exists already", VIR_FROM_NETWORK },
	[VIR_ERR_SYSTEM_ERROR] = { "%s" },
	[VIR_ERR_NO_DOMAIN] = { "Domain not found: %s" },
	[VIR_ERR_NO_NETWORK] = { "Network not found: %s", VIR_FROM_NETWORK },
	[VIR_ERR_INVALID_MAC] = { "invalid MAC address: %s" },
	[VIR_ERR_INVALID_STORAGE_POOL] = { "invalid storage pool pointer in %s", VIR_FROM_STORAGE },
	[VIR_ERR_INVALID_STORAGE_VOL] = { "invalid storage volume pointer in %s",
					  VIR_FROM_STORAGE },
	[VIR_ERR_NO_STORAGE_POOL] = { "Storage pool not found: %s", VIR_FROM_STORAGE },
	[VIR_ERR_NO_STORAGE_VOL] = { "Storage volume not found: %s", VIR_FROM_STORAGE },
	[VIR_ERR_OPERATION_INVALID] = { "Requested operation is not valid: %s" },
	[VIR_ERR_INVALID_SECRET] = { "Invalid secret: %s", VIR_FROM_SECRET },
	[VIR_ERR_NO_SECRET] = { "Secret not found: %s", VIR_FROM_SECRET },
	[VIR_ERR_CONFIG_UNSUPPORTED] = { "unsupported configuration: %s" },
	[VIR_ERR_OPERATION_TIMEOUT] = { "Timed out during operation: %s" },
	[VIR_ERR_INVALID_DOMAIN_SNAPSHOT] = { "Invalid domain snapshot: %s",
					      VIR_FROM_DOMAIN_SNAPSHOT },
	[VIR_ERR_NO_DOMAIN_SNAPSHOT] = { "Domain snapshot not found: %s",
					 VIR_FROM_DOMAIN_SNAPSHOT },
	[VIR_ERR_INVALID_STREAM] = { "invalid stream pointer in %s", VIR_FROM_STREAMS },
	[VIR_ERR_ARGUMENT_UNSUPPORTED] = { "argument unsupported: %s" },
	[VIR_ERR_STORAGE_PROBE_FAILED] = { "Storage pool probe failed: %s", VIR_FROM_STORAGE },
	[VIR_ERR_SNAPSHOT_REVERT_RISKY] = { "revert requires force: %s", VIR_FROM_DOMAIN_SNAPSHOT },
	[VIR_ERR_OPERATION_ABORTED] = { "operation aborted: %s" },
	[VIR_ERR_NO_DOMAIN_METADATA] = { "metadata not found: %s" },
	[VIR_ERR_OVERFLOW] = { "numerical overflow: %s" },
	[VIR_ERR_BLOCK_COPY_ACTIVE] = { "block copy still active: %s" },
	[VIR_ERR_OPERATION_UNSUPPORTED] = { "Operation not supported: %s" },
	[VIR_ERR_AGENT_UNRESPONSIVE] = { "Guest agent is not responding: %s" },
	[VIR_ERR_RESOURCE_BUSY] = { "resource busy: %s" },
	[VIR_ERR_STORAGE_VOL_EXIST] = { "storage volume %s exists already", VIR_FROM_STORAGE },
	[VIR_ERR_CPU_INCOMPATIBLE] = { "the CPU is incompatible with host CPU: %s", VIR_FROM_CPU },
	[VIR_ERR_XML_INVALID_SCHEMA] = { "XML document failed to validate against schema: %s",
					 VIR_FROM_XML },
	[VIR_ERR_AGENT_UNSYNCED] = { "guest agent replied with wrong id to guest-sync command: "
				     "%s" },
	[VIR_ERR_DEVICE_MISSING] = { "device not found: %s" },
	[VIR_ERR_INVALID_DOMAIN_CHECKPOINT] = { "Invalid domain checkpoint: %s",
						VIR_FROM_DOMAIN_CHECKPOINT },
	[VIR_ERR_NO_DOMAIN_CHECKPOINT] = { "Domain checkpoint not found: %s",
					   VIR_FROM_DOMAIN_CHECKPOINT },
	[VIR_ERR_NO_DOMAIN_BACKUP] = { "Domain backup job id not found: %s" },
	[VIR_ERR_NO_HOSTNAME] = { "no hostname found: %s" },
	[VIR_ERR_CHECKPOINT_INCONSISTENT] = { "checkpoint inconsistent: %s",
					      VIR_FROM_DOMAIN_CHECKPOINT },
	[VIR_ERR_MULTIPLE_DOMAINS] = { "multiple matching domains found: %s" },
};

const struct error_class *error_class(int code)
{
	if (code < 0 || code >= (int)G_N_ELEMENTS(classes) || !classes[code].format)
		return &classes[VIR_ERR_OK];
	return &classes[code];
}

char *error_class_line(int code, const char *message)
{
	const char *format = error_class(code)->format;
	const char *slot = strstr(format, "%s");

	return g_strdup_printf("%.*s%s%s", (int)(slot - format), format, message, slot + 2);
}
