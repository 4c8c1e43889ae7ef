/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * Every function that the library exports has its row here; test-api-calls.c fails when one has not.
 *
 *	X(access, function, did it fail when called with handle h?)
 *
 * access: R reads, W changes, N needs the handle only. A row whose function has flags hands `flags`
 * over: 0, but for the test of unknown bits. Pointers to storage are to `out`; callbacks are `nothing`.
 */

#define CONNECT_CALLS(X) \
	X(N, virConnectRef, virConnectRef(h) < 0) \
	X(N, virConnectClose, virConnectClose(h) < 0) \
	X(R, virConnectGetType, !virConnectGetType(h)) \
	X(R, virConnectGetVersion, virConnectGetVersion(h, &out.ul) < 0) \
	X(R, virConnectGetLibVersion, virConnectGetLibVersion(h, &out.ul) < 0) \
	X(R, virConnectGetHostname, !virConnectGetHostname(h)) \
	X(R, virConnectGetURI, !virConnectGetURI(h)) \
	X(R, virConnectIsAlive, virConnectIsAlive(h) < 0) \
	X(R, domshConnectSetProgress, domshConnectSetProgress(h, NULL, NULL) < 0) \
	X(R, virConnectIsEncrypted, virConnectIsEncrypted(h) < 0) \
	X(R, virConnectIsSecure, virConnectIsSecure(h) < 0) \
	X(R, virNodeGetSecurityModel, virNodeGetSecurityModel(h, &out.model) < 0) \
	X(R, virConnectNumOfDomains, virConnectNumOfDomains(h) < 0) \
	X(R, virConnectListDomains, virConnectListDomains(h, &out.i, 1) < 0) \
	X(R, virConnectNumOfDefinedDomains, virConnectNumOfDefinedDomains(h) < 0) \
	X(R, virConnectListDefinedDomains, virConnectListDefinedDomains(h, &out.s, 1) < 0) \
	X(R, virConnectListAllDomains, virConnectListAllDomains(h, NULL, flags) < 0) \
	X(R, domshConnectListDomains, domshConnectListDomains(h, NULL, flags, 0, (void *)&out) < 0) \
	X(R, virDomainLookupByName, !virDomainLookupByName(h, "guest")) \
	X(R, virDomainLookupByID, !virDomainLookupByID(h, 1)) \
	X(R, virDomainLookupByUUID, !virDomainLookupByUUID(h, out.uuid)) \
	X(R, virDomainLookupByUUIDString, !virDomainLookupByUUIDString(h, UUID)) \
	X(R, virNodeGetInfo, virNodeGetInfo(h, (void *)&out) < 0) \
	X(R, virConnectGetMaxVcpus, virConnectGetMaxVcpus(h, NULL) < 0) \
	X(R, virConnectSetKeepAlive, virConnectSetKeepAlive(h, 5, 5) < 0) \
	X(R, virConnectRegisterCloseCallback, \
	  virConnectRegisterCloseCallback(h, (void *)nothing, NULL, NULL) < 0) \
	X(R, virConnectUnregisterCloseCallback, \
	  virConnectUnregisterCloseCallback(h, (void *)nothing) < 0) \
	X(R, virConnectDomainEventRegister, \
	  virConnectDomainEventRegister(h, (void *)nothing, NULL, NULL) < 0) \
	X(R, virConnectDomainEventDeregister, \
	  virConnectDomainEventDeregister(h, (void *)nothing) < 0) \
	X(R, virConnectDomainEventRegisterAny, \
	  virConnectDomainEventRegisterAny(h, NULL, 0, (void *)nothing, NULL, NULL) < 0) \
	X(R, virConnectDomainEventDeregisterAny, virConnectDomainEventDeregisterAny(h, 1) < 0) \
	X(W, virConnectDomainQemuMonitorEventRegister, \
	  virConnectDomainQemuMonitorEventRegister(h, NULL, NULL, (void *)nothing, NULL, NULL, \
						   flags) < 0) \
	X(R, virConnectDomainQemuMonitorEventDeregister, \
	  virConnectDomainQemuMonitorEventDeregister(h, 1) < 0) \
	X(R, virConnectGetAllDomainStats, \
	  virConnectGetAllDomainStats(h, 0, (void *)&out, flags) < 0) \
	X(W, virDomainSaveImageGetXMLDesc, !virDomainSaveImageGetXMLDesc(h, "/x", flags)) \
	X(W, virDomainSaveImageDefineXML, virDomainSaveImageDefineXML(h, "/x", "<x/>", flags) < 0) \
	X(W, virDomainRestore, virDomainRestore(h, "/x") < 0) \
	X(W, virDomainRestoreFlags, virDomainRestoreFlags(h, "/x", NULL, flags) < 0) \
	X(W, virDomainRestoreParams, virDomainRestoreParams(h, NULL, 0, flags) < 0) \
	X(W, domshDomainRestore, !domshDomainRestore(h, "/x", NULL, 0, flags)) \
	X(N, virStreamNew, !virStreamNew(h, flags)) \
	X(R, domshDoctor, domshDoctor(h, NULL, 0, (void *)&out) < 0) \
	X(R, virConnectGetCapabilities, !virConnectGetCapabilities(h)) \
	X(R, virConnectGetDomainCapabilities, \
	  !virConnectGetDomainCapabilities(h, NULL, NULL, NULL, NULL, flags)) \
	X(W, virConnectDomainXMLToNative, \
	  !virConnectDomainXMLToNative(h, "qemu-argv", guest_xml, flags)) \
	X(R, virConnectGetCPUModelNames, virConnectGetCPUModelNames(h, "x86_64", NULL, flags) < 0) \
	X(R, virNodeGetCPUMap, virNodeGetCPUMap(h, NULL, NULL, flags) < 0) \
	X(R, virNodeGetCPUStats, virNodeGetCPUStats(h, -1, NULL, &out.i, flags) < 0) \
	X(R, virNodeGetMemoryStats, virNodeGetMemoryStats(h, -1, NULL, &out.i, flags) < 0) \
	X(W, virDomainDefineXML, !virDomainDefineXML(h, guest_xml)) \
	X(W, virDomainDefineXMLFlags, !virDomainDefineXMLFlags(h, guest_xml, flags)) \
	X(W, virDomainCreateXML, !virDomainCreateXML(h, guest_xml, flags)) \
	X(R, domshTrashList, domshTrashList(h, NULL, &out.trash) < 0) \
	X(W, domshTrashRestore, domshTrashRestore(h, "x", NULL) < 0) \
	X(W, domshTrashEmpty, domshTrashEmpty(h, NULL, 0, 0, NULL) < 0)

#define DOMAIN_CALLS(X) \
	X(N, virDomainGetConnect, !virDomainGetConnect(h)) \
	X(N, virDomainRef, virDomainRef(h) < 0) \
	X(N, virDomainFree, virDomainFree(h) < 0) \
	X(N, virDomainGetName, !virDomainGetName(h)) \
	X(R, virDomainGetID, virDomainGetID(h) == (unsigned int)-1) \
	X(R, virDomainGetUUID, virDomainGetUUID(h, out.uuid) < 0) \
	X(R, virDomainGetUUIDString, virDomainGetUUIDString(h, out.text) < 0) \
	X(R, virDomainGetOSType, !virDomainGetOSType(h)) \
	X(R, virDomainGetMaxMemory, !virDomainGetMaxMemory(h)) \
	X(R, virDomainGetMaxVcpus, virDomainGetMaxVcpus(h) < 0) \
	X(R, virDomainGetInfo, virDomainGetInfo(h, &out.info) < 0) \
	X(R, virDomainGetState, virDomainGetState(h, &out.i, NULL, flags) < 0) \
	X(R, virDomainIsActive, virDomainIsActive(h) < 0) \
	X(R, virDomainIsPersistent, virDomainIsPersistent(h) < 0) \
	X(R, virDomainIsUpdated, virDomainIsUpdated(h) < 0) \
	X(R, virDomainGetXMLDesc, !virDomainGetXMLDesc(h, flags)) \
	X(R, virDomainGetMetadata, !virDomainGetMetadata(h, 0, NULL, flags)) \
	X(R, virDomainHasManagedSaveImage, virDomainHasManagedSaveImage(h, flags) < 0) \
	X(R, virDomainGetAutostart, virDomainGetAutostart(h, &out.i) < 0) \
	X(R, virDomainSnapshotNum, virDomainSnapshotNum(h, flags) < 0) \
	X(R, virDomainSnapshotListNames, virDomainSnapshotListNames(h, &out.s, 1, flags) < 0) \
	X(R, virDomainListAllSnapshots, virDomainListAllSnapshots(h, NULL, flags) < 0) \
	X(R, virDomainSnapshotLookupByName, !virDomainSnapshotLookupByName(h, "s", flags)) \
	X(R, virDomainHasCurrentSnapshot, virDomainHasCurrentSnapshot(h, flags) < 0) \
	X(R, virDomainSnapshotCurrent, !virDomainSnapshotCurrent(h, flags)) \
	X(R, virDomainListAllCheckpoints, virDomainListAllCheckpoints(h, NULL, flags) < 0) \
	X(R, domshDomainIsSupervised, domshDomainIsSupervised(h) < 0) \
	X(W, virDomainUndefine, virDomainUndefine(h) < 0) \
	X(W, virDomainUndefineFlags, virDomainUndefineFlags(h, flags) < 0) \
	X(W, domshDomainUndefine, domshDomainUndefine(h, 0, flags, NULL, NULL) < 0) \
	X(W, virDomainRename, virDomainRename(h, "other", flags) < 0) \
	X(W, virDomainCreate, virDomainCreate(h) < 0) \
	X(W, virDomainCreateWithFlags, virDomainCreateWithFlags(h, flags) < 0) \
	X(W, domshDomainCreate, domshDomainCreate(h, 0, flags) < 0) \
	X(W, virDomainShutdown, virDomainShutdown(h) < 0) \
	X(W, virDomainShutdownFlags, virDomainShutdownFlags(h, flags) < 0) \
	X(W, domshDomainShutdown, domshDomainShutdown(h, flags, NULL) < 0) \
	X(W, virDomainDestroy, virDomainDestroy(h) < 0) \
	X(W, virDomainDestroyFlags, virDomainDestroyFlags(h, flags) < 0) \
	X(W, virDomainSuspend, virDomainSuspend(h) < 0) \
	X(W, virDomainResume, virDomainResume(h) < 0) \
	X(W, virDomainManagedSave, virDomainManagedSave(h, flags) < 0) \
	X(W, virDomainManagedSaveRemove, virDomainManagedSaveRemove(h, flags) < 0) \
	X(W, domshDomainManagedSaveRemove, domshDomainManagedSaveRemove(h, flags, NULL) < 0) \
	X(W, virDomainSetAutostart, virDomainSetAutostart(h, 1) < 0) \
	X(R, domshDomainListSnapshots, domshDomainListSnapshots(h, NULL, flags, (void *)&out) < 0) \
	X(R, virDomainBlockStats, virDomainBlockStats(h, "vda", (void *)&out, 40) < 0) \
	X(R, virDomainBlockStatsFlags, virDomainBlockStatsFlags(h, "vda", NULL, &out.i, flags) < 0) \
	X(R, virDomainGetVcpus, virDomainGetVcpus(h, (void *)&out, 1, NULL, 0) < 0) \
	X(R, virDomainMemoryStats, virDomainMemoryStats(h, (void *)&out, 1, flags) < 0) \
	X(W, virDomainSetMemoryStatsPeriod, virDomainSetMemoryStatsPeriod(h, 1, flags) < 0) \
	X(R, virDomainGetTime, virDomainGetTime(h, (void *)&out, NULL, flags) < 0) \
	X(W, virDomainSetTime, virDomainSetTime(h, 0, 0, flags) < 0) \
	X(W, virDomainGetHostname, !virDomainGetHostname(h, flags)) \
	X(W, virDomainFSFreeze, virDomainFSFreeze(h, NULL, 0, flags) < 0) \
	X(W, virDomainFSThaw, virDomainFSThaw(h, NULL, 0, flags) < 0) \
	X(W, virDomainFSTrim, virDomainFSTrim(h, NULL, 0, flags) < 0) \
	X(R, virDomainGetDiskErrors, virDomainGetDiskErrors(h, NULL, 0, flags) < 0) \
	X(R, virDomainGetBlockInfo, virDomainGetBlockInfo(h, "vda", (void *)&out, flags) < 0) \
	X(R, virDomainGetControlInfo, virDomainGetControlInfo(h, (void *)&out, flags) < 0) \
	X(R, virDomainGetJobInfo, virDomainGetJobInfo(h, (void *)&out) < 0) \
	X(R, virDomainGetJobStats, \
	  virDomainGetJobStats(h, &out.i, (void *)&out, &out.i, flags) < 0) \
	X(R, virDomainManagedSaveGetXMLDesc, !virDomainManagedSaveGetXMLDesc(h, flags)) \
	X(R, domshDomainListDisks, domshDomainListDisks(h, flags, (void *)&out) < 0) \
	X(R, domshDomainListInterfaces, domshDomainListInterfaces(h, flags, (void *)&out) < 0) \
	X(W, domshDomainSetLink, domshDomainSetLink(h, "52:54:00:00:00:01", 0, flags) < 0) \
	X(R, domshDomainListDisplays, domshDomainListDisplays(h, flags, (void *)&out) < 0) \
	X(R, domshDomainGetTerminal, !domshDomainGetTerminal(h) && virGetLastErrorCode()) \
	X(R, domshDomainIsProtected, domshDomainIsProtected(h) < 0) \
	X(R, domshDomainAwait, domshDomainAwait(h, 0, 0) < 0) \
	X(W, domshDomainSetProtected, domshDomainSetProtected(h, 1) < 0) \
	X(W, virDomainAbortJob, virDomainAbortJob(h) < 0) \
	X(W, virDomainSave, virDomainSave(h, "/x") < 0) \
	X(W, virDomainSaveFlags, virDomainSaveFlags(h, "/x", NULL, flags) < 0) \
	X(W, virDomainSaveParams, virDomainSaveParams(h, NULL, 0, flags) < 0) \
	X(W, domshDomainSave, domshDomainSave(h, "/x", NULL, 0, flags) < 0) \
	X(W, virDomainManagedSaveDefineXML, virDomainManagedSaveDefineXML(h, "<x/>", flags) < 0) \
	X(W, virDomainReboot, virDomainReboot(h, flags) < 0) \
	X(W, domshDomainReboot, domshDomainReboot(h, flags, NULL) < 0) \
	X(W, virDomainReset, virDomainReset(h, flags) < 0) \
	X(W, virDomainInjectNMI, virDomainInjectNMI(h, flags) < 0) \
	X(W, virDomainSendKey, virDomainSendKey(h, 0, 0, (void *)&out, 1, flags) < 0) \
	X(W, virDomainQemuMonitorCommand, \
	  virDomainQemuMonitorCommand(h, "{}", &out.s, flags) < 0) \
	X(W, virDomainQemuAgentCommand, !virDomainQemuAgentCommand(h, "{}", 1, flags)) \
	X(W, virDomainSetLifecycleAction, virDomainSetLifecycleAction(h, 0, 0, flags) < 0) \
	X(R, virDomainGetVcpusFlags, virDomainGetVcpusFlags(h, flags) < 0) \
	X(W, virDomainSetVcpus, virDomainSetVcpus(h, 1) < 0) \
	X(W, virDomainSetVcpusFlags, virDomainSetVcpusFlags(h, 1, flags) < 0) \
	X(W, virDomainSetMemory, virDomainSetMemory(h, 1024) < 0) \
	X(W, virDomainSetMemoryFlags, virDomainSetMemoryFlags(h, 1024, flags) < 0) \
	X(W, virDomainSetMaxMemory, virDomainSetMaxMemory(h, 1024) < 0) \
	X(W, virDomainSetMetadata, \
	  virDomainSetMetadata(h, VIR_DOMAIN_METADATA_TITLE, "t", NULL, NULL, flags) < 0) \
	X(W, virDomainSnapshotCreateXML, !virDomainSnapshotCreateXML(h, "<x/>", flags))

#define SNAPSHOT_CALLS(X) \
	X(N, virDomainSnapshotGetName, !virDomainSnapshotGetName(h)) \
	X(N, virDomainSnapshotGetDomain, !virDomainSnapshotGetDomain(h)) \
	X(N, virDomainSnapshotGetConnect, !virDomainSnapshotGetConnect(h)) \
	X(N, virDomainSnapshotRef, virDomainSnapshotRef(h) < 0) \
	X(N, virDomainSnapshotFree, virDomainSnapshotFree(h) < 0) \
	X(R, virDomainSnapshotGetXMLDesc, !virDomainSnapshotGetXMLDesc(h, flags)) \
	X(R, virDomainSnapshotNumChildren, virDomainSnapshotNumChildren(h, flags) < 0) \
	X(R, virDomainSnapshotListChildrenNames, \
	  virDomainSnapshotListChildrenNames(h, &out.s, 1, flags) < 0) \
	X(R, virDomainSnapshotListAllChildren, virDomainSnapshotListAllChildren(h, NULL, flags) < 0) \
	X(R, virDomainSnapshotGetParent, !virDomainSnapshotGetParent(h, flags)) \
	X(R, virDomainSnapshotIsCurrent, virDomainSnapshotIsCurrent(h, flags) < 0) \
	X(R, virDomainSnapshotHasMetadata, virDomainSnapshotHasMetadata(h, flags) < 0) \
	X(R, domshSnapshotDescribe, domshSnapshotDescribe(h, (void *)&out) < 0) \
	X(W, domshSnapshotEdit, !domshSnapshotEdit(h, "<x/>", flags)) \
	X(W, domshSnapshotRevert, domshSnapshotRevert(h, NULL, 0) < 0) \
	X(W, domshSnapshotPlanRevert, domshSnapshotPlanRevert(h, NULL, 0, (void *)&out, &out.i) < 0) \
	X(W, domshSnapshotPlanDelete, domshSnapshotPlanDelete(h, 0, (void *)&out, &out.i) < 0) \
	X(W, virDomainRevertToSnapshot, virDomainRevertToSnapshot(h, flags) < 0) \
	X(W, virDomainSnapshotDelete, virDomainSnapshotDelete(h, flags) < 0)

#define CHECKPOINT_CALLS(X) \
	X(N, virDomainCheckpointGetName, !virDomainCheckpointGetName(h)) \
	X(N, virDomainCheckpointFree, virDomainCheckpointFree(h) < 0)

#define STREAM_CALLS(X) \
	X(N, virStreamRef, virStreamRef(h) < 0) \
	X(N, virStreamRecv, virStreamRecv(h, out.text, 1) < 0) \
	X(N, virStreamRecvAll, virStreamRecvAll(h, (void *)nothing, NULL) < 0) \
	X(N, virStreamSend, virStreamSend(h, "", 0) < 0) \
	X(N, virStreamEventAddCallback, \
	  virStreamEventAddCallback(h, 1, (void *)nothing, NULL, NULL) < 0) \
	X(N, virStreamEventUpdateCallback, virStreamEventUpdateCallback(h, 1) < 0) \
	X(N, virStreamEventRemoveCallback, virStreamEventRemoveCallback(h) < 0) \
	X(N, virStreamFinish, virStreamFinish(h) < 0) \
	X(N, virStreamAbort, virStreamAbort(h) < 0) \
	X(N, virStreamFree, virStreamFree(h) < 0)

/* What takes no handle of ours, or several; test-api-arguments.c has what they can be given wrong. */
#define OTHER_CALLS(X) \
	X(domshDisksFree) X(domshDisplaysFree) X(domshErrorReasons) X(domshFindingsFree) \
	X(domshInterfacesFree) X(domshPlanFree) X(domshReasonsFree) X(domshRemarksFree) \
	X(domshDomainsFree) X(domshSetCommand) X(domshTakeRemarks) X(domshXMLPath) \
	X(domshSnapshotsFree) X(domshTrashListFree) X(virConnectOpen) X(virConnectOpenReadOnly) \
	X(virCopyLastError) X(virDefaultErrorFunc) X(virDomainListGetStats) \
	X(virDomainOpenConsole) X(virDomainScreenshot) X(virDomainStatsRecordListFree) X(virEventAddHandle) \
	X(virEventAddTimeout) X(virEventRegisterDefaultImpl) X(virEventRegisterImpl) \
	X(virEventRemoveHandle) X(virEventRemoveTimeout) X(virEventRunDefaultImpl) \
	X(virEventUpdateHandle) X(virEventUpdateTimeout) X(virFreeError) X(virGetLastError) \
	X(virGetLastErrorCode) X(virGetLastErrorDomain) X(virGetLastErrorMessage) \
	X(virGetVersion) X(virInitialize) X(virResetError) X(virResetLastError) \
	X(virSaveLastError) X(virSetErrorFunc) X(virTypedParamsFree) X(virTypedParamsGet)
