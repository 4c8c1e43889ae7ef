/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/qemu/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "base/sys.h"
#include "base/util.h"
#include "driver/qemu/qmp.h"

static const char *const small_env[] = {
	"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
	"HOME=/",
	"LC_ALL=C",
	/* Each thread's own arena is 64 MiB and more of address space, which is limited below. */
	"MALLOC_ARENA_MAX=1",
	NULL,
};

char *child_find(const char *program, const char *package, GError **err)
{
	static const char *const dirs[] = {"/usr/local/bin", "/usr/bin", "/bin"};

	for (size_t i = 0; i < G_N_ELEMENTS(dirs); i++) {
		g_autofree char *path = g_build_filename(dirs[i], program, NULL);

		if (access(path, X_OK) == 0)
			return g_steal_pointer(&path);
	}
	fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "'%s' is not installed (on Debian: apt install %s)",
	     program, package);
	return NULL;
}

/* ---- Between fork and exec: only what is safe after a fork in a threaded program ---- */

static void limit(int resource, rlim_t value)
{
	struct rlimit old, new = {value, value};

	if (getrlimit((__rlimit_resource_t)resource, &old) == 0 && old.rlim_max < value)
		new.rlim_cur = new.rlim_max = old.rlim_max;
	setrlimit((__rlimit_resource_t)resource, &new);
}

static void set_limits(const struct child *c)
{
	if (!c->is_limited)
		return;
	/* Ctrl-C at a prompt is for the prompt: a helper is not cut short in an image. */
	setpgid(0, 0);
	/* A helper that outlived us would change images that nobody has locked any more. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	limit(RLIMIT_CORE, 0);
	limit(RLIMIT_AS, (rlim_t)4 << 30);
	limit(RLIMIT_NOFILE, 256);
	if (!c->is_reader)
		return;
	limit(RLIMIT_CPU, 60);
	limit(RLIMIT_FSIZE, 0);
}

static void reset_signals(void)
{
	sigset_t none;

	for (int s = 1; s < SIGRTMIN; s++)
		signal(s, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Everything becomes its number; report_fd (to tell a failed exec) follows and is closed by exec. */
static bool place_fds(const struct child *c, int null_fd, int report_fd)
{
	int n = (int)c->n_fds;
	int report = fcntl(report_fd, F_DUPFD_CLOEXEC, 2 * n + 1);
	int copies[16];

	if (report < 0 || c->n_fds > G_N_ELEMENTS(copies))
		return false;
	for (int i = 0; i < n; i++) {
		copies[i] = fcntl(c->fds[i] < 0 ? null_fd : c->fds[i], F_DUPFD_CLOEXEC, n + 1);
		if (copies[i] < 0)
			return false;
	}
	for (int i = 0; i < n; i++)
		if (dup2(copies[i], i) < 0)
			return false;
	return dup3(report, n, O_CLOEXEC) == n && close_range((unsigned int)n + 1, ~0u, 0) == 0;
}

static void G_GNUC_NORETURN become(const struct child *c, int null_fd, int report_fd)
{
	int saved;

	reset_signals();
	set_limits(c);
	if (place_fds(c, null_fd, report_fd)) {
		report_fd = (int)c->n_fds;
		execve(c->path, (char *const *)c->argv,
		       (char *const *)(c->env ? c->env : small_env));
	}
	saved = errno;
	if (write(report_fd, &saved, sizeof(saved)) < 0)
		_exit(126);
	_exit(127);
}

static void G_GNUC_NORETURN become_detached(const struct child *c, int null_fd, int report_fd)
{
	setsid();
	if (fork() != 0)
		_exit(0);
	become(c, null_fd, report_fd);
}

/* ---- Starting and waiting ---- */

static bool open_pipe(int *ret_read, int *ret_write)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return false;
	*ret_read = ends[0];
	*ret_write = ends[1];
	return true;
}

int child_wait(pid_t pid)
{
	int status = -1;

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

/* Nothing but EOF comes when the program was executed. */
static int read_report(int fd)
{
	int errnum = 0;
	ssize_t n;

	do
		n = read(fd, &errnum, sizeof(errnum));
	while (n < 0 && errno == EINTR);
	return n == sizeof(errnum) ? errnum : 0;
}

static pid_t not_started(const struct child *c, int errnum, GError **err)
{
	fail_os(err, errnum, "run '%s'", c->path);
	return -1;
}

pid_t child_start(const struct child *c, GError **err)
{
	auto_close int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	auto_close int report_read = -1;
	auto_close int report_write = -1;
	pid_t pid;
	int errnum;

	if (null_fd < 0 || !open_pipe(&report_read, &report_write))
		return not_started(c, errno, err);
	pid = fork();
	if (pid == 0) {
		if (c->is_detached)
			become_detached(c, null_fd, report_write);
		become(c, null_fd, report_write);
	}
	if (pid < 0)
		return not_started(c, errno, err);
	close_fd(&report_write);
	errnum = read_report(report_read);
	if (errnum || c->is_detached)
		child_wait(pid);
	if (errnum)
		return not_started(c, errnum, err);
	return c->is_detached ? 1 : pid;
}

/* ---- Running to the end ---- */

struct stream {
	int fd;
	GString *text;
	size_t max;
	bool is_over; /* more than max came; the rest was thrown away */
};

/* Read what is there; closes at EOF. */
static void drain(struct stream *s)
{
	char buffer[16384];
	ssize_t n = read(s->fd, buffer, sizeof(buffer));

	if (n <= 0) {
		if (n == 0 || errno != EINTR)
			close_fd(&s->fd);
		return;
	}
	if (s->text->len + (size_t)n > s->max) {
		s->is_over = true;
		n = (ssize_t)(s->max - s->text->len);
	}
	g_string_append_len(s->text, buffer, n);
}

/* Until both streams have ended. False: the deadline has passed, or too much came. */
static bool collect(struct stream *out, struct stream *error, gint64 timeout_ms)
{
	gint64 deadline = mono_ms() + timeout_ms;

	while (out->fd >= 0 || error->fd >= 0) {
		struct pollfd fds[] = {
			{.fd = out->fd, .events = POLLIN},
			{.fd = error->fd, .events = POLLIN},
		};
		gint64 left = timeout_ms < 0 ? -1 : MAX(deadline - mono_ms(), 0);

		if (left == 0 || out->is_over)
			return false;
		if (poll(fds, G_N_ELEMENTS(fds), (int)MIN(left, 1000000)) < 0 && errno != EINTR)
			return false;
		if (fds[0].revents)
			drain(out);
		if (fds[1].revents)
			drain(error);
	}
	return true;
}

static bool judge(const char *path, int status, const GString *words, GError **err)
{
	g_autofree char *name = g_path_get_basename(path);
	g_autofree char *clean = NULL;
	const char *text = words->str;

	if (status >= 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return true;
	if (status >= 0 && WIFSIGNALED(status))
		return fail(err, VIR_ERR_OPERATION_FAILED, "'%s' was ended by signal %d", name,
			    WTERMSIG(status));
	if (g_str_has_prefix(text, name) && g_str_has_prefix(text + strlen(name), ": "))
		text += strlen(name) + 2;
	clean = qmp_clean(text);
	return fail(err, VIR_ERR_OPERATION_FAILED, "'%s' failed: %s", name,
		    *clean ? clean : "no reason given");
}

static bool finish(const struct child *c, struct stream *out, struct stream *error, pid_t pid,
		   gint64 timeout_ms, GError **err)
{
	bool is_complete = collect(out, error, timeout_ms);
	int status;

	if (!is_complete)
		kill(pid, SIGKILL); /* our child and not waited for: the pid is its own */
	status = child_wait(pid);
	if (out->is_over)
		return fail(err, VIR_ERR_OPERATION_FAILED, "'%s' printed more than %zu bytes",
			    c->path, out->max);
	if (!is_complete)
		return fail(err, VIR_ERR_OPERATION_TIMEOUT, "'%s' did not end in time", c->path);
	return judge(c->path, status, error->text, err);
}

bool child_run(const char *path, const char *const *argv, bool is_reader, gint64 timeout_ms,
	       char **ret_out, GError **err)
{
	g_autoptr(GString) out_text = g_string_new(NULL);
	g_autoptr(GString) err_text = g_string_new(NULL);
	g_autofree char *point = g_path_get_basename(path);
	auto_close int out_write = -1;
	auto_close int err_write = -1;
	struct stream out = {-1, out_text, CHILD_OUT_MAX, false};
	struct stream error = {-1, err_text, CHILD_ERR_MAX, false};
	struct child c = {.path = path, .argv = argv, .is_limited = true, .is_reader = is_reader};
	bool done = false;
	pid_t pid;

	if (sys_point(point) < 0)
		return fail_os(err, errno, "run '%s'", path);
	if (!open_pipe(&out.fd, &out_write) || !open_pipe(&error.fd, &err_write)) {
		fail_os(err, errno, "run '%s'", path);
	} else {
		c.fds = (const int[]){-1, out_write, err_write};
		c.n_fds = 3;
		pid = child_start(&c, err);
		close_fd(&out_write);
		close_fd(&err_write);
		done = pid > 0 && finish(&c, &out, &error, pid, timeout_ms, err);
	}
	close_fd(&out.fd);
	close_fd(&error.fd);
	if (done && ret_out)
		*ret_out = g_string_free(g_steal_pointer(&out_text), FALSE);
	return done;
}
