/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crash/operations.h"

#include <glib/gstdio.h>
#include <libvirt/libvirt-domain.h>
#include <libvirt/libvirt-domain-guest.h>
#include <libvirt/libvirt-domain-snapshot.h>
#include <string.h>
#include "base/error.h"
#include "crash/scenes.h"
#include "driver/fake/disk.h"
#include "engine/engine.h"
#include "engine/inspect.h"

#define ALL_STATE                                                                   \
	(VIR_DOMAIN_UNDEFINE_MANAGED_SAVE | VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA | \
	 VIR_DOMAIN_UNDEFINE_NVRAM)

/* ---- Worlds ---- */

static void empty(struct rig *r)
{
	(void)r;
}

static void off(struct rig *r)
{
	vm_define(r, 0);
}

static void off_nvram(struct rig *r)
{
	vm_define(r, 0);
	vm_nvram(r, "own variables");
}

static void off_nvram_outside(struct rig *r)
{
	vm_define(r, WITH_NVRAM_OUTSIDE);
}

static void kept_nvram(struct rig *r)
{
	off_nvram(r);
	vm_undefine(r, VIR_DOMAIN_UNDEFINE_KEEP_NVRAM);
}

static void off_autostart(struct rig *r)
{
	vm_define(r, 0);
	g_assert_true(engine_set_autostart(r->engine, "vm", true, NULL));
}

static void everything(struct rig *r)
{
	scene_saved(r);
	vm_nvram(r, "own variables");
	g_assert_true(engine_set_autostart(r->engine, "vm", true, NULL));
}

static void snapshots_nvram(struct rig *r)
{
	scene_snapshots(r);
	vm_nvram(r, "own variables");
}

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

static void running_nvram(struct rig *r)
{
	scene_running(r);
	vm_nvram(r, "own variables");
}

static void trashed(struct rig *r)
{
	everything(r);
	vm_undefine(r, ALL_STATE);
}

static void trashed_transient(struct rig *r)
{
	scene_undefined(r);
	vm_destroy(r);
}

static void trashed_kept(struct rig *r)
{
	kept_nvram(r);
}

static void redefined(struct rig *r)
{
	vm_define(r, 0);
	vm_define(r, WITH_MORE_MEMORY);
}

static void image_removed(struct rig *r)
{
	scene_saved(r);
	g_assert_true(engine_managed_save_remove(r->engine, "vm", false, NULL, NULL));
}

static void record_removed(struct rig *r)
{
	scene_snapshots(r);
	g_assert_true(engine_snapshot_delete(r->engine, "vm", "leaf",
					     VIR_DOMAIN_SNAPSHOT_DELETE_METADATA_ONLY, NULL));
}

static void ended_transient(struct rig *r)
{
	scene_undefined(r);
	vm_poweroff(r);
}

static void ended_keeping(struct rig *r)
{
	running_nvram(r);
	vm_undefine(r, VIR_DOMAIN_UNDEFINE_KEEP_NVRAM);
	vm_poweroff(r);
}

static void ended_persistent(struct rig *r)
{
	scene_running(r);
	vm_poweroff(r);
}

static void transient(struct rig *r)
{
	vm_create(r);
	vm_work(r);
}

static void paused(struct rig *r)
{
	scene_running(r);
	g_assert_true(engine_suspend(r->engine, "vm", NULL));
}

static void live_off(struct rig *r)
{
	scene_running(r);
	vm_destroy(r);
}

static void saved_snapshots(struct rig *r)
{
	scene_saved(r);
}

static char *save_path(struct rig *r)
{
	return g_build_filename(r->base, "world/vm.save", NULL);
}

static bool save_file(struct rig *r, GError **err)
{
	g_autofree char *path = save_path(r);

	return engine_save(r->engine, "vm", &(struct save_request){ .file = path }, err);
}

static bool restore_file(struct rig *r, GError **err)
{
	g_autofree char *path = save_path(r);

	return engine_restore(r->engine, &(struct save_request){ .file = path }, NULL, err);
}

static void saved_file(struct rig *r)
{
	scene_running(r);
	g_assert_true(save_file(r, NULL));
}

static void saved_file_transient(struct rig *r)
{
	transient(r);
	g_assert_true(save_file(r, NULL));
}

/* It runs on from the file. */
static void restored_file(struct rig *r)
{
	saved_file(r);
	g_assert_true(restore_file(r, NULL));
	vm_work(r);
}

static char *titled_xml(struct rig *r)
{
	g_autofree char *xml = vm_xml(r, 0);
	g_auto(GStrv) parts = g_strsplit(xml, "<uuid>", 2);

	return g_strconcat(parts[0], "<title>other</title><uuid>", parts[1], NULL);
}

static bool define_image(struct rig *r, GError **err)
{
	g_autofree char *xml = titled_xml(r);

	return engine_managed_save_define(r->engine, "vm", xml, 0, err);
}

static bool define_file(struct rig *r, GError **err)
{
	g_autofree char *path = save_path(r), *xml = titled_xml(r);

	return engine_saved_define(r->engine, path, xml, 0, err);
}

static void image_defined(struct rig *r)
{
	scene_saved(r);
	g_assert_true(define_image(r, NULL));
}

/* ---- Calls ---- */

static bool define(struct rig *r, GError **err)
{
	g_autofree char *xml = vm_xml(r, 0);

	return engine_define(r->engine, xml, false, NULL, err);
}

static bool define_more(struct rig *r, GError **err)
{
	g_autofree char *xml = vm_xml(r, WITH_MORE_MEMORY);

	return engine_define(r->engine, xml, false, NULL, err);
}

static bool undefine(struct rig *r, GError **err)
{
	return engine_undefine(r->engine, "vm", 0, NULL, err);
}

static bool undefine_all(struct rig *r, GError **err)
{
	return engine_undefine(r->engine, "vm", ALL_STATE, NULL, err);
}

static bool undefine_keep(struct rig *r, GError **err)
{
	return engine_undefine(r->engine, "vm", VIR_DOMAIN_UNDEFINE_KEEP_NVRAM, NULL, err);
}

static bool undefine_purge(struct rig *r, GError **err)
{
	return engine_undefine(r->engine, "vm", ALL_STATE | UNDEFINE_PURGE, NULL, err);
}

static bool rename_vm(struct rig *r, GError **err)
{
	return engine_rename(r->engine, "vm", "other", err);
}

static bool restore_ending(struct rig *r, const char *end, GError **err)
{
	g_autofree char *id = trash_id(r, end);

	return engine_trash_restore(r->engine, id ? id : end, NULL, err);
}

static bool restore(struct rig *r, GError **err)
{
	return restore_ending(r, "~vm", err);
}

static bool restore_undefined(struct rig *r, GError **err)
{
	return restore_ending(r, "/undefined.xml", err);
}

static bool restore_config(struct rig *r, GError **err)
{
	return restore_ending(r, "~config", err);
}

static bool restore_image(struct rig *r, GError **err)
{
	return restore_ending(r, "~managed-save", err);
}

static bool restore_image_xml(struct rig *r, GError **err)
{
	return restore_ending(r, "~image-config", err);
}

static bool restore_record(struct rig *r, GError **err)
{
	return restore_ending(r, "~snapshot-leaf", err);
}

static bool empty_trash(struct rig *r, GError **err)
{
	return engine_trash_empty(r->engine, NULL, 0, false, NULL, err) >= 0;
}

static bool autostart(struct rig *r, GError **err)
{
	return engine_set_autostart(r->engine, "vm", true, err);
}

static bool autostart_off(struct rig *r, GError **err)
{
	return engine_set_autostart(r->engine, "vm", false, err);
}

static bool resize(struct rig *r, GError **err)
{
	return engine_set_size(r->engine, "vm", SIZE_MAX_MEMORY, 262144, err);
}

static bool set_lifecycle(struct rig *r, GError **err)
{
	const struct lifecycle_change change = { VIR_DOMAIN_LIFECYCLE_CRASH,
						 VIR_DOMAIN_LIFECYCLE_ACTION_PRESERVE, 0 };

	return engine_set_lifecycle(r->engine, "vm", &change, err);
}

static bool remove_image(struct rig *r, GError **err)
{
	return engine_managed_save_remove(r->engine, "vm", false, NULL, err);
}

static bool purge_image(struct rig *r, GError **err)
{
	return engine_managed_save_remove(r->engine, "vm", true, NULL, err);
}

static bool start(struct rig *r, GError **err)
{
	return engine_start(r->engine, "vm", 0, NULL, err);
}

static bool start_paused(struct rig *r, GError **err)
{
	return engine_start(r->engine, "vm", VIR_DOMAIN_START_PAUSED, NULL, err);
}

static bool start_boot(struct rig *r, GError **err)
{
	return engine_start(r->engine, "vm", VIR_DOMAIN_START_FORCE_BOOT, NULL, err);
}

static bool create(struct rig *r, GError **err)
{
	g_autofree char *xml = vm_xml(r, 0);

	return engine_create(r->engine, xml, 0, NULL, err);
}

static bool restore_file_paused(struct rig *r, GError **err)
{
	g_autofree char *path = save_path(r);
	struct save_request request = { .file = path, .flags = VIR_DOMAIN_SAVE_PAUSED };

	return engine_restore(r->engine, &request, NULL, err);
}

static bool save(struct rig *r, GError **err)
{
	return engine_managed_save(r->engine, "vm", 0, err);
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
	return restore_ending(r, "~snapshot-middle", err);
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

static bool destroy(struct rig *r, GError **err)
{
	return engine_destroy(r->engine, "vm", false, err);
}

static bool suspend(struct rig *r, GError **err)
{
	return engine_suspend(r->engine, "vm", err);
}

static bool resume(struct rig *r, GError **err)
{
	return engine_resume(r->engine, "vm", err);
}

static bool ended(struct rig *r, GError **err)
{
	return engine_guest_ended(r->engine, "vm", "?", "shutdown", err);
}

/* A define makes old/ first; with it a transient guest's end goes into the trash. */
static bool make_old(struct rig *r, GError **err)
{
	g_autofree char *path = g_build_filename(r->root, "domains/vm/old", NULL);

	return g_mkdir(path, 0700) == 0 || fail(err, VIR_ERR_OPERATION_FAILED, "mkdir");
}

/* ---- The table ---- */

#define AFTER_START "go, cont and the image's removal come after the run is published"
#define AFTER_SAVE "the guest has ended; only forward leads out"
#define AFTER_SNAPSHOT "the data is there; the record follows"
#define AFTER_DELETE "data that is gone does not come back; the records follow"
#define AFTER_REVERT "state, pointer and safety snapshot follow the load"
#define AFTER_RETIRE "kept and outside files, purging"
#define AFTER_END "the guest has ended"

/* clang-format off */
const struct operation operations[] = {
	{ "define", empty, define, .n_syncs = 8 },
	{ "define, kept nvram", kept_nvram, define },
	{ "define again", off, define_more, .n_syncs = 3, .stop = "define.PUT_CONFIG" },
	{ "define with snapshots", snapshots_nvram, define_more },
	{ "define an undefined guest", scene_undefined, define_more },
	{ "define a transient guest", transient, define_more, .midway = make_old },
	{ "undefine", off, undefine, .n_syncs = 4, .stop = "undefine.TOMBSTONE" },
	{ "undefine all", everything, undefine_all },
	{ "undefine, nvram outside", off_nvram_outside, undefine_all, .late = AFTER_RETIRE },
	{ "undefine, keep nvram", off_nvram, undefine_keep, .late = AFTER_RETIRE },
	{ "undefine, purge", everything, undefine_purge, .late = AFTER_RETIRE,
	  .midway = undefine_all },
	{ "undefine running", scene_running, undefine, .n_syncs = 1 },
	{ "undefine running, keep nvram", running_nvram, undefine_keep },
	{ "rename", snapshots_nvram, rename_vm, .late = "the name in domain.xml" },
	{ "restore an entry", trashed, restore, .n_syncs = 4 },
	{ "restore a transient", trashed_transient, restore },
	{ "restore, kept nvram", trashed_kept, restore },
	{ "restore an undefined guest", scene_undefined, restore_undefined },
	{ "restore an old config", redefined, restore_config, .late = "the old file's removal" },
	{ "restore an old image", image_removed, restore_image },
	{ "restore an old record", record_removed, restore_record },
	{ "empty the trash", trashed, empty_trash },
	{ "autostart", off, autostart, .n_syncs = 1 },
	{ "autostart off", off_autostart, autostart_off },
	{ "resize", off, resize },
	{ "set a word", off, set_lifecycle, .n_syncs = 3 },
	{ "remove an image", scene_saved, remove_image, .n_syncs = 2 },
	{ "purge an image", scene_saved, purge_image },
	{ "start", off, start, .late = AFTER_START, .stop = "start.GO" },
	{ "start paused", live_off, start_paused, .late = AFTER_START },
	{ "start from image", scene_saved, start, .late = AFTER_START },
	{ "start from image, paused", scene_saved, start_paused, .late = AFTER_START },
	{ "start, force boot", scene_saved, start_boot, .late = AFTER_START },
	{ "create", empty, create, .late = AFTER_START },
	{ "create, kept nvram", kept_nvram, create, .late = AFTER_START, .may_end_off = true },
	{ "create over a domain", live_off, create, .late = AFTER_START },
	{ "save", scene_running, save, .late = AFTER_SAVE, .stop = "managed-save.STOP" },
	{ "save a paused guest", paused, save, .late = AFTER_SAVE },
	{ "save to a file", scene_running, save_file, .late = AFTER_SAVE, .stop = "save.STOP" },
	{ "save over a file", restored_file, save_file, .late = AFTER_SAVE },
	{ "save a transient guest", transient, save_file, .late = AFTER_SAVE },
	{ "restore", saved_file, restore_file, .late = AFTER_START, .stop = "restore.GO" },
	{ "restore, paused", saved_file, restore_file_paused, .late = AFTER_START },
	{ "restore a transient guest", saved_file_transient, restore_file, .late = AFTER_START },
	{ "other XML for an image", scene_saved, define_image },
	{ "other XML for a file", saved_file, define_file },
	{ "restore an image's old XML", image_defined, restore_image_xml,
	  .late = "the old file's removal" },
	{ "snapshot", scene_snapshots, snapshot, .late = AFTER_SNAPSHOT },
	{ "snapshot live", scene_running, snapshot, .late = AFTER_SNAPSHOT },
	{ "snapshot paused", paused, snapshot, .late = AFTER_SNAPSHOT },
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
	{ "revert a paused guest", paused, revert_live, .late = AFTER_REVERT },
	{ "revert, fresh process", live_off, revert_live, .late = AFTER_REVERT, .may_end_off = true },
	{ "revert offline", scene_snapshots, revert_middle, .late = AFTER_REVERT },
	{ "revert in place, keep", scene_running, revert_live_keeping, .late = AFTER_REVERT },
	{ "revert, fresh process, keep", live_off, revert_live_keeping, .late = AFTER_REVERT,
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
	{ "destroy", scene_running, destroy, .late = AFTER_END },
	{ "destroy an undefined guest", scene_undefined, destroy, .late = AFTER_END },
	{ "destroy a transient guest", transient, destroy, .late = AFTER_END },
	{ "suspend", scene_running, suspend, .late = "what run/state shows" },
	{ "resume", paused, resume, .late = "what run/state shows" },
	{ "end of a guest", ended_persistent, ended, .late = AFTER_END },
	{ "end of an undefined guest", ended_transient, ended, .late = AFTER_END },
	{ "end, nvram is kept", ended_keeping, ended, .late = AFTER_END },
};
/* clang-format on */

const unsigned int n_operations = G_N_ELEMENTS(operations);
