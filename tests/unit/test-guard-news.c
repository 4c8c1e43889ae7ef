/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the guard tells the world of QEMU's events: a row per story. */
#include <glib.h>

#include "base/json.h"
#include "guard/events.c" /* the guard is a program: there is no library to take it from */
#include "guard/news.c"

#define STORY_MAX 8

struct said {
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
	struct said said[STORY_MAX];
	const char *words; /* of all, in order; of a start's RESUME it is guard_note() that is silent */
} stories[] = {
	{ "runs", { RESUME }, "resumed unpaused" },
	{ "suspended", { RESUME, STOP }, "resumed unpaused, suspended paused" },
	{ "twice", { RESUME, STOP, STOP, RESUME, RESUME },
	  "resumed unpaused, suspended paused, resumed unpaused" },
	{ "saved", { RESUME, STOP, MIGRATED, ENDS("host-qmp-quit") },
	  "resumed unpaused, suspended paused" },
	{ "snapshot", { RESUME, JOB("snapshot-save", "running"), STOP, MIGRATED, RESUME,
			JOB("snapshot-save", "concluded") },
	  "resumed unpaused, suspended paused, resumed unpaused" },
	{ "reverted", { RESUME, JOB("snapshot-load", "running"), STOP, RESUME,
			JOB("snapshot-load", "concluded") },
	  "resumed unpaused, suspended from-snapshot, resumed from-snapshot" },
	{ "reverted, paused", { RESUME, STOP, JOB("snapshot-load", "running"),
				JOB("snapshot-load", "concluded") },
	  "resumed unpaused, suspended paused, suspended from-snapshot" },
	{ "io error", { RESUME, { "BLOCK_IO_ERROR", "{\"action\":\"stop\"}" }, STOP, RESUME },
	  "resumed unpaused, suspended io-error, resumed unpaused" },
	{ "io error, reported", { RESUME, { "BLOCK_IO_ERROR", "{\"action\":\"report\"}" } },
	  "resumed unpaused" },
	{ "watchdog", { RESUME, { "WATCHDOG", "{\"action\":\"pause\"}" }, STOP },
	  "resumed unpaused, suspended watchdog" },
	{ "panic", { RESUME, { "GUEST_PANICKED", "{\"action\":\"pause\"}" }, STOP },
	  "resumed unpaused, crashed panicked" },
	{ "powers off", { RESUME, ENDS("guest-shutdown"), STOP },
	  "resumed unpaused, shutdown guest" },
	{ "window closed", { RESUME, ENDS("host-ui") }, "resumed unpaused, shutdown host" },
	{ "destroyed", { RESUME, ENDS("host-signal") }, "resumed unpaused" },
	{ "reboots by poweroff", { RESUME, ENDS("guest-shutdown"), STOP, { "RESET", NULL }, RESUME },
	  "resumed unpaused, shutdown guest, resumed unpaused" },
	{ "sleeps", { RESUME, { "SUSPEND", NULL }, { "WAKEUP", NULL } },
	  "resumed unpaused, pmsuspended memory, started wakeup" },
	{ "hibernates", { RESUME, { "SUSPEND_DISK", NULL } }, "resumed unpaused, pmsuspended disk" },
};

/* What QEMU was started with, as far as block nodes are found in it. */
static const char *const argv_of_qemu[] = {
	"qemu", "-name", "x",
	"-blockdev", "{\"driver\":\"file\",\"node-name\":\"b1f\",\"filename\":\"/one\"}",
	"-blockdev", "{\"driver\":\"qcow2\",\"node-name\":\"b1\",\"file\":\"b1f\"}",
	"-device", "{\"driver\":\"virtio-blk-pci\",\"id\":\"ua-vda\",\"drive\":\"b1\"}",
	"-blockdev", "{\"driver\":\"file\",\"node-name\":\"b2f\",\"filename\":\"/two\"}",
	"-blockdev", "{\"driver\":\"raw\",\"node-name\":\"b2\",\"file\":\"b2f\"}",
	"-device", "{\"driver\":\"ide-hd\",\"id\":\"ua-sda\",\"drive\":\"b2\"}", NULL,
};

static const struct {
	const char *event, *data, *line;
} other_rows[] = {
	{ "RESET", "{\"guest\":true}", "reboot {}" },
	{ "RTC_CHANGE", "{\"offset\":-78}", "rtc-change {\"value\":-78}" },
	{ "WATCHDOG", "{\"action\":\"reset\"}", "watchdog {\"action\":\"reset\"}" },
	{ "WATCHDOG", NULL, "watchdog {\"action\":\"\"}" },
	{ "BLOCK_IO_ERROR", "{\"device\":\"d\",\"action\":\"stop\",\"nospace\":true,\"reason\":\"x\"}",
	  "io-error {\"alias\":\"d\",\"action\":\"stop\",\"reason\":\"enospc\"}" },
	{ "BLOCK_IO_ERROR", "{\"device\":7,\"nospace\":\"yes\"}",
	  "io-error {\"alias\":\"\",\"action\":\"\",\"reason\":\"\"}" },
	{ "BALLOON_CHANGE", "{\"actual\":1048576}", "balloon-change {\"value\":1024}" },
	{ "DEVICE_DELETED", "{\"device\":\"net0\",\"path\":\"/x\"}", "device-removed {\"alias\":\"net0\"}" },
	{ "DEVICE_TRAY_MOVED", "{\"id\":\"cd\",\"tray-open\":true}",
	  "tray-change {\"alias\":\"cd\",\"action\":\"open\"}" },
	/* As QEMU 7.2 says it of the second disk. */
	{ "BLOCK_IO_ERROR", "{\"device\":\"\",\"nospace\":false,\"node-name\":\"b2\",\"reason\":"
			    "\"Input/output error\",\"operation\":\"read\",\"action\":\"report\"}",
	  "io-error {\"alias\":\"ua-sda\",\"path\":\"\\/two\",\"action\":\"report\",\"reason\":\"\"}" },
	{ "BLOCK_IO_ERROR", "{\"device\":\"\",\"node-name\":\"b7\",\"action\":\"ignore\"}",
	  "io-error {\"alias\":\"\",\"action\":\"ignore\",\"reason\":\"\"}" },
	{ "BLOCK_WRITE_THRESHOLD",
	  "{\"amount-exceeded\":196608,\"node-name\":\"b1f\",\"write-threshold\":65536}",
	  "block-threshold {\"target\":\"vda\",\"path\":\"\\/one\",\"threshold\":65536,"
	  "\"excess\":196608}" },
	{ "BLOCK_WRITE_THRESHOLD", "{}", "block-threshold {\"target\":\"\",\"threshold\":0,\"excess\":0}" },
	{ "DEVICE_DELETED", "{\"path\":\"/machine/peripheral/x/virtio-backend\"}", NULL },
	{ "DEVICE_UNPLUG_GUEST_ERROR", "{\"device\":\"d0\",\"path\":\"/x\"}",
	  "device-removal-failed {\"alias\":\"d0\"}" },
	{ "MEMORY_DEVICE_SIZE_CHANGE", "{\"id\":\"vm0\",\"size\":1073741824,\"qom-path\":\"/x\"}",
	  "memory-device-size-change {\"alias\":\"vm0\",\"value\":1073741824}" },
	{ "MEMORY_FAILURE", "{\"recipient\":\"guest\",\"action\":\"inject\","
			    "\"flags\":{\"action-required\":true,\"recursive\":false}}",
	  "memory-failure {\"recipient\":\"guest\",\"action\":\"inject\",\"is_required\":true,"
	  "\"is_recursive\":false}" },
	{ "MEMORY_FAILURE", NULL, "memory-failure {\"recipient\":\"\",\"action\":\"\","
				  "\"is_required\":false,\"is_recursive\":false}" },
	{ "VSERPORT_CHANGE", "{\"open\":true,\"id\":\"ua-channel1\"}",
	  "agent-lifecycle {\"state\":\"connected\"}" },
	{ "VSERPORT_CHANGE", "{\"open\":false,\"id\":\"ua-channel1\"}",
	  "agent-lifecycle {\"state\":\"disconnected\"}" },
	{ "VSERPORT_CHANGE", "{\"open\":true,\"id\":\"ua-channel0\"}", NULL },
	{ "VSERPORT_CHANGE", NULL, NULL },
	{ "MIGRATION_PASS", "{\"pass\":2}", "migration-iteration {\"value\":2}" },
	{ "VNC_INITIALIZED", "{\"server\":{\"auth\":\"sasl\",\"family\":\"ipv6\",\"service\":\"5901\","
			     "\"host\":\"::1\",\"websocket\":false},\"client\":{\"family\":\"ipv6\","
			     "\"service\":\"43210\",\"host\":\"::2\",\"websocket\":false,"
			     "\"sasl_username\":\"ann\"}}",
	  "graphics {\"phase\":\"initialize\",\"local\":{\"family\":\"ipv6\",\"node\":\"::1\","
	  "\"service\":\"5901\"},\"remote\":{\"family\":\"ipv6\",\"node\":\"::2\","
	  "\"service\":\"43210\"},\"scheme\":\"sasl\","
	  "\"subject\":[{\"type\":\"sasl_username\",\"name\":\"ann\"}]}" },
	{ "VNC_CONNECTED", "{\"server\":{\"auth\":\"none\",\"family\":\"unix\",\"service\":"
			   "\"/proc/self/fd/20/vnc\",\"host\":\"\"},\"client\":{\"family\":\"unix\","
			   "\"service\":\"\",\"host\":\"\"}}",
	  "graphics {\"phase\":\"connect\",\"local\":{\"family\":\"unix\",\"node\":\"\","
	  "\"service\":\"\\/run\\/x\\/vnc\"},\"remote\":{\"family\":\"unix\",\"node\":\"\","
	  "\"service\":\"\"},\"scheme\":\"none\",\"subject\":[]}" },
	{ "VNC_DISCONNECTED", NULL,
	  "graphics {\"phase\":\"disconnect\",\"local\":{\"family\":\"\",\"node\":\"\","
	  "\"service\":\"\"},\"remote\":{\"family\":\"\",\"node\":\"\",\"service\":\"\"},"
	  "\"scheme\":\"\",\"subject\":[]}" },
	{ "SUSPEND", NULL, "pm-suspend {}" },
	{ "STOP", NULL, NULL },
	{ "NIC_RX_FILTER_CHANGED", "{}", NULL },
};
/* clang-format on */

static json_object *parse(const char *text)
{
	json_object *data = text ? json_parse(text, strlen(text), NULL) : NULL;

	g_assert_true(data || !text);
	return data;
}

static void test_story(gconstpointer data)
{
	const struct story *story = data;
	g_autoptr(GString) words = g_string_new(NULL);
	struct view v;

	view_init(&v);
	for (size_t i = 0; i < STORY_MAX && story->said[i].event; i++) {
		const struct said *said = &story->said[i];
		g_autoptr(json_object) payload = parse(said->data);
		struct view before = v;
		struct guard_word word;

		view_apply(&v, said->event, payload);
		word = guard_life_word(&before, &v, said->event, payload);
		if (word.event)
			g_string_append_printf(words, "%s%s %s", words->len ? ", " : "",
					       word.event, word.detail);
	}
	g_assert_cmpstr(words->str, ==, story->words);
}

static void test_others(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(other_rows); i++) {
		g_autoptr(json_object) payload = parse(other_rows[i].data);
		g_autoptr(json_object) line = json_object_new_object();
		const struct guard_said said = { other_rows[i].event, payload, (char **)argv_of_qemu,
						"/run/x/vnc", "charchannel1" };
		const char *word = guard_other_word(&said, line);
		g_autofree char *got =
			word ? g_strdup_printf("%s %s", word,
					       json_object_to_json_string_ext(
						       line, JSON_C_TO_STRING_PLAIN))
			     : NULL;

		g_assert_cmpstr(got, ==, other_rows[i].line);
	}
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(stories); i++) {
		g_autofree char *path = g_strdup_printf("/guard/news/%s", stories[i].name);

		g_test_add_data_func(path, &stories[i], test_story);
	}
	g_test_add_func("/guard/news-others", test_others);
	return g_test_run();
}
