/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/fake/machine.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/json.h"
#include "base/sys.h"
#include "base/util.h"

#define MACHINE_FILE "fake"
#define STATE_FILE "state"
#define WAIT_MS 5000
#define SPARE_FD 10 /* above what is placed */

static const char *const status_names[] = {
	[HV_GONE] = "gone",
	[HV_PRELAUNCH] = "prelaunch",
	[HV_RUNNING] = "running",
	[HV_PAUSED] = "paused",
	[HV_POSTMIGRATE] = "postmigrate",
	[HV_INMIGRATE] = "inmigrate",
	[HV_STOPPED_BAD] = "stopped-bad",
	[HV_SHUTDOWN] = "shutdown",
	[HV_PANICKED] = "panicked",
};

/* ---- The lock ---- */

static int lock_fd(int fd, int command, short *ret_type)
{
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	int rc = fcntl(fd, command, &lock);

	if (rc == 0 && ret_type)
		*ret_type = lock.l_type;
	return rc;
}

static bool is_held(int run_fd)
{
	auto_close int fd = open_file_at(run_fd, "alive");
	short type = F_WRLCK;

	if (fd < 0)
		return errno != ENOENT;
	return lock_fd(fd, F_OFD_GETLK, &type) < 0 || type != F_UNLCK;
}

/* ---- run/fake ---- */

static bool parse_status(const char *word, enum hv_status *ret_status)
{
	for (size_t i = 0; i < G_N_ELEMENTS(status_names); i++) {
		if (strcmp(status_names[i], word) != 0)
			continue;
		*ret_status = (enum hv_status)i;
		return true;
	}
	return false;
}

bool machine_read(int run_fd, struct machine *ret_machine, GError **err)
{
	g_autoptr(json_object) obj = NULL;
	struct machine m = { .status = HV_GONE };
	gint64 resume, job;
	const char *status;

	if (run_fd < 0 || !is_held(run_fd)) {
		*ret_machine = m;
		return true;
	}
	obj = json_read_file(run_fd, MACHINE_FILE, err);
	if (!obj)
		return false;
	if (!json_get_string(obj, "status", &status) || !parse_status(status, &m.status) ||
	    !json_get_int(obj, "memory", &m.memory) || !json_get_int(obj, "resume", &resume) ||
	    !json_get_int(obj, "job", &job))
		return fail(err, VIR_ERR_INTERNAL_ERROR, "run/fake lacks a part");
	m.resume = (int)resume;
	m.job = (enum hv_job)job;
	*ret_machine = m;
	return true;
}

bool machine_read_alive(int run_fd, struct machine *ret_machine, GError **err)
{
	struct machine m;

	if (!machine_read(run_fd, &m, err))
		return false;
	if (m.status == HV_GONE)
		return fail(err, VIR_ERR_OPERATION_INVALID, "the guest is gone");
	*ret_machine = m;
	return true;
}

static bool write_json(int run_fd, const char *name, json_object *obj, GError **err)
{
	const char *text = json_object_to_json_string_ext(obj, JSON_C_TO_STRING_PLAIN);

	return sys_replace_file_volatile(run_fd, name, text, strlen(text), err);
}

bool machine_write(int run_fd, const struct machine *m, GError **err)
{
	g_autoptr(json_object) obj = json_object_new_object();

	json_set_int(obj, "v", 1);
	json_set_string(obj, "status", status_names[m->status]);
	json_set_int(obj, "memory", m->memory);
	json_set_int(obj, "resume", m->resume);
	json_set_int(obj, "job", m->job);
	return write_json(run_fd, MACHINE_FILE, obj, err);
}

/* ---- run/state ---- */

bool machine_tell(int run_fd, enum guest_state state, int reason, GError **err)
{
	g_autoptr(json_object) obj = json_read_file(run_fd, STATE_FILE, err);
	gint64 seq = 0;

	if (!obj)
		return false;
	json_get_int(obj, "seq", &seq);
	json_set_int(obj, "state", state);
	json_set_int(obj, "reason", reason);
	json_set_int(obj, "since", now_sec());
	json_set_int(obj, "seq", seq + 1);
	return write_json(run_fd, STATE_FILE, obj, err);
}

static bool tell_start(struct guest *g, pid_t pid, GError **err)
{
	g_autoptr(json_object) obj = json_object_new_object();

	json_set_int(obj, "v", 1);
	json_set_string(obj, "run_id", g->run_id);
	json_set_int(obj, "id", g->id);
	json_set_string(obj, "boot_id", host_boot_id());
	json_set_string(obj, "machine_id", host_machine_id());
	json_set_int(obj, "pid", pid);
	json_set_int(obj, "pid_start", (gint64)pid_start_time(pid));
	json_set_int(obj, "state", GUEST_PAUSED);
	json_set_int(obj, "reason", PAUSED_STARTING_UP);
	json_set_int(obj, "since", now_sec());
	json_set_int(obj, "seq", 1);
	return write_json(g->run_fd, STATE_FILE, obj, err);
}

/* ---- The holder ---- */

/* Keeps `alive` and does nothing else. Only what is safe after a fork of a threaded process. */
static void hold(int alive, int leash)
{
	char byte;

	setsid();
	signal(SIGTERM, SIG_DFL);
	alive = fcntl(alive, F_DUPFD_CLOEXEC, SPARE_FD);
	leash = fcntl(leash, F_DUPFD_CLOEXEC, SPARE_FD);
	if (dup2(alive, 0) < 0 || dup2(leash, 1) < 0 || close_range(2, ~0U, 0) < 0)
		_exit(1);
	if (TEMP_FAILURE_RETRY(read(1, &byte, 1)) != 1)
		_exit(0);
	close(1);
	for (;;)
		pause();
}

/* The holder is nobody's child, so that nobody has to wait for it. */
static pid_t fork_holder(int alive, int leash)
{
	auto_close int reader = -1, writer = -1;
	int ends[2];
	pid_t middle, holder = -1;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -1;
	reader = ends[0];
	writer = ends[1];
	middle = fork();
	if (middle == 0) {
		holder = fork();
		if (holder == 0)
			hold(alive, leash);
		if (write(writer, &holder, sizeof(holder)) < 0)
			_exit(1);
		_exit(0);
	}
	close_fd(&writer);
	if (middle < 0 || read(reader, &holder, sizeof(holder)) != sizeof(holder))
		holder = -1;
	if (middle > 0)
		TEMP_FAILURE_RETRY(waitpid(middle, NULL, 0));
	return holder;
}

bool machine_spawn(struct guest *g, int *ret_leash, GError **err)
{
	auto_close int alive = sys_open_lockfile(g->run_fd, "alive"), ours = -1, holders = -1;
	int ends[2];
	pid_t pid;

	if (alive < 0 || lock_fd(alive, F_OFD_SETLK, NULL) < 0)
		return fail_os(err, errno, "lock alive of '%s'", g->name);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return fail_os(err, errno, "make a pair of sockets");
	holders = ends[0];
	ours = ends[1];
	pid = fork_holder(alive, holders);
	if (pid < 0)
		return fail(err, VIR_ERR_OPERATION_FAILED, "cannot start the guest's process");
	if (!tell_start(g, pid, err))
		return false;
	*ret_leash = take_fd(&ours);
	return true;
}

bool machine_release(int leash, GError **err)
{
	return send(leash, "x", 1, MSG_NOSIGNAL) == 1 ||
	       fail_os(err, errno, "release the guest's process");
}

static bool kill_process(json_object *state)
{
	auto_close int pidfd = -1;
	struct pollfd end = { .events = POLLIN };
	gint64 pid, start;

	if (!json_get_int(state, "pid", &pid) || !json_get_int(state, "pid_start", &start) ||
	    pid <= 1)
		return false;
	pidfd = pidfd_open((pid_t)pid, 0);
	if (pidfd < 0 || pid_start_time((int)pid) != (guint64)start)
		return false;
	end.fd = pidfd;
	return pidfd_send_signal(pidfd, SIGKILL, NULL, 0) == 0 && poll(&end, 1, WAIT_MS) == 1;
}

bool machine_kill(int run_fd, GError **err)
{
	g_autoptr(json_object) state = NULL;

	if (!is_held(run_fd))
		return true;
	state = json_read_file(run_fd, STATE_FILE, NULL);
	if (state)
		kill_process(state);
	/* One whose leash was cut is on its way out. */
	for (gint64 end = mono_ms() + WAIT_MS; is_held(run_fd); g_usleep(1000)) {
		if (mono_ms() > end)
			return fail(err, VIR_ERR_OPERATION_FAILED,
				    "the guest's process does not end");
	}
	return true;
}
