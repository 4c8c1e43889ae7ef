/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/pidfd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/sys.h"
#include "base/util.h"
#include "store/internal.h"
#include "store/lock.h"

#define KILL_WAIT_MS 5000
#define CLEAR_TRIES 50
#define CLEAR_PAUSE_US 2000

/* ---- run/state ---- */

void run_state_clear(struct run_state *rs)
{
	g_free(rs->run_id);
	g_free(rs->boot_id);
	g_free(rs->machine_id);
	memset(rs, 0, sizeof(*rs));
}

static bool is_int(gint64 value)
{
	return value >= INT_MIN && value <= INT_MAX;
}

static bool state_parse(json_object *obj, struct run_state *rs)
{
	const char *run_id, *boot_id, *machine_id;
	gint64 id, pid, start, state, reason, since, seq, channels = 0;

	if (!json_get_string(obj, "run_id", &run_id) ||
	    !json_get_string(obj, "boot_id", &boot_id) ||
	    !json_get_string(obj, "machine_id", &machine_id) || !json_get_int(obj, "id", &id) ||
	    !json_get_int(obj, "pid", &pid) || !json_get_int(obj, "pid_start", &start) ||
	    !json_get_int(obj, "state", &state) || !json_get_int(obj, "reason", &reason) ||
	    !json_get_int(obj, "since", &since) || !json_get_int(obj, "seq", &seq))
		return false;
	if (!is_int(id) || !is_int(pid) || !is_int(reason) || state < GUEST_NOSTATE ||
	    state > GUEST_PMSUSPENDED)
		return false;
	json_get_int(obj, "channels", &channels); /* an earlier version knew none */
	*rs = (struct run_state){
		.run_id = g_strdup(run_id),
		.id = id,
		.boot_id = g_strdup(boot_id),
		.machine_id = g_strdup(machine_id),
		.pid = pid,
		.pid_start = start,
		.state = state,
		.reason = reason,
		.since = since,
		.seq = seq,
		.channels = (guint32)channels,
	};
	return true;
}

bool run_state_read_at(int dirfd, const char *path, struct run_state *rs, GError **err)
{
	g_autoptr(json_object) obj = json_read_file(dirfd, path, err);

	if (!obj)
		return false;
	return state_parse(obj, rs) || fail(err, VIR_ERR_INTERNAL_ERROR, "'%s' lacks a part", path);
}

bool run_state_read(struct domain_dir *dd, struct run_state *ret_state, GError **err)
{
	return run_state_read_at(dd->fd, RUN_STATE, ret_state, err);
}

bool run_state_write(int run_fd, const struct run_state *rs, GError **err)
{
	g_autoptr(json_object) obj = json_object_new_object();
	const char *text;

	json_set_int(obj, "v", 1);
	json_set_string(obj, "run_id", rs->run_id ? rs->run_id : "");
	json_set_int(obj, "id", rs->id);
	json_set_string(obj, "boot_id", rs->boot_id ? rs->boot_id : "");
	json_set_string(obj, "machine_id", rs->machine_id ? rs->machine_id : "");
	json_set_int(obj, "pid", rs->pid);
	json_set_int(obj, "pid_start", rs->pid_start);
	json_set_int(obj, "state", rs->state);
	json_set_int(obj, "reason", rs->reason);
	json_set_int(obj, "since", rs->since);
	json_set_int(obj, "seq", rs->seq);
	json_set_int(obj, "channels", rs->channels);
	text = json_object_to_json_string_ext(obj, JSON_C_TO_STRING_PLAIN);
	return sys_replace_file_volatile(run_fd, "state", text, strlen(text), err);
}

/* Has it come about? False with err unset: not yet. */
static bool state_is_done(struct domain_dir *dd, bool (*is_done)(const struct run_state *, void *),
			  void *data, GError **err)
{
	struct run_state rs = { 0 };
	bool done;

	if (!run_state_read(dd, &rs, err))
		return false;
	done = is_done(&rs, data);
	run_state_clear(&rs);
	return done;
}

bool run_state_wait(struct domain_dir *dd, bool (*is_done)(const struct run_state *, void *),
		    void *data, gint64 wait_ms, GError **err)
{
	gint64 deadline = g_get_monotonic_time() + wait_ms * 1000;
	auto_close int run = open_dir_at(dd->fd, "run"), watch = -1;

	if (run < 0)
		return fail_os(err, errno, "open run/ of '%s'", dir_label(dd));
	/* Closing a watch takes the kernel milliseconds. */
	if (state_is_done(dd, is_done, data, NULL))
		return true;
	watch = watch_open(run, IN_MOVED_TO | IN_DELETE | IN_MOVE_SELF | IN_DELETE_SELF);
	if (watch < 0)
		return fail_os(err, errno, "watch run/ of '%s'", dir_label(dd));
	for (;;) {
		g_autoptr(GError) why = NULL;
		gint64 left = deadline - g_get_monotonic_time();

		if (state_is_done(dd, is_done, data, &why))
			return true;
		if (why) {
			g_propagate_error(err, g_steal_pointer(&why));
			return false;
		}
		if (left <= 0)
			return fail(err, VIR_ERR_OPERATION_TIMEOUT,
				    "the guest of '%s' did not get there within %d ms",
				    dir_label(dd), (int)wait_ms);
		watch_wait(watch, left);
	}
}

/* ---- Directories of runs ---- */

int run_new(struct domain_dir *dd, const char *run_id, GError **err)
{
	g_autofree char *dir = g_strconcat("run.", run_id, NULL);
	int fd = -1;

	if (sys_mkdirat(dd->fd, dir) == 0)
		fd = open_dir_at(dd->fd, dir);
	if (fd < 0)
		store_fail(dd->store, err, errno, "make '%s' of '%s'", dir, dir_label(dd));
	return fd;
}

bool run_publish(struct domain_dir *dd, const char *run_id, GError **err)
{
	g_autofree char *dir = g_strconcat("run.", run_id, NULL);
	g_autofree char *what = g_strdup_printf("publish the run of '%s'", dir_label(dd));

	return move_commit(dd->store, &(struct move){ dd->fd, dir, dd->fd, "run" }, what, err);
}

/* The guard may still be writing its last states into the directory, which it holds open: again
 * until none came in between. What is left all the same is swept with the unpublished ones. */
static void remove_written_to(int dirfd, const char *name)
{
	for (int i = 0; i < CLEAR_TRIES; i++) {
		g_autoptr(GError) why = NULL;

		if (sys_remove_tree(dirfd, name, &why) ||
		    !(error_is_os(why, ENOTEMPTY) || error_is_os(why, ENOENT)))
			return;
		g_usleep(CLEAR_PAUSE_US);
	}
}

/* run/ gets another name first: half a run/ would be taken for a whole one. Nothing is fsynced: a
 * run/ that a power cut brings back is a dead one, and is cleared again. */
bool run_clear(struct domain_dir *dd, const char *dir, GError **err)
{
	g_autofree char *image = g_strconcat(dir, "/restored", NULL);
	g_autofree char *alive = g_strconcat(dir, "/alive", NULL);
	g_autofree char *unique = staging_name();
	g_autofree char *spare = g_strconcat("run.", unique, NULL);
	bool is_run = strcmp(dir, "run") == 0;

	if (lock_probe(dd->fd, alive) == LOCK_HELD)
		return fail(err, VIR_ERR_INTERNAL_ERROR, "the guest of '%s' is still there",
			    dir_label(dd));
	if (exists_at(dd->fd, image) != 0 && exists_at(dd->fd, dir) != 0)
		return fail(err, VIR_ERR_OPERATION_INVALID,
			    "'%s' of '%s' holds a memory image; it was not removed", dir,
			    dir_label(dd));
	if (!is_run)
		return sys_remove_tree(dd->fd, dir, err);
	if (sys_renameat(dd->fd, dir, dd->fd, spare, RENAME_NOREPLACE) < 0)
		return errno == ENOENT || fail_os(err, errno, "clear run/ of '%s'", dir_label(dd));
	remove_written_to(dd->fd, spare);
	return true;
}

GPtrArray *run_unpublished(struct domain_dir *dd, GError **err)
{
	g_autoptr(GPtrArray) all = dir_names(dd->fd, ".");
	GPtrArray *runs;

	if (!all) {
		fail_os(err, errno, "list the directory of '%s'", dir_label(dd));
		return NULL;
	}
	runs = g_ptr_array_new_with_free_func(g_free);
	for (guint i = 0; i < all->len; i++) {
		if (g_str_has_prefix(all->pdata[i], "run."))
			g_ptr_array_add(runs, g_strdup(all->pdata[i]));
	}
	return runs;
}

/* ---- Killing one ---- */

/* A signal through a pidfd whose process is, after the opening, still the one that was noted. */
static bool kill_noted(const struct run_state *rs)
{
	auto_close int pidfd = -1;

	if (rs->pid <= 1 || !*rs->boot_id || strcmp(rs->boot_id, host_boot_id()) != 0)
		return false;
	pidfd = pidfd_open(rs->pid, 0);
	if (pidfd < 0 || pid_start_time(rs->pid) != rs->pid_start)
		return false;
	return pidfd_send_signal(pidfd, SIGKILL, NULL, 0) == 0;
}

bool run_kill(int dirfd, const char *dir)
{
	g_autofree char *alive = g_strconcat(dir, "/alive", NULL);
	g_autofree char *state = g_strconcat(dir, "/state", NULL);
	struct run_state rs = { 0 };
	enum lock_probe probe = lock_probe(dirfd, alive);
	bool is_killed;

	if (probe != LOCK_HELD)
		return probe != LOCK_UNKNOWN;
	if (!run_state_read_at(dirfd, state, &rs, NULL))
		return false;
	is_killed = kill_noted(&rs) && lock_wait_free(dirfd, alive, KILL_WAIT_MS);
	run_state_clear(&rs);
	return is_killed;
}

/* ---- last-run ---- */

bool last_run_write(struct domain_dir *dd, const char *run_id, gint64 ended, const char *reason,
		    GError **err)
{
	g_autoptr(json_object) obj = json_object_new_object();
	const char *text;

	json_set_int(obj, "v", 1);
	json_set_string(obj, "run_id", run_id);
	if (ended)
		json_set_int(obj, "ended", ended);
	json_set_string(obj, "reason", reason);
	text = json_object_to_json_string_ext(obj, JSON_C_TO_STRING_PLAIN);
	return sys_replace_file(dd->fd, "last-run", text, strlen(text), err) ||
	       store_explain(dd->store, err);
}

bool last_run_read(struct domain_dir *dd, char **ret_run_id, char **ret_reason, GError **err)
{
	g_autoptr(GError) why = NULL;
	g_autoptr(json_object) obj = json_read_file(dd->fd, "last-run", &why);
	const char *run_id = NULL, *reason = NULL;

	if (!obj && !error_is_os(why, ENOENT)) {
		g_propagate_error(err, g_steal_pointer(&why));
		return fail_prefix(err, "domain '%s'", dir_label(dd));
	}
	if (obj && !json_get_string(obj, "run_id", &run_id))
		return fail(err, VIR_ERR_INTERNAL_ERROR, "'last-run' of '%s' lacks a part",
			    dir_label(dd));
	if (obj)
		json_get_string(obj, "reason", &reason);
	*ret_run_id = g_strdup(run_id);
	if (ret_reason)
		*ret_reason = g_strdup(reason);
	return true;
}
