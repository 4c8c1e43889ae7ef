/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <domsh/domsh.h>
#include <libvirt/virterror.h>

#include "connection.h"
#include "each.h"
#include "output/errors.h"
#include "help.h"
#include "log.h"
#include "mem.h"
#include "language/options.h"
#include "output/output.h"
#include "prompt/prompt.h"
#include "resolve.h"

bool run_finish_output(struct shell *sh)
{
	if (output_flush())
		return true;
	sh->failed_output = true;
	if (errno == EPIPE)
		return false; /* the reader has enough; nobody wants to be told */
	return fail_own(sh, VIR_ERR_SYSTEM_ERROR, "cannot write to standard output: %s",
			strerror(errno));
}

static bool act(struct shell *sh, void *data)
{
	struct bound *b = data;
	bool ok;

	if (b->help) {
		help_command(sh, b->command);
		return true;
	}
	if (!(b->command->props & COMMAND_OFFLINE) && !connection_need(sh))
		return false;
	ok = resolve_bound(sh, b) && each_run(sh, b);
	resolve_release(b);
	if (sh->conn)
		virResetLastError();
	return ok;
}

static double milliseconds(const struct timespec *from, const struct timespec *to)
{
	return (double)(to->tv_sec - from->tv_sec) * 1e3 +
	       (double)(to->tv_nsec - from->tv_nsec) / 1e6;
}

static void put_end(const struct shell *sh)
{
	struct timespec end;

	clock_gettime(CLOCK_MONOTONIC, &end);
	if (sh->settings.timing && !sh->settings.json)
		print_line(sh, "\n(Time: %.3f ms)", milliseconds(&sh->began, &end));
	if (!sh->settings.quiet && !sh->settings.json && !sh->leaving)
		print_raw("\n");
}

static bool run_bound(struct shell *sh, struct bound *b)
{
	auto_free char *names = bound_names(b);
	bool ok;

	sh->running = b->command->name;
	clock_gettime(CLOCK_MONOTONIC, &sh->began);
	domshSetCommand(names);
	log_line(sh, "run: %s", names);
	ok = prompt_call(sh, act, b, b->command->props);
	domshSetCommand(NULL);
	put_end(sh);
	ok = run_finish_output(sh) && ok;
	log_line(sh, "%s: %s", ok ? "done" : "failed", names);
	return ok;
}

static int run_all(struct shell *sh, struct bound *list, size_t count)
{
	bool ok = true;

	for (size_t i = 0; i < count && !sh->leaving; i++) {
		ok = run_bound(sh, &list[i]);
		if (!ok && sh->settings.strict)
			break;
	}
	return ok ? 0 : 1;
}

/* source: the text that the words are from, or NULL. Takes the script. */
static int run_script(struct shell *sh, struct script *take_script, const char *source)
{
	struct script *script = take_script;
	auto_free struct bound *list = mem_alloc(script->nstatements * sizeof(*list));
	struct trouble t;
	size_t n = 0;
	int status = 1;

	while (n < script->nstatements &&
	       options_bind(script->words + script->statements[n].first,
			    script->statements[n].count, &list[n], &t))
		n++;
	if (n < script->nstatements)
		fail_trouble(sh, &t, script->nstatements > 1 ? source : NULL);
	else
		status = run_all(sh, list, n);
	while (n > 0)
		bound_free(&list[--n]);
	script_free(script);
	return status;
}

int run_string(struct shell *sh, const char *text, size_t length)
{
	struct script script;
	struct trouble t;

	if (!grammar_parse_string(text, length, &script, &t)) {
		fail_trouble(sh, &t, text);
		return 1;
	}
	return run_script(sh, &script, text);
}

int run_argv(struct shell *sh, char *const *argv, size_t argc)
{
	struct script script;

	grammar_parse_argv(argv, argc, &script);
	return run_script(sh, &script, NULL);
}
