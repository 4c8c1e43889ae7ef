/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A fake QEMU: speaks QMP from a script.
 *
 *   fake-qemu --fd N SCRIPT    on the connected socket N
 *   fake-qemu QEMU-ARGUMENTS   as an emulator: listens on the descriptors of its two monitors
 *                              ("-chardev socket,id=…,fd=N"), plays the script named by the file
 *                              that it was executed as plus ".script" to every client
 *
 * One instruction per line; '#' begins a comment. TEXT has the escapes \n \r \t \\ \xNN; $ID in it
 * is the id of the last command that `expect` read.
 *
 *   greet             the ordinary greeting; expects and answers qmp_capabilities
 *   hello             the greeting alone
 *   line TEXT         TEXT and a line end
 *   send TEXT         TEXT as it is
 *   expect COMMAND    read a command, which must be that one ('*': any)
 *   reply TEXT        {"return": TEXT, "id": $ID}
 *   refuse TEXT       {"error": {"class": "GenericError", "desc": TEXT}, "id": $ID}
 *   repeat N TEXT     the line N times
 *   flood TEXT        the line for ever
 *   fill N C          N times the character C
 *   slowly MS TEXT    one byte each MS milliseconds
 *   fds N             a blank with N descriptors
 *   wait MS           sleep
 *   silence           for ever
 *   serve             answer all further commands: `query-status` says running, `quit` ends, all
 *                     others {}
 *   reset             close with the peer's bytes unread: it gets ECONNRESET
 *   close             close
 *   exit N            end the process
 */
#include <errno.h>
#include <json-c/json.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define GREETING                                                                    \
	"{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 0, \"minor\": 2, \"major\": 7}, " \
	"\"package\": \"fake\"}, \"capabilities\": []}}\r\n"

struct player {
	int fd;
	char id[32];               /* of the last command, as JSON */
	char last[64];             /* its name */
	struct json_tokener *tok;
};

static void die(const char *what)
{
	fprintf(stderr, "fake-qemu: %s\n", what);
	exit(3);
}

/* False when the peer has gone. */
static bool put(struct player *p, const char *text, size_t size)
{
	while (size > 0) {
		ssize_t n = send(p->fd, text, size, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		text += n;
		size -= (size_t)n;
	}
	return true;
}

static int hex_byte(const char *digits)
{
	char two[3] = {digits[0], digits[0] ? digits[1] : '\0', '\0'};

	return (int)strtol(two, NULL, 16);
}

/* Escapes and $ID, with `end` behind it; the caller frees. */
static char *expand(const struct player *p, const char *text, const char *end, size_t *ret_size)
{
	char *out = malloc(strlen(text) * (1 + sizeof(p->id)) + strlen(end) + 1);
	size_t n = 0;

	while (*text) {
		if (strncmp(text, "$ID", 3) == 0) {
			n += (size_t)sprintf(out + n, "%s", p->id);
			text += 3;
		} else if (text[0] == '\\' && text[1] == 'x') {
			out[n++] = (char)hex_byte(text + 2);
			text += 4;
		} else if (text[0] == '\\' && text[1] && strchr("nrt\\", text[1])) {
			out[n++] = "\n\r\t\\"[strchr("nrt\\", text[1]) - "nrt\\"];
			text += 2;
		} else {
			out[n++] = *text++;
		}
	}
	strcpy(out + n, end);
	*ret_size = n + strlen(end);
	return out;
}

static bool put_text(struct player *p, const char *text, const char *end)
{
	size_t size;
	char *out = expand(p, text, end, &size);
	bool done = put(p, out, size);

	free(out);
	return done;
}

/* Read one command, and no byte more, so that `reset` finds the next unread. Commands have no line
 * ends: they are cut by their braces. */
static struct json_object *get(struct player *p)
{
	struct json_object *command = NULL;
	char byte;

	while (!command) {
		if (recv(p->fd, &byte, 1, 0) != 1)
			return NULL;
		command = json_tokener_parse_ex(p->tok, &byte, 1);
		if (!command && json_tokener_get_error(p->tok) != json_tokener_continue)
			die("the client does not speak JSON");
	}
	return command;
}

/* Read a command and remember its name and id. */
static bool listen_for(struct player *p, const char *wanted)
{
	struct json_object *command = get(p);
	struct json_object *part = NULL;

	if (!command)
		return false;
	json_object_object_get_ex(command, "execute", &part);
	snprintf(p->last, sizeof(p->last), "%s", part ? json_object_get_string(part) : "");
	json_object_object_get_ex(command, "id", &part);
	snprintf(p->id, sizeof(p->id), "%s", part ? json_object_to_json_string(part) : "null");
	json_object_put(command);
	if (strcmp(wanted, "*") != 0 && strcmp(wanted, p->last) != 0)
		die(p->last);
	return true;
}

/* ---- Instructions ---- */

static bool do_hello(struct player *p, const char *text)
{
	(void)text;
	return put(p, GREETING, strlen(GREETING));
}

static bool do_line(struct player *p, const char *text)
{
	return put_text(p, text, "\r\n");
}

static bool do_send(struct player *p, const char *text)
{
	return put_text(p, text, "");
}

static bool do_reply(struct player *p, const char *text)
{
	return put_text(p, "{\"return\": ", "") && put_text(p, text, "") &&
	       put_text(p, ", \"id\": $ID}", "\r\n");
}

static bool do_refuse(struct player *p, const char *text)
{
	return put_text(p, "{\"error\": {\"class\": \"GenericError\", \"desc\": ", "") &&
	       put_text(p, text, "") && put_text(p, "}, \"id\": $ID}", "\r\n");
}

static bool do_greet(struct player *p, const char *text)
{
	return do_hello(p, text) && listen_for(p, "qmp_capabilities") && do_reply(p, "{}");
}

static bool do_repeat(struct player *p, const char *text)
{
	char *rest;
	long n = strtol(text, &rest, 10);

	while (n-- > 0)
		if (!put_text(p, rest + 1, "\r\n"))
			return false;
	return true;
}

static bool do_flood(struct player *p, const char *text)
{
	while (put_text(p, text, "\r\n"))
		;
	return false;
}

static bool do_fill(struct player *p, const char *text)
{
	char block[65536], *rest;
	long n = strtol(text, &rest, 10);

	memset(block, rest[1], sizeof(block));
	for (; n > 0; n -= (long)sizeof(block))
		if (!put(p, block, n < (long)sizeof(block) ? (size_t)n : sizeof(block)))
			return false;
	return true;
}

static bool do_slowly(struct player *p, const char *text)
{
	char *rest;
	long ms = strtol(text, &rest, 10);
	size_t size;
	char *out = expand(p, rest + 1, "", &size);
	bool done = true;

	for (size_t i = 0; i < size && done; i++) {
		done = put(p, out + i, 1);
		usleep((useconds_t)ms * 1000);
	}
	free(out);
	return done;
}

static bool do_fds(struct player *p, const char *text)
{
	union {
		char bytes[CMSG_SPACE(253 * sizeof(int))];
		struct cmsghdr align;
	} control = {0};
	char blank = ' ';
	struct iovec iov = {.iov_base = &blank, .iov_len = 1};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1, .msg_control = control.bytes};
	size_t n = strtoul(text, NULL, 10);

	msg.msg_controllen = CMSG_SPACE(n * sizeof(int));
	control.align.cmsg_level = SOL_SOCKET;
	control.align.cmsg_type = SCM_RIGHTS;
	control.align.cmsg_len = CMSG_LEN(n * sizeof(int));
	for (size_t i = 0; i < n; i++)
		memcpy(CMSG_DATA(&control.align) + i * sizeof(int), &p->fd, sizeof(int));
	return sendmsg(p->fd, &msg, MSG_NOSIGNAL) == 1;
}

static bool do_wait(struct player *p, const char *text)
{
	(void)p;
	usleep((useconds_t)strtol(text, NULL, 10) * 1000);
	return true;
}

static bool do_silence(struct player *p, const char *text)
{
	char byte;

	(void)text;
	/* Until the peer goes away, so that no test leaves a process behind. */
	while (recv(p->fd, &byte, 1, 0) > 0)
		;
	return false;
}

static bool do_serve(struct player *p, const char *text)
{
	(void)text;
	while (listen_for(p, "*")) {
		bool is_status = strcmp(p->last, "query-status") == 0;

		if (!do_reply(p, is_status ? "{\"status\": \"running\", \"running\": true}" : "{}"))
			return false;
		if (strcmp(p->last, "quit") == 0)
			exit(0);
	}
	return false;
}

static bool do_reset(struct player *p, const char *text)
{
	char byte;

	(void)text;
	recv(p->fd, &byte, 1, MSG_PEEK); /* something unread must be there */
	close(p->fd);
	return false;
}

static bool do_close(struct player *p, const char *text)
{
	(void)text;
	close(p->fd);
	return false;
}

static bool do_exit(struct player *p, const char *text)
{
	(void)p;
	exit(atoi(text));
}

static const struct instruction {
	const char *word;
	bool (*run)(struct player *p, const char *text);
} instructions[] = {
	{"greet", do_greet},   {"hello", do_hello},     {"line", do_line},     {"send", do_send},
	{"expect", listen_for}, {"reply", do_reply},    {"refuse", do_refuse}, {"repeat", do_repeat},
	{"flood", do_flood},   {"fill", do_fill},       {"slowly", do_slowly}, {"fds", do_fds},
	{"wait", do_wait},     {"silence", do_silence}, {"serve", do_serve},   {"reset", do_reset},
	{"close", do_close},   {"exit", do_exit},
};

static bool perform(struct player *p, char *line)
{
	char *text = line + strcspn(line, " ");

	if (*text)
		*text++ = '\0';
	for (size_t i = 0; i < sizeof(instructions) / sizeof(instructions[0]); i++)
		if (strcmp(instructions[i].word, line) == 0)
			return instructions[i].run(p, text);
	die(line);
	return false;
}

/* Play the whole script to one client. */
static void play(int fd, const char *script)
{
	struct player p = {.fd = fd, .tok = json_tokener_new()};
	FILE *file = fopen(script, "re");
	char *line = NULL;
	size_t size = 0;
	ssize_t n;
	bool goes_on = true;

	if (!file)
		die(script);
	while (goes_on && (n = getline(&line, &size, file)) > 0) {
		line[strcspn(line, "\n")] = '\0';
		if (*line && *line != '#')
			goes_on = perform(&p, line);
	}
	free(line);
	fclose(file);
	json_tokener_free(p.tok);
	close(fd);
}

/* ---- As an emulator ---- */

static const char *script_path;

static void *play_all(void *data)
{
	int listener = *(int *)data;

	for (;;) {
		int fd = accept(listener, NULL, NULL);

		if (fd >= 0)
			play(fd, script_path);
	}
	return NULL;
}

static int be_emulator(int argc, char **argv)
{
	static int listeners[2];
	pthread_t threads[2];
	int n = 0;
	size_t size = strlen(argv[0]) + sizeof(".script");
	char *path = malloc(size);

	snprintf(path, size, "%s.script", argv[0]);
	script_path = path;
	for (int i = 1; i < argc && n < 2; i++) {
		const char *fd = strstr(argv[i], ",fd=");

		if (strncmp(argv[i], "socket,id=", 10) == 0 && fd)
			listeners[n++] = atoi(fd + 4);
	}
	for (int i = 0; i < n; i++)
		pthread_create(&threads[i], NULL, play_all, &listeners[i]);
	for (int i = 0; i < n; i++)
		pthread_join(threads[i], NULL);
	return n > 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN);
	if (argc == 4 && strcmp(argv[1], "--fd") == 0) {
		play(atoi(argv[2]), argv[3]);
		return 0;
	}
	return be_emulator(argc, argv);
}
