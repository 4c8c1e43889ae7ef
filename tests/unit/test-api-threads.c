/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * One connection in the hands of several threads: they list, look up, define, start, destroy, take
 * snapshots and undefine, while another runs the event loop and counts what is told. Under
 * ThreadSanitizer (`make check-threads`) nothing may be found; threads are pthreads, which it knows.
 */
#include <pthread.h>
#include <stdbool.h>
#include "api-rig.h"

#define N_WORKERS 4
#define N_ROUNDS 20

/* A configuration before and behind its name. */
#define DOMAIN_OF(type) \
	{ "<domain type='" type "'><name>", \
	  "</name><memory unit='KiB'>65536</memory>" \
	  "<os><type arch='x86_64' machine='pc'>hvm</type></os></domain>" }

struct work {
	virConnectPtr conn;
	const char *const *xml;
	bool runs;       /* guests can be started */
	int number;
};

/* What was told, by any thread. */
static struct {
	pthread_mutex_t mutex;
	int defined, undefined, started, stopped, freed;
	bool is_over;
} told = { .mutex = PTHREAD_MUTEX_INITIALIZER };

static int on_event(virConnectPtr conn, virDomainPtr domain, int event, int detail, void *data)
{
	char uuid[VIR_UUID_STRING_BUFLEN];

	(void)detail;
	(void)data;
	g_assert_true(virDomainGetConnect(domain) == conn);
	g_assert_cmpint(virDomainGetUUIDString(domain, uuid), ==, 0);
	pthread_mutex_lock(&told.mutex);
	told.defined += event == VIR_DOMAIN_EVENT_DEFINED;
	told.undefined += event == VIR_DOMAIN_EVENT_UNDEFINED;
	told.started += event == VIR_DOMAIN_EVENT_STARTED;
	told.stopped += event == VIR_DOMAIN_EVENT_STOPPED;
	pthread_mutex_unlock(&told.mutex);
	return 0;
}

static void on_free(void *data)
{
	(void)data;
	pthread_mutex_lock(&told.mutex);
	told.freed++;
	pthread_mutex_unlock(&told.mutex);
}

static bool is_over(void)
{
	bool over;

	pthread_mutex_lock(&told.mutex);
	over = told.is_over;
	pthread_mutex_unlock(&told.mutex);
	return over;
}

static void on_tick(int timer, void *data)
{
	(void)timer;
	(void)data;
}

static void *run_loop(void *data)
{
	(void)data;
	while (!is_over())
		g_assert_cmpint(virEventRunDefaultImpl(), ==, 0);
	return NULL;
}

/* ---- Workers ------------------------------------------------------------------------------ */

static void must(bool done, const char *what)
{
	if (!done)
		g_error("%s: %s", what, virGetLastErrorMessage());
}

static void list_all(virConnectPtr conn)
{
	virDomainPtr *all = NULL;
	int n = virConnectListAllDomains(conn, &all, 0);

	must(n >= 0, "list");
	for (int i = 0; i < n; i++) {
		int state;

		/* Another thread may just have undefined it. */
		if (virDomainGetState(all[i], &state, NULL, 0) < 0)
			g_assert_cmpint(virGetLastErrorCode(), ==, VIR_ERR_NO_DOMAIN);
		virDomainFree(all[i]);
	}
	free(all);
}

static void run_guest(virDomainPtr domain)
{
	must(virDomainCreate(domain) == 0, "start");
	must(virDomainSuspend(domain) == 0, "suspend");
	must(virDomainResume(domain) == 0, "resume");
	must(virDomainIsActive(domain) == 1, "active");
	must(virDomainDestroy(domain) == 0, "destroy");
}

static void one_life(const struct work *w, const char *name)
{
	g_autofree char *xml = g_strconcat(w->xml[0], name, w->xml[1], NULL);
	virDomainPtr domain = virDomainDefineXML(w->conn, xml), same;
	char *text;

	must(domain != NULL, "define");
	same = virDomainLookupByName(w->conn, name);
	must(same != NULL, "look up");
	text = virDomainGetXMLDesc(same, 0);
	must(text != NULL, "dumpxml");
	free(text);
	if (w->runs)
		run_guest(domain);
	list_all(w->conn);
	must(virDomainUndefine(same) == 0, "undefine");
	g_assert_cmpint(virDomainIsActive(domain), ==, -1);
	g_assert_cmpint(virGetLastErrorCode(), ==, VIR_ERR_NO_DOMAIN);
	virDomainFree(same);
	virDomainFree(domain);
}

/* One more callback for a while, so that they come and go beside the loop. */
static void listen_in(virConnectPtr conn)
{
	int number = virConnectDomainEventRegisterAny(conn, NULL, VIR_DOMAIN_EVENT_ID_LIFECYCLE,
						      VIR_DOMAIN_EVENT_CALLBACK(on_event), NULL,
						      on_free);
	int timer = virEventAddTimeout(1, on_tick, NULL, on_free);

	must(number >= 0 && timer >= 0, "register");
	virEventUpdateTimeout(timer, 0);
	must(virConnectDomainEventDeregisterAny(conn, number) == 0, "deregister");
	must(virEventRemoveTimeout(timer) == 0, "remove");
}

static void *work(void *data)
{
	const struct work *w = data;

	for (int i = 0; i < N_ROUNDS; i++) {
		g_autofree char *name = g_strdup_printf("w%d-%d", w->number, i);

		one_life(w, name);
		if (i % 5 == 0)
			listen_in(w->conn);
	}
	return NULL;
}

/* ---- The test ----------------------------------------------------------------------------- */

static bool is_told(int expected)
{
	bool all;

	pthread_mutex_lock(&told.mutex);
	all = told.undefined >= expected;
	pthread_mutex_unlock(&told.mutex);
	return all;
}

/* Until the last event has come: they are told in order. */
static void await_told(int expected)
{
	gint64 deadline = g_get_monotonic_time() + 20 * G_USEC_PER_SEC;

	while (!is_told(expected) && g_get_monotonic_time() < deadline)
		g_usleep(1000);
	g_assert_true(is_told(expected));
}

static void end_loop(pthread_t loop)
{
	int timer;

	pthread_mutex_lock(&told.mutex);
	told.is_over = true;
	pthread_mutex_unlock(&told.mutex);
	timer = virEventAddTimeout(-1, on_tick, NULL, NULL); /* wakes it */
	pthread_join(loop, NULL);
	virEventRemoveTimeout(timer);
}

static void use(virConnectPtr conn, const char *const *xml, bool runs)
{
	pthread_t loop, threads[N_WORKERS];
	struct work works[N_WORKERS];
	const int lives = N_WORKERS * N_ROUNDS;
	int number;

	told.defined = told.undefined = told.started = told.stopped = told.freed = 0;
	told.is_over = false;
	number = virConnectDomainEventRegisterAny(conn, NULL, VIR_DOMAIN_EVENT_ID_LIFECYCLE,
						  VIR_DOMAIN_EVENT_CALLBACK(on_event), NULL, on_free);
	must(number >= 0, "register");
	pthread_create(&loop, NULL, run_loop, NULL);
	for (int i = 0; i < N_WORKERS; i++) {
		works[i] = (struct work){ conn, xml, runs, i };
		pthread_create(&threads[i], NULL, work, &works[i]);
	}
	for (int i = 0; i < N_WORKERS; i++)
		pthread_join(threads[i], NULL);
	await_told(lives);
	must(virConnectDomainEventDeregisterAny(conn, number) == 0, "deregister");
	end_loop(loop);
	/* The callbacks that came and went may have been told the same. */
	g_assert_cmpint(told.defined, >=, lives);
	g_assert_cmpint(told.started, >=, runs ? lives : 0);
	g_assert_cmpint(told.stopped, >=, runs ? lives : 0);
	g_assert_cmpint(told.freed, >, N_WORKERS);
}

static void test_records(struct fixture *f, gconstpointer data)
{
	static const char *const xml[] = DOMAIN_OF("qemu");

	(void)data;
	use(f->conn, xml, false);
}

static void test_test_driver(void)
{
	static const char *const xml[] = DOMAIN_OF("test");
	virConnectPtr conn = virConnectOpen("test:///default");

	g_assert_nonnull(conn);
	use(conn, xml, true);
	g_assert_cmpint(virConnectClose(conn), ==, 0);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_assert_cmpint(virEventRegisterDefaultImpl(), ==, 0);
	g_test_add_func("/api/threads/test-driver", test_test_driver);
	g_test_add("/api/threads/records", struct fixture, NULL, set_up, test_records, tear_down);
	return g_test_run();
}
