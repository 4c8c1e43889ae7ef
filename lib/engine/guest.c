/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is done to a running guest: each takes the domain's lock, and its monitor. */
#include "engine/inspect.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "base/cleanup.h"
#include "base/error.h"
#include "base/phrases.h"
#include "engine/op.h"
#include "store/lock.h"

/* What one call wants and gets. */
struct request {
	const char *command;
	bool is_hmp;
	struct hv_keys keys;
	unsigned int screen;
	int fd;
	char *reply;
	const char *disk; /* target */
	struct hv_disk_stats stats;
	GArray *list;
	unsigned int seconds;
};

static bool on_guest(struct engine *e, const char *what, const char *name,
		     bool (*act)(struct op *, struct request *, GError **), struct request *r,
		     GError **err)
{
	struct op op;
	bool done;

	op_init(&op, e, what, 0);
	done = op_lock_running(&op, name, err) && act(&op, r, err);
	op_end(&op);
	return done;
}

static bool cannot(struct op *op, GError **err)
{
	return fail(err, VIR_ERR_NO_SUPPORT, "%s of a guest of %s", op->what,
		    op->e->hv->ops->name);
}

/* ---- Buttons ---- */

static bool reset(struct op *op, struct request *r, GError **err)
{
	(void)r;
	if (!op->e->hv->ops->reset)
		return cannot(op, err);
	return op->e->hv->ops->reset(op->e->hv, &op->guest, err);
}

bool engine_reset(struct engine *e, const char *name, GError **err)
{
	return on_guest(e, "reset", name, reset, NULL, err);
}

static bool inject_nmi(struct op *op, struct request *r, GError **err)
{
	(void)r;
	if (!op->e->hv->ops->inject_nmi)
		return cannot(op, err);
	return op->e->hv->ops->inject_nmi(op->e->hv, &op->guest, err);
}

bool engine_inject_nmi(struct engine *e, const char *name, GError **err)
{
	return on_guest(e, "inject-nmi", name, inject_nmi, NULL, err);
}

/* ---- Disks ---- */

static bool disk_stats(struct op *op, struct request *r, GError **err)
{
	if (!op->e->hv->ops->disk_stats)
		return cannot(op, err);
	return op->e->hv->ops->disk_stats(op->e->hv, &op->guest, r->disk, &r->stats, err);
}

bool engine_disk_stats(struct engine *e, const char *name, const char *disk,
		       struct hv_disk_stats *ret_stats, GError **err)
{
	g_autofree char *target = engine_disk_target(e, name, disk, err);
	struct request r = { .disk = target };

	if (!target || !on_guest(e, "domblkstat", name, disk_stats, &r, err))
		return false;
	*ret_stats = r.stats;
	return true;
}

/* ---- CPUs and memory ---- */

static bool vcpus(struct op *op, struct request *r, GError **err)
{
	if (!op->e->hv->ops->vcpus)
		return cannot(op, err);
	r->list = op->e->hv->ops->vcpus(op->e->hv, &op->guest, err);
	return r->list != NULL;
}

GArray *engine_vcpus(struct engine *e, const char *name, GError **err)
{
	struct request r = { 0 };

	return on_guest(e, "vcpuinfo", name, vcpus, &r, err) ? r.list : NULL;
}

static bool memory_stats(struct op *op, struct request *r, GError **err)
{
	if (!op->e->hv->ops->memory_stats)
		return cannot(op, err);
	r->list = op->e->hv->ops->memory_stats(op->e->hv, &op->guest, err);
	return r->list != NULL;
}

GArray *engine_memory_stats(struct engine *e, const char *name, GError **err)
{
	struct request r = { 0 };

	return on_guest(e, "dommemstat", name, memory_stats, &r, err) ? r.list : NULL;
}

static bool set_memory_period(struct op *op, struct request *r, GError **err)
{
	if (!op->e->hv->ops->set_memory_period)
		return cannot(op, err);
	return op->e->hv->ops->set_memory_period(op->e->hv, &op->guest, r->seconds, err);
}

bool engine_set_memory_period(struct engine *e, const char *name, unsigned int seconds,
			      GError **err)
{
	struct request r = { .seconds = seconds };

	return on_guest(e, "dommemstat", name, set_memory_period, &r, err);
}

/* ---- Keyboard and screen ---- */

static bool send_keys(struct op *op, struct request *r, GError **err)
{
	if (!op->e->hv->ops->send_keys)
		return cannot(op, err);
	return op->e->hv->ops->send_keys(op->e->hv, &op->guest, &r->keys, err);
}

bool engine_send_keys(struct engine *e, const char *name, const unsigned int *codes, size_t n,
		      unsigned int hold_ms, GError **err)
{
	struct request r = { .keys = { codes, n, hold_ms } };

	return on_guest(e, "send-key", name, send_keys, &r, err);
}

static bool screenshot(struct op *op, struct request *r, GError **err)
{
	if (!op->e->hv->ops->screenshot)
		return cannot(op, err);
	return op->e->hv->ops->screenshot(op->e->hv, &op->guest, r->screen, r->fd, err);
}

/* The picture is memory of ours: nothing is left behind, whoever dies. QEMU gets it for writing
 * only, as it asks for files of the kind. */
int engine_screenshot(struct engine *e, const char *name, unsigned int screen, GError **err)
{
	auto_close int fd = memfd_create("screenshot", MFD_CLOEXEC);
	g_autofree char *path = g_strdup_printf("/proc/self/fd/%d", fd);
	auto_close int writer = fd < 0 ? -1 : open(path, O_WRONLY | O_CLOEXEC);
	struct request r = { .screen = screen, .fd = writer };

	if (writer < 0) {
		fail_os(err, errno, "make room for a picture");
		return -1;
	}
	if (!on_guest(e, "screenshot", name, screenshot, &r, err))
		return -1;
	if (lseek(fd, 0, SEEK_END) == 0) {
		fail(err, VIR_ERR_OPERATION_FAILED, "domain '%s' shows no picture", name);
		return -1;
	}
	lseek(fd, 0, SEEK_SET);
	return take_fd(&fd);
}

/* ---- Monitor ---- */

static bool monitor(struct op *op, struct request *r, GError **err)
{
	if (!op->e->hv->ops->monitor)
		return cannot(op, err);
	r->reply = op->e->hv->ops->monitor(op->e->hv, &op->guest, r->command, r->is_hmp, err);
	return r->reply != NULL;
}

char *engine_monitor(struct engine *e, const char *name, const char *command, bool is_hmp,
		     GError **err)
{
	struct request r = { .command = command, .is_hmp = is_hmp };

	return on_guest(e, "qemu-monitor-command", name, monitor, &r, err) ? r.reply : NULL;
}

static bool ask_status(struct op *op, struct request *r, GError **err)
{
	enum hv_status status;

	(void)r;
	return op->e->hv->ops->status(op->e->hv, &op->guest, &status, err);
}

/* Is somebody else at work? -1: the domain cannot be looked at. */
static int is_occupied(struct engine *e, const char *name, GError **err)
{
	g_autoptr(store) st = store_open(e->root, false, e->command, err);
	g_autoptr(domain_dir) dd = st ? domain_open(st, name, err) : NULL;

	return dd ? lock_probe(dd->fd, "lock") == LOCK_HELD : -1;
}

bool engine_control(struct engine *e, const char *name, bool asks, enum control *ret,
		    GError **err)
{
	g_autoptr(GError) silent = NULL;
	struct job_info job;
	int occupied;

	if (!engine_job(e, name, &job, err))
		return false;
	occupied = is_occupied(e, name, err);
	if (occupied < 0)
		return false;
	*ret = job.is_active ? CONTROL_JOB : occupied ? CONTROL_OCCUPIED : CONTROL_OK;
	if (occupied || !asks)
		return true;
	*ret = on_guest(e, "domcontrol", name, ask_status, NULL, &silent) ? CONTROL_OK
									  : CONTROL_SILENT;
	if (error_is(silent, VIR_ERR_RESOURCE_BUSY))
		*ret = CONTROL_OCCUPIED;
	if (error_is(silent, VIR_ERR_NO_DOMAIN)) {
		g_propagate_error(err, g_steal_pointer(&silent));
		return false;
	}
	return true;
}
