/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Create, start, destroy, shutdown, suspend, resume. */
#include "engine/op.h"

#include <errno.h>
#include <libvirt/libvirt-domain.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <unistd.h>
#include "base/cleanup.h"
#include "base/error.h"
#include "base/phrases.h"
#include "base/sys.h"
#include "base/util.h"
#include "engine/definition.h"
#include "engine/image-xml.h"
#include "engine/steps.h"
#include "engine/tie.h"

#define GRACEFUL_MS 15000
#define KILL_MS 5000

/* ---- Start ---- */

static bool is_broken(struct op *op, const GError *why)
{
	op->facts |= FACT_IMAGE_BROKEN;
	op_detail(op, REASON_IMAGE_BROKEN, g_strdup(why->message));
	return true;
}

/* Can the image be used? Facts, and its XML as the configuration to start. */
static bool gather_image(struct op *op, GError **err)
{
	g_autofree char *last_run = NULL, *reason = NULL, *now = NULL, *difference = NULL;
	g_autoptr(GError) e = NULL;
	struct xml_tree *saved;

	if (!image_open(&op->image, op->dd->fd, "managed-save", false, &e))
		return is_broken(op, e);
	if (!image_verify(&op->image, &op->e->watch, &e)) {
		if (!error_is(e, VIR_ERR_OPERATION_ABORTED))
			return is_broken(op, e);
		g_propagate_error(err, g_steal_pointer(&e));
		return false;
	}
	saved = xml_parse(op->image.xml, strlen(op->image.xml), "saved domain", &e);
	if (!saved)
		return is_broken(op, e);
	image_xml_remark(op, saved, op->tree,
			 " (start --force-boot puts an image aside and boots)");
	xml_free(op->tree);
	op->tree = saved;
	if (!op->image.was_running)
		op->facts |= FACT_IMAGE_PAUSED;
	if (!last_run_read(op->dd, &last_run, &reason, NULL) || !op->image.run_id ||
	    g_strcmp0(op->image.run_id, last_run) != 0)
		op->facts |= FACT_IMAGE_OTHER_RUN;
	if (!op_load_view(op, NULL))
		return true;
	now = fingerprint_take(op->e->hv, op->disks, op->n_disks, &e);
	if (!now)
		difference = g_strdup(e->message);
	else if (op->image.fingerprint)
		difference = fingerprint_compare(op->image.fingerprint, now);
	if (difference) {
		op->facts |= FACT_DISKS_CHANGED;
		op_detail(op, REASON_DISKS_CHANGED, g_steal_pointer(&difference));
	}
	return true;
}

/* Can the firmware's variables be made anew? */
static void gather_reset(struct op *op)
{
	g_autoptr(domain_config) view = NULL;
	const char *template;

	if (!(op->flags & VIR_DOMAIN_START_RESET_NVRAM))
		return;
	view = domain_config_read(op->tree, NULL);
	template = view ? view->nvram_template : NULL;
	if (view && view->nvram) {
		op->facts |= FACT_NVRAM_OUTSIDE;
		op_detail(op, REASON_RESET_OUTSIDE, g_strdup(view->nvram));
	} else if (view && view->loader && (!template || access(template, R_OK) < 0)) {
		op->facts |= FACT_NVRAM_UNFIT;
		op_detail(op, REASON_RESET_TEMPLATE,
			  template ? g_strdup_printf("'%s': %s", template, g_strerror(errno)) :
				     g_strdup("no template is named"));
	}
}

static bool start(struct op *op, const char *name, GError **err)
{
	bool boots = op->flags & VIR_DOMAIN_START_FORCE_BOOT;
	struct verdict v;

	if (!op_lock(op, name, err))
		return false;
	if (!(op->facts & FACT_ALIVE)) {
		if (!op_load_tree(op, "domain.xml", err))
			return false;
		if ((op->facts & FACT_MANAGED_SAVE) && !boots && !gather_image(op, err))
			return false;
		definition_unsupported(op);
		gather_reset(op);
	}
	v = rules_start(op->facts, op->flags);
	if (v.n_reasons)
		return op_refuse(op, &v, err);
	domain_xml_set_name(op->tree, op->name);
	op->run_id = g_uuid_string_random();
	op->event = "started";
	op->event_detail = op->image.fd >= 0 ? "restored" : "booted";
	if ((op->flags & VIR_DOMAIN_START_PAUSED) || (op->facts & FACT_IMAGE_PAUSED))
		op_news(op, NULL, "suspended", op->image.fd >= 0 ? "restored" : "paused");
	return op_execute(op, &v.plan, err);
}

bool engine_start(struct engine *e, const char *name, unsigned int flags,
		  struct engine_answer *ret, GError **err)
{
	struct op op;
	bool done;

	op_init(&op, e, "start", flags);
	op.is_tied = flags & VIR_DOMAIN_START_AUTODESTROY;
	done = start(&op, name, err);
	if (done) {
		tie_keep(&op);
		op_answer(&op, ret);
	}
	op_end(&op);
	return done;
}

/* ---- Create ---- */

static bool create(struct op *op, const char *xml, GError **err)
{
	g_autofree char *name = NULL, *uuid = NULL;
	struct verdict v;

	if (!definition_parse(op, xml, err))
		return false;
	name = g_steal_pointer(&op->name);
	uuid = g_steal_pointer(&op->uuid);
	if (!op_open(op, err) || !op_lock_or_new(op, name, err))
		return false;
	definition_facts(op, uuid);
	definition_unsupported(op);
	gather_reset(op);
	v = rules_create(op->facts, op->flags);
	if (v.n_reasons)
		return op_refuse(op, &v, err);
	g_free(op->uuid);
	op->uuid = g_steal_pointer(&uuid);
	definition_pin(op);
	op->run_id = g_uuid_string_random();
	op->event = "started";
	op->event_detail = "booted";
	if (op->flags & VIR_DOMAIN_START_PAUSED)
		op_news(op, NULL, "suspended", "paused");
	return op_execute(op, &v.plan, err);
}

bool engine_create(struct engine *e, const char *xml, unsigned int flags,
		   struct engine_answer *ret, GError **err)
{
	struct op op;
	bool done;

	op_init(&op, e, "create", flags);
	op.is_tied = flags & VIR_DOMAIN_START_AUTODESTROY;
	done = create(&op, xml, err);
	if (done) {
		tie_keep(&op);
		op_answer(&op, ret);
	}
	op_end(&op);
	return done;
}

/* ---- Destroy ---- */

static bool wait_gone(int pidfd, int ms)
{
	struct pollfd p = { .fd = pidfd, .events = POLLIN };
	gint64 deadline = mono_ms() + ms;

	for (;;) {
		gint64 left = deadline - mono_ms();
		int n = poll(&p, 1, left > 0 ? left : 0);

		if (n > 0 || (n < 0 && errno != EINTR))
			return n > 0;
		if (left <= 0)
			return false;
	}
}

/* The process that run/state names, if it is that process still: pid and start time, checked after
 * the pidfd was opened. -1: no such process. */
static int open_process(const struct run_state *rs)
{
	int fd;

	if (rs->pid <= 1 || g_strcmp0(rs->boot_id, host_boot_id()) != 0)
		return -1;
	fd = pidfd_open(rs->pid, 0);
	if (fd >= 0 && pid_start_time(rs->pid) != rs->pid_start) {
		close(fd);
		return -1;
	}
	return fd;
}

static bool signal_guest(struct engine *e, const char *name, const struct run_state *rs,
			 bool graceful, GError **err)
{
	auto_close int fd = open_process(rs);

	if (fd < 0)
		return fail(err, VIR_ERR_OPERATION_FAILED,
			    "the process of domain '%s' cannot be found; see its run/log", name);
	if (sys_point(NULL) < 0)
		return fail_os(err, errno, "signal domain '%s'", name);
	(void)e;
	pidfd_send_signal(fd, SIGTERM, NULL, 0);
	if (wait_gone(fd, graceful ? GRACEFUL_MS : KILL_MS))
		return true;
	if (graceful)
		return fail(err, VIR_ERR_OPERATION_FAILED,
			    "domain '%s' did not end within %d s; destroy without --graceful kills it",
			    name, GRACEFUL_MS / 1000);
	pidfd_send_signal(fd, SIGKILL, NULL, 0);
	return wait_gone(fd, KILL_MS) ||
	       fail(err, VIR_ERR_OPERATION_FAILED, "domain '%s' cannot be killed", name);
}

/* Killing needs no lock: somebody else's long job must not keep a guest alive. What its end asks
 * for is done under the lock, by us or by whoever gets it first. */
static bool finish_destroy(struct engine *e, const char *name, const char *run_id, GError **err)
{
	g_autoptr(GError) why = NULL;
	struct op op;
	bool done;

	op_init(&op, e, "destroy", 0);
	op.end_reason = "destroyed";
	op.run_id = g_strdup(run_id);
	done = op_lock(&op, name, &why);
	if (!done && error_is(why, VIR_ERR_NO_DOMAIN))
		done = true; /* transient: gone with its end */
	else if (done && op.state.is_alive && g_strcmp0(op.state.run.run_id, run_id) == 0)
		done = fail(&why, VIR_ERR_OPERATION_FAILED, "domain '%s' is still there", name);
	if (!done)
		g_propagate_error(err, g_steal_pointer(&why));
	op_end(&op);
	return done;
}

/* No state yet, or none any more: the holder of the lock knows. Or nobody to signal. */
static bool destroy_locked(struct engine *e, const char *name, GError **err)
{
	struct op op;
	struct verdict off = { .n_reasons = 1, .reasons = { REASON_NOT_RUNNING } };
	bool done;

	op_init(&op, e, "destroy", 0);
	op.end_reason = "destroyed";
	done = op_lock(&op, name, err);
	if (done && !op.state.is_alive)
		done = op_refuse(&op, &off, err);
	else if (done)
		done = step_quit(&op, err) && (op.state.is_alive || op_exit(&op, err));
	op_end(&op);
	return done;
}

bool engine_destroy(struct engine *e, const char *name, bool graceful, GError **err)
{
	struct domain_state s = { 0 };
	g_autofree char *run_id = NULL;
	bool done;

	if (!engine_state(e, name, &s, err))
		return false;
	if (!s.is_alive || !s.has_run_state || s.run.pid == 0) {
		domain_state_clear(&s);
		return destroy_locked(e, name, err);
	}
	run_id = g_strdup(s.run.run_id);
	done = signal_guest(e, name, &s.run, graceful, err);
	domain_state_clear(&s);
	return done && finish_destroy(e, name, run_id, err);
}

/* ---- Suspend, resume ---- */

static bool is_seen(struct op *op, GError **err)
{
	return op->is_told ||
	       fail(err, VIR_ERR_OPERATION_TIMEOUT,
		    "the guest of '%s' was told, but its guard does not say so; see run/guard.log",
		    op->name);
}

/* What a guard has not noted. */
static bool tell(struct op *op, const char *event, const char *detail)
{
	if (!op->e->hv->ops->is_watched)
		op_tell(op, NULL, event, detail);
	return true;
}

static bool suspend_guest(struct op *op, GError **err)
{
	return (op->facts & FACT_PAUSED) ||
	       (op_check_going(op, err) && step_stop(op, err) && is_seen(op, err) &&
		tell(op, "suspended", "paused"));
}

static bool resume_guest(struct op *op, GError **err)
{
	enum hv_status status;

	if (!op->e->hv->ops->status(op->e->hv, &op->guest, &status, err))
		return false;
	if (status == HV_RUNNING)
		return fail(err, VIR_ERR_OPERATION_INVALID, PHRASE_ALREADY_RUNNING);
	if (status == HV_PANICKED || status == HV_SHUTDOWN)
		return fail(err, VIR_ERR_OPERATION_INVALID,
			    "the guest has %s; reset or destroy it",
			    status == HV_PANICKED ? "panicked" : "shut down");
	return step_cont(op, err) && is_seen(op, err) && tell(op, "resumed", "unpaused");
}

static bool on_running(struct engine *e, const char *what, const char *name,
		       bool (*act)(struct op *, GError **), GError **err)
{
	struct op op;
	bool done;

	op_init(&op, e, what, 0);
	done = op_lock_running(&op, name, err) && act(&op, err);
	op_end(&op);
	return done;
}

bool engine_suspend(struct engine *e, const char *name, GError **err)
{
	return on_running(e, "suspend", name, suspend_guest, err);
}

bool engine_resume(struct engine *e, const char *name, GError **err)
{
	return on_running(e, "resume", name, resume_guest, err);
}
