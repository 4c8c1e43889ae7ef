/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A program like anybody's, built with `pkg-config --cflags --libs domsh` and nothing else: in a
 * store of its own it defines a domain, reads it back, is refused an undefine and told why, then
 * undefines it and takes that back. It stops at the first thing that is not as it should be.
 */
#define _GNU_SOURCE
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <domsh/domsh.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

#define UUID "5c0ffe01-1111-4222-8333-444455556666"
#define DOMAIN \
	"<domain type='qemu'><name>api</name><uuid>" UUID "</uuid><title>an example</title>" \
	"<memory unit='KiB'>65536</memory><vcpu>2</vcpu>" \
	"<os><type arch='x86_64' machine='pc'>hvm</type></os></domain>"
#define SNAPSHOT \
	"<domainsnapshot><name>base</name><state>shutoff</state>" \
	"<creationTime>1700000000</creationTime>" DOMAIN "</domainsnapshot>"

#define CHECK(condition) check(condition, #condition, __LINE__)

static char root[] = "/tmp/domsh-api-XXXXXX";

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void remove_root(void)
{
	nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void check(int is_true, const char *condition, int line)
{
	if (is_true)
		return;
	fprintf(stderr, "tests/api.c:%d: not true: %s\nlast error: %s\n", line, condition,
		virGetLastErrorMessage());
	exit(1);
}

static virConnectPtr open_store(void)
{
	char uri[sizeof(root) + 32];
	unsigned long version = 0;
	virConnectPtr conn;
	char *shown;

	CHECK(mkdtemp(root) != NULL);
	atexit(remove_root);
	snprintf(uri, sizeof(uri), "qemu:///embed?root=%s", root);
	domshSetCommand("api");
	conn = virConnectOpen(uri);
	CHECK(conn != NULL);
	shown = virConnectGetURI(conn);
	CHECK(shown && strcmp(shown, uri) == 0);
	free(shown);
	CHECK(strcmp(virConnectGetType(conn), "QEMU") == 0);
	CHECK(virConnectGetLibVersion(conn, &version) == 0 && version == LIBVIR_VERSION_NUMBER);
	CHECK(virConnectIsAlive(conn) == 1);
	return conn;
}

static void expect_one_domain(virConnectPtr conn)
{
	virDomainPtr *domains = NULL;
	char *names[2];

	CHECK(virConnectNumOfDomains(conn) == 0);
	CHECK(virConnectListDefinedDomains(conn, names, 2) == 1);
	CHECK(strcmp(names[0], "api") == 0);
	free(names[0]);
	CHECK(virConnectListAllDomains(conn, NULL, VIR_CONNECT_LIST_DOMAINS_ACTIVE) == 0);
	CHECK(virConnectListAllDomains(conn, NULL, VIR_CONNECT_LIST_DOMAINS_MANAGEDSAVE) == 0);
	CHECK(virConnectListAllDomains(conn, &domains, VIR_CONNECT_LIST_DOMAINS_PERSISTENT) == 1);
	CHECK(strcmp(virDomainGetName(domains[0]), "api") == 0 && !domains[1]);
	CHECK(virDomainFree(domains[0]) == 0);
	free(domains);
}

static void read_back(virDomainPtr domain)
{
	char uuid[VIR_UUID_STRING_BUFLEN];
	int state, reason, autostart;
	virDomainInfo info;
	char *text;

	CHECK(virDomainGetUUIDString(domain, uuid) == 0 && strcmp(uuid, UUID) == 0);
	CHECK(virDomainGetID(domain) == (unsigned int)-1);
	CHECK(virDomainGetState(domain, &state, &reason, 0) == 0 && state == VIR_DOMAIN_SHUTOFF);
	CHECK(virDomainIsPersistent(domain) == 1 && virDomainIsActive(domain) == 0);
	CHECK(virDomainGetInfo(domain, &info) == 0);
	CHECK(info.maxMem == 65536 && info.nrVirtCpu == 2 && info.cpuTime == 0);
	CHECK(virDomainSetAutostart(domain, 1) == 0);
	CHECK(virDomainGetAutostart(domain, &autostart) == 0 && autostart == 1);
	text = virDomainGetXMLDesc(domain, 0);
	CHECK(text && strstr(text, "<name>api</name>") && strstr(text, UUID));
	free(text);
	text = virDomainGetMetadata(domain, VIR_DOMAIN_METADATA_TITLE, NULL, 0);
	CHECK(text && strcmp(text, "an example") == 0);
	free(text);
	text = virDomainGetOSType(domain);
	CHECK(text && strcmp(text, "hvm") == 0);
	free(text);
}

static void record_snapshot(virDomainPtr domain)
{
	virDomainSnapshotPtr base, current;

	base = virDomainSnapshotCreateXML(domain, SNAPSHOT,
					  VIR_DOMAIN_SNAPSHOT_CREATE_REDEFINE |
						  VIR_DOMAIN_SNAPSHOT_CREATE_CURRENT);
	CHECK(base != NULL);
	CHECK(strcmp(virDomainSnapshotGetName(base), "base") == 0);
	CHECK(virDomainSnapshotNum(domain, VIR_DOMAIN_SNAPSHOT_LIST_ROOTS) == 1);
	CHECK(virDomainSnapshotIsCurrent(base, 0) == 1);
	CHECK(virDomainSnapshotGetParent(base, 0) == NULL);
	CHECK(virGetLastErrorCode() == VIR_ERR_NO_DOMAIN_SNAPSHOT);
	current = virDomainSnapshotCurrent(domain, 0);
	CHECK(current != NULL);
	CHECK(virDomainSnapshotFree(current) == 0);
	CHECK(virDomainSnapshotFree(base) == 0);
}

static void be_refused(virDomainPtr domain)
{
	struct domshReason *reasons;
	int n;

	CHECK(virDomainUndefine(domain) == -1);
	CHECK(virGetLastErrorCode() == VIR_ERR_OPERATION_INVALID);
	n = domshErrorReasons(NULL, &reasons);
	CHECK(n == 1 && strcmp(reasons[0].code, "snapshots") == 0);
	printf("refused: %s\n", virGetLastErrorMessage());
	for (int i = 0; i < n; i++)
		printf("  %s: %s  %s\n", reasons[i].label, reasons[i].what,
		       reasons[i].option ? reasons[i].option : "");
	domshReasonsFree(reasons, n);
	CHECK(virDomainIsPersistent(domain) == 1);
	CHECK(virDomainSnapshotNum(domain, 0) == 1);
}

static void undefine_and_take_back(virConnectPtr conn, virDomainPtr domain)
{
	const unsigned int flags = VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA;
	struct domshTrashEntry *entries;
	struct domshPlanItem *items;
	char *name = NULL;
	int n;

	CHECK(domshDomainUndefine(domain, flags, DOMSH_UNDEFINE_DRY_RUN, &items, &n) == 0 && n > 0);
	domshPlanFree(items, n);
	expect_one_domain(conn);
	CHECK(virDomainUndefineFlags(domain, flags) == 0);
	CHECK(virConnectNumOfDefinedDomains(conn) == 0);
	CHECK(virDomainIsActive(domain) == -1 && virGetLastErrorCode() == VIR_ERR_NO_DOMAIN);
	n = domshTrashList(conn, NULL, &entries);
	CHECK(n == 1 && strcmp(entries[0].domain, "api") == 0);
	CHECK(domshTrashRestore(conn, entries[0].id, &name) == 0 && strcmp(name, "api") == 0);
	domshTrashListFree(entries, n);
	free(name);
	expect_one_domain(conn);
	CHECK(virDomainSnapshotNum(domain, 0) == 1);
}

static void look_only(void)
{
	char uri[sizeof(root) + 32];
	virConnectPtr conn;
	virDomainPtr domain;

	snprintf(uri, sizeof(uri), "qemu:///embed?root=%s", root);
	conn = virConnectOpenReadOnly(uri);
	CHECK(conn != NULL);
	domain = virDomainLookupByUUIDString(conn, UUID);
	CHECK(domain != NULL);
	CHECK(virDomainUndefineFlags(domain, VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA) == -1);
	CHECK(virGetLastErrorCode() == VIR_ERR_OPERATION_DENIED);
	CHECK(virDomainLookupByName(conn, "nobody") == NULL);
	CHECK(virGetLastErrorCode() == VIR_ERR_NO_DOMAIN);
	CHECK(virDomainFree(domain) == 0);
	CHECK(virConnectClose(conn) == 0);
}

int main(void)
{
	virConnectPtr conn = open_store();
	virDomainPtr domain = virDomainDefineXML(conn, DOMAIN);

	CHECK(domain != NULL);
	expect_one_domain(conn);
	read_back(domain);
	record_snapshot(domain);
	be_refused(domain);
	undefine_and_take_back(conn, domain);
	look_only();
	CHECK(virDomainFree(domain) == 0);
	CHECK(virConnectClose(conn) == 0);
	return 0;
}
