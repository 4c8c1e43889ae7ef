/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/news.h"

#include <glib.h>
#include <libvirt/libvirt-domain-event.h>
#include <string.h>

#define ROW(event, word, type, name) { event, word, VIR_DOMAIN_EVENT_##type, \
				       VIR_DOMAIN_EVENT_##type##_##name }

/* clang-format off */
/* An event's first row is the one for details that are not known. */
static const struct {
	const char *event, *word;
	int type, detail;
} lifecycle[] = {
	ROW("defined", "added", DEFINED, ADDED),
	ROW("defined", "updated", DEFINED, UPDATED),
	ROW("defined", "renamed", DEFINED, RENAMED),
	ROW("defined", "from-snapshot", DEFINED, FROM_SNAPSHOT),
	ROW("undefined", "removed", UNDEFINED, REMOVED),
	ROW("undefined", "renamed", UNDEFINED, RENAMED),
	ROW("started", "booted", STARTED, BOOTED),
	ROW("started", "restored", STARTED, RESTORED),
	ROW("started", "from-snapshot", STARTED, FROM_SNAPSHOT),
	ROW("started", "wakeup", STARTED, WAKEUP),
	ROW("suspended", "paused", SUSPENDED, PAUSED),
	ROW("suspended", "io-error", SUSPENDED, IOERROR),
	ROW("suspended", "watchdog", SUSPENDED, WATCHDOG),
	ROW("suspended", "restored", SUSPENDED, RESTORED),
	ROW("suspended", "from-snapshot", SUSPENDED, FROM_SNAPSHOT),
	ROW("resumed", "unpaused", RESUMED, UNPAUSED),
	ROW("resumed", "from-snapshot", RESUMED, FROM_SNAPSHOT),
	/* How it ended is not known: libvirt has no word for that but this. */
	ROW("stopped", "unknown", STOPPED, FAILED),
	ROW("stopped", "shutdown", STOPPED, SHUTDOWN),
	ROW("stopped", "destroyed", STOPPED, DESTROYED),
	ROW("stopped", "crashed", STOPPED, CRASHED),
	ROW("stopped", "migrated", STOPPED, MIGRATED),
	ROW("stopped", "saved", STOPPED, SAVED),
	ROW("stopped", "from-snapshot", STOPPED, FROM_SNAPSHOT),
	ROW("shutdown", "finished", SHUTDOWN, FINISHED),
	ROW("shutdown", "guest", SHUTDOWN, GUEST),
	ROW("shutdown", "host", SHUTDOWN, HOST),
	ROW("pmsuspended", "memory", PMSUSPENDED, MEMORY),
	ROW("pmsuspended", "disk", PMSUSPENDED, DISK),
	ROW("crashed", "panicked", CRASHED, PANICKED),
	ROW("crashed", "crashloaded", CRASHED, CRASHLOADED),
};
/* clang-format on */

bool news_lifecycle(const char *event, const char *detail, int *ret_type, int *ret_detail)
{
	size_t first = G_N_ELEMENTS(lifecycle);

	for (size_t i = 0; i < G_N_ELEMENTS(lifecycle); i++) {
		if (strcmp(lifecycle[i].event, event) != 0)
			continue;
		if (first == G_N_ELEMENTS(lifecycle))
			first = i;
		if (detail && strcmp(lifecycle[i].word, detail) == 0)
			first = i;
	}
	if (first == G_N_ELEMENTS(lifecycle))
		return false;
	*ret_type = lifecycle[first].type;
	*ret_detail = lifecycle[first].detail;
	return true;
}

struct word {
	const char *word;
	int number;
};

static int number_of(const struct word *words, size_t n, const char *word, int otherwise)
{
	for (size_t i = 0; word && i < n; i++)
		if (strcmp(words[i].word, word) == 0)
			return words[i].number;
	return otherwise;
}

int news_event_id(const char *event)
{
	static const struct word words[] = {
		{ "reboot", VIR_DOMAIN_EVENT_ID_REBOOT },
		{ "rtc-change", VIR_DOMAIN_EVENT_ID_RTC_CHANGE },
		{ "watchdog", VIR_DOMAIN_EVENT_ID_WATCHDOG },
		{ "io-error", VIR_DOMAIN_EVENT_ID_IO_ERROR },
		{ "tray-change", VIR_DOMAIN_EVENT_ID_TRAY_CHANGE },
		{ "pm-wakeup", VIR_DOMAIN_EVENT_ID_PMWAKEUP },
		{ "pm-suspend", VIR_DOMAIN_EVENT_ID_PMSUSPEND },
		{ "pm-suspend-disk", VIR_DOMAIN_EVENT_ID_PMSUSPEND_DISK },
		{ "balloon-change", VIR_DOMAIN_EVENT_ID_BALLOON_CHANGE },
		{ "device-removed", VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED },
	};

	return number_of(words, G_N_ELEMENTS(words), event, -1);
}

int news_watchdog_action(const char *word)
{
	static const struct word words[] = {
		{ "pause", VIR_DOMAIN_EVENT_WATCHDOG_PAUSE },
		{ "reset", VIR_DOMAIN_EVENT_WATCHDOG_RESET },
		{ "poweroff", VIR_DOMAIN_EVENT_WATCHDOG_POWEROFF },
		{ "shutdown", VIR_DOMAIN_EVENT_WATCHDOG_SHUTDOWN },
		{ "debug", VIR_DOMAIN_EVENT_WATCHDOG_DEBUG },
		{ "inject-nmi", VIR_DOMAIN_EVENT_WATCHDOG_INJECTNMI },
	};

	return number_of(words, G_N_ELEMENTS(words), word, VIR_DOMAIN_EVENT_WATCHDOG_NONE);
}

int news_io_error_action(const char *word)
{
	static const struct word words[] = {
		{ "stop", VIR_DOMAIN_EVENT_IO_ERROR_PAUSE },
		{ "report", VIR_DOMAIN_EVENT_IO_ERROR_REPORT },
	};

	return number_of(words, G_N_ELEMENTS(words), word, VIR_DOMAIN_EVENT_IO_ERROR_NONE);
}
