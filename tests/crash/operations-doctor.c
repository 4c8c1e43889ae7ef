/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The doctor's cures: what is found is repaired as a whole, or stays as it was. */
#include "crash/operations.h"

#include <glib/gstdio.h>
#include <libvirt/libvirt-domain.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/error.h"
#include "base/sys.h"
#include "crash/scenes.h"
#include "driver/fake/disk.h"
#include "engine/engine.h"
#include "engine/inspect.h"

/* ---- Worlds ---- */

/* Killed at a named point of the call. */
static void interrupted(struct rig *r, const char *fault, bool (*act)(struct rig *, GError **))
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		sys_fault_set(fault);
		act(r, NULL);
		_exit(0);
	}
	while (waitpid(pid, &status, 0) < 0)
		continue;
	g_assert_true(WIFSIGNALED(status));
}

static void put(struct rig *r, const char *name, const char *content)
{
	g_autofree char *path = g_build_filename(r->root, name, NULL);

	g_assert_true(g_file_set_contents(path, content, -1, NULL));
}

static bool snapshot(struct rig *r, GError **err)
{
	g_autofree char *xml = snapshot_xml("new");

	return engine_snapshot_create(r->engine, "vm", xml, 0, NULL, err);
}

static void begun(struct rig *r)
{
	scene_snapshots(r);
	interrupted(r, "crash@snapshot-create.INTENT", snapshot);
}

/* The data is there, the record is not. */
static void half_done(struct rig *r)
{
	scene_snapshots(r);
	interrupted(r, "crash@snapshot-create.SNAPSHOT_SAVE", snapshot);
}

static bool undefine(struct rig *r, GError **err)
{
	return engine_undefine(r->engine, "vm", VIR_DOMAIN_UNDEFINE_NVRAM, NULL, err);
}

static void todo(struct rig *r)
{
	vm_define(r, WITH_NVRAM_OUTSIDE);
	interrupted(r, "crash@undefine.RETIRE", undefine);
}

static void tombstone(struct rig *r)
{
	scene_off(r);
	interrupted(r, "crash@undefine.TOMBSTONE", undefine);
}

static void stale_run(struct rig *r)
{
	scene_running(r);
	vm_poweroff(r);
}

static void leftover(struct rig *r)
{
	scene_undefined(r);
	vm_poweroff(r);
}

static void broken_record(struct rig *r)
{
	scene_snapshots(r);
	put(r, "domains/vm/snapshots/middle.xml", "rubbish");
}

static void drop_tags(struct rig *r, const char *tag)
{
	static const char *const disks[] = { "a.qcow2", "b.qcow2" };

	for (guint i = 0; i < G_N_ELEMENTS(disks); i++) {
		g_autofree char *path = g_build_filename(r->base, "world", disks[i], NULL);

		g_assert_true(fake_disk_drop(path, tag, NULL));
	}
}

static void record_alone(struct rig *r)
{
	scene_snapshots(r);
	drop_tags(r, "middle");
}

static void tags_alone(struct rig *r)
{
	g_autofree char *path = g_build_filename(r->root, "domains/vm/snapshots/middle.xml", NULL);

	scene_snapshots(r);
	g_assert_cmpint(g_unlink(path), ==, 0);
}

static void no_index(struct rig *r)
{
	g_autofree char *path = NULL, *uuid = NULL;

	scene_off(r);
	uuid = engine_uuid(r->engine, "vm", NULL);
	path = g_build_filename(r->root, "by-uuid", uuid, NULL);
	g_assert_cmpint(g_unlink(path), ==, 0);
}

static void left_staging(struct rig *r)
{
	g_autofree char *path = g_build_filename(r->root, "staging/left", NULL);

	scene_off(r);
	g_assert_cmpint(g_mkdir(path, 0700), ==, 0);
	put(r, "staging/left/lock", "");
	put(r, "staging/left/domain.xml", "<domain/>");
}

/* ---- The call ---- */

/* It fails when anything that was found is still there. */
static bool fix(struct rig *r, GError **err)
{
	g_autoptr(GPtrArray) findings = engine_doctor(r->engine, NULL, DOCTOR_FIX, err);

	for (guint i = 0; findings && i < findings->len; i++) {
		const struct finding *f = findings->pdata[i];

		if (!f->done)
			return fail(err, VIR_ERR_OPERATION_FAILED, "%s", f->remedy ? f->remedy
										   : f->what);
	}
	return findings != NULL;
}

/* A staged record that could not be published is void; without one the data goes as well. */
static bool take_back(struct rig *r, GError **err)
{
	g_autofree char *path = g_build_filename(r->root, "domains/vm/snapshots/new.xml.new~", NULL);

	return g_unlink(path) == 0 && engine_reconcile(r->engine, "vm", false, err);
}

/* ---- The table ---- */

#define AFTER_CURE "what was begun is only finished"

/* clang-format off */
const struct operation doctor_operations[] = {
	{ "doctor: begun", begun, fix, .late = AFTER_CURE },
	{ "doctor: half done", half_done, fix, .late = AFTER_CURE, .midway = take_back },
	{ "doctor: todo", todo, fix, .late = AFTER_CURE },
	{ "doctor: tombstone", tombstone, fix },
	{ "doctor: stale run", stale_run, fix, .late = AFTER_CURE },
	{ "doctor: leftover", leftover, fix, .late = AFTER_CURE },
	{ "doctor: broken record", broken_record, fix, .late = AFTER_CURE },
	{ "doctor: record alone", record_alone, fix, .late = AFTER_CURE },
	{ "doctor: tags alone", tags_alone, fix },
	{ "doctor: no index", no_index, fix, .is_unseen = true },
	{ "doctor: left staging", left_staging, fix, .is_unseen = true },
	{ NULL },
};
/* clang-format on */
