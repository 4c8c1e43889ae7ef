/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Long jobs, seen and stopped from outside: run/job and run/cancel. No lock: their command has it. */
#include "engine/inspect.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include "base/cleanup.h"
#include "base/error.h"
#include "base/sys.h"
#include "base/util.h"
#include "engine/op.h"
#include "store/lock.h"

#define AWAIT_STEP_MS 1000

static void parse_job(json_object *text, struct job_info *ret)
{
	gint64 started = 0;
	const char *op = "";

	ret->is_active = true;
	json_get_string(text, "op", &op);
	ret->is_save = strcmp(op, "save") == 0;
	if (json_get_int(text, "started", &started) && started > 0)
		ret->elapsed_ms = MAX(now_sec() - started, 0) * 1000;
	json_get_int(text, "done", &ret->done);
	json_get_int(text, "total", &ret->total);
}

/* A job whose command has died has nobody who holds the lock. */
static bool read_job(struct domain_dir *dd, struct job_info *ret, GError **err)
{
	auto_close int run = open_dir_at(dd->fd, "run");
	g_autoptr(json_object) text = NULL;
	g_autoptr(GError) error = NULL;

	*ret = (struct job_info){ 0 };
	if (run < 0 || lock_probe(dd->fd, "lock") != LOCK_HELD)
		return true;
	text = json_read_file(run, "job", &error);
	if (text) {
		parse_job(text, ret);
		return true;
	}
	if (error_is_os(error, ENOENT))
		return true;
	g_propagate_error(err, g_steal_pointer(&error));
	return false;
}

bool engine_job(struct engine *e, const char *name, struct job_info *ret_job, GError **err)
{
	g_autoptr(store) st = store_open(e->root, false, e->command, err);
	g_autoptr(domain_dir) dd = st ? op_open_alive(st, name, err) : NULL;

	return dd && read_job(dd, ret_job, err);
}

bool engine_abort_job(struct engine *e, const char *name, GError **err)
{
	g_autoptr(store) st = store_open(e->root, false, e->command, err);
	g_autoptr(domain_dir) dd = st ? op_open_alive(st, name, err) : NULL;
	auto_close int run = dd ? open_dir_at(dd->fd, "run") : -1;
	auto_close int fd = -1;
	struct job_info job;

	if (!dd || !read_job(dd, &job, err))
		return false;
	if (!job.is_active)
		return fail(err, VIR_ERR_OPERATION_INVALID, "no job is active on the domain");
	if (!job.is_save)
		return fail(err, VIR_ERR_OPERATION_INVALID,
			    "this job cannot be ended before it is done");
	fd = run < 0 ? -1 : sys_create(run, "cancel");
	return fd >= 0 || errno == EEXIST || fail_os(err, errno, "ask the job of '%s' to end", name);
}

/* ---- Waiting ---- */

/* 1 off, 0 not yet, -1. Off for a transient domain means gone. */
static int is_off(struct store *st, const char *name, GError **err)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(domain_dir) dd = domain_open(st, name, &error);
	struct domain_state s = { 0 };
	bool is_done;

	if (!dd || !domain_read_state(dd, &s, &error)) {
		if (error_is(error, VIR_ERR_NO_DOMAIN))
			return 1;
		g_propagate_error(err, g_steal_pointer(&error));
		return -1;
	}
	/* A guard that is still there does what the end asks for. */
	is_done = !s.is_alive && !s.is_supervised;
	domain_state_clear(&s);
	return is_done;
}

/* Wait for the guest's lock, then for its guard's; either may be gone with its directory. */
static void wait_end(struct store *st, const char *name, gint64 ms)
{
	g_autoptr(domain_dir) dd = domain_open(st, name, NULL);
	auto_close int run = dd ? open_dir_at(dd->fd, "run") : -1;

	if (run < 0)
		return;
	if (lock_probe(run, "alive") == LOCK_HELD)
		lock_wait_free(run, "alive", ms);
	else
		lock_wait_free(run, "guard", ms);
}

int engine_await_off(struct engine *e, const char *name, gint64 timeout_ms, GError **err)
{
	g_autoptr(store) st = store_open(e->root, false, e->command, err);
	gint64 deadline = mono_ms() + timeout_ms;

	for (;;) {
		int off = st ? is_off(st, name, err) : -1;
		gint64 left = timeout_ms < 0 ? AWAIT_STEP_MS : deadline - mono_ms();

		if (off != 0)
			return off;
		if (left <= 0)
			return 0;
		wait_end(st, name, MIN(left, AWAIT_STEP_MS));
	}
}
