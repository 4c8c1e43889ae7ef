/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the doors of the library let through: NULL, foreign and read-only handles, unknown and
 * contradicting flags, missing arguments; handles that outlive what they name; several threads
 * on one connection.
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <domsh/domsh.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

#define UUID "c7a5fdbd-edaf-9455-926a-d65c16db1809"

static const char guest_xml[] = "<domain type='qemu'><name>guest</name><uuid>" UUID "</uuid>"
				"<memory unit='KiB'>65536</memory>"
				"<os><type arch='x86_64' machine='pc'>hvm</type></os></domain>";

/* ---- A store of our own ------------------------------------------------------------------- */

struct fixture {
	char *root;
	char *uri;
	virConnectPtr conn, reader;
	virDomainPtr guest;
};

static void set_up(struct fixture *f, gconstpointer data)
{
	(void)data;
	f->root = g_dir_make_tmp("domsh-api-XXXXXX", NULL);
	g_assert_nonnull(f->root);
	f->uri = g_strdup_printf("qemu:///embed?root=%s", f->root);
	f->conn = virConnectOpen(f->uri);
	g_assert_cmpstr(virGetLastErrorMessage(), ==, "no error");
	g_assert_nonnull(f->conn);
	f->reader = virConnectOpenReadOnly(f->uri);
	g_assert_nonnull(f->reader);
	f->guest = virDomainDefineXML(f->conn, guest_xml);
	g_assert_cmpstr(virGetLastErrorMessage(), ==, "no error");
	g_assert_nonnull(f->guest);
}

static void remove_tree(const char *path)
{
	const char *argv[] = { "rm", "-rf", "--", path, NULL };

	g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL,
				   NULL, NULL, NULL));
}

static void tear_down(struct fixture *f, gconstpointer data)
{
	(void)data;
	g_assert_cmpint(virDomainFree(f->guest), ==, 0);
	g_assert_cmpint(virConnectClose(f->reader), ==, 0);
	g_assert_cmpint(virConnectClose(f->conn), ==, 0);
	remove_tree(f->root);
	g_free(f->root);
	g_free(f->uri);
}

/* ---- Every function with a handle that is none -------------------------------------------- */

/* X(access, function, did it fail when called with handle h?); access R reads, W changes, N needs
 * the handle only. */
#define CONNECT_CALLS(X) \
	X(N, virConnectRef, virConnectRef(h) < 0) \
	X(N, virConnectClose, virConnectClose(h) < 0) \
	X(R, virConnectGetType, !virConnectGetType(h)) \
	X(R, virConnectGetVersion, virConnectGetVersion(h, &out.ul) < 0) \
	X(R, virConnectGetLibVersion, virConnectGetLibVersion(h, &out.ul) < 0) \
	X(R, virConnectGetHostname, !virConnectGetHostname(h)) \
	X(R, virConnectGetURI, !virConnectGetURI(h)) \
	X(R, virConnectIsAlive, virConnectIsAlive(h) < 0) \
	X(R, virConnectIsEncrypted, virConnectIsEncrypted(h) < 0) \
	X(R, virConnectIsSecure, virConnectIsSecure(h) < 0) \
	X(R, virNodeGetSecurityModel, virNodeGetSecurityModel(h, &out.model) < 0) \
	X(R, virConnectNumOfDomains, virConnectNumOfDomains(h) < 0) \
	X(R, virConnectListDomains, virConnectListDomains(h, &out.i, 1) < 0) \
	X(R, virConnectNumOfDefinedDomains, virConnectNumOfDefinedDomains(h) < 0) \
	X(R, virConnectListDefinedDomains, virConnectListDefinedDomains(h, &out.s, 1) < 0) \
	X(R, virConnectListAllDomains, virConnectListAllDomains(h, NULL, 0) < 0) \
	X(R, virDomainLookupByName, !virDomainLookupByName(h, "guest")) \
	X(R, virDomainLookupByID, !virDomainLookupByID(h, 1)) \
	X(R, virDomainLookupByUUID, !virDomainLookupByUUID(h, out.uuid)) \
	X(R, virDomainLookupByUUIDString, !virDomainLookupByUUIDString(h, UUID)) \
	X(W, virDomainDefineXML, !virDomainDefineXML(h, guest_xml)) \
	X(W, virDomainDefineXMLFlags, !virDomainDefineXMLFlags(h, guest_xml, 0)) \
	X(W, virDomainCreateXML, !virDomainCreateXML(h, guest_xml, 0)) \
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
	X(R, domshDomainListUnsupported, domshDomainListUnsupported(h, &out.reasons) < 0) \
	X(R, virDomainBlockStats, virDomainBlockStats(h, "vda", &out.block, sizeof(out.block)) < 0) \
	X(R, virDomainBlockStatsFlags, virDomainBlockStatsFlags(h, "vda", NULL, &out.i, 0) < 0) \
	X(R, virDomainGetDiskErrors, virDomainGetDiskErrors(h, NULL, 0, 0) < 0) \
	X(R, virDomainGetVcpusFlags, virDomainGetVcpusFlags(h, 0) < 0) \
	X(W, virDomainSetVcpus, virDomainSetVcpus(h, 1) < 0) \
	X(W, virDomainSetVcpusFlags, virDomainSetVcpusFlags(h, 1, VIR_DOMAIN_VCPU_CONFIG) < 0) \
	X(W, virDomainSetMemory, virDomainSetMemory(h, 1024) < 0) \
	X(W, virDomainSetMemoryFlags, virDomainSetMemoryFlags(h, 1024, VIR_DOMAIN_MEM_CONFIG) < 0) \
	X(W, virDomainSetMaxMemory, virDomainSetMaxMemory(h, 1024) < 0) \
	X(R, virDomainGetInfo, virDomainGetInfo(h, &out.info) < 0) \
	X(R, virDomainGetState, virDomainGetState(h, &out.i, NULL, 0) < 0) \
	X(R, virDomainIsActive, virDomainIsActive(h) < 0) \
	X(R, virDomainIsPersistent, virDomainIsPersistent(h) < 0) \
	X(R, virDomainIsUpdated, virDomainIsUpdated(h) < 0) \
	X(R, virDomainGetXMLDesc, !virDomainGetXMLDesc(h, 0)) \
	X(R, virDomainGetMetadata, !virDomainGetMetadata(h, 0, NULL, 0)) \
	X(R, virDomainHasManagedSaveImage, virDomainHasManagedSaveImage(h, 0) < 0) \
	X(R, virDomainGetAutostart, virDomainGetAutostart(h, &out.i) < 0) \
	X(R, virDomainSnapshotNum, virDomainSnapshotNum(h, 0) < 0) \
	X(R, virDomainSnapshotListNames, virDomainSnapshotListNames(h, &out.s, 1, 0) < 0) \
	X(R, virDomainListAllSnapshots, virDomainListAllSnapshots(h, NULL, 0) < 0) \
	X(R, virDomainSnapshotLookupByName, !virDomainSnapshotLookupByName(h, "s", 0)) \
	X(R, virDomainHasCurrentSnapshot, virDomainHasCurrentSnapshot(h, 0) < 0) \
	X(R, virDomainSnapshotCurrent, !virDomainSnapshotCurrent(h, 0)) \
	X(R, virDomainListAllCheckpoints, virDomainListAllCheckpoints(h, NULL, 0) < 0) \
	X(R, domshDomainIsSupervised, domshDomainIsSupervised(h) < 0) \
	X(W, virDomainUndefine, virDomainUndefine(h) < 0) \
	X(W, virDomainUndefineFlags, virDomainUndefineFlags(h, 0) < 0) \
	X(W, domshDomainUndefine, domshDomainUndefine(h, 0, 0, NULL, NULL) < 0) \
	X(W, virDomainRename, virDomainRename(h, "other", 0) < 0) \
	X(W, virDomainCreate, virDomainCreate(h) < 0) \
	X(W, virDomainCreateWithFlags, virDomainCreateWithFlags(h, 0) < 0) \
	X(W, domshDomainCreate, domshDomainCreate(h, 0, 0) < 0) \
	X(W, virDomainShutdown, virDomainShutdown(h) < 0) \
	X(W, virDomainShutdownFlags, virDomainShutdownFlags(h, 0) < 0) \
	X(W, virDomainDestroy, virDomainDestroy(h) < 0) \
	X(W, virDomainDestroyFlags, virDomainDestroyFlags(h, 0) < 0) \
	X(W, virDomainSuspend, virDomainSuspend(h) < 0) \
	X(W, virDomainResume, virDomainResume(h) < 0) \
	X(W, virDomainManagedSave, virDomainManagedSave(h, 0) < 0) \
	X(W, virDomainManagedSaveRemove, virDomainManagedSaveRemove(h, 0) < 0) \
	X(W, domshDomainManagedSaveRemove, domshDomainManagedSaveRemove(h, 0, NULL) < 0) \
	X(W, virDomainSetAutostart, virDomainSetAutostart(h, 1) < 0) \
	X(R, domshDomainListSnapshots, domshDomainListSnapshots(h, NULL, 0, (void *)&out) < 0) \
	X(W, virDomainSnapshotCreateXML, !virDomainSnapshotCreateXML(h, "<x/>", 0))

#define SNAPSHOT_CALLS(X) \
	X(N, virDomainSnapshotGetName, !virDomainSnapshotGetName(h)) \
	X(N, virDomainSnapshotGetDomain, !virDomainSnapshotGetDomain(h)) \
	X(N, virDomainSnapshotGetConnect, !virDomainSnapshotGetConnect(h)) \
	X(N, virDomainSnapshotRef, virDomainSnapshotRef(h) < 0) \
	X(N, virDomainSnapshotFree, virDomainSnapshotFree(h) < 0) \
	X(R, virDomainSnapshotGetXMLDesc, !virDomainSnapshotGetXMLDesc(h, 0)) \
	X(R, virDomainSnapshotNumChildren, virDomainSnapshotNumChildren(h, 0) < 0) \
	X(R, virDomainSnapshotListChildrenNames, \
	  virDomainSnapshotListChildrenNames(h, &out.s, 1, 0) < 0) \
	X(R, virDomainSnapshotListAllChildren, virDomainSnapshotListAllChildren(h, NULL, 0) < 0) \
	X(R, virDomainSnapshotGetParent, !virDomainSnapshotGetParent(h, 0)) \
	X(R, virDomainSnapshotIsCurrent, virDomainSnapshotIsCurrent(h, 0) < 0) \
	X(R, virDomainSnapshotHasMetadata, virDomainSnapshotHasMetadata(h, 0) < 0) \
	X(R, domshSnapshotDescribe, domshSnapshotDescribe(h, (void *)&out) < 0) \
	X(W, domshSnapshotEdit, !domshSnapshotEdit(h, "<x/>", 0)) \
	X(W, domshSnapshotRevert, domshSnapshotRevert(h, NULL, 0) < 0) \
	X(W, domshSnapshotPlanRevert, domshSnapshotPlanRevert(h, NULL, 0, (void *)&out, &out.i) < 0) \
	X(W, domshSnapshotPlanDelete, domshSnapshotPlanDelete(h, 0, (void *)&out, &out.i) < 0) \
	X(W, virDomainRevertToSnapshot, virDomainRevertToSnapshot(h, 0) < 0) \
	X(W, virDomainSnapshotDelete, virDomainSnapshotDelete(h, 0) < 0)

#define CHECKPOINT_CALLS(X) \
	X(N, virDomainCheckpointGetName, !virDomainCheckpointGetName(h)) \
	X(N, virDomainCheckpointFree, virDomainCheckpointFree(h) < 0)

/* Room for what the calls would hand out. */
static union {
	unsigned long ul;
	int i;
	char *s;
	unsigned char uuid[VIR_UUID_BUFLEN];
	char text[VIR_UUID_STRING_BUFLEN];
	virDomainInfo info;
	virSecurityModel model;
	struct domshTrashEntry *trash;
	struct domshReason *reasons;
	virDomainBlockStatsStruct block;
} out;

struct row {
	char access;
	const char *name;
	gboolean (*fails)(void *h);
};

#define DEFINE(access, function, failed) \
	static gboolean function##_fails(void *h) \
	{ \
		return failed; \
	}
#define ROW(access, function, failed) { #access[0], #function, function##_fails },

CONNECT_CALLS(DEFINE)
DOMAIN_CALLS(DEFINE)
SNAPSHOT_CALLS(DEFINE)
CHECKPOINT_CALLS(DEFINE)
static const struct row connect_rows[] = { CONNECT_CALLS(ROW) };
static const struct row domain_rows[] = { DOMAIN_CALLS(ROW) };
static const struct row snapshot_rows[] = { SNAPSHOT_CALLS(ROW) };
static const struct row checkpoint_rows[] = { CHECKPOINT_CALLS(ROW) };

static const struct {
	const struct row *rows;
	size_t n;
	int code;
} tables[] = {
	{ connect_rows, G_N_ELEMENTS(connect_rows), VIR_ERR_INVALID_CONN },
	{ domain_rows, G_N_ELEMENTS(domain_rows), VIR_ERR_INVALID_DOMAIN },
	{ snapshot_rows, G_N_ELEMENTS(snapshot_rows), VIR_ERR_INVALID_DOMAIN_SNAPSHOT },
	{ checkpoint_rows, G_N_ELEMENTS(checkpoint_rows), VIR_ERR_INVALID_DOMAIN_CHECKPOINT },
};

static void expect(const struct row *row, void *handle, int code)
{
	virResetLastError();
	if (!row->fails(handle) || virGetLastErrorCode() != code)
		g_error("%s: expected code %d, got %d: %s", row->name, code, virGetLastErrorCode(),
			virGetLastErrorMessage());
	g_assert_nonnull(strstr(virGetLastErrorMessage(), row->name));
}

static void test_bad_handles(struct fixture *f, gconstpointer data)
{
	static const long foreign[64] = { 1, 2, 3 };

	(void)data;
	for (size_t t = 0; t < G_N_ELEMENTS(tables); t++) {
		for (size_t i = 0; i < tables[t].n; i++) {
			const struct row *row = &tables[t].rows[i];

			expect(row, NULL, tables[t].code);
			expect(row, (void *)foreign, tables[t].code);
			if (tables[t].rows != connect_rows)
				expect(row, f->conn, tables[t].code);
			if (tables[t].rows != domain_rows)
				expect(row, f->guest, tables[t].code);
		}
	}
}

static void test_read_only(struct fixture *f, gconstpointer data)
{
	virDomainPtr guest = virDomainLookupByName(f->reader, "guest");

	(void)data;
	g_assert_nonnull(guest);
	for (size_t i = 0; i < G_N_ELEMENTS(connect_rows); i++) {
		if (connect_rows[i].access == 'W')
			expect(&connect_rows[i], f->reader, VIR_ERR_OPERATION_DENIED);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(domain_rows); i++) {
		if (domain_rows[i].access == 'W')
			expect(&domain_rows[i], guest, VIR_ERR_OPERATION_DENIED);
	}
	g_assert_null(virDomainGetXMLDesc(guest, VIR_DOMAIN_XML_SECURE));
	g_assert_cmpint(virGetLastErrorCode(), ==, VIR_ERR_OPERATION_DENIED);
	g_assert_cmpint(virDomainFree(guest), ==, 0);
	g_assert_cmpint(virConnectNumOfDefinedDomains(f->conn), ==, 1);
}

/* ---- Arguments ---------------------------------------------------------------------------- */

static void invalid(gboolean failed, const char *words)
{
	g_assert_true(failed);
	g_assert_cmpint(virGetLastErrorCode(), ==, VIR_ERR_INVALID_ARG);
	if (!strstr(virGetLastErrorMessage(), words))
		g_error("'%s' is not in '%s'", words, virGetLastErrorMessage());
}

static void test_flags(struct fixture *f, gconstpointer data)
{
	const unsigned int all = ~0u, both = VIR_DOMAIN_SAVE_RUNNING | VIR_DOMAIN_SAVE_PAUSED;
	virDomainPtr d = f->guest;

	(void)data;
	invalid(virConnectListAllDomains(f->conn, NULL, 1u << 16) < 0,
		"unsupported flags (0x10000) in function virConnectListAllDomains");
	invalid(!virDomainDefineXMLFlags(f->conn, guest_xml, all), "unsupported flags");
	invalid(!virDomainCreateXML(f->conn, guest_xml, all), "unsupported flags");
	invalid(virDomainGetState(d, &out.i, NULL, 1) < 0, "unsupported flags (0x1)");
	invalid(!virDomainGetXMLDesc(d, all), "unsupported flags");
	invalid(!virDomainGetMetadata(d, VIR_DOMAIN_METADATA_TITLE, NULL, all), "unsupported");
	invalid(!virDomainGetMetadata(d, VIR_DOMAIN_METADATA_TITLE, NULL, 3), "exclude");
	invalid(virDomainUndefineFlags(d, 128) < 0, "unsupported flags (0x80)");
	invalid(virDomainUndefineFlags(d, 4 | 8) < 0, "'nvram' and 'keep-nvram'");
	invalid(virDomainUndefineFlags(d, 32 | 64) < 0, "'tpm' and 'keep-tpm'");
	invalid(domshDomainUndefine(d, 0, 4, NULL, NULL) < 0, "unsupported flags (0x4)");
	invalid(virDomainRename(d, "x", 1) < 0, "unsupported flags");
	invalid(virDomainCreateWithFlags(d, all) < 0, "unsupported flags");
	invalid(domshDomainCreate(d, 0, 2) < 0, "unsupported flags (0x2)");
	invalid(virDomainShutdownFlags(d, 32) < 0, "unsupported flags (0x20)");
	invalid(virDomainDestroyFlags(d, all) < 0, "unsupported flags");
	invalid(virDomainManagedSave(d, both) < 0, "'running' and 'paused'");
	invalid(virDomainManagedSave(d, all) < 0, "unsupported flags");
	invalid(virDomainManagedSaveRemove(d, 1) < 0, "unsupported flags");
	invalid(virDomainHasManagedSaveImage(d, 1) < 0, "unsupported flags");
	invalid(domshDomainManagedSaveRemove(d, 2, NULL) < 0, "unsupported flags");
	invalid(!virDomainSnapshotCreateXML(d, "<x/>", 1u << 10), "unsupported flags");
	invalid(virDomainSnapshotNum(d, 1u << 11) < 0, "unsupported flags");
	invalid(virDomainListAllSnapshots(d, NULL, all) < 0, "unsupported flags");
	invalid(virDomainHasCurrentSnapshot(d, 1) < 0, "unsupported flags");
	invalid(!virDomainSnapshotCurrent(d, 1), "unsupported flags");
	invalid(!virDomainSnapshotLookupByName(d, "s", 1), "unsupported flags");
	invalid(virDomainListAllCheckpoints(d, NULL, all) < 0, "unsupported flags");
	g_assert_cmpint(virDomainIsPersistent(d), ==, 1);
}

static void test_arguments(struct fixture *f, gconstpointer data)
{
	const char *null = "must not be NULL", *negative = "must not be negative";
	virDomainPtr d = f->guest;

	(void)data;
	invalid(virGetVersion(NULL, NULL, NULL) < 0, null);
	invalid(virConnectGetVersion(f->conn, NULL) < 0, null);
	invalid(virConnectGetLibVersion(f->conn, NULL) < 0, null);
	invalid(virConnectListDomains(f->conn, NULL, 1) < 0, null);
	invalid(virConnectListDomains(f->conn, &out.i, -1) < 0, negative);
	invalid(virConnectListDefinedDomains(f->conn, NULL, 1) < 0, null);
	invalid(virConnectListDefinedDomains(f->conn, &out.s, -1) < 0, negative);
	invalid(!virDomainLookupByName(f->conn, NULL), null);
	invalid(!virDomainLookupByID(f->conn, -1), negative);
	invalid(!virDomainLookupByUUID(f->conn, NULL), null);
	invalid(!virDomainLookupByUUIDString(f->conn, NULL), null);
	invalid(!virDomainLookupByUUIDString(f->conn, "guest"), "not a uuid");
	invalid(!virDomainDefineXML(f->conn, NULL), null);
	invalid(!virDomainCreateXML(f->conn, NULL, 0), null);
	invalid(virDomainGetUUID(d, NULL) < 0, null);
	invalid(virDomainGetUUIDString(d, NULL) < 0, null);
	invalid(virDomainGetInfo(d, NULL) < 0, null);
	invalid(virDomainGetState(d, NULL, NULL, 0) < 0, null);
	invalid(virDomainGetAutostart(d, NULL) < 0, null);
	invalid(virDomainRename(d, NULL, 0) < 0, null);
	invalid(!virDomainSnapshotCreateXML(d, NULL, 0), null);
	invalid(virDomainSnapshotListNames(d, NULL, 1, 0) < 0, null);
	invalid(virDomainSnapshotListNames(d, &out.s, -1, 0) < 0, negative);
	invalid(!virDomainSnapshotLookupByName(d, NULL, 0), null);
	invalid(domshTrashList(f->conn, NULL, NULL) < 0, null);
	invalid(domshTrashRestore(f->conn, NULL, NULL) < 0, null);
	invalid(domshTrashEmpty(f->conn, NULL, -1, 0, NULL) < 0, negative);
	g_assert_cmpint(virDomainSnapshotListNames(d, NULL, 0, 0), ==, 0);
	g_assert_cmpint(virDomainShutdownFlags(d, VIR_DOMAIN_SHUTDOWN_GUEST_AGENT), ==, -1);
	g_assert_cmpint(virGetLastErrorCode(), ==, VIR_ERR_ARGUMENT_UNSUPPORTED);
}

static void test_metadata(struct fixture *f, gconstpointer data)
{
	virDomainPtr d = f->guest;

	(void)data;
	invalid(!virDomainGetMetadata(d, 7, NULL, 0), "unknown type");
	invalid(!virDomainGetMetadata(d, VIR_DOMAIN_METADATA_ELEMENT, NULL, 0), "must not be NULL");
	invalid(!virDomainGetMetadata(d, VIR_DOMAIN_METADATA_TITLE, "u", 0), "must be NULL");
	g_assert_null(virDomainGetMetadata(d, VIR_DOMAIN_METADATA_TITLE, NULL, 0));
	g_assert_cmpint(virGetLastErrorCode(), ==, VIR_ERR_NO_DOMAIN_METADATA);
	g_assert_null(
		virDomainGetMetadata(d, VIR_DOMAIN_METADATA_TITLE, NULL, VIR_DOMAIN_AFFECT_LIVE));
	g_assert_cmpint(virGetLastErrorCode(), ==, VIR_ERR_OPERATION_INVALID);
}

/* ---- Handles and what they name ----------------------------------------------------------- */

static void test_references(struct fixture *f, gconstpointer data)
{
	virConnectPtr conn = virConnectOpen(f->uri);
	virDomainPtr domain = virDomainLookupByName(conn, "guest");

	(void)data;
	g_assert_cmpint(virConnectRef(conn), ==, 0);
	g_assert_cmpint(virConnectClose(conn), ==, 2);
	g_assert_cmpint(virConnectClose(conn), ==, 1);
	g_assert_true(virDomainGetConnect(domain) == conn);
	g_assert_cmpint(virDomainRef(domain), ==, 0);
	g_assert_cmpint(virDomainFree(domain), ==, 0);
	g_assert_cmpint(virDomainIsActive(domain), ==, 0);
	g_assert_cmpint(virDomainFree(domain), ==, 0);
}

static void test_rename(struct fixture *f, gconstpointer data)
{
	virDomainPtr other = virDomainLookupByName(f->conn, "guest");
	const char *old = virDomainGetName(f->guest);

	(void)data;
	g_assert_cmpint(virDomainRename(f->guest, "new", 0), ==, 0);
	g_assert_cmpstr(old, ==, "guest");
	g_assert_cmpstr(virDomainGetName(f->guest), ==, "new");
	g_assert_cmpint(virDomainIsActive(f->guest), ==, 0);
	g_assert_cmpint(virDomainIsActive(other), ==, -1);
	g_assert_cmpint(virGetLastErrorCode(), ==, VIR_ERR_NO_DOMAIN);
	g_assert_cmpint(virDomainFree(other), ==, 0);
}

static void test_another_domain_of_the_name(struct fixture *f, gconstpointer data)
{
	g_autofree char *xml = g_strdup(guest_xml);
	virDomainPtr old = virDomainLookupByUUIDString(f->conn, UUID), now;

	(void)data;
	g_assert_nonnull(old);
	g_assert_cmpint(virDomainUndefine(f->guest), ==, 0);
	strstr(xml, UUID)[0] = 'd';
	now = virDomainDefineXML(f->conn, xml);
	g_assert_nonnull(now);
	g_assert_cmpint(virDomainIsActive(old), ==, -1);
	g_assert_cmpint(virGetLastErrorCode(), ==, VIR_ERR_NO_DOMAIN);
	g_assert_cmpint(virDomainUndefine(old), ==, -1);
	g_assert_cmpint(virGetLastErrorCode(), ==, VIR_ERR_NO_DOMAIN);
	g_assert_cmpint(virDomainUndefine(now), ==, 0);
	g_assert_cmpint(virDomainFree(now), ==, 0);
	g_assert_cmpint(virDomainFree(old), ==, 0);
}

/* ---- Threads ------------------------------------------------------------------------------ */

#define N_THREADS 8
#define N_ROUNDS 50

static gpointer use_connection(gpointer data)
{
	struct fixture *f = data;

	for (int i = 0; i < N_ROUNDS; i++) {
		virDomainPtr *all = NULL;
		char text[VIR_UUID_STRING_BUFLEN];
		int n = virConnectListAllDomains(f->conn, &all, 0);

		g_assert_cmpint(n, ==, 1);
		g_assert_null(all[n]);
		g_assert_cmpint(virDomainGetUUIDString(all[0], text), ==, 0);
		g_assert_cmpint(virDomainGetUUIDString(f->guest, text), ==, 0);
		g_assert_cmpstr(text, ==, UUID);
		g_assert_null(virDomainLookupByName(f->conn, "nobody"));
		g_assert_cmpint(virGetLastErrorCode(), ==, VIR_ERR_NO_DOMAIN);
		g_assert_cmpint(virDomainFree(all[0]), ==, 0);
		free(all);
	}
	return NULL;
}

static void test_threads(struct fixture *f, gconstpointer data)
{
	GThread *threads[N_THREADS];

	(void)data;
	for (int i = 0; i < N_THREADS; i++)
		threads[i] = g_thread_new("user", use_connection, f);
	for (int i = 0; i < N_THREADS; i++)
		g_thread_join(threads[i]);
}

/* Guests of the test driver live in the process; one goes with the connection that started it, and
 * with its last reference only. */
static void test_autodestroy(struct fixture *f, gconstpointer data)
{
	virConnectPtr watcher = virConnectOpen("test:///default");
	virConnectPtr owner = virConnectOpen("test:///default");
	virDomainPtr seen = virDomainLookupByName(watcher, "test");
	virDomainPtr own = virDomainLookupByName(owner, "test");

	(void)f;
	(void)data;
	g_assert_cmpint(virDomainDestroy(own), ==, 0);
	g_assert_cmpint(virDomainCreateWithFlags(own, VIR_DOMAIN_START_AUTODESTROY), ==, 0);
	g_assert_cmpint(virConnectClose(owner), ==, 1);
	g_assert_cmpint(virDomainIsActive(seen), ==, 1);
	g_assert_cmpint(virDomainFree(own), ==, 0);
	g_assert_cmpint(virDomainIsActive(seen), ==, 0);
	/* A later run is nobody's. */
	owner = virConnectOpen("test:///default");
	own = virDomainLookupByName(owner, "test");
	g_assert_cmpint(virDomainCreateWithFlags(own, VIR_DOMAIN_START_AUTODESTROY), ==, 0);
	g_assert_cmpint(virDomainDestroy(seen), ==, 0);
	g_assert_cmpint(virDomainCreate(seen), ==, 0);
	g_assert_cmpint(virDomainFree(own), ==, 0);
	g_assert_cmpint(virConnectClose(owner), ==, 0);
	g_assert_cmpint(virDomainIsActive(seen), ==, 1);
	g_assert_cmpint(virDomainFree(seen), ==, 0);
	g_assert_cmpint(virConnectClose(watcher), ==, 0);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *path;
		void (*test)(struct fixture *f, gconstpointer data);
	} tests[] = {
		{ "/api/calls/bad-handles", test_bad_handles },
		{ "/api/calls/read-only", test_read_only },
		{ "/api/calls/flags", test_flags },
		{ "/api/calls/arguments", test_arguments },
		{ "/api/calls/metadata", test_metadata },
		{ "/api/calls/references", test_references },
		{ "/api/calls/rename", test_rename },
		{ "/api/calls/another-domain-of-the-name", test_another_domain_of_the_name },
		{ "/api/calls/autodestroy", test_autodestroy },
		{ "/api/calls/threads", test_threads },
	};

	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add(tests[i].path, struct fixture, NULL, set_up, tests[i].test, tear_down);
	return g_test_run();
}
