/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guard/news.h"

#include <fcntl.h>
#include <string.h>
#include <libvirt/libvirt-domain.h>

#include "base/cleanup.h"
#include "base/json.h"
#include "base/util.h"
#include "driver/qemu/chardev.h"
#include "driver/qemu/node.h"
#include "engine/news.h"
#include "guard/guard.h"
#include "store/journal.h"
#include "xml/peek.h"
#include "xml/tree.h"

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

static void add_action(const struct guard_said *said, json_object *line)
{
	json_set_string(line, "action", text_of(said->data, "action"));
}

/* A plain number, or a truth, is copied under the name that it has here. */
static void add_number(const struct guard_said *said, const char *key, json_object *line,
		       const char *as)
{
	gint64 number = 0;

	if (said->data)
		json_get_int(said->data, key, &number);
	json_set_int(line, as, number);
}

static void add_truth(const struct guard_said *said, const char *key, json_object *line,
		      const char *as)
{
	bool is_so = false;

	if (said->data)
		json_get_bool(said->data, key, &is_so);
	json_set_bool(line, as, is_so);
}

/* Devices that were given a block node have no name of their own in block events. */
static bool find_disk(const struct guard_said *said, struct node_disk *ret)
{
	const char *node = text_of(said->data, "node-name");

	*ret = (struct node_disk){ 0 };
	return *node && said->argv && node_find_disk(said->argv, node, ret);
}

static void add_io_error(const struct guard_said *said, json_object *line)
{
	bool is_full = false;
	struct node_disk disk;

	find_disk(said, &disk);
	if (said->data)
		json_get_bool(said->data, "nospace", &is_full);
	json_set_string(line, "alias", disk.device ? disk.device : text_of(said->data, "device"));
	json_set_string(line, "path", disk.path);
	json_set_string(line, "action", text_of(said->data, "action"));
	json_set_string(line, "reason", is_full ? "enospc" : "");
	node_disk_clear(&disk);
}

static void add_threshold(const struct guard_said *said, json_object *line)
{
	struct node_disk disk;

	find_disk(said, &disk);
	json_set_string(line, "target",
			disk.target ? disk.target : text_of(said->data, "node-name"));
	json_set_string(line, "path", disk.path);
	add_number(said, "write-threshold", line, "threshold");
	add_number(said, "amount-exceeded", line, "excess");
	node_disk_clear(&disk);
}

static void add_offset(const struct guard_said *said, json_object *line)
{
	add_number(said, "offset", line, "value");
}

static void add_balloon(const struct guard_said *said, json_object *line)
{
	gint64 bytes = 0;

	if (said->data)
		json_get_int(said->data, "actual", &bytes);
	json_set_int(line, "value", bytes / 1024);
}

static void add_device(const struct guard_said *said, json_object *line)
{
	json_set_string(line, "alias", text_of(said->data, "device"));
}

static void add_size(const struct guard_said *said, json_object *line)
{
	json_set_string(line, "alias", text_of(said->data, "id"));
	add_number(said, "size", line, "value");
}

static void add_tray(const struct guard_said *said, json_object *line)
{
	bool is_open = false;

	if (said->data)
		json_get_bool(said->data, "tray-open", &is_open);
	json_set_string(line, "alias", text_of(said->data, "id"));
	json_set_string(line, "action", is_open ? "open" : "close");
}

static void add_pass(const struct guard_said *said, json_object *line)
{
	add_number(said, "pass", line, "value");
}

static void add_memory_failure(const struct guard_said *said, json_object *line)
{
	json_object *flags = NULL;

	if (said->data)
		json_get_object(said->data, "flags", &flags);
	json_set_string(line, "recipient", text_of(said->data, "recipient"));
	json_set_string(line, "action", text_of(said->data, "action"));
	add_truth(&(struct guard_said){ .data = flags }, "action-required", line, "is_required");
	add_truth(&(struct guard_said){ .data = flags }, "recursive", line, "is_recursive");
}

/* Who somebody is, where the way of logging in says so. */
static void add_identity(json_object *subject, json_object *client, const char *key)
{
	const char *name = text_of(client, key);
	json_object *identity;

	if (!*name)
		return;
	identity = json_object_new_object();
	json_set_string(identity, "type", key);
	json_set_string(identity, "name", name);
	json_object_array_add(subject, identity);
}

static void add_agent(const struct guard_said *said, json_object *line)
{
	bool is_open = false;

	if (said->data)
		json_get_bool(said->data, "open", &is_open);
	json_set_string(line, "state", is_open ? "connected" : "disconnected");
}

static json_object *address_of(json_object *end, const char *path)
{
	json_object *address = json_object_new_object();

	json_set_string(address, "family", text_of(end, "family"));
	json_set_string(address, "node", text_of(end, "host"));
	json_set_string(address, "service", path ? path : text_of(end, "service"));
	return address;
}

static void add_display(const struct guard_said *said, const char *phase, json_object *line)
{
	json_object *server = NULL, *client = NULL, *subject = json_object_new_array();
	bool is_socket;

	if (said->data) {
		json_get_object(said->data, "server", &server);
		json_get_object(said->data, "client", &client);
	}
	is_socket = strcmp(text_of(server, "family"), "unix") == 0;
	json_set_string(line, "phase", phase);
	/* The socket was bound by way of a descriptor, and QEMU tells that path. */
	json_object_object_add(line, "local",
			       address_of(server, is_socket ? said->display : NULL));
	json_object_object_add(line, "remote", address_of(client, NULL));
	json_set_string(line, "scheme", text_of(server, "auth"));
	add_identity(subject, client, "x509_dname");
	add_identity(subject, client, "sasl_username");
	json_object_object_add(line, "subject", subject);
}

static void add_connected(const struct guard_said *said, json_object *line)
{
	add_display(said, "connect", line);
}

static void add_initialized(const struct guard_said *said, json_object *line)
{
	add_display(said, "initialize", line);
}

static void add_disconnected(const struct guard_said *said, json_object *line)
{
	add_display(said, "disconnect", line);
}

static const struct {
	const char *event, *word;
	void (*add)(const struct guard_said *said, json_object *line);
} others[] = {
	{ "RESET", "reboot", NULL },
	{ "RTC_CHANGE", "rtc-change", add_offset },
	{ "WATCHDOG", "watchdog", add_action },
	{ "BLOCK_IO_ERROR", "io-error", add_io_error },
	{ "BLOCK_WRITE_THRESHOLD", "block-threshold", add_threshold },
	{ "BALLOON_CHANGE", "balloon-change", add_balloon },
	{ "DEVICE_DELETED", "device-removed", add_device },
	{ "DEVICE_UNPLUG_GUEST_ERROR", "device-removal-failed", add_device },
	{ "DEVICE_TRAY_MOVED", "tray-change", add_tray },
	{ "MEMORY_DEVICE_SIZE_CHANGE", "memory-device-size-change", add_size },
	{ "MEMORY_FAILURE", "memory-failure", add_memory_failure },
	{ "MIGRATION_PASS", "migration-iteration", add_pass },
	{ "SUSPEND", "pm-suspend", NULL },
	{ "SUSPEND_DISK", "pm-suspend-disk", NULL },
	{ "VNC_CONNECTED", "graphics", add_connected },
	{ "VNC_INITIALIZED", "graphics", add_initialized },
	{ "VNC_DISCONNECTED", "graphics", add_disconnected },
	{ "VSERPORT_CHANGE", "agent-lifecycle", add_agent },
	{ "WAKEUP", "pm-wakeup", NULL },
};

/* Ports that are not the agent's have no event. */
static bool is_other_port(const struct guard_said *said)
{
	const char *id = text_of(said->data, "id");
	const char *agent = said->agent ? said->agent : "";

	return strcmp(said->event, "VSERPORT_CHANGE") == 0 &&
	       !(g_str_has_prefix(id, CHANNEL_DEVICE) && g_str_has_prefix(agent, CHANNEL_CHARDEV) &&
		 strcmp(id + strlen(CHANNEL_DEVICE), agent + strlen(CHANNEL_CHARDEV)) == 0);
}

/* Parts of a device are deleted without a name; nobody knows them. */
static bool is_nameless(const struct guard_said *said)
{
	return strcmp(said->event, "DEVICE_DELETED") == 0 && !*text_of(said->data, "device");
}

const char *guard_other_word(const struct guard_said *said, json_object *line)
{
	for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
		if (strcmp(others[i].event, said->event) != 0 || is_nameless(said) ||
		    is_other_port(said))
			continue;
		if (others[i].add)
			others[i].add(said, line);
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

/* NULL: the configuration does not say, or the event is of something else. */
static char *display_path(const char *event)
{
	static const char *const paths[] = { "domain/devices/graphics/listen/@socket",
					     "domain/devices/graphics/@socket" };
	g_autofree char *xml = NULL;
	char *path = NULL;
	size_t size = 0;

	if (!g_str_has_prefix(event, "VNC_") ||
	    !read_file_at(GUARD_FD_DIR, "live.xml", XML_MAX_SIZE, &xml, &size, NULL))
		return NULL;
	for (size_t i = 0; i < G_N_ELEMENTS(paths) && !path; i++)
		path = xml_peek_one(xml, size, paths[i]);
	return path;
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
	g_autofree char *display = display_path(ev->name);
	const struct guard_said said = { ev->name, ev->data, g->spec->argv, display,
					 g->spec->agent_chardev };
	const char *other_word = guard_other_word(&said, other);

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

void guard_note_lost_monitor(struct guard *g)
{
	g_autoptr(json_object) line = news_line(g->name, g->spec->uuid, "control-error");

	note(line);
}
