/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "guard/dump.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/escape.h"
#include "base/sys.h"
#include "base/util.h"
#include "driver/qemu/qmp.h"

#define DUMP_DIR "dump"

struct dump {
	int dir_fd, fd;
	char *path, *file;
	gint64 id; /* of the command, until it is answered */
	bool is_complete;
};

static char *file_name(const char *name)
{
	g_autofree char *escaped = name_escape(name);
	g_autoptr(GDateTime) now = g_date_time_new_now_utc();
	g_autofree char *time = g_date_time_format(now, "%Y%m%dT%H%M%SZ");

	return g_strdup_printf("%s-%s-%06d.core", escaped, time, g_date_time_get_microsecond(now));
}

static bool open_file(struct dump *d, int domain_fd, GError **err)
{
	auto_close int root = open_dir_at(domain_fd, "../..");

	if (root < 0 || (sys_mkdirat(root, DUMP_DIR) < 0 && errno != EEXIST))
		return fail_os(err, errno, "make the directory '%s' of the store", DUMP_DIR);
	d->dir_fd = open_dir_at(root, DUMP_DIR);
	if (d->dir_fd < 0)
		return fail_os(err, errno, "open the directory '%s' of the store", DUMP_DIR);
	d->fd = sys_create(d->dir_fd, d->file);
	return d->fd >= 0 || fail_os(err, errno, "make '%s'", d->path);
}

static bool send_commands(struct dump *d, struct qmp *q, GError **err)
{
	json_object *give = json_object_new_object();
	json_object *args = json_object_new_object();
	gint64 id;

	json_set_string(give, "fdname", "dump");
	json_set_bool(args, "paging", false);
	json_set_string(args, "protocol", "fd:dump");
	json_set_bool(args, "detach", true);
	id = qmp_send(q, "getfd", give, d->fd, err);
	if (!id) {
		json_object_put(args);
		return false;
	}
	qmp_forget(q, id);
	d->id = qmp_send(q, "dump-guest-memory", args, -1, err);
	return d->id != 0;
}

struct dump *dump_begin(struct qmp *q, int domain_fd, const char *name, GError **err)
{
	struct dump *d = g_new0(struct dump, 1);

	d->dir_fd = d->fd = -1;
	d->file = file_name(name);
	d->path = g_build_filename(DUMP_DIR, d->file, NULL);
	if (open_file(d, domain_fd, err) && send_commands(d, q, err))
		return d;
	dump_free(d, false);
	return NULL;
}

enum dump_state dump_step(struct dump *d, struct qmp *q, GError **err)
{
	GError *error = NULL;

	if (d->id && qmp_take_reply(q, d->id, NULL, &error))
		d->id = 0;
	if (!error)
		return DUMP_RUNS;
	g_propagate_error(err, error);
	return DUMP_FAILED;
}

enum dump_state dump_follow(struct dump *d, const char *event, json_object *data, GError **err)
{
	g_autofree char *clean = NULL;
	const char *status = "", *why = "QEMU does not say why";
	json_object *result;

	if (strcmp(event, "DUMP_COMPLETED") != 0 || !data)
		return DUMP_RUNS;
	if (json_get_object(data, "result", &result))
		json_get_string(result, "status", &status);
	if (strcmp(status, "completed") == 0) {
		d->is_complete = true;
		if (sys_fsync(d->fd) == 0 && sys_fsync(d->dir_fd) == 0)
			return DUMP_DONE;
		fail_os(err, errno, "write '%s'", d->path);
		return DUMP_FAILED;
	}
	json_get_string(data, "error", &why);
	clean = qmp_clean(why);
	fail(err, VIR_ERR_OPERATION_FAILED, "write '%s': %s", d->path, clean);
	return DUMP_FAILED;
}

void dump_free(struct dump *d, bool keep)
{
	if (d->fd >= 0 && !d->is_complete && !keep)
		sys_unlinkat(d->dir_fd, d->file);
	close_fd(&d->fd);
	close_fd(&d->dir_fd);
	g_free(d->file);
	g_free(d->path);
	g_free(d);
}

const char *dump_path(const struct dump *d)
{
	return d->path;
}
