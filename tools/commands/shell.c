/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Commands that are about the shell itself, and uri. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <libvirt/virterror.h>

#include "connection.h"
#include "output/errors.h"
#include "help.h"
#include "language/suggest.h"
#include "mem.h"
#include "output/output.h"
#include "output/render.h"
#include "table.h"
#include "output/text.h"

/* ---- uri ---------------------------------------------------------------------------------- */

static bool run_uri(struct shell *sh, const void *args)
{
	auto_free char *uri = virConnectGetURI(sh->conn);

	(void)args;
	if (!uri)
		return fail_call(sh, "failed to get URI");
	render_value(sh, NULL, NULL, "uri", value_text(uri));
	return true;
}

const struct command command_uri = {
	.name = "uri",
	.summary = "print the hypervisor's canonical URI",
	.about = "Prints whose guests the commands are about: the URI of the connection.",
	.run = run_uri,
};

/* ---- connect ------------------------------------------------------------------------------ */

struct connect_args {
	const char *uri;
	unsigned readonly;
};

static const struct option connect_options[] = {
	{ .name = "name", VALUE_AT(OPTION_STRING, connect_args, uri),
	  .props = OPTION_POSITIONAL | OPTION_EMPTY_OK, .offer = OFFER_URIS,
	  .summary = "the URI; the default one unless given" },
	{ .name = "readonly", BIT_AT(connect_args, readonly, 1),
	  .summary = "refuse whatever would change something" },
	{ .name = NULL },
};

/* The connection before stays in use when the new one cannot be had. */
static bool run_connect(struct shell *sh, const void *args)
{
	const struct connect_args *a = args;
	auto_free char *uri = a->uri ? mem_copy(a->uri) : NULL;
	struct shell next = *sh;

	next.conn = NULL;
	next.settings.uri = uri;
	next.settings.readonly = a->readonly;
	if (!connection_need(&next))
		return false;
	connection_close(sh);
	free(sh->connected);
	sh->conn = next.conn;
	sh->connected = uri;
	sh->settings.uri = uri;
	sh->settings.readonly = a->readonly;
	uri = NULL;
	return true;
}

const struct command command_connect = {
	.name = "connect",
	.summary = "connect to another URI",
	.about = "The commands after it are about the guests of that URI. Without one it is the "
		 "default: the environment's, else qemu:///system for root and qemu:///session for "
		 "others. When it cannot be reached, the connection stays what it was.",
	.options = connect_options,
	.args_size = sizeof(struct connect_args),
	.props = COMMAND_OFFLINE,
	.run = run_connect,
};

/* ---- help --------------------------------------------------------------------------------- */

struct help_args {
	const char *command;
};

static const struct option help_options[] = {
	{ .name = "command", VALUE_AT(OPTION_STRING, help_args, command),
	  .props = OPTION_POSITIONAL, .offer = OFFER_COMMANDS, .summary = "a command, or the keyword of a group" },
	{ .name = NULL },
};

static bool fail_unknown(const struct shell *sh, const char *word)
{
	struct suggestions near = { .wanted = word };

	for (const struct group *g = groups; g->title; g++) {
		suggest_consider(&near, g->keyword);
		for (size_t i = 0; g->commands[i]; i++)
			suggest_consider(&near, g->commands[i]->name);
	}
	auto_free char *hint = suggest_text(&near, "");
	return fail_own(sh, VIR_ERR_INVALID_ARG, "command or command group '%s' doesn't exist%s",
			word, hint);
}

static bool run_help(struct shell *sh, const void *args)
{
	const struct help_args *a = args;
	const struct command *command = a->command ? table_find(a->command) : NULL;
	const struct group *group = a->command ? table_find_group(a->command) : NULL;

	if (!a->command)
		help_all(sh);
	else if (command)
		help_command(sh, command);
	else if (group)
		help_group(sh, group);
	else
		return fail_unknown(sh, a->command);
	return true;
}

const struct command command_help = {
	.name = "help",
	.summary = "print help",
	.about = "Without a word lists all commands; with one tells about that command or group.",
	.options = help_options,
	.args_size = sizeof(struct help_args),
	.props = COMMAND_OFFLINE,
	.run = run_help,
};

/* ---- echo --------------------------------------------------------------------------------- */

enum { ECHO_SHELL = 1, ECHO_XML = 2, ECHO_SPLIT = 4, ECHO_ERR = 8 };

struct echo_args {
	unsigned flags;
	struct word_list strings;
};

static const struct option echo_options[] = {
	{ .name = "shell", BIT_AT(echo_args, flags, ECHO_SHELL), .excludes = 1,
	  .summary = "quote each word for a shell" },
	{ .name = "xml", BIT_AT(echo_args, flags, ECHO_XML), .excludes = 1,
	  .summary = "escape each word for XML" },
	{ .name = "split", BIT_AT(echo_args, flags, ECHO_SPLIT),
	  .summary = "split each word at ','; ',,' stands for a comma" },
	{ .name = "err", BIT_AT(echo_args, flags, ECHO_ERR),
	  .summary = "print to standard error" },
	{ .name = "string", VALUE_AT(OPTION_REST, echo_args, strings),
	  .props = OPTION_POSITIONAL | OPTION_EMPTY_OK, .summary = "the words" },
	{ .name = NULL },
};

static void echo_part(struct buffer *out, unsigned flags, const char *text)
{
	auto_free char *done = flags & ECHO_SHELL ? text_quote(text)
			     : flags & ECHO_XML ? text_xml(text) : mem_copy(text);

	buffer_puts(out, done);
}

/* Parts, a line each; ",," is a comma within a part. */
static void echo_split(struct buffer *out, unsigned flags, const char *word)
{
	struct buffer part = { 0 };

	for (; *word; word++) {
		if (word[0] != ',' || word[1] == ',') {
			buffer_add(&part, word, 1);
			word += word[0] == ',';
			continue;
		}
		auto_free char *text = buffer_take(&part);
		echo_part(out, flags, text);
		buffer_puts(out, "\n");
	}
	auto_free char *last = buffer_take(&part);
	echo_part(out, flags, last);
}

static char *echo_text(const struct echo_args *a)
{
	struct buffer out = { 0 };

	for (size_t i = 0; i < a->strings.count; i++) {
		if (i > 0)
			buffer_puts(&out, a->flags & ECHO_SPLIT ? "\n" : " ");
		if (a->flags & ECHO_SPLIT)
			echo_split(&out, a->flags, a->strings.items[i]);
		else
			echo_part(&out, a->flags, a->strings.items[i]);
	}
	return buffer_take(&out);
}

static bool run_echo(struct shell *sh, const void *args)
{
	const struct echo_args *a = args;
	auto_free char *text = echo_text(a);

	if (a->flags & ECHO_ERR)
		warn(sh, "error: %s", text);
	else if (sh->settings.json)
		render_value(sh, NULL, NULL, "text", value_text(text));
	else
		print_block(sh, text);
	/* Its line is ended by the empty line that follows a command, as in virsh; with -q by itself. */
	if (!(a->flags & ECHO_ERR) && !sh->settings.json && sh->settings.quiet)
		print_raw("\n");
	return true;
}

const struct command command_echo = {
	.name = "echo",
	.summary = "print words, quoted as asked",
	.about = "Prints its words, to see how a command line is understood or to quote a name.",
	.options = echo_options,
	.args_size = sizeof(struct echo_args),
	.props = COMMAND_OFFLINE,
	.run = run_echo,
};

/* ---- cd, pwd, quit ------------------------------------------------------------------------ */

struct cd_args {
	const char *dir;
};

static const struct option cd_options[] = {
	{ .name = "dir", VALUE_AT(OPTION_STRING, cd_args, dir), .props = OPTION_POSITIONAL,
	  .offer = OFFER_DIRECTORIES, .summary = "the directory; your home unless given" },
	{ .name = NULL },
};

static bool run_cd(struct shell *sh, const void *args)
{
	const struct cd_args *a = args;
	const char *dir = a->dir ? a->dir : getenv("HOME");

	if (!sh->interactive)
		return fail_own(sh, VIR_ERR_OPERATION_INVALID,
				"cd: command valid only in interactive mode");
	if (!dir || chdir(dir) < 0)
		return fail_own(sh, VIR_ERR_SYSTEM_ERROR, "cd: %s: %s", dir ? dir : "no HOME",
				dir ? strerror(errno) : "name a directory");
	return true;
}

const struct command command_cd = {
	.name = "cd",
	.summary = "change the current directory",
	.about = "Changes where relative file names start. Only in an interactive session.",
	.options = cd_options,
	.args_size = sizeof(struct cd_args),
	.props = COMMAND_OFFLINE,
	.run = run_cd,
};

static bool run_pwd(struct shell *sh, const void *args)
{
	auto_free char *dir = getcwd(NULL, 0);

	(void)args;
	if (!dir)
		return fail_own(sh, VIR_ERR_SYSTEM_ERROR, "pwd: cannot get current directory: %s",
				strerror(errno));
	render_value(sh, NULL, NULL, "directory", value_text(dir));
	return true;
}

const struct command command_pwd = {
	.name = "pwd",
	.summary = "print the current directory",
	.about = "Prints the directory where relative file names start.",
	.props = COMMAND_OFFLINE,
	.run = run_pwd,
};

static bool run_quit(struct shell *sh, const void *args)
{
	(void)args;
	sh->leaving = true;
	return true;
}

const struct command command_quit = {
	.name = "quit",
	.summary = "leave the session",
	.about = "Ends an interactive session; commands after it in a string do not run.",
	.props = COMMAND_OFFLINE,
	.run = run_quit,
};

const struct command command_exit = {
	.name = "exit",
	.summary = "leave the session",
	.about = "Ends an interactive session; commands after it in a string do not run.",
	.props = COMMAND_OFFLINE,
	.run = run_quit,
};
