/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The program: global options, then one command, one string of commands, or standard input. */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <libvirt/virterror.h>

#include "connection.h"
#include "output/errors.h"
#include "globals.h"
#include "help.h"
#include "log.h"
#include "output/output.h"
#include "prompt/prompt.h"
#include "prompt/signals.h"
#include "run.h"

/* A file opened later must not become 0, 1 or 2. What was closed fails when it is used. */
static void open_standard_files(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 &&
		    open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
			_exit(1);
}

/* A full pipe or file is an error of one command, not the end of the program. */
static void ignore_signals(void)
{
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
}

/* The library's own printing is off: errors.c tells. */
static void keep_error(void *data, virErrorPtr error)
{
	(void)data;
	(void)error;
}

static const char *program_name(const char *argv0)
{
	const char *slash = argv0 ? strrchr(argv0, '/') : NULL;
	const char *name = slash ? slash + 1 : argv0;

	return name && strcmp(name, "virsh") == 0 ? "virsh" : "domsh";
}

static void print_usage(const struct shell *sh)
{
	const char *program = sh->settings.program;

	printf("\n%s [options]... [<command_string>]\n%s [options]... <command> [args...]\n\n"
	       "  options:\n", program, program);
	globals_print();
	print_raw("\n");
	help_all(sh);
}

static void print_version(bool is_long)
{
	unsigned long v = 0;

	print_raw(PACKAGE_VERSION "\n");
	if (is_long && virGetVersion(&v, NULL, NULL) == 0)
		printf("speaks virsh's language and libvirt's API %lu.%lu.%lu, without a daemon\n",
		       v / 1000000, v / 1000 % 1000, v % 1000);
}

static int run_rest(struct shell *sh, char **argv, int argc)
{
	if (argc == 0)
		return prompt_run(sh);
	if (argc == 1)
		return run_string(sh, argv[0], strlen(argv[0]));
	return run_argv(sh, argv, (size_t)argc);
}

static int act(struct shell *sh, int argc, char **argv)
{
	int rest;
	enum globals_act what = globals_parse(sh, argc, argv, &rest);

	switch (what) {
	case GLOBALS_RUN:
		return run_rest(sh, argv + rest, argc - rest);
	case GLOBALS_HELP:
		print_usage(sh);
		return 0;
	case GLOBALS_VERSION:
	case GLOBALS_VERSION_LONG:
		print_version(what == GLOBALS_VERSION_LONG);
		return 0;
	case GLOBALS_REFUSED:
		break;
	}
	return 1;
}

int main(int argc, char **argv)
{
	struct shell sh = { .settings = { .program = program_name(argv[0]), .escape = 0x1d },
			    .job = { .mutex = PTHREAD_MUTEX_INITIALIZER }, .interrupt = -1 };
	int status;

	open_standard_files();
	ignore_signals();
	sh.terminal = isatty(STDOUT_FILENO);
	sh.error_terminal = isatty(STDERR_FILENO);
	virSetErrorFunc(NULL, keep_error);
	status = act(&sh, argc, argv);
	if (!run_finish_output(&sh))
		status = 1;
	connection_close(&sh);
	free(sh.connected);
	log_close(&sh);
	if (sh.deadly)
		signals_die(sh.deadly);
	return status;
}
