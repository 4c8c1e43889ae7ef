/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* Prepared worlds, made of small steps through the engine itself. A domain is called "vm" and has
 * two qcow2 disks. All abort on error. */
#include "crash/operations.h"

enum { WITH_NVRAM_OUTSIDE = 1, WITH_MORE_MEMORY = 2 };

/* Its XML; caller frees. */
char *vm_xml(struct rig *r, unsigned int how);
char *snapshot_xml(const char *name);

void vm_define(struct rig *r, unsigned int how);
void vm_create(struct rig *r);
void vm_start(struct rig *r);
/* The guest works: its memory and disks count up. */
void vm_work(struct rig *r);
void vm_snapshot(struct rig *r, const char *name);
void vm_save(struct rig *r);
void vm_destroy(struct rig *r);
void vm_undefine(struct rig *r, unsigned int flags);
void vm_poweroff(struct rig *r);
/* NVRAM of its own, in its directory. */
void vm_nvram(struct rig *r, const char *content);
/* The id of the trash entry that ends so; caller frees. */
char *trash_id(struct rig *r, const char *end);
/* Take that entry back. */
bool trash_restore(struct rig *r, const char *end, GError **err);

/* Off, with three records (base ← middle ← leaf), disks of different content. */
void scene_snapshots(struct rig *r);
/* Running, memory and disks at 3; "live" was taken at 2. */
void scene_running(struct rig *r);
/* Saved at 3. */
void scene_saved(struct rig *r);
/* Running and undefined, with the record "live". */
void scene_undefined(struct rig *r);

/* No domain at all. */
void scene_empty(struct rig *r);
/* Off, and nothing but its configuration; with NVRAM; with all that it can have. */
void scene_off(struct rig *r);
void scene_nvram(struct rig *r);
void scene_everything(struct rig *r);
/* No domain, but NVRAM that the last one left. */
void scene_kept_nvram(struct rig *r);
/* As scene_running(), with NVRAM; paused; then destroyed. */
void scene_running_nvram(struct rig *r);
void scene_paused(struct rig *r);
void scene_ended(struct rig *r);
/* Running, and without a configuration. */
void scene_transient(struct rig *r);
