/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guard/news.h"

#include <fcntl.h>
#include <string.h>
#include <libvirt/libvirt-domain.h>

#include "base/cleanup.h"
#include "base/json.h"
#include "base/util.h"
#include "engine/news.h"
#include "guard/guard.h"
#include "store/journal.h"

#define ANY (-1)

/* ---- The life cycle ---- */

/* clang-format off */
/* The first row that fits counts. Which state is which: guard/events.c. */
static const struct {
	int from, to; /* enum guest_state */
	int reason;   /* the new one */
	const char *event, *value; /* NULL: whatever it was; value: the data's "reason" */
	struct guard_word word;
} life[] = {
	{ GUEST_RUNNING, GUEST_PAUSED, VIR_DOMAIN_PAUSED_IOERROR, NULL, NULL,
	  { "suspended", "io-error" } },
	{ GUEST_RUNNING, GUEST_PAUSED, VIR_DOMAIN_PAUSED_WATCHDOG, NULL, NULL,
	  { "suspended", "watchdog" } },
	{ GUEST_RUNNING, GUEST_PAUSED, VIR_DOMAIN_PAUSED_FROM_SNAPSHOT, NULL, NULL,
	  { "suspended", "from-snapshot" } },
	{ GUEST_RUNNING, GUEST_PAUSED, ANY, NULL, NULL, { "suspended", "paused" } },
	{ GUEST_PAUSED, GUEST_PAUSED, VIR_DOMAIN_PAUSED_FROM_SNAPSHOT, NULL, NULL,
	  { "suspended", "from-snapshot" } },
	{ GUEST_PAUSED, GUEST_RUNNING, VIR_DOMAIN_RUNNING_FROM_SNAPSHOT, NULL, NULL,
	  { "resumed", "from-snapshot" } },
	{ GUEST_PAUSED, GUEST_RUNNING, ANY, NULL, NULL, { "resumed", "unpaused" } },
	{ ANY, GUEST_PMSUSPENDED, ANY, "SUSPEND_DISK", NULL, { "pmsuspended", "disk" } },
	{ ANY, GUEST_PMSUSPENDED, ANY, NULL, NULL, { "pmsuspended", "memory" } },
	{ GUEST_PMSUSPENDED, GUEST_RUNNING, ANY, NULL, NULL, { "started", "wakeup" } },
	{ ANY, GUEST_CRASHED, ANY, NULL, NULL, { "crashed", "panicked" } },
	{ ANY, GUEST_SHUTDOWN, ANY, "SHUTDOWN", "guest-shutdown", { "shutdown", "guest" } },
	{ ANY, GUEST_SHUTDOWN, ANY, "SHUTDOWN", "guest-reset", { "shutdown", "guest" } },
	{ ANY, GUEST_SHUTDOWN, ANY, "SHUTDOWN", "host-ui", { "shutdown", "host" } },
	/* The other ends are somebody's command, which tells. */
};
/* clang-format on */

static const char *text_of(json_object *data, const char *key)
{
	const char *text = "";

	if (data)
		json_get_string(data, key, &text);
	return text;
}

static bool is_one(int wanted, int is)
{
	return wanted == ANY || wanted == is;
}

struct guard_word guard_life_word(const struct view *before, const struct view *now,
				  const char *event, json_object *data)
{
	if (before->state == now->state && before->reason == now->reason)
		return (struct guard_word){ 0 };
	for (size_t i = 0; i < G_N_ELEMENTS(life); i++) {
		if (is_one(life[i].from, (int)before->state) && is_one(life[i].to, (int)now->state) &&
		    is_one(life[i].reason, now->reason) &&
		    (!life[i].event || strcmp(life[i].event, event) == 0) &&
		    (!life[i].value || strcmp(life[i].value, text_of(data, "reason")) == 0))
			return life[i].word;
	}
	return (struct guard_word){ 0 };
}

/* ---- Other events ---- */

static void add_action(json_object *data, json_object *line)
{
	json_set_string(line, "action", text_of(data, "action"));
}

static void add_io_error(json_object *data, json_object *line)
{
	bool is_full = false;

	if (data)
		json_get_bool(data, "nospace", &is_full);
	json_set_string(line, "alias", text_of(data, "device"));
	json_set_string(line, "action", text_of(data, "action"));
	json_set_string(line, "reason", is_full ? "enospc" : "");
}

static void add_offset(json_object *data, json_object *line)
{
	gint64 offset = 0;

	if (data)
		json_get_int(data, "offset", &offset);
	json_set_int(line, "value", offset);
}

static void add_balloon(json_object *data, json_object *line)
{
	gint64 bytes = 0;

	if (data)
		json_get_int(data, "actual", &bytes);
	json_set_int(line, "value", bytes / 1024);
}

static void add_device(json_object *data, json_object *line)
{
	json_set_string(line, "alias", text_of(data, "device"));
}

static void add_tray(json_object *data, json_object *line)
{
	bool is_open = false;

	if (data)
		json_get_bool(data, "tray-open", &is_open);
	json_set_string(line, "alias", text_of(data, "id"));
	json_set_string(line, "action", is_open ? "open" : "close");
}

static const struct {
	const char *event, *word;
	void (*add)(json_object *data, json_object *line);
} others[] = {
	{ "RESET", "reboot", NULL },
	{ "RTC_CHANGE", "rtc-change", add_offset },
	{ "WATCHDOG", "watchdog", add_action },
	{ "BLOCK_IO_ERROR", "io-error", add_io_error },
	{ "BALLOON_CHANGE", "balloon-change", add_balloon },
	{ "DEVICE_DELETED", "device-removed", add_device },
	{ "DEVICE_TRAY_MOVED", "tray-change", add_tray },
	{ "SUSPEND", "pm-suspend", NULL },
	{ "SUSPEND_DISK", "pm-suspend-disk", NULL },
	{ "WAKEUP", "pm-wakeup", NULL },
};

const char *guard_other_word(const char *event, json_object *data, json_object *line)
{
	for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
		if (strcmp(others[i].event, event) != 0)
			continue;
		if (others[i].add)
			others[i].add(data, line);
		return others[i].word;
	}
	return NULL;
}

/* ---- Noting ---- */

static bool append(int dirfd, const char *name, json_object *line)
{
	return journal_append(dirfd, name,
			      json_object_to_json_string_ext(line, JSON_C_TO_STRING_PLAIN));
}

/* What QEMU said; without its data when that is more than a line may hold. */
static void note_said(const struct qmp_event *ev)
{
	g_autoptr(json_object) line = json_object_new_object();

	json_set_int(line, "time", now_usec());
	json_set_string(line, "event", ev->name);
	if (ev->data)
		json_object_object_add(line, "data", json_object_get(ev->data));
	if (append(GUARD_FD_RUN, "events", line) || !ev->data)
		return;
	json_object_object_del(line, "data");
	append(GUARD_FD_RUN, "events", line);
}

/* The domain's directory lies one below domains/ or staging/, whichever it is called. */
static void note(json_object *line)
{
	auto_close int root = openat(GUARD_FD_DIR, "../..", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (root >= 0)
		append(root, "events", line);
}

/* A start tells that the guest runs, in its own words: it has an intent until then. */
static bool is_starting(struct guard *g, const struct view *now)
{
	if (!g->has_begun && exists_at(GUARD_FD_DIR, "intent") == 1) {
		g->has_begun = now->state == GUEST_RUNNING;
		return true;
	}
	g->has_begun = true;
	return false;
}

void guard_note(struct guard *g, const struct view *before, const struct qmp_event *ev)
{
	struct guard_word word = guard_life_word(before, &g->view, ev->name, ev->data);
	g_autoptr(json_object) other = news_line(g->name, g->spec->uuid, NULL);
	const char *other_word = guard_other_word(ev->name, ev->data, other);

	note_said(ev);
	if (word.event && !is_starting(g, &g->view)) {
		g_autoptr(json_object) line = news_line(g->name, g->spec->uuid, word.event);

		json_set_string(line, "detail", word.detail);
		note(line);
	}
	if (other_word) {
		json_set_string(other, "event", other_word);
		note(other);
	}
}
