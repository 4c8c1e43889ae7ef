/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Steps on the directory of a domain: staging, publishing, retiring, taking back. */
#include "engine/steps.h"

#include <errno.h>
#include <fcntl.h>
#include <libvirt/libvirt-domain.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/cleanup.h"
#include "base/error.h"
#include "base/json.h"
#include "base/phrases.h"
#include "base/sys.h"
#include "base/util.h"
#include "engine/news.h"

bool step_stage(struct op *op, GError **err)
{
	g_autofree char *text = NULL;

	op->dd = staging_new(op->store, err);
	if (!op->dd)
		return false;
	if (!op->stages_config)
		return true;
	text = xml_format(op->tree);
	return domain_put_config(op->dd, text, err);
}

bool step_take_kept(struct op *op, GError **err)
{
	return kept_take(op->dd, op->uuid, NULL, err);
}

bool step_link_uuid(struct op *op, GError **err)
{
	return store_uuid_link(op->store, op->uuid, op->name, err);
}

/* The index is only a hint: when it cannot be written, readers look through all. */
bool step_relink_uuid(struct op *op, GError **err)
{
	(void)err;
	if (op->uuid)
		store_uuid_link(op->store, op->uuid, op->name, NULL);
	return true;
}

bool step_keep_wish(struct op *op, GError **err)
{
	bool nvram = (op->flags & VIR_DOMAIN_UNDEFINE_KEEP_NVRAM) && (op->facts & FACT_NVRAM) &&
		     !(op->facts & FACT_NVRAM_OUTSIDE);
	bool tpm = (op->facts & FACT_TPM) && !(op->flags & VIR_DOMAIN_UNDEFINE_TPM) &&
		   ((op->flags & VIR_DOMAIN_UNDEFINE_KEEP_TPM) || (op->facts & FACT_TPM_KEPT));

	return domain_set_keep(op->dd, nvram, tpm, err);
}

static bool copy_fd(int from, int to)
{
	g_autofree char *buffer = g_malloc(1 << 16);

	for (;;) {
		ssize_t got = read(from, buffer, 1 << 16);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return got == 0;
		if (sys_write(to, buffer, got) < 0)
			return false;
	}
}

/* NVRAM outside the store goes into the directory before the commit, so that the trash has it. */
bool step_copy_nvram(struct op *op, GError **err)
{
	const char *path = op->outside->pdata[0];
	auto_close int from = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	auto_close int to = -1;

	if (from < 0)
		return fail_os(err, errno, "open nvram '%s'", path);
	/* One of its own that the config does not name. */
	if (!domain_archive(op->dd, "nvram.fd", "nvram", NULL, err))
		return false;
	to = sys_create(op->dd->fd, "nvram.fd");
	if (to < 0 || !copy_fd(from, to) || sys_fsync(to) < 0 || sys_fsync(op->dd->fd) < 0)
		return fail_os(err, errno, "copy nvram '%s' into the directory of domain '%s'", path,
			       op->name);
	return true;
}

bool step_tombstone(struct op *op, GError **err)
{
	struct tombstone ts = { .time = now_sec(),
				.command = op->e->command,
				.cause = op->end_reason ? op->end_reason : "undefined",
				.name = op->name,
				.uuid = op->uuid };
	g_autoptr(GPtrArray) files = g_ptr_array_new();

	for (guint i = 0; op->outside && i < op->outside->len; i++)
		g_ptr_array_add(files, op->outside->pdata[i]);
	g_ptr_array_add(files, NULL);
	ts.outside_files = (const char *const *)files->pdata;
	return tombstone_write(op->dd, &ts, err);
}

/* Whoever makes a name looks again under the store lock: it took a while to get here. */
bool step_claim_name(struct op *op, GError **err)
{
	g_autofree char *owner = NULL;
	g_autoptr(domain_dir) taken = NULL;

	if (op->store_lock < 0 && !op_lock_store(op, err))
		return false;
	taken = domain_open(op->store, op->name, NULL);
	owner = taken ? g_strdup(op->name) : engine_name_by_uuid(op->e, op->uuid, NULL);
	if (!owner)
		return true;
	return fail(err, VIR_ERR_OPERATION_FAILED, PHRASE_EXISTS "; it was made in the meantime",
		    owner, op->uuid);
}

bool step_publish(struct op *op, GError **err)
{
	/* create: the run is part of what is published. */
	if (op->run_id && !run_publish(op->dd, op->run_id, err))
		return false;
	if (!staging_publish(op->dd, op->name, err))
		return false;
	op->is_published = true;
	close_fd(&op->store_lock);
	return true;
}

bool step_put_config(struct op *op, GError **err)
{
	g_autofree char *text = xml_format(op->tree);

	return domain_put_config(op->dd, text, err);
}

bool step_retire(struct op *op, GError **err)
{
	bool nvram = false, tpm = false;

	if (!domain_get_keep(op->dd, &nvram, &tpm, err))
		return false;
	return store_retire(op->dd, nvram || tpm || op->outside, &op->trash_id, err);
}

bool step_discard(struct op *op, GError **err)
{
	return store_discard(op->dd, err);
}

bool step_drop_config(struct op *op, GError **err)
{
	return domain_drop_config(op->dd, err);
}

bool step_restore_config(struct op *op, GError **err)
{
	return domain_restore_config(op->dd, err);
}

bool step_move(struct op *op, GError **err)
{
	return domain_move(op->dd, op->name, err);
}

/* ---- After the commit ---- */

/* Nothing is left to do outside: the entry loses its mark, and its id with it. */
static bool finish_entry(struct op *op, GError **err)
{
	if (!trash_done(op->store, op->trash_id, err))
		return false;
	if (g_str_has_suffix(op->trash_id, "~todo"))
		op->trash_id[strlen(op->trash_id) - strlen("~todo")] = '\0';
	return true;
}

bool step_move_kept(struct op *op, GError **err)
{
	bool nvram = false, tpm = false;

	if (!domain_get_keep(op->dd, &nvram, &tpm, err))
		return false;
	if (op->uuid && (nvram || tpm) && !kept_put(op->dd, op->uuid, nvram, tpm, err))
		return false;
	/* Outside files are still to be done: the entry keeps its mark. */
	return op->outside || finish_entry(op, err);
}

bool step_unlink_outside(struct op *op, GError **err)
{
	for (guint i = 0; i < op->outside->len; i++) {
		if (!outside_remove(op->dd->fd, op->outside->pdata[i], err))
			return false;
	}
	return finish_entry(op, err);
}

/* The directory's own lock is given back first: nobody waits for the store while holding one. */
bool step_purge(struct op *op, GError **err)
{
	auto_close int lock = -1;

	g_clear_pointer(&op->dd, domain_close);
	if (op->store_lock < 0) {
		lock = store_lock(op->store, err);
		if (lock < 0)
			return false;
	}
	return trash_delete(op->store, op->trash_id, NULL, err);
}

bool step_expire(struct op *op, GError **err)
{
	(void)err;
	op->wants_expire = true;
	return true;
}

void op_news(struct op *op, const char *domain, const char *event, const char *detail)
{
	g_assert(op->n_news < G_N_ELEMENTS(op->news));
	op->news[op->n_news].domain = domain;
	op->news[op->n_news].event = event;
	op->news[op->n_news++].detail = detail;
}

void op_tell(struct op *op, const char *domain, const char *event, const char *detail)
{
	g_autoptr(json_object) line = news_line(domain ? domain : op->name, op->uuid, event);

	json_set_string(line, "detail", detail);
	store_event(op->store, json_object_to_json_string_ext(line, JSON_C_TO_STRING_PLAIN));
}

bool step_event(struct op *op, GError **err)
{
	(void)err;
	if (op->event)
		op_tell(op, NULL, op->event, op->event_detail);
	for (size_t i = 0; i < op->n_news; i++)
		op_tell(op, op->news[i].domain, op->news[i].event, op->news[i].detail);
	return true;
}
