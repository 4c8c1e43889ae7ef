/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * Memory in files: a guest is written out and ended, and goes on from there later. Flags are
 * virDomainSaveRestoreFlags of <libvirt/libvirt-domain.h>; BYPASS_CACHE and RESET_NVRAM are refused
 * by this build. <domsh/domsh.h> has the same calls with flags of our own.
 */
#include <libvirt/libvirt-common.h>
#include <libvirt/libvirt-domain.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What virDomainSaveParams() and virDomainRestoreParams() take, each a string. */
#define VIR_DOMAIN_SAVE_PARAM_FILE "file" /* the file, required */
#define VIR_DOMAIN_SAVE_PARAM_DXML "dxml" /* XML instead of the domain's or the file's */

/*
 * Write the memory of an active domain into a file and end the guest. A persistent domain is shut
 * off then, a transient one is gone. The guest is not ended before all of the file is on the disk:
 * when anything fails it goes on as before, and there is no file.
 *
 * to: relative to the working directory. A file that is there is replaced only when it holds memory
 * of the same domain; never a file that any domain names as a disk. Mode 0600.
 * dxml: XML for the same machine that the file is to hold (host names of disks, title, metadata);
 * NULL: that of the running guest.
 * flags: RUNNING or PAUSED: what the guest will be when it is restored; neither: what it is now.
 * Returns 0, or -1 with VIR_ERR_OPERATION_INVALID (off, unfinished work), VIR_ERR_OPERATION_FAILED
 * (the file, or saving), VIR_ERR_CONFIG_UNSUPPORTED (dxml is another machine), VIR_ERR_XML_ERROR,
 * VIR_ERR_INVALID_ARG (no name of a file), VIR_ERR_SYSTEM_ERROR (its directory).
 * Rule: save.
 */
int virDomainSave(virDomainPtr domain, const char *to);
int virDomainSaveFlags(virDomainPtr domain, const char *to, const char *dxml, unsigned int flags);
/* The same with file and dxml as parameters; others are VIR_ERR_INVALID_ARG. */
int virDomainSaveParams(virDomainPtr domain, virTypedParameterPtr params, int nparams,
			unsigned int flags);

/*
 * Let a guest go on from a file; the file stays. When no domain has its name and uuid a transient
 * one is made.
 *
 * from: a file that save made, or libvirt. Its length and checksum are verified, and that the disks
 * are as they were; what libvirt made tells neither.
 * dxml: XML for the same machine that is used instead of the file's; NULL: the file's.
 * flags: RUNNING or PAUSED; neither: as the file says.
 * Returns 0, or -1 with VIR_ERR_OPERATION_INVALID (already active, a managed save image),
 * VIR_ERR_OPERATION_FAILED (name or uuid is another domain's, disks changed, a damaged file),
 * VIR_ERR_CONFIG_UNSUPPORTED, VIR_ERR_XML_ERROR, VIR_ERR_SYSTEM_ERROR.
 * Rule: restore.
 */
int virDomainRestore(virConnectPtr conn, const char *from);
int virDomainRestoreFlags(virConnectPtr conn, const char *from, const char *dxml,
			  unsigned int flags);
int virDomainRestoreParams(virConnectPtr conn, virTypedParameterPtr params, int nparams,
			   unsigned int flags);

/*
 * Put other XML for the same machine into a file, or into the managed save image. The memory is not
 * touched; a copy with the new XML takes the place of the old one in one step. Of a managed image
 * the old XML goes into the domain's old/.
 *
 * dxml: what the guest sees must be the same, and the uuid.
 * flags: RUNNING or PAUSED: what the guest will be; neither: as it was.
 * Returns 0, or -1 with VIR_ERR_CONFIG_UNSUPPORTED (another machine), VIR_ERR_XML_ERROR,
 * VIR_ERR_OPERATION_INVALID (no managed save image), VIR_ERR_OPERATION_FAILED (a damaged image),
 * VIR_ERR_RESOURCE_BUSY (somebody else changes the file), VIR_ERR_SYSTEM_ERROR.
 * Rule: managed-save-define.
 */
int virDomainSaveImageDefineXML(virConnectPtr conn, const char *file, const char *dxml,
				unsigned int flags);
int virDomainManagedSaveDefineXML(virDomainPtr domain, const char *dxml, unsigned int flags);

#ifdef __cplusplus
}
#endif
