/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crash/scenes.h"

#include <fcntl.h>
#include <libvirt/libvirt-domain.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/cleanup.h"
#include "base/util.h"
#include "driver/fake/fake.h"
#include "engine/engine.h"
#include "store/trash.h"

#define UUID "c7a5fdbd-edaf-9455-926a-d65c16db1809"

static void must(bool done, GError *err)
{
	if (!done)
		g_error("a scene cannot be prepared: %s", err ? err->message : "unknown");
}

void rig_open(struct rig *r, const char *base)
{
	r->base = base;
	r->root = g_build_filename(base, "world/root", NULL);
	r->engine = engine_open_with(r->root, fake_hv_open(), "crash", NULL);
}

void rig_close(struct rig *r)
{
	engine_close(r->engine);
	g_free(r->root);
}

/* ---- Steps ---- */

char *vm_xml(struct rig *r, unsigned int how)
{
	g_autofree char *nvram = NULL;

	if (how & WITH_NVRAM_OUTSIDE)
		nvram = g_strdup_printf("<loader readonly='yes' type='pflash'>/code.fd</loader>"
					"<nvram>%s/world/outside.fd</nvram>",
					r->base);
	return g_strdup_printf(
		"<domain type='qemu'>\n  <name>vm</name>\n  <uuid>" UUID "</uuid>\n"
		"  <memory unit='MiB'>%d</memory>\n  <vcpu>1</vcpu>\n"
		"  <os><type arch='x86_64' machine='pc-i440fx-7.2'>hvm</type>%s</os>\n"
		"  <devices>\n"
		"    <disk type='file' device='disk'><driver name='qemu' type='qcow2'/>"
		"<source file='%s/world/a.qcow2'/><target dev='vda' bus='virtio'/></disk>\n"
		"    <disk type='file' device='disk'><driver name='qemu' type='qcow2'/>"
		"<source file='%s/world/b.qcow2'/><target dev='vdb' bus='virtio'/></disk>\n"
		"  </devices>\n</domain>\n",
		(how & WITH_MORE_MEMORY) ? 64 : 32, nvram ? nvram : "", r->base, r->base);
}

char *snapshot_xml(const char *name)
{
	return g_strdup_printf("<domainsnapshot><name>%s</name></domainsnapshot>", name);
}

void vm_define(struct rig *r, unsigned int how)
{
	g_autofree char *xml = vm_xml(r, how), *outside = NULL;
	g_autoptr(GError) err = NULL;

	if (how & WITH_NVRAM_OUTSIDE) {
		outside = g_build_filename(r->base, "world/outside.fd", NULL);
		g_assert_true(g_file_set_contents(outside, "variables", -1, NULL));
	}
	must(engine_define(r->engine, xml, false, NULL, &err), err);
}

void vm_create(struct rig *r)
{
	g_autofree char *xml = vm_xml(r, 0);
	g_autoptr(GError) err = NULL;

	must(engine_create(r->engine, xml, 0, NULL, &err), err);
}

void vm_start(struct rig *r)
{
	g_autoptr(GError) err = NULL;

	must(engine_start(r->engine, "vm", 0, NULL, &err), err);
}

static int open_run(struct rig *r)
{
	g_autofree char *path = g_build_filename(r->root, "domains/vm/run", NULL);

	return open_dir_at(AT_FDCWD, path);
}

void vm_work(struct rig *r)
{
	g_autofree char *a = g_build_filename(r->base, "world/a.qcow2", NULL);
	g_autofree char *b = g_build_filename(r->base, "world/b.qcow2", NULL);
	struct hv_disk disks[] = { { "vda", a, "qcow2" }, { "vdb", b, "qcow2" } };
	auto_close int run = open_run(r);
	g_autoptr(GError) err = NULL;

	must(fake_guest_work(run, disks, G_N_ELEMENTS(disks), &err), err);
}

void vm_poweroff(struct rig *r)
{
	auto_close int run = open_run(r);
	g_autoptr(GError) err = NULL;

	must(fake_guest_poweroff(run, &err), err);
}

void vm_snapshot(struct rig *r, const char *name)
{
	g_autofree char *xml = snapshot_xml(name);
	g_autoptr(GError) err = NULL;

	must(engine_snapshot_create(r->engine, "vm", xml, 0, NULL, &err), err);
}

void vm_save(struct rig *r)
{
	g_autoptr(GError) err = NULL;

	must(engine_managed_save(r->engine, "vm", 0, &err), err);
}

void vm_destroy(struct rig *r)
{
	g_autoptr(GError) err = NULL;

	must(engine_destroy(r->engine, "vm", false, &err), err);
}

void vm_undefine(struct rig *r, unsigned int flags)
{
	g_autoptr(GError) err = NULL;

	must(engine_undefine(r->engine, "vm", flags, NULL, &err), err);
}

void vm_nvram(struct rig *r, const char *content)
{
	g_autofree char *path = g_build_filename(r->root, "domains/vm/nvram.fd", NULL);

	g_assert_true(g_file_set_contents(path, content, -1, NULL));
}

char *trash_id(struct rig *r, const char *end)
{
	g_autoptr(GPtrArray) list = engine_trash_list(r->engine, NULL, NULL);

	for (guint i = 0; list && i < list->len; i++) {
		const struct trash_entry *entry = list->pdata[i];

		if (g_str_has_suffix(entry->id, end))
			return g_strdup(entry->id);
	}
	return NULL;
}

bool trash_restore(struct rig *r, const char *end, GError **err)
{
	g_autofree char *id = trash_id(r, end);

	return engine_trash_restore(r->engine, id ? id : end, NULL, err);
}

/* ---- Scenes ---- */

void scene_snapshots(struct rig *r)
{
	vm_define(r, 0);
	vm_snapshot(r, "base");
	vm_start(r);
	vm_work(r);
	vm_destroy(r);
	vm_snapshot(r, "middle");
	vm_start(r);
	vm_work(r);
	vm_work(r);
	vm_destroy(r);
	vm_snapshot(r, "leaf");
}

void scene_running(struct rig *r)
{
	vm_define(r, 0);
	vm_start(r);
	vm_work(r);
	vm_work(r);
	vm_snapshot(r, "live");
	vm_work(r);
}

void scene_saved(struct rig *r)
{
	scene_running(r);
	vm_save(r);
}

void scene_undefined(struct rig *r)
{
	scene_running(r);
	vm_undefine(r, 0);
}

void scene_empty(struct rig *r)
{
	(void)r;
}

void scene_off(struct rig *r)
{
	vm_define(r, 0);
}

void scene_nvram(struct rig *r)
{
	vm_define(r, 0);
	vm_nvram(r, "own variables");
}

void scene_kept_nvram(struct rig *r)
{
	scene_nvram(r);
	vm_undefine(r, VIR_DOMAIN_UNDEFINE_KEEP_NVRAM);
}

void scene_everything(struct rig *r)
{
	scene_saved(r);
	vm_nvram(r, "own variables");
	g_assert_true(engine_set_autostart(r->engine, "vm", true, NULL));
}

void scene_running_nvram(struct rig *r)
{
	scene_running(r);
	vm_nvram(r, "own variables");
}

void scene_transient(struct rig *r)
{
	vm_create(r);
	vm_work(r);
}

void scene_paused(struct rig *r)
{
	scene_running(r);
	g_assert_true(engine_suspend(r->engine, "vm", NULL));
}

void scene_ended(struct rig *r)
{
	scene_running(r);
	vm_destroy(r);
}
