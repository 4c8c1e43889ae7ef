/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/fake/snap.h"

#include <errno.h>

#include "base/error.h"
#include "base/sys.h"
#include "driver/fake/disk.h"
#include "driver/fake/machine.h"

static bool point(const char *name, GError **err)
{
	return sys_point(name) == 0 || fail_os(err, errno, "%s", name);
}

bool fake_tag_query(struct hv *hv, struct guest *g, const struct hv_disk *disks, size_t n,
		    const char *tag, struct hv_tag *ret, GError **err)
{
	struct hv_tag found = { 0 };

	(void)hv;
	(void)g;
	for (size_t i = 0; i < n; i++) {
		g_autoptr(json_object) disk = fake_disk_read(disks[i].path, err);
		struct fake_tag t;

		if (!disk)
			return false;
		found.id_collides |= fake_disk_has_id(disk, tag);
		if (!fake_disk_find(disk, tag, &t))
			continue;
		found.n_disks_with++;
		if (i == 0)
			found.has_memory = t.has_memory;
	}
	*ret = found;
	return true;
}

static void add_snapshot(const char *name, const struct fake_tag *tag, void *data)
{
	struct hv_snapshot *s = g_new0(struct hv_snapshot, 1);

	s->name = g_strdup(name);
	s->time = 1700000000 + tag->id;
	s->has_memory = tag->has_memory;
	g_ptr_array_add(data, s);
}

static void snapshot_free(void *data)
{
	struct hv_snapshot *s = data;

	g_free(s->name);
	g_free(s);
}

GPtrArray *fake_snap_list(struct hv *hv, const struct hv_disk *disk, GError **err)
{
	g_autoptr(json_object) there = fake_disk_read(disk->path, err);
	GPtrArray *list;

	(void)hv;
	if (!there)
		return NULL;
	list = g_ptr_array_new_with_free_func(snapshot_free);
	fake_disk_each(there, add_snapshot, list);
	return list;
}

/* With memory when the guest is alive. */
bool fake_snap_save(struct hv *hv, struct guest *g, const struct hv_disk *disks, size_t n,
		    const char *tag, GError **err)
{
	struct hv_tag found;
	struct machine m;

	if (!point("fake.snap-save", err) || !machine_read(g->run_fd, &m, err) ||
	    !fake_tag_query(hv, g, disks, n, tag, &found, err))
		return false;
	if (found.n_disks_with > 0)
		return fail(err, VIR_ERR_OPERATION_FAILED, "a disk has a snapshot '%s' already",
			    tag);
	for (size_t i = 0; i < n; i++) {
		const gint64 *memory = i == 0 && m.status != HV_GONE ? &m.memory : NULL;

		if (!fake_disk_add(disks[i].path, tag, memory, err))
			return false;
	}
	return true;
}

/* Before anything is reverted: all have it, and it has memory. */
static bool check_tags(const struct hv_disk *disks, size_t n, const char *tag, bool with_memory,
		       GError **err)
{
	struct hv_tag found;

	if (!fake_tag_query(NULL, NULL, disks, n, tag, &found, err))
		return false;
	if (found.n_disks_with < n)
		return fail(err, VIR_ERR_OPERATION_FAILED, "a disk has no snapshot '%s'", tag);
	return found.has_memory || !with_memory ||
	       fail(err, VIR_ERR_OPERATION_FAILED, "snapshot '%s' has no memory", tag);
}

static bool revert_disk(const char *path, const char *tag, struct fake_tag *ret_tag, GError **err)
{
	g_autoptr(json_object) disk = fake_disk_read(path, err);

	if (!disk)
		return false;
	if (!fake_disk_find(disk, tag, ret_tag))
		return fail(err, VIR_ERR_OPERATION_FAILED, "disk '%s' has no snapshot '%s'", path,
			    tag);
	return fake_disk_set_content(path, ret_tag->content, err);
}

static bool revert_disks(const struct hv_disk *disks, size_t n, const char *tag,
			 struct fake_tag *ret_first, GError **err)
{
	for (size_t i = 0; i < n; i++) {
		struct fake_tag t;

		if (!revert_disk(disks[i].path, tag, &t, err))
			return false;
		if (i == 0)
			*ret_first = t;
	}
	return true;
}

/* As QEMU does it: stopped first, then disk by disk, memory last; what fails leaves it stopped. */
static bool load_alive(int run_fd, struct machine *m, const struct hv_disk *disks, size_t n,
		       const char *tag, GError **err)
{
	enum hv_status before = m->status;
	struct fake_tag first = { 0 };

	m->status = HV_STOPPED_BAD;
	if (!machine_write(run_fd, m, err) || !check_tags(disks, n, tag, true, err) ||
	    !revert_disks(disks, n, tag, &first, err))
		return false;
	m->status = before;
	m->memory = first.memory;
	m->resume = RUNNING_FROM_SNAPSHOT;
	if (!machine_write(run_fd, m, err))
		return false;
	return before != HV_RUNNING ||
	       machine_tell(run_fd, GUEST_RUNNING, RUNNING_FROM_SNAPSHOT, err);
}

bool fake_snap_load(struct hv *hv, struct guest *g, const struct hv_disk *disks, size_t n,
		    const char *tag, GError **err)
{
	struct fake_tag first;
	struct machine m;

	(void)hv;
	if (!point("fake.snap-load", err) || !machine_read(g->run_fd, &m, err))
		return false;
	if (m.status != HV_GONE)
		return load_alive(g->run_fd, &m, disks, n, tag, err);
	return check_tags(disks, n, tag, false, err) && revert_disks(disks, n, tag, &first, err);
}

bool fake_snap_drop(struct hv *hv, struct guest *g, const struct hv_disk *disks, size_t n,
		    const char *tag, GError **err)
{
	(void)hv;
	(void)g;
	if (!point("fake.snap-drop", err))
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!fake_disk_drop(disks[i].path, tag, err))
			return false;
	}
	return true;
}

bool fake_snap_settle(struct hv *hv, struct guest *g, GError **err)
{
	(void)hv;
	(void)g;
	return point("fake.snap-settle", err);
}
