/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * Save images: libvirt's own QEMU save format, so that either reads the other's. A 96 byte header
 * (magic, version 2, lengths, was_running, offset of the cookie), the domain XML, a cookie, then
 * QEMU's stream. While incomplete the magic is LibvirtQemudPart.
 *
 * What libvirt does not record stands in the cookie in our namespace, in fields of fixed width so
 * that it can be filled in place: run-id, length and checksum of the stream, and the fingerprint
 * of every writable disk (path, kind, size, mtime, qcow2 header). A stream that was cut may still
 * load; only its recorded length and checksum tell.
 */
#include <glib.h>
#include <stdbool.h>
#include "model/hv.h"
#include "model/watch.h"

struct image {
	int fd;
	char *xml;
	char *run_id;      /* NULL: foreign (made by libvirt) */
	bool was_running;
	gint64 stream;     /* offset of the stream */
	gint64 length;     /* of the stream; -1: not recorded */
	char *checksum;    /* hex; NULL: not recorded */
	char *fingerprint; /* text of the disks; NULL: not recorded */
	gint64 cookie;     /* offset of the cookie */
	size_t room;       /* bytes of the cookie's area */
};

void image_init(struct image *img);
void image_clear(struct image *img);

/* What stands before the stream of an image that is made. */
struct image_plan {
	const char *xml;
	const char *run_id;          /* of image_create */
	const char *fingerprint;     /* of image_copy */
	bool was_running;
	const struct hv_disk *disks; /* those that are or will be fingerprinted */
	size_t n_disks;
};

/* Start a new image file `name` in dirfd: header with the incomplete magic, XML, an empty cookie
 * of full size. On return img->fd's offset is where the stream goes. */
bool image_create(struct image *img, const struct image_plan *plan, int dirfd, const char *name,
		  GError **err);
/* A complete image in a new file `name`: the plan's head and the stream of `from`, durable but for
 * its name. The stream is not read where the file system can share it. A foreign image stays
 * one, with its cookie. */
bool image_copy(struct image *img, const struct image *from, const struct image_plan *plan,
		int dirfd, const char *name, GError **err);
/* The stream is written: record its length and checksum, fsync. The image is complete then,
 * but for the fingerprint, which `image_seal` adds. */
bool image_complete(struct image *img, GError **err);
/* Set the fingerprint and the final magic, fsync. */
bool image_seal(struct image *img, const char *fingerprint, GError **err);

/* Open and read all but the stream. Errors: VIR_ERR_OPERATION_FAILED saying what is wrong with
 * the file. is_partial: also accept an incomplete magic (reconcile). */
bool image_open(struct image *img, int dirfd, const char *name, bool is_partial, GError **err);
/* The same of a file that the user names, which may be a symlink; the error names it. is_locked:
 * opened so that it can be locked against others who change it. */
bool image_open_file(struct image *img, const char *path, bool is_locked, GError **err);
/* Does the stream have its recorded length and checksum? true for foreign images, which have
 * none. Leaves the offset at the stream. watch: may be NULL; reading is the first half of what is
 * to be done, loading the second. VIR_ERR_OPERATION_ABORTED: it was not to go on. */
bool image_verify(struct image *img, const struct watch *watch, GError **err);
/* Same, only whether length and checksum are recorded and right. */
bool image_is_complete(struct image *img);

/* The fingerprint of disks as they are now; one line a disk. */
char *fingerprint_take(struct hv *hv, const struct hv_disk *disks, size_t n, GError **err);
/* The same of disks that are known under other paths: the lines of `from`, found by target, with
 * the paths and in the order of `to`. */
struct fingerprint_disks {
	const struct hv_disk *disks;
	size_t n;
};
char *fingerprint_rename(const char *print, struct fingerprint_disks from,
			 struct fingerprint_disks to);
/* NULL when equal, else one sentence naming the first difference. */
char *fingerprint_compare(const char *saved, const char *now);
