/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists of snapshots: of a domain, or of what is below one snapshot. */
#include <domsh/domsh.h>
#include <string.h>
#include "api/call.h"
#include "api/forest.h"
#include "api/list.h"
#include "base/error.h"
#include "base/phrases.h"

#define LIST_FLAGS ((VIR_DOMAIN_SNAPSHOT_LIST_TOPOLOGICAL << 1) - 1u)

/* What a list was made from, and the list. */
struct selection {
	GPtrArray *records; /* struct snapshot_record; owns what the picks point to */
	GPtrArray *picks;   /* struct forest_pick */
};

static void selection_clear(struct selection *s)
{
	g_clear_pointer(&s->picks, g_ptr_array_unref);
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
	ret->picks = forest_select(ret->records, from, flags);
	return true;
}

static const char *name_at(const struct selection *s, guint i)
{
	return ((const struct forest_pick *)s->picks->pdata[i])->record->name;
}

static int copy_names(const struct selection *s, char **names, int max)
{
	int n = MIN((int)s->picks->len, max);

	for (int i = 0; i < n; i++)
		names[i] = g_strdup(name_at(s, i));
	return n;
}

static int hand_out(const struct selection *s, virDomainPtr domain, virDomainSnapshotPtr **snaps)
{
	GPtrArray *handles = list_of_handles();

	for (guint i = 0; snaps && i < s->picks->len; i++)
		g_ptr_array_add(handles, snapshot_new(domain, name_at(s, i)));
	list_hand_out(handles, snaps);
	return (int)s->picks->len;
}

/* ---- Of a domain -------------------------------------------------------------------------- */

int virDomainSnapshotNum(virDomainPtr domain, unsigned int flags)
{
	g_auto(selection) s = { 0 };
	struct call c;

	if (!call_domain(&c, __func__, domain, ACCESS_READ) ||
	    !select_snapshots(&c, NULL, flags, &s))
		return -1;
	return (int)s.picks->len;
}

int virDomainSnapshotListNames(virDomainPtr domain, char **names, int nameslen, unsigned int flags)
{
	g_auto(selection) s = { 0 };
	struct call c;

	if (!call_domain(&c, __func__, domain, ACCESS_READ) ||
	    !call_array(&c, names, "names", nameslen) || !select_snapshots(&c, NULL, flags, &s))
		return -1;
	return copy_names(&s, names, nameslen);
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
	return (int)s.picks->len;
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
	return copy_names(&s, names, nameslen);
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

/* ---- What each is ------------------------------------------------------------------------- */

static void describe(const struct forest_pick *pick, const char *current,
		     struct domshSnapshot *ret)
{
	const struct snapshot_record *r = pick->record;
	bool is_read = r->state < SNAPSHOT_STATE_COUNT;

	*ret = (struct domshSnapshot){
		.name = g_strdup(r->name),
		.parent = g_strdup(r->parent),
		.state = is_read ? g_strdup(snapshot_state_name(r->state)) : NULL,
		.time = r->creation_time,
		.isExternal = snapshot_record_is_external(r) || r->state == SNAPSHOT_DISK_ONLY,
		.isCurrent = g_strcmp0(r->name, current) == 0,
		.children = pick->n_children,
		.descendants = pick->n_descendants,
	};
}

int domshDomainListSnapshots(virDomainPtr domain, const char *from, unsigned int flags,
			     struct domshSnapshot **snapshots)
{
	g_auto(selection) s = { 0 };
	g_autofree char *current = NULL;
	struct call c;

	if (!call_domain(&c, __func__, domain, ACCESS_READ) ||
	    !call_not_null(&c, snapshots, "snapshots") || !select_snapshots(&c, from, flags, &s) ||
	    call_end(&c, engine_snapshot_current(c.engine, c.name, &current, &c.err)) < 0)
		return -1;
	*snapshots = g_new0(struct domshSnapshot, s.picks->len + 1);
	for (guint i = 0; i < s.picks->len; i++)
		describe(s.picks->pdata[i], current, &(*snapshots)[i]);
	return (int)s.picks->len;
}

int domshSnapshotDescribe(virDomainSnapshotPtr snapshot, struct domshSnapshot **description)
{
	g_autoptr(GPtrArray) records = NULL;
	g_autofree struct forest_pick *found = NULL;
	g_autofree char *current = NULL;
	struct call c;

	if (!call_snapshot(&c, __func__, snapshot, ACCESS_READ) ||
	    !call_not_null(&c, description, "description"))
		return -1;
	records = engine_snapshots(c.engine, c.name, &c.err);
	if (call_end(&c, records && engine_snapshot_current(c.engine, c.name, &current, &c.err)) < 0)
		return -1;
	found = forest_find(records, snapshot->name);
	if (!found) {
		call_fail(&c, VIR_ERR_NO_DOMAIN_SNAPSHOT, PHRASE_NO_SNAPSHOT, snapshot->name);
		return -1;
	}
	*description = g_new0(struct domshSnapshot, 1);
	describe(found, current, *description);
	return 0;
}

void domshSnapshotsFree(struct domshSnapshot *snapshots, int n)
{
	for (int i = 0; snapshots && i < n; i++) {
		g_free(snapshots[i].name);
		g_free(snapshots[i].parent);
		g_free(snapshots[i].state);
	}
	g_free(snapshots);
}
