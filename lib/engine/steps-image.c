/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Steps on managed save images. Where one is: `managed-save`; while it is being written,
 * `managed-save.new~`; while a guest is resumed from it, `run/restored`. */
#include "engine/steps.h"

#include <errno.h>
#include <libvirt/libvirt-domain.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/cleanup.h"
#include "base/error.h"
#include "base/sys.h"
#include "base/util.h"

#define IMAGE "managed-save"
#define IMAGE_NEW "managed-save.new~"
#define RESTORED "run/restored"

/* run/ is a parent too, of RESTORED. */
static bool sync_parents(struct op *op)
{
	auto_close int run = open_dir_at(op->dd->fd, "run");

	return sys_fsync(op->dd->fd) == 0 && (run < 0 || sys_fsync(run) == 0);
}

static bool move_image(struct op *op, const char *from, const char *to, GError **err)
{
	if (sys_renameat(op->dd->fd, from, op->dd->fd, to, RENAME_NOREPLACE) < 0)
		return errno == ENOENT ||
		       fail_os(err, errno, "move '%s' of domain '%s' to '%s'", from, op->name, to);
	return sync_parents(op) ||
	       fail_os(err, errno, "sync the directory of domain '%s'", op->name);
}

/* ---- Saving ---- */

static bool wants_running(const struct op *op)
{
	if (op->flags & VIR_DOMAIN_SAVE_RUNNING)
		return true;
	if (op->flags & VIR_DOMAIN_SAVE_PAUSED)
		return false;
	return !(op->facts & FACT_PAUSED);
}

bool step_write_image(struct op *op, GError **err)
{
	g_autofree char *xml = xml_format(op->tree);

	/* What a killed save left; its intent is gone, so it is nobody's. */
	if (exists_at(op->dd->fd, IMAGE_NEW) == 1)
		sys_unlinkat(op->dd->fd, IMAGE_NEW);
	if (image_create(&op->image, op->dd->fd, IMAGE_NEW, xml, op->state.run.run_id,
			 wants_running(op), op->disks, op->n_disks, err) &&
	    op->e->hv->ops->save(op->e->hv, &op->guest, op->image.fd, err) &&
	    image_complete(&op->image, err))
		return true;
	/* After a failed fsync the file is void, however whole it looks: the guest goes on. */
	sys_unlinkat(op->dd->fd, IMAGE_NEW);
	return false;
}

/* The guest has ended: only now are the disks what the image belongs to. */
static bool seal_and_publish(struct op *op, GError **err)
{
	g_autofree char *print = fingerprint_take(op->e->hv, op->disks, op->n_disks, err);

	if (!print || !image_seal(&op->image, print, err))
		return false;
	return move_image(op, IMAGE_NEW, IMAGE, err);
}

bool step_publish_image(struct op *op, GError **err)
{
	op->end_reason = "saved";
	return step_quit(op, err) && seal_and_publish(op, err);
}

/* ---- Reconciling a save ---- */

bool step_save_cancel(struct op *op, GError **err)
{
	return op_open_guest(op, err) &&
	       op->e->hv->ops->save_cancel(op->e->hv, &op->guest, err);
}

bool step_image_drop(struct op *op, GError **err)
{
	if (sys_unlinkat(op->dd->fd, IMAGE_NEW) < 0 && errno != ENOENT)
		return fail_os(err, errno, "remove the unfinished save image of domain '%s'",
			       op->name);
	return true;
}

static bool view_of_image(struct op *op, GError **err)
{
	xml_free(op->tree);
	op->tree = xml_parse(op->image.xml, strlen(op->image.xml), "saved domain", err);
	return op->tree && op_load_view(op, err);
}

bool step_image_finish(struct op *op, GError **err)
{
	op->end_reason = "saved";
	if (exists_at(op->dd->fd, IMAGE_NEW) == 0)
		return true;
	image_clear(&op->image);
	return image_open(&op->image, op->dd->fd, IMAGE_NEW, true, err) &&
	       view_of_image(op, err) && seal_and_publish(op, err);
}

/* ---- Resuming ---- */

bool step_load_image(struct op *op, GError **err)
{
	return op->e->hv->ops->load(op->e->hv, &op->guest, op->image.fd, err);
}

bool step_image_aside(struct op *op, GError **err)
{
	return move_image(op, IMAGE, RESTORED, err);
}

/* The image is that of the last run again. */
bool step_image_back(struct op *op, GError **err)
{
	struct image img;
	bool done = true;

	if (exists_at(op->dd->fd, RESTORED) == 1 && !move_image(op, RESTORED, IMAGE, err))
		return false;
	if (exists_at(op->dd->fd, IMAGE) != 1)
		return true;
	image_init(&img);
	if (image_open(&img, op->dd->fd, IMAGE, false, NULL) && img.run_id)
		done = last_run_write(op->dd, img.run_id, now_sec(), "saved", err);
	image_clear(&img);
	return done;
}

bool step_image_gone(struct op *op, GError **err)
{
	if (sys_unlinkat(op->dd->fd, RESTORED) < 0 && errno != ENOENT)
		return fail_os(err, errno, "remove the used save image of domain '%s'", op->name);
	return true;
}

bool step_image_archive(struct op *op, GError **err)
{
	return exists_at(op->dd->fd, RESTORED) != 1 ||
	       domain_archive(op->dd, RESTORED, IMAGE, NULL, err);
}

/* ---- Removing, refreshing ---- */

bool step_remove_image(struct op *op, GError **err)
{
	return domain_archive(op->dd, IMAGE, IMAGE, NULL, err);
}

bool step_purge_image(struct op *op, GError **err)
{
	return domain_purge(op->dd, IMAGE, err);
}

/* We changed the disks ourselves; the image still belongs to them. */
bool step_fingerprint(struct op *op, GError **err)
{
	g_autofree char *print = NULL;
	struct image img;
	bool done;

	image_init(&img);
	if (!image_open(&img, op->dd->fd, IMAGE, true, err)) {
		image_clear(&img);
		return false;
	}
	print = img.run_id ? fingerprint_take(op->e->hv, op->disks, op->n_disks, err) : NULL;
	/* A foreign image has no fingerprint to refresh. */
	done = !img.run_id || (print && image_seal(&img, print, err));
	image_clear(&img);
	return done;
}
