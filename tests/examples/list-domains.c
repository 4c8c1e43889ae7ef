/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * list-domains [URI]: every domain with its state and how much memory it may have.
 *
 *	cc list-domains.c $(pkg-config --cflags --libs domsh)
 */
#include <stdio.h>
#include <stdlib.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

static const char *const states[] = {
	[VIR_DOMAIN_NOSTATE] = "no state",  [VIR_DOMAIN_RUNNING] = "running",
	[VIR_DOMAIN_BLOCKED] = "idle",      [VIR_DOMAIN_PAUSED] = "paused",
	[VIR_DOMAIN_SHUTDOWN] = "in shutdown", [VIR_DOMAIN_SHUTOFF] = "shut off",
	[VIR_DOMAIN_CRASHED] = "crashed",   [VIR_DOMAIN_PMSUSPENDED] = "asleep",
};

/* A domain that went away since it was listed is no failure. */
static int show(virDomainPtr domain)
{
	virDomainInfo info;

	if (virDomainGetInfo(domain, &info) < 0)
		return virGetLastErrorCode() == VIR_ERR_NO_DOMAIN ? 0 : -1;
	printf("%-20s %-12s %lu MiB\n", virDomainGetName(domain), states[info.state],
	       info.maxMem / 1024);
	return 0;
}

static int list(virConnectPtr conn)
{
	virDomainPtr *domains;
	int n = virConnectListAllDomains(conn, &domains, 0), status = n < 0 ? -1 : 0;

	for (int i = 0; i < n; i++) {
		if (status == 0)
			status = show(domains[i]);
		virDomainFree(domains[i]);
	}
	if (n >= 0)
		free(domains);
	return status;
}

int main(int argc, char **argv)
{
	/* Errors are told by the library itself, on standard error. */
	virConnectPtr conn = virConnectOpenReadOnly(argc > 1 ? argv[1] : NULL);
	int status = conn ? list(conn) : -1;

	if (conn)
		virConnectClose(conn);
	return status < 0;
}
