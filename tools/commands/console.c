/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands/console.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <string.h>
#include <sys/eventfd.h>
#include <termios.h>
#include <unistd.h>
#include <libvirt/virterror.h>

#include "command.h"
#include "output/errors.h"
#include "output/output.h"

#define CHUNK 4096
#define LAST_WORDS 500 /* ms for what was typed before the escape character to reach the guest */

enum end {
	END_ESCAPE,
	END_TERMINAL,    /* nothing more can be typed */
	END_GUEST,       /* of the stream: the guest is off, or it was taken (error) */
	END_INTERRUPTED, /* by a signal */
	END_RESUME,      /* the guest could not be resumed */
};

/*
 * Three threads, because any of them may have to wait: one receives and writes to the terminal,
 * one sends what was typed, and the command's own reads the keys and hears of the end. Between the
 * last two is a pipe: a guest that does not listen cannot keep the escape character from us.
 */
struct line {
	virStreamPtr stream;
	int typed[2];      /* pipe; its writing end does not block */
	int received;      /* eventfd: nothing more comes from the guest */
	int sent;          /* eventfd: all that was typed is sent, or cannot be */
	int output;        /* errno: what came could not be written */
	virErrorPtr error; /* of the stream, or of the resume */
	enum end end;
};

/* ---- The other two threads ---------------------------------------------------------------- */

static bool write_all(int fd, const char *data, size_t size)
{
	while (size > 0) {
		ssize_t n = write(fd, data, size);

		if (n < 0 && errno != EINTR && errno != EAGAIN)
			return false;
		data += n > 0 ? n : 0;
		size -= n > 0 ? (size_t)n : 0;
	}
	return true;
}

static void *receive(void *data)
{
	struct line *l = data;
	char bytes[CHUNK];
	int n;

	while ((n = virStreamRecv(l->stream, bytes, sizeof(bytes))) > 0)
		if (!write_all(STDOUT_FILENO, bytes, (size_t)n)) {
			l->output = errno;
			break;
		}
	if (n < 0)
		l->error = virSaveLastError();
	eventfd_write(l->received, 1);
	return NULL;
}

static bool send_all(virStreamPtr stream, const char *data, size_t size)
{
	while (size > 0) {
		int n = virStreamSend(stream, data, size);

		if (n < 0)
			return false;
		data += n;
		size -= (size_t)n;
	}
	return true;
}

static void *transmit(void *data)
{
	struct line *l = data;
	char bytes[CHUNK];
	ssize_t n;

	while ((n = read(l->typed[0], bytes, sizeof(bytes))) > 0)
		if (!send_all(l->stream, bytes, (size_t)n))
			break;
	eventfd_write(l->sent, 1);
	return NULL;
}

/* ---- Keys --------------------------------------------------------------------------------- */

/* What does not fit into the pipe is dropped, with a bell: the guest does not listen. false: that
 * was all. */
static bool take_keys(const struct shell *sh, struct line *l)
{
	char keys[256];
	ssize_t n = read(STDIN_FILENO, keys, sizeof(keys));
	const char *escape = n > 0 ? memchr(keys, sh->settings.escape, (size_t)n) : NULL;

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return true;
	l->end = escape ? END_ESCAPE : END_TERMINAL;
	if (escape)
		n = escape - keys;
	if (n > 0 && write(l->typed[1], keys, (size_t)n) < 0)
		write_all(STDOUT_FILENO, "\a", 1);
	return n > 0 && !escape;
}

static void pass_keys(const struct shell *sh, struct line *l)
{
	struct pollfd fds[] = {
		{ .fd = l->received, .events = POLLIN },
		{ .fd = sh->interrupt, .events = POLLIN },
		{ .fd = STDIN_FILENO, .events = POLLIN },
	};

	do {
		while (poll(fds, 3, -1) < 0)
			;
		l->end = fds[0].revents ? END_GUEST : END_INTERRUPTED;
	} while (!fds[0].revents && !fds[1].revents && (!fds[2].revents || take_keys(sh, l)));
}

/* ---- The line ----------------------------------------------------------------------------- */

static bool line_open(struct line *l, virStreamPtr stream)
{
	*l = (struct line){ .stream = stream, .typed = { -1, -1 } };
	l->received = eventfd(0, EFD_CLOEXEC);
	l->sent = eventfd(0, EFD_CLOEXEC);
	return l->received >= 0 && l->sent >= 0 && pipe2(l->typed, O_CLOEXEC) == 0 &&
	       fcntl(l->typed[1], F_SETFL, O_NONBLOCK) == 0;
}

static void line_close(struct line *l)
{
	const int fds[] = { l->typed[0], l->typed[1], l->received, l->sent };

	for (size_t i = 0; i < sizeof(fds) / sizeof(*fds); i++)
		if (fds[i] >= 0)
			close(fds[i]);
	virFreeError(l->error);
}

/* Let what was typed arrive; then nobody waits for the stream any more. */
static void hang_up(struct line *l)
{
	struct pollfd sent = { .fd = l->sent, .events = POLLIN };

	close(l->typed[1]);
	l->typed[1] = -1;
	if (l->end == END_ESCAPE)
		poll(&sent, 1, LAST_WORDS);
	virStreamAbort(l->stream);
}

/* resumed: to be resumed now that nothing can be missed; NULL: nobody. */
static bool talk(const struct shell *sh, struct line *l, virDomainPtr resumed)
{
	pthread_t receiver, transmitter;

	if (pthread_create(&receiver, NULL, receive, l) != 0)
		return false;
	if (pthread_create(&transmitter, NULL, transmit, l) != 0) {
		virStreamAbort(l->stream);
		pthread_join(receiver, NULL);
		return false;
	}
	if (resumed && virDomainResume(resumed) < 0) {
		l->error = virSaveLastError();
		l->end = END_RESUME;
	} else {
		pass_keys(sh, l);
	}
	hang_up(l);
	pthread_join(receiver, NULL);
	pthread_join(transmitter, NULL);
	return true;
}

/* ---- The terminal ------------------------------------------------------------------------- */

bool console_possible(const struct shell *sh)
{
	if (sh->settings.json)
		return fail_own(sh, VIR_ERR_INVALID_ARG,
				"What a console writes is not JSON: leave --json out");
	if (isatty(STDIN_FILENO))
		return true;
	return fail_own(sh, VIR_ERR_INVALID_ARG,
			"Cannot run interactive console without a controlling TTY: standard input "
			"is no terminal; nothing was done");
}

static bool talk_raw(const struct shell *sh, struct line *l, virDomainPtr resumed)
{
	struct termios before, raw;
	bool ok;

	if (tcgetattr(STDIN_FILENO, &before) < 0)
		return false;
	raw = before;
	cfmakeraw(&raw);
	ok = tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0 && talk(sh, l, resumed);
	tcsetattr(STDIN_FILENO, TCSANOW, &before);
	return ok;
}

static bool tell_end(const struct shell *sh, const char *name, const struct line *l)
{
	const char *why = l->error ? l->error->message : NULL;
	const int code = l->error ? l->error->code : VIR_ERR_SYSTEM_ERROR;

	write_all(STDOUT_FILENO, "\n", 1); /* behind what the guest wrote last */
	if (l->output)
		return fail_own(sh, VIR_ERR_SYSTEM_ERROR, "cannot write to standard output: %s",
				strerror(l->output));
	if (l->end == END_INTERRUPTED)
		return fail_own(sh, VIR_ERR_OPERATION_ABORTED,
				"Interrupted; '%s' goes on without its console", name);
	if (l->end == END_RESUME)
		return fail_own(sh, code, "Failed to resume domain '%s': %s", name, why);
	if (l->end == END_GUEST && why)
		return fail_own(sh, code, "Lost the console of domain '%s': %s", name, why);
	return true;
}

static bool use_terminal(const struct shell *sh, virDomainPtr domain, virStreamPtr stream,
			 bool resumes)
{
	const char *name = virDomainGetName(domain);
	struct line l;
	bool ok;

	say(sh, "Connected to domain '%s'", name);
	say(sh, "Escape character is ^%c", sh->settings.escape ^ 0x40);
	output_flush();
	ok = line_open(&l, stream) && talk_raw(sh, &l, resumes ? domain : NULL);
	ok = ok ? tell_end(sh, name, &l)
		: fail_own(sh, VIR_ERR_SYSTEM_ERROR, "cannot use the terminal: %s",
			   strerror(errno));
	line_close(&l);
	return ok;
}

/* A guest that was started for its console has been started all the same. */
static bool fail_open(const struct shell *sh, virDomainPtr domain, bool resumes)
{
	fail_library(sh);
	if (!resumes)
		return false;
	if (virDomainResume(domain) < 0)
		return fail_library(sh);
	warn(sh, "The guest runs, without a console");
	return false;
}

bool console_run(struct shell *sh, virDomainPtr domain, const char *device, unsigned flags,
		 bool resumes)
{
	virStreamPtr stream = virStreamNew(sh->conn, 0);
	bool ok = stream && virDomainOpenConsole(domain, device, stream, flags) == 0;

	ok = ok ? use_terminal(sh, domain, stream, resumes) : fail_open(sh, domain, resumes);
	if (stream)
		virStreamFree(stream);
	return ok;
}

/* ---- console ------------------------------------------------------------------------------ */

struct console_args {
	struct domain_target domain;
	const char *device;
	unsigned flags;
};

static const struct option console_options[] = {
	DOMAIN_THAT(console_args, VIR_CONNECT_LIST_DOMAINS_ACTIVE),
	{ .name = "devname", VALUE_AT(OPTION_STRING, console_args, device),
	  .props = OPTION_POSITIONAL, .summary = "alias of a serial port, such as serial1" },
	{ .name = "force", BIT_AT(console_args, flags, VIR_DOMAIN_CONSOLE_FORCE),
	  .summary = "take it from who uses it" },
	{ .name = "safe", BIT_AT(console_args, flags, VIR_DOMAIN_CONSOLE_SAFE),
	  .summary = "only if nobody uses it, which is so in any case" },
	{ .name = NULL },
};

static bool run_console(struct shell *sh, const void *args)
{
	const struct console_args *a = args;

	return console_possible(sh) &&
	       console_run(sh, a->domain.domain, a->device, a->flags, false);
}

const struct command command_console = {
	.name = "console",
	.summary = "talk to a guest's serial console",
	.about = "Connects the terminal to the guest's console, or to a serial port, until the "
		 "escape character (^] unless -e says another) is typed. What the guest writes "
		 "goes to the terminal as it is.",
	.options = console_options,
	.args_size = sizeof(struct console_args),
	.props = COMMAND_LONG,
	.run = run_console,
};
