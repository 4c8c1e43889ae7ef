/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Steps of a guest's life: spawn, publish, continue, quit, and the end of a run. */
#include "engine/steps.h"

#include <errno.h>
#include <libvirt/libvirt-domain.h>
#include <libvirt/libvirt-domain-snapshot.h>
#include <string.h>
#include <unistd.h>
#include "base/cleanup.h"
#include "base/error.h"
#include "base/phrases.h"
#include "base/sys.h"
#include "base/util.h"
#include "engine/tie.h"

#define STATE_WAIT_MS 2000

char *run_dir_name(const char *run_id)
{
	return g_strconcat("run.", run_id, NULL);
}

bool step_intent(struct op *op, GError **err)
{
	intent_clear(&op->intent);
	op->intent = (struct intent){ .op = g_strdup(op->what),
				      .run_id = g_strdup(op->run_id),
				      .time = now_sec(),
				      .pid = getpid(),
				      .args = op_intent_args(op) };
	if (intent_write(op->dd, &op->intent, err))
		return true;
	/* Nothing was begun; some work goes forward only once it is announced. */
	intent_drop(op->dd, NULL);
	return false;
}

/* From here on the work goes forward: durable before what it announces. */
bool step_load_begins(struct op *op, GError **err)
{
	op->intent.steps_done = 1;
	return intent_write(op->dd, &op->intent, err);
}

/* The same before a guest that was resumed runs on: its image is not the last run's any more. */
bool step_cont_begins(struct op *op, GError **err)
{
	return last_run_write(op->dd, op->run_id, 0, NULL, err) && step_load_begins(op, err);
}

bool step_drop_intent(struct op *op, GError **err)
{
	return intent_drop(op->dd, err);
}

/* ---- Starting ---- */

static bool check_disks(struct op *op, GError **err)
{
	for (guint i = 0; i < op->view->disks->len; i++) {
		const struct disk_config *d = op->view->disks->pdata[i];
		struct hv_disk disk = { d->target, d->source, d->format };

		if (d->source && !op_check_disk(op, &disk, !disk_is_writable(d), err))
			return false;
	}
	return true;
}

bool step_spawn(struct op *op, GError **err)
{
	struct hv *hv = op->e->hv;

	if (!hv->ops->expand(hv, op->tree, &op->pinned, err) || !op_load_view(op, err) ||
	    !check_disks(op, err))
		return false;
	op_fill_guest(op);
	if (!store_next_id(op->store, &op->guest.id, err))
		return false;
	op->run_fd = run_new(op->dd, op->run_id, err);
	if (op->run_fd < 0)
		return false;
	op->guest.run_fd = op->run_fd;
	op->guest.run_id = op->run_id;
	if (op->is_tied && !tie_make(op, err))
		return false;
	if (!hv->ops->spawn(hv, &op->guest, op->tree, op->image.fd >= 0, err))
		return false;
	op->is_spawned = true;
	return true;
}

/* ---- Firmware variables that are made anew ---- */

#define NVRAM "nvram.fd"
#define NVRAM_BEFORE "nvram.fd.before~"

static bool move_nvram(struct op *op, const char *from, const char *to, GError **err)
{
	if (sys_renameat(op->dd->fd, from, op->dd->fd, to, 0) < 0)
		return errno == ENOENT || fail_os(err, errno, "move '%s' of domain '%s' to '%s'",
						  from, op->name, to);
	return sys_fsync(op->dd->fd) == 0 ||
	       fail_os(err, errno, "sync the directory of domain '%s'", op->name);
}

/* Where there are none, the start makes them from their template. */
bool step_nvram_aside(struct op *op, GError **err)
{
	return move_nvram(op, NVRAM, NVRAM_BEFORE, err);
}

bool step_nvram_back(struct op *op, GError **err)
{
	return move_nvram(op, NVRAM_BEFORE, NVRAM, err);
}

bool step_nvram_archive(struct op *op, GError **err)
{
	return exists_at(op->dd->fd, NVRAM_BEFORE) != 1 ||
	       domain_archive(op->dd, NVRAM_BEFORE, "nvram", NULL, err);
}

bool step_live_xml(struct op *op, GError **err)
{
	g_autofree char *id = g_strdup_printf("%d", op->guest.id);
	g_autofree char *text = NULL;

	xml_set_attr(xml_root(op->tree), "id", id);
	text = xml_format(op->tree);
	if (op->state.has_config)
		return domain_put_live(op->dd, text, err);
	/* All the config that a transient guest leaves behind: it has to outlive a power cut. */
	return sys_replace_file(op->dd->fd, "live.xml", text, strlen(text), err);
}

bool step_publish_run(struct op *op, GError **err)
{
	if (!run_publish(op->dd, op->run_id, err))
		return false;
	op->is_published = true;
	return true;
}

/* A boot makes any older image stale; a resumed guest does so only when it runs (CONT_BEGINS). */
bool step_go(struct op *op, GError **err)
{
	struct hv *hv = op->e->hv;

	if (op->image.fd < 0 && !last_run_write(op->dd, op->run_id, 0, NULL, err))
		return false;
	/* The guard may have died since it was ready; the guest does not care who watches it. */
	op->is_let_go = hv->ops->go(hv, &op->guest, NULL) ||
			hv->ops->adopt(hv, &op->guest, err);
	return op->is_let_go;
}

bool step_publish_loaded(struct op *op, GError **err)
{
	return step_publish_run(op, err) && step_go(op, err);
}

/* Addresses that the first start assigned, or a new name, into the config: no archive, nothing of
 * the user's is replaced. */
bool step_pin_config(struct op *op, GError **err)
{
	g_autofree char *text = NULL, *pinned = NULL;
	g_autoptr(xml_tree) config = NULL;
	bool is_new = false;
	size_t size;

	if (!op->state.has_config)
		return true;
	if (!domain_read_xml(op->dd, "domain.xml", &text, &size, err))
		return false;
	config = xml_parse(text, size, "domain", err);
	if (!config)
		return false;
	domain_xml_set_name(config, op->name);
	if (op->pinned && !op->e->hv->ops->expand(op->e->hv, config, &is_new, err))
		return false;
	pinned = xml_format(config);
	if (strcmp(pinned, text) == 0)
		return true;
	return sys_replace_file(op->dd->fd, "domain.xml", pinned, strlen(pinned), err);
}

/* ---- Running and stopping ---- */

static bool is_state(const struct run_state *rs, void *data)
{
	return rs->state == *(enum guest_state *)data;
}

/* A command returns when run/state shows what it did, so that `suspend; domstate` never races. The
 * guard that should have written it may be gone: then another one is asked. */
static bool await_state(struct op *op, enum guest_state state)
{
	if (run_state_wait(op->dd, is_state, &state, STATE_WAIT_MS, NULL))
		return true;
	return op->e->hv->ops->adopt(op->e->hv, &op->guest, NULL) &&
	       run_state_wait(op->dd, is_state, &state, STATE_WAIT_MS, NULL);
}

bool step_cont(struct op *op, GError **err)
{
	enum hv_status status;

	if (!op_open_guest(op, err))
		return false;
	if (!op->e->hv->ops->status(op->e->hv, &op->guest, &status, err))
		return false;
	if (status != HV_RUNNING && !op->e->hv->ops->cont(op->e->hv, &op->guest, err))
		return false;
	op->is_told = await_state(op, GUEST_RUNNING);
	return true;
}

bool step_stop(struct op *op, GError **err)
{
	if (!op_open_guest(op, err))
		return false;
	if (!op->e->hv->ops->stop(op->e->hv, &op->guest, err))
		return false;
	op->is_told = await_state(op, GUEST_PAUSED);
	return true;
}

bool step_quit(struct op *op, GError **err)
{
	if (!op_open_guest(op, err))
		return false;
	if (!op->e->hv->ops->quit(op->e->hv, &op->guest, err))
		return false;
	op_close_guest(op);
	return op_gather(op, err);
}

/* What the guest is to be after a revert: as recorded, unless the user said otherwise. */
bool step_run_state(struct op *op, GError **err)
{
	bool paused = op->snap.rec && op->snap.rec->state == SNAPSHOT_PAUSED;

	if (op->flags & VIR_DOMAIN_SNAPSHOT_REVERT_PAUSED)
		paused = true;
	else if (op->flags & VIR_DOMAIN_SNAPSHOT_REVERT_RUNNING)
		paused = false;
	return paused ? step_stop(op, err) : step_cont(op, err);
}

/* ---- The end ---- */

const char *op_end_reason(const struct op *op)
{
	static const char *const words[] = { "unknown", "shutdown", "destroyed", "crashed",
					     "migrated", "saved", "failed", "from-snapshot" };
	const struct run_state *rs = &op->state.run;
	bool is_ours = !op->run_id || !op->state.has_run_state ||
		       g_strcmp0(op->run_id, rs->run_id) == 0;

	if (op->end_reason && is_ours)
		return op->end_reason;
	if (op->state.has_run_state && rs->state == GUEST_SHUTOFF && rs->reason > 0 &&
	    rs->reason < (int)G_N_ELEMENTS(words))
		return words[rs->reason];
	return "unknown";
}

/* Complete last-run, if it is of this run: one that never ran did not become the last. */
bool step_last_run(struct op *op, GError **err)
{
	const char *run_id = op->state.has_run_state ? op->state.run.run_id : op->run_id;
	g_autofree char *last = NULL, *reason = NULL;

	if (!last_run_read(op->dd, &last, &reason, err))
		return false;
	if (run_id && g_strcmp0(last, run_id) == 0 &&
	    !last_run_write(op->dd, run_id, now_sec(), op_end_reason(op), err))
		return false;
	if (op->state.has_config && sys_unlinkat(op->dd->fd, "live.xml") < 0 && errno != ENOENT)
		return fail_os(err, errno, "remove live.xml of domain '%s'", op->name);
	return true;
}

bool step_clear_run(struct op *op, GError **err)
{
	op_close_guest(op);
	return run_clear(op->dd, "run", err);
}

bool step_end_run(struct op *op, GError **err)
{
	if (exists_at(op->dd->fd, "run") == 0)
		return true;
	return step_last_run(op, err) && step_clear_run(op, err);
}
