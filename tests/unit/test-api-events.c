/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The event loop and callbacks for domain events: what is told, to whom, in which order, and that
 * nobody is called once he said that he does not want to be.
 */
#include <stdbool.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include "api-rig.h"

#define OTHER_XML \
	"<domain type='qemu'><name>other</name><memory unit='KiB'>65536</memory>" \
	"<os><type arch='x86_64' machine='pc'>hvm</type></os></domain>"

/* What the callbacks of a test have seen. */
static struct {
	GString *words;
	int n, freed, ticks;
	int number; /* of a callback that unregisters itself */
	virDomainPtr kept;
} seen;

static void forget(void)
{
	if (seen.words)
		g_string_free(seen.words, TRUE);
	memset(&seen, 0, sizeof(seen));
	seen.words = g_string_new(NULL);
}

static void saw(const char *words)
{
	g_assert_cmpstr(seen.words->str, ==, words);
	g_string_truncate(seen.words, 0);
}

static int on_event(virConnectPtr conn, virDomainPtr domain, int event, int detail, void *data)
{
	(void)conn;
	g_string_append_printf(seen.words, "%s%s:%s:%d:%d", seen.words->len ? " " : "",
			       (const char *)data, virDomainGetName(domain), event, detail);
	seen.n++;
	return 0;
}

static void on_free(void *data)
{
	(void)data;
	seen.freed++;
}

static void on_timeout(int timer, void *data)
{
	(void)timer;
	(void)data;
	g_error("nothing was told in time: %s", seen.words->str);
}

static void round_of_loop(void)
{
	g_assert_cmpint(virEventRunDefaultImpl(), ==, 0);
}

/* Run the loop until n events were told. */
static void run_until(int n)
{
	int timer = virEventAddTimeout(20000, on_timeout, NULL, NULL);

	while (seen.n < n)
		round_of_loop();
	g_assert_cmpint(virEventRemoveTimeout(timer), ==, 0);
	g_assert_cmpint(seen.n, ==, n);
}

static int listen_to(virConnectPtr conn, virDomainPtr domain, const char *name)
{
	int number = virConnectDomainEventRegisterAny(conn, domain, VIR_DOMAIN_EVENT_ID_LIFECYCLE,
						      VIR_DOMAIN_EVENT_CALLBACK(on_event),
						      (void *)name, on_free);

	g_assert_cmpstr(virGetLastErrorMessage(), ==, "no error");
	g_assert_cmpint(number, >=, 0);
	return number;
}

static void unlisten(virConnectPtr conn, int number)
{
	g_assert_cmpint(virConnectDomainEventDeregisterAny(conn, number), ==, 0);
}

static void define_other(virConnectPtr conn)
{
	virDomainPtr other = virDomainDefineXML(conn, OTHER_XML);

	g_assert_nonnull(other);
	virDomainFree(other);
}

/* ---- Without a loop ----------------------------------------------------------------------- */

static void refused(bool failed, int code, const char *words)
{
	g_assert_true(failed);
	g_assert_cmpint(virGetLastErrorCode(), ==, code);
	if (!strstr(virGetLastErrorMessage(), words))
		g_error("'%s' is not in '%s'", words, virGetLastErrorMessage());
}

static void never_handle(int watch, int fd, int events, void *data)
{
	(void)watch;
	(void)fd;
	(void)events;
	(void)data;
	g_assert_not_reached();
}

/* The first test: a loop cannot be unregistered. */
static void test_no_loop(struct fixture *f, gconstpointer data)
{
	const virConnectDomainEventGenericCallback cb = VIR_DOMAIN_EVENT_CALLBACK(on_event);
	const int code = VIR_ERR_OPERATION_INVALID;

	(void)data;
	forget();
	refused(virConnectDomainEventRegisterAny(f->conn, NULL, 0, cb, NULL, on_free) < 0, code,
		"event loop");
	refused(virConnectDomainEventRegister(f->conn, on_event, NULL, on_free) < 0, code,
		"event loop");
	refused(virEventAddHandle(0, 1, never_handle, NULL, on_free) < 0, code, "no event loop");
	refused(virEventAddTimeout(1, on_timeout, NULL, on_free) < 0, code, "no event loop");
	refused(virEventRunDefaultImpl() < 0, code, "not registered");
	g_assert_cmpint(virEventRemoveHandle(1), ==, -1);
	g_assert_cmpint(virEventRemoveTimeout(1), ==, -1);
	virEventUpdateHandle(1, 1);
	virEventUpdateTimeout(1, 1);
	virEventRegisterImpl(NULL, NULL, NULL, NULL, NULL, NULL);
	refused(virEventAddTimeout(1, on_timeout, NULL, NULL) < 0, code, "no event loop");
	g_assert_cmpint(seen.freed, ==, 0);
	g_assert_cmpint(virEventRegisterDefaultImpl(), ==, 0);
	g_assert_cmpint(virEventRegisterDefaultImpl(), ==, 0);
}

/* ---- The loop ----------------------------------------------------------------------------- */

static void on_handle(int watch, int fd, int events, void *data)
{
	eventfd_t value;

	g_assert_cmpint(events, ==, VIR_EVENT_HANDLE_READABLE);
	g_assert_cmpint(eventfd_read(fd, &value), ==, 0);
	seen.n++;
	if (data)
		virEventRemoveHandle(watch); /* itself */
	g_assert_cmpint(seen.freed, ==, 0);
}

static void test_handles(void)
{
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), watch;

	forget();
	watch = virEventAddHandle(fd, VIR_EVENT_HANDLE_READABLE, on_handle, NULL, on_free);
	g_assert_cmpint(watch, >=, 0);
	eventfd_write(fd, 1);
	run_until(1);
	virEventUpdateHandle(watch, 0);
	eventfd_write(fd, 1);
	virEventUpdateTimeout(12345, 1); /* unknown ones change nothing */
	virEventUpdateHandle(12345, 1);
	round_of_loop();
	g_assert_cmpint(seen.n, ==, 1);
	virEventUpdateHandle(watch, VIR_EVENT_HANDLE_READABLE);
	run_until(2);
	g_assert_cmpint(virEventRemoveTimeout(watch), ==, -1); /* it is no timer */
	g_assert_cmpint(virEventRemoveHandle(watch), ==, 0);
	g_assert_cmpint(virEventRemoveHandle(watch), ==, -1);
	round_of_loop();
	g_assert_cmpint(seen.freed, ==, 1);
	seen.freed = 0;
	eventfd_write(fd, 1);
	virEventAddHandle(fd, VIR_EVENT_HANDLE_READABLE, on_handle, fd >= 0 ? &seen : NULL, on_free);
	run_until(3);
	g_assert_cmpint(seen.freed, ==, 1);
	close(fd);
}

/* A pipe without its writer; hang-ups are told without being asked for. */
static void on_hangup(int watch, int fd, int events, void *data)
{
	(void)watch;
	(void)fd;
	*(int *)data = events;
	seen.n++;
}

static void test_hangup(void)
{
	int fds[2], events = 0, watch;

	forget();
	g_assert_cmpint(pipe(fds), ==, 0);
	watch = virEventAddHandle(fds[0], VIR_EVENT_HANDLE_READABLE, on_hangup, &events, NULL);
	close(fds[1]);
	run_until(1);
	g_assert_cmpint(events & VIR_EVENT_HANDLE_HANGUP, ==, VIR_EVENT_HANDLE_HANGUP);
	g_assert_cmpint(virEventRemoveHandle(watch), ==, 0);
	close(fds[0]);
}

static void on_tick(int timer, void *data)
{
	(void)data;
	if (++seen.ticks == 3)
		virEventUpdateTimeout(timer, -1);
	seen.n++;
}

static void test_timers(void)
{
	gint64 start = g_get_monotonic_time();
	int timer, idle;

	forget();
	timer = virEventAddTimeout(5, on_tick, NULL, on_free);
	idle = virEventAddTimeout(-1, on_timeout, NULL, on_free);
	run_until(3);
	g_assert_cmpint(g_get_monotonic_time() - start, >=, 15000);
	virEventUpdateTimeout(timer, 0);
	run_until(5);
	g_assert_cmpint(virEventRemoveTimeout(timer), ==, 0);
	g_assert_cmpint(virEventRemoveTimeout(idle), ==, 0);
	round_of_loop();
	g_assert_cmpint(seen.freed, ==, 2);
}

/* ---- Events ------------------------------------------------------------------------------- */

static void test_told(struct fixture *f, gconstpointer data)
{
	int all, one, reader;

	(void)data;
	forget();
	all = listen_to(f->conn, NULL, "all");
	one = listen_to(f->conn, f->guest, "one");
	reader = listen_to(f->reader, NULL, "reader");
	define_other(f->conn);
	run_until(2);
	g_assert_nonnull(strstr(seen.words->str, "all:other:0:0"));
	g_assert_nonnull(strstr(seen.words->str, "reader:other:0:0"));
	unlisten(f->reader, reader);
	forget();
	/* By its UUID, whatever its name. */
	g_assert_cmpint(virDomainRename(f->guest, "new", 0), ==, 0);
	run_until(4);
	saw("all:guest:1:1 one:guest:1:1 all:new:0:2 one:new:0:2");
	unlisten(f->conn, all);
	g_assert_cmpint(virDomainUndefine(f->guest), ==, 0);
	run_until(5);
	saw("one:new:1:0");
	unlisten(f->conn, one);
	g_assert_cmpint(seen.freed, ==, 2);
}

/* From the registration on, also the second one of a connection. */
static void test_from_now(struct fixture *f, gconstpointer data)
{
	int number;

	(void)data;
	forget();
	number = listen_to(f->conn, NULL, "first");
	unlisten(f->conn, number);
	define_other(f->conn);
	number = listen_to(f->conn, NULL, "second");
	g_assert_cmpint(virDomainUndefine(f->guest), ==, 0);
	run_until(1);
	saw("second:guest:1:0");
	unlisten(f->conn, number);
	g_assert_cmpint(seen.freed, ==, 2);
}

static int unregister_itself(virConnectPtr conn, virDomainPtr domain, int event, int detail,
			     void *data)
{
	on_event(conn, domain, event, detail, data);
	unlisten(conn, seen.number);
	g_assert_cmpint(seen.freed, ==, 0);
	seen.kept = domain;
	virDomainRef(domain);
	return 0;
}

/* Two events at once: the second one is not told any more. */
static void test_unregister_itself(struct fixture *f, gconstpointer data)
{
	(void)data;
	forget();
	seen.number = virConnectDomainEventRegisterAny(
		f->conn, NULL, VIR_DOMAIN_EVENT_ID_LIFECYCLE,
		VIR_DOMAIN_EVENT_CALLBACK(unregister_itself), (void *)"x", on_free);
	define_other(f->conn);
	g_assert_cmpint(virDomainUndefine(f->guest), ==, 0);
	run_until(1);
	saw("x:other:0:0");
	g_assert_cmpint(seen.freed, ==, 1);
	g_assert_cmpint(virDomainIsPersistent(seen.kept), ==, 1);
	g_assert_cmpint(virDomainFree(seen.kept), ==, 0);
}

static void test_references(struct fixture *f, gconstpointer data)
{
	virConnectPtr conn = virConnectOpen(f->uri);
	int number;

	(void)data;
	forget();
	number = listen_to(conn, NULL, "x");
	g_assert_cmpint(virConnectClose(conn), ==, 1);
	define_other(f->conn);
	run_until(1);
	unlisten(conn, number); /* and that was the last reference */
	g_assert_cmpint(seen.freed, ==, 1);
}

static void test_legacy(struct fixture *f, gconstpointer data)
{
	(void)data;
	forget();
	g_assert_cmpint(virConnectDomainEventRegister(f->conn, on_event, (void *)"old", on_free), ==,
			0);
	refused(virConnectDomainEventRegister(f->conn, on_event, NULL, on_free) < 0,
		VIR_ERR_INVALID_ARG, "already");
	define_other(f->conn);
	run_until(1);
	saw("old:other:0:0");
	g_assert_cmpint(virConnectDomainEventDeregister(f->conn, on_event), ==, 0);
	refused(virConnectDomainEventDeregister(f->conn, on_event) < 0, VIR_ERR_INVALID_ARG,
		"not registered");
	g_assert_cmpint(seen.freed, ==, 1);
}

static void test_refusals(struct fixture *f, gconstpointer data)
{
	const virConnectDomainEventGenericCallback cb = VIR_DOMAIN_EVENT_CALLBACK(on_event);
	virDomainPtr foreign = virDomainLookupByName(f->reader, "guest");
	const int code = VIR_ERR_INVALID_ARG;

	(void)data;
	forget();
	refused(virConnectDomainEventRegisterAny(f->conn, NULL, 27, cb, NULL, on_free) < 0, code,
		"from 0 to 26, not 27");
	refused(virConnectDomainEventRegisterAny(f->conn, NULL, -1, cb, NULL, on_free) < 0, code,
		"not -1");
	refused(virConnectDomainEventRegisterAny(f->conn, NULL, 0, NULL, NULL, on_free) < 0, code,
		"must not be NULL");
	refused(virConnectDomainEventRegisterAny(f->conn, foreign, 0, cb, NULL, on_free) < 0, code,
		"another connection");
	refused(virConnectDomainEventRegisterAny(f->conn, (void *)f->conn, 0, cb, NULL, NULL) < 0,
		VIR_ERR_INVALID_DOMAIN, "");
	refused(virConnectDomainEventDeregisterAny(f->conn, 77) < 0, code, "no callback 77");
	refused(virEventAddHandle(-1, 1, never_handle, NULL, NULL) < 0, code, "negative");
	refused(virEventAddHandle(0, 1, NULL, NULL, NULL) < 0, code, "must not be NULL");
	refused(virEventAddTimeout(0, NULL, NULL, NULL) < 0, code, "must not be NULL");
	refused(virConnectDomainQemuMonitorEventRegister(
			f->conn, NULL, "(", (void *)never_handle, NULL, NULL,
			VIR_CONNECT_DOMAIN_QEMU_MONITOR_EVENT_REGISTER_REGEX) < 0, code,
		"not a regular expression");
	g_assert_cmpint(seen.freed, ==, 0);
	g_assert_cmpint(virDomainFree(foreign), ==, 0);
}

/* An event can be asked for if and only if somebody would tell it. */
static void test_kinds(struct fixture *f, gconstpointer data)
{
	static const int untold[] = {
		VIR_DOMAIN_EVENT_ID_BLOCK_JOB, VIR_DOMAIN_EVENT_ID_DISK_CHANGE,
		VIR_DOMAIN_EVENT_ID_BLOCK_JOB_2, VIR_DOMAIN_EVENT_ID_TUNABLE,
		VIR_DOMAIN_EVENT_ID_DEVICE_ADDED, VIR_DOMAIN_EVENT_ID_JOB_COMPLETED,
	};
	const virConnectDomainEventGenericCallback cb = VIR_DOMAIN_EVENT_CALLBACK(on_event);
	virConnectPtr simulated = virConnectOpen("test:///default");
	guint n_untold = 0;

	(void)data;
	for (int id = 0; id <= VIR_DOMAIN_EVENT_ID_MEMORY_DEVICE_SIZE_CHANGE; id++) {
		bool by_commands = id == VIR_DOMAIN_EVENT_ID_LIFECYCLE ||
				   id == VIR_DOMAIN_EVENT_ID_METADATA_CHANGE;
		int number = virConnectDomainEventRegisterAny(simulated, NULL, id, cb, NULL, NULL);

		g_assert_true((number >= 0) == by_commands);
		if (number >= 0)
			unlisten(simulated, number);
		else
			g_assert_cmpint(virGetLastErrorCode(), ==, VIR_ERR_NO_SUPPORT);
		number = virConnectDomainEventRegisterAny(f->conn, NULL, id, cb, NULL, NULL);
		if (n_untold < G_N_ELEMENTS(untold) && untold[n_untold] == id) {
			refused(number < 0, VIR_ERR_NO_SUPPORT, "would ever cause one");
			n_untold++;
			continue;
		}
		g_assert_cmpint(number, >=, 0);
		unlisten(f->conn, number);
	}
	g_assert_cmpuint(n_untold, ==, G_N_ELEMENTS(untold));
	g_assert_cmpint(virConnectClose(simulated), ==, 0);
}

static void on_close(virConnectPtr conn, int reason, void *data)
{
	(void)conn;
	(void)reason;
	(void)data;
	g_assert_not_reached();
}

static void test_close_callback(struct fixture *f, gconstpointer data)
{
	virConnectPtr conn = virConnectOpen(f->uri);

	(void)data;
	forget();
	g_assert_cmpint(virConnectRegisterCloseCallback(conn, on_close, NULL, on_free), ==, 0);
	refused(virConnectRegisterCloseCallback(conn, on_close, NULL, on_free) < 0,
		VIR_ERR_OPERATION_INVALID, "already registered");
	g_assert_cmpint(virConnectUnregisterCloseCallback(conn, on_close), ==, 0);
	g_assert_cmpint(seen.freed, ==, 1);
	refused(virConnectUnregisterCloseCallback(conn, on_close) < 0, VIR_ERR_INVALID_ARG,
		"not registered");
	g_assert_cmpint(virConnectRegisterCloseCallback(conn, on_close, NULL, on_free), ==, 0);
	g_assert_cmpint(virConnectSetKeepAlive(conn, 5, 3), ==, 0);
	g_assert_cmpint(virConnectIsAlive(conn), ==, 1);
	g_assert_cmpint(virConnectClose(conn), ==, 0);
	g_assert_cmpint(seen.freed, ==, 2);
}

/* The test driver's own: no guard, the same words. */
static void test_test_driver(void)
{
	virConnectPtr conn = virConnectOpen("test:///default");
	virDomainPtr test = virDomainLookupByName(conn, "test");
	int number;

	forget();
	number = listen_to(conn, NULL, "x");
	g_assert_cmpint(virDomainSuspend(test), ==, 0);
	g_assert_cmpint(virDomainResume(test), ==, 0);
	g_assert_cmpint(virDomainShutdown(test), ==, 0);
	g_assert_cmpint(virDomainCreate(test), ==, 0);
	g_assert_cmpint(virDomainDestroy(test), ==, 0);
	run_until(5);
	saw("x:test:3:0 x:test:4:0 x:test:5:0 x:test:2:0 x:test:5:1");
	unlisten(conn, number);
	g_assert_cmpint(virDomainFree(test), ==, 0);
	g_assert_cmpint(virConnectClose(conn), ==, 0);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *path;
		void (*test)(struct fixture *f, gconstpointer data);
	} tests[] = {
		{ "/api/events/told", test_told },
		{ "/api/events/from-now", test_from_now },
		{ "/api/events/unregister-itself", test_unregister_itself },
		{ "/api/events/references", test_references },
		{ "/api/events/legacy", test_legacy },
		{ "/api/events/refusals", test_refusals },
		{ "/api/events/kinds", test_kinds },
		{ "/api/events/close-callback", test_close_callback },
	};

	g_test_init(&argc, &argv, NULL);
	g_test_add("/api/events/no-loop", struct fixture, NULL, set_up, test_no_loop, tear_down);
	g_test_add_func("/api/events/handles", test_handles);
	g_test_add_func("/api/events/hangup", test_hangup);
	g_test_add_func("/api/events/timers", test_timers);
	for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add(tests[i].path, struct fixture, NULL, set_up, tests[i].test, tear_down);
	g_test_add_func("/api/events/test-driver", test_test_driver);
	return g_test_run();
}
