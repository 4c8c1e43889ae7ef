/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/qemu/save.h"

#include <errno.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/sys.h"
#include "base/util.h"
#include "driver/qemu/job-file.h"
#include "driver/qemu/session.h"
#include "model/watch.h"

#define PROGRESS_MS 500
#define CANCELLED "saving was cancelled; the guest is as it was before"
#define STALL_MS 60000 /* no byte moved for so long */
#define CANCEL_MS 10000

/* ---- Asking ---- */

enum migration {
	MIGRATION_NONE,
	MIGRATION_ACTIVE,
	MIGRATION_COMPLETED,
	MIGRATION_FAILED,
	MIGRATION_CANCELLED,
};

static const struct {
	const char *word;
	enum migration state;
} migration_words[] = {
	{"none", MIGRATION_NONE},
	{"completed", MIGRATION_COMPLETED},
	{"failed", MIGRATION_FAILED},
	{"cancelled", MIGRATION_CANCELLED},
};

struct progress {
	enum migration state;
	gint64 done, total; /* bytes of RAM */
	char *error;        /* why it failed; NULL: not said */
};

static void progress_clear(struct progress *p)
{
	g_clear_pointer(&p->error, g_free);
}

/* Every state between the known ones is one in which it is under way. */
static enum migration state_of(const char *word)
{
	for (size_t i = 0; i < G_N_ELEMENTS(migration_words); i++)
		if (strcmp(word, migration_words[i].word) == 0)
			return migration_words[i].state;
	return MIGRATION_ACTIVE;
}

/* What query-migrate answered. */
static void take_progress(json_object *value, struct progress *ret)
{
	struct progress p = {0};
	json_object *ram;
	const char *text;
	gint64 left = 0;

	if (json_get_string(value, "status", &text))
		p.state = state_of(text);
	if (json_get_object(value, "ram", &ram)) {
		json_get_int(ram, "total", &p.total);
		json_get_int(ram, "remaining", &left);
		p.total = MAX(p.total, 0);
		p.done = p.total - CLAMP(left, 0, p.total);
	}
	if (json_get_string(value, "error-desc", &text))
		p.error = qmp_clean(text);
	progress_clear(ret);
	*ret = p;
}

static bool query_migrate(struct qmp *q, gint64 timeout_ms, struct progress *ret, GError **err)
{
	g_autoptr(json_object) value = NULL;

	if (!qmp_call_fd(q, "query-migrate", NULL, -1, timeout_ms, &value, err))
		return false;
	take_progress(value, ret);
	return true;
}

/* ---- Settings ---- */

static bool enable_events(struct qmp *q, GError **err)
{
	json_object *args = json_object_new_object();
	json_object *list = json_object_new_array();
	json_object *item = json_object_new_object();

	json_set_string(item, "capability", "events");
	json_set_bool(item, "state", true);
	json_object_array_add(list, item);
	json_object_object_add(args, "capabilities", list);
	return qmp_call(q, "migrate-set-capabilities", args, NULL, err);
}

static bool lift_bandwidth(struct qmp *q, GError **err)
{
	json_object *args = json_object_new_object();

	json_set_int(args, "max-bandwidth", G_MAXINT64); /* the default is 128 MiB/s */
	return qmp_call(q, "migrate-set-parameters", args, NULL, err);
}

/* Hand fd over under a name and give the command that uses it. */
static bool start_with_fd(struct qmp *q, const char *name, int fd, const char *command,
			  GError **err)
{
	g_autofree char *uri = g_strconcat("fd:", name, NULL);
	json_object *give = json_object_new_object();
	json_object *args = json_object_new_object();

	json_set_string(give, "fdname", name);
	json_set_string(args, "uri", uri);
	if (!qmp_call_fd(q, "getfd", give, fd, QMP_TIMEOUT_MS, NULL, err)) {
		json_object_put(args);
		return false;
	}
	return qmp_call_fd(q, command, args, -1, QMP_NO_DEADLINE, NULL, err);
}

/* ---- Progress and cancelling ---- */

/* Watch the run directory for `cancel`; -1 when that cannot be done, which is no reason not to
 * save. */
static int watch_cancel(const struct guest *g)
{
	auto_close int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
	g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", g->run_fd);

	if (fd < 0 || inotify_add_watch(fd, path, IN_CREATE | IN_MOVED_TO) < 0)
		return -1;
	return take_fd(&fd);
}

/* Has it come? Our own writing of `job` wakes the watch as well and must not be news. */
static bool take_cancel(int watch_fd)
{
	_Alignas(struct inotify_event) char buffer[4096];
	bool has_come = false;
	ssize_t n;

	while (watch_fd >= 0 && (n = read(watch_fd, buffer, sizeof(buffer))) > 0) {
		for (char *p = buffer; p < buffer + n;) {
			const struct inotify_event *ev = (const void *)p;

			if (ev->mask & IN_Q_OVERFLOW ||
			    (ev->len > 0 && strcmp(ev->name, JOB_CANCEL_FILE) == 0))
				has_come = true;
			p += sizeof(*ev) + ev->len;
		}
	}
	return has_come;
}

/* ---- Save ---- */

/* Until the next event, the next progress or a cancel; other failures are errors. */
static bool pause_for(struct qmp *q, int watch_fd, gint64 ms, GError **err)
{
	gint64 deadline = mono_ms() + ms;
	struct qmp_event *ev;
	bool has_news = false;

	while (!has_news) {
		g_autoptr(GError) error = NULL;

		if (!qmp_wait(q, watch_fd, deadline, &error)) {
			if (error_is(error, VIR_ERR_OPERATION_TIMEOUT))
				return true;
			g_propagate_error(err, g_steal_pointer(&error));
			return false;
		}
		has_news = qmp_lost_events(q) || take_cancel(watch_fd);
		while ((ev = qmp_take_event(q))) {
			has_news = has_news || strcmp(ev->name, "MIGRATION") == 0;
			qmp_event_free(ev);
		}
	}
	return true;
}

bool save_cancel(struct qmp *q, GError **err)
{
	gint64 deadline = mono_ms() + CANCEL_MS;
	struct progress p = {0};
	bool done;

	if (!qmp_call(q, "migrate_cancel", NULL, NULL, err))
		return false;
	do
		done = query_migrate(q, QMP_TIMEOUT_MS, &p, err) &&
		       (p.state != MIGRATION_ACTIVE || pause_for(q, -1, 50, err));
	while (done && p.state == MIGRATION_ACTIVE && mono_ms() < deadline);
	progress_clear(&p);
	if (done && p.state == MIGRATION_ACTIVE)
		return fail(err, VIR_ERR_OPERATION_TIMEOUT, "QEMU does not stop saving");
	return done;
}

/* Wait for the end of a save; *last is what was known then. */
static bool follow(struct guest *g, struct qmp *q, int watch_fd, struct progress *last,
		   GError **err)
{
	gint64 started = now_sec(), told_ms = 0, moved_ms = mono_ms(), moved = -1;

	for (;;) {
		if (!query_migrate(q, STALL_MS, last, err))
			return false;
		if (last->state != MIGRATION_ACTIVE)
			return true;
		if (job_file_is_cancelled(g))
			return save_cancel(q, err) &&
			       fail(err, VIR_ERR_OPERATION_ABORTED, CANCELLED);
		if (last->done != moved) {
			moved = last->done;
			moved_ms = mono_ms();
		}
		if (mono_ms() - moved_ms > STALL_MS)
			return save_cancel(q, err) &&
			       fail(err, VIR_ERR_OPERATION_TIMEOUT, "saving does not get on");
		if (mono_ms() - told_ms >= PROGRESS_MS) {
			job_file_tell(g, "save", started, last->done, last->total);
			told_ms = mono_ms();
		}
		if (!pause_for(q, watch_fd, PROGRESS_MS, err))
			return false;
	}
}

static bool judge_save(const struct progress *p, int fd, off_t start, GError **err)
{
	if (p->state == MIGRATION_CANCELLED)
		return fail(err, VIR_ERR_OPERATION_ABORTED, CANCELLED);
	if (p->state != MIGRATION_COMPLETED)
		return fail(err, VIR_ERR_OPERATION_FAILED, "QEMU could not save the memory: %s",
			    p->error ? p->error : "no reason given");
	/* Its word alone is not enough: the bytes must be there. */
	if (lseek(fd, 0, SEEK_CUR) <= start)
		return fail(err, VIR_ERR_OPERATION_FAILED,
			    "QEMU says that memory is saved, but wrote nothing");
	return true;
}

/* QEMU tells that the migration has completed a moment before its own state says so, and gives no
 * event for that. */
static bool await_postmigrate(struct qmp *q, GError **err)
{
	for (int i = 0; i < 500; i++) {
		g_autoptr(json_object) value = NULL;
		const char *status;

		if (!qmp_call(q, "query-status", NULL, &value, err))
			return false;
		if (json_get_string(value, "status", &status) && strcmp(status, "postmigrate") == 0)
			return true;
		g_usleep(2000);
	}
	return fail(err, VIR_ERR_OPERATION_TIMEOUT, "the guest did not settle after it was saved");
}

bool save_write(struct guest *g, struct qmp *q, int fd, GError **err)
{
	auto_close int watch_fd = watch_cancel(g);
	struct progress last = {0};
	off_t start = lseek(fd, 0, SEEK_CUR);
	bool done;

	if (start < 0)
		return fail_os(err, errno, "seek in the save file");
	job_file_clear(g); /* of an earlier job */
	done = enable_events(q, err) && lift_bandwidth(q, err) &&
	       start_with_fd(q, "save", fd, "migrate", err) &&
	       follow(g, q, watch_fd, &last, err) && judge_save(&last, fd, start, err) &&
	       await_postmigrate(q, err);
	progress_clear(&last);
	job_file_clear(g);
	return done;
}

bool save_job(struct qmp *q, enum hv_job *ret, GError **err)
{
	static const enum hv_job jobs[] = {
		[MIGRATION_NONE] = HV_JOB_NONE,         [MIGRATION_ACTIVE] = HV_JOB_ACTIVE,
		[MIGRATION_COMPLETED] = HV_JOB_DONE,    [MIGRATION_FAILED] = HV_JOB_FAILED,
		[MIGRATION_CANCELLED] = HV_JOB_FAILED,
	};
	g_autoptr(json_object) value = NULL;
	struct progress p = {0};
	const char *status;

	if (!query_migrate(q, QMP_TIMEOUT_MS, &p, err) ||
	    !qmp_call(q, "query-status", NULL, &value, err))
		return false;
	progress_clear(&p);
	*ret = jobs[p.state];
	/* A guest that was itself loaded from an image tells of that, long after. */
	if (*ret == HV_JOB_DONE && (!json_get_string(value, "status", &status) ||
				    strcmp(status, "postmigrate") != 0))
		*ret = HV_JOB_NONE;
	return true;
}

/* ---- Load ---- */

/* Does the file's offset, which QEMU shares with us, still move on? */
struct stall {
	const struct guest *g;
	int fd;
	off_t start, end, moved;
	gint64 moved_ms, started;
};

static bool check_stall(struct stall *s, GError **err)
{
	off_t at = lseek(s->fd, 0, SEEK_CUR);

	if (job_file_is_cancelled(s->g) ||
	    !watch_goes_on(s->g->watch, at - s->start, s->end - s->start))
		return fail(err, VIR_ERR_OPERATION_ABORTED,
			    "loading was cancelled; what was saved is kept");
	if (at != s->moved) {
		s->moved = at;
		s->moved_ms = mono_ms();
		job_file_tell(s->g, "load", s->started, at - s->start, s->end - s->start);
	}
	return mono_ms() - s->moved_ms <= STALL_MS ||
	       fail(err, VIR_ERR_OPERATION_TIMEOUT, "it does not get on");
}

/* QEMU reads in its main loop and answers nothing meanwhile: no deadline, but the stall. */
static bool ask_loaded(struct qmp *q, struct stall *s, struct progress *ret, GError **err)
{
	gint64 id = qmp_send(q, "query-migrate", NULL, -1, err);
	g_autoptr(json_object) value = NULL;
	g_autoptr(GError) error = NULL;

	if (!id)
		return false;
	while (!qmp_take_reply(q, id, &value, &error)) {
		if (!error && !qmp_wait(q, -1, mono_ms() + 200, &error) &&
		    error_is(error, VIR_ERR_OPERATION_TIMEOUT))
			g_clear_error(&error);
		if (error || !check_stall(s, &error)) {
			qmp_forget(q, id);
			g_propagate_error(err, g_steal_pointer(&error));
			return false;
		}
	}
	take_progress(value, ret);
	return true;
}

static off_t size_of(int fd)
{
	struct stat st;

	return fstat(fd, &st) < 0 ? 0 : st.st_size;
}

static bool load_memory(struct guest *g, struct qmp *q, int fd, struct progress *last,
			GError **err)
{
	off_t start = lseek(fd, 0, SEEK_CUR);
	struct stall stall = {
		.g = g, .fd = fd, .start = start, .end = size_of(fd), .moved = start,
		.moved_ms = mono_ms(), .started = now_sec(),
	};

	if (!enable_events(q, err) || !start_with_fd(q, "in", fd, "migrate-incoming", err))
		return false;
	do {
		if (!ask_loaded(q, &stall, last, err))
			return false;
		if (last->state == MIGRATION_COMPLETED || last->state == MIGRATION_FAILED)
			return true;
	} while (check_stall(&stall, err) && pause_for(q, -1, 100, err));
	return false;
}

bool save_read(struct guest *g, struct qmp *q, int fd, GError **err)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *tail = NULL;
	struct progress last = {0};
	bool done = load_memory(g, q, fd, &last, &error);

	if (done && last.state != MIGRATION_COMPLETED)
		fail(&error, VIR_ERR_OPERATION_FAILED, "%s",
		     last.error ? last.error : "no reason given");
	progress_clear(&last);
	job_file_clear(g);
	if (!error)
		return true;
	if (error_is(error, VIR_ERR_OPERATION_ABORTED)) {
		g_propagate_error(err, g_steal_pointer(&error));
		return false;
	}
	/* QEMU ends when it cannot read a stream, and tells its log why. */
	tail = session_log_tail(g);
	return fail(err, VIR_ERR_OPERATION_FAILED, "QEMU could not load the memory: %s",
		    error_is(error, VIR_ERR_OPERATION_INVALID) && *tail ? tail : error->message);
}
