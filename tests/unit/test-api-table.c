/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Every exported function with what it must not be given: NULL, foreign, wiped and read-only
 * handles, and unknown flags. That it is every one is a test, too: a new function needs a row in
 * api-rows.h.
 */
#include "api-rig.h"
#include "api-rows.h"

/* Room for what the calls would hand out. */
static union {
	unsigned long ul;
	int i;
	char *s;
	unsigned char uuid[VIR_UUID_BUFLEN];
	char text[VIR_UUID_STRING_BUFLEN];
	virDomainInfo info;
	virSecurityModel model;
	struct domshTrashEntry *trash;
	long long room[64];
} out;

static unsigned int flags;

/* A callback that is never called. */
static void nothing(void)
{
	g_assert_not_reached();
}

struct row {
	char access;
	const char *name;
	const char *call; /* its text */
	gboolean (*fails)(void *h);
};

#define DEFINE(access, function, failed) \
	static gboolean function##_fails(void *h) \
	{ \
		return failed; \
	}
#define ROW(access, function, failed) { #access[0], #function, #failed, function##_fails },

CONNECT_CALLS(DEFINE)
DOMAIN_CALLS(DEFINE)
SNAPSHOT_CALLS(DEFINE)
CHECKPOINT_CALLS(DEFINE)
STREAM_CALLS(DEFINE)
static const struct row connect_rows[] = { CONNECT_CALLS(ROW) };
static const struct row domain_rows[] = { DOMAIN_CALLS(ROW) };
static const struct row snapshot_rows[] = { SNAPSHOT_CALLS(ROW) };
static const struct row checkpoint_rows[] = { CHECKPOINT_CALLS(ROW) };
static const struct row stream_rows[] = { STREAM_CALLS(ROW) };

static const struct {
	const struct row *rows;
	size_t n;
	int code, domain; /* of the error when a handle is none */
} tables[] = {
	{ connect_rows, G_N_ELEMENTS(connect_rows), VIR_ERR_INVALID_CONN, VIR_FROM_NONE },
	{ domain_rows, G_N_ELEMENTS(domain_rows), VIR_ERR_INVALID_DOMAIN, VIR_FROM_DOM },
	{ snapshot_rows, G_N_ELEMENTS(snapshot_rows), VIR_ERR_INVALID_DOMAIN_SNAPSHOT,
	  VIR_FROM_DOMAIN_SNAPSHOT },
	{ checkpoint_rows, G_N_ELEMENTS(checkpoint_rows), VIR_ERR_INVALID_DOMAIN_CHECKPOINT,
	  VIR_FROM_DOMAIN_CHECKPOINT },
	{ stream_rows, G_N_ELEMENTS(stream_rows), VIR_ERR_INVALID_STREAM, VIR_FROM_STREAMS },
};

#define NAME(function) #function,
static const char *const others[] = { OTHER_CALLS(NAME) };

/* domain: a virErrorDomain */
static void expect(const struct row *row, void *handle, int code, int domain)
{
	virResetLastError();
	if (!row->fails(handle) || virGetLastErrorCode() != code ||
	    virGetLastErrorDomain() != domain || virGetLastError()->level != VIR_ERR_ERROR)
		g_error("%s: expected code %d of domain %d, got %d of %d: %s", row->name, code,
			domain, virGetLastErrorCode(), virGetLastErrorDomain(),
			virGetLastErrorMessage());
	if (!strstr(virGetLastErrorMessage(), row->name))
		g_error("%s is not named in: %s", row->name, virGetLastErrorMessage());
}

static void test_bad_handles(struct fixture *f, gconstpointer data)
{
	static const long foreign[64] = { 1, 2, 3 }, wiped[64];

	(void)data;
	for (size_t t = 0; t < G_N_ELEMENTS(tables); t++) {
		const int code = tables[t].code, domain = tables[t].domain;

		for (size_t i = 0; i < tables[t].n; i++) {
			const struct row *row = &tables[t].rows[i];

			expect(row, NULL, code, domain);
			expect(row, (void *)foreign, code, domain);
			expect(row, (void *)wiped, code, domain);
			if (tables[t].rows != connect_rows)
				expect(row, f->conn, code, domain);
			if (tables[t].rows != domain_rows)
				expect(row, f->guest, code, domain);
		}
	}
}

static void expect_denied(const struct row *rows, size_t n, void *handle)
{
	for (size_t i = 0; i < n; i++) {
		if (rows[i].access == 'W')
			expect(&rows[i], handle, VIR_ERR_OPERATION_DENIED, VIR_FROM_QEMU);
	}
}

#define RECORD \
	"<domainsnapshot><name>s</name><state>shutoff</state><creationTime>1</creationTime>" \
	"<domain type='qemu'><name>guest</name><uuid>" UUID "</uuid></domain></domainsnapshot>"

static virDomainSnapshotPtr make_snapshot(struct fixture *f)
{
	virDomainSnapshotPtr made = virDomainSnapshotCreateXML(
		f->guest, RECORD, VIR_DOMAIN_SNAPSHOT_CREATE_REDEFINE);

	g_assert_cmpstr(virGetLastErrorMessage(), ==, "no error");
	g_assert_nonnull(made);
	return made;
}

static void test_read_only(struct fixture *f, gconstpointer data)
{
	virDomainSnapshotPtr made = make_snapshot(f), snapshot;
	virDomainPtr guest = virDomainLookupByName(f->reader, "guest");

	(void)data;
	g_assert_nonnull(guest);
	snapshot = virDomainSnapshotLookupByName(guest, "s", 0);
	g_assert_nonnull(snapshot);
	expect_denied(connect_rows, G_N_ELEMENTS(connect_rows), f->reader);
	expect_denied(domain_rows, G_N_ELEMENTS(domain_rows), guest);
	expect_denied(snapshot_rows, G_N_ELEMENTS(snapshot_rows), snapshot);
	g_assert_null(virDomainGetXMLDesc(guest, VIR_DOMAIN_XML_SECURE));
	g_assert_cmpint(virGetLastErrorCode(), ==, VIR_ERR_OPERATION_DENIED);
	g_assert_cmpint(virDomainSnapshotNum(guest, 0), ==, 1);
	g_assert_cmpint(virDomainSnapshotFree(snapshot), ==, 0);
	g_assert_cmpint(virDomainSnapshotFree(made), ==, 0);
	g_assert_cmpint(virDomainFree(guest), ==, 0);
	g_assert_cmpint(virConnectNumOfDefinedDomains(f->conn), ==, 1);
}

/* ---- Unknown flags ------------------------------------------------------------------------ */

static guint expect_unsupported(const struct row *rows, size_t n, void *handle)
{
	guint count = 0;

	for (size_t i = 0; i < n; i++) {
		if (!strstr(rows[i].call, "flags"))
			continue;
		expect(&rows[i], handle, VIR_ERR_INVALID_ARG, VIR_FROM_QEMU);
		g_assert_nonnull(strstr(virGetLastErrorMessage(), "unsupported flags"));
		count++;
	}
	return count;
}

static void test_unknown_flags(struct fixture *f, gconstpointer data)
{
	virDomainSnapshotPtr snapshot = make_snapshot(f);

	(void)data;
	flags = 1u << 28; /* nobody has it */
	g_assert_cmpint(expect_unsupported(connect_rows, G_N_ELEMENTS(connect_rows), f->conn), >, 5);
	g_assert_cmpint(expect_unsupported(domain_rows, G_N_ELEMENTS(domain_rows), f->guest), >, 30);
	g_assert_cmpint(expect_unsupported(snapshot_rows, G_N_ELEMENTS(snapshot_rows), snapshot), >,
			7);
	flags = 0;
	g_assert_cmpint(virDomainIsPersistent(f->guest), ==, 1);
	g_assert_cmpint(virDomainSnapshotFree(snapshot), ==, 0);
}

/* ---- All of them -------------------------------------------------------------------------- */

static gboolean has_row(const char *function)
{
	for (size_t t = 0; t < G_N_ELEMENTS(tables); t++) {
		for (size_t i = 0; i < tables[t].n; i++)
			if (strcmp(tables[t].rows[i].name, function) == 0)
				return TRUE;
	}
	for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
		if (strcmp(others[i], function) == 0)
			return TRUE;
	return FALSE;
}

/* The library beside us: <products>/tests/unit/test-api-table, <products>/libdomsh.so. */
static char *exported(void)
{
	g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
	g_autofree char *unit = g_path_get_dirname(self);
	g_autofree char *library = g_build_filename(unit, "..", "..", "libdomsh.so", NULL);
	const char *argv[] = { "nm", "-D", "--defined-only", "-P", library, NULL };
	char *text = NULL;

	g_assert_true(g_spawn_sync(NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL,
				   &text, NULL, NULL, NULL));
	return text;
}

static void test_complete(void)
{
	g_autofree char *text = exported();
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	guint n = 0;

	for (guint i = 0; lines[i]; i++) {
		char *name = lines[i], *end = strchr(name, ' ');

		if (!end || end[1] != 'T')
			continue;
		*end = '\0';
		n++;
		if (!has_row(name))
			g_error("%s is exported and has no row in tests/unit/api-rows.h", name);
	}
	g_assert_cmpint(n, >, 150);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *path;
		void (*test)(struct fixture *f, gconstpointer data);
	} tests[] = {
		{ "/api/table/bad-handles", test_bad_handles },
		{ "/api/table/read-only", test_read_only },
		{ "/api/table/unknown-flags", test_unknown_flags },
	};

	g_test_init(&argc, &argv, NULL);
	virEventRegisterDefaultImpl();
	g_test_add_func("/api/table/complete", test_complete);
	for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add(tests[i].path, struct fixture, NULL, set_up, tests[i].test, tear_down);
	return g_test_run();
}
