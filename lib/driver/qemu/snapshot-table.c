/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/qemu/snapshot-table.h"

#include <string.h>
#include <unistd.h>

#include "driver/qemu/image.h"

#define SNAPSHOTS_MAX 1000
#define EXTRA_MAX 1024

/* The fixed part of an entry; extra data, id and name follow, and zeros up to a multiple of 8. All
 * numbers are big-endian. */
struct entry {
	guint64 l1_offset;
	guint32 l1_size;
	guint16 id_size, name_size;
	guint32 seconds, nanoseconds;
	guint64 vm_clock;
	guint32 vm_state_size;
	guint32 extra_size;
};
G_STATIC_ASSERT(sizeof(struct entry) == 40);

/* What the extra data begins with, where there is any. */
#define EXTRA_VM_STATE sizeof(guint64)

static bool read_at(int fd, guint64 at, void *buf, size_t size)
{
	return at <= G_MAXINT64 - size && pread(fd, buf, size, (off_t)at) == (ssize_t)size;
}

static guint64 vm_state_size(const struct entry *e, const char *extra)
{
	guint64 size;

	if (GUINT32_FROM_BE(e->extra_size) < EXTRA_VM_STATE)
		return GUINT32_FROM_BE(e->vm_state_size);
	memcpy(&size, extra, sizeof(size));
	return GUINT64_FROM_BE(size);
}

/* *at is behind the entry on return. */
static struct image_snapshot *read_entry(int fd, guint64 *at)
{
	g_autofree char *rest = NULL;
	struct image_snapshot *s;
	size_t extra, id, name;
	struct entry e;

	if (!read_at(fd, *at, &e, sizeof(e)))
		return NULL;
	extra = GUINT32_FROM_BE(e.extra_size);
	id = GUINT16_FROM_BE(e.id_size);
	name = GUINT16_FROM_BE(e.name_size);
	if (extra > EXTRA_MAX)
		return NULL;
	rest = g_malloc(extra + id + name + 1);
	if (!read_at(fd, *at + sizeof(e), rest, extra + id + name))
		return NULL;
	*at += (sizeof(e) + extra + id + name + 7) & ~(guint64)7;
	s = g_new0(struct image_snapshot, 1);
	s->id = g_strndup(rest + extra, id);
	s->name = g_strndup(rest + extra + id, name);
	s->vm_state_size = vm_state_size(&e, rest);
	s->time = GUINT32_FROM_BE(e.seconds);
	return s;
}

GPtrArray *snapshot_table_read(int fd, const struct qcow2_header *header)
{
	g_autoptr(GPtrArray) snapshots = g_ptr_array_new_with_free_func(image_snapshot_free);
	guint64 at = header->snapshots_offset;

	if (header->n_snapshots > SNAPSHOTS_MAX)
		return NULL;
	for (guint32 i = 0; i < header->n_snapshots; i++) {
		struct image_snapshot *s = read_entry(fd, &at);

		if (!s)
			return NULL;
		g_ptr_array_add(snapshots, s);
	}
	return g_steal_pointer(&snapshots);
}
