/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Repairs. Each is what a command does anyway, or a move into old/. */
#include "engine/doctor.h"

#include <libvirt/libvirt-domain-snapshot.h>
#include <string.h>
#include "base/error.h"
#include "base/phrases.h"
#include "xml/snapshot.h"

typedef bool (*cure_fn)(struct op *op, const struct finding *f, GError **err);

/* ---- Under the domain's lock ---- */

/* Taking the lock was the cure. */
static bool cure_settle(struct op *op, const struct finding *f, GError **err)
{
	(void)f;
	return !op->unclear || fail(err, VIR_ERR_OPERATION_INVALID, "%s", op->unclear);
}

static bool cure_guard(struct op *op, const struct finding *f, GError **err)
{
	(void)f;
	return op_open_guest(op, err);
}

/* What it was about cannot be known any more; with a guest that runs it may still be going on. */
static bool cure_intent(struct op *op, const struct finding *f, GError **err)
{
	(void)f;
	if (op->state.is_alive)
		return fail(err, VIR_ERR_OPERATION_INVALID, "the guest runs; destroy it first");
	return domain_archive(op->dd, "intent", "intent", NULL, err);
}

static bool cure_record(struct op *op, const struct finding *f, GError **err)
{
	return record_retire(op->dd, f->item, err);
}

static bool cure_nvram(struct op *op, const struct finding *f, GError **err)
{
	return record_retire_nvram(op->dd, f->item, err);
}

static bool cure_index(struct op *op, const struct finding *f, GError **err)
{
	g_autofree char *owner = store_uuid_hint(op->store, op->uuid);
	g_autofree char *owners = owner ? engine_uuid(op->e, owner, NULL) : NULL;

	(void)f;
	if (owners && strcmp(owner, op->name) != 0 && g_ascii_strcasecmp(owners, op->uuid) == 0)
		return fail(err, VIR_ERR_OPERATION_INVALID, "domain '%s' has the same uuid", owner);
	return store_uuid_link(op->store, op->uuid, op->name, err);
}

/* ---- Without ---- */

/* From what an image says of the snapshot, with the configuration of now. */
static char *adopted_record(struct engine *e, const struct finding *f, GError **err)
{
	g_autoptr(xml_tree) tree = engine_tree(e, f->domain, true, err);
	g_autoptr(domain_config) view = tree ? domain_config_read(tree, err) : NULL;
	g_autoptr(snapshot_record) rec = snapshot_record_new();

	rec->name = g_strdup(f->item);
	rec->description = g_strdup("found in the images by doctor; the configuration is the one "
				    "of that day");
	for (guint i = 0; view && i < view->disks->len; i++) {
		const struct disk_config *d = view->disks->pdata[i];
		struct hv_disk disk = { d->target, d->source, d->format };
		struct snapshot_disk *part = g_new0(struct snapshot_disk, 1);
		g_autoptr(GPtrArray) tags = NULL;

		part->name = g_strdup(d->target);
		g_ptr_array_add(rec->disks, part);
		if (!d->source || !disk_is_writable(d) || strcmp(d->format, "qcow2") != 0)
			continue;
		tags = e->hv->ops->snap_list(e->hv, &disk, err);
		if (!tags)
			return NULL;
		part->kind = SNAPSHOT_KIND_INTERNAL;
		for (guint k = 0; k < tags->len; k++) {
			const struct hv_snapshot *s = tags->pdata[k];

			if (strcmp(s->name, f->item) != 0)
				continue;
			rec->creation_time = s->time;
			if (s->has_memory)
				rec->state = SNAPSHOT_RUNNING;
		}
	}
	rec->memory = rec->state == SNAPSHOT_RUNNING ? SNAPSHOT_KIND_INTERNAL : SNAPSHOT_KIND_NO;
	return view ? snapshot_format(rec, tree, NULL) : NULL;
}

static bool cure_tag(struct engine *e, const struct finding *f, GError **err)
{
	g_autofree char *xml = adopted_record(e, f, err);

	return xml && engine_snapshot_create(e, f->domain, xml,
					     VIR_DOMAIN_SNAPSHOT_CREATE_REDEFINE, NULL, err);
}

/* Whoever gets the store's lock sweeps. */
static bool cure_sweep(struct engine *e, const struct finding *f, GError **err)
{
	struct op op;
	bool done;

	(void)f;
	op_init(&op, e, "doctor", 0);
	done = op_open(&op, err) && op_lock_store(&op, err);
	op_end(&op);
	return done;
}

/* ---- The table ---- */

static const struct cure_row {
	const char *code;
	const char *done;
	cure_fn locked;    /* under the lock of the domain */
	bool takes_store;  /* and of the store */
	bool on_protected; /* a protected domain's too */
	bool settles;      /* it is what the next writer does by itself */
	bool (*alone)(struct engine *e, const struct finding *f, GError **err);
} rows[] = {
	{ "intent", "finished or taken back", .locked = cure_settle, .on_protected = true,
	  .settles = true },
	{ "stale-run", "done what its end asks for", .locked = cure_settle, .on_protected = true,
	  .settles = true },
	{ "leftover", "put into the trash, or removed if it was empty", .locked = cure_settle,
	  .on_protected = true, .settles = true },
	{ "tombstone", "removed", .locked = cure_settle, .on_protected = true, .settles = true },
	{ "unsupervised", "a guard was started", .locked = cure_guard, .on_protected = true },
	{ "uuid", "the index was written", .locked = cure_index, .takes_store = true,
	  .on_protected = true },
	{ "intent-broken", "moved into old/", .locked = cure_intent },
	{ "record", "moved into old/", .locked = cure_record },
	{ "nvram", "moved into old/", .locked = cure_nvram },
	{ "no-tag", "the record was moved into old/", .locked = cure_record },
	{ "tag", "a record was made of it", .alone = cure_tag },
	{ "staging", "swept", .alone = cure_sweep, .settles = true },
	{ "todo", "finished", .alone = cure_sweep, .settles = true },
};

static bool run_locked(struct engine *e, const struct cure_row *row, const struct finding *f,
		       GError **err)
{
	g_autoptr(GError) error = NULL;
	struct op op;
	bool done;

	op_init(&op, e, "doctor", 0);
	done = op_open(&op, &error) && (!row->takes_store || op_lock_store(&op, &error)) &&
	       op_lock(&op, f->domain, &error);
	if (error_is(error, VIR_ERR_NO_DOMAIN)) {
		done = true; /* it was the rest of one, and went */
		g_clear_error(&error);
	} else if (done && (op.facts & FACT_PROTECTED) && !row->on_protected) {
		done = fail(&error, VIR_ERR_OPERATION_INVALID, "the domain is protected");
	} else if (done) {
		done = row->locked(&op, f, &error);
	}
	if (error)
		g_propagate_error(err, g_steal_pointer(&error));
	op_end(&op);
	return done;
}

static void cure(struct engine *e, const struct cure_row *row, struct finding *f)
{
	g_autoptr(GError) error = NULL;

	if (row->alone ? row->alone(e, f, &error) : run_locked(e, row, f, &error)) {
		f->done = g_strdup(row->done);
		return;
	}
	g_free(f->remedy);
	f->remedy = g_strdup(error->message);
}

void doctor_fix(struct engine *e, GPtrArray *findings, enum doctor_work work)
{
	for (guint i = 0; i < findings->len; i++) {
		struct finding *f = findings->pdata[i];

		for (guint k = 0; k < G_N_ELEMENTS(rows); k++)
			if (strcmp(rows[k].code, f->code) == 0 &&
			    (rows[k].settles || work == DOCTOR_FIX))
				cure(e, &rows[k], f);
	}
}
