/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * watch-events [URI [N]]: print what becomes of domains, whoever does it; N events, or for ever.
 *
 *	cc watch-events.c $(pkg-config --cflags --libs domsh)
 */
#include <stdio.h>
#include <stdlib.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

static const char *const events[] = {
	[VIR_DOMAIN_EVENT_DEFINED] = "defined",         [VIR_DOMAIN_EVENT_UNDEFINED] = "undefined",
	[VIR_DOMAIN_EVENT_STARTED] = "started",         [VIR_DOMAIN_EVENT_SUSPENDED] = "suspended",
	[VIR_DOMAIN_EVENT_RESUMED] = "resumed",         [VIR_DOMAIN_EVENT_STOPPED] = "stopped",
	[VIR_DOMAIN_EVENT_SHUTDOWN] = "shutting down",  [VIR_DOMAIN_EVENT_PMSUSPENDED] = "asleep",
	[VIR_DOMAIN_EVENT_CRASHED] = "crashed",
};

static long left = -1;

static int on_event(virConnectPtr conn, virDomainPtr domain, int event, int detail, void *data)
{
	(void)conn;
	(void)data;
	printf("%s: %s (%d)\n", virDomainGetName(domain), events[event], detail);
	fflush(stdout);
	left -= left > 0;
	return 0;
}

/* The loop is registered before the callback, and run by us. */
static int watch(virConnectPtr conn)
{
	int callback = virConnectDomainEventRegisterAny(conn, NULL, VIR_DOMAIN_EVENT_ID_LIFECYCLE,
							VIR_DOMAIN_EVENT_CALLBACK(on_event), NULL,
							NULL);

	if (callback < 0)
		return -1;
	printf("watching\n");
	fflush(stdout);
	while (left != 0)
		if (virEventRunDefaultImpl() < 0)
			return -1;
	return virConnectDomainEventDeregisterAny(conn, callback);
}

int main(int argc, char **argv)
{
	virConnectPtr conn;
	int status = -1;

	if (argc > 2)
		left = atol(argv[2]);
	if (virEventRegisterDefaultImpl() < 0)
		return 1;
	conn = virConnectOpenReadOnly(argc > 1 ? argv[1] : NULL);
	if (conn)
		status = watch(conn);
	if (conn)
		virConnectClose(conn);
	return status < 0;
}
