/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Memory into files: managed save, save, and the XML of what was saved. */
#include "engine/op.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include "base/error.h"
#include "base/util.h"
#include "engine/image-xml.h"
#include "engine/save-define.h"
#include "store/lock.h"

/* ---- Save ---- */

/* The running machine, its disks, and whether they can be looked at: after its end is too late. */
static bool load_machine(struct op *op, GError **err)
{
	g_autofree char *print = NULL;

	op->run_id = g_strdup(op->state.run.run_id);
	op->event = "stopped";
	op->event_detail = "saved";
	if (!op_check_going(op, err) || !op_load_tree(op, "live.xml", err) ||
	    !op_load_view(op, err))
		return false;
	print = fingerprint_take(op->e->hv, op->disks, op->n_disks, err);
	return print != NULL;
}

static bool managed_save(struct op *op, const char *name, GError **err)
{
	struct verdict v;

	if (!op_lock(op, name, err))
		return false;
	v = rules_managed_save(op->facts, op->flags);
	if (v.n_reasons)
		return op_refuse(op, &v, err);
	return load_machine(op, err) && op_execute(op, &v.plan, err);
}

bool engine_managed_save(struct engine *e, const char *name, unsigned int flags, GError **err)
{
	struct op op;
	bool done;

	op_init(&op, e, "managed-save", flags);
	done = managed_save(&op, name, err);
	op_end(&op);
	return done;
}

static bool gather_save(struct op *op, const struct save_request *r, GError **err)
{
	if (!load_machine(op, err) || !save_file_choose(op, r->file, err))
		return false;
	save_file_facts(op);
	return !r->xml || image_xml_take(op, r->xml, err);
}

/* A transient guest has no more to be here for. */
static bool end_transient(struct op *op, GError **err)
{
	return (op->facts & FACT_PERSISTENT) || (op_gather(op, err) && op_exit(op, err));
}

static bool save(struct op *op, const char *name, const struct save_request *r, GError **err)
{
	struct verdict v;

	if (!op_lock(op, name, err))
		return false;
	if ((op->facts & FACT_ALIVE) && !gather_save(op, r, err))
		return false;
	v = rules_save(op->facts, op->flags);
	return op_run(op, &v, err) && end_transient(op, err);
}

bool engine_save(struct engine *e, const char *name, const struct save_request *r, GError **err)
{
	struct op op;
	bool done;

	op_init(&op, e, "save", r->flags | (r->overwrites ? RULE_OVERWRITE : 0));
	done = save(&op, name, r, err);
	op_end(&op);
	return done;
}

/* ---- Removing ---- */

bool engine_managed_save_remove(struct engine *e, const char *name, bool purge, gint64 *ret_kept,
				GError **err)
{
	struct op op;
	bool done;

	op_init(&op, e, "managed-save-remove", purge ? RULE_REMOVE_PURGE : 0);
	done = op_lock(&op, name, err);
	if (done) {
		struct verdict v = rules_managed_save_remove(op.facts, op.flags);
		gint64 size = op.state.has_managed_save && !purge ? op.state.managed_save_size : 0;

		done = op_run(&op, &v, err);
		if (done && ret_kept)
			*ret_kept = size;
	}
	op_end(&op);
	return done;
}

/* ---- Another XML ---- */

/* The machine that the opened image is of, and the XML that it is to have. */
static bool compare_saved(struct op *op, const char *xml, GError **err)
{
	op->tree = xml_parse(op->image.xml, strlen(op->image.xml), "saved domain", err);
	return op->tree && op_load_view(op, err) && image_xml_take(op, xml, err);
}

static bool gather_define(struct op *op, const char *xml, GError **err)
{
	g_autoptr(GError) why = NULL;

	if (image_open(&op->image, op->dd->fd, "managed-save", false, &why))
		return compare_saved(op, xml, err);
	op->facts |= FACT_IMAGE_BROKEN;
	op_detail(op, REASON_IMAGE_UNREADABLE, g_strdup(why->message));
	return true;
}

bool managed_save_define(struct op *op, const char *xml, GError **err)
{
	struct verdict v;

	if ((op->facts & FACT_MANAGED_SAVE) && !gather_define(op, xml, err))
		return false;
	v = rules_managed_save_define(op->facts, op->flags);
	return op_run(op, &v, err);
}

bool engine_managed_save_define(struct engine *e, const char *name, const char *xml,
				unsigned int flags, GError **err)
{
	struct op op;
	bool done;

	op_init(&op, e, "managed-save-define", flags);
	done = op_lock(&op, name, err) && managed_save_define(&op, xml, err);
	op_end(&op);
	return done;
}

/* The real file, which is locked as long as it is copied: of two who change it, one has to wait.
 * The copy is called the same by whoever changes this file, so that what a killed one left goes. */
static bool open_file(struct op *op, const char *file, GError **err)
{
	char *real = realpath(file, NULL);
	g_autofree char *sum = NULL;

	if (!real)
		return fail_os(err, errno, "open '%s'", file);
	op->save.path = g_strdup(real);
	free(real);
	if (!image_open_file(&op->image, op->save.path, true, err))
		return false;
	if (!lock_fd_try(op->image.fd))
		return fail(err, VIR_ERR_RESOURCE_BUSY, "'%s' is being changed by somebody else",
			    file);
	sum = g_compute_checksum_for_string(G_CHECKSUM_MD5, op->save.path, -1);
	op->run_id = g_strconcat("copy-", sum, NULL);
	if (!save_file_reopen(op, err))
		return false;
	return same_file_at(op->image.fd, op->save.dir_fd, op->save.name) ||
	       fail(err, VIR_ERR_RESOURCE_BUSY, "'%s' was changed by somebody else just now", file);
}

static bool saved_define(struct op *op, const char *file, const char *xml, GError **err)
{
	struct verdict v;

	if (!open_file(op, file, err) || !compare_saved(op, xml, err))
		return false;
	v = rules_managed_save_define(op->facts | FACT_MANAGED_SAVE, op->flags);
	return op_run(op, &v, err);
}

bool engine_saved_define(struct engine *e, const char *file, const char *xml, unsigned int flags,
			 GError **err)
{
	struct op op;
	bool done;

	op_init(&op, e, "save-image-define", flags);
	done = saved_define(&op, file, xml, err);
	op_end(&op);
	return done;
}
