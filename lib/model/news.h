/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * The words of <root>/events, one JSON object a line: {"time": µs, "domain", "uuid", "event",
 * "detail"?, …}. Here is what they mean in libvirt's numbers.
 */
#include <stdbool.h>

/* "started", "booted" → VIR_DOMAIN_EVENT_STARTED, VIR_DOMAIN_EVENT_STARTED_BOOTED. A detail that is
 * not known (NULL too) counts as the event's first one. False: this is no change of the life cycle
 * ("snapshot", …). */
bool news_lifecycle(const char *event, const char *detail, int *ret_type, int *ret_detail);

/* "io-error" → VIR_DOMAIN_EVENT_ID_IO_ERROR; -1 when it is none of libvirt's. */
int news_event_id(const char *event);
/* "pause" → VIR_DOMAIN_EVENT_WATCHDOG_PAUSE; unknown: NONE. */
int news_watchdog_action(const char *word);
/* QEMU's "stop" → VIR_DOMAIN_EVENT_IO_ERROR_PAUSE; unknown: NONE. */
int news_io_error_action(const char *word);
