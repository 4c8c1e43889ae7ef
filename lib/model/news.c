/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/news.h"

#include <assert.h>
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

/* clang-format off */
static const struct {
	const char *word;
	enum news_teller teller;
} kinds[] = {
	[VIR_DOMAIN_EVENT_ID_LIFECYCLE] = { "lifecycle", NEWS_COMMAND },
	[VIR_DOMAIN_EVENT_ID_REBOOT] = { "reboot", NEWS_GUARD },
	[VIR_DOMAIN_EVENT_ID_RTC_CHANGE] = { "rtc-change", NEWS_GUARD },
	[VIR_DOMAIN_EVENT_ID_WATCHDOG] = { "watchdog", NEWS_GUARD },
	[VIR_DOMAIN_EVENT_ID_IO_ERROR] = { "io-error", NEWS_GUARD },
	[VIR_DOMAIN_EVENT_ID_GRAPHICS] = { "graphics", NEWS_GUARD },
	[VIR_DOMAIN_EVENT_ID_IO_ERROR_REASON] = { "io-error-reason", NEWS_GUARD }, /* as io-error */
	[VIR_DOMAIN_EVENT_ID_CONTROL_ERROR] = { "control-error", NEWS_GUARD },
	[VIR_DOMAIN_EVENT_ID_BLOCK_JOB] = { "block-job", NEWS_NOBODY },
	[VIR_DOMAIN_EVENT_ID_DISK_CHANGE] = { "disk-change", NEWS_NOBODY },
	[VIR_DOMAIN_EVENT_ID_TRAY_CHANGE] = { "tray-change", NEWS_GUARD },
	[VIR_DOMAIN_EVENT_ID_PMWAKEUP] = { "pm-wakeup", NEWS_GUARD },
	[VIR_DOMAIN_EVENT_ID_PMSUSPEND] = { "pm-suspend", NEWS_GUARD },
	[VIR_DOMAIN_EVENT_ID_BALLOON_CHANGE] = { "balloon-change", NEWS_GUARD },
	[VIR_DOMAIN_EVENT_ID_PMSUSPEND_DISK] = { "pm-suspend-disk", NEWS_GUARD },
	[VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED] = { "device-removed", NEWS_GUARD },
	[VIR_DOMAIN_EVENT_ID_BLOCK_JOB_2] = { "block-job-2", NEWS_NOBODY },
	[VIR_DOMAIN_EVENT_ID_TUNABLE] = { "tunable", NEWS_NOBODY },
	[VIR_DOMAIN_EVENT_ID_AGENT_LIFECYCLE] = { "agent-lifecycle", NEWS_GUARD },
	[VIR_DOMAIN_EVENT_ID_DEVICE_ADDED] = { "device-added", NEWS_NOBODY },
	[VIR_DOMAIN_EVENT_ID_MIGRATION_ITERATION] = { "migration-iteration", NEWS_GUARD },
	[VIR_DOMAIN_EVENT_ID_JOB_COMPLETED] = { "job-completed", NEWS_NOBODY },
	[VIR_DOMAIN_EVENT_ID_DEVICE_REMOVAL_FAILED] = { "device-removal-failed", NEWS_GUARD },
	[VIR_DOMAIN_EVENT_ID_METADATA_CHANGE] = { "metadata-change", NEWS_COMMAND },
	[VIR_DOMAIN_EVENT_ID_BLOCK_THRESHOLD] = { "block-threshold", NEWS_GUARD },
	[VIR_DOMAIN_EVENT_ID_MEMORY_FAILURE] = { "memory-failure", NEWS_GUARD },
	[VIR_DOMAIN_EVENT_ID_MEMORY_DEVICE_SIZE_CHANGE] = { "memory-device-size-change", NEWS_GUARD },
};
/* clang-format on */
static_assert(G_N_ELEMENTS(kinds) == VIR_DOMAIN_EVENT_ID_MEMORY_DEVICE_SIZE_CHANGE + 1,
	      "a row for each virDomainEventID");

int news_event_id(const char *event)
{
	for (size_t id = VIR_DOMAIN_EVENT_ID_LIFECYCLE + 1; id < G_N_ELEMENTS(kinds); id++)
		if (strcmp(kinds[id].word, event) == 0)
			return (int)id;
	return -1;
}

const char *news_event_word(int id)
{
	return kinds[id].word;
}

enum news_teller news_event_teller(int id)
{
	return kinds[id].teller;
}

/* ---- Words of single events ---- */

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

int news_graphics_phase(const char *word)
{
	static const struct word words[] = {
		{ "connect", VIR_DOMAIN_EVENT_GRAPHICS_CONNECT },
		{ "initialize", VIR_DOMAIN_EVENT_GRAPHICS_INITIALIZE },
		{ "disconnect", VIR_DOMAIN_EVENT_GRAPHICS_DISCONNECT },
	};

	return number_of(words, G_N_ELEMENTS(words), word, VIR_DOMAIN_EVENT_GRAPHICS_CONNECT);
}

int news_graphics_family(const char *word)
{
	static const struct word words[] = {
		{ "ipv4", VIR_DOMAIN_EVENT_GRAPHICS_ADDRESS_IPV4 },
		{ "ipv6", VIR_DOMAIN_EVENT_GRAPHICS_ADDRESS_IPV6 },
		{ "unix", VIR_DOMAIN_EVENT_GRAPHICS_ADDRESS_UNIX },
	};

	return number_of(words, G_N_ELEMENTS(words), word, VIR_DOMAIN_EVENT_GRAPHICS_ADDRESS_UNIX);
}

int news_metadata_type(const char *word)
{
	static const struct word words[] = {
		{ "description", VIR_DOMAIN_METADATA_DESCRIPTION },
		{ "title", VIR_DOMAIN_METADATA_TITLE },
		{ "element", VIR_DOMAIN_METADATA_ELEMENT },
	};

	return number_of(words, G_N_ELEMENTS(words), word, VIR_DOMAIN_METADATA_ELEMENT);
}

int news_memory_recipient(const char *word)
{
	static const struct word words[] = {
		{ "hypervisor", VIR_DOMAIN_EVENT_MEMORY_FAILURE_RECIPIENT_HYPERVISOR },
		{ "guest", VIR_DOMAIN_EVENT_MEMORY_FAILURE_RECIPIENT_GUEST },
	};

	return number_of(words, G_N_ELEMENTS(words), word,
			 VIR_DOMAIN_EVENT_MEMORY_FAILURE_RECIPIENT_HYPERVISOR);
}

int news_memory_action(const char *word)
{
	static const struct word words[] = {
		{ "ignore", VIR_DOMAIN_EVENT_MEMORY_FAILURE_ACTION_IGNORE },
		{ "inject", VIR_DOMAIN_EVENT_MEMORY_FAILURE_ACTION_INJECT },
		{ "fatal", VIR_DOMAIN_EVENT_MEMORY_FAILURE_ACTION_FATAL },
		{ "reset", VIR_DOMAIN_EVENT_MEMORY_FAILURE_ACTION_RESET },
	};

	return number_of(words, G_N_ELEMENTS(words), word,
			 VIR_DOMAIN_EVENT_MEMORY_FAILURE_ACTION_IGNORE);
}
