/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The reader of qcow2 snapshot tables: what it says of a good one, and that no cut is taken for one. */
#include <glib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "driver/qemu/image.h"
#include "driver/qemu/snapshot-table.h"

#define START 512

static void put16(GByteArray *b, guint16 value)
{
	value = GUINT16_TO_BE(value);
	g_byte_array_append(b, (guint8 *)&value, sizeof(value));
}

static void put32(GByteArray *b, guint32 value)
{
	put16(b, (guint16)(value >> 16));
	put16(b, (guint16)value);
}

static void put64(GByteArray *b, guint64 value)
{
	put32(b, (guint32)(value >> 32));
	put32(b, (guint32)value);
}

/* state: behind the 4 GiB of the old field when there is extra data. */
static void put_entry(GByteArray *b, const char *id, const char *name, guint64 state, bool has_extra)
{
	put64(b, 0x50000);
	put32(b, 1);
	put16(b, (guint16)strlen(id));
	put16(b, (guint16)strlen(name));
	put32(b, 1700000000);
	put32(b, 0);
	put64(b, 0);
	put32(b, has_extra ? 0 : (guint32)state);
	put32(b, has_extra ? 16 : 0);
	if (has_extra) {
		put64(b, state);
		put64(b, 4 << 20);
	}
	g_byte_array_append(b, (const guint8 *)id, (guint)strlen(id));
	g_byte_array_append(b, (const guint8 *)name, (guint)strlen(name));
	while (b->len % 8)
		g_byte_array_append(b, (const guint8 *)"", 1);
}

static GByteArray *good_table(void)
{
	GByteArray *b = g_byte_array_new();

	g_byte_array_set_size(b, START);
	memset(b->data, 0xff, START);
	put_entry(b, "1", "base", 77, false);
	put_entry(b, "12", "b\xc3\xa9ta", 5ull << 32, true);
	put_entry(b, "13", "", 0, true);
	return b;
}

/* The table of a file of so many of the bytes. */
static GPtrArray *read_bytes(const guint8 *bytes, size_t size, guint32 n, guint64 offset)
{
	struct qcow2_header header = { .n_snapshots = n, .snapshots_offset = offset };
	int fd = memfd_create("image", MFD_CLOEXEC);
	GPtrArray *found;

	g_assert_cmpint(write(fd, bytes, size), ==, (ssize_t)size);
	found = snapshot_table_read(fd, &header);
	close(fd);
	return found;
}

static void assert_snapshot(const GPtrArray *found, guint i, const char *id, const char *name,
			    guint64 state)
{
	const struct image_snapshot *s = found->pdata[i];

	g_assert_cmpstr(s->id, ==, id);
	g_assert_cmpstr(s->name, ==, name);
	g_assert_cmpuint(s->vm_state_size, ==, state);
	g_assert_cmpint(s->time, ==, 1700000000);
}

static void test_good(void)
{
	g_autoptr(GByteArray) b = good_table();
	g_autoptr(GPtrArray) found = read_bytes(b->data, b->len, 3, START);
	g_autoptr(GPtrArray) none = read_bytes(b->data, b->len, 0, 0);

	g_assert_cmpuint(found->len, ==, 3);
	assert_snapshot(found, 0, "1", "base", 77);
	assert_snapshot(found, 1, "12", "b\xc3\xa9ta", 5ull << 32);
	assert_snapshot(found, 2, "13", "", 0);
	g_assert_cmpuint(none->len, ==, 0);
}

static void test_every_cut(void)
{
	g_autoptr(GByteArray) b = good_table();

	/* The last entry's padding is not needed. */
	for (size_t size = START; size < b->len - 8; size++)
		g_assert_null(read_bytes(b->data, size, 3, START));
}

static void test_hostile(void)
{
	g_autoptr(GByteArray) b = good_table();

	g_assert_null(read_bytes(b->data, b->len, 3, 0));
	g_assert_null(read_bytes(b->data, b->len, 4, START));
	g_assert_null(read_bytes(b->data, b->len, 1001, START));
	g_assert_null(read_bytes(b->data, b->len, 1, G_MAXUINT64 - 8));
	g_assert_null(read_bytes(b->data, b->len, 1, G_MAXINT64));
	b->data[START + 36] = 0xff;
	g_assert_null(read_bytes(b->data, b->len, 1, START));
}

int main(int argc, char **argv)
{
	g_test_init(&argc, &argv, NULL);
	g_test_add_func("/snapshot-table/good", test_good);
	g_test_add_func("/snapshot-table/every-cut", test_every_cut);
	g_test_add_func("/snapshot-table/hostile", test_hostile);
	return g_test_run();
}
