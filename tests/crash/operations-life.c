/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The life of a guest: its starts and ends, and its memory in files. */
#include "crash/operations.h"

#include <libvirt/libvirt-domain.h>
#include <libvirt/libvirt-domain-guest.h>
#include "crash/scenes.h"
#include "engine/engine.h"
#include "engine/inspect.h"

static void image_removed(struct rig *r)
{
	scene_saved(r);
	g_assert_true(engine_managed_save_remove(r->engine, "vm", false, NULL, NULL));
}

static void ended_transient(struct rig *r)
{
	scene_undefined(r);
	vm_poweroff(r);
}

static void ended_keeping(struct rig *r)
{
	scene_running_nvram(r);
	vm_undefine(r, VIR_DOMAIN_UNDEFINE_KEEP_NVRAM);
	vm_poweroff(r);
}

static void ended_persistent(struct rig *r)
{
	scene_running(r);
	vm_poweroff(r);
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
	scene_transient(r);
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

static bool restore_image(struct rig *r, GError **err)
{
	return trash_restore(r, "~managed-save", err);
}

static bool restore_image_xml(struct rig *r, GError **err)
{
	return trash_restore(r, "~image-config", err);
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

static bool start_reset(struct rig *r, GError **err)
{
	return engine_start(r->engine, "vm", VIR_DOMAIN_START_RESET_NVRAM, NULL, err);
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

/* ---- The table ---- */

#define AFTER_START "go, cont and the image's removal come after the run is published"
#define AFTER_SAVE "the guest has ended; only forward leads out"
#define AFTER_END "the guest has ended"

/* clang-format off */
const struct operation life_operations[] = {
	{ "restore an old image", image_removed, restore_image },
	{ "set a word", scene_off, set_lifecycle, .n_syncs = 3 },
	{ "remove an image", scene_saved, remove_image, .n_syncs = 2 },
	{ "purge an image", scene_saved, purge_image },
	{ "start", scene_off, start, .late = AFTER_START, .stop = "start.GO" },
	{ "start paused", scene_ended, start_paused, .late = AFTER_START },
	{ "start from image", scene_saved, start, .late = AFTER_START },
	{ "start from image, paused", scene_saved, start_paused, .late = AFTER_START },
	{ "start, reset nvram", scene_nvram, start_reset, .late = AFTER_START },
	{ "start, force boot", scene_saved, start_boot, .late = AFTER_START },
	{ "create", scene_empty, create, .late = AFTER_START },
	{ "create, kept nvram", scene_kept_nvram, create, .late = AFTER_START, .may_end_off = true },
	{ "create over a domain", scene_ended, create, .late = AFTER_START },
	{ "save", scene_running, save, .late = AFTER_SAVE, .stop = "managed-save.STOP" },
	{ "save a paused guest", scene_paused, save, .late = AFTER_SAVE },
	{ "save to a file", scene_running, save_file, .late = AFTER_SAVE, .stop = "save.STOP" },
	{ "save over a file", restored_file, save_file, .late = AFTER_SAVE },
	{ "save a transient guest", scene_transient, save_file, .late = AFTER_SAVE },
	{ "restore", saved_file, restore_file, .late = AFTER_START, .stop = "restore.GO" },
	{ "restore, paused", saved_file, restore_file_paused, .late = AFTER_START },
	{ "restore a transient guest", saved_file_transient, restore_file, .late = AFTER_START },
	{ "other XML for an image", scene_saved, define_image },
	{ "other XML for a file", saved_file, define_file },
	{ "restore an image's old XML", image_defined, restore_image_xml,
	  .late = "the old file's removal" },
	{ "destroy", scene_running, destroy, .late = AFTER_END },
	{ "destroy an undefined guest", scene_undefined, destroy, .late = AFTER_END },
	{ "destroy a transient guest", scene_transient, destroy, .late = AFTER_END },
	{ "suspend", scene_running, suspend, .late = "what run/state shows" },
	{ "resume", scene_paused, resume, .late = "what run/state shows" },
	{ "end of a guest", ended_persistent, ended, .late = AFTER_END },
	{ "end of an undefined guest", ended_transient, ended, .late = AFTER_END },
	{ "end, nvram is kept", ended_keeping, ended, .late = AFTER_END },
	{ NULL },
};
/* clang-format on */
