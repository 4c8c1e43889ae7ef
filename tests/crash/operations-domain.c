/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What makes, changes and removes domains, and takes them back from the trash. */
#include "crash/operations.h"

#include <glib/gstdio.h>
#include <libvirt/libvirt-domain.h>
#include "base/error.h"
#include "crash/scenes.h"
#include "engine/engine.h"
#include "engine/inspect.h"

#define ALL_STATE                                                                   \
	(VIR_DOMAIN_UNDEFINE_MANAGED_SAVE | VIR_DOMAIN_UNDEFINE_SNAPSHOTS_METADATA | \
	 VIR_DOMAIN_UNDEFINE_NVRAM)

static void off_nvram_outside(struct rig *r)
{
	vm_define(r, WITH_NVRAM_OUTSIDE);
}

static void off_autostart(struct rig *r)
{
	vm_define(r, 0);
	g_assert_true(engine_set_autostart(r->engine, "vm", true, NULL));
}

static void snapshots_nvram(struct rig *r)
{
	scene_snapshots(r);
	vm_nvram(r, "own variables");
}

static void trashed(struct rig *r)
{
	scene_everything(r);
	vm_undefine(r, ALL_STATE);
}

static void trashed_transient(struct rig *r)
{
	scene_undefined(r);
	vm_destroy(r);
}

static void trashed_kept(struct rig *r)
{
	scene_kept_nvram(r);
}

static void redefined(struct rig *r)
{
	vm_define(r, 0);
	vm_define(r, WITH_MORE_MEMORY);
}

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

static bool restore(struct rig *r, GError **err)
{
	return trash_restore(r, "~vm", err);
}

static bool restore_undefined(struct rig *r, GError **err)
{
	return trash_restore(r, "/undefined.xml", err);
}

static bool restore_config(struct rig *r, GError **err)
{
	return trash_restore(r, "~config", err);
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

/* A define makes old/ first; with it a transient guest's end goes into the trash. */
static bool make_old(struct rig *r, GError **err)
{
	g_autofree char *path = g_build_filename(r->root, "domains/vm/old", NULL);

	return g_mkdir(path, 0700) == 0 || fail(err, VIR_ERR_OPERATION_FAILED, "mkdir");
}

/* ---- The table ---- */

#define AFTER_RETIRE "kept and outside files, purging"

/* clang-format off */
const struct operation domain_operations[] = {
	{ "define", scene_empty, define, .n_syncs = 8 },
	{ "define, kept nvram", scene_kept_nvram, define },
	{ "define again", scene_off, define_more, .n_syncs = 3, .stop = "define.PUT_CONFIG" },
	{ "define with snapshots", snapshots_nvram, define_more },
	{ "define an undefined guest", scene_undefined, define_more },
	{ "define a transient guest", scene_transient, define_more, .midway = make_old },
	{ "undefine", scene_off, undefine, .n_syncs = 4, .stop = "undefine.TOMBSTONE" },
	{ "undefine all", scene_everything, undefine_all },
	{ "undefine, nvram outside", off_nvram_outside, undefine_all, .late = AFTER_RETIRE },
	{ "undefine, keep nvram", scene_nvram, undefine_keep, .late = AFTER_RETIRE },
	{ "undefine, purge", scene_everything, undefine_purge, .late = AFTER_RETIRE,
	  .midway = undefine_all },
	{ "undefine running", scene_running, undefine, .n_syncs = 1 },
	{ "undefine running, keep nvram", scene_running_nvram, undefine_keep },
	{ "rename", snapshots_nvram, rename_vm, .late = "the name in domain.xml" },
	{ "restore an entry", trashed, restore, .n_syncs = 4 },
	{ "restore a transient", trashed_transient, restore },
	{ "restore, kept nvram", trashed_kept, restore },
	{ "restore an undefined guest", scene_undefined, restore_undefined },
	{ "restore an old config", redefined, restore_config, .late = "the old file's removal" },
	{ "empty the trash", trashed, empty_trash },
	{ "autostart", scene_off, autostart, .n_syncs = 1 },
	{ "autostart off", off_autostart, autostart_off },
	{ "resize", scene_off, resize },
	{ NULL },
};
/* clang-format on */
