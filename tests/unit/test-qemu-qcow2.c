/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The reader of qcow2 headers: cut at every byte, with every byte changed, and hostile on purpose. */
#include <glib.h>
#include <string.h>

#include "driver/qemu/qcow2.h"

#define CLUSTER 65536

static void put32(guint8 *at, guint32 value)
{
	value = GUINT32_TO_BE(value);
	memcpy(at, &value, sizeof(value));
}

static void put64(guint8 *at, guint64 value)
{
	put32(at, (guint32)(value >> 32));
	put32(at + 4, (guint32)value);
}

/* A version 3 header with a feature-name extension of 8 bytes. */
static guint8 *good_header(void)
{
	guint8 *h = g_malloc0(CLUSTER);

	memcpy(h, "QFI\xfb", 4);
	put32(h + 4, 3);
	put32(h + 20, 16);
	put64(h + 24, 4 << 20);
	put32(h + 36, 1);
	put64(h + 40, 0x30000);
	put64(h + 48, 0x10000);
	put32(h + 56, 1);
	put32(h + 96, 4);
	put32(h + 100, 112);
	put32(h + 112, 0x6803f857);
	put32(h + 116, 8);
	return h;
}

static bool parse(const guint8 *data, size_t size, struct qcow2_header *ret)
{
	/* An exact copy, so that a read beyond its end is seen by the sanitizer. */
	g_autofree guint8 *copy = g_memdup2(data, size);
	const char *problem = NULL;
	bool is_good = qcow2_parse(copy, size, ret, &problem);

	g_assert_cmpint(is_good, ==, problem == NULL);
	return is_good;
}

static void test_good(void)
{
	g_autofree guint8 *h = good_header();
	struct qcow2_header header;

	put32(h + 60, 3);
	put64(h + 64, 0x50000);
	g_assert_true(parse(h, CLUSTER, &header));
	g_assert_cmpuint(header.version, ==, 3);
	g_assert_cmpuint(header.size, ==, 4 << 20);
	g_assert_cmpuint(header.n_snapshots, ==, 3);
	g_assert_cmpuint(header.snapshots_offset, ==, 0x50000);
	g_assert_null(header.backing_file);
	g_assert_false(header.has_data_file || header.is_corrupt || header.is_encrypted ||
		       header.has_bitmaps);
	g_assert_cmpuint(strlen(header.digest), ==, 64);
	qcow2_header_clear(&header);
}

static void test_backing(void)
{
	g_autofree guint8 *h = good_header();
	struct qcow2_header header;

	put64(h + 8, 200);
	put32(h + 16, 11);
	memcpy(h + 200, "/etc/shadow", 11);
	g_assert_true(parse(h, CLUSTER, &header));
	g_assert_cmpstr(header.backing_file, ==, "/etc/shadow");
	qcow2_header_clear(&header);
}

static void test_version_2(void)
{
	g_autofree guint8 *h = good_header();
	struct qcow2_header header;

	put32(h + 4, 2);
	memset(h + 72, 0, CLUSTER - 72);
	put64(h + 8, 72);
	put32(h + 16, 8);
	memcpy(h + 72, "base.img", 8);
	g_assert_true(parse(h, CLUSTER, &header));
	g_assert_cmpstr(header.backing_file, ==, "base.img");
	qcow2_header_clear(&header);
}

/* One field each: where, how wide, the value, and is the header still good? */
static const struct row {
	const char *name;
	size_t at;
	int bits;
	guint64 value;
	bool is_good;
} rows[] = {
	{"magic", 0, 32, 0x51464900, false},
	{"version 1", 4, 32, 1, false},
	{"version 4", 4, 32, 4, false},
	{"cluster bits 8", 20, 32, 8, false},
	{"cluster bits 22", 20, 32, 22, false},
	{"cluster bits 2^32-1", 20, 32, G_MAXUINT32, false},
	{"unknown feature", 72, 64, 1ull << 5, false},
	{"unknown feature 63", 72, 64, 1ull << 63, false},
	{"dirty", 72, 64, 1, true},
	{"header length 0", 100, 32, 0, false},
	{"header length 72", 100, 32, 72, false},
	{"header length 105", 100, 32, 105, false},
	{"header length 2^32-8", 100, 32, G_MAXUINT32 - 7, false},
	{"header length whole cluster", 100, 32, CLUSTER, true},
	{"backing offset 2^64-1", 8, 64, G_MAXUINT64, false},
	{"backing offset at the end", 8, 64, CLUSTER, false},
	{"backing without size", 8, 64, 200, false},
	{"extension of 2^32-1", 116, 32, G_MAXUINT32, false},
	{"extension to the end", 116, 32, CLUSTER - 120, true},
	{"extension beyond the end", 116, 32, CLUSTER - 119, false},
	{"size 2^64-1", 24, 64, G_MAXUINT64, true},
	{"snapshots 2^32-1", 60, 32, G_MAXUINT32, true},
};

static void test_rows(void)
{
	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree guint8 *h = good_header();
		struct qcow2_header header;

		if (rows[i].bits == 32)
			put32(h + rows[i].at, (guint32)rows[i].value);
		else
			put64(h + rows[i].at, rows[i].value);
		g_test_message("%s", rows[i].name);
		g_assert_cmpint(parse(h, CLUSTER, &header), ==, rows[i].is_good);
		if (rows[i].is_good)
			qcow2_header_clear(&header);
	}
}

static void test_backing_too_long(void)
{
	g_autofree guint8 *h = good_header();
	struct qcow2_header header;

	put64(h + 8, 200);
	put32(h + 16, 1024);
	g_assert_false(parse(h, CLUSTER, &header));
	put32(h + 16, 1023);
	g_assert_true(parse(h, CLUSTER, &header));
	qcow2_header_clear(&header);
}

static void test_flags(void)
{
	g_autofree guint8 *h = good_header();
	struct qcow2_header header;

	put64(h + 72, 1 << 1);
	put32(h + 32, 1);
	g_assert_true(parse(h, CLUSTER, &header));
	g_assert_true(header.is_corrupt);
	g_assert_true(header.is_encrypted);
	qcow2_header_clear(&header);
	put64(h + 72, 1 << 2);
	g_assert_true(parse(h, CLUSTER, &header));
	g_assert_true(header.has_data_file);
	qcow2_header_clear(&header);
	put64(h + 72, 0);
	put32(h + 112, 0x44415441); /* a name alone is enough */
	g_assert_true(parse(h, CLUSTER, &header));
	g_assert_true(header.has_data_file);
	qcow2_header_clear(&header);
	put32(h + 112, 0x23852875);
	g_assert_true(parse(h, CLUSTER, &header));
	g_assert_true(header.has_bitmaps);
	qcow2_header_clear(&header);
}

/* Extensions without end: as many as fit, each of no length. */
static void test_many_extensions(void)
{
	g_autofree guint8 *h = good_header();
	struct qcow2_header header;

	for (size_t at = 112; at + 8 <= CLUSTER; at += 8) {
		put32(h + at, 0x12345678);
		put32(h + at + 4, 0);
	}
	g_assert_false(parse(h, CLUSTER, &header));
}

static void test_every_cut(void)
{
	g_autofree guint8 *h = good_header();

	for (size_t size = 0; size < 300; size++) {
		struct qcow2_header header;

		if (!parse(h, size, &header))
			continue;
		/* Only a file that ends behind the fixed part and its extensions is whole. */
		g_assert_cmpuint(size, >=, 112);
		qcow2_header_clear(&header);
	}
}

static void test_every_byte(void)
{
	static const guint8 values[] = {0x00, 0x01, 0x7f, 0x80, 0xff};

	for (size_t at = 0; at < 136; at++) {
		for (size_t k = 0; k < sizeof(values); k++) {
			g_autofree guint8 *h = good_header();
			struct qcow2_header header;

			h[at] = values[k];
			for (size_t size = 136; size <= CLUSTER; size *= 31)
				if (parse(h, size, &header))
					qcow2_header_clear(&header);
		}
	}
}

static void test_random(void)
{
	for (int i = 0; i < 50000; i++) {
		g_autofree guint8 *h = good_header();
		struct qcow2_header header;
		size_t size = (size_t)g_test_rand_int_range(4, 400);

		for (int k = g_test_rand_int_range(1, 12); k > 0; k--)
			h[g_test_rand_int_range(4, 300)] = (guint8)g_test_rand_int();
		if (parse(h, size, &header))
			qcow2_header_clear(&header);
	}
}

static void test_digest(void)
{
	g_autofree guint8 *h = good_header();
	struct qcow2_header before, after;

	g_assert_true(parse(h, CLUSTER, &before));
	h[CLUSTER - 1] = 1; /* outside of the header */
	g_assert_true(parse(h, CLUSTER, &after));
	g_assert_cmpstr(before.digest, ==, after.digest);
	qcow2_header_clear(&after);
	put32(h + 60, 1); /* a snapshot more */
	g_assert_true(parse(h, CLUSTER, &after));
	g_assert_cmpstr(before.digest, !=, after.digest);
	qcow2_header_clear(&after);
	qcow2_header_clear(&before);
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/qcow2/good", test_good);
	g_test_add_func("/qcow2/backing", test_backing);
	g_test_add_func("/qcow2/backing-too-long", test_backing_too_long);
	g_test_add_func("/qcow2/version-2", test_version_2);
	g_test_add_func("/qcow2/rows", test_rows);
	g_test_add_func("/qcow2/flags", test_flags);
	g_test_add_func("/qcow2/many-extensions", test_many_extensions);
	g_test_add_func("/qcow2/every-cut", test_every_cut);
	g_test_add_func("/qcow2/every-byte", test_every_byte);
	g_test_add_func("/qcow2/random", test_random);
	g_test_add_func("/qcow2/digest", test_digest);
	return g_test_run();
}
