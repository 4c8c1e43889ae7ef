/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/op.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "base/cleanup.h"
#include "base/error.h"
#include "base/escape.h"
#include "base/phrases.h"
#include "base/sys.h"
#include "base/util.h"
#include "engine/config.h"
#include "store/lock.h"
#include "xml/peek.h"

void op_init(struct op *op, struct engine *e, const char *what, unsigned int flags)
{
	memset(op, 0, sizeof(*op));
	op->e = e;
	op->what = what;
	op->flags = flags;
	op->store_lock = -1;
	op->run_fd = -1;
	op->owner_fd = -1;
	op->guest.dir_fd = -1;
	op->guest.run_fd = -1;
	image_init(&op->image);
	image_init(&op->new_image);
	save_file_init(&op->save);
}

static void image_xml_clear(struct image_xml *x)
{
	xml_free(x->tree);
	domain_config_free(x->view);
	g_free(x->disks);
}

static void snap_clear(struct snap_op *s)
{
	g_free(s->name);
	g_free(s->old_name);
	g_free(s->text);
	snapshot_record_free(s->rec);
	g_clear_pointer(&s->targets, g_ptr_array_unref);
	g_clear_pointer(&s->reparent, g_ptr_array_unref);
	g_free(s->new_parent);
	g_free(s->current_before);
	g_free(s->current_after);
	g_free(s->safety);
	xml_free(s->domain);
}

/* Old trash goes after an operation has put something there, when nobody is in the way: trying the
 * store lock is not waiting for it. */
static void expire_trash(struct op *op)
{
	int days = config_trash_keep_days(op->e->config);
	auto_close int lock = -1;

	if (days <= 0)
		return;
	lock = lock_take(op->store->fd, "lock", "the store", op->store->command, 0, NULL);
	if (lock >= 0)
		trash_expire(op->store, days);
}

void op_end(struct op *op)
{
	op_close_guest(op);
	close_fd(&op->run_fd);
	close_fd(&op->owner_fd);
	if (op->dd && op->dd->has_archived && op->dd->lock_fd >= 0)
		domain_expire(op->dd, config_trash_keep_days(op->e->config));
	domain_close(op->dd);
	close_fd(&op->store_lock);
	if (op->wants_expire && op->store)
		expire_trash(op);
	store_close(op->store);
	domain_state_clear(&op->state);
	for (int i = 0; i < REASON_COUNT; i++)
		g_free(op->detail[i]);
	g_clear_pointer(&op->unsupported, g_ptr_array_unref);
	g_clear_pointer(&op->outside, g_ptr_array_unref);
	g_clear_pointer(&op->remarks, g_ptr_array_unref);
	intent_clear(&op->intent);
	xml_free(op->tree);
	domain_config_free(op->view);
	g_free(op->disks);
	image_clear(&op->image);
	image_clear(&op->new_image);
	save_file_clear(&op->save);
	image_xml_clear(&op->other);
	snap_clear(&op->snap);
	g_free(op->name);
	g_free(op->uuid);
	g_free(op->unclear);
	g_free(op->run_id);
	g_free(op->dir_path);
	g_free(op->trash_id);
	g_free(op->old_file);
}

void op_borrow(struct op *sub, const struct op *op, const char *what, unsigned int flags)
{
	op_init(sub, op->e, what, flags);
	sub->store = op->store;
	sub->dd = op->dd;
	sub->name = g_strdup(op->name);
	sub->uuid = g_strdup(op->uuid);
}

void op_give_back(struct op *sub)
{
	op_close_guest(sub);
	sub->store = NULL;
	sub->dd = NULL;
	op_end(sub);
}

bool op_open(struct op *op, GError **err)
{
	op->store = store_open(op->e->root, true, op->e->command, err);
	if (!op->store)
		return false;
	op->store->lock_wait_ms = config_lock_wait_ms(op->e->config);
	return true;
}

bool op_lock_store(struct op *op, GError **err)
{
	op->store_lock = store_lock(op->store, err);
	return op->store_lock >= 0;
}

void op_detail(struct op *op, enum reason_id reason, char *take_text)
{
	g_free(op->detail[reason]);
	op->detail[reason] = take_text;
}

/* ---- Facts ---- */

static void add_if(struct op *op, bool condition, guint64 fact)
{
	if (condition)
		op->facts |= fact;
	else
		op->facts &= ~fact;
}

static void gather_wishes(struct op *op)
{
	bool nvram = false, tpm = false;

	if (!domain_get_keep(op->dd, &nvram, &tpm, NULL))
		return;
	add_if(op, nvram || tpm, FACT_WISHES);
}

bool op_gather(struct op *op, GError **err)
{
	struct domain_state *s = &op->state;

	domain_state_clear(s);
	if (!domain_read_state(op->dd, s, err))
		return false;
	add_if(op, s->has_config, FACT_PERSISTENT);
	add_if(op, s->is_alive, FACT_ALIVE);
	add_if(op, s->is_alive && s->run.state == GUEST_PAUSED, FACT_PAUSED);
	add_if(op, s->is_protected, FACT_PROTECTED);
	add_if(op,
	       op->unclear || s->is_foreign_run || domain_existence(s) == EXISTENCE_UNCLEAR,
	       FACT_UNCLEAR);
	add_if(op, s->n_snapshots > 0, FACT_SNAPSHOTS);
	add_if(op, s->n_checkpoints > 0, FACT_CHECKPOINTS);
	add_if(op, s->has_managed_save, FACT_MANAGED_SAVE);
	add_if(op, s->has_nvram, FACT_NVRAM);
	add_if(op, s->has_tpm, FACT_TPM);
	add_if(op,
	       s->n_snapshots || s->n_checkpoints || s->has_nvram || s->has_tpm ||
		       s->has_undefined || domain_has_old(op->dd),
	       FACT_WORTH_KEEPING);
	gather_wishes(op);
	return true;
}

/* ---- Locking ---- */

/* Leftovers of a commit whose repeatable part was cut: harmless, and gone with the next writer. */
static void tidy(struct op *op)
{
	/* Half a copy of the image: what a save is writing has an intent. */
	if (op->state.has_managed_save && !op->state.has_intent &&
	    exists_at(op->dd->fd, "managed-save.new~") == 1)
		sys_unlinkat(op->dd->fd, "managed-save.new~");
	if (!op->state.has_config)
		return;
	tombstone_withdraw(op->dd);
	if (op->facts & FACT_WISHES)
		domain_set_keep(op->dd, false, false, NULL);
	if (op->state.has_undefined)
		domain_archive(op->dd, "undefined.xml", "config", NULL, NULL);
}

static bool settle(struct op *op, GError **err)
{
	if (!op_sweep_runs(op, err))
		return false;
	if (op->state.has_intent) {
		g_autoptr(GError) e = NULL;

		if (!op_reconcile(op, &e)) {
			op->unclear = g_strdup(e->message);
			op->facts |= FACT_UNCLEAR;
		}
		if (!op_gather(op, err))
			return false;
	}
	if (!op->state.is_alive && (op->state.has_run || !op->state.has_config) &&
	    !(op->facts & FACT_UNCLEAR)) {
		if (!op_exit(op, err))
			return false;
		if (op->dd && !op_gather(op, err))
			return false;
	}
	if (op->dd)
		tidy(op);
	return true;
}

static bool no_domain(struct op *op, GError **err)
{
	return fail(err, VIR_ERR_NO_DOMAIN, PHRASE_NO_DOMAIN_NAME, op->name);
}

static char *read_uuid(struct domain_dir *dd, const struct domain_state *s)
{
	const char *files[] = { s->is_alive ? "live.xml" : "domain.xml", "domain.xml",
				"undefined.xml", "live.xml" };

	for (guint i = 0; i < G_N_ELEMENTS(files); i++) {
		g_autofree char *text = NULL;
		size_t size;
		char *uuid;

		if (!domain_read_xml(dd, files[i], &text, &size, NULL))
			continue;
		uuid = xml_peek_one(text, size, "domain/uuid");
		if (uuid)
			return uuid;
	}
	return NULL;
}

/* With the store lock in hand a busy domain is not waited for: the store is given back until the
 * domain is free, so that others can make and remove names meanwhile. */
static struct domain_dir *lock_under_store(struct op *op, GError **err)
{
	gint64 deadline = mono_ms() + op->store->lock_wait_ms;

	for (;;) {
		g_autoptr(GError) e = NULL;
		struct domain_dir *dd = domain_try_lock(op->store, op->name, &e);
		g_autoptr(domain_dir) busy = NULL;

		if (dd || !error_is(e, VIR_ERR_RESOURCE_BUSY) || mono_ms() >= deadline) {
			if (!dd)
				g_propagate_error(err, g_steal_pointer(&e));
			return dd;
		}
		close_fd(&op->store_lock);
		busy = domain_open(op->store, op->name, NULL);
		if (busy)
			lock_wait_free(busy->fd, "lock", deadline - mono_ms());
		if (!op_lock_store(op, err))
			return NULL;
	}
}

static bool lock_existing(struct op *op, GError **err)
{
	op->dd = op->store_lock >= 0 ? lock_under_store(op, err) :
				       domain_lock(op->store, op->name, err);
	if (!op->dd)
		return false;
	if (!op_gather(op, err))
		return false;
	/* The end of a guest asks for it: what is kept is kept by uuid. */
	op->uuid = read_uuid(op->dd, &op->state);
	/* What was kept for it came back with its define, which may have been killed then. */
	if (op->uuid)
		kept_settle(op->dd, op->uuid);
	if (!settle(op, err))
		return false;
	if (op->dd && domain_existence(&op->state) == EXISTENCE_GARBAGE &&
	    !(op->facts & FACT_UNCLEAR))
		g_clear_pointer(&op->dd, domain_close);
	return true;
}

void op_settle_first(struct op *op, const char *name)
{
	g_autoptr(domain_dir) dd = domain_open(op->store, name, NULL);

	if (dd && exists_at(dd->fd, "intent") == 1)
		engine_reconcile(op->e, name, false, NULL);
}

bool op_lock(struct op *op, const char *name, GError **err)
{
	op->name = g_strdup(name);
	if (!op->store && !op_open(op, err))
		return false;
	if (!lock_existing(op, err))
		return false;
	return op->dd || no_domain(op, err);
}

bool op_lock_or_new(struct op *op, const char *name, GError **err)
{
	g_autoptr(GError) e = NULL;

	op->name = g_strdup(name);
	if (!lock_existing(op, &e)) {
		if (!error_is(e, VIR_ERR_NO_DOMAIN)) {
			g_propagate_error(err, g_steal_pointer(&e));
			return false;
		}
	}
	if (!op->dd) {
		op->facts = FACT_NEW;
		g_clear_pointer(&op->uuid, g_free);
	}
	return true;
}

struct domain_dir *op_open_alive(struct store *st, const char *name, GError **err)
{
	g_autoptr(domain_dir) dd = domain_open(st, name, err);
	struct domain_state s = { 0 };
	bool is_alive;

	if (!dd || !domain_read_brief(dd, &s, err))
		return NULL;
	is_alive = s.is_alive;
	domain_state_clear(&s);
	if (is_alive)
		return g_steal_pointer(&dd);
	fail(err, VIR_ERR_OPERATION_INVALID, PHRASE_NOT_RUNNING);
	return NULL;
}

/* ---- Documents ---- */

bool op_load_tree(struct op *op, const char *file, GError **err)
{
	g_autofree char *text = NULL;
	size_t size;

	if (!domain_read_xml(op->dd, file, &text, &size, err))
		return false;
	xml_free(op->tree);
	op->tree = xml_parse(text, size, "domain", err);
	return op->tree != NULL;
}

struct hv_disk *op_writable_disks(const domain_config *view, size_t *ret_n)
{
	struct hv_disk *disks = g_new0(struct hv_disk, view->disks->len + 1);
	size_t n = 0;

	for (guint i = 0; i < view->disks->len; i++) {
		const struct disk_config *d = view->disks->pdata[i];

		if (disk_is_writable(d) && d->source)
			disks[n++] = (struct hv_disk){ d->target, d->source, d->format };
	}
	*ret_n = n;
	return disks;
}

bool op_load_view(struct op *op, GError **err)
{
	domain_config_free(op->view);
	op->view = domain_config_read(op->tree, err);
	if (!op->view)
		return false;
	g_free(op->disks);
	op->disks = op_writable_disks(op->view, &op->n_disks);
	return true;
}

/* ---- The guest ---- */

/* What primitives need to know of the guest; for one that is not running too. */
void op_fill_guest(struct op *op)
{
	if (!op->dir_path) {
		g_autofree char *file = name_escape(op->name);

		op->dir_path = g_build_filename(op->e->root, "domains", file, NULL);
	}
	op->guest.name = op->name;
	op->guest.uuid = op->uuid;
	op->guest.dir = op->dir_path;
	op->guest.dir_fd = op->dd->fd;
	op->guest.command = op->e->command;
	op->guest.id = op->state.has_run_state ? op->state.run.id : op->guest.id;
}

bool op_open_guest(struct op *op, GError **err)
{
	op_fill_guest(op);
	if (op->guest.run_fd >= 0)
		return true;
	if (!op->state.is_alive)
		return fail(err, VIR_ERR_OPERATION_INVALID, PHRASE_NOT_RUNNING);
	op->run_fd = open_dir_at(op->dd->fd, "run");
	if (op->run_fd < 0)
		return fail_os(err, errno, "open run/ of domain '%s'", op->name);
	op->guest.run_fd = op->run_fd;
	op->guest.run_id = op->state.run.run_id;
	if (!op->state.is_supervised)
		return op->e->hv->ops->adopt(op->e->hv, &op->guest, err);
	return true;
}

bool op_ready_disks(struct op *op, GError **err)
{
	if (op->state.is_alive)
		return op_open_guest(op, err);
	op_fill_guest(op);
	for (size_t i = 0; i < op->n_disks; i++)
		if (!op_check_disk(op, &op->disks[i], false, err))
			return false;
	return true;
}

void op_close_guest(struct op *op)
{
	if (op->guest.run_fd < 0)
		return;
	op->e->hv->ops->close_session(op->e->hv, &op->guest);
	op->guest.session = NULL;
	op->guest.run_fd = -1;
	close_fd(&op->run_fd);
}

bool op_lock_running(struct op *op, const char *name, GError **err)
{
	struct verdict off = { .n_reasons = 1, .reasons = { REASON_NOT_RUNNING } };
	struct verdict unclear = { .n_reasons = 1, .reasons = { REASON_UNCLEAR } };

	if (!op_lock(op, name, err))
		return false;
	if (!(op->facts & FACT_ALIVE))
		return op_refuse(op, &off, err);
	if (op->facts & FACT_UNCLEAR)
		return op_refuse(op, &unclear, err);
	return op_open_guest(op, err);
}

bool op_check_going(struct op *op, GError **err)
{
	enum guest_state state = op->state.has_run_state ? op->state.run.state : GUEST_NOSTATE;

	if (state != GUEST_SHUTDOWN && state != GUEST_CRASHED)
		return true;
	return fail(err, VIR_ERR_OPERATION_INVALID,
		    PHRASE_NOT_RUNNING ": its guest has %s; reset or destroy it",
		    state == GUEST_CRASHED ? "panicked" : "shut down");
}

void op_settle(struct op *op, struct xml_tree *tree)
{
	g_autofree char *domains = g_build_filename(op->e->root, "domains", NULL);

	domain_xml_settle(tree, domains);
}

bool op_check_reacts(struct op *op, GError **err)
{
	if (!op_check_going(op, err))
		return false;
	return !(op->facts & FACT_PAUSED) ||
	       fail(err, VIR_ERR_OPERATION_INVALID,
		    PHRASE_NOT_RUNNING ": it is paused and would not react; resume it first");
}
