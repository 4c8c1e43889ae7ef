/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * undefine-with-reasons URI DOMAIN: take a snapshot of a domain that is off, try to undefine it,
 * print why that is refused and what would become of it, then do it all the same. What was there can
 * be taken back: domsh trash-restore DOMAIN.
 *
 *	cc undefine-with-reasons.c $(pkg-config --cflags --libs domsh)
 */
#include <stdio.h>
#include <stdlib.h>
#include <domsh/domsh.h>

static const char *const fates[] = {
	[DOMSH_FATE_STAYS] = "stays",         [DOMSH_FATE_TRASH] = "into the trash",
	[DOMSH_FATE_OLD] = "into old/",       [DOMSH_FATE_KEPT] = "kept",
	[DOMSH_FATE_AT_END] = "when it ends", [DOMSH_FATE_PERMANENT] = "permanently",
};

static int take_snapshot(virDomainPtr domain)
{
	virDomainSnapshotPtr snapshot = virDomainSnapshotCreateXML(
		domain, "<domainsnapshot><name>before</name></domainsnapshot>", 0);

	if (!snapshot)
		return -1;
	printf("snapshot '%s' taken\n", virDomainSnapshotGetName(snapshot));
	return virDomainSnapshotFree(snapshot);
}

/* All that is in the way, each with its way out. Asked for before the next call, which clears the
 * error. */
static void print_reasons(void)
{
	struct domshReason *reasons;
	int n = domshErrorReasons(NULL, &reasons);

	printf("refused: %s\n", virGetLastErrorMessage());
	for (int i = 0; i < n; i++)
		printf("  %-20s %-20s %s\n", reasons[i].label, reasons[i].what,
		       reasons[i].option ? reasons[i].option : "");
	domshReasonsFree(reasons, n);
}

/* A dry run refuses as the real one would. */
static int print_plan(virDomainPtr domain, unsigned int flags)
{
	struct domshPlanItem *items;
	int n;

	if (domshDomainUndefine(domain, flags, DOMSH_UNDEFINE_DRY_RUN, &items, &n) < 0)
		return -1;
	for (int i = 0; i < n; i++)
		printf("  %-30s %s\n", items[i].what, fates[items[i].fate]);
	domshPlanFree(items, n);
	return 0;
}

static int undefine(virDomainPtr domain)
{
	const unsigned int flags = VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA;

	if (virDomainUndefine(domain) == 0) {
		printf("undefined; the guest that runs goes on\n");
		return 0;
	}
	if (virGetLastErrorCode() != VIR_ERR_OPERATION_INVALID)
		return -1;
	print_reasons();
	if (print_plan(domain, flags) < 0 || virDomainUndefineFlags(domain, flags) < 0)
		return -1;
	printf("undefined\n");
	return 0;
}

/* The refusal is expected, and printed above. */
static void keep_quiet(void *data, virErrorPtr error)
{
	(void)data;
	(void)error;
}

int main(int argc, char **argv)
{
	virConnectPtr conn;
	virDomainPtr domain;
	int status;

	if (argc != 3) {
		fprintf(stderr, "usage: %s URI DOMAIN\n", argv[0]);
		return 1;
	}
	virSetErrorFunc(NULL, keep_quiet);
	conn = virConnectOpen(argv[1]);
	domain = conn ? virDomainLookupByName(conn, argv[2]) : NULL;
	status = domain && take_snapshot(domain) == 0 ? undefine(domain) : -1;
	if (status < 0)
		fprintf(stderr, "%s\n", virGetLastErrorMessage());
	if (domain)
		virDomainFree(domain);
	if (conn)
		virConnectClose(conn);
	return status < 0;
}
