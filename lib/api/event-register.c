/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Registering callbacks: libvirt-domain-event.h, and what monitors say of libvirt-qemu.h. */
#include <libvirt/libvirt-qemu.h>
#include "api/call.h"
#include "api/events.h"
#include "engine/news.h"

#define N_EVENT_IDS (VIR_DOMAIN_EVENT_ID_MEMORY_DEVICE_SIZE_CHANGE + 1)

static bool check_domain(struct call *c, virDomainPtr domain)
{
	if (!domain)
		return true;
	if (!handle_is(domain, HANDLE_DOMAIN))
		return call_fail(c, VIR_ERR_INVALID_DOMAIN, "%s", c->function);
	if (domain->conn == c->conn)
		return true;
	return call_fail(c, VIR_ERR_INVALID_ARG, "domain '%s' in %s is of another connection",
			 domain_name(domain), c->function);
}

/* The callback's number, or -1. */
static int add(struct call *c, const struct event_wish *wish)
{
	int number;

	if (!call_not_null(c, wish->cb, "cb") || !check_domain(c, wish->domain))
		return -1;
	number = events_add(c->conn, wish, &c->err);
	return call_end(c, number >= 0) < 0 ? -1 : number;
}

/* ---- Domains ------------------------------------------------------------------------------ */

int virConnectDomainEventRegisterAny(virConnectPtr conn, virDomainPtr dom, int eventID,
				     virConnectDomainEventGenericCallback cb, void *opaque,
				     virFreeCallback freecb)
{
	const struct event_wish wish = { .id = eventID, .domain = dom, .cb = (void (*)(void))cb,
					 .opaque = opaque, .freecb = freecb };
	struct call c;

	if (!call_connect(&c, __func__, conn, ACCESS_READ))
		return -1;
	if (eventID < 0 || eventID >= N_EVENT_IDS) {
		call_fail(&c, VIR_ERR_INVALID_ARG, "eventID in %s must be from 0 to %d, not %d",
			  __func__, N_EVENT_IDS - 1, eventID);
		return -1;
	}
	if (!news_check_told(c.engine, eventID, &c.err))
		return call_end(&c, false);
	return add(&c, &wish);
}

static int remove_number(struct call *c, int number, bool is_monitor)
{
	if (number >= 0 && events_remove(c->conn, number, is_monitor, NULL))
		return 0;
	call_fail(c, VIR_ERR_INVALID_ARG, "no callback %d is registered in %s", number, c->function);
	return -1;
}

int virConnectDomainEventDeregisterAny(virConnectPtr conn, int callbackID)
{
	struct call c;

	return call_connect(&c, __func__, conn, ACCESS_READ) ? remove_number(&c, callbackID, false)
							     : -1;
}

int virConnectDomainEventRegister(virConnectPtr conn, virConnectDomainEventCallback cb,
				  void *opaque, virFreeCallback freecb)
{
	const struct event_wish wish = { .id = VIR_DOMAIN_EVENT_ID_LIFECYCLE,
					 .cb = (void (*)(void))cb, .opaque = opaque,
					 .freecb = freecb, .is_legacy = true };
	struct call c;

	if (!call_connect(&c, __func__, conn, ACCESS_READ))
		return -1;
	return add(&c, &wish) < 0 ? -1 : 0;
}

int virConnectDomainEventDeregister(virConnectPtr conn, virConnectDomainEventCallback cb)
{
	struct call c;

	if (!call_connect(&c, __func__, conn, ACCESS_READ) || !call_not_null(&c, cb, "cb"))
		return -1;
	if (events_remove(conn, -1, false, (void (*)(void))cb))
		return 0;
	call_fail(&c, VIR_ERR_INVALID_ARG, "cb in %s is not registered", __func__);
	return -1;
}

/* ---- Monitors ----------------------------------------------------------------------------- */

int virConnectDomainQemuMonitorEventRegister(virConnectPtr conn, virDomainPtr dom,
					     const char *event,
					     virConnectDomainQemuMonitorEventCallback cb,
					     void *opaque, virFreeCallback freecb,
					     unsigned int flags)
{
	const unsigned int regex = VIR_CONNECT_DOMAIN_QEMU_MONITOR_EVENT_REGISTER_REGEX;
	const unsigned int nocase = VIR_CONNECT_DOMAIN_QEMU_MONITOR_EVENT_REGISTER_NOCASE;
	const struct event_wish wish = { .id = EVENTS_MONITOR, .domain = dom, .event = event,
					 .cb = (void (*)(void))cb, .opaque = opaque,
					 .freecb = freecb, .is_regex = flags & regex,
					 .ignores_case = flags & nocase };
	struct call c;

	if (!call_connect(&c, __func__, conn, ACCESS_WRITE) ||
	    !call_flags(&c, flags, regex | nocase))
		return -1;
	return add(&c, &wish);
}

int virConnectDomainQemuMonitorEventDeregister(virConnectPtr conn, int callbackID)
{
	struct call c;

	return call_connect(&c, __func__, conn, ACCESS_READ) ? remove_number(&c, callbackID, true)
							     : -1;
}

/* ---- The connection itself ----------------------------------------------------------------- */

int virConnectRegisterCloseCallback(virConnectPtr conn, virConnectCloseFunc cb, void *opaque,
				    virFreeCallback freecb)
{
	struct call c;

	if (!call_connect(&c, __func__, conn, ACCESS_READ) || !call_not_null(&c, cb, "cb"))
		return -1;
	if (events_set_close(conn, cb, opaque, freecb))
		return 0;
	call_fail(&c, VIR_ERR_OPERATION_INVALID, "a close callback is already registered");
	return -1;
}

int virConnectUnregisterCloseCallback(virConnectPtr conn, virConnectCloseFunc cb)
{
	struct call c;

	if (!call_connect(&c, __func__, conn, ACCESS_READ) || !call_not_null(&c, cb, "cb"))
		return -1;
	if (events_drop_close(conn, cb))
		return 0;
	call_fail(&c, VIR_ERR_INVALID_ARG, "cb in %s is not registered", __func__);
	return -1;
}

int virConnectSetKeepAlive(virConnectPtr conn, int interval, unsigned int count)
{
	struct call c;

	(void)interval;
	(void)count;
	return call_connect(&c, __func__, conn, ACCESS_READ) ? 0 : -1;
}
