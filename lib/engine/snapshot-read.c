/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Snapshots: reading. No lock is taken. */
#include "engine/read.h"

#include <string.h>
#include "base/error.h"
#include "base/phrases.h"
#include "engine/snapshot.h"
#include "xml/snapshot.h"

struct reader {
	struct store *st;
	struct domain_dir *dd;
};

static bool reader_open(struct reader *r, struct engine *e, const char *name, GError **err)
{
	memset(r, 0, sizeof(*r));
	/* Says "no such domain" for garbage too. */
	if (!engine_exists(e, name, err))
		return false;
	r->st = open_store(e, err);
	r->dd = r->st ? domain_open(r->st, name, err) : NULL;
	return r->dd != NULL;
}

static void reader_close(struct reader *r)
{
	domain_close(r->dd);
	store_close(r->st);
}

static struct snapshot_record *broken_record(const char *name)
{
	struct snapshot_record *rec = g_new0(struct snapshot_record, 1);

	rec->name = g_strdup(name);
	rec->state = SNAPSHOT_STATE_COUNT;
	rec->disks = g_ptr_array_new();
	return rec;
}

/* The file's name is the record's name; what does not parse is told, never left out. */
static struct snapshot_record *peek_record(struct domain_dir *dd, const char *name)
{
	g_autofree char *text = NULL;
	struct snapshot_record *rec;
	size_t size;

	if (!record_read(dd, name, &text, &size, NULL))
		return broken_record(name);
	rec = snapshot_peek(text, size);
	if (!rec)
		return broken_record(name);
	g_free(rec->name);
	rec->name = g_strdup(name);
	return rec;
}

GPtrArray *engine_snapshots(struct engine *e, const char *name, GError **err)
{
	struct reader r;
	GPtrArray *list = NULL;

	if (reader_open(&r, e, name, err)) {
		g_autoptr(GPtrArray) names = records_names(r.dd, err);

		if (names)
			list = g_ptr_array_new_with_free_func(
				(GDestroyNotify)snapshot_record_free);
		for (guint i = 0; names && i < names->len; i++)
			g_ptr_array_add(list, peek_record(r.dd, names->pdata[i]));
	}
	reader_close(&r);
	return list;
}

static bool no_snapshot(const char *snapshot, GError **err)
{
	return fail(err, VIR_ERR_NO_DOMAIN_SNAPSHOT, PHRASE_NO_SNAPSHOT, snapshot);
}

struct snapshot_record *engine_snapshot(struct engine *e, const char *name, const char *snapshot,
					GError **err)
{
	struct reader r;
	struct snapshot_record *rec = NULL;

	if (reader_open(&r, e, name, err)) {
		if (record_exists(r.dd, snapshot))
			rec = peek_record(r.dd, snapshot);
		else
			no_snapshot(snapshot, err);
	}
	reader_close(&r);
	return rec;
}

char *engine_snapshot_xml(struct engine *e, const char *name, const char *snapshot, bool security,
			  GError **err)
{
	struct reader r;
	char *text = NULL;
	size_t size;

	if (reader_open(&r, e, name, err)) {
		if (!record_exists(r.dd, snapshot))
			no_snapshot(snapshot, err);
		else
			record_read(r.dd, snapshot, &text, &size, err);
	}
	reader_close(&r);
	return text && !security ? op_strip_secrets(text, size, err) : text;
}

bool engine_snapshot_current(struct engine *e, const char *name, char **ret_name, GError **err)
{
	struct reader r;
	bool done = reader_open(&r, e, name, err);

	if (done)
		*ret_name = records_current(r.dd);
	reader_close(&r);
	return done;
}

bool engine_snapshot_set_current(struct engine *e, const char *name, const char *snapshot,
				 GError **err)
{
	struct op op;
	bool done;

	op_init(&op, e, "snapshot-current", 0);
	done = op_lock(&op, name, err);
	if (done && !record_exists(op.dd, snapshot))
		done = no_snapshot(snapshot, err);
	else if (done)
		done = records_point(op.dd, snapshot, NULL, true, err);
	op_end(&op);
	return done;
}

void snapshot_gather_image(struct op *op)
{
	g_autofree char *now = NULL, *difference = NULL;
	struct image img;

	if (!(op->facts & FACT_MANAGED_SAVE) || (op->facts & FACT_ALIVE))
		return;
	image_init(&img);
	if (!image_open(&img, op->dd->fd, "managed-save", false, NULL) || !img.fingerprint) {
		op->facts |= FACT_IMAGE_BROKEN;
	} else {
		now = fingerprint_take(op->e->hv, op->disks, op->n_disks, NULL);
		difference = now ? fingerprint_compare(img.fingerprint, now) : NULL;
		if (!now || difference)
			op->facts |= FACT_DISKS_CHANGED;
	}
	image_clear(&img);
}

bool snapshot_load_record(struct op *op, const char *snapshot, GError **err)
{
	struct snap_op *s = &op->snap;
	g_autofree char *text = NULL;
	size_t size;

	if (!record_exists(op->dd, snapshot))
		return no_snapshot(snapshot, err);
	s->name = g_strdup(snapshot);
	if (!record_read(op->dd, snapshot, &text, &size, err))
		return false;
	s->rec = snapshot_parse(text, size, true, NULL);
	if (!s->rec) {
		op->facts |= FACT_RECORD_BROKEN;
		return true;
	}
	if (snapshot_record_is_external(s->rec) || s->rec->state == SNAPSHOT_DISK_ONLY)
		op->facts |= FACT_RECORD_EXTERNAL;
	if (s->rec->state == SNAPSHOT_RUNNING || s->rec->state == SNAPSHOT_PAUSED)
		op->facts |= FACT_RECORD_MEMORY;
	s->domain = snapshot_domain(text, size, NULL);
	if (!s->domain)
		op->facts |= FACT_RECORD_NO_DOMAIN;
	return true;
}

/* Does the configuration have a writable disk at that path? */
static bool has_disk(const domain_config *config, const char *path)
{
	for (guint i = 0; i < config->disks->len; i++) {
		const struct disk_config *d = config->disks->pdata[i];

		if (disk_is_writable(d) && g_strcmp0(d->source, path) == 0)
			return true;
	}
	return false;
}

size_t snapshot_disks_of(struct op *op, const char *name, struct hv_disk *ret)
{
	g_autofree char *text = NULL;
	g_autoptr(xml_tree) domain = NULL;
	g_autoptr(domain_config) config = NULL;
	size_t size, n = 0;

	if (record_read(op->dd, name, &text, &size, NULL))
		domain = snapshot_domain(text, size, NULL);
	config = domain ? domain_config_read(domain, NULL) : NULL;
	for (size_t i = 0; i < op->n_disks; i++)
		if (!config || has_disk(config, op->disks[i].path))
			ret[n++] = op->disks[i];
	return n;
}
