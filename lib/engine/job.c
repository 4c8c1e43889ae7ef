/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Long jobs, seen and stopped from outside: run/job and run/cancel. No lock: their command has it. */
#include "engine/inspect.h"

#include <dirent.h>
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

static const struct {
	const char *op;
	enum job_kind kind;
	bool can_end;
} jobs[] = {
	{ "save", JOB_SAVE, true },
	{ "load", JOB_LOAD, true },
	{ "snapshot", JOB_SNAPSHOT, false }, /* QEMU does nothing else meanwhile, and hears nothing */
};

static bool parse_job(json_object *text, struct job_info *ret)
{
	gint64 started = 0;
	const char *op = "";
	bool can_end = false;

	ret->is_active = true;
	json_get_string(text, "op", &op);
	for (guint i = 0; i < G_N_ELEMENTS(jobs); i++)
		if (strcmp(op, jobs[i].op) == 0) {
			ret->kind = jobs[i].kind;
			can_end = jobs[i].can_end;
		}
	if (json_get_int(text, "started", &started) && started > 0)
		ret->elapsed_ms = MAX(now_sec() - started, 0) * 1000;
	json_get_int(text, "done", &ret->done);
	json_get_int(text, "total", &ret->total);
	return can_end;
}

/* *ret_can_end: the job can be asked to. */
static bool read_job(int run, struct job_info *ret, bool *ret_can_end, GError **err)
{
	g_autoptr(json_object) text = NULL;
	g_autoptr(GError) error = NULL;

	*ret = (struct job_info){ 0 };
	*ret_can_end = false;
	text = run < 0 ? NULL : json_read_file(run, "job", &error);
	if (text)
		*ret_can_end = parse_job(text, ret);
	if (text || !error || error_is_os(error, ENOENT))
		return true;
	g_propagate_error(err, g_steal_pointer(&error));
	return false;
}

/* The run that is being built, of a guest that is being loaded. */
static int open_building(const struct domain_dir *dd)
{
	auto_close int fd = open_dir_at(dd->fd, ".");
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	struct dirent *entry;
	int run = -1;

	if (!dir)
		return -1;
	take_fd(&fd);
	while (run < 0 && (entry = readdir(dir)))
		if (g_str_has_prefix(entry->d_name, "run."))
			run = open_dir_at(dd->fd, entry->d_name);
	closedir(dir);
	return run;
}

/* The run/ that a job is told in; -1: there is none, as when nobody holds the lock: a job whose
 * command has died is nobody's. */
static int open_run(const struct domain_dir *dd)
{
	int run;

	if (lock_probe(dd->fd, "lock") != LOCK_HELD)
		return -1;
	run = open_dir_at(dd->fd, "run");
	return run >= 0 ? run : open_building(dd);
}

static struct domain_dir *open_busy(struct store *st, const char *name, int *ret_run, GError **err)
{
	g_autoptr(domain_dir) dd = domain_open(st, name, err);
	auto_close int run = dd ? open_run(dd) : -1;
	g_autoptr(domain_dir) alive = NULL;

	if (run < 0) {
		alive = dd ? op_open_alive(st, name, err) : NULL;
		if (!alive)
			return NULL;
	}
	*ret_run = take_fd(&run);
	return g_steal_pointer(&dd);
}

bool engine_job(struct engine *e, const char *name, struct job_info *ret_job, GError **err)
{
	g_autoptr(store) st = store_open(e->root, false, e->command, err);
	auto_close int run = -1;
	g_autoptr(domain_dir) dd = st ? open_busy(st, name, &run, err) : NULL;
	bool can_end;

	return dd && read_job(run, ret_job, &can_end, err);
}

bool engine_abort_job(struct engine *e, const char *name, GError **err)
{
	g_autoptr(store) st = store_open(e->root, false, e->command, err);
	auto_close int run = -1;
	g_autoptr(domain_dir) dd = st ? open_busy(st, name, &run, err) : NULL;
	auto_close int fd = -1;
	struct job_info job;
	bool can_end;

	if (!dd || !read_job(run, &job, &can_end, err))
		return false;
	if (!job.is_active)
		return fail(err, VIR_ERR_OPERATION_INVALID, "no job is active on the domain");
	if (!can_end)
		return fail(err, VIR_ERR_OPERATION_INVALID,
			    "this job cannot be ended before it is done");
	fd = sys_create(run, "cancel");
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
