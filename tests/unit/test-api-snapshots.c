/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* <libvirt/libvirt-domain-snapshot.h> as a program sees it, on the test driver: what each function
 * returns, and which error it leaves. */
#include <domsh/domsh.h>
#include <glib.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>
#include <stdlib.h>
#include <string.h>

#define CREATE(flag) VIR_DOMAIN_SNAPSHOT_CREATE_##flag
#define LIST(flag) VIR_DOMAIN_SNAPSHOT_LIST_##flag

struct fixture {
	virConnectPtr conn;
	virDomainPtr domain;
};

static void set_up(struct fixture *f, gconstpointer data)
{
	(void)data;
	virSetErrorFunc(NULL, NULL);
	f->conn = virConnectOpen("test:///default");
	g_assert_nonnull(f->conn);
	f->domain = virDomainLookupByName(f->conn, "test");
	g_assert_nonnull(f->domain);
}

static void tear_down(struct fixture *f, gconstpointer data)
{
	(void)data;
	virDomainFree(f->domain);
	virConnectClose(f->conn);
}

static void failed_with(int code)
{
	g_assert_cmpint(virGetLastErrorCode(), ==, code);
}

static virDomainSnapshotPtr take(struct fixture *f, const char *name, unsigned int flags)
{
	g_autofree char *xml = g_strdup_printf("<domainsnapshot>%s%s%s</domainsnapshot>",
					       name ? "<name>" : "", name ? name : "",
					       name ? "</name>" : "");

	return virDomainSnapshotCreateXML(f->domain, xml, flags);
}

static void taken(struct fixture *f, const char *name)
{
	virDomainSnapshotPtr s = take(f, name, 0);

	g_assert_nonnull(s);
	g_assert_cmpstr(virDomainSnapshotGetName(s), ==, name);
	virDomainSnapshotFree(s);
}

static virDomainSnapshotPtr look_up(struct fixture *f, const char *name)
{
	virDomainSnapshotPtr s = virDomainSnapshotLookupByName(f->domain, name, 0);

	g_assert_nonnull(s);
	return s;
}

static void made_current(struct fixture *f, const char *name)
{
	virDomainSnapshotPtr s = look_up(f, name), again;
	g_autofree char *xml = virDomainSnapshotGetXMLDesc(s, VIR_DOMAIN_SNAPSHOT_XML_SECURE);

	again = virDomainSnapshotCreateXML(f->domain, xml, CREATE(REDEFINE) | CREATE(CURRENT));
	g_assert_nonnull(again);
	g_assert_cmpint(virDomainSnapshotIsCurrent(s, 0), ==, 1);
	virDomainSnapshotFree(again);
	virDomainSnapshotFree(s);
}

/* a ─┬─ b ── c (current)
 *    └─ d                */
static void family(struct fixture *f)
{
	taken(f, "a");
	taken(f, "d");
	made_current(f, "a");
	taken(f, "b");
	taken(f, "c");
}

/* ---- Lists ---- */

/* By each of the three functions that a list has. */
static void lists(struct fixture *f, const char *below, unsigned int flags, const char *wanted)
{
	virDomainSnapshotPtr s = below ? look_up(f, below) : NULL, *handles = NULL;
	g_autoptr(GString) one = g_string_new(NULL), other = g_string_new(NULL);
	char *names[8] = { NULL };
	int n, n_names;

	n = s ? virDomainSnapshotListAllChildren(s, &handles, flags) :
		virDomainListAllSnapshots(f->domain, &handles, flags);
	n_names = s ? virDomainSnapshotListChildrenNames(s, names, 8, flags) :
		      virDomainSnapshotListNames(f->domain, names, 8, flags);
	g_assert_cmpint(n, ==, n_names);
	g_assert_cmpint(n, ==, s ? virDomainSnapshotNumChildren(s, flags) :
				   virDomainSnapshotNum(f->domain, flags));
	g_assert_null(handles[n]);
	for (int i = 0; i < n; i++) {
		g_string_append_printf(one, "%s ", virDomainSnapshotGetName(handles[i]));
		g_string_append_printf(other, "%s ", names[i]);
		virDomainSnapshotFree(handles[i]);
		free(names[i]);
	}
	g_assert_cmpstr(one->str, ==, wanted);
	g_assert_cmpstr(other->str, ==, wanted);
	free(handles);
	if (s)
		virDomainSnapshotFree(s);
}

static void test_lists(struct fixture *f, gconstpointer data)
{
	char *names[2] = { NULL };

	(void)data;
	lists(f, NULL, 0, "");
	family(f);
	lists(f, NULL, 0, "a b c d ");
	lists(f, NULL, LIST(TOPOLOGICAL), "a b d c ");
	lists(f, NULL, LIST(ROOTS), "a ");
	lists(f, NULL, LIST(LEAVES), "c d ");
	lists(f, NULL, LIST(NO_LEAVES), "a b ");
	lists(f, NULL, LIST(METADATA) | LIST(INTERNAL) | LIST(ACTIVE), "a b c d ");
	lists(f, NULL, LIST(NO_METADATA), "");
	lists(f, NULL, LIST(INACTIVE) | LIST(DISK_ONLY), "");
	lists(f, NULL, LIST(EXTERNAL), "");
	lists(f, "a", 0, "b d ");
	lists(f, "a", LIST(DESCENDANTS), "b c d ");
	lists(f, "a", LIST(DESCENDANTS) | LIST(LEAVES), "c d ");
	lists(f, "c", LIST(DESCENDANTS), "");
	g_assert_cmpint(virDomainSnapshotListNames(f->domain, names, 1, 0), ==, 1);
	g_assert_cmpstr(names[0], ==, "a");
	g_assert_null(names[1]);
	free(names[0]);
}

/* ---- One snapshot ---- */

static void test_one(struct fixture *f, gconstpointer data)
{
	virDomainSnapshotPtr a, b, parent, current;
	struct domshSnapshot *d = NULL;

	(void)data;
	g_assert_cmpint(virDomainHasCurrentSnapshot(f->domain, 0), ==, 0);
	g_assert_null(virDomainSnapshotCurrent(f->domain, 0));
	failed_with(VIR_ERR_NO_DOMAIN_SNAPSHOT);
	g_assert_null(virDomainSnapshotLookupByName(f->domain, "a", 0));
	failed_with(VIR_ERR_NO_DOMAIN_SNAPSHOT);
	family(f);
	a = look_up(f, "a");
	b = look_up(f, "b");
	g_assert_cmpint(virDomainHasCurrentSnapshot(f->domain, 0), ==, 1);
	current = virDomainSnapshotCurrent(f->domain, 0);
	g_assert_cmpstr(virDomainSnapshotGetName(current), ==, "c");
	g_assert_cmpint(virDomainSnapshotIsCurrent(current, 0), ==, 1);
	g_assert_cmpint(virDomainSnapshotIsCurrent(a, 0), ==, 0);
	g_assert_cmpint(virDomainSnapshotHasMetadata(a, 0), ==, 1);
	g_assert_true(virDomainSnapshotGetDomain(a) == f->domain);
	g_assert_true(virDomainSnapshotGetConnect(a) == f->conn);
	parent = virDomainSnapshotGetParent(b, 0);
	g_assert_cmpstr(virDomainSnapshotGetName(parent), ==, "a");
	g_assert_null(virDomainSnapshotGetParent(a, 0));
	failed_with(VIR_ERR_NO_DOMAIN_SNAPSHOT);
	g_assert_cmpint(domshSnapshotDescribe(a, &d), ==, 0);
	g_assert_cmpint(d->children, ==, 2);
	g_assert_cmpint(d->descendants, ==, 3);
	g_assert_cmpstr(d->state, ==, "running");
	domshSnapshotsFree(d, 1);
	/* A handle outlives its snapshot, and says so. */
	g_assert_cmpint(virDomainSnapshotRef(b), ==, 0);
	g_assert_cmpint(virDomainSnapshotFree(b), ==, 0);
	g_assert_cmpint(virDomainSnapshotDelete(b, 0), ==, 0);
	g_assert_cmpstr(virDomainSnapshotGetName(b), ==, "b");
	g_assert_null(virDomainSnapshotGetXMLDesc(b, 0));
	failed_with(VIR_ERR_NO_DOMAIN_SNAPSHOT);
	g_assert_cmpint(virDomainSnapshotDelete(b, 0), ==, -1);
	failed_with(VIR_ERR_NO_DOMAIN_SNAPSHOT);
	virDomainSnapshotFree(parent);
	virDomainSnapshotFree(current);
	virDomainSnapshotFree(a);
	virDomainSnapshotFree(b);
}

/* ---- Creating ---- */

static void test_create(struct fixture *f, gconstpointer data)
{
	static const struct {
		unsigned int flags;
		int code;
	} refused[] = {
		{ CREATE(DISK_ONLY), VIR_ERR_CONFIG_UNSUPPORTED },
		{ CREATE(REUSE_EXT), VIR_ERR_CONFIG_UNSUPPORTED },
		{ CREATE(QUIESCE), VIR_ERR_CONFIG_UNSUPPORTED },
		{ CREATE(LIVE), VIR_ERR_CONFIG_UNSUPPORTED },
		{ CREATE(REDEFINE), VIR_ERR_XML_ERROR }, /* no state, no time */
		{ 1u << 10, VIR_ERR_INVALID_ARG },
	};
	virDomainSnapshotPtr s;
	int state;

	(void)data;
	for (size_t i = 0; i < G_N_ELEMENTS(refused); i++) {
		g_assert_null(take(f, "x", refused[i].flags));
		failed_with(refused[i].code);
	}
	g_assert_null(virDomainSnapshotCreateXML(f->domain, "<domain/>", 0));
	failed_with(VIR_ERR_XML_ERROR);
	g_assert_cmpint(virDomainSnapshotNum(f->domain, 0), ==, 0);
	s = take(f, NULL, CREATE(ATOMIC) | CREATE(VALIDATE));
	g_assert_cmpuint(strspn(virDomainSnapshotGetName(s), "0123456789"), >=, 10);
	virDomainSnapshotFree(s);
	taken(f, "a");
	g_assert_null(take(f, "a", 0));
	failed_with(VIR_ERR_OPERATION_FAILED);
	s = take(f, "bare", CREATE(NO_METADATA));
	g_assert_nonnull(s);
	g_assert_cmpint(virDomainSnapshotHasMetadata(s, 0), ==, -1);
	virDomainSnapshotFree(s);
	s = take(f, "last", CREATE(HALT));
	g_assert_nonnull(s);
	virDomainSnapshotFree(s);
	g_assert_cmpint(virDomainGetState(f->domain, &state, NULL, 0), ==, 0);
	g_assert_cmpint(state, ==, VIR_DOMAIN_SHUTOFF);
}

/* ---- Deleting, reverting ---- */

static void removed(struct fixture *f, const char *name, unsigned int flags, const char *left,
		    const char *current)
{
	virDomainSnapshotPtr s = look_up(f, name), now;

	g_assert_cmpint(virDomainSnapshotDelete(s, flags), ==, 0);
	lists(f, NULL, 0, left);
	now = virDomainSnapshotCurrent(f->domain, 0);
	g_assert_cmpstr(now ? virDomainSnapshotGetName(now) : NULL, ==, current);
	if (now)
		virDomainSnapshotFree(now);
	virDomainSnapshotFree(s);
}

static void test_delete(struct fixture *f, gconstpointer data)
{
	(void)data;
	family(f);
	removed(f, "b", 0, "a c d ", "c");
	lists(f, "a", 0, "c d ");
	removed(f, "c", VIR_DOMAIN_SNAPSHOT_DELETE_METADATA_ONLY, "a d ", "a");
	taken(f, "e");
	taken(f, "g");
	removed(f, "a", VIR_DOMAIN_SNAPSHOT_DELETE_CHILDREN_ONLY, "a ", "a");
	taken(f, "h");
	removed(f, "a", VIR_DOMAIN_SNAPSHOT_DELETE_CHILDREN, "", NULL);
}

static void test_revert(struct fixture *f, gconstpointer data)
{
	virDomainSnapshotPtr a, kept;
	struct domshPlanItem *items = NULL;
	int state, n = 0;

	(void)data;
	taken(f, "a");
	a = look_up(f, "a");
	g_assert_cmpint(domshSnapshotPlanRevert(a, "kept", 0, &items, &n), ==, 0);
	g_assert_cmpint(n, >, 1);
	domshPlanFree(items, n);
	g_assert_cmpint(virDomainSnapshotNum(f->domain, 0), ==, 1);
	g_assert_cmpint(domshSnapshotRevert(a, "kept", VIR_DOMAIN_SNAPSHOT_REVERT_PAUSED), ==, 0);
	g_assert_cmpint(virDomainGetState(f->domain, &state, NULL, 0), ==, 0);
	g_assert_cmpint(state, ==, VIR_DOMAIN_PAUSED);
	kept = look_up(f, "kept");
	g_assert_cmpint(virDomainSnapshotIsCurrent(kept, 0), ==, 0);
	g_assert_cmpint(virDomainRevertToSnapshot(kept, 0), ==, 0);
	g_assert_cmpint(virDomainSnapshotIsCurrent(kept, 0), ==, 1);
	g_assert_cmpint(virDomainGetState(f->domain, &state, NULL, 0), ==, 0);
	g_assert_cmpint(state, ==, VIR_DOMAIN_RUNNING);
	g_assert_cmpint(domshSnapshotRevert(a, "kept", 0), ==, -1);
	failed_with(VIR_ERR_OPERATION_FAILED);
	virDomainSnapshotFree(kept);
	virDomainSnapshotFree(a);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(struct fixture *, gconstpointer);
	} tests[] = { { "/api/snapshots/lists", test_lists }, { "/api/snapshots/one", test_one },
		      { "/api/snapshots/create", test_create }, { "/api/snapshots/delete", test_delete },
		      { "/api/snapshots/revert", test_revert } };

	g_test_init(&argc, &argv, NULL);
	for (size_t i = 0; i < G_N_ELEMENTS(tests); i++)
		g_test_add(tests[i].name, struct fixture, NULL, set_up, tests[i].run, tear_down);
	return g_test_run();
}
