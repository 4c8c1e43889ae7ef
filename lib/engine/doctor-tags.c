/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Records of internal snapshots against the tags in the images. Images are only read. */
#include "engine/doctor.h"

#include <string.h>
#include "base/error.h"
#include "store/lock.h"

static bool has_tag(const GPtrArray *tags, const char *name)
{
	for (guint i = 0; i < tags->len; i++)
		if (strcmp(((struct hv_snapshot *)tags->pdata[i])->name, name) == 0)
			return true;
	return false;
}

static bool has_record(const GPtrArray *records, const char *name)
{
	for (guint i = 0; i < records->len; i++)
		if (strcmp(((struct snapshot_record *)records->pdata[i])->name, name) == 0)
			return true;
	return false;
}

/* Is the snapshot's data a tag of its name, rather than files beside? */
static bool is_internal(const struct snapshot_record *rec)
{
	return rec->state < SNAPSHOT_DISK_ONLY && !snapshot_record_is_external(rec) &&
	       rec->memory != SNAPSHOT_KIND_EXTERNAL;
}

/* The tags of each writable qcow2 disk; NULL, and told, when one cannot be read: then nothing can be
 * said of what is missing. */
static GPtrArray *read_tags(struct exam *x, const struct domain_config *view)
{
	g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func((GDestroyNotify)g_ptr_array_unref);

	for (guint i = 0; i < view->disks->len; i++) {
		const struct disk_config *d = view->disks->pdata[i];
		struct hv_disk disk = { d->target, d->source, d->format };
		g_autoptr(GError) error = NULL;
		GPtrArray *tags;

		if (!d->source || !disk_is_writable(d) || strcmp(d->format, "qcow2") != 0)
			continue;
		tags = x->e->hv->ops->snap_list(x->e->hv, &disk, &error);
		if (!tags) {
			exam_tell(x, "disk", d->target, "put it back, or edit the configuration",
				  "disk '%s' cannot be read: %s", d->target, error->message);
			return NULL;
		}
		g_ptr_array_add(all, tags);
	}
	return g_steal_pointer(&all);
}

static void tell_unrecorded(struct exam *x, const GPtrArray *all, const GPtrArray *records)
{
	const GPtrArray *first = all->pdata[0];

	for (guint i = 0; i < first->len; i++) {
		const struct hv_snapshot *s = first->pdata[i];
		bool is_everywhere = true;

		if (!*s->name || has_record(records, s->name))
			continue;
		for (guint k = 1; k < all->len; k++)
			is_everywhere = is_everywhere && has_tag(all->pdata[k], s->name);
		if (is_everywhere)
			exam_tell(x, "tag", s->name, "doctor --fix makes a record of it",
				  "the images hold a snapshot '%s' that has no record", s->name);
		else
			exam_tell(x, "tag-partial", s->name, "qemu-img snapshot -d removes it",
				  "only some of the images hold a snapshot '%s', which has no record",
				  s->name);
	}
}

static void tell_missing(struct exam *x, const GPtrArray *all, const GPtrArray *records)
{
	for (guint i = 0; i < records->len; i++) {
		const struct snapshot_record *rec = records->pdata[i];
		guint n = 0;

		if (rec->state == SNAPSHOT_STATE_COUNT || !is_internal(rec))
			continue;
		for (guint k = 0; k < all->len; k++)
			n += has_tag(all->pdata[k], rec->name);
		if (n == 0)
			exam_tell(x, "no-tag", rec->name,
				  "snapshot-delete --metadata puts the record aside",
				  "no image holds the snapshot '%s' of the record", rec->name);
		else if (n < all->len)
			exam_tell(x, "tag-missing", rec->name, "it cannot be reverted to as a whole",
				  "only %u of %u images hold the snapshot '%s'", n, all->len,
				  rec->name);
	}
}

/* Firmware variables go with a tag, not with a record: here both are gone. */
static void tell_lone_nvram(struct exam *x, const GPtrArray *all, const GPtrArray *records)
{
	g_autoptr(GPtrArray) names = records_nvram_names(x->dd, NULL);

	for (guint i = 0; names && i < names->len; i++) {
		const char *name = names->pdata[i];
		bool is_lone = !has_record(records, name);

		for (guint k = 0; k < all->len; k++)
			is_lone = is_lone && !has_tag(all->pdata[k], name);
		if (is_lone)
			exam_tell(x, "nvram", name, "doctor --fix puts them aside",
				  "there are firmware variables of a snapshot '%s', which is gone",
				  name);
	}
}

void exam_tags(struct exam *x, const GPtrArray *records)
{
	const char *file = x->state.is_alive ? "live.xml" : "domain.xml";
	g_autoptr(domain_config) view = NULL;
	g_autoptr(GPtrArray) all = NULL;
	g_autoptr(xml_tree) tree = NULL;
	g_autofree char *text = NULL;
	size_t size;

	/* A job under way changes images and records one after the other. */
	if (!x->e->hv->ops->snap_list || lock_probe(x->dd->fd, "lock") == LOCK_HELD ||
	    !domain_read_xml(x->dd, file, &text, &size, NULL))
		return;
	tree = xml_parse(text, size, "domain", NULL);
	view = tree ? domain_config_read(tree, NULL) : NULL;
	all = view ? read_tags(x, view) : NULL;
	if (!all)
		return;
	tell_lone_nvram(x, all, records);
	if (all->len == 0)
		return;
	tell_unrecorded(x, all, records);
	tell_missing(x, all, records);
}
