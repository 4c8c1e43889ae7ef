/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The QMP client against a hostile peer (tests/fake-qemu.c): every case ends within its deadline,
 * in bounded memory, with the right error, and leaves no descriptor open. */
#include <dirent.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/sys.h"
#include "base/util.h"
#include "driver/qemu/qmp.h"

#define CALL_MS 400
#define SLACK_MS 5000 /* a busy machine; what waits for ever is found all the same */
#define MEMORY_MAX_KIB (160 * 1024)
#define FINE 0

/* What a `query-status` sent to the script ends with. */
struct row {
	const char *name, *script;
	int code;          /* virErrorNumber, FINE: answered */
	const char *words; /* in the message; NULL: any */
};

#define ANSWER "expect query-status\nreply {\"status\": \"running\"}\n"
#define GONE VIR_ERR_OPERATION_INVALID
#define LATE VIR_ERR_OPERATION_TIMEOUT
#define ODD VIR_ERR_INTERNAL_ERROR
#define REFUSED VIR_ERR_OPERATION_FAILED

static const struct row rows[] = {
	{"ordinary", "greet\n" ANSWER "silence\n", FINE, NULL},
	{"ordinary-then-close", "greet\n" ANSWER "close\n", FINE, NULL},
	{"no-greeting", "silence\n", LATE, "did not greet"},
	{"close-at-once", "close\n", GONE, NULL},
	{"half-greeting", "send {\"QMP\": {\"ver\nclose\n", GONE, NULL},
	{"half-greeting-silence", "send {\"QMP\": {\"ver\nsilence\n", LATE, NULL},
	{"greeting-twice", "hello\nhello\nsilence\n", ODD, "greeting"},
	{"greeting-wrong-type", "line {\"QMP\": 1}\nsilence\n", ODD, NULL},
	{"no-capabilities", "hello\nsilence\n", LATE, NULL},
	{"capabilities-refused",
	 "hello\nexpect qmp_capabilities\nrefuse \"no\"\nsilence\n", ODD, NULL},
	{"reply-before-greeting",
	 "line {\"return\": {}, \"id\": 1}\nsilence\n", ODD, "no greeting"},
	{"event-before-greeting", "line {\"event\": \"STOP\"}\nsilence\n", ODD, "no greeting"},
	{"close-after-greeting", "hello\nclose\n", GONE, NULL},
	{"close-after-capabilities", "greet\nclose\n", GONE, NULL},
	{"close-after-command", "greet\nexpect query-status\nclose\n", GONE, NULL},
	{"half-reply",
	 "greet\nexpect query-status\nsend {\"return\": {}, \"id\": $ID\nclose\n", GONE, NULL},
	{"half-reply-silence",
	 "greet\nexpect query-status\nsend {\"return\"\nsilence\n", LATE, NULL},
	{"reset", "greet\nreset\n", GONE, NULL},
	{"silence", "greet\nsilence\n", LATE, "did not answer"},
	{"refused",
	 "greet\nexpect query-status\nrefuse \"not now\"\nsilence\n", REFUSED, "not now"},
	{"error-without-text",
	 "greet\nexpect query-status\nline {\"error\": {}, \"id\": $ID}\nsilence\n",
	 REFUSED, "no reason"},
	{"error-wrong-type",
	 "greet\nexpect query-status\nline {\"error\": 7, \"id\": $ID}\nsilence\n",
	 REFUSED, "no reason"},
	{"error-with-terminal-codes",
	 "greet\nexpect query-status\nrefuse \"a\\\\u001b[31mb\\\\u202ec\"\nsilence\n", REFUSED,
	 "a [31mb c"},
	{"line-without-end", "greet\nfill 20000000 a\nsilence\n", ODD, "more than"},
	{"long-line", "greet\nexpect query-status\nsend {\"return\": {\"x\": \"\nfill 9000000 a\n"
		      "line \"}, \"id\": $ID}\nsilence\n", FINE, NULL},
	{"many-values", "greet\nsend {\"return\": [0\nfill 8000000 ,\nline ]}\nsilence\n", ODD,
	 "too many values"},
	{"deep", "greet\nsend {\"event\": \nfill 100000 [\nline x\nsilence\n", ODD, NULL},
	{"byte-by-byte",
	 "hello\nexpect qmp_capabilities\nslowly 50 {\"return\": {}, \"id\": $ID}\\n\n"
			 "silence\n", LATE, NULL},
	{"slow-but-in-time",
	 "greet\nexpect query-status\nslowly 2 {\"return\": {}, \"id\": $ID}\\n\n"
			     "silence\n", FINE, NULL},
	{"event-flood", "greet\nflood {\"event\": \"STOP\", \"data\": {\"a\": 1}}\n", LATE, NULL},
	{"events-then-reply", "greet\nexpect query-status\nrepeat 20000 {\"event\": \"STOP\"}\n"
			      "reply {}\nsilence\n", FINE, NULL},
	{"blank-lines",
	 "greet\nrepeat 1000 \nexpect query-status\nreply {}\nsilence\n", FINE, NULL},
	{"id-of-nobody",
	 "greet\nexpect query-status\nline {\"return\": {}, \"id\": 99}\nsilence\n", ODD, NULL},
	{"id-zero",
	 "greet\nexpect query-status\nline {\"return\": {}, \"id\": 0}\nsilence\n", ODD, NULL},
	{"id-old",
	 "greet\nexpect query-status\nline {\"return\": 1, \"id\": 1}\nreply {}\nsilence\n"
	 "", FINE, NULL},
	{"id-twice",
	 "greet\nexpect query-status\nreply {}\nreply {\"late\": true}\nsilence\n", FINE, NULL},
	{"id-missing", "greet\nexpect query-status\nline {\"return\": {}}\nsilence\n", ODD, NULL},
	{"id-string",
	 "greet\nexpect query-status\nline {\"return\": {}, \"id\": \"2\"}\nsilence\n", ODD, NULL},
	{"id-fraction",
	 "greet\nexpect query-status\nline {\"return\": {}, \"id\": 2.0}\nsilence\n", ODD, NULL},
	{"id-huge",
	 "greet\nexpect query-status\nline {\"return\": {}, \"id\": 18446744073709551618}\n"
	 "silence\n",
	 ODD, NULL},
	{"reply-before-request", "greet\nline {\"return\": {}, \"id\": 3}\nsilence\n", ODD, NULL},
	{"return-and-error", "greet\nexpect query-status\n"
			     "line {\"return\": {}, \"error\": {}, \"id\": $ID}\nsilence\n", ODD, NULL},
	{"nothing-known", "greet\nline {\"hello\": 1}\nsilence\n", ODD, NULL},
	{"not-an-object", "greet\nline [1, 2]\nsilence\n", ODD, NULL},
	{"null", "greet\nline null\nsilence\n", ODD, NULL},
	{"two-on-a-line",
	 "greet\nline {\"event\": \"A\"} {\"event\": \"B\"}\nsilence\n", ODD, NULL},
	{"not-a-number",
	 "greet\nexpect query-status\nline {\"return\": NaN, \"id\": $ID}\nsilence\n", FINE, NULL},
	{"infinite", "greet\nexpect query-status\nreply {\"x\": 1e999}\nsilence\n", FINE, NULL},
	{"zero-byte", "greet\nline {\"event\": \"A\\x00B\"}\nsilence\n", ODD, NULL},
	{"escaped-zero", "greet\nline {\"event\": \"A\\\\u0000B\"}\nsilence\n", ODD, NULL},
	{"lone-surrogate",
	 "greet\nexpect query-status\nreply {\"x\": \"\\\\ud800\"}\nsilence\n", FINE, NULL},
	{"bad-utf8",
	 "greet\nexpect query-status\nreply {\"x\": \"\\xff\\xfe\"}\nsilence\n", ODD, NULL},
	{"event-without-name", "greet\nline {\"event\": 5}\nsilence\n", ODD, NULL},
	{"event-data-wrong", "greet\nline {\"event\": \"A\", \"data\": []}\nsilence\n", ODD, NULL},
	{"duplicate-keys", "greet\nexpect query-status\n"
			   "line {\"return\": 1, \"return\": {}, \"id\": $ID}\nsilence\n", FINE, NULL},
	{"descriptors",
	 "greet\nfds 200\nfds 100\nexpect query-status\nreply {}\nsilence\n", FINE, NULL},
	{"return-null", "greet\nexpect query-status\nreply null\nsilence\n", FINE, NULL},
};

/* ---- Rig ---- */

struct rig {
	char *dir;
	int socket;
	pid_t peer;
};

static char *fake_path(void)
{
	g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
	g_autofree char *dir = g_path_get_dirname(self);
	g_autofree char *given = g_strdup(g_getenv("FAKE_QEMU"));

	return given ? g_steal_pointer(&given) : g_build_filename(dir, "..", "fake-qemu", NULL);
}

static void rig_start(struct rig *r, const char *script)
{
	g_autofree char *program = fake_path();
	g_autofree char *file = NULL;
	g_autoptr(GError) error = NULL;
	int pair[2];

	r->dir = g_dir_make_tmp("domsh-qmp-XXXXXX", &error);
	g_assert_no_error(error);
	file = g_build_filename(r->dir, "script", NULL);
	g_assert_true(g_file_set_contents(file, script, -1, NULL));
	g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), ==, 0);
	r->socket = pair[0];
	r->peer = fork();
	if (r->peer == 0) {
		dup2(pair[1], 3);
		execl(program, "fake-qemu", "--fd", "3", file, NULL);
		_exit(127);
	}
	close(pair[1]);
}

static void rig_stop(struct rig *r)
{
	kill(r->peer, SIGKILL);
	waitpid(r->peer, NULL, 0);
	g_assert_true(sys_remove_tree(AT_FDCWD, r->dir, NULL));
	g_free(r->dir);
}

static int count_fds(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int n = 0;

	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

static void check_memory(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
#ifndef __SANITIZE_ADDRESS__
	g_assert_cmpint(usage.ru_maxrss, <, MEMORY_MAX_KIB);
#endif
}

/* ---- Tests ---- */

static void test_row(gconstpointer data)
{
	const struct row *row = data;
	int fds = count_fds();
	struct rig r;
	g_autoptr(GError) error = NULL;
	json_object *value = NULL;
	struct qmp *q;
	gint64 start;
	bool done;

	rig_start(&r, row->script);
	q = qmp_new(r.socket);
	start = mono_ms();
	/* What is to succeed may take its time on a busy machine. */
	done = qmp_call_fd(q, "query-status", NULL, -1, row->code == FINE ? SLACK_MS : CALL_MS,
			   &value, &error);
	g_assert_cmpint(mono_ms() - start, <, CALL_MS + SLACK_MS);
	json_object_put(value);
	if (error)
		g_test_message("%s", error->message);
	g_assert_cmpint(done, ==, row->code == FINE);
	if (row->code != FINE)
		g_assert_error(error, DOM_ERROR, row->code);
	if (row->words)
		g_assert_nonnull(strstr(error->message, row->words));
	g_assert_cmpint(qmp_state(q) == QMP_CLOSED, ==, row->code == GONE || row->code == ODD);
	qmp_free(q);
	rig_stop(&r);
	g_assert_cmpint(count_fds(), ==, fds);
	check_memory();
}

/* A late reply must not be taken for the answer to the next command. */
static void test_late_reply(void)
{
	struct rig r;
	g_autoptr(GError) error = NULL;
	g_autoptr(json_object) value = NULL;
	g_autoptr(qmp_client) q = NULL;
	gint64 number = 0;

	rig_start(&r, "greet\nexpect first\nwait 200\nreply {\"n\": 1}\nexpect second\n"
		      "reply {\"n\": 2}\nsilence\n");
	q = qmp_new(r.socket);
	g_assert_false(qmp_call_fd(q, "first", NULL, -1, 100, NULL, &error));
	g_assert_error(error, DOM_ERROR, VIR_ERR_OPERATION_TIMEOUT);
	g_clear_error(&error);
	g_assert_true(qmp_call(q, "second", NULL, &value, &error));
	g_assert_no_error(error);
	g_assert_true(json_get_int(value, "n", &number));
	g_assert_cmpint(number, ==, 2);
	rig_stop(&r);
}

/* Events before a reply keep their order; what was said before the end is still there after it. */
static void test_events(void)
{
	struct rig r;
	g_autoptr(qmp_client) q = NULL;
	g_autoptr(qmp_event) first = NULL;
	g_autoptr(qmp_event) second = NULL;
	const char *reason;

	rig_start(&r, "greet\nexpect quit\nline {\"event\": \"STOP\"}\n"
		      "line {\"event\": \"SHUTDOWN\", \"data\": {\"reason\": \"host-qmp-quit\"}}\n"
		      "close\n");
	q = qmp_new(r.socket);
	g_assert_false(qmp_call(q, "quit", NULL, NULL, NULL));
	g_assert_cmpint(qmp_state(q), ==, QMP_CLOSED);
	first = qmp_take_event(q);
	second = qmp_take_event(q);
	g_assert_cmpstr(first->name, ==, "STOP");
	g_assert_null(first->data);
	g_assert_cmpstr(second->name, ==, "SHUTDOWN");
	g_assert_true(json_get_string(second->data, "reason", &reason));
	g_assert_cmpstr(reason, ==, "host-qmp-quit");
	g_assert_null(qmp_take_event(q));
	g_assert_false(qmp_lost_events(q));
	rig_stop(&r);
}

static void test_lost_events(void)
{
	struct rig r;
	g_autoptr(qmp_client) q = NULL;
	struct qmp_event *ev;
	unsigned int n = 0;

	rig_start(&r, "greet\nexpect x\nrepeat 5000 {\"event\": \"A\"}\nline {\"event\": \"B\"}\n"
		      "reply {}\nsilence\n");
	q = qmp_new(r.socket);
	g_assert_true(qmp_call(q, "x", NULL, NULL, NULL));
	g_assert_true(qmp_lost_events(q));
	g_assert_false(qmp_lost_events(q));
	for (; (ev = qmp_take_event(q)); n++) {
		g_assert_true(n < QMP_EVENTS_MAX);
		g_assert_cmpstr(ev->name, ==, n == QMP_EVENTS_MAX - 1 ? "B" : "A");
		qmp_event_free(ev);
	}
	g_assert_cmpuint(n, ==, QMP_EVENTS_MAX);
	rig_stop(&r);
}

/* A truncation of a good conversation at every byte ends as "gone" or is answered. */
static void test_every_byte(void)
{
	static const char talk[] =
		"{\"QMP\": {\"version\": {}, \"capabilities\": []}}\r\n{\"return\": {}, \"id\": 1}\r\n"
		"{\"event\": \"STOP\"}\r\n{\"return\": {\"status\": \"running\"}, \"id\": 2}\r\n";

	for (size_t size = 0; size <= strlen(talk); size++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(qmp_client) q = NULL;
		bool is_whole = size >= strlen(talk) - 1;
		int pair[2];

		/* Without the peer's reading: it has said all before we begin. */
		g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), ==, 0);
		q = qmp_new(pair[0]);
		g_assert_cmpint(qmp_send(q, "query-status", NULL, -1, &error), ==, 2);
		g_assert_cmpint(write(pair[1], talk, size), ==, (ssize_t)size);
		shutdown(pair[1], SHUT_WR);
		while (qmp_step(q, NULL))
			;
		g_assert_cmpint(qmp_state(q), ==, QMP_CLOSED);
		g_assert_cmpint(qmp_take_reply(q, 2, NULL, &error), ==, size == strlen(talk));
		if (!is_whole)
			g_assert_error(error, DOM_ERROR, VIR_ERR_OPERATION_INVALID);
		close(pair[1]);
	}
}

static void test_clean(void)
{
	g_autofree char *long_text = g_strnfill(100000, 'x');
	g_autofree char *a = qmp_clean("a\nb\x1b[0m\xff\u200b");
	g_autofree char *b = qmp_clean(long_text);
	g_autofree char *c = qmp_clean("");

	g_assert_cmpstr(a, ==, "a b [0m\ufffd");
	g_assert_cmpuint(strlen(b), ==, 400);
	g_assert_cmpstr(c, ==, "");
}

static void test_connect(void)
{
	g_autofree char *dir = g_dir_make_tmp("domsh-qmp-XXXXXX", NULL);
	int dirfd = open_dir_at(AT_FDCWD, dir);
	g_autoptr(qmp_client) q = NULL;
	g_autoptr(GError) error = NULL;
	int fd;

	g_assert_null(qmp_connect(dirfd, "ctl.qmp", &error));
	g_assert_error(error, DOM_ERROR, VIR_ERR_OPERATION_INVALID);
	g_clear_error(&error);
	fd = sys_bind_unix(dirfd, "ctl.qmp"); /* bound, not listening */
	g_assert_null(qmp_connect(dirfd, "ctl.qmp", &error));
	g_assert_error(error, DOM_ERROR, VIR_ERR_OPERATION_INVALID);
	g_clear_error(&error);
	g_assert_cmpint(listen(fd, 0), ==, 0);
	q = qmp_connect(dirfd, "ctl.qmp", &error);
	g_assert_no_error(error);
	g_assert_cmpint(qmp_peer_pid(q), ==, getpid());
	g_assert_null(qmp_connect(dirfd, "ctl.qmp", &error)); /* the backlog is full */
	g_assert_error(error, DOM_ERROR, VIR_ERR_OPERATION_TIMEOUT);
	close(fd);
	close(dirfd);
	g_assert_true(sys_remove_tree(AT_FDCWD, dir, NULL));
}

/* Each command is a point at which a fault can be injected. */
static void test_fault(void)
{
	struct rig r;
	g_autoptr(GError) error = NULL;
	g_autoptr(qmp_client) q = NULL;

	rig_start(&r, "greet\nserve\n");
	q = qmp_new(r.socket);
	sys_fault_set("eio:2");
	g_assert_true(qmp_call(q, "stop", NULL, NULL, &error));
	g_assert_no_error(error);
	g_assert_false(qmp_call(q, "cont", NULL, NULL, &error));
	g_assert_true(sys_fault_fired());
	g_assert_error(error, OS_ERROR, 5);
	sys_fault_set(NULL);
	g_clear_error(&error);
	g_assert_true(qmp_call(q, "cont", NULL, NULL, &error));
	rig_stop(&r);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *path = g_strconcat("/qmp/hostile/", rows[i].name, NULL);

		g_test_add_data_func(path, &rows[i], test_row);
	}
	g_test_add_func("/qmp/late-reply", test_late_reply);
	g_test_add_func("/qmp/events", test_events);
	g_test_add_func("/qmp/lost-events", test_lost_events);
	g_test_add_func("/qmp/every-byte", test_every_byte);
	g_test_add_func("/qmp/clean", test_clean);
	g_test_add_func("/qmp/connect", test_connect);
	g_test_add_func("/qmp/fault", test_fault);
	return g_test_run();
}
