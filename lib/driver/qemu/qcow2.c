/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/qemu/qcow2.h"

#include <string.h>

#define MAGIC "QFI\xfb"
#define V2_LENGTH 72
#define V3_LENGTH 104
#define BACKING_MAX 1023
#define EXTENSIONS_MAX 64

/* Offsets of the fields; all numbers are big-endian. */
enum field {
	FIELD_VERSION = 4,
	FIELD_BACKING_OFFSET = 8,
	FIELD_BACKING_SIZE = 16,
	FIELD_CLUSTER_BITS = 20,
	FIELD_SIZE = 24,
	FIELD_CRYPT = 32,
	FIELD_N_SNAPSHOTS = 60,
	FIELD_SNAPSHOTS = 64,
	FIELD_INCOMPATIBLE = 72,
	FIELD_HEADER_LENGTH = 100,
};

enum extension {
	EXTENSION_END = 0,
	EXTENSION_DATA_FILE = 0x44415441,
	EXTENSION_BITMAPS = 0x23852875,
};

#define INCOMPATIBLE_CORRUPT (1ull << 1)
#define INCOMPATIBLE_DATA_FILE (1ull << 2)
#define INCOMPATIBLE_KNOWN 0x1full

/* What has been read; every access is checked against its size. */
struct bytes {
	const guint8 *data;
	size_t size;
};

static guint32 get32(const struct bytes *b, size_t at)
{
	guint32 value;

	g_assert(at <= b->size && b->size - at >= sizeof(value));
	memcpy(&value, b->data + at, sizeof(value));
	return GUINT32_FROM_BE(value);
}

static guint64 get64(const struct bytes *b, size_t at)
{
	return (guint64)get32(b, at) << 32 | get32(b, at + 4);
}

void qcow2_header_clear(struct qcow2_header *h)
{
	g_free(h->backing_file);
	g_free(h->digest);
	memset(h, 0, sizeof(*h));
}

bool qcow2_has_magic(const guint8 *data, size_t size)
{
	return size >= strlen(MAGIC) && memcmp(data, MAGIC, strlen(MAGIC)) == 0;
}

/* Length of the fixed part, 0 when it is wrong. */
static size_t header_length(const struct bytes *b, unsigned int version)
{
	guint32 length;

	if (version == 2)
		return V2_LENGTH;
	if (b->size < V3_LENGTH)
		return 0;
	length = get32(b, FIELD_HEADER_LENGTH);
	return length >= V3_LENGTH && length % 8 == 0 && length <= b->size ? length : 0;
}

static const char *read_features(const struct bytes *b, struct qcow2_header *h)
{
	guint64 bits = h->version == 2 ? 0 : get64(b, FIELD_INCOMPATIBLE);

	if (bits & ~INCOMPATIBLE_KNOWN)
		return "it uses features that are not known";
	h->is_corrupt = bits & INCOMPATIBLE_CORRUPT;
	h->has_data_file = bits & INCOMPATIBLE_DATA_FILE;
	return NULL;
}

/* Walk the extensions from *at to the end of b; *at is behind them on return. */
static const char *read_extensions(const struct bytes *b, size_t *at, struct qcow2_header *h)
{
	for (int n = 0; n < EXTENSIONS_MAX; n++) {
		guint32 type, length;

		if (*at == b->size)
			return NULL;
		if (b->size - *at < 8)
			return "its header extensions are cut off";
		type = get32(b, *at);
		length = get32(b, *at + 4);
		if (type == EXTENSION_END)
			return NULL;
		*at += 8;
		if (length > b->size - *at)
			return "a header extension is too long";
		if (type == EXTENSION_DATA_FILE)
			h->has_data_file = true;
		if (type == EXTENSION_BITMAPS)
			h->has_bitmaps = true;
		*at += MIN((length + 7ul) & ~7ul, b->size - *at);
	}
	return "it has too many header extensions";
}

/* The name of the backing file follows the extensions, where there is one. */
static size_t extensions_end(const struct bytes *b, size_t at)
{
	guint64 backing = get64(b, FIELD_BACKING_OFFSET);

	return backing >= at && backing < b->size ? backing : b->size;
}

static const char *read_backing(const struct bytes *b, struct qcow2_header *h)
{
	guint64 offset = get64(b, FIELD_BACKING_OFFSET);
	guint32 size = get32(b, FIELD_BACKING_SIZE);

	if (offset == 0)
		return NULL;
	if (size == 0 || size > BACKING_MAX || offset > b->size || size > b->size - offset)
		return "the name of its backing file is out of bounds";
	h->backing_file = g_strndup((const char *)b->data + offset, size);
	return NULL;
}

static const char *read_all(struct bytes b, struct qcow2_header *h)
{
	const char *problem;
	guint32 cluster_bits;
	size_t at;

	if (!qcow2_has_magic(b.data, b.size))
		return "it is not a qcow2 image";
	if (b.size < V2_LENGTH)
		return "its header is cut off";
	h->version = get32(&b, FIELD_VERSION);
	if (h->version != 2 && h->version != 3)
		return "its qcow2 version is not known";
	cluster_bits = get32(&b, FIELD_CLUSTER_BITS);
	if (cluster_bits < 9 || cluster_bits > 21)
		return "its cluster size is wrong";
	/* All of the header is in the first cluster. */
	b.size = MIN(b.size, (size_t)1 << cluster_bits);
	at = header_length(&b, h->version);
	if (at == 0)
		return "its header is cut off";
	h->size = get64(&b, FIELD_SIZE);
	h->is_encrypted = get32(&b, FIELD_CRYPT) != 0;
	h->n_snapshots = get32(&b, FIELD_N_SNAPSHOTS);
	h->snapshots_offset = get64(&b, FIELD_SNAPSHOTS);
	problem = read_features(&b, h);
	if (!problem)
		problem = read_backing(&b, h);
	if (!problem)
		problem = read_extensions(&(struct bytes){b.data, extensions_end(&b, at)}, &at, h);
	h->digest = g_compute_checksum_for_data(G_CHECKSUM_SHA256, b.data, at);
	return problem;
}

bool qcow2_parse(const guint8 *data, size_t size, struct qcow2_header *ret_header,
		 const char **ret_problem)
{
	struct qcow2_header h = {0};
	const char *problem = read_all((struct bytes){data, size}, &h);

	if (problem) {
		qcow2_header_clear(&h);
		*ret_problem = problem;
		return false;
	}
	*ret_header = h;
	return true;
}
