/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * Every pointer that a public function takes beside its handle: must it not be NULL, or may it?
 * test-api-arguments.c makes each call; tests/lint/api reads the headers and looks for what is not
 * here.
 *
 *	X(function, parameter, call)
 *
 * c, d, s and st are a connection, a domain that is off, its snapshot and a stream not in use.
 */

/* The call is `failed`: with VIR_ERR_INVALID_ARG, and parameter and function named. */
#define NOT_NULL(X) \
	X(domshConnectListDomains, domains, domshConnectListDomains(c, NULL, 0, 0, NULL) < 0) \
	X(domshDoctor, findings, domshDoctor(c, NULL, 0, NULL) < 0) \
	X(domshDomainListDisks, disks, domshDomainListDisks(d, 0, NULL) < 0) \
	X(domshDomainListDisplays, displays, domshDomainListDisplays(d, 0, NULL) < 0) \
	X(domshDomainListInterfaces, interfaces, domshDomainListInterfaces(d, 0, NULL) < 0) \
	X(domshDomainListSnapshots, snapshots, domshDomainListSnapshots(d, NULL, 0, NULL) < 0) \
	X(domshDomainRestore, from, !domshDomainRestore(c, NULL, NULL, 0, 0)) \
	X(domshDomainSave, to, domshDomainSave(d, NULL, NULL, 0, 0) < 0) \
	X(domshDomainSetLink, mac, domshDomainSetLink(d, NULL, 0, 0) < 0) \
	X(domshSnapshotDescribe, description, domshSnapshotDescribe(s, NULL) < 0) \
	X(domshSnapshotEdit, xmlDesc, !domshSnapshotEdit(s, NULL, 0)) \
	X(domshSnapshotPlanDelete, items, domshSnapshotPlanDelete(s, 0, NULL, &out.i) < 0) \
	X(domshSnapshotPlanDelete, nitems, domshSnapshotPlanDelete(s, 0, (void *)&out, NULL) < 0) \
	X(domshSnapshotPlanRevert, items, domshSnapshotPlanRevert(s, NULL, 0, NULL, &out.i) < 0) \
	X(domshSnapshotPlanRevert, nitems, \
	  domshSnapshotPlanRevert(s, NULL, 0, (void *)&out, NULL) < 0) \
	X(domshTrashList, entries, domshTrashList(c, NULL, NULL) < 0) \
	X(domshTrashRestore, id, domshTrashRestore(c, NULL, NULL) < 0) \
	X(domshXMLPath, xml, !domshXMLPath(NULL, "/a", 0)) \
	X(domshXMLPath, expression, !domshXMLPath("<a/>", NULL, 0)) \
	X(virConnectDomainEventDeregister, cb, virConnectDomainEventDeregister(c, NULL) < 0) \
	X(virConnectDomainEventRegister, cb, \
	  virConnectDomainEventRegister(c, NULL, NULL, NULL) < 0) \
	X(virConnectDomainEventRegisterAny, cb, \
	  virConnectDomainEventRegisterAny(c, NULL, 0, NULL, NULL, NULL) < 0) \
	X(virConnectDomainQemuMonitorEventRegister, cb, \
	  virConnectDomainQemuMonitorEventRegister(c, NULL, NULL, NULL, NULL, NULL, 0) < 0) \
	X(virConnectDomainXMLToNative, nativeFormat, \
	  !virConnectDomainXMLToNative(c, NULL, guest_xml, 0)) \
	X(virConnectDomainXMLToNative, domainXml, \
	  !virConnectDomainXMLToNative(c, "qemu-argv", NULL, 0)) \
	X(virConnectGetAllDomainStats, retStats, virConnectGetAllDomainStats(c, 0, NULL, 0) < 0) \
	X(virConnectGetCPUModelNames, arch, virConnectGetCPUModelNames(c, NULL, NULL, 0) < 0) \
	X(virConnectGetLibVersion, libVer, virConnectGetLibVersion(c, NULL) < 0) \
	X(virConnectGetVersion, hvVer, virConnectGetVersion(c, NULL) < 0) \
	X(virConnectListDefinedDomains, names, virConnectListDefinedDomains(c, NULL, 1) < 0) \
	X(virConnectListDomains, ids, virConnectListDomains(c, NULL, 1) < 0) \
	X(virConnectRegisterCloseCallback, cb, \
	  virConnectRegisterCloseCallback(c, NULL, NULL, NULL) < 0) \
	X(virConnectUnregisterCloseCallback, cb, virConnectUnregisterCloseCallback(c, NULL) < 0) \
	X(virDomainBlockStats, disk, virDomainBlockStats(d, NULL, (void *)&out, 40) < 0) \
	X(virDomainBlockStats, stats, virDomainBlockStats(d, "vda", NULL, 40) < 0) \
	X(virDomainBlockStatsFlags, disk, virDomainBlockStatsFlags(d, NULL, NULL, &out.i, 0) < 0) \
	X(virDomainBlockStatsFlags, nparams, \
	  virDomainBlockStatsFlags(d, "vda", NULL, NULL, 0) < 0) \
	X(virDomainCreateXML, xmlDesc, !virDomainCreateXML(c, NULL, 0)) \
	X(virDomainDefineXML, xml, !virDomainDefineXML(c, NULL)) \
	X(virDomainDefineXMLFlags, xml, !virDomainDefineXMLFlags(c, NULL, 0)) \
	X(virDomainGetAutostart, autostart, virDomainGetAutostart(d, NULL) < 0) \
	X(virDomainGetBlockInfo, disk, virDomainGetBlockInfo(d, NULL, (void *)&out, 0) < 0) \
	X(virDomainGetBlockInfo, info, virDomainGetBlockInfo(d, "vda", NULL, 0) < 0) \
	X(virDomainGetControlInfo, info, virDomainGetControlInfo(d, NULL, 0) < 0) \
	X(virDomainFSFreeze, mountpoints, virDomainFSFreeze(d, NULL, 1, 0) < 0) \
	X(virDomainGetVcpus, info, virDomainGetVcpus(d, NULL, 1, NULL, 0) < 0) \
	X(virDomainMemoryStats, stats, virDomainMemoryStats(d, NULL, 1, 0) < 0) \
	X(virDomainGetDiskErrors, errors, virDomainGetDiskErrors(d, NULL, 1, 0) < 0) \
	X(virDomainGetInfo, info, virDomainGetInfo(d, NULL) < 0) \
	X(virDomainGetJobInfo, info, virDomainGetJobInfo(d, NULL) < 0) \
	X(virDomainGetJobStats, type, \
	  virDomainGetJobStats(d, NULL, (void *)&out, &out.i, 0) < 0) \
	X(virDomainGetJobStats, params, virDomainGetJobStats(d, &out.i, NULL, &out.i, 0) < 0) \
	X(virDomainGetJobStats, nparams, \
	  virDomainGetJobStats(d, &out.i, (void *)&out, NULL, 0) < 0) \
	X(virDomainGetMetadata, uri, \
	  !virDomainGetMetadata(d, VIR_DOMAIN_METADATA_ELEMENT, NULL, 0)) \
	X(virDomainGetState, state, virDomainGetState(d, NULL, &out.i, 0) < 0) \
	X(virDomainGetUUID, uuid, virDomainGetUUID(d, NULL) < 0) \
	X(virDomainGetUUIDString, buf, virDomainGetUUIDString(d, NULL) < 0) \
	X(virDomainListGetStats, doms, virDomainListGetStats(NULL, 0, (void *)&out, 0) < 0) \
	X(virDomainListGetStats, retStats, \
	  virDomainListGetStats((virDomainPtr[]){ d, NULL }, 0, NULL, 0) < 0) \
	X(virDomainLookupByName, name, !virDomainLookupByName(c, NULL)) \
	X(virDomainLookupByUUID, uuid, !virDomainLookupByUUID(c, NULL)) \
	X(virDomainLookupByUUIDString, uuidstr, !virDomainLookupByUUIDString(c, NULL)) \
	X(virDomainManagedSaveDefineXML, dxml, virDomainManagedSaveDefineXML(d, NULL, 0) < 0) \
	X(virDomainQemuAgentCommand, cmd, !virDomainQemuAgentCommand(d, NULL, 1, 0)) \
	X(virDomainQemuMonitorCommand, cmd, virDomainQemuMonitorCommand(d, NULL, &out.s, 0) < 0) \
	X(virDomainQemuMonitorCommand, result, \
	  virDomainQemuMonitorCommand(d, "{}", NULL, 0) < 0) \
	X(virDomainRename, newName, virDomainRename(d, NULL, 0) < 0) \
	X(virDomainRestore, from, virDomainRestore(c, NULL) < 0) \
	X(virDomainRestoreFlags, from, virDomainRestoreFlags(c, NULL, NULL, 0) < 0) \
	X(virDomainRestoreParams, params, virDomainRestoreParams(c, NULL, 1, 0) < 0) \
	X(virDomainSave, to, virDomainSave(d, NULL) < 0) \
	X(virDomainSaveFlags, to, virDomainSaveFlags(d, NULL, NULL, 0) < 0) \
	X(virDomainSaveParams, params, virDomainSaveParams(d, NULL, 1, 0) < 0) \
	X(virDomainSaveImageDefineXML, file, virDomainSaveImageDefineXML(c, NULL, "<x/>", 0) < 0) \
	X(virDomainSaveImageDefineXML, dxml, virDomainSaveImageDefineXML(c, "/x", NULL, 0) < 0) \
	X(virDomainSaveImageGetXMLDesc, file, !virDomainSaveImageGetXMLDesc(c, NULL, 0)) \
	X(virDomainSendKey, keycodes, virDomainSendKey(d, 0, 0, NULL, 1, 0) < 0) \
	X(virDomainSetMetadata, key, \
	  virDomainSetMetadata(d, VIR_DOMAIN_METADATA_ELEMENT, "<a/>", NULL, "u", 0) < 0) \
	X(virDomainSetMetadata, uri, \
	  virDomainSetMetadata(d, VIR_DOMAIN_METADATA_ELEMENT, "<a/>", "k", NULL, 0) < 0) \
	X(virDomainSnapshotCreateXML, xmlDesc, !virDomainSnapshotCreateXML(d, NULL, 0)) \
	X(virDomainSnapshotListChildrenNames, names, \
	  virDomainSnapshotListChildrenNames(s, NULL, 1, 0) < 0) \
	X(virDomainSnapshotListNames, names, virDomainSnapshotListNames(d, NULL, 1, 0) < 0) \
	X(virDomainSnapshotLookupByName, name, !virDomainSnapshotLookupByName(d, NULL, 0)) \
	X(virEventAddHandle, cb, virEventAddHandle(0, 1, NULL, NULL, NULL) < 0) \
	X(virEventAddTimeout, cb, virEventAddTimeout(1, NULL, NULL, NULL) < 0) \
	X(virGetVersion, libVer, virGetVersion(NULL, NULL, NULL) < 0) \
	X(virNodeGetCPUStats, nparams, virNodeGetCPUStats(c, -1, NULL, NULL, 0) < 0) \
	X(virNodeGetInfo, info, virNodeGetInfo(c, NULL) < 0) \
	X(virNodeGetMemoryStats, nparams, virNodeGetMemoryStats(c, -1, NULL, NULL, 0) < 0) \
	X(virNodeGetSecurityModel, secmodel, virNodeGetSecurityModel(c, NULL) < 0)

/* Whatever comes of the call, nothing falls over, and no error speaks of NULL. */
#define MAY_BE_NULL(X) \
	X(domshConnectListDomains, prefix, \
	  (n = domshConnectListDomains(c, NULL, 0, 0, (void *)&out), domshDomainsFree(out.room, n))) \
	X(domshConnectSetProgress, func, domshConnectSetProgress(c, NULL, NULL)) \
	X(domshDisksFree, disks, domshDisksFree(NULL, 1)) \
	X(domshDisplaysFree, displays, domshDisplaysFree(NULL, 1)) \
	X(domshDoctor, domain, (n = domshDoctor(c, NULL, 0, (void *)&out), domshFindingsFree(out.room, n))) \
	X(domshDomainListSnapshots, from, \
	  (n = domshDomainListSnapshots(d, NULL, 0, (void *)&out), domshSnapshotsFree(out.room, n))) \
	X(domshDomainManagedSaveRemove, kept, domshDomainManagedSaveRemove(d, 0, NULL)) \
	X(domshDomainReboot, used, domshDomainReboot(d, 0, NULL)) \
	X(domshDomainRestore, dxml, domshDomainRestore(c, "/nowhere", NULL, 0, 0)) \
	X(domshDomainSave, dxml, domshDomainSave(d, "/nowhere/x", NULL, 0, 0)) \
	X(domshDomainShutdown, used, domshDomainShutdown(d, 0, NULL)) \
	X(domshDomainUndefine, items, domshDomainUndefine(d, 0, DRY, NULL, &out.i)) \
	X(domshDomainUndefine, nitems, domshDomainUndefine(d, 0, DRY, NULL, NULL)) \
	X(domshDomainsFree, domains, domshDomainsFree(NULL, 1)) \
	X(domshErrorReasons, err, domshErrorReasons(NULL, (void *)&out)) \
	X(domshErrorReasons, reasons, domshErrorReasons(NULL, NULL)) \
	X(domshFindingsFree, findings, domshFindingsFree(NULL, 1)) \
	X(domshInterfacesFree, interfaces, domshInterfacesFree(NULL, 1)) \
	X(domshPlanFree, items, domshPlanFree(NULL, 1)) \
	X(domshReasonsFree, reasons, domshReasonsFree(NULL, 1)) \
	X(domshRemarksFree, remarks, domshRemarksFree(NULL)) \
	X(domshSetCommand, command, domshSetCommand(NULL)) \
	X(domshSnapshotPlanRevert, keep, \
	  domshSnapshotPlanRevert(s, NULL, 0, (void *)&out, &n) < 0 \
		  ? (void)0 \
		  : domshPlanFree(out.room, n)) \
	X(domshSnapshotRevert, keep, domshSnapshotRevert(s, NULL, 0)) \
	X(domshSnapshotsFree, snapshots, domshSnapshotsFree(NULL, 1)) \
	X(domshTakeRemarks, remarks, domshTakeRemarks(NULL)) \
	X(domshTrashEmpty, id, domshTrashEmpty(c, NULL, 0, 1, NULL)) \
	X(domshTrashEmpty, freed, domshTrashEmpty(c, NULL, 0, 1, NULL)) \
	X(domshTrashList, domain, (n = domshTrashList(c, NULL, (void *)&out), domshTrashListFree(out.room, n))) \
	X(domshTrashListFree, entries, domshTrashListFree(NULL, 1)) \
	X(domshTrashRestore, restored, domshTrashRestore(c, "nothing", NULL)) \
	X(virConnectDomainQemuMonitorEventRegister, event, \
	  (n = virConnectDomainQemuMonitorEventRegister(c, NULL, NULL, (void *)nothing, NULL, \
							NULL, 0), \
	   virConnectDomainQemuMonitorEventDeregister(c, n))) \
	X(virConnectGetCPUModelNames, models, \
	  virConnectGetCPUModelNames(c, "x86_64", NULL, 0)) \
	X(virConnectGetDomainCapabilities, emulatorbin, CAPABILITIES) \
	X(virConnectGetDomainCapabilities, arch, CAPABILITIES) \
	X(virConnectGetDomainCapabilities, machine, CAPABILITIES) \
	X(virConnectGetDomainCapabilities, virttype, CAPABILITIES) \
	X(virConnectGetMaxVcpus, type, virConnectGetMaxVcpus(c, NULL)) \
	X(virConnectListAllDomains, domains, virConnectListAllDomains(c, NULL, 0)) \
	X(virConnectOpen, name, virConnectClose(virConnectOpen(NULL))) \
	X(virConnectOpenReadOnly, name, virConnectClose(virConnectOpenReadOnly(NULL))) \
	X(virCopyLastError, to, virCopyLastError(NULL)) \
	X(virDefaultErrorFunc, err, virDefaultErrorFunc(NULL)) \
	X(virDomainBlockStatsFlags, params, \
	  virDomainBlockStatsFlags(d, "vda", NULL, &out.i, 0)) \
	X(virDomainFSThaw, mountpoints, virDomainFSThaw(d, NULL, 0, 0)) \
	X(virDomainFSTrim, mountPoint, virDomainFSTrim(d, NULL, 0, 0)) \
	X(virDomainGetTime, seconds, virDomainGetTime(d, NULL, NULL, 0)) \
	X(virDomainGetTime, nseconds, virDomainGetTime(d, NULL, NULL, 0)) \
	X(virDomainGetVcpus, cpumaps, virDomainGetVcpus(d, (void *)&out, 1, NULL, 0)) \
	X(virDomainGetState, reason, virDomainGetState(d, &out.i, NULL, 0)) \
	X(virDomainListAllCheckpoints, checkpoints, virDomainListAllCheckpoints(d, NULL, 0)) \
	X(virDomainListAllSnapshots, snaps, virDomainListAllSnapshots(d, NULL, 0)) \
	X(virDomainOpenConsole, devName, virDomainOpenConsole(d, NULL, st, 0)) \
	X(virDomainRestoreFlags, dxml, virDomainRestoreFlags(c, "/nowhere", NULL, 0)) \
	X(virDomainSaveFlags, dxml, virDomainSaveFlags(d, "/nowhere/x", NULL, 0)) \
	X(virDomainSetMetadata, metadata, \
	  virDomainSetMetadata(d, VIR_DOMAIN_METADATA_TITLE, NULL, NULL, NULL, 0)) \
	X(virDomainSnapshotListAllChildren, snaps, \
	  virDomainSnapshotListAllChildren(s, NULL, 0)) \
	X(virDomainStatsRecordListFree, stats, virDomainStatsRecordListFree(NULL)) \
	X(virEventRegisterImpl, addHandle, NO_IMPL) \
	X(virEventRegisterImpl, updateHandle, NO_IMPL) \
	X(virEventRegisterImpl, removeHandle, NO_IMPL) \
	X(virEventRegisterImpl, addTimeout, NO_IMPL) \
	X(virEventRegisterImpl, updateTimeout, NO_IMPL) \
	X(virEventRegisterImpl, removeTimeout, NO_IMPL) \
	X(virFreeError, err, virFreeError(NULL)) \
	X(virGetVersion, type, virGetVersion(&out.ul, NULL, &out.ul)) \
	X(virGetVersion, typeVer, virGetVersion(&out.ul, "QEMU", NULL)) \
	X(virNodeGetCPUMap, cpumap, virNodeGetCPUMap(c, NULL, NULL, 0)) \
	X(virNodeGetCPUMap, online, virNodeGetCPUMap(c, NULL, NULL, 0)) \
	X(virNodeGetCPUStats, params, virNodeGetCPUStats(c, -1, NULL, &out.i, 0)) \
	X(virNodeGetMemoryStats, params, virNodeGetMemoryStats(c, -1, NULL, &out.i, 0)) \
	X(virResetError, err, virResetError(NULL)) \
	X(virSetErrorFunc, handler, virSetErrorFunc(NULL, NULL)) \
	X(virTypedParamsFree, params, virTypedParamsFree(NULL, 1)) \
	X(virTypedParamsGet, params, virTypedParamsGet(NULL, 1, "x")) \
	X(virTypedParamsGet, name, virTypedParamsGet((void *)&out, 1, NULL))

/* Only of a stream that is in use: test-api-stream.c. */
#define IN_USE(X) \
	X(virStreamEventAddCallback, cb) X(virStreamRecv, data) X(virStreamRecvAll, handler) \
	X(virStreamSend, data)
