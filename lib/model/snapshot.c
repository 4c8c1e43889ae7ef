/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/snapshot.h"

#include <string.h>

/* libvirt's words. */
static const char *const state_names[] = {
	[SNAPSHOT_SHUTOFF] = "shutoff",
	[SNAPSHOT_RUNNING] = "running",
	[SNAPSHOT_PAUSED] = "paused",
	[SNAPSHOT_DISK_ONLY] = "disk-snapshot",
};
G_STATIC_ASSERT(G_N_ELEMENTS(state_names) == SNAPSHOT_STATE_COUNT);

void snapshot_disk_free(struct snapshot_disk *disk)
{
	if (!disk)
		return;
	g_free(disk->name);
	g_free(disk->file);
	g_free(disk->format);
	g_free(disk);
}

struct snapshot_record *snapshot_record_new(void)
{
	struct snapshot_record *rec = g_new0(struct snapshot_record, 1);

	rec->disks = g_ptr_array_new_with_free_func((GDestroyNotify)snapshot_disk_free);
	return rec;
}

void snapshot_record_free(struct snapshot_record *rec)
{
	if (!rec)
		return;
	g_free(rec->name);
	g_free(rec->description);
	g_free(rec->parent);
	g_free(rec->memory_file);
	g_free(rec->domain_uuid);
	g_clear_pointer(&rec->disks, g_ptr_array_unref);
	g_free(rec);
}

bool snapshot_record_is_external(const struct snapshot_record *rec)
{
	if (rec->memory == SNAPSHOT_KIND_EXTERNAL)
		return true;
	for (guint i = 0; rec->disks && i < rec->disks->len; i++) {
		const struct snapshot_disk *disk = rec->disks->pdata[i];

		if (disk->kind == SNAPSHOT_KIND_EXTERNAL)
			return true;
	}
	return false;
}

const char *snapshot_state_name(enum snapshot_state state)
{
	return state < SNAPSHOT_STATE_COUNT ? state_names[state] : "unknown";
}

bool snapshot_state_parse(const char *word, enum snapshot_state *ret_state)
{
	for (int i = 0; i < SNAPSHOT_STATE_COUNT; i++) {
		if (strcmp(word, state_names[i]) == 0) {
			*ret_state = i;
			return true;
		}
	}
	return false;
}
