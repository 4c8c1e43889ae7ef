/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Snapshots: data, records, and going back. */
#include "crash/operations.h"

#include <libvirt/libvirt-domain-snapshot.h>
#include "crash/scenes.h"
#include "driver/fake/disk.h"
#include "engine/engine.h"
#include "engine/inspect.h"

/* Each snapshot has its own firmware variables, and there are others now. */
static void snapshots_with_nvram(struct rig *r)
{
	vm_define(r, 0);
	vm_nvram(r, "first variables");
	vm_snapshot(r, "base");
	vm_nvram(r, "second variables");
	vm_snapshot(r, "middle");
	vm_snapshot(r, "leaf");
	vm_nvram(r, "third variables");
}

/* Running, with a snapshot that can only be gone back to without a guest. */
static void running_cold(struct rig *r)
{
	vm_define(r, 0);
	vm_snapshot(r, "cold");
	vm_start(r);
	vm_work(r);
}

static void record_removed(struct rig *r)
{
	scene_snapshots(r);
	g_assert_true(engine_snapshot_delete(r->engine, "vm", "leaf",
					     VIR_DOMAIN_SNAPSHOT_DELETE_METADATA_ONLY, NULL));
}

static void saved_snapshots(struct rig *r)
{
	scene_saved(r);
}

static bool restore_record(struct rig *r, GError **err)
{
	return trash_restore(r, "~snapshot-leaf", err);
}

static bool snapshot_with(struct rig *r, unsigned int flags, GError **err)
{
	g_autofree char *xml = snapshot_xml("new");

	return engine_snapshot_create(r->engine, "vm", xml, flags, NULL, err);
}

static bool snapshot(struct rig *r, GError **err)
{
	return snapshot_with(r, 0, err);
}

static bool snapshot_halt(struct rig *r, GError **err)
{
	return snapshot_with(r, VIR_DOMAIN_SNAPSHOT_CREATE_HALT, err);
}

static bool snapshot_bare(struct rig *r, GError **err)
{
	return snapshot_with(r, VIR_DOMAIN_SNAPSHOT_CREATE_NO_METADATA, err);
}

static bool redefine_as(struct rig *r, const char *name, unsigned int flags, GError **err)
{
	g_autofree char *domain = vm_xml(r, 0);
	g_autofree char *xml = g_strdup_printf(
		"<domainsnapshot><name>%s</name><description>redefined</description>"
		"<state>shutoff</state><parent><name>base</name></parent>"
		"<creationTime>1700000000</creationTime>%s</domainsnapshot>",
		name, domain);

	return engine_snapshot_create(r->engine, "vm", xml,
				      VIR_DOMAIN_SNAPSHOT_CREATE_REDEFINE | flags, NULL, err);
}

static bool redefine_new(struct rig *r, GError **err)
{
	return redefine_as(r, "new", VIR_DOMAIN_SNAPSHOT_CREATE_CURRENT, err);
}

static bool redefine_old(struct rig *r, GError **err)
{
	return redefine_as(r, "middle", VIR_DOMAIN_SNAPSHOT_CREATE_CURRENT, err);
}

static bool redefine_only(struct rig *r, GError **err)
{
	return redefine_as(r, "middle", 0, err);
}

static bool delete_flags(struct rig *r, const char *name, unsigned int flags, GError **err)
{
	return engine_snapshot_delete(r->engine, "vm", name, flags, err);
}

static bool delete_middle(struct rig *r, GError **err)
{
	return delete_flags(r, "middle", 0, err);
}

static bool delete_live(struct rig *r, GError **err)
{
	return delete_flags(r, "live", 0, err);
}

static bool delete_record(struct rig *r, GError **err)
{
	return delete_flags(r, "leaf", VIR_DOMAIN_SNAPSHOT_DELETE_METADATA_ONLY, err);
}

static bool delete_middle_record(struct rig *r, GError **err)
{
	return delete_flags(r, "middle", VIR_DOMAIN_SNAPSHOT_DELETE_METADATA_ONLY, err);
}

static bool delete_tree(struct rig *r, GError **err)
{
	return delete_flags(r, "middle", VIR_DOMAIN_SNAPSHOT_DELETE_CHILDREN, err);
}

static bool delete_children(struct rig *r, GError **err)
{
	return delete_flags(r, "base", VIR_DOMAIN_SNAPSHOT_DELETE_CHILDREN_ONLY, err);
}

static bool revert_live(struct rig *r, GError **err)
{
	return engine_snapshot_revert(r->engine, "vm", "live", NULL, 0, err);
}

static bool revert_middle(struct rig *r, GError **err)
{
	return engine_snapshot_revert(r->engine, "vm", "middle", NULL, 0, err);
}

/* A record that has no data, in the middle, and the current one. */
static void bare_middle(struct rig *r)
{
	static const char *const disks[] = { "a.qcow2", "b.qcow2" };

	scene_snapshots(r);
	for (guint i = 0; i < G_N_ELEMENTS(disks); i++) {
		g_autofree char *path = g_build_filename(r->base, "world", disks[i], NULL);

		g_assert_true(fake_disk_drop(path, "middle", NULL));
	}
	g_assert_true(engine_snapshot_set_current(r->engine, "vm", "middle", NULL));
}

static char *middle_as(struct rig *r, const char *name)
{
	g_autofree char *xml = engine_snapshot_xml(r->engine, "vm", "middle", true, NULL);
	g_autofree char *from = g_strdup("<name>middle</name>");
	g_autofree char *to = g_strdup_printf("<name>%s</name><description>edited</description>",
					      name);
	g_auto(GStrv) parts = g_strsplit(xml, from, 2);

	return g_strjoinv(to, parts);
}

static bool edit_middle(struct rig *r, const char *name, unsigned int flags, GError **err)
{
	g_autofree char *xml = middle_as(r, name), *made = NULL;
	struct snapshot_edit edit = { "middle", xml, flags };

	return engine_snapshot_edit(r->engine, "vm", &edit, &made, err);
}

static bool edit_record(struct rig *r, GError **err)
{
	return edit_middle(r, "middle", 0, err);
}

static bool rename_record(struct rig *r, GError **err)
{
	return edit_middle(r, "renamed", SNAPSHOT_EDIT_RENAME, err);
}

static bool clone_record(struct rig *r, GError **err)
{
	return edit_middle(r, "renamed", SNAPSHOT_EDIT_CLONE, err);
}

static void record_edited(struct rig *r)
{
	scene_snapshots(r);
	g_assert_true(edit_record(r, NULL));
}

static bool restore_edited(struct rig *r, GError **err)
{
	return trash_restore(r, "~snapshot-middle", err);
}

static bool revert_keeping(struct rig *r, const char *name, GError **err)
{
	return engine_snapshot_revert(r->engine, "vm", name, "kept", 0, err);
}

static bool revert_live_keeping(struct rig *r, GError **err)
{
	return revert_keeping(r, "live", err);
}

static bool revert_middle_keeping(struct rig *r, GError **err)
{
	return revert_keeping(r, "middle", err);
}

static bool revert_cold(struct rig *r, GError **err)
{
	return engine_snapshot_revert(r->engine, "vm", "cold", NULL, 0, err);
}

static bool revert_cold_keeping(struct rig *r, GError **err)
{
	return revert_keeping(r, "cold", err);
}

/* The load failed and was undone when the guest had been ended for it: its memory is kept. */
static bool keep_and_end(struct rig *r, GError **err)
{
	g_autofree char *xml = snapshot_xml("kept");

	return engine_snapshot_create(r->engine, "vm", xml, 0, NULL, err) &&
	       engine_snapshot_set_current(r->engine, "vm", "cold", err) &&
	       engine_destroy(r->engine, "vm", false, err);
}

/* ---- The table ---- */

#define AFTER_SNAPSHOT "the data is there; the record follows"
#define AFTER_DELETE "data that is gone does not come back; the records follow"
#define AFTER_REVERT "state, pointer and safety snapshot follow the load"

/* clang-format off */
const struct operation snapshot_operations[] = {
	{ "restore an old record", record_removed, restore_record },
	{ "snapshot", scene_snapshots, snapshot, .late = AFTER_SNAPSHOT },
	{ "snapshot live", scene_running, snapshot, .late = AFTER_SNAPSHOT },
	{ "snapshot paused", scene_paused, snapshot, .late = AFTER_SNAPSHOT },
	{ "snapshot, halt", scene_running, snapshot_halt, .late = AFTER_SNAPSHOT },
	{ "snapshot without record", scene_running, snapshot_bare, .late = AFTER_SNAPSHOT },
	{ "snapshot beside an image", saved_snapshots, snapshot, .late = AFTER_SNAPSHOT },
	{ "redefine a new record", scene_snapshots, redefine_new, .n_syncs = 2 },
	{ "redefine a record", scene_snapshots, redefine_old, .late = "the pointer",
	  .midway = redefine_only },
	{ "delete", scene_snapshots, delete_middle, .late = AFTER_DELETE },
	{ "delete live", scene_running, delete_live, .late = AFTER_DELETE },
	{ "delete beside an image", saved_snapshots, delete_live, .late = AFTER_DELETE },
	{ "delete a record", scene_snapshots, delete_record, .late = "the pointer" },
	{ "delete a middle record", scene_snapshots, delete_middle_record, .late = AFTER_DELETE },
	{ "delete a subtree", scene_snapshots, delete_tree, .late = AFTER_DELETE },
	{ "delete children", scene_snapshots, delete_children, .late = AFTER_DELETE },
	{ "revert in place", scene_running, revert_live, .late = AFTER_REVERT },
	{ "revert a paused guest", scene_paused, revert_live, .late = AFTER_REVERT },
	{ "revert, fresh process", scene_ended, revert_live, .late = AFTER_REVERT, .may_end_off = true },
	{ "revert offline", scene_snapshots, revert_middle, .late = AFTER_REVERT },
	{ "revert in place, keep", scene_running, revert_live_keeping, .late = AFTER_REVERT },
	{ "revert, fresh process, keep", scene_ended, revert_live_keeping, .late = AFTER_REVERT,
	  .may_end_off = true },
	{ "revert, guest is given up", running_cold, revert_cold, .late = AFTER_REVERT,
	  .may_end_off = true },
	{ "revert, guest is given up, keep", running_cold, revert_cold_keeping,
	  .late = AFTER_REVERT, .may_end_off = true, .midway = keep_and_end },
	{ "revert offline, keep, nvram", snapshots_with_nvram, revert_middle_keeping,
	  .late = AFTER_REVERT },
	{ "snapshot with nvram", snapshots_with_nvram, snapshot, .late = AFTER_SNAPSHOT },
	{ "delete with nvram", snapshots_with_nvram, delete_middle, .late = AFTER_DELETE },
	{ "edit a record", scene_snapshots, edit_record },
	{ "restore an edited record", record_edited, restore_edited, .late = "the old file's removal" },
	{ "rename a record", bare_middle, rename_record, .late = "children, and the old record" },
	{ "clone a record", bare_middle, clone_record },
	{ NULL },
};
/* clang-format on */
