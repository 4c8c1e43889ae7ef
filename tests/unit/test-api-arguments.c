/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The pointers that functions take beside their handle (api-arguments.h), and what else can be wrong
 * with the arguments of functions that have none (test-api-table.c has the handles). */
#include "api-rig.h"
#include "api-arguments.h"

/* Room for what the calls would hand out; what they do hand out is not looked at. */
static union {
	unsigned long ul;
	int i;
	char *s;
	void *room;
} out;
static int n;

#define DRY DOMSH_UNDEFINE_DRY_RUN
#define CAPABILITIES free(virConnectGetDomainCapabilities(c, NULL, NULL, NULL, NULL, 0))
#define NO_IMPL virEventRegisterImpl(NULL, NULL, NULL, NULL, NULL, NULL)

static void nothing(void)
{
	g_assert_not_reached();
}

struct objects {
	virConnectPtr c;
	virDomainPtr d;
	virDomainSnapshotPtr s;
	virStreamPtr st;
};

struct row {
	const char *function, *parameter;
	gboolean (*fails)(const struct objects *o);
};

#define UNPACK \
	virConnectPtr c = o->c; \
	virDomainPtr d = o->d; \
	virDomainSnapshotPtr s = o->s; \
	virStreamPtr st = o->st; \
	(void)c, (void)d, (void)s, (void)st
#define DEFINE_FAILS(function, parameter, call) \
	static gboolean function##_##parameter(const struct objects *o) \
	{ \
		UNPACK; \
		return call; \
	}
#define DEFINE_RUNS(function, parameter, call) \
	static gboolean function##_##parameter(const struct objects *o) \
	{ \
		UNPACK; \
		return ((void)(call), FALSE); \
	}
#define ROW(function, parameter, call) { #function, #parameter, function##_##parameter },

NOT_NULL(DEFINE_FAILS)
MAY_BE_NULL(DEFINE_RUNS)
static const struct row needed[] = { NOT_NULL(ROW) };
static const struct row optional[] = { MAY_BE_NULL(ROW) };

/* All of them are told, not only the first. */
static void G_GNUC_PRINTF(1, 2) complain(const char *fmt, ...)
{
	g_autofree char *text = NULL;
	va_list args;

	va_start(args, fmt);
	text = g_strdup_vprintf(fmt, args);
	va_end(args);
	g_test_message("%s", text);
	g_test_fail();
}

/* ---- Pointers ----------------------------------------------------------------------------- */

static void open_objects(struct fixture *f, struct objects *o)
{
	static const char record[] =
		"<domainsnapshot><name>s</name><state>shutoff</state><creationTime>1</creationTime>"
		"<domain type='qemu'><name>guest</name><uuid>" UUID "</uuid></domain></domainsnapshot>";

	g_setenv("LIBVIRT_DEFAULT_URI", f->uri, TRUE);
	o->c = f->conn;
	o->d = f->guest;
	o->s = virDomainSnapshotCreateXML(f->guest, record, VIR_DOMAIN_SNAPSHOT_CREATE_REDEFINE);
	o->st = virStreamNew(f->conn, 0);
	g_assert_cmpstr(virGetLastErrorMessage(), ==, "no error");
}

static void close_objects(struct objects *o)
{
	g_assert_cmpint(virStreamFree(o->st), ==, 0);
	g_assert_cmpint(virDomainSnapshotFree(o->s), ==, 0);
}

static void test_needed(struct fixture *f, gconstpointer data)
{
	struct objects o;

	(void)data;
	open_objects(f, &o);
	for (size_t i = 0; i < G_N_ELEMENTS(needed); i++) {
		const struct row *row = &needed[i];
		virErrorPtr err;

		virResetLastError();
		if (!row->fails(&o))
			complain("%s takes NULL as %s", row->function, row->parameter);
		err = virGetLastError();
		if (!err || err->code != VIR_ERR_INVALID_ARG || err->level != VIR_ERR_ERROR ||
		    !strstr(err->message, row->parameter) || !strstr(err->message, row->function))
			complain("%s, %s: %s", row->function, row->parameter,
					   virGetLastErrorMessage());
	}
	g_assert_cmpint(virDomainSnapshotNum(o.d, 0), ==, 1);
	g_assert_cmpint(virConnectNumOfDefinedDomains(o.c), ==, 1);
	close_objects(&o);
}

static void test_optional(struct fixture *f, gconstpointer data)
{
	struct objects o;

	(void)data;
	open_objects(f, &o);
	for (size_t i = 0; i < G_N_ELEMENTS(optional); i++) {
		virResetLastError();
		optional[i].fails(&o);
		if (strstr(virGetLastErrorMessage(), "NULL"))
			complain("%s, %s: %s", optional[i].function,
					   optional[i].parameter, virGetLastErrorMessage());
	}
	g_assert_cmpint(virConnectNumOfDefinedDomains(o.c), ==, 1);
	close_objects(&o);
}

/* ---- Functions without a handle ------------------------------------------------------------ */

static void failed_as(gboolean failed, int code, int domain, const char *words)
{
	virErrorPtr err = virGetLastError();

	g_assert_true(failed && err);
	if (err->code != code || err->domain != domain || err->level != VIR_ERR_ERROR ||
	    !strstr(err->message, words))
		complain("expected code %d of domain %d and '%s', got %d of %d: %s", code, domain,
			words, err->code, err->domain, err->message);
}

static void test_open(void)
{
	static const struct {
		const char *uri;
		int code;
		const char *words;
	} rows[] = {
		{ "nonsense", VIR_ERR_NO_CONNECT, "nonsense" },
		{ "foo:///bar", VIR_ERR_NO_CONNECT, "foo:///bar" },
		{ "qemu://elsewhere/system", VIR_ERR_NO_CONNECT, "qemu://elsewhere/system" },
		{ "qemu:///embed", VIR_ERR_INVALID_ARG, "root" },
		{ "qemu:///embed?root=here", VIR_ERR_INVALID_ARG, "here" },
		{ "qemu:///nowhere", VIR_ERR_NO_CONNECT, "nowhere" },
		{ "test:///none.xml", VIR_ERR_SYSTEM_ERROR, "none.xml" },
	};
	virConnectPtr (*const calls[])(const char *name) = { virConnectOpen, virConnectOpenReadOnly };

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		for (size_t k = 0; k < G_N_ELEMENTS(calls); k++)
			failed_as(!calls[k](rows[i].uri), rows[i].code, VIR_FROM_NONE, rows[i].words);
}

static void test_lists_of_domains(struct fixture *f, gconstpointer data)
{
	static const long foreign[64] = { 1, 2, 3 };
	virDomainPtr none[] = { NULL }, strange[] = { f->guest, (void *)foreign, NULL };
	virDomainPtr good[] = { f->guest, NULL };
	virDomainStatsRecordPtr *records = NULL;

	(void)data;
	failed_as(virDomainListGetStats(none, 0, &records, 0) < 0, VIR_ERR_INVALID_ARG,
		  VIR_FROM_NONE, "empty");
	failed_as(virDomainListGetStats(strange, 0, &records, 0) < 0, VIR_ERR_INVALID_DOMAIN,
		  VIR_FROM_DOM, "virDomainListGetStats");
	failed_as(virDomainListGetStats(good, 0, &records, 1u << 28) < 0, VIR_ERR_INVALID_ARG,
		  VIR_FROM_QEMU, "unsupported flags");
	g_assert_null(records);
	g_assert_cmpint(virDomainListGetStats(good, 0, &records, 0), ==, 1);
	virDomainStatsRecordListFree(records);
}

/* What takes a domain and a stream: each of them wrong. */
static void test_domain_and_stream(struct fixture *f, gconstpointer data)
{
	static const long foreign[64] = { 1, 2, 3 };
	virDomainPtr seen = virDomainLookupByName(f->reader, "guest");
	virStreamPtr st = virStreamNew(f->conn, 0);
	void *const bad[] = { NULL, (void *)foreign, f->conn };

	(void)data;
	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
		failed_as(virDomainOpenConsole(bad[i], NULL, st, 0) < 0, VIR_ERR_INVALID_DOMAIN,
			  VIR_FROM_DOM, "virDomainOpenConsole");
		failed_as(!virDomainScreenshot(bad[i], st, 0, 0), VIR_ERR_INVALID_DOMAIN,
			  VIR_FROM_DOM, "virDomainScreenshot");
		failed_as(virDomainOpenConsole(f->guest, NULL, bad[i], 0) < 0,
			  VIR_ERR_INVALID_STREAM, VIR_FROM_STREAMS, "virDomainOpenConsole");
		failed_as(!virDomainScreenshot(f->guest, bad[i], 0, 0), VIR_ERR_INVALID_STREAM,
			  VIR_FROM_STREAMS, "virDomainScreenshot");
	}
	failed_as(virDomainOpenConsole(seen, NULL, st, 0) < 0, VIR_ERR_OPERATION_DENIED,
		  VIR_FROM_QEMU, "read only");
	failed_as(!virDomainScreenshot(seen, st, 0, 0), VIR_ERR_OPERATION_DENIED, VIR_FROM_QEMU,
		  "read only");
	failed_as(virDomainOpenConsole(f->guest, NULL, st, 1u << 28) < 0, VIR_ERR_INVALID_ARG,
		  VIR_FROM_QEMU, "unsupported flags");
	failed_as(!virDomainScreenshot(f->guest, st, 0, 1), VIR_ERR_INVALID_ARG, VIR_FROM_QEMU,
		  "unsupported flags");
	g_assert_cmpint(virStreamFree(st), ==, 0);
	g_assert_cmpint(virDomainFree(seen), ==, 0);
}

static void test_the_rest(void)
{
	virTypedParameter params[] = { { .field = "a", .type = VIR_TYPED_PARAM_INT } };
	virError copy = { 0 };

	g_assert_cmpint(virInitialize(), ==, 0);
	g_assert_cmpint(virInitialize(), ==, 0);
	failed_as(!domshXMLPath("<a/>", "/a", 1u << 28), VIR_ERR_INVALID_ARG, VIR_FROM_NONE,
		  "unsupported flags");
	failed_as(!domshXMLPath("<a", "/a", 0), VIR_ERR_XML_ERROR, VIR_FROM_XML, "");
	failed_as(virEventAddHandle(-1, 1, (void *)nothing, NULL, NULL) < 0, VIR_ERR_INVALID_ARG,
		  VIR_FROM_NONE, "fd in virEventAddHandle");
	g_assert_cmpint(virEventRemoveHandle(12345), ==, -1);
	g_assert_cmpint(virEventRemoveTimeout(12345), ==, -1);
	virEventUpdateHandle(12345, 1);
	virEventUpdateTimeout(12345, 1);
	g_assert_cmpint(virCopyLastError(&copy), ==, VIR_ERR_INVALID_ARG);
	virResetLastError();
	g_assert_null(virGetLastError());
	g_assert_cmpint(virGetLastErrorCode(), ==, VIR_ERR_OK);
	g_assert_cmpint(virGetLastErrorDomain(), ==, VIR_FROM_NONE);
	g_assert_cmpstr(virGetLastErrorMessage(), ==, "no error");
	g_assert_cmpint(copy.level, ==, VIR_ERR_ERROR);
	virResetError(&copy);
	virFreeError(virSaveLastError());
	g_assert_true(virTypedParamsGet(params, 1, "a") == params);
	g_assert_null(virTypedParamsGet(params, 1, "b"));
	g_assert_null(virTypedParamsGet(params, 0, "a"));
	g_assert_null(virTypedParamsGet(params, -1, "a"));
	virDefaultErrorFunc(&copy);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	virEventRegisterDefaultImpl();
#define FIXTURE_TEST(name, function) \
	g_test_add("/api/arguments/" name, struct fixture, NULL, set_up, function, tear_down)
	FIXTURE_TEST("needed", test_needed);
	FIXTURE_TEST("optional", test_optional);
	g_test_add_func("/api/arguments/open", test_open);
	FIXTURE_TEST("lists-of-domains", test_lists_of_domains);
	FIXTURE_TEST("domain-and-stream", test_domain_and_stream);
	g_test_add_func("/api/arguments/the-rest", test_the_rest);
	return g_test_run();
}
