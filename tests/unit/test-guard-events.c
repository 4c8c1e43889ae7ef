/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the guard makes of QEMU's events: one row per story, in the order in which QEMU tells. */
#include <glib.h>

#include "base/json.h"
#include "guard/events.c" /* the guard is a program: there is no library to take it from */

#define STORY_MAX 8

struct told {
	const char *event;
	const char *data;
};

/* clang-format off */
#define JOB(id, status) \
	{ "JOB_STATUS_CHANGE", "{\"id\":\"" id "\",\"status\":\"" status "\"}" }
#define ENDS(reason) { "SHUTDOWN", "{\"guest\":true,\"reason\":\"" reason "\"}" }
#define MIGRATED { "MIGRATION", "{\"status\":\"completed\"}" }
#define RESUME { "RESUME", NULL }
#define STOP { "STOP", NULL }

static const struct story {
	const char *name;
	struct told told[STORY_MAX];
	enum guest_state state;
	int reason;
	const char *end; /* when QEMU exits with status 0 now */
} stories[] = {
	{ "started", { { NULL } }, GUEST_PAUSED, VIR_DOMAIN_PAUSED_STARTING_UP, "unknown" },
	{ "booted", { RESUME }, GUEST_RUNNING, VIR_DOMAIN_RUNNING_BOOTED, "unknown" },
	{ "suspended", { RESUME, STOP }, GUEST_PAUSED, VIR_DOMAIN_PAUSED_USER, "unknown" },
	{ "resumed", { RESUME, STOP, RESUME }, GUEST_RUNNING, VIR_DOMAIN_RUNNING_UNPAUSED, "unknown" },
	{ "resumed twice", { RESUME, RESUME }, GUEST_RUNNING, VIR_DOMAIN_RUNNING_BOOTED, "unknown" },
	{ "memory came in", { MIGRATED }, GUEST_PAUSED, VIR_DOMAIN_PAUSED_MIGRATION, "unknown" },
	{ "restored", { MIGRATED, RESUME }, GUEST_RUNNING, VIR_DOMAIN_RUNNING_RESTORED, "unknown" },
	{ "saved", { RESUME, STOP, MIGRATED }, GUEST_PAUSED, VIR_DOMAIN_PAUSED_SAVE, "unknown" },
	{ "save failed",
	  { RESUME, STOP, { "MIGRATION", "{\"status\":\"failed\"}" } },
	  GUEST_PAUSED, VIR_DOMAIN_PAUSED_USER, "unknown" },
	{ "save taken back", { RESUME, STOP, MIGRATED, RESUME },
	  GUEST_RUNNING, VIR_DOMAIN_RUNNING_SAVE_CANCELED, "unknown" },
	{ "saved, quit", { RESUME, STOP, MIGRATED, ENDS("host-qmp-quit") },
	  GUEST_SHUTDOWN, VIR_DOMAIN_SHUTDOWN_UNKNOWN, "saved" },
	{ "snapshot under way", { RESUME, JOB("snapshot-save", "running"), STOP, MIGRATED },
	  GUEST_PAUSED, VIR_DOMAIN_PAUSED_SNAPSHOT, "unknown" },
	{ "snapshot taken",
	  { RESUME, JOB("snapshot-save", "running"), STOP, MIGRATED, RESUME, JOB("snapshot-save", "concluded") },
	  GUEST_RUNNING, VIR_DOMAIN_RUNNING_BOOTED, "unknown" },
	{ "snapshot of a paused guest",
	  { RESUME, STOP, JOB("snapshot-save", "running"), MIGRATED, JOB("snapshot-save", "concluded") },
	  GUEST_PAUSED, VIR_DOMAIN_PAUSED_USER, "unknown" },
	{ "reverted",
	  { RESUME, JOB("snapshot-load", "running"), STOP, RESUME, JOB("snapshot-load", "concluded") },
	  GUEST_RUNNING, VIR_DOMAIN_RUNNING_FROM_SNAPSHOT, "unknown" },
	{ "reverted, paused before",
	  { RESUME, STOP, JOB("snapshot-load", "running"), JOB("snapshot-load", "concluded") },
	  GUEST_PAUSED, VIR_DOMAIN_PAUSED_FROM_SNAPSHOT, "unknown" },
	{ "started from a snapshot",
	  { JOB("snapshot-load", "running"), MIGRATED, JOB("snapshot-load", "concluded"), RESUME },
	  GUEST_RUNNING, VIR_DOMAIN_RUNNING_FROM_SNAPSHOT, "unknown" },
	{ "disk full", { RESUME, { "BLOCK_IO_ERROR", "{\"action\":\"stop\"}" }, STOP },
	  GUEST_PAUSED, VIR_DOMAIN_PAUSED_IOERROR, "unknown" },
	{ "disk error told to the guest", { RESUME, { "BLOCK_IO_ERROR", "{\"action\":\"report\"}" } },
	  GUEST_RUNNING, VIR_DOMAIN_RUNNING_BOOTED, "unknown" },
	{ "watchdog", { RESUME, { "WATCHDOG", "{\"action\":\"pause\"}" }, STOP },
	  GUEST_PAUSED, VIR_DOMAIN_PAUSED_WATCHDOG, "unknown" },
	{ "panic, kept", { RESUME, { "GUEST_PANICKED", "{\"action\":\"pause\"}" }, STOP },
	  GUEST_CRASHED, VIR_DOMAIN_CRASHED_PANICKED, "unknown" },
	{ "panic, kept, reset",
	  { RESUME, { "GUEST_PANICKED", "{\"action\":\"pause\"}" }, STOP, { "RESET", NULL } },
	  GUEST_PAUSED, VIR_DOMAIN_PAUSED_STARTING_UP, "unknown" },
	{ "panic, ended",
	  { RESUME, { "GUEST_PANICKED", "{\"action\":\"poweroff\"}" }, ENDS("guest-panic") },
	  GUEST_SHUTDOWN, VIR_DOMAIN_SHUTDOWN_UNKNOWN, "crashed" },
	{ "reset while running", { RESUME, { "RESET", NULL }, { "RESET", NULL } },
	  GUEST_RUNNING, VIR_DOMAIN_RUNNING_BOOTED, "unknown" },
	{ "asleep", { RESUME, { "SUSPEND", NULL } },
	  GUEST_PMSUSPENDED, VIR_DOMAIN_PMSUSPENDED_UNKNOWN, "unknown" },
	{ "asleep on disk", { RESUME, { "SUSPEND_DISK", NULL } },
	  GUEST_PMSUSPENDED, VIR_DOMAIN_PMSUSPENDED_UNKNOWN, "unknown" },
	{ "awake", { RESUME, { "SUSPEND", NULL }, { "WAKEUP", NULL } },
	  GUEST_RUNNING, VIR_DOMAIN_RUNNING_WAKEUP, "unknown" },
	{ "powered off", { RESUME, { "POWERDOWN", NULL }, ENDS("guest-shutdown") },
	  GUEST_SHUTDOWN, VIR_DOMAIN_SHUTDOWN_UNKNOWN, "shutdown" },
	{ "powered off, then killed", { RESUME, ENDS("guest-shutdown"), STOP, ENDS("host-qmp-quit") },
	  GUEST_SHUTDOWN, VIR_DOMAIN_SHUTDOWN_UNKNOWN, "shutdown" },
	{ "powered off, kept, reset",
	  { RESUME, ENDS("guest-shutdown"), STOP, { "RESET", NULL }, RESUME, ENDS("host-signal") },
	  GUEST_SHUTDOWN, VIR_DOMAIN_SHUTDOWN_UNKNOWN, "destroyed" },
	{ "reboot that ends", { RESUME, ENDS("guest-reset") },
	  GUEST_SHUTDOWN, VIR_DOMAIN_SHUTDOWN_UNKNOWN, "shutdown" },
	{ "host reset that ends", { RESUME, ENDS("host-qmp-system-reset") },
	  GUEST_SHUTDOWN, VIR_DOMAIN_SHUTDOWN_UNKNOWN, "destroyed" },
	{ "quit", { RESUME, ENDS("host-qmp-quit") },
	  GUEST_SHUTDOWN, VIR_DOMAIN_SHUTDOWN_UNKNOWN, "destroyed" },
	{ "signal", { RESUME, ENDS("host-signal") },
	  GUEST_SHUTDOWN, VIR_DOMAIN_SHUTDOWN_UNKNOWN, "destroyed" },
	{ "window closed", { RESUME, ENDS("host-ui") },
	  GUEST_SHUTDOWN, VIR_DOMAIN_SHUTDOWN_UNKNOWN, "destroyed" },
	{ "QEMU failed", { RESUME, ENDS("host-error") },
	  GUEST_SHUTDOWN, VIR_DOMAIN_SHUTDOWN_UNKNOWN, "crashed" },
	{ "a reason of later", { RESUME, ENDS("something-new") },
	  GUEST_SHUTDOWN, VIR_DOMAIN_SHUTDOWN_UNKNOWN, "unknown" },
	{ "a SHUTDOWN without a reason", { RESUME, { "SHUTDOWN", NULL } },
	  GUEST_SHUTDOWN, VIR_DOMAIN_SHUTDOWN_UNKNOWN, "unknown" },
	{ "an event of later", { RESUME, { "SOMETHING_NEW", "{}" } },
	  GUEST_RUNNING, VIR_DOMAIN_RUNNING_BOOTED, "unknown" },
	{ "data of a wrong type", { RESUME, { "WATCHDOG", "{\"action\":{}}" }, JOB("snapshot-load", "") },
	  GUEST_RUNNING, VIR_DOMAIN_RUNNING_BOOTED, "unknown" },
};
/* clang-format on */

static void tell(struct view *v, const struct told *told)
{
	g_autoptr(json_object) data = told->data ? json_tokener_parse(told->data) : NULL;
	struct view before = *v;
	bool is_new = view_apply(v, told->event, data);

	g_assert_cmpint(is_new, ==, before.state != v->state || before.reason != v->reason);
}

static void test_story(const void *data)
{
	const struct story *s = data;
	struct view v;

	view_init(&v);
	for (size_t i = 0; i < STORY_MAX && s->told[i].event; i++)
		tell(&v, &s->told[i]);
	g_assert_cmpint(v.state, ==, s->state);
	g_assert_cmpint(v.reason, ==, s->reason);
	view_end(&v, 0);
	g_assert_cmpint(v.state, ==, GUEST_SHUTOFF);
	g_assert_cmpstr(view_end_word(&v), ==, s->end);
}

/* Ends that QEMU did not announce. */
static void test_channels(void)
{
	static const struct {
		const char *data;
		bool is_new;
		guint32 channels;
	} told[] = {
		{ "{\"id\":\"ua-channel1\",\"open\":true}", true, 2 },
		{ "{\"id\":\"ua-channel0\",\"open\":true}", true, 3 },
		{ "{\"id\":\"ua-channel0\",\"open\":true}", false, 3 },
		{ "{\"id\":\"ua-console0\",\"open\":true}", false, 3 },
		{ "{\"id\":\"ua-channel32\",\"open\":true}", false, 3 },
		{ "{\"id\":\"ua-channel1\",\"open\":false}", true, 1 },
		{ "{\"id\":7,\"open\":false}", false, 1 },
		{ "{}", false, 1 },
	};
	static const char list[] = "[{\"label\":\"charchannel0\",\"frontend-open\":false},{},"
				   "{\"label\":\"charchannel2\",\"frontend-open\":true}]";
	g_autoptr(json_object) chardevs = json_parse(list, strlen(list), NULL);
	struct view v;

	view_init(&v);
	for (guint i = 0; i < G_N_ELEMENTS(told); i++) {
		g_autoptr(json_object) data = json_parse(told[i].data, strlen(told[i].data), NULL);

		g_assert_cmpint(view_apply(&v, "VSERPORT_CHANGE", data), ==, told[i].is_new);
		g_assert_cmphex(v.channels, ==, told[i].channels);
	}
	g_assert_false(view_apply(&v, "VSERPORT_CHANGE", NULL));
	view_set_channels(&v, chardevs);
	g_assert_cmphex(v.channels, ==, 4);
	g_assert_cmpint(v.state, ==, GUEST_PAUSED);
}

static void test_deaths(void)
{
	static const struct {
		int wait_status;
		const char *end;
	} deaths[] = {
		{ -1, "unknown" },      { 0, "unknown" },       { SIGKILL, "unknown" },
		{ SIGTERM, "unknown" }, { SIGSEGV, "crashed" }, { SIGABRT | 0x80, "crashed" },
		{ SIGSYS, "crashed" },  { 1 << 8, "crashed" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(deaths); i++) {
		struct view v;

		view_init(&v);
		g_assert_cmpstr(view_end_word(&v), ==, "unknown");
		view_end(&v, deaths[i].wait_status);
		g_assert_cmpstr(view_end_word(&v), ==, deaths[i].end);
	}
}

/* Every RunState of QEMU 7.2's schema, and one that is none. */
static void test_statuses(void)
{
	static const struct {
		const char *status;
		enum guest_state state;
		int reason;
	} known[] = {
		{ "running", GUEST_RUNNING, VIR_DOMAIN_RUNNING_UNKNOWN },
		{ "paused", GUEST_PAUSED, VIR_DOMAIN_PAUSED_UNKNOWN },
		{ "prelaunch", GUEST_PAUSED, VIR_DOMAIN_PAUSED_STARTING_UP },
		{ "inmigrate", GUEST_PAUSED, VIR_DOMAIN_PAUSED_STARTING_UP },
		{ "finish-migrate", GUEST_PAUSED, VIR_DOMAIN_PAUSED_SAVE },
		{ "postmigrate", GUEST_PAUSED, VIR_DOMAIN_PAUSED_SAVE },
		{ "save-vm", GUEST_PAUSED, VIR_DOMAIN_PAUSED_SNAPSHOT },
		{ "restore-vm", GUEST_PAUSED, VIR_DOMAIN_PAUSED_FROM_SNAPSHOT },
		{ "io-error", GUEST_PAUSED, VIR_DOMAIN_PAUSED_IOERROR },
		{ "watchdog", GUEST_PAUSED, VIR_DOMAIN_PAUSED_WATCHDOG },
		{ "guest-panicked", GUEST_CRASHED, VIR_DOMAIN_CRASHED_PANICKED },
		{ "shutdown", GUEST_SHUTDOWN, VIR_DOMAIN_SHUTDOWN_UNKNOWN },
		{ "suspended", GUEST_PMSUSPENDED, VIR_DOMAIN_PMSUSPENDED_UNKNOWN },
		{ "internal-error", GUEST_PAUSED, VIR_DOMAIN_PAUSED_UNKNOWN },
		{ "debug", GUEST_PAUSED, VIR_DOMAIN_PAUSED_UNKNOWN },
		{ "colo", GUEST_PAUSED, VIR_DOMAIN_PAUSED_UNKNOWN },
		{ "something-new", GUEST_PAUSED, VIR_DOMAIN_PAUSED_UNKNOWN },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(known); i++) {
		struct view v;

		view_init(&v);
		view_set_status(&v, known[i].status);
		g_assert_cmpint(v.state, ==, known[i].state);
		g_assert_cmpint(v.reason, ==, known[i].reason);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(stories); i++) {
		g_autofree char *path = g_strdup_printf("/guard/events/%s", stories[i].name);

		g_test_add_data_func(path, &stories[i], test_story);
	}
	g_test_add_func("/guard/channels", test_channels);
	g_test_add_func("/guard/deaths", test_deaths);
	g_test_add_func("/guard/statuses", test_statuses);
	return g_test_run();
}
