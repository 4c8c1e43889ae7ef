/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Commands on a running guest's buttons, keyboard, screen and monitor. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <libvirt/libvirt-qemu.h>
#include <libvirt/virterror.h>
#include <domsh/domsh.h>

#include "command.h"
#include "output/errors.h"
#include "commands/keys.h"
#include "commands/modes.h"
#include "mem.h"
#include "language/numbers.h"
#include "output/outcome.h"
#include "output/output.h"
#include "output/render.h"

#define ACTIVE VIR_CONNECT_LIST_DOMAINS_ACTIVE

struct guest_args {
	struct domain_target domain;
	const char *mode;
};

/* ---- reboot ------------------------------------------------------------------------------- */

static const struct option reboot_options[] = {
	DOMAINS_THAT(guest_args, ACTIVE),
	MODE_AT(guest_args),
	{ .name = NULL },
};

static bool run_reboot(struct shell *sh, const void *args)
{
	const struct guest_args *a = args;
	const char *name = virDomainGetName(a->domain.domain);
	unsigned flags, used;

	if (!parse_modes(sh, a->mode, &flags))
		return false;
	if (domshDomainReboot(a->domain.domain, flags, &used) < 0)
		return fail_call(sh, "Failed to reboot domain '%s'", name);
	tell_mode(sh, name, "is being rebooted", used);
	return true;
}

const struct command command_reboot = {
	.name = "reboot",
	.summary = "ask a guest to reboot",
	.about = "Asks the agent in the guest where that has its channel open, else presses the "
		 "power button, and when the guest has powered off it is started again in the same "
		 "process. The guest may take its time or not react at all; shutdown takes the wish "
		 "back, reset does not ask.",
	.options = reboot_options,
	.args_size = sizeof(struct guest_args),
	.run = run_reboot,
};

/* ---- reset, inject-nmi -------------------------------------------------------------------- */

static const struct option guest_options[] = {
	DOMAINS_THAT(guest_args, ACTIVE),
	{ .name = NULL },
};

static bool run_reset(struct shell *sh, const void *args)
{
	const struct guest_args *a = args;
	const char *name = virDomainGetName(a->domain.domain);

	if (virDomainReset(a->domain.domain, 0) < 0)
		return fail_call(sh, "Failed to reset domain '%s'", name);
	outcome(sh, name, NULL, "Domain '%s' was reset", name);
	return true;
}

const struct command command_reset = {
	.name = "reset",
	.summary = "press a guest's reset button",
	.about = "Starts the guest anew at once, without asking it: what it has not written to its "
		 "disks is lost.",
	.options = guest_options,
	.args_size = sizeof(struct guest_args),
	.run = run_reset,
};

static bool run_inject_nmi(struct shell *sh, const void *args)
{
	const struct guest_args *a = args;
	const char *name = virDomainGetName(a->domain.domain);

	if (virDomainInjectNMI(a->domain.domain, 0) < 0)
		return fail_library(sh);
	if (sh->settings.json)
		outcome(sh, name, NULL, "done");
	return true;
}

const struct command command_inject_nmi = {
	.name = "inject-nmi",
	.summary = "send a guest a non-maskable interrupt",
	.about = "Many systems dump their memory or enter their debugger then.",
	.options = guest_options,
	.args_size = sizeof(struct guest_args),
	.run = run_inject_nmi,
};

/* ---- send-key ----------------------------------------------------------------------------- */

struct send_key_args {
	struct domain_target domain;
	const char *codeset;
	long long holdtime;
	struct word_list words;
};

static const char *const codesets[] = { "linux", "qnum", "rfb", NULL };

static const struct option send_key_options[] = {
	DOMAIN_THAT(send_key_args, ACTIVE),
	{ .name = "codeset", VALUE_AT(OPTION_WORD, send_key_args, codeset), .words = codesets,
	  .summary = "what numbers mean: linux (default), or qnum, also called rfb" },
	{ .name = "holdtime", VALUE_AT(OPTION_NUMBER, send_key_args, holdtime), .min = 0,
	  .max = INT_MAX, .summary = "how long they are held, in milliseconds" },
	{ .name = "keycode", VALUE_AT(OPTION_REST, send_key_args, words),
	  .props = OPTION_REQUIRED | OPTION_POSITIONAL,
	  .summary = "numbers or names (KEY_A) of keys that are pressed together" },
	{ .name = NULL },
};

static bool parse_key(const char *word, bool has_names, unsigned *ret_code)
{
	char *end;
	unsigned long code = strtoul(word, &end, 0);

	if (*word >= '0' && *word <= '9' && !*end && code <= 0xffff) {
		*ret_code = (unsigned)code;
		return true;
	}
	*ret_code = has_names ? key_by_name(word) : 0;
	return *ret_code != 0;
}

static bool run_send_key(struct shell *sh, const void *args)
{
	const struct send_key_args *a = args;
	const char *name = virDomainGetName(a->domain.domain);
	const bool linux_set = !a->codeset || strcmp(a->codeset, "linux") == 0;
	unsigned codes[VIR_DOMAIN_SEND_KEY_MAX_KEYS];

	if (a->words.count > VIR_DOMAIN_SEND_KEY_MAX_KEYS)
		return fail_own(sh, VIR_ERR_INVALID_ARG, "too many keycodes: at most %d",
				VIR_DOMAIN_SEND_KEY_MAX_KEYS);
	for (size_t i = 0; i < a->words.count; i++)
		if (!parse_key(a->words.items[i], linux_set, &codes[i]))
			return fail_own(sh, VIR_ERR_INVALID_ARG, "invalid keycode: '%s'",
					a->words.items[i]);
	if (virDomainSendKey(a->domain.domain,
			     linux_set ? VIR_KEYCODE_SET_LINUX : VIR_KEYCODE_SET_QNUM,
			     (unsigned)a->holdtime, codes, (int)a->words.count, 0) < 0)
		return fail_library(sh);
	if (sh->settings.json)
		outcome(sh, name, NULL, "done");
	return true;
}

const struct command command_send_key = {
	.name = "send-key",
	.summary = "press keys on a guest's keyboard",
	.about = "Presses all named keys together and lets them go. Names are those of the Linux "
		 "kernel: KEY_LEFTCTRL, KEY_A, KEY_F1.",
	.options = send_key_options,
	.args_size = sizeof(struct send_key_args),
	.run = run_send_key,
};

/* ---- screenshot --------------------------------------------------------------------------- */

struct screenshot_args {
	struct domain_target domain;
	const char *file;
	long long screen;
};

static const struct option screenshot_options[] = {
	DOMAIN_THAT(screenshot_args, ACTIVE),
	{ .name = "file", VALUE_AT(OPTION_STRING, screenshot_args, file),
	  .props = OPTION_POSITIONAL, .summary = "where to; else NAME-DATE.png is made here" },
	{ .name = "screen", VALUE_AT(OPTION_NUMBER, screenshot_args, screen), .min = 0,
	  .max = 16, .summary = "which screen; 0 is the first" },
	{ .name = NULL },
};

static char *picture_name(const char *domain)
{
	time_t now = time(NULL);
	struct tm local;
	char stamp[40];

	strftime(stamp, sizeof(stamp), "%Y-%m-%d-%H:%M:%S", localtime_r(&now, &local));
	return mem_format("%s-%s.png", domain, stamp);
}

struct picture {
	int fd, error; /* errno of a write that failed */
};

static int write_picture(virStreamPtr stream, const char *data, size_t size, void *opaque)
{
	struct picture *p = opaque;
	ssize_t n;

	(void)stream;
	while ((n = write(p->fd, data, size)) < 0 && errno == EINTR)
		;
	if (n < 0)
		p->error = errno;
	return (int)n;
}

static bool receive_picture(struct shell *sh, virStreamPtr stream, const char *path, int take_fd)
{
	struct picture p = { take_fd, 0 };
	bool done = virStreamRecvAll(stream, write_picture, &p) == 0;

	if (!done && !p.error)
		fail_call(sh, "could not receive data from domain");
	if (close(p.fd) < 0 && !p.error)
		p.error = errno;
	if (!p.error)
		return done;
	return fail_own(sh, VIR_ERR_SYSTEM_ERROR, "cannot write file %s: %s", path,
			strerror(p.error));
}

/* The file is there whole or, when we made it, not at all. */
static bool save_picture(struct shell *sh, virStreamPtr stream, const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	const bool is_new = fd >= 0;

	if (fd < 0 && errno == EEXIST)
		fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return fail_own(sh, VIR_ERR_SYSTEM_ERROR, "cannot create file %s: %s", path,
				strerror(errno));
	if (receive_picture(sh, stream, path, fd))
		return true;
	if (is_new)
		unlink(path);
	return false;
}

static bool run_screenshot(struct shell *sh, const void *args)
{
	const struct screenshot_args *a = args;
	const char *name = virDomainGetName(a->domain.domain);
	auto_free char *path = a->file ? mem_copy(a->file) : picture_name(name);
	virStreamPtr stream = virStreamNew(sh->conn, 0);
	auto_free char *type = stream ? virDomainScreenshot(a->domain.domain, stream,
							    (unsigned)a->screen, 0) : NULL;
	bool done = type ? save_picture(sh, stream, path)
			 : fail_call(sh, "could not take a screenshot of %s", a->domain.word);

	if (stream)
		virStreamFree(stream);
	if (!done)
		return false;
	if (sh->settings.json)
		render_value(sh, "domain", name, "file", value_text(path));
	else
		print_line(sh, "Screenshot saved to %s, with type of %s", path, type);
	return true;
}

const struct command command_screenshot = {
	.name = "screenshot",
	.summary = "take a picture of a guest's screen",
	.about = "Writes what the guest's screen shows now as PNG into a file.",
	.options = screenshot_options,
	.args_size = sizeof(struct screenshot_args),
	.run = run_screenshot,
};
