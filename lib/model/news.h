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

/* Who notes events of a kind. */
enum news_teller {
	NEWS_NOBODY,  /* what they tell of cannot happen */
	NEWS_COMMAND, /* whoever does it, whatever the hypervisor */
	NEWS_GUARD,   /* the guard, as QEMU says it */
};

/* "io-error" → VIR_DOMAIN_EVENT_ID_IO_ERROR; -1 when it is none of libvirt's. */
int news_event_id(const char *event);
/* The other way round, and the teller; id: a virDomainEventID. */
const char *news_event_word(int id);
enum news_teller news_event_teller(int id);
/* "pause" → VIR_DOMAIN_EVENT_WATCHDOG_PAUSE; unknown: NONE. */
int news_watchdog_action(const char *word);
/* QEMU's "stop" → VIR_DOMAIN_EVENT_IO_ERROR_PAUSE; unknown: NONE. */
int news_io_error_action(const char *word);
/* "initialize" → VIR_DOMAIN_EVENT_GRAPHICS_INITIALIZE. */
int news_graphics_phase(const char *word);
/* QEMU's "ipv6" → VIR_DOMAIN_EVENT_GRAPHICS_ADDRESS_IPV6. */
int news_graphics_family(const char *word);
/* "title" → VIR_DOMAIN_METADATA_TITLE. */
int news_metadata_type(const char *word);
/* QEMU's words: "guest" → VIR_DOMAIN_EVENT_MEMORY_FAILURE_RECIPIENT_GUEST, "fatal" →
 * VIR_DOMAIN_EVENT_MEMORY_FAILURE_ACTION_FATAL. */
int news_memory_recipient(const char *word);
int news_memory_action(const char *word);
