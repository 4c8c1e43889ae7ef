/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Snapshot records: what is read, refused, written, and found without libxml2. */
#include <glib.h>
#include <string.h>
#include "base/error.h"
#include "xml/snapshot.h"

static struct snapshot_record *parse(const char *text, bool redefine)
{
	g_autoptr(GError) err = NULL;
	struct snapshot_record *rec = snapshot_parse(text, strlen(text), redefine, &err);

	g_assert_no_error(err);
	return rec;
}

/* As libvirt writes it into its own directory. */
static const char *const libvirts =
	"<!--\nWARNING: THIS IS AN AUTO-GENERATED FILE.\n-->\n\n"
	"<domainsnapshot>\n"
	"  <name>s2</name>\n"
	"  <description>two\nlines &lt;&amp;</description>\n"
	"  <state>running</state>\n"
	"  <parent>\n    <name>s1</name>\n  </parent>\n"
	"  <creationTime>1795234140</creationTime>\n"
	"  <memory snapshot='internal'/>\n"
	"  <disks>\n"
	"    <disk name='vda' snapshot='internal'/>\n"
	"    <disk name='vdb' snapshot='no'/>\n"
	"  </disks>\n"
	"  <domain type='kvm'>\n"
	"    <name>test</name>\n"
	"    <uuid>6695eb01-f6a4-8304-79aa-97f2502e193f</uuid>\n"
	"    <devices>\n"
	"      <disk/>\n"
	"    </devices>\n"
	"  </domain>\n"
	"  <inactiveDomain type='kvm'>\n"
	"    <name>test</name>\n"
	"  </inactiveDomain>\n"
	"  <active>1</active>\n"
	"</domainsnapshot>\n";

static void test_libvirts(void)
{
	g_autoptr(snapshot_record) rec = parse(libvirts, true);
	const struct snapshot_disk *disk = rec->disks->pdata[0];

	g_assert_cmpstr(rec->name, ==, "s2");
	g_assert_cmpstr(rec->description, ==, "two\nlines <&");
	g_assert_cmpint(rec->state, ==, SNAPSHOT_RUNNING);
	g_assert_cmpstr(rec->parent, ==, "s1");
	g_assert_cmpint(rec->creation_time, ==, 1795234140);
	g_assert_cmpint(rec->memory, ==, SNAPSHOT_KIND_INTERNAL);
	g_assert_cmpuint(rec->disks->len, ==, 2);
	g_assert_cmpstr(disk->name, ==, "vda");
	g_assert_cmpint(disk->kind, ==, SNAPSHOT_KIND_INTERNAL);
	g_assert_true(rec->has_domain && rec->has_active_mark);
	g_assert_cmpstr(rec->domain_uuid, ==, "6695eb01-f6a4-8304-79aa-97f2502e193f");
	g_assert_false(snapshot_record_is_external(rec));
}

/* What is written for a record of ours is, byte for byte, what libvirt writes. */
static void test_format(void)
{
	static const char *const wanted =
		"<domainsnapshot>\n"
		"  <name>s&lt;2</name>\n"
		"  <description>d</description>\n"
		"  <state>disk-snapshot</state>\n"
		"  <parent>\n    <name>s1</name>\n  </parent>\n"
		"  <creationTime>7</creationTime>\n"
		"  <memory snapshot='no'/>\n"
		"  <disks>\n"
		"    <disk name='vda' snapshot='internal'/>\n"
		"    <disk name='vdb' snapshot='external' type='file'>\n"
		"      <driver type='qcow2'/>\n"
		"      <source file='/v/b.s2'/>\n"
		"    </disk>\n"
		"  </disks>\n"
		"  <domain type='kvm'>\n    <name>a</name>\n    <devices/>\n  </domain>\n"
		"</domainsnapshot>\n";
	static const char *const config =
		"<domain type='kvm'>\n  <name>a</name>\n  <devices/>\n</domain>\n";
	g_autoptr(xml_tree) domain = xml_parse(config, strlen(config), "domain", NULL);
	g_autoptr(snapshot_record) rec = parse(wanted, true);
	g_autofree char *text = snapshot_format(rec, domain, NULL);
	g_autoptr(xml_tree) again = snapshot_domain(text, strlen(text), NULL);
	g_autofree char *domain_text = xml_format(again);

	g_assert_cmpstr(text, ==, wanted);
	g_assert_cmpstr(domain_text, ==, config);
	g_assert_true(snapshot_record_is_external(rec));
	g_assert_null(snapshot_inactive_domain(text, strlen(text), NULL));
}

static void test_inactive(void)
{
	g_autoptr(xml_tree) inactive = snapshot_inactive_domain(libvirts, strlen(libvirts), NULL);
	g_autoptr(xml_tree) domain = snapshot_domain(libvirts, strlen(libvirts), NULL);
	g_autoptr(snapshot_record) rec = parse(libvirts, true);
	g_autofree char *text = xml_format(inactive);
	g_autofree char *whole = snapshot_format(rec, domain, inactive);
	g_autofree char *wanted = g_strdup(strstr(libvirts, "<domainsnapshot>"));
	char *active = strstr(wanted, "  <active>1</active>\n");

	g_assert_cmpstr(text, ==, "<domain type='kvm'>\n  <name>test</name>\n</domain>\n");
	memmove(active, active + 21, strlen(active + 21) + 1);
	g_assert_cmpstr(whole, ==, wanted);
}

/* ---- Creating ---- */

static void test_create(void)
{
	g_autoptr(snapshot_record) bare = parse("<domainsnapshot/>", false);
	g_autoptr(snapshot_record) rec = parse(
		"<domainsnapshot><name>a b</name><state>nonsense</state><parent><name>x</name></parent>"
		"<creationTime>x</creationTime><unknown/>"
		"<memory snapshot='external' file='/m'/>"
		"<disks><disk name='vda'/><disk name='vdb' snapshot='no'/>"
		"<disk name='vdc'><source file='/o'/></disk></disks></domainsnapshot>", false);
	const struct snapshot_disk *first = rec->disks->pdata[0], *second = rec->disks->pdata[1];

	g_assert_null(bare->name);
	g_assert_false(bare->has_memory);
	g_assert_cmpuint(bare->disks->len, ==, 0);
	g_assert_cmpstr(rec->name, ==, "a b");
	g_assert_null(rec->parent);
	g_assert_cmpint(rec->creation_time, ==, 0);
	g_assert_true(rec->has_memory && rec->memory == SNAPSHOT_KIND_EXTERNAL);
	g_assert_cmpstr(rec->memory_file, ==, "/m");
	g_assert_true(first->is_default && !second->is_default);
	g_assert_cmpint(second->kind, ==, SNAPSHOT_KIND_NO);
	g_assert_cmpstr(((struct snapshot_disk *)rec->disks->pdata[2])->file, ==, "/o");
}

static void assert_refused(const char *text, bool redefine, virErrorNumber code, const char *part)
{
	g_autoptr(GError) err = NULL;

	if (snapshot_parse(text, strlen(text), redefine, &err))
		g_error("accepted: %s", text);
	g_assert_true(error_is(err, code));
	if (!strstr(err->message, part))
		g_error("'%s' does not contain '%s'", err->message, part);
}

static void test_bad(void)
{
	static const char *const bad[][2] = {
		{ "<domain/>", "expecting <domainsnapshot>" },
		{ "<domainsnapshot xmlns='http://q'/>", "expecting" },
		{ "<domainsnapshot>", "ends inside" },
		{ "<domainsnapshot><memory snapshot='external'/></domainsnapshot>", "needs a file" },
		{ "<domainsnapshot><memory file='m'/></domainsnapshot>", "absolute" },
		{ "<domainsnapshot><memory snapshot='no' file='/m'/></domainsnapshot>", "external" },
		{ "<domainsnapshot><disks><disk/></disks></domainsnapshot>", "missing name" },
		{ "<domainsnapshot><disks><disk name='a'/><disk name='a'/></disks></domainsnapshot>",
		  "twice" },
		{ "<domainsnapshot><disks><disk name='a'><source file='o'/></disk></disks>"
		  "</domainsnapshot>", "absolute" },
		{ "<domainsnapshot><disks><disk name='a' snapshot='no'><source file='/o'/></disk>"
		  "</disks></domainsnapshot>", "external" },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
		assert_refused(bad[i][0], false, VIR_ERR_XML_ERROR, bad[i][1]);
	assert_refused("<domainsnapshot><memory snapshot='x'/></domainsnapshot>", false,
		       VIR_ERR_CONFIG_UNSUPPORTED, "kind");
	assert_refused("<domainsnapshot><disks><disk name='a' snapshot='x'/></disks>"
		       "</domainsnapshot>", false, VIR_ERR_CONFIG_UNSUPPORTED, "kind");
}

static void test_names(void)
{
	static const char *const bad[] = { "",	    ".",   ".a",    "a/b",	    "&#10;", "a&#9;b",
					   "  ",    "..",  "\x7f",  "\xe2\x80\xae", "\n" };
	static const char *const good[] = { "-a", "a b", " a ", "&lt;&amp;", "a,b=c", "\\", "1", "current",
					    "\xc3\xa4" };

	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++) {
		g_autofree char *text = g_strdup_printf(
			"<domainsnapshot><name>%s</name></domainsnapshot>", bad[i]);

		assert_refused(text, false, VIR_ERR_XML_ERROR, "name");
	}
	for (size_t i = 0; i < G_N_ELEMENTS(good); i++) {
		g_autofree char *text = g_strdup_printf(
			"<domainsnapshot><name>%s</name><state>shutoff</state><creationTime>1"
			"</creationTime></domainsnapshot>", good[i]);
		g_autoptr(snapshot_record) rec = parse(text, true);
		g_autofree char *again = snapshot_format(rec, NULL, NULL);
		g_autoptr(snapshot_record) back = parse(again, true);

		g_assert_cmpstr(back->name, ==, rec->name);
	}
}

/* ---- Redefining ---- */

#define NAME "<name>a</name>"
#define STATE "<state>shutoff</state>"
#define TIME "<creationTime>1</creationTime>"
#define RECORD(inside) "<domainsnapshot>" inside "</domainsnapshot>"

static void test_redefine(void)
{
	g_autoptr(snapshot_record) off = parse(RECORD(NAME STATE TIME), true);
	g_autoptr(snapshot_record) on = parse(RECORD(NAME "<state>paused</state>" TIME), true);

	g_assert_cmpint(off->memory, ==, SNAPSHOT_KIND_NO);
	g_assert_cmpint(on->memory, ==, SNAPSHOT_KIND_INTERNAL);
	g_assert_false(on->has_domain);
	assert_refused(RECORD(STATE TIME), true, VIR_ERR_XML_ERROR, "name");
	assert_refused(RECORD(NAME TIME), true, VIR_ERR_XML_ERROR, "state");
	assert_refused(RECORD(NAME STATE), true, VIR_ERR_XML_ERROR, "creationTime");
	assert_refused(RECORD(NAME "<state>crashed</state>" TIME), true, VIR_ERR_CONFIG_UNSUPPORTED,
		       "crashed");
	assert_refused(RECORD(NAME STATE TIME "<memory snapshot='internal'/>"), true,
		       VIR_ERR_XML_ERROR, "memory");
	for (size_t i = 0; i < 6; i++) {
		static const char *const times[] = { "",  "x", "-1", "1.5", "0x1",
						     "9223372036854775808" };
		g_autofree char *text = g_strdup_printf(
			RECORD(NAME STATE "<creationTime>%s</creationTime>"), times[i]);

		assert_refused(text, true, VIR_ERR_XML_ERROR, "creationTime");
	}
}

/* ---- Peek and reparent ---- */

static void assert_same(const struct snapshot_record *a, const struct snapshot_record *b)
{
	g_assert_cmpstr(a->name, ==, b->name);
	g_assert_cmpstr(a->description, ==, b->description);
	g_assert_cmpstr(a->parent, ==, b->parent);
	g_assert_cmpint(a->state, ==, b->state);
	g_assert_cmpint(a->creation_time, ==, b->creation_time);
	g_assert_cmpint(a->memory, ==, b->memory);
	g_assert_cmpuint(a->disks->len, ==, b->disks->len);
	g_assert_true(a->has_domain == b->has_domain);
}

static void test_peek(void)
{
	static const char *const texts[] = {
		RECORD(NAME STATE TIME),
		RECORD("<domain><name>no</name></domain>" NAME STATE TIME),
		RECORD(NAME STATE TIME "<domain/>"),
		"<domainsnapshot>" NAME STATE TIME "</domainsnapshot><!-- end -->",
		RECORD("<name>a&amp;b &#xe9;</name>" STATE TIME),
		RECORD("<name>a<!-- c -->b</name>" STATE TIME),
		RECORD("<name><![CDATA[<x>]]></name>" STATE TIME),
		RECORD("<parent><name>p</name></parent>" NAME STATE TIME),
		RECORD("<parent><x><name>p</name></x></parent>" NAME STATE TIME),
		RECORD(NAME "<state> shutoff </state>" TIME "<memory snapshot='no'/>"),
		RECORD(NAME "<state>paused</state>" TIME "<memory snapshot='internal'/>"),
		RECORD(NAME "<state>running</state>" TIME "<memory snapshot='external' file='/m'/>"),
		RECORD(NAME "<state>disk-snapshot</state>" TIME
			    "<disks><disk name='vda' snapshot='external'/></disks>"),
		RECORD(NAME STATE TIME "<x xmlns='urn:x'><state>paused</state></x>"),
		RECORD(NAME STATE TIME "<description>state: <b/> paused</description>"),
	};
	/* What a full look refuses, a quick one does too. */
	static const char *const bad[] = {
		RECORD(STATE TIME),
		RECORD("<name>../x</name>" STATE TIME),
		RECORD(NAME TIME),
		RECORD(NAME "<state>asleep</state>" TIME),
		RECORD(NAME STATE),
		RECORD(NAME STATE "<creationTime>soon</creationTime>"),
		RECORD(NAME STATE TIME "<memory snapshot='internal'/>"),
		RECORD(NAME STATE TIME "<memory snapshot='some'/>"),
		"<domainsnapshot>" NAME STATE TIME "<a></b></domainsnapshot>",
	};
	g_autoptr(snapshot_record) full = parse(libvirts, true);
	g_autoptr(snapshot_record) peeked = snapshot_peek(libvirts, strlen(libvirts));

	assert_same(peeked, full);
	for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(snapshot_record) a = parse(texts[i], true);
		g_autoptr(snapshot_record) b = snapshot_peek(texts[i], strlen(texts[i]));

		assert_same(a, b);
	}
	for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
		g_assert_null(snapshot_peek(bad[i], strlen(bad[i])));
	g_assert_null(snapshot_peek("", 0));
	g_assert_null(snapshot_peek("<domain/>", 9));
}

static void test_truncated(void)
{
	size_t whole = strstr(libvirts, "</domainsnapshot>") + 17 - libvirts;

	for (size_t size = 0; size < whole; size++) {
		g_autoptr(GError) err = NULL;

		g_assert_null(snapshot_parse(libvirts, size, true, &err));
		g_assert_true(error_is(err, VIR_ERR_XML_ERROR));
		g_assert_null(snapshot_peek(libvirts, size));
	}
}

static void test_reparent(void)
{
	size_t size = strlen(libvirts);
	g_autofree char *other = snapshot_reparent(libvirts, size, "x<", NULL);
	g_autofree char *none = snapshot_reparent(libvirts, size, NULL, NULL);
	g_autofree char *back = snapshot_reparent(none, strlen(none), "s1", NULL);
	g_autoptr(snapshot_record) rec = parse(other, true);
	g_autoptr(snapshot_record) root = parse(none, true);

	g_assert_cmpstr(rec->parent, ==, "x<");
	g_assert_null(root->parent);
	g_assert_cmpstr(back, ==, libvirts);
	g_assert_null(snapshot_reparent("<a>", 3, "x", NULL));
}

static void test_states(void)
{
	enum snapshot_state state;

	for (int i = 0; i < SNAPSHOT_STATE_COUNT; i++) {
		g_assert_true(snapshot_state_parse(snapshot_state_name(i), &state));
		g_assert_cmpint(state, ==, i);
	}
	g_assert_false(snapshot_state_parse("Running", &state));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/snapshot/libvirts", test_libvirts);
	g_test_add_func("/snapshot/format", test_format);
	g_test_add_func("/snapshot/inactive", test_inactive);
	g_test_add_func("/snapshot/create", test_create);
	g_test_add_func("/snapshot/bad", test_bad);
	g_test_add_func("/snapshot/names", test_names);
	g_test_add_func("/snapshot/redefine", test_redefine);
	g_test_add_func("/snapshot/peek", test_peek);
	g_test_add_func("/snapshot/truncated", test_truncated);
	g_test_add_func("/snapshot/reparent", test_reparent);
	g_test_add_func("/snapshot/states", test_states);
	return g_test_run();
}
