/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists of snapshots: of a domain, or of what is below one snapshot. */
#include "api/call.h"
#include "api/forest.h"
#include "api/list.h"
#include "base/error.h"
#include "base/phrases.h"

#define LIST_FLAGS ((VIR_DOMAIN_SNAPSHOT_LIST_TOPOLOGICAL << 1) - 1u)

/* What a list was made from, and the list. */
struct selection {
	GPtrArray *records; /* struct snapshot_record; owns the names */
	GPtrArray *names;
};

static void selection_clear(struct selection *s)
{
	g_clear_pointer(&s->names, g_ptr_array_unref);
	g_clear_pointer(&s->records, g_ptr_array_unref);
}
typedef struct selection selection;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(selection, selection_clear)

static bool is_among(const GPtrArray *records, const char *name)
{
	for (guint i = 0; i < records->len; i++) {
		if (g_str_equal(((const struct snapshot_record *)records->pdata[i])->name, name))
			return true;
	}
	return false;
}

/* from: NULL for the whole domain. False with the last error set. */
static bool select_snapshots(struct call *c, const char *from, unsigned int flags,
			     struct selection *ret)
{
	if (!call_flags(c, flags, LIST_FLAGS))
		return false;
	ret->records = engine_snapshots(c->engine, c->name, &c->err);
	if (call_end(c, ret->records != NULL) < 0)
		return false;
	if (from && !is_among(ret->records, from))
		return call_fail(c, VIR_ERR_NO_DOMAIN_SNAPSHOT, PHRASE_NO_SNAPSHOT, from);
	ret->names = forest_select(ret->records, from, flags);
	return true;
}

static int hand_out(const struct selection *s, virDomainPtr domain, virDomainSnapshotPtr **snaps)
{
	GPtrArray *handles = list_of_handles();

	for (guint i = 0; snaps && i < s->names->len; i++)
		g_ptr_array_add(handles, snapshot_new(domain, s->names->pdata[i]));
	list_hand_out(handles, snaps);
	return (int)s->names->len;
}

/* ---- Of a domain -------------------------------------------------------------------------- */

int virDomainSnapshotNum(virDomainPtr domain, unsigned int flags)
{
	g_auto(selection) s = { 0 };
	struct call c;

	if (!call_domain(&c, __func__, domain, ACCESS_READ) ||
	    !select_snapshots(&c, NULL, flags, &s))
		return -1;
	return (int)s.names->len;
}

int virDomainSnapshotListNames(virDomainPtr domain, char **names, int nameslen, unsigned int flags)
{
	g_auto(selection) s = { 0 };
	struct call c;

	if (!call_domain(&c, __func__, domain, ACCESS_READ) ||
	    !call_array(&c, names, "names", nameslen) || !select_snapshots(&c, NULL, flags, &s))
		return -1;
	return list_copy_names(s.names, names, nameslen);
}

int virDomainListAllSnapshots(virDomainPtr domain, virDomainSnapshotPtr **snaps, unsigned int flags)
{
	g_auto(selection) s = { 0 };
	struct call c;

	if (!call_domain(&c, __func__, domain, ACCESS_READ) ||
	    !select_snapshots(&c, NULL, flags, &s))
		return -1;
	return hand_out(&s, domain, snaps);
}

/* ---- Below a snapshot --------------------------------------------------------------------- */

int virDomainSnapshotNumChildren(virDomainSnapshotPtr snapshot, unsigned int flags)
{
	g_auto(selection) s = { 0 };
	struct call c;

	if (!call_snapshot(&c, __func__, snapshot, ACCESS_READ) ||
	    !select_snapshots(&c, snapshot->name, flags, &s))
		return -1;
	return (int)s.names->len;
}

int virDomainSnapshotListChildrenNames(virDomainSnapshotPtr snapshot, char **names, int nameslen,
				       unsigned int flags)
{
	g_auto(selection) s = { 0 };
	struct call c;

	if (!call_snapshot(&c, __func__, snapshot, ACCESS_READ) ||
	    !call_array(&c, names, "names", nameslen) ||
	    !select_snapshots(&c, snapshot->name, flags, &s))
		return -1;
	return list_copy_names(s.names, names, nameslen);
}

int virDomainSnapshotListAllChildren(virDomainSnapshotPtr snapshot, virDomainSnapshotPtr **snaps,
				     unsigned int flags)
{
	g_auto(selection) s = { 0 };
	struct call c;

	if (!call_snapshot(&c, __func__, snapshot, ACCESS_READ) ||
	    !select_snapshots(&c, snapshot->name, flags, &s))
		return -1;
	return hand_out(&s, snapshot->domain, snaps);
}
