/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * The header of a qcow2 image (docs/interop/qcow2.txt of QEMU), read by ourselves and within
 * bounds: a header can name other files, and nothing but what the XML names is to be opened.
 */
#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

#define QCOW2_HEADER_MAX (2u << 20) /* one cluster of the largest size */

struct qcow2_header {
	unsigned int version;   /* 2 or 3 */
	guint64 size;           /* of the disk */
	guint32 n_snapshots;
	guint64 snapshots_offset;
	char *backing_file;     /* NULL: none */
	bool has_data_file;     /* by feature bit or by name */
	bool is_corrupt;        /* marked so by QEMU */
	bool is_encrypted;
	bool has_bitmaps;
	char *digest;           /* SHA-256, hex, of header and extensions */
};
void qcow2_header_clear(struct qcow2_header *h);

bool qcow2_has_magic(const guint8 *data, size_t size);
/* Parse the first bytes of a file (as many as there are, up to QCOW2_HEADER_MAX). False with a
 * sentence in *ret_problem (static) when it is no header that QEMU would take. */
bool qcow2_parse(const guint8 *data, size_t size, struct qcow2_header *ret_header,
		 const char **ret_problem);
