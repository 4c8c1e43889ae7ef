/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/qemu/control.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/sys.h"
#include "base/util.h"
#include "driver/qemu/block.h"
#include "driver/qemu/child.h"
#include "driver/qemu/qcow2.h"
#include "driver/qemu/session.h"

#define VERSION_MS 10000
#define SCREEN_FDSET 4096 /* no file of the command line has that number */
#define MONITOR_MS 60000

/* ---- Files ---- */

bool control_version(const char *emulator, unsigned long *ret_version, GError **err)
{
	const char *const argv[] = {emulator, "--version", NULL};
	g_autofree char *text = NULL;
	unsigned int major, minor, micro = 0;
	const char *number;

	if (!child_run(emulator, argv, true, VERSION_MS, &text, err))
		return false;
	number = strstr(text, "version ");
	if (!number || sscanf(number, "version %u.%u.%u", &major, &minor, &micro) < 2)
		return fail(err, VIR_ERR_INTERNAL_ERROR, "'%s' does not tell its version", emulator);
	*ret_version = major * 1000000ul + minor * 1000ul + micro;
	return true;
}

static bool read_qcow2_size(int fd, const char *path, guint64 *ret_size, GError **err)
{
	g_autofree guint8 *data = g_malloc(QCOW2_HEADER_MAX);
	struct qcow2_header h = {0};
	const char *problem = NULL;
	ssize_t n = TEMP_FAILURE_RETRY(pread(fd, data, QCOW2_HEADER_MAX, 0));

	if (n < 0)
		return fail_os(err, errno, "read disk image '%s'", path);
	if (!qcow2_parse(data, (size_t)n, &h, &problem))
		return fail(err, VIR_ERR_OPERATION_FAILED, "disk image '%s': %s", path, problem);
	*ret_size = h.size;
	qcow2_header_clear(&h);
	return true;
}

bool control_disk_size(struct hv *hv, const struct hv_disk *disk, guint64 *ret_size,
		       GError **err)
{
	auto_close int fd = open(disk->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	off_t end;

	(void)hv;
	if (fd < 0)
		return fail_os(err, errno, "open disk image '%s'", disk->path);
	if (strcmp(disk->format, "qcow2") == 0)
		return read_qcow2_size(fd, disk->path, ret_size, err);
	end = lseek(fd, 0, SEEK_END);
	if (end < 0)
		return fail_os(err, errno, "ask for the size of '%s'", disk->path);
	*ret_size = (guint64)end;
	return true;
}

/* ---- Buttons ---- */

bool control_disk_stats(struct hv *hv, struct guest *g, const char *target,
			struct hv_disk_stats *ret_stats, GError **err)
{
	struct qmp *q = session_qmp(g, QMP_TIMEOUT_MS, err);

	(void)hv;
	return q && block_stats(q, target, ret_stats, err);
}

bool control_reset(struct hv *hv, struct guest *g, GError **err)
{
	(void)hv;
	return session_call(g, "system_reset", NULL, NULL, err);
}

bool control_inject_nmi(struct hv *hv, struct guest *g, GError **err)
{
	(void)hv;
	return session_call(g, "inject-nmi", NULL, NULL, err);
}

/* ---- Keyboard and screen ---- */

bool control_send_keys(struct hv *hv, struct guest *g, const struct hv_keys *keys, GError **err)
{
	json_object *args = json_object_new_object();
	json_object *list = json_object_new_array();

	(void)hv;
	for (size_t i = 0; i < keys->n; i++) {
		json_object *key = json_object_new_object();

		json_set_string(key, "type", "number");
		json_set_int(key, "data", keys->codes[i]);
		json_object_array_add(list, key);
	}
	json_object_object_add(args, "keys", list);
	if (keys->hold_ms)
		json_set_int(args, "hold-time", keys->hold_ms);
	return session_call(g, "send-key", args, NULL, err);
}

static json_object *fdset_args(void)
{
	json_object *args = json_object_new_object();

	json_set_int(args, "fdset-id", SCREEN_FDSET);
	return args;
}

/* Screens beyond the first are heads of the one video device that there is. */
static json_object *screendump_args(unsigned int screen)
{
	json_object *args = json_object_new_object();
	g_autofree char *path = g_strdup_printf("/dev/fdset/%d", SCREEN_FDSET);

	json_set_string(args, "filename", path);
	json_set_string(args, "format", "png");
	if (screen > 0) {
		json_set_string(args, "device", "ua-video0");
		json_set_int(args, "head", screen);
	}
	return args;
}

bool control_screenshot(struct hv *hv, struct guest *g, unsigned int screen, int fd, GError **err)
{
	struct qmp *q = session_qmp(g, QMP_TIMEOUT_MS, err);
	bool done;

	(void)hv;
	if (!q || !qmp_call_fd(q, "add-fd", fdset_args(), fd, QMP_TIMEOUT_MS, NULL, err))
		return false;
	done = qmp_call(q, "screendump", screendump_args(screen), NULL, err);
	qmp_call(q, "remove-fd", fdset_args(), NULL, NULL);
	return done;
}

/* ---- The monitor itself ---- */

static bool wait_answer(struct qmp *q, gint64 id, json_object **ret_error, json_object **ret_value,
			GError **err)
{
	gint64 deadline = mono_ms() + MONITOR_MS;
	g_autoptr(GError) error = NULL;

	for (;;) {
		*ret_error = qmp_refusal(q, id);
		if (qmp_take_reply(q, id, ret_value, &error))
			return true;
		if (error && *ret_error)
			return true; /* a refusal is a reply too */
		if (error || !qmp_wait(q, -1, deadline, &error))
			break;
	}
	qmp_forget(q, id);
	if (!error)
		return fail(err, VIR_ERR_OPERATION_INVALID, "QEMU has ended");
	g_propagate_error(err, g_steal_pointer(&error));
	return false;
}

static char *execute_raw(struct qmp *q, const char *command, json_object *take_args, GError **err)
{
	g_autoptr(json_object) reply = json_object_new_object();
	json_object *refused = NULL, *value = NULL;
	g_autofree char *id_text = NULL;
	gint64 id = qmp_send(q, command, take_args, -1, err);

	if (!id || !wait_answer(q, id, &refused, &value, err)) {
		json_object_put(refused);
		return NULL;
	}
	id_text = g_strdup_printf("domsh-%" G_GINT64_FORMAT, id);
	if (refused)
		json_object_object_add(reply, "error", refused);
	else
		json_object_object_add(reply, "return", value);
	json_set_string(reply, "id", id_text);
	return g_strdup(json_object_to_json_string_ext(
		reply, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
}

static char *execute_text(struct qmp *q, const char *text, GError **err)
{
	g_autoptr(json_object) request = json_parse(text, strlen(text), NULL);
	json_object *args = NULL;
	const char *command;

	if (!request || !json_object_is_type(request, json_type_object) ||
	    !json_get_string(request, "execute", &command)) {
		fail(err, VIR_ERR_INVALID_ARG,
		     "not a command of QEMU's protocol: {\"execute\": \"query-status\"} is one");
		return NULL;
	}
	if (json_object_object_get_ex(request, "arguments", NULL) &&
	    !json_get_object(request, "arguments", &args)) {
		fail(err, VIR_ERR_INVALID_ARG, "the arguments of '%s' are not an object", command);
		return NULL;
	}
	return execute_raw(q, command, json_object_get(args), err);
}

/* People's commands answer with text, in CRLF lines. */
static char *execute_hmp(struct qmp *q, const char *command, GError **err)
{
	g_autoptr(json_object) value = NULL;
	json_object *args = json_object_new_object();
	g_auto(GStrv) parts = NULL;

	json_set_string(args, "command-line", command);
	if (!qmp_call_fd(q, "human-monitor-command", args, -1, MONITOR_MS, &value, err))
		return NULL;
	parts = g_strsplit(json_object_get_string(value), "\r\n", -1);
	return g_strjoinv("\n", parts);
}

char *control_monitor(struct hv *hv, struct guest *g, const char *command, bool is_hmp,
		      GError **err)
{
	struct qmp *q = session_qmp(g, QMP_TIMEOUT_MS, err);

	(void)hv;
	if (!q)
		return NULL;
	return is_hmp ? execute_hmp(q, command, err) : execute_text(q, command, err);
}
