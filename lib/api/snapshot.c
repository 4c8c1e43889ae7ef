/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Snapshots: finding, asking, creating, reverting, deleting. Lists are in snapshot-list.c. */
#include <domsh/domsh.h>
#include <string.h>
#include "api/call.h"
#include "api/outcome.h"
#include "base/phrases.h"

/* ---- The handle --------------------------------------------------------------------------- */

const char *virDomainSnapshotGetName(virDomainSnapshotPtr snapshot)
{
	struct call c;

	return call_handle(&c, __func__, snapshot, HANDLE_SNAPSHOT) ? snapshot->name : NULL;
}

virDomainPtr virDomainSnapshotGetDomain(virDomainSnapshotPtr snapshot)
{
	struct call c;

	return call_handle(&c, __func__, snapshot, HANDLE_SNAPSHOT) ? snapshot->domain : NULL;
}

virConnectPtr virDomainSnapshotGetConnect(virDomainSnapshotPtr snapshot)
{
	struct call c;

	return call_handle(&c, __func__, snapshot, HANDLE_SNAPSHOT) ? snapshot->domain->conn : NULL;
}

int virDomainSnapshotRef(virDomainSnapshotPtr snapshot)
{
	struct call c;

	if (!call_handle(&c, __func__, snapshot, HANDLE_SNAPSHOT))
		return -1;
	handle_ref(snapshot);
	return 0;
}

int virDomainSnapshotFree(virDomainSnapshotPtr snapshot)
{
	struct call c;

	if (!call_handle(&c, __func__, snapshot, HANDLE_SNAPSHOT))
		return -1;
	handle_unref(snapshot);
	return 0;
}

/* ---- Finding ------------------------------------------------------------------------------ */

virDomainSnapshotPtr virDomainSnapshotLookupByName(virDomainPtr domain, const char *name,
						   unsigned int flags)
{
	g_autoptr(snapshot_record) record = NULL;
	struct call c;

	if (!call_domain(&c, __func__, domain, ACCESS_READ) || !call_flags(&c, flags, 0) ||
	    !call_not_null(&c, name, "name"))
		return NULL;
	record = engine_snapshot(c.engine, c.name, name, &c.err);
	return call_end(&c, record != NULL) < 0 ? NULL : snapshot_new(domain, name);
}

/* The current snapshot's name, NULL when there is none; false with the last error set. */
static bool ask_current(struct call *c, char **ret_name)
{
	return call_end(c, engine_snapshot_current(c->engine, c->name, ret_name, &c->err)) == 0;
}

int virDomainHasCurrentSnapshot(virDomainPtr domain, unsigned int flags)
{
	g_autofree char *current = NULL;
	struct call c;

	if (!call_domain(&c, __func__, domain, ACCESS_READ) || !call_flags(&c, flags, 0) ||
	    !ask_current(&c, &current))
		return -1;
	return current != NULL;
}

virDomainSnapshotPtr virDomainSnapshotCurrent(virDomainPtr domain, unsigned int flags)
{
	g_autofree char *current = NULL;
	struct call c;

	if (!call_domain(&c, __func__, domain, ACCESS_READ) || !call_flags(&c, flags, 0) ||
	    !ask_current(&c, &current))
		return NULL;
	if (current)
		return snapshot_new(domain, current);
	call_fail(&c, VIR_ERR_NO_DOMAIN_SNAPSHOT, PHRASE_NO_CURRENT, c.name);
	return NULL;
}

virDomainSnapshotPtr virDomainSnapshotGetParent(virDomainSnapshotPtr snapshot, unsigned int flags)
{
	g_autoptr(snapshot_record) record = NULL;
	struct call c;

	if (!call_snapshot(&c, __func__, snapshot, ACCESS_READ) || !call_flags(&c, flags, 0))
		return NULL;
	record = engine_snapshot(c.engine, c.name, snapshot->name, &c.err);
	if (call_end(&c, record != NULL) < 0)
		return NULL;
	if (record->parent)
		return snapshot_new(snapshot->domain, record->parent);
	call_fail(&c, VIR_ERR_NO_DOMAIN_SNAPSHOT, "snapshot '%s' has no parent", snapshot->name);
	return NULL;
}

/* ---- Asking ------------------------------------------------------------------------------- */

/* Is its record there? False with the last error set. */
static bool ask_exists(struct call *c, const char *snapshot)
{
	g_autoptr(snapshot_record) record = engine_snapshot(c->engine, c->name, snapshot, &c->err);

	return call_end(c, record != NULL) == 0;
}

int virDomainSnapshotIsCurrent(virDomainSnapshotPtr snapshot, unsigned int flags)
{
	g_autofree char *current = NULL;
	struct call c;

	if (!call_snapshot(&c, __func__, snapshot, ACCESS_READ) || !call_flags(&c, flags, 0) ||
	    !ask_exists(&c, snapshot->name) || !ask_current(&c, &current))
		return -1;
	return current && strcmp(current, snapshot->name) == 0;
}

int virDomainSnapshotHasMetadata(virDomainSnapshotPtr snapshot, unsigned int flags)
{
	struct call c;

	if (!call_snapshot(&c, __func__, snapshot, ACCESS_READ) || !call_flags(&c, flags, 0) ||
	    !ask_exists(&c, snapshot->name))
		return -1;
	return 1;
}

char *virDomainSnapshotGetXMLDesc(virDomainSnapshotPtr snapshot, unsigned int flags)
{
	bool has_secrets = flags & VIR_DOMAIN_SNAPSHOT_XML_SECURE;
	struct call c;
	char *xml;

	if (!call_snapshot(&c, __func__, snapshot, ACCESS_READ) ||
	    !call_flags(&c, flags, VIR_DOMAIN_SNAPSHOT_XML_SECURE) || !call_secure(&c, has_secrets))
		return NULL;
	xml = engine_snapshot_xml(c.engine, c.name, snapshot->name, has_secrets, &c.err);
	return call_end(&c, xml != NULL) < 0 ? NULL : xml;
}

/* ---- Changing ----------------------------------------------------------------------------- */

#define CREATE(name) VIR_DOMAIN_SNAPSHOT_CREATE_##name
/* All that libvirt knows: what of them this build can do is the rule's answer. */
#define CREATE_FLAGS \
	(CREATE(REDEFINE) | CREATE(CURRENT) | CREATE(NO_METADATA) | CREATE(HALT) | \
	 CREATE(DISK_ONLY) | CREATE(REUSE_EXT) | CREATE(QUIESCE) | CREATE(ATOMIC) | CREATE(LIVE) | \
	 CREATE(VALIDATE))

virDomainSnapshotPtr virDomainSnapshotCreateXML(virDomainPtr domain, const char *xmlDesc,
						unsigned int flags)
{
	g_autofree char *name = NULL;
	struct call c;
	bool is_ok;

	if (!call_domain(&c, __func__, domain, ACCESS_WRITE) ||
	    !call_flags(&c, flags, CREATE_FLAGS) || !call_not_null(&c, xmlDesc, "xmlDesc"))
		return NULL;
	is_ok = engine_snapshot_create(c.engine, c.name, xmlDesc, flags, &name, &c.err);
	return call_end(&c, is_ok) < 0 ? NULL : snapshot_new(domain, name);
}

virDomainSnapshotPtr domshSnapshotEdit(virDomainSnapshotPtr snapshot, const char *xmlDesc,
				       unsigned int flags)
{
	static const struct flag_pair names = { DOMSH_SNAPSHOT_EDIT_RENAME,
						DOMSH_SNAPSHOT_EDIT_CLONE, "rename", "clone" };
	g_autofree char *name = NULL;
	struct call c;

	G_STATIC_ASSERT((int)SNAPSHOT_EDIT_RENAME == DOMSH_SNAPSHOT_EDIT_RENAME &&
			(int)SNAPSHOT_EDIT_CLONE == DOMSH_SNAPSHOT_EDIT_CLONE);
	if (!call_snapshot(&c, __func__, snapshot, ACCESS_WRITE) ||
	    !call_flags(&c, flags, names.one | names.other) || !call_exclusive(&c, flags, &names) ||
	    !call_not_null(&c, xmlDesc, "xmlDesc"))
		return NULL;
	struct snapshot_edit edit = { snapshot->name, xmlDesc, flags };
	if (call_end(&c, engine_snapshot_edit(c.engine, c.name, &edit, &name, &c.err)) < 0)
		return NULL;
	return snapshot_new(snapshot->domain, name);
}

static bool enter_revert(struct call *c, virDomainSnapshotPtr snapshot, unsigned int flags)
{
	static const struct flag_pair run_state = { VIR_DOMAIN_SNAPSHOT_REVERT_RUNNING,
						    VIR_DOMAIN_SNAPSHOT_REVERT_PAUSED, "running",
						    "paused" };

	return call_snapshot(c, c->function, snapshot, ACCESS_WRITE) &&
	       call_flags(c, flags,
			  run_state.one | run_state.other | VIR_DOMAIN_SNAPSHOT_REVERT_FORCE) &&
	       call_exclusive(c, flags, &run_state);
}

static int revert(struct call *c, virDomainSnapshotPtr snapshot, const char *keep,
		  unsigned int flags)
{
	if (!enter_revert(c, snapshot, flags))
		return -1;
	return call_end(c, engine_snapshot_revert(c->engine, c->name, snapshot->name, keep, flags,
						  &c->err));
}

int virDomainRevertToSnapshot(virDomainSnapshotPtr snapshot, unsigned int flags)
{
	struct call c = { .function = __func__ };

	return revert(&c, snapshot, NULL, flags);
}

int domshSnapshotRevert(virDomainSnapshotPtr snapshot, const char *keep, unsigned int flags)
{
	struct call c = { .function = __func__ };

	return revert(&c, snapshot, keep, flags);
}

static bool enter_delete(struct call *c, virDomainSnapshotPtr snapshot, unsigned int flags)
{
	static const struct flag_pair reach = { VIR_DOMAIN_SNAPSHOT_DELETE_CHILDREN,
						VIR_DOMAIN_SNAPSHOT_DELETE_CHILDREN_ONLY,
						"children", "children-only" };

	return call_snapshot(c, c->function, snapshot, ACCESS_WRITE) &&
	       call_flags(c, flags,
			  reach.one | reach.other | VIR_DOMAIN_SNAPSHOT_DELETE_METADATA_ONLY) &&
	       call_exclusive(c, flags, &reach);
}

int virDomainSnapshotDelete(virDomainSnapshotPtr snapshot, unsigned int flags)
{
	struct call c = { .function = __func__ };

	if (!enter_delete(&c, snapshot, flags))
		return -1;
	return call_end(&c,
			engine_snapshot_delete(c.engine, c.name, snapshot->name, flags, &c.err));
}

/* ---- What they would do ------------------------------------------------------------------- */

static int hand_out_plan(struct call *c, GPtrArray *take_items, struct domshPlanItem **items,
			 int *nitems)
{
	g_autoptr(GPtrArray) list = take_items;

	if (call_end(c, list != NULL) < 0)
		return -1;
	*nitems = outcome_plan(list, items);
	return 0;
}

int domshSnapshotPlanRevert(virDomainSnapshotPtr snapshot, const char *keep, unsigned int flags,
			    struct domshPlanItem **items, int *nitems)
{
	struct call c = { .function = __func__ };

	if (!enter_revert(&c, snapshot, flags) || !call_not_null(&c, items, "items") ||
	    !call_not_null(&c, nitems, "nitems"))
		return -1;
	return hand_out_plan(&c,
			     engine_snapshot_plan_revert(c.engine, c.name, snapshot->name, keep,
							 flags, &c.err),
			     items, nitems);
}

int domshSnapshotPlanDelete(virDomainSnapshotPtr snapshot, unsigned int flags,
			    struct domshPlanItem **items, int *nitems)
{
	struct call c = { .function = __func__ };

	if (!enter_delete(&c, snapshot, flags) || !call_not_null(&c, items, "items") ||
	    !call_not_null(&c, nitems, "nitems"))
		return -1;
	return hand_out_plan(&c,
			     engine_snapshot_plan_delete(c.engine, c.name, snapshot->name, flags,
							 &c.err),
			     items, nitems);
}
