/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Steps on images of memory. Where a managed one is: `managed-save`; while it is being written,
 * `managed-save.new~`; while a guest is resumed from it, `run/restored`. Where a user's file is:
 * save-file.h. */
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
#include "engine/image-xml.h"

#define IMAGE "managed-save"
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

static bool drop_spare(struct op *op)
{
	return sys_unlinkat(save_dir(op), save_spare(op)) == 0 || errno == ENOENT;
}

/* Its name must last as well before the guest may go. */
static bool write_image(struct op *op, const struct image_plan *plan, GError **err)
{
	if (!image_create(&op->image, plan, save_dir(op), save_spare(op), err) ||
	    !op->e->hv->ops->save(op->e->hv, &op->guest, op->image.fd, err) ||
	    !image_complete(&op->image, err))
		return false;
	return sys_fsync(save_dir(op)) == 0 ||
	       fail_os(err, errno, "sync the directory of the save image");
}

static char *text_for_image(struct op *op)
{
	g_autoptr(xml_tree) tree = xml_copy(op->other.tree ? op->other.tree : op->tree);

	op_settle(op, tree);
	return xml_format(tree);
}

bool step_write_image(struct op *op, GError **err)
{
	g_autofree char *xml = text_for_image(op);
	struct image_plan plan = { .xml = xml,
				   .run_id = op->state.run.run_id,
				   .was_running = image_wants_running(op->flags,
								      !(op->facts & FACT_PAUSED)) };

	image_xml_disks(op, &plan);
	/* What a killed save left; its intent is gone, so it is nobody's. */
	if (exists_at(save_dir(op), save_spare(op)) == 1)
		drop_spare(op);
	if (write_image(op, &plan, err))
		return true;
	/* After a failed fsync the file is void, however whole it looks: the guest goes on. */
	drop_spare(op);
	return false;
}

/* What is there gives way only where that was decided. Some file systems cannot be told so. */
static int rename_image(struct op *op)
{
	unsigned int flags = op->save.replaces ? 0 : RENAME_NOREPLACE;
	int dir = save_dir(op), rc = sys_renameat(dir, save_spare(op), dir, save_name(op), flags);

	if (rc == 0 || errno != EINVAL || !op->save.path || exists_at(dir, save_name(op)) != 0)
		return rc;
	return sys_renameat(dir, save_spare(op), dir, save_name(op), 0);
}

static bool publish_image(struct op *op, GError **err)
{
	if (rename_image(op) == 0)
		return sys_fsync(save_dir(op)) == 0 ||
		       fail_os(err, errno, "sync the directory of '%s'", save_name(op));
	if (errno == EEXIST)
		return fail(err, VIR_ERR_OPERATION_FAILED,
			    "'%s' was made by somebody else meanwhile; the memory is complete in "
			    "'%s' beside it and takes its place when that file is moved away",
			    save_name(op), save_spare(op));
	return fail_os(err, errno, "move '%s' to '%s'", save_spare(op), save_name(op));
}

/* The guest has ended: only now are the disks what the image belongs to. */
static bool seal_and_publish(struct op *op, GError **err)
{
	g_autofree char *print = fingerprint_take(op->e->hv, op->disks, op->n_disks, err);
	g_autofree char *renamed = print ? image_xml_print(op, print) : NULL;

	return renamed && image_seal(&op->image, renamed, err) && publish_image(op, err);
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
	/* A directory that is gone has taken it along. */
	if (save_dir(op) < 0 || drop_spare(op))
		return true;
	return fail_os(err, errno, "remove the unfinished save image of domain '%s'", op->name);
}

/* The disks are those of the guest, and the image may know them by other paths. */
static bool view_of_image(struct op *op, GError **err)
{
	if (op->save.has_xml)
		return op_load_tree(op, "live.xml", err) && op_load_view(op, err) &&
		       image_xml_from_image(op, err);
	xml_free(op->tree);
	op->tree = xml_parse(op->image.xml, strlen(op->image.xml), "saved domain", err);
	return op->tree && op_load_view(op, err);
}

bool step_image_finish(struct op *op, GError **err)
{
	op->end_reason = "saved";
	if (exists_at(save_dir(op), save_spare(op)) == 0)
		return true;
	image_clear(&op->image);
	return image_open(&op->image, save_dir(op), save_spare(op), true, err) &&
	       view_of_image(op, err) && seal_and_publish(op, err);
}

/* ---- Another XML ---- */

bool step_copy_image(struct op *op, GError **err)
{
	g_autofree char *print = op->image.fingerprint ?
					 image_xml_print(op, op->image.fingerprint) :
					 NULL;
	g_autofree char *xml = xml_format(op->other.tree);
	struct image_plan plan = { .xml = xml,
				   .fingerprint = print,
				   .was_running = image_wants_running(op->flags,
								      op->image.was_running) };

	image_xml_disks(op, &plan);
	if (!drop_spare(op))
		return fail_os(err, errno, "remove '%s'", save_spare(op));
	if (image_copy(&op->new_image, &op->image, &plan, save_dir(op), save_spare(op), err))
		return true;
	drop_spare(op);
	return false;
}

/* The old XML can be taken back from old/; a user's file has no such place. */
static bool keep_xml(struct op *op, char **ret_entry, GError **err)
{
	return op->save.path ||
	       domain_archive_text(op->dd, op->image.xml, IMAGE_XML_KIND, ret_entry, err);
}

static bool exchange(struct op *op)
{
	int dir = save_dir(op);

	return sys_renameat(dir, save_spare(op), dir, save_name(op), RENAME_EXCHANGE) == 0;
}

static bool is_new_in_place(const struct op *op)
{
	return same_file_at(op->new_image.fd, save_dir(op), save_name(op));
}

/* The two change places, so that a change that cannot be made durable is taken back. */
static bool swap_image(struct op *op, GError **err)
{
	int saved;

	if (exchange(op) && sys_fsync(save_dir(op)) == 0)
		return true;
	saved = errno;
	if (is_new_in_place(op))
		exchange(op);
	else if (saved == EINVAL) /* a file system that cannot exchange */
		return publish_image(op, err);
	return fail_os(err, saved, "replace '%s'%s", save_name(op),
		       is_new_in_place(op) ? " (it was done all the same, but a power cut may undo it)"
					   : "");
}

bool step_replace_image(struct op *op, GError **err)
{
	g_autofree char *entry = NULL;
	bool done;

	op->save.replaces = true;
	done = keep_xml(op, &entry, err) && swap_image(op, err);
	if (!done && entry && !is_new_in_place(op))
		domain_unarchive_text(op->dd, entry);
	/* The new one, or the old one; what stays of it is removed by the next writer. */
	drop_spare(op);
	return done;
}

/* ---- Resuming ---- */

/* What was verified before has been read once already: half of the work. */
static bool load_goes_on(void *data, gint64 done, gint64 total)
{
	struct op *op = data;
	gint64 before = op->image.run_id ? total : 0;

	return watch_goes_on(&op->e->watch, before + done, before + total);
}

bool step_load_image(struct op *op, GError **err)
{
	const gint64 all = MAX(op->image.length, 1);
	struct watch watch = { load_goes_on, op };
	bool done;

	op->guest.watch = &watch;
	done = op->e->hv->ops->load(op->e->hv, &op->guest, op->image.fd, err);
	op->guest.watch = NULL;
	if (done && !load_goes_on(op, all, all))
		return fail(err, VIR_ERR_OPERATION_ABORTED,
			    "the start was cancelled; what was saved is kept");
	return done;
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
