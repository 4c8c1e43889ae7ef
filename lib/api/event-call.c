/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api/event-call.h"

#include <libvirt/libvirt-qemu.h>
#include "engine/news.h"

void event_args_of_news(struct event_args *ret, const struct news *news)
{
	*ret = (struct event_args){
		.id = news->id,
		.domain = g_strdup(news->domain),
		.uuid = g_strdup(news->uuid),
		.type = news->type,
		.detail = news->detail,
		.action = news->action,
		.value = news->value,
		.alias = g_strdup(news->alias),
		.reason = g_strdup(news->reason),
	};
}

void event_args_of_monitor(struct event_args *ret, const struct monitor_news *news)
{
	*ret = (struct event_args){
		.domain = g_strdup(news->domain),
		.uuid = g_strdup(news->uuid),
		.event = g_strdup(news->event),
		.data = g_strdup(news->data),
		.seconds = news->seconds,
		.micros = news->micros,
	};
}

void event_args_clear(struct event_args *args)
{
	g_free(args->domain);
	g_free(args->uuid);
	g_free(args->alias);
	g_free(args->reason);
	g_free(args->event);
	g_free(args->data);
}

/* ---- A caller for each type of callback ---------------------------------------------------- */

/* What they all get. */
struct target {
	const struct event_args *args;
	virConnectPtr conn;
	virDomainPtr domain;
	void (*cb)(void);
	void *opaque;
};

static void call_lifecycle(const struct target *t)
{
	((virConnectDomainEventCallback)t->cb)(t->conn, t->domain, t->args->type, t->args->detail,
					       t->opaque);
}

static void call_generic(const struct target *t)
{
	((virConnectDomainEventGenericCallback)t->cb)(t->conn, t->domain, t->opaque);
}

static void call_rtc_change(const struct target *t)
{
	((virConnectDomainEventRTCChangeCallback)t->cb)(t->conn, t->domain, t->args->value,
							t->opaque);
}

static void call_watchdog(const struct target *t)
{
	((virConnectDomainEventWatchdogCallback)t->cb)(t->conn, t->domain, t->args->action,
						       t->opaque);
}

static void call_io_error(const struct target *t)
{
	((virConnectDomainEventIOErrorCallback)t->cb)(t->conn, t->domain, "", t->args->alias,
						      t->args->action, t->opaque);
}

static void call_io_error_reason(const struct target *t)
{
	((virConnectDomainEventIOErrorReasonCallback)t->cb)(
		t->conn, t->domain, "", t->args->alias, t->args->action, t->args->reason,
		t->opaque);
}

static void call_tray_change(const struct target *t)
{
	((virConnectDomainEventTrayChangeCallback)t->cb)(t->conn, t->domain, t->args->alias,
							 t->args->action, t->opaque);
}

/* The three about sleep have one type. */
static void call_sleep(const struct target *t)
{
	((virConnectDomainEventPMWakeupCallback)t->cb)(t->conn, t->domain, 0, t->opaque);
}

static void call_balloon_change(const struct target *t)
{
	((virConnectDomainEventBalloonChangeCallback)t->cb)(
		t->conn, t->domain, (unsigned long long)t->args->value, t->opaque);
}

static void call_device_removed(const struct target *t)
{
	((virConnectDomainEventDeviceRemovedCallback)t->cb)(t->conn, t->domain, t->args->alias,
							    t->opaque);
}

static void call_monitor(const struct target *t)
{
	((virConnectDomainQemuMonitorEventCallback)t->cb)(t->conn, t->domain, t->args->event,
							  t->args->seconds, t->args->micros,
							  t->args->data, t->opaque);
}

void event_call(const struct event_args *args, int id, virConnectPtr conn, virDomainPtr domain,
		void (*cb)(void), void *opaque)
{
	static void (*const calls[])(const struct target *t) = {
		[VIR_DOMAIN_EVENT_ID_LIFECYCLE] = call_lifecycle,
		[VIR_DOMAIN_EVENT_ID_REBOOT] = call_generic,
		[VIR_DOMAIN_EVENT_ID_RTC_CHANGE] = call_rtc_change,
		[VIR_DOMAIN_EVENT_ID_WATCHDOG] = call_watchdog,
		[VIR_DOMAIN_EVENT_ID_IO_ERROR] = call_io_error,
		[VIR_DOMAIN_EVENT_ID_IO_ERROR_REASON] = call_io_error_reason,
		[VIR_DOMAIN_EVENT_ID_TRAY_CHANGE] = call_tray_change,
		[VIR_DOMAIN_EVENT_ID_PMWAKEUP] = call_sleep,
		[VIR_DOMAIN_EVENT_ID_PMSUSPEND] = call_sleep,
		[VIR_DOMAIN_EVENT_ID_BALLOON_CHANGE] = call_balloon_change,
		[VIR_DOMAIN_EVENT_ID_PMSUSPEND_DISK] = call_sleep,
		[VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED] = call_device_removed,
	};
	const struct target target = { args, conn, domain, cb, opaque };

	if (args->event)
		call_monitor(&target);
	else if (id >= 0 && id < (int)G_N_ELEMENTS(calls) && calls[id])
		calls[id](&target);
}
