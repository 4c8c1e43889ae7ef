/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the functions of the library refuse beside bad handles (test-api-table.c) and NULL
 * (test-api-arguments.c): contradicting flags, numbers that cannot be; handles that outlive what they name; several threads on one connection.
 */
#include "api-rig.h"

/* Room for what the calls would hand out. */
static union {
	int i;
	char *s;
} out;

/* ---- Arguments ---------------------------------------------------------------------------- */

static void invalid(gboolean failed, const char *words)
{
	g_assert_true(failed);
	g_assert_cmpint(virGetLastErrorCode(), ==, VIR_ERR_INVALID_ARG);
	if (!strstr(virGetLastErrorMessage(), words))
		g_error("'%s' is not in '%s'", words, virGetLastErrorMessage());
}

static void test_flags(struct fixture *f, gconstpointer data)
{
	const unsigned int all = ~0u, both = VIR_DOMAIN_SAVE_RUNNING | VIR_DOMAIN_SAVE_PAUSED;
	virDomainPtr d = f->guest;

	(void)data;
	invalid(virConnectListAllDomains(f->conn, NULL, 1u << 16) < 0,
		"unsupported flags (0x10000) in function virConnectListAllDomains");
	invalid(!virDomainDefineXMLFlags(f->conn, guest_xml, all), "unsupported flags");
	invalid(!virDomainCreateXML(f->conn, guest_xml, all), "unsupported flags");
	invalid(virDomainGetState(d, &out.i, NULL, 1) < 0, "unsupported flags (0x1)");
	invalid(!virDomainGetXMLDesc(d, all), "unsupported flags");
	invalid(!virDomainGetMetadata(d, VIR_DOMAIN_METADATA_TITLE, NULL, all), "unsupported");
	invalid(!virDomainGetMetadata(d, VIR_DOMAIN_METADATA_TITLE, NULL, 3), "exclude");
	invalid(virDomainUndefineFlags(d, 128) < 0, "unsupported flags (0x80)");
	invalid(virDomainUndefineFlags(d, 4 | 8) < 0, "'nvram' and 'keep-nvram'");
	invalid(virDomainUndefineFlags(d, 32 | 64) < 0, "'tpm' and 'keep-tpm'");
	invalid(domshDomainUndefine(d, 0, 4, NULL, NULL) < 0, "unsupported flags (0x4)");
	invalid(virDomainRename(d, "x", 1) < 0, "unsupported flags");
	invalid(virDomainCreateWithFlags(d, all) < 0, "unsupported flags");
	invalid(domshDomainCreate(d, 0, 2) < 0, "unsupported flags (0x2)");
	invalid(virDomainShutdownFlags(d, 32) < 0, "unsupported flags (0x20)");
	invalid(virDomainDestroyFlags(d, all) < 0, "unsupported flags");
	invalid(virDomainManagedSave(d, both) < 0, "'running' and 'paused'");
	invalid(virDomainManagedSave(d, all) < 0, "unsupported flags");
	invalid(virDomainManagedSaveRemove(d, 1) < 0, "unsupported flags");
	invalid(virDomainHasManagedSaveImage(d, 1) < 0, "unsupported flags");
	invalid(domshDomainManagedSaveRemove(d, 2, NULL) < 0, "unsupported flags");
	invalid(!virDomainSnapshotCreateXML(d, "<x/>", 1u << 10), "unsupported flags");
	invalid(virDomainSnapshotNum(d, 1u << 11) < 0, "unsupported flags");
	invalid(virDomainListAllSnapshots(d, NULL, all) < 0, "unsupported flags");
	invalid(virDomainHasCurrentSnapshot(d, 1) < 0, "unsupported flags");
	invalid(!virDomainSnapshotCurrent(d, 1), "unsupported flags");
	invalid(!virDomainSnapshotLookupByName(d, "s", 1), "unsupported flags");
	invalid(virDomainListAllCheckpoints(d, NULL, all) < 0, "unsupported flags");
	g_assert_cmpint(virDomainIsPersistent(d), ==, 1);
}

static void test_arguments(struct fixture *f, gconstpointer data)
{
	const char *negative = "must not be negative";
	virDomainPtr d = f->guest;

	(void)data;
	invalid(virConnectListDomains(f->conn, &out.i, -1) < 0, negative);
	invalid(virConnectListDefinedDomains(f->conn, &out.s, -1) < 0, negative);
	invalid(!virDomainLookupByID(f->conn, -1), negative);
	invalid(!virDomainLookupByUUIDString(f->conn, "guest"), "not a uuid");
	invalid(virDomainSnapshotListNames(d, &out.s, -1, 0) < 0, negative);
	invalid(domshTrashEmpty(f->conn, NULL, -1, 0, NULL) < 0, negative);
	g_assert_cmpint(virDomainSnapshotListNames(d, NULL, 0, 0), ==, 0);
	g_assert_cmpint(virDomainShutdownFlags(d, VIR_DOMAIN_SHUTDOWN_INITCTL), ==, -1);
	g_assert_cmpint(virGetLastErrorCode(), ==, VIR_ERR_ARGUMENT_UNSUPPORTED);
}

static void test_metadata(struct fixture *f, gconstpointer data)
{
	virDomainPtr d = f->guest;

	(void)data;
	invalid(!virDomainGetMetadata(d, 7, NULL, 0), "unknown type");
	invalid(!virDomainGetMetadata(d, VIR_DOMAIN_METADATA_ELEMENT, NULL, 0), "must not be NULL");
	invalid(!virDomainGetMetadata(d, VIR_DOMAIN_METADATA_TITLE, "u", 0), "must be NULL");
	g_assert_null(virDomainGetMetadata(d, VIR_DOMAIN_METADATA_TITLE, NULL, 0));
	g_assert_cmpint(virGetLastErrorCode(), ==, VIR_ERR_NO_DOMAIN_METADATA);
	g_assert_null(
		virDomainGetMetadata(d, VIR_DOMAIN_METADATA_TITLE, NULL, VIR_DOMAIN_AFFECT_LIVE));
	g_assert_cmpint(virGetLastErrorCode(), ==, VIR_ERR_OPERATION_INVALID);
}

/* ---- Handles and what they name ----------------------------------------------------------- */

static void test_references(struct fixture *f, gconstpointer data)
{
	virConnectPtr conn = virConnectOpen(f->uri);
	virDomainPtr domain = virDomainLookupByName(conn, "guest");

	(void)data;
	g_assert_cmpint(virConnectRef(conn), ==, 0);
	g_assert_cmpint(virConnectClose(conn), ==, 2);
	g_assert_cmpint(virConnectClose(conn), ==, 1);
	g_assert_true(virDomainGetConnect(domain) == conn);
	g_assert_cmpint(virDomainRef(domain), ==, 0);
	g_assert_cmpint(virDomainFree(domain), ==, 0);
	g_assert_cmpint(virDomainIsActive(domain), ==, 0);
	g_assert_cmpint(virDomainFree(domain), ==, 0);
}

static void test_rename(struct fixture *f, gconstpointer data)
{
	virDomainPtr other = virDomainLookupByName(f->conn, "guest");
	const char *old = virDomainGetName(f->guest);

	(void)data;
	g_assert_cmpint(virDomainRename(f->guest, "new", 0), ==, 0);
	g_assert_cmpstr(old, ==, "guest");
	g_assert_cmpstr(virDomainGetName(f->guest), ==, "new");
	g_assert_cmpint(virDomainIsActive(f->guest), ==, 0);
	g_assert_cmpint(virDomainIsActive(other), ==, -1);
	g_assert_cmpint(virGetLastErrorCode(), ==, VIR_ERR_NO_DOMAIN);
	g_assert_cmpint(virDomainFree(other), ==, 0);
}

static void test_another_domain_of_the_name(struct fixture *f, gconstpointer data)
{
	g_autofree char *xml = g_strdup(guest_xml);
	virDomainPtr old = virDomainLookupByUUIDString(f->conn, UUID), now;

	(void)data;
	g_assert_nonnull(old);
	g_assert_cmpint(virDomainUndefine(f->guest), ==, 0);
	strstr(xml, UUID)[0] = 'd';
	now = virDomainDefineXML(f->conn, xml);
	g_assert_nonnull(now);
	g_assert_cmpint(virDomainIsActive(old), ==, -1);
	g_assert_cmpint(virGetLastErrorCode(), ==, VIR_ERR_NO_DOMAIN);
	g_assert_cmpint(virDomainUndefine(old), ==, -1);
	g_assert_cmpint(virGetLastErrorCode(), ==, VIR_ERR_NO_DOMAIN);
	g_assert_cmpint(virDomainUndefine(now), ==, 0);
	g_assert_cmpint(virDomainFree(now), ==, 0);
	g_assert_cmpint(virDomainFree(old), ==, 0);
}

/* ---- Threads ------------------------------------------------------------------------------ */

#define N_THREADS 8
#define N_ROUNDS 50

static gpointer use_connection(gpointer data)
{
	struct fixture *f = data;

	for (int i = 0; i < N_ROUNDS; i++) {
		virDomainPtr *all = NULL;
		char text[VIR_UUID_STRING_BUFLEN];
		int n = virConnectListAllDomains(f->conn, &all, 0);

		g_assert_cmpint(n, ==, 1);
		g_assert_null(all[n]);
		g_assert_cmpint(virDomainGetUUIDString(all[0], text), ==, 0);
		g_assert_cmpint(virDomainGetUUIDString(f->guest, text), ==, 0);
		g_assert_cmpstr(text, ==, UUID);
		g_assert_null(virDomainLookupByName(f->conn, "nobody"));
		g_assert_cmpint(virGetLastErrorCode(), ==, VIR_ERR_NO_DOMAIN);
		g_assert_cmpint(virDomainFree(all[0]), ==, 0);
		free(all);
	}
	return NULL;
}

static void test_threads(struct fixture *f, gconstpointer data)
{
	GThread *threads[N_THREADS];

	(void)data;
	for (int i = 0; i < N_THREADS; i++)
		threads[i] = g_thread_new("user", use_connection, f);
	for (int i = 0; i < N_THREADS; i++)
		g_thread_join(threads[i]);
}

/* Guests of the test driver live in the process; one goes with the connection that started it, and
 * with its last reference only. */
static void test_autodestroy(struct fixture *f, gconstpointer data)
{
	virConnectPtr watcher = virConnectOpen("test:///default");
	virConnectPtr owner = virConnectOpen("test:///default");
	virDomainPtr seen = virDomainLookupByName(watcher, "test");
	virDomainPtr own = virDomainLookupByName(owner, "test");

	(void)f;
	(void)data;
	g_assert_cmpint(virDomainDestroy(own), ==, 0);
	g_assert_cmpint(virDomainCreateWithFlags(own, VIR_DOMAIN_START_AUTODESTROY), ==, 0);
	g_assert_cmpint(virConnectClose(owner), ==, 1);
	g_assert_cmpint(virDomainIsActive(seen), ==, 1);
	g_assert_cmpint(virDomainFree(own), ==, 0);
	g_assert_cmpint(virDomainIsActive(seen), ==, 0);
	/* A later run is nobody's. */
	owner = virConnectOpen("test:///default");
	own = virDomainLookupByName(owner, "test");
	g_assert_cmpint(virDomainCreateWithFlags(own, VIR_DOMAIN_START_AUTODESTROY), ==, 0);
	g_assert_cmpint(virDomainDestroy(seen), ==, 0);
	g_assert_cmpint(virDomainCreate(seen), ==, 0);
	g_assert_cmpint(virDomainFree(own), ==, 0);
	g_assert_cmpint(virConnectClose(owner), ==, 0);
	g_assert_cmpint(virDomainIsActive(seen), ==, 1);
	g_assert_cmpint(virDomainFree(seen), ==, 0);
	g_assert_cmpint(virConnectClose(watcher), ==, 0);
}

/* ---- What reads saved memory --------------------------------------------------------------- */

struct seen {
	long long done, total;
	int calls, ends_at; /* the number of the call that says no; 0: none */
};

static int see(virConnectPtr conn, long long done, long long total, void *opaque)
{
	struct seen *s = opaque;

	g_assert_nonnull(conn);
	g_assert_cmpint(done, >, s->done);
	g_assert_cmpint(done, <=, total);
	s->done = done;
	s->total = total;
	return ++s->calls == s->ends_at ? -1 : 0;
}

/* It can be ended at every call, and then nothing was; without, it is told to its end. */
static void test_progress(struct fixture *f, gconstpointer data)
{
	virConnectPtr conn = virConnectOpen("test:///default");
	virDomainPtr guest = virDomainLookupByName(conn, "test");
	g_autofree char *file = g_build_filename(f->root, "memory", NULL);
	struct seen seen = { .ends_at = 1 };

	(void)data;
	g_assert_cmpint(domshConnectSetProgress(conn, see, &seen), ==, 0);
	for (;; seen = (struct seen){ .ends_at = seen.ends_at + 1 }) {
		g_assert_cmpint(virDomainManagedSave(guest, 0), ==, 0);
		if (virDomainCreate(guest) == 0)
			break;
		g_assert_cmpint(virGetLastErrorCode(), ==, VIR_ERR_OPERATION_ABORTED);
		g_assert_cmpint(virDomainIsActive(guest), ==, 0);
		g_assert_cmpint(virDomainHasManagedSaveImage(guest, 0), ==, 1);
		g_assert_cmpint(domshConnectSetProgress(conn, NULL, NULL), ==, 0);
		g_assert_cmpint(virDomainCreate(guest), ==, 0);
		g_assert_cmpint(domshConnectSetProgress(conn, see, &seen), ==, 0);
	}
	g_assert_cmpint(seen.ends_at, >, 2);
	g_assert_cmpint(seen.done, ==, seen.total);
	seen = (struct seen){ .ends_at = 2 };
	g_assert_cmpint(virDomainSave(guest, file), ==, 0);
	g_assert_cmpint(virDomainRestore(conn, file), ==, -1);
	g_assert_cmpint(virGetLastErrorCode(), ==, VIR_ERR_OPERATION_ABORTED);
	g_assert_cmpint(virDomainIsActive(guest), ==, 0);
	seen = (struct seen){ 0 };
	g_assert_cmpint(virDomainRestore(conn, file), ==, 0);
	g_assert_cmpint(virDomainIsActive(guest), ==, 1);
	g_assert_cmpint(virDomainFree(guest), ==, 0);
	g_assert_cmpint(virConnectClose(conn), ==, 0);
}

/* Taken once, and gone with the next call of those that may have one. */
static void test_remarks(struct fixture *f, gconstpointer data)
{
	static const char odd[] = "<domain type='qemu'><name>guest</name><uuid>" UUID "</uuid>"
				  "<memory unit='KiB'>65536</memory><os><type>hvm</type></os>"
				  "<devices><sound model='ac97'/></devices></domain>";
	char **remarks;

	(void)data;
	for (int times = 2; times > 0; times--) {
		virDomainPtr guest = virDomainDefineXML(f->conn, odd);

		g_assert_cmpint(virDomainFree(guest), ==, 0);
	}
	g_assert_cmpint(domshTakeRemarks(&remarks), ==, 1);
	g_assert_true(g_str_has_prefix(remarks[0], "'start guest' will refuse: devices/sound"));
	g_assert_null(remarks[1]);
	domshRemarksFree(remarks);
	g_assert_cmpint(domshTakeRemarks(&remarks), ==, 0);
	g_assert_null(remarks[0]);
	domshRemarksFree(remarks);
	virDomainFree(virDomainDefineXML(f->conn, odd));
	g_assert_cmpint(virDomainCreate(f->guest), ==, -1);
	g_assert_cmpint(domshTakeRemarks(&remarks), ==, 0);
	domshRemarksFree(remarks);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *path;
		void (*test)(struct fixture *f, gconstpointer data);
	} tests[] = {
		{ "/api/calls/flags", test_flags },
		{ "/api/calls/arguments", test_arguments },
		{ "/api/calls/metadata", test_metadata },
		{ "/api/calls/references", test_references },
		{ "/api/calls/rename", test_rename },
		{ "/api/calls/another-domain-of-the-name", test_another_domain_of_the_name },
		{ "/api/calls/autodestroy", test_autodestroy },
		{ "/api/calls/progress", test_progress },
		{ "/api/calls/remarks", test_remarks },
		{ "/api/calls/threads", test_threads },
	};

	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add(tests[i].path, struct fixture, NULL, set_up, tests[i].test, tear_down);
	return g_test_run();
}
