/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api/event-call.h"

#include <string.h>
#include <libvirt/libvirt-qemu.h>
#include "base/json.h"
#include "engine/news.h"
#include "model/news.h"

void event_args_of_news(struct event_args *ret, const struct news *news)
{
	*ret = (struct event_args){
		.id = news->id,
		.domain = g_strdup(news->domain),
		.uuid = g_strdup(news->uuid),
		.type = news->type,
		.detail = news->detail,
		.line = json_object_get(news->line),
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
	json_object_put(args->line);
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

/* What the line says; "" and 0 when it does not. */
static const char *text(const struct target *t, const char *key)
{
	const char *value = "";

	json_get_string(t->args->line, key, &value);
	return value;
}

static gint64 number(const struct target *t, const char *key)
{
	gint64 value = 0;

	json_get_int(t->args->line, key, &value);
	return value;
}

static void call_rtc_change(const struct target *t)
{
	((virConnectDomainEventRTCChangeCallback)t->cb)(t->conn, t->domain, number(t, "value"),
							t->opaque);
}

static void call_watchdog(const struct target *t)
{
	((virConnectDomainEventWatchdogCallback)t->cb)(
		t->conn, t->domain, news_watchdog_action(text(t, "action")), t->opaque);
}

static void call_io_error(const struct target *t)
{
	((virConnectDomainEventIOErrorCallback)t->cb)(
		t->conn, t->domain, text(t, "path"), text(t, "alias"),
		news_io_error_action(text(t, "action")), t->opaque);
}

static void call_io_error_reason(const struct target *t)
{
	((virConnectDomainEventIOErrorReasonCallback)t->cb)(
		t->conn, t->domain, text(t, "path"), text(t, "alias"),
		news_io_error_action(text(t, "action")), text(t, "reason"), t->opaque);
}

static void call_tray_change(const struct target *t)
{
	bool is_open = strcmp(text(t, "action"), "open") == 0;

	((virConnectDomainEventTrayChangeCallback)t->cb)(
		t->conn, t->domain, text(t, "alias"),
		is_open ? VIR_DOMAIN_EVENT_TRAY_CHANGE_OPEN : VIR_DOMAIN_EVENT_TRAY_CHANGE_CLOSE,
		t->opaque);
}

/* The three about sleep have one type. */
static void call_sleep(const struct target *t)
{
	((virConnectDomainEventPMWakeupCallback)t->cb)(t->conn, t->domain, 0, t->opaque);
}

static void call_balloon_change(const struct target *t)
{
	((virConnectDomainEventBalloonChangeCallback)t->cb)(
		t->conn, t->domain, (unsigned long long)number(t, "value"), t->opaque);
}

/* The two about devices have one type. */
static void call_device(const struct target *t)
{
	((virConnectDomainEventDeviceRemovedCallback)t->cb)(t->conn, t->domain, text(t, "alias"),
							    t->opaque);
}

static void call_device_size(const struct target *t)
{
	((virConnectDomainEventMemoryDeviceSizeChangeCallback)t->cb)(
		t->conn, t->domain, text(t, "alias"),
		(unsigned long long)number(t, "value"), t->opaque);
}

static void call_agent(const struct target *t)
{
	bool is_connected = strcmp(text(t, "state"), "connected") == 0;

	((virConnectDomainEventAgentLifecycleCallback)t->cb)(
		t->conn, t->domain,
		is_connected ? VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_STATE_CONNECTED
			     : VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_STATE_DISCONNECTED,
		VIR_CONNECT_DOMAIN_EVENT_AGENT_LIFECYCLE_REASON_CHANNEL, t->opaque);
}

static void call_iteration(const struct target *t)
{
	((virConnectDomainEventMigrationIterationCallback)t->cb)(
		t->conn, t->domain, (int)number(t, "value"), t->opaque);
}

static void call_metadata_change(const struct target *t)
{
	const char *uri = text(t, "uri");

	((virConnectDomainEventMetadataChangeCallback)t->cb)(
		t->conn, t->domain, news_metadata_type(text(t, "type")), *uri ? uri : NULL,
		t->opaque);
}

static void call_block_threshold(const struct target *t)
{
	const char *path = text(t, "path");

	((virConnectDomainEventBlockThresholdCallback)t->cb)(
		t->conn, t->domain, text(t, "target"), *path ? path : NULL,
		(unsigned long long)number(t, "threshold"),
		(unsigned long long)number(t, "excess"), t->opaque);
}

static void call_memory_failure(const struct target *t)
{
	bool is_required = false, is_recursive = false;

	json_get_bool(t->args->line, "is_required", &is_required);
	json_get_bool(t->args->line, "is_recursive", &is_recursive);
	((virConnectDomainEventMemoryFailureCallback)t->cb)(
		t->conn, t->domain, news_memory_recipient(text(t, "recipient")),
		news_memory_action(text(t, "action")),
		(is_required ? VIR_DOMAIN_MEMORY_FAILURE_ACTION_REQUIRED : 0) |
			(is_recursive ? VIR_DOMAIN_MEMORY_FAILURE_RECURSIVE : 0),
		t->opaque);
}

/* ---- Displays ---- */

static const char *text_in(json_object *o, const char *key)
{
	const char *value = "";

	if (o)
		json_get_string(o, key, &value);
	return value;
}

/* Strings are the line's. */
static virDomainEventGraphicsAddress address(const struct target *t, const char *end)
{
	json_object *o = NULL;

	json_get_object(t->args->line, end, &o);
	return (virDomainEventGraphicsAddress){
		.family = news_graphics_family(text_in(o, "family")),
		.node = (char *)text_in(o, "node"),
		.service = (char *)text_in(o, "service"),
	};
}

static void call_graphics(const struct target *t)
{
	const virDomainEventGraphicsAddress local = address(t, "local"), remote = address(t, "remote");
	virDomainEventGraphicsSubject subject = { 0 };
	json_object *who = NULL;

	json_get_array(t->args->line, "subject", &who);
	subject.nidentity = who ? (int)json_object_array_length(who) : 0;
	subject.identities = g_new0(virDomainEventGraphicsSubjectIdentity, subject.nidentity);
	for (int i = 0; i < subject.nidentity; i++) {
		json_object *o = json_object_array_get_idx(who, (size_t)i);

		subject.identities[i].type = (char *)text_in(o, "type");
		subject.identities[i].name = (char *)text_in(o, "name");
	}
	((virConnectDomainEventGraphicsCallback)t->cb)(
		t->conn, t->domain, news_graphics_phase(text(t, "phase")), &local, &remote,
		text(t, "scheme"), &subject, t->opaque);
	g_free(subject.identities);
}

/* ---- All of them ---- */

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
		[VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED] = call_device,
		[VIR_DOMAIN_EVENT_ID_GRAPHICS] = call_graphics,
		[VIR_DOMAIN_EVENT_ID_CONTROL_ERROR] = call_generic,
		[VIR_DOMAIN_EVENT_ID_AGENT_LIFECYCLE] = call_agent,
		[VIR_DOMAIN_EVENT_ID_MIGRATION_ITERATION] = call_iteration,
		[VIR_DOMAIN_EVENT_ID_DEVICE_REMOVAL_FAILED] = call_device,
		[VIR_DOMAIN_EVENT_ID_METADATA_CHANGE] = call_metadata_change,
		[VIR_DOMAIN_EVENT_ID_BLOCK_THRESHOLD] = call_block_threshold,
		[VIR_DOMAIN_EVENT_ID_MEMORY_FAILURE] = call_memory_failure,
		[VIR_DOMAIN_EVENT_ID_MEMORY_DEVICE_SIZE_CHANGE] = call_device_size,
	};
	const struct target target = { args, conn, domain, cb, opaque };

	if (args->event)
		call_monitor(&target);
	else if (id >= 0 && id < (int)G_N_ELEMENTS(calls) && calls[id])
		calls[id](&target);
}
