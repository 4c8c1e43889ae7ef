/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands/editor.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <libvirt/virterror.h>

#include "output/errors.h"
#include "language/input.h"
#include "mem.h"
#include "output/output.h"

/* ---- The file ----------------------------------------------------------------------------- */

static bool write_all(int fd, const char *text)
{
	size_t left = strlen(text);

	while (left > 0) {
		ssize_t n = write(fd, text, left);

		if (n < 0 && errno != EINTR)
			return false;
		text += n > 0 ? n : 0;
		left -= n > 0 ? (size_t)n : 0;
	}
	return true;
}

bool draft_open(const struct shell *sh, struct draft *d, const char *text)
{
	const char *dir = getenv("TMPDIR");
	bool is_written;
	int fd;

	*d = (struct draft){ .path = mem_format("%s/domshXXXXXX.xml", dir && *dir ? dir : "/tmp"),
			     .before = mem_copy(text), .text = mem_copy(text) };
	fd = mkostemps(d->path, (int)strlen(".xml"), O_CLOEXEC);
	if (fd < 0) {
		fail_own(sh, VIR_ERR_SYSTEM_ERROR, "Failed to create temporary file '%s': %s",
			 d->path, strerror(errno));
		draft_close(sh, d, true);
		return false;
	}
	is_written = write_all(fd, text);
	if (close(fd) == 0 && is_written)
		return true;
	fail_own(sh, VIR_ERR_SYSTEM_ERROR, "Failed to write temporary file '%s': %s", d->path,
		 strerror(errno));
	draft_close(sh, d, false);
	return false;
}

bool draft_is_changed(const struct draft *d)
{
	return d->is_unreadable || strcmp(d->before, d->text) != 0;
}

void draft_close(const struct shell *sh, struct draft *d, bool keep)
{
	if (!keep)
		unlink(d->path);
	else if (draft_is_changed(d))
		warn(sh, "The edited text is kept in '%s'", d->path);
	free(d->path);
	free(d->before);
	free(d->text);
	*d = (struct draft){ NULL };
}

/* ---- The editor --------------------------------------------------------------------------- */

static const char *editor_words(void)
{
	const char *visual = getenv("VISUAL"), *editor = getenv("EDITOR");

	if (visual && *visual)
		return visual;
	return editor && *editor ? editor : "vi";
}

/* As system() does: the keys that interrupt are the editor's while it runs. */
static int wait_editor(struct shell *sh, pid_t pid)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN }, was_int, was_quit;
	int status;

	sh->is_lent = true;
	sigaction(SIGINT, &ignore, &was_int);
	sigaction(SIGQUIT, &ignore, &was_quit);
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR) {
			status = -1;
			break;
		}
	sigaction(SIGINT, &was_int, NULL);
	sigaction(SIGQUIT, &was_quit, NULL);
	sh->is_lent = false;
	return status;
}

/* The variable may hold options too ("code --wait"): a shell takes it apart; the path it gets as
 * a word of its own. */
static bool run_editor(struct shell *sh, const char *path)
{
	const char *words = editor_words();
	auto_free char *script = mem_format("exec %s \"$@\"", words);
	char *argv[] = { (char *)"sh", (char *)"-c", script, (char *)"editor", (char *)path, NULL };
	posix_spawnattr_t attr;
	int status, reason;
	sigset_t none;
	pid_t pid;

	/* The prompt blocks signals while a command runs; the editor gets them. */
	sigemptyset(&none);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK);
	reason = posix_spawn(&pid, "/bin/sh", NULL, &attr, argv, environ);
	posix_spawnattr_destroy(&attr);
	if (reason)
		return fail_own(sh, VIR_ERR_SYSTEM_ERROR, "Failed to run editor '%s': %s", words,
				strerror(reason));
	status = wait_editor(sh, pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return true;
	if (WIFEXITED(status))
		return fail_own(sh, VIR_ERR_OPERATION_FAILED, "editor '%s' failed with status %d",
				words, WEXITSTATUS(status));
	return fail_own(sh, VIR_ERR_OPERATION_FAILED, "editor '%s' was killed", words);
}

/* What is no text any more may still be somebody's work. */
static bool read_back(const struct shell *sh, struct draft *d)
{
	char *text = input_read(d->path);
	int reason = errno;

	d->is_unreadable = !text && reason != ENOENT;
	if (!text)
		return fail_own(sh, VIR_ERR_SYSTEM_ERROR, "Failed to read back '%s': %s", d->path,
				reason == EILSEQ ? "it contains a NUL byte" : strerror(reason));
	free(d->text);
	d->text = text;
	return true;
}

bool draft_edit(struct shell *sh, struct draft *d)
{
	bool done;

	output_flush();
	done = run_editor(sh, d->path);
	return read_back(sh, d) && done;
}

/* ---- Edit, store, ask --------------------------------------------------------------------- */

enum answer { AGAIN, STOP, IGNORE, FORCE };

static const char help[] =
	"  y  edit again\n"
	"  n  give up; the text is kept\n"
	"  i  store it without validation\n"
	"  f  store it although somebody else has changed it meanwhile\n";

/* A line from the terminal; false: there is none, or Ctrl-C came first. */
static bool read_answer(const struct shell *sh, char *line, int size)
{
	struct pollfd fds[] = {
		{ .fd = STDIN_FILENO, .events = POLLIN },
		{ .fd = sh->interrupt, .events = POLLIN },
	};

	while (poll(fds, 2, -1) < 0)
		;
	return !fds[1].revents && fgets(line, size, stdin);
}

static enum answer ask(const struct shell *sh)
{
	for (;;) {
		char line[64];

		fputs("Failed. Try again? [y,n,i,f,?]: ", stderr);
		fflush(stderr);
		if (!read_answer(sh, line, sizeof(line)))
			return STOP;
		switch (line[0]) {
		case 'y': return AGAIN;
		case 'n': return STOP;
		case 'i': return IGNORE;
		case 'f': return FORCE;
		default: fputs(help, stderr);
		}
	}
}

/* Did somebody else change it since it was fetched? Unknown counts as yes. */
static bool is_overtaken(const struct shell *sh, const struct subject *s, const struct draft *d)
{
	auto_free char *now = s->fetch(s->data);

	if (!now)
		return !fail_call(sh, "Failed to look at %s again", s->label);
	if (strcmp(now, d->before) == 0)
		return false;
	return !fail_own(sh, VIR_ERR_OPERATION_INVALID,
			 "%s was changed by somebody else meanwhile", s->label);
}

/* One attempt; false: an error was printed. */
static bool store(const struct shell *sh, const struct subject *s, const struct draft *d,
		  enum answer how)
{
	if (how != FORCE && is_overtaken(sh, s, d))
		return false;
	return s->store(s->data, d->text, how == IGNORE) ||
	       fail_call(sh, "Failed to change %s", s->label);
}

static bool can_ask(const struct shell *sh)
{
	return isatty(STDIN_FILENO) && isatty(STDERR_FILENO) && !sh->settings.json;
}

static enum edited edit_draft(struct shell *sh, const struct subject *s, struct draft *d)
{
	enum answer how = AGAIN;

	while (how != STOP) {
		if (how == AGAIN && !draft_edit(sh, d))
			return EDITED_FAILED;
		if (!draft_is_changed(d))
			return EDITED_UNCHANGED;
		if (store(sh, s, d, how))
			return EDITED;
		how = can_ask(sh) ? ask(sh) : STOP;
	}
	return EDITED_FAILED;
}

enum edited edit_subject(struct shell *sh, const struct subject *s)
{
	auto_free char *text = s->fetch(s->data);
	enum edited result;
	struct draft d;

	if (!text) {
		fail_call(sh, "Failed to get the text of %s", s->label);
		return EDITED_FAILED;
	}
	if (!draft_open(sh, &d, text))
		return EDITED_FAILED;
	result = edit_draft(sh, s, &d);
	draft_close(sh, &d, result == EDITED_FAILED && draft_is_changed(&d));
	return result;
}
