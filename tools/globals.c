/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "globals.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdarg.h>
#include <string.h>
#include <libvirt/virterror.h>

#include "output/errors.h"
#include "log.h"
#include "mem.h"
#include "language/numbers.h"

enum { JSON = 256, STRICT, NO_PKTTYAGENT };

static const struct {
	const char *spelling, *meaning;
} texts[] = {
	{ "-c, --connect URI", "whose guests: qemu:///session, qemu:///system, …" },
	{ "-d, --debug 0..4", "accepted" },
	{ "-e, --escape CHAR", "what leaves a console; ^] unless given" },
	{ "-h, --help", "this text" },
	{ "-k, --keepalive-interval N", "accepted: there is no daemon to keep alive" },
	{ "-K, --keepalive-count N", "accepted, likewise" },
	{ "-l, --log FILE", "append what ran and what failed to a file" },
	{ "-q, --quiet", "only data and errors" },
	{ "-r, --readonly", "refuse whatever would change something" },
	{ "-t, --timing", "tell how long each command took" },
	{ "-v, --version[=short|long]", "the version" },
	{ "-V", "the version and what it is made of" },
	{ "--json", "one JSON document for each command" },
	{ "--strict", "stop at the first command that fails" },
	{ "--no-pkttyagent", "accepted: nothing asks for a password" },
};

static const struct option long_options[] = {
	{ "connect", required_argument, NULL, 'c' },
	{ "debug", required_argument, NULL, 'd' },
	{ "escape", required_argument, NULL, 'e' },
	{ "help", no_argument, NULL, 'h' },
	{ "keepalive-interval", required_argument, NULL, 'k' },
	{ "keepalive-count", required_argument, NULL, 'K' },
	{ "log", required_argument, NULL, 'l' },
	{ "quiet", no_argument, NULL, 'q' },
	{ "readonly", no_argument, NULL, 'r' },
	{ "timing", no_argument, NULL, 't' },
	{ "version", optional_argument, NULL, 'v' },
	{ "json", no_argument, NULL, JSON },
	{ "strict", no_argument, NULL, STRICT },
	{ "no-pkttyagent", no_argument, NULL, NO_PKTTYAGENT },
	{ NULL, 0, NULL, 0 },
};

bool globals_text(size_t i, const char **ret_spelling, const char **ret_meaning)
{
	if (i >= sizeof(texts) / sizeof(*texts))
		return false;
	*ret_spelling = texts[i].spelling;
	*ret_meaning = texts[i].meaning;
	return true;
}

void globals_print(void)
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		printf("    %-28s %s\n", texts[i].spelling, texts[i].meaning);
}

static enum globals_act refuse(const struct shell *sh, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static enum globals_act refuse(const struct shell *sh, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	auto_free char *text = mem_vformat(format, args);
	va_end(args);
	fail_own(sh, VIR_ERR_INVALID_ARG, "%s", text);
	return GLOBALS_REFUSED;
}

/* '^x' is the control character of x; else one character stands for itself. */
static bool parse_escape(const char *text, char *ret_escape)
{
	size_t length = strlen(text);

	if (length == 1)
		*ret_escape = text[0];
	else if (length == 2 && text[0] == '^')
		*ret_escape = (char)(text[1] & 0x1f);
	return length == 1 || (length == 2 && text[0] == '^');
}

/* Options with a number that is checked and has no effect. */
static enum globals_act check_number(const struct shell *sh, int option)
{
	long long n;

	if (option == 'd' && !number_parse(optarg, 0, 4, &n))
		warn(sh, "error: ignoring debug level %s out of range [0-4]", optarg);
	if (option != 'd' && !number_parse(optarg, 0, INT_MAX, &n))
		return refuse(sh, "option -%c requires a positive integer argument, not '%s'",
			      option, optarg);
	return GLOBALS_RUN;
}

static enum globals_act version_act(const struct shell *sh)
{
	const char *kind = optarg ? optarg + (*optarg == '=') : "short";

	if (strcmp(kind, "long") == 0)
		return GLOBALS_VERSION_LONG;
	if (strcmp(kind, "short") == 0)
		return GLOBALS_VERSION;
	return refuse(sh, "version is 'short' or 'long', not '%s'", kind);
}

static enum globals_act refuse_option(const struct shell *sh, int option, char **argv)
{
	char letter[3] = { '-', (char)optopt, '\0' };
	bool is_long = !optopt || optopt >= JSON || strncmp(argv[optind - 1], "--", 2) == 0;
	const char *word = is_long ? argv[optind - 1] : letter;

	if (option == ':')
		return refuse(sh, "option '%s' requires an argument", word);
	return refuse(sh, "unsupported option '%s'. See --help.", word);
}

static void set_flag(struct settings *s, int option)
{
	s->quiet |= option == 'q';
	s->readonly |= option == 'r';
	s->timing |= option == 't';
	s->json |= option == JSON;
	s->strict |= option == STRICT;
}

static enum globals_act open_log(struct shell *sh, const char *path)
{
	if (log_open(sh, path))
		return GLOBALS_RUN;
	return refuse(sh, "failed to open the log file '%s': %s", path, strerror(errno));
}

static enum globals_act take(struct shell *sh, int option, char **argv)
{
	switch (option) {
	case 'c':
		sh->settings.uri = optarg;
		return GLOBALS_RUN;
	case 'd':
	case 'k':
	case 'K':
		return check_number(sh, option);
	case 'e':
		if (parse_escape(optarg, &sh->settings.escape))
			return GLOBALS_RUN;
		return refuse(sh, "'%s' is not an escape character, such as ^]", optarg);
	case 'l':
		return open_log(sh, optarg);
	case 'h':
		return GLOBALS_HELP;
	case 'v':
		return version_act(sh);
	case 'V':
		return GLOBALS_VERSION_LONG;
	case '?':
	case ':':
		return refuse_option(sh, option, argv);
	default:
		set_flag(&sh->settings, option);
		return GLOBALS_RUN;
	}
}

/* Ours before virsh's; NULL when neither says anything. */
static const char *environment(const char *ours, const char *theirs, const char **ret_name)
{
	const char *value = getenv(ours);

	*ret_name = value && *value ? ours : theirs;
	value = getenv(*ret_name);
	return value && *value ? value : NULL;
}

/* What options have not said. A value that is no good is told and passed over. */
static void take_environment(struct shell *sh)
{
	const char *name, *level = environment("DOMSH_DEBUG", "VIRSH_DEBUG", &name), *path;
	long long n;

	if (level && !number_parse(level, 0, 4, &n))
		warn(sh, "error: ignoring %s: '%s' is not a debug level from 0 to 4", name, level);
	path = environment("DOMSH_LOG_FILE", "VIRSH_LOG_FILE", &name);
	if (path && !sh->log && !log_open(sh, path))
		warn(sh, "error: ignoring %s: cannot open '%s': %s", name, path, strerror(errno));
}

static const char letters[] = "+:c:d:e:hk:K:l:qrtv::V";

enum globals_act globals_parse(struct shell *sh, int argc, char **argv, int *ret_rest)
{
	enum globals_act act = GLOBALS_RUN;
	int option;

	while (act == GLOBALS_RUN &&
	       (option = getopt_long(argc, argv, letters, long_options, NULL)) != -1)
		act = take(sh, option, argv);
	*ret_rest = optind;
	if (act == GLOBALS_RUN)
		take_environment(sh);
	return act;
}

/* ---- For completion ----------------------------------------------------------------------- */

const char *globals_name(size_t i, int *ret_letter)
{
	*ret_letter = long_options[i].val;
	return long_options[i].name;
}

static void note(struct globals_seen *seen, int option)
{
	for (size_t i = 0; long_options[i].name; i++)
		if (long_options[i].val == option)
			seen->used |= 1u << i;
	if (option == 'c')
		seen->uri = optarg;
}

bool globals_peek(const char *const *words, size_t count, struct globals_seen *ret_seen)
{
	auto_free char **argv = mem_alloc((count + 2) * sizeof(*argv));
	struct globals_seen seen = { 0 };
	char program[] = "";
	int option;

	argv[0] = program;
	for (size_t i = 0; i < count; i++)
		argv[i + 1] = (char *)words[i];
	optind = 0; /* from the start, although main's own options were read before */
	while ((option = getopt_long((int)count + 1, argv, letters, long_options, NULL)) != -1) {
		if (option == '?')
			return false;
		if (option == ':')
			seen.awaiting = optopt;
		note(&seen, option);
	}
	seen.rest = (size_t)optind - 1;
	*ret_seen = seen;
	return true;
}
