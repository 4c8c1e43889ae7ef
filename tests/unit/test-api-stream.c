/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Streams, and the lines behind them: bytes, ends, and who may not use them. */
#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>
#include "api/handle.h"
#include "api/line.h"
#include "base/cleanup.h"

/* ---- Lines -------------------------------------------------------------------------------- */

/* A line whose other end the test holds. */
struct fixture {
	struct line *line;
	int other, asked, lock;
};

static void set_up(struct fixture *f, gconstpointer data)
{
	int ends[2], pair[2];

	(void)data;
	g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), ==, 0);
	g_assert_cmpint(pipe2(pair, O_CLOEXEC | O_NONBLOCK), ==, 0);
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	f->other = ends[1];
	f->asked = eventfd(0, EFD_CLOEXEC);
	f->lock = pair[0]; /* whether the writing end was closed shows here */
	f->line = line_new(&(struct line_fds){ ends[0], pair[1], f->asked }, true);
}

static void tear_down(struct fixture *f, gconstpointer data)
{
	(void)data;
	line_free(f->line);
	close_fd(&f->other);
	close_fd(&f->lock);
}

static bool is_let_go(const struct fixture *f)
{
	char c;

	return read(f->lock, &c, 1) == 0;
}

static void test_bytes(struct fixture *f, gconstpointer data)
{
	static const char bytes[] = "\0\033]0;x\a\377\r\n";
	char got[sizeof(bytes) + 1];

	(void)data;
	g_assert_cmpint(line_read(f->line, got, sizeof(got), false), ==, -1);
	g_assert_cmpint(errno, ==, EAGAIN);
	g_assert_cmpint(write(f->other, bytes, sizeof(bytes)), ==, sizeof(bytes));
	g_assert_cmpint(line_read(f->line, got, sizeof(got), true), ==, sizeof(bytes));
	g_assert_cmpmem(got, sizeof(bytes), bytes, sizeof(bytes));
	g_assert_cmpint(line_write(f->line, bytes, sizeof(bytes), true), ==, sizeof(bytes));
	g_assert_cmpint(read(f->other, got, sizeof(got)), ==, sizeof(bytes));
	g_assert_cmpmem(got, sizeof(bytes), bytes, sizeof(bytes));
	g_assert_false(is_let_go(f));
}

static void test_other_end(struct fixture *f, gconstpointer data)
{
	char c;

	(void)data;
	close_fd(&f->other);
	g_assert_cmpint(line_read(f->line, &c, 1, true), ==, 0);
	g_assert_cmpint(line_write(f->line, "x", 1, true), ==, -1);
	g_assert_cmpint(errno, ==, EPIPE); /* and no signal */
	g_assert_cmpint(line_state(f->line), ==, LINE_OPEN);
}

static gpointer read_one(gpointer data)
{
	char c;
	ssize_t n = line_read(data, &c, 1, true);

	return GINT_TO_POINTER(n < 0 ? errno : -1);
}

/* What a thread gets that waits for a byte while `end` happens. */
static int reason_of(struct fixture *f, void (*end)(struct fixture *f))
{
	GThread *thread = g_thread_new("reader", read_one, f->line);

	g_usleep(20000); /* most likely it waits by now; if it does not, that must work too */
	end(f);
	return GPOINTER_TO_INT(g_thread_join(thread));
}

static void end_it(struct fixture *f)
{
	line_end(f->line);
}

static void ask_for_it(struct fixture *f)
{
	eventfd_write(f->asked, 1);
}

static void test_ended(struct fixture *f, gconstpointer data)
{
	char c;

	(void)data;
	g_assert_cmpint(reason_of(f, end_it), ==, ECANCELED);
	g_assert_cmpint(line_state(f->line), ==, LINE_ENDED);
	g_assert_true(is_let_go(f));
	g_assert_cmpint(read(f->other, &c, 1), ==, 0);
	g_assert_cmpint(line_write(f->line, "x", 1, false), ==, -1);
	g_assert_cmpint(errno, ==, ECANCELED);
	line_end(f->line);
}

static void test_taken(struct fixture *f, gconstpointer data)
{
	(void)data;
	g_assert_cmpint(reason_of(f, ask_for_it), ==, ECANCELED);
	g_assert_cmpint(line_state(f->line), ==, LINE_TAKEN);
	g_assert_true(is_let_go(f));
}

/* Nobody reads: it is let go all the same. */
static void test_taken_idle(struct fixture *f, gconstpointer data)
{
	char c;

	(void)data;
	ask_for_it(f);
	g_assert_cmpint(read(f->other, &c, 1), ==, 0); /* waits for the close */
	g_assert_cmpint(line_state(f->line), ==, LINE_TAKEN);
	line_end(f->line);
	g_assert_cmpint(line_state(f->line), ==, LINE_TAKEN);
}

static void test_reading_only(void)
{
	int pair[2];
	struct line *line;

	g_assert_cmpint(pipe2(pair, O_CLOEXEC), ==, 0);
	line = line_new(&(struct line_fds){ pair[0], -1, -1 }, false);
	g_assert_cmpint(line_write(line, "x", 1, true), ==, -1);
	g_assert_cmpint(errno, ==, EBADF);
	line_free(line);
	line_free(NULL);
	close(pair[1]);
}

/* ---- Calls -------------------------------------------------------------------------------- */

static int code(void)
{
	virErrorPtr err = virGetLastError();

	return err ? err->code : VIR_ERR_OK;
}

static void test_handles(void)
{
	virConnectPtr conn = virConnectOpen("test:///default");
	virDomainPtr domain = virDomainLookupByName(conn, "test");
	void *strangers[] = { NULL, conn, domain };
	char c;

	for (guint i = 0; i < G_N_ELEMENTS(strangers); i++) {
		void *h = strangers[i];

		g_assert_cmpint(virStreamRecv(h, &c, 1), ==, -1);
		g_assert_cmpint(code(), ==, VIR_ERR_INVALID_STREAM);
		g_assert_cmpint(virStreamSend(h, &c, 1), ==, -1);
		g_assert_cmpint(code(), ==, VIR_ERR_INVALID_STREAM);
		g_assert_cmpint(virDomainOpenConsole(domain, NULL, h, 0), ==, -1);
		g_assert_cmpint(code(), ==, VIR_ERR_INVALID_STREAM);
		g_assert_cmpint(virStreamFinish(h), ==, -1);
		g_assert_cmpint(virStreamAbort(h), ==, -1);
		g_assert_cmpint(virStreamRef(h), ==, -1);
		g_assert_cmpint(virStreamFree(h), ==, -1);
		g_assert_cmpint(code(), ==, VIR_ERR_INVALID_STREAM);
	}
	virDomainFree(domain);
	virConnectClose(conn);
}

static void test_calls(void)
{
	virConnectPtr conn = virConnectOpen("test:///default");
	virConnectPtr reader = virConnectOpenReadOnly("test:///default");
	virDomainPtr domain = virDomainLookupByName(conn, "test");
	virDomainPtr looked_at = virDomainLookupByName(reader, "test");
	virStreamPtr stream;
	char c;

	g_assert_null(virStreamNew(conn, ~0u));
	g_assert_cmpint(code(), ==, VIR_ERR_INVALID_ARG);
	stream = virStreamNew(conn, VIR_STREAM_NONBLOCK);
	g_assert_cmpint(virStreamRecv(stream, &c, 1), ==, -1);
	g_assert_cmpint(code(), ==, VIR_ERR_OPERATION_INVALID);
	g_assert_cmpint(virStreamFinish(stream), ==, -1);
	g_assert_cmpint(virDomainOpenConsole(looked_at, NULL, stream, 0), ==, -1);
	g_assert_cmpint(code(), ==, VIR_ERR_OPERATION_DENIED);
	g_assert_cmpint(virDomainOpenConsole(domain, NULL, stream, 4), ==, -1);
	g_assert_cmpint(code(), ==, VIR_ERR_INVALID_ARG);
	g_assert_cmpint(virDomainOpenConsole(domain, NULL, stream, 0), ==, -1);
	g_assert_cmpint(code(), ==, VIR_ERR_NO_SUPPORT);
	g_assert_cmpint(virDomainOpenConsole(NULL, NULL, stream, 0), ==, -1);
	g_assert_cmpint(code(), ==, VIR_ERR_INVALID_DOMAIN);
	g_assert_cmpint(virStreamEventRemoveCallback(stream), ==, -1);
	g_assert_cmpint(code(), ==, VIR_ERR_OPERATION_INVALID);
	g_assert_cmpint(virStreamRef(stream), ==, 0);
	g_assert_cmpint(virStreamFree(stream), ==, 0);
	g_assert_cmpint(virStreamFree(stream), ==, 0);
	virDomainFree(looked_at);
	virDomainFree(domain);
	virConnectClose(reader);
	virConnectClose(conn);
}

/* ---- In the event loop -------------------------------------------------------------------- */

/* A stream whose other end the test holds, and what its callback saw. */
struct watched {
	virConnectPtr conn;
	virStreamPtr stream;
	int other, asked;
	int n, events, freed;
	bool removes; /* the callback removes itself */
};

static void on_stream(virStreamPtr st, int events, void *data)
{
	struct watched *w = data;

	g_assert_true(st == w->stream);
	g_assert_cmpint(w->freed, ==, 0);
	w->n++;
	w->events = events;
	if (w->removes)
		g_assert_cmpint(virStreamEventRemoveCallback(st), ==, 0);
	g_assert_cmpint(w->freed, ==, 0); /* not under its feet */
}

static void on_freed(void *data)
{
	((struct watched *)data)->freed++;
}

static void on_timeout(int timer, void *data)
{
	(void)timer;
	(void)data;
	g_error("the loop has waited for nothing");
}

/* One turn of the loop, in which something happens. */
static void turn(void)
{
	int timer = virEventAddTimeout(10000, on_timeout, NULL, NULL);

	g_assert_cmpint(virEventRunDefaultImpl(), ==, 0);
	g_assert_cmpint(virEventRemoveTimeout(timer), ==, 0);
}

static void on_tick(int timer, void *data)
{
	(void)data;
	virEventRemoveTimeout(timer);
}

/* What is ready is dealt with, and nothing is waited for. */
static void turns(int n)
{
	for (int i = 0; i < n; i++) {
		virEventAddTimeout(0, on_tick, NULL, NULL);
		g_assert_cmpint(virEventRunDefaultImpl(), ==, 0);
	}
}

static void open_watched(struct watched *w)
{
	int ends[2];

	*w = (struct watched){ .conn = virConnectOpen("test:///default") };
	g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends),
			==, 0);
	w->other = ends[1];
	w->asked = eventfd(0, EFD_CLOEXEC);
	w->stream = virStreamNew(w->conn, VIR_STREAM_NONBLOCK);
	w->stream->line = line_new(&(struct line_fds){ ends[0], -1, w->asked }, true);
}

static void close_watched(struct watched *w)
{
	g_assert_cmpint(virStreamFree(w->stream), ==, 0);
	close_fd(&w->other);
	g_assert_cmpint(virConnectClose(w->conn), ==, 0);
}

static int add(struct watched *w, int events)
{
	return virStreamEventAddCallback(w->stream, events, on_stream, w, on_freed);
}

static void test_watch(void)
{
	struct watched w;
	char c;

	open_watched(&w);
	g_assert_cmpint(add(&w, VIR_STREAM_EVENT_READABLE), ==, 0);
	turns(2);
	g_assert_cmpint(w.n, ==, 0);
	g_assert_cmpint(write(w.other, "x", 1), ==, 1);
	turn();
	g_assert_cmpint(w.events, ==, VIR_STREAM_EVENT_READABLE);
	g_assert_cmpint(virStreamRecv(w.stream, &c, 1), ==, 1);
	g_assert_cmpint(virStreamRecv(w.stream, &c, 1), ==, -2);
	w.n = 0;
	turns(2);
	g_assert_cmpint(w.n, ==, 0);
	g_assert_cmpint(virStreamEventUpdateCallback(w.stream, VIR_STREAM_EVENT_WRITABLE), ==, 0);
	turn();
	g_assert_cmpint(w.events, ==, VIR_STREAM_EVENT_WRITABLE);
	g_assert_cmpint(virStreamEventUpdateCallback(w.stream, 0), ==, 0);
	w.n = 0;
	turns(2);
	g_assert_cmpint(w.n, ==, 0);
	g_assert_cmpint(virStreamEventRemoveCallback(w.stream), ==, 0);
	turns(1);
	g_assert_cmpint(w.freed, ==, 1);
	g_assert_cmpint(virStreamEventRemoveCallback(w.stream), ==, -1);
	g_assert_cmpint(code(), ==, VIR_ERR_OPERATION_INVALID);
	w.freed = 0;
	w.removes = true;
	g_assert_cmpint(add(&w, VIR_STREAM_EVENT_WRITABLE), ==, 0);
	turn();
	turns(1);
	g_assert_cmpint(w.n, ==, 1);
	g_assert_cmpint(w.freed, ==, 1);
	close_watched(&w);
}

/* Ends: of the other side, by somebody who takes it, by the program. */
static void test_watched_ends(void)
{
	const int over = VIR_STREAM_EVENT_ERROR | VIR_STREAM_EVENT_HANGUP;
	struct watched w;
	char c;

	open_watched(&w);
	g_assert_cmpint(add(&w, VIR_STREAM_EVENT_READABLE), ==, 0);
	close_fd(&w.other);
	turn();
	g_assert_cmpint(w.events & VIR_STREAM_EVENT_HANGUP, ==, VIR_STREAM_EVENT_HANGUP);
	g_assert_cmpint(virStreamRecv(w.stream, &c, 1), ==, 0);
	g_assert_cmpint(virStreamFinish(w.stream), ==, 0);
	turns(1);
	g_assert_cmpint(w.freed, ==, 1);
	close_watched(&w);

	open_watched(&w);
	g_assert_cmpint(add(&w, VIR_STREAM_EVENT_READABLE), ==, 0);
	eventfd_write(w.asked, 1);
	while (w.n == 0)
		turn();
	g_assert_cmpint(w.events, ==, over);
	turns(3);
	g_assert_cmpint(w.n, ==, 1);
	g_assert_cmpint(virStreamRecv(w.stream, &c, 1), ==, -1);
	g_assert_cmpint(code(), ==, VIR_ERR_OPERATION_ABORTED);
	g_assert_cmpint(virStreamAbort(w.stream), ==, 0);
	turns(1);
	g_assert_cmpint(w.freed, ==, 1);
	close_watched(&w);
}

static void test_watch_refusals(void)
{
	struct watched w;

	open_watched(&w);
	g_assert_cmpint(add(&w, 16), ==, -1);
	g_assert_cmpint(code(), ==, VIR_ERR_INVALID_ARG);
	g_assert_cmpint(virStreamEventAddCallback(w.stream, 1, NULL, &w, on_freed), ==, -1);
	g_assert_cmpint(code(), ==, VIR_ERR_INVALID_ARG);
	g_assert_cmpint(virStreamRecv(w.stream, NULL, 1), ==, -1);
	g_assert_cmpint(code(), ==, VIR_ERR_INVALID_ARG);
	g_assert_cmpint(virStreamSend(w.stream, NULL, 1), ==, -1);
	g_assert_cmpint(code(), ==, VIR_ERR_INVALID_ARG);
	g_assert_cmpint(virStreamRecvAll(w.stream, NULL, NULL), ==, -1);
	g_assert_cmpint(code(), ==, VIR_ERR_INVALID_ARG);
	g_assert_cmpint(virStreamEventUpdateCallback(w.stream, 1), ==, -1);
	g_assert_cmpint(code(), ==, VIR_ERR_OPERATION_INVALID);
	g_assert_cmpint(add(&w, 0), ==, 0);
	g_assert_cmpint(add(&w, 0), ==, -1);
	g_assert_cmpint(code(), ==, VIR_ERR_OPERATION_INVALID);
	g_assert_cmpint(virStreamEventUpdateCallback(w.stream, 16), ==, -1);
	g_assert_cmpint(code(), ==, VIR_ERR_INVALID_ARG);
	g_assert_cmpint(w.freed, ==, 0);
	g_assert_cmpint(virStreamAbort(w.stream), ==, 0);
	g_assert_cmpint(add(&w, 0), ==, -1);
	g_assert_cmpint(code(), ==, VIR_ERR_OPERATION_INVALID);
	turns(1);
	g_assert_cmpint(w.freed, ==, 1);
	close_watched(&w);
}

/* The first of these tests: a loop cannot be unregistered. */
static void test_no_loop(void)
{
	struct watched w;

	open_watched(&w);
	g_assert_cmpint(add(&w, 1), ==, -1);
	g_assert_cmpint(code(), ==, VIR_ERR_OPERATION_INVALID);
	g_assert_cmpint(w.freed, ==, 0);
	close_watched(&w);
	g_assert_cmpint(virEventRegisterDefaultImpl(), ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
#define LINE_TEST(name, function) \
	g_test_add("/line/" name, struct fixture, NULL, set_up, function, tear_down)
	LINE_TEST("bytes", test_bytes);
	LINE_TEST("other-end", test_other_end);
	LINE_TEST("ended", test_ended);
	LINE_TEST("taken", test_taken);
	LINE_TEST("taken-idle", test_taken_idle);
	g_test_add_func("/line/reading-only", test_reading_only);
	g_test_add_func("/stream/handles", test_handles);
	g_test_add_func("/stream/calls", test_calls);
	g_test_add_func("/stream/no-loop", test_no_loop);
	g_test_add_func("/stream/watch", test_watch);
	g_test_add_func("/stream/watched-ends", test_watched_ends);
	g_test_add_func("/stream/watch-refusals", test_watch_refusals);
	return g_test_run();
}
