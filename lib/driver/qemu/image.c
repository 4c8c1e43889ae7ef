/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/qemu/image.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "driver/qemu/argv.h"
#include "driver/qemu/child.h"
#include "driver/qemu/qcow2.h"
#include "driver/qemu/qmp.h"
#include "driver/qemu/snapshot-table.h"

#define INFO_TIMEOUT_MS 30000
#define LOCK_UNSHARED_WRITE 201 /* byte that QEMU locks while it lets nobody else write */

/* ---- Header ---- */

static bool is_qcow2(const char *format)
{
	return strcmp(format, "qcow2") == 0;
}

static int open_image(const char *path, int flags, GError **err)
{
	/* A FIFO would let us wait for ever. */
	auto_close int fd = open(path, flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;

	if (fd < 0) {
		fail_os(err, errno, "open disk image '%s'", path);
		return -1;
	}
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "disk image '%s' is not a regular file", path);
		return -1;
	}
	return take_fd(&fd);
}

static GByteArray *read_start(int fd, size_t max)
{
	GByteArray *bytes = g_byte_array_new();
	guint used = 0;
	ssize_t n;

	do {
		g_byte_array_set_size(bytes, used + 65536);
		n = pread(fd, bytes->data + used, 65536, used);
		used += (guint)MAX(n, 0);
	} while (n > 0 && used < max);
	g_byte_array_set_size(bytes, used);
	return bytes;
}

static bool read_header(int fd, const char *path, struct qcow2_header *ret_header, GError **err)
{
	g_autoptr(GByteArray) bytes = read_start(fd, QCOW2_HEADER_MAX);
	const char *problem;

	if (qcow2_parse(bytes->data, bytes->len, ret_header, &problem))
		return true;
	return fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "disk image '%s' cannot be used as qcow2: %s",
		    path, problem);
}

static bool check_header(const struct qcow2_header *h, const char *path, GError **err)
{
	if (h->has_data_file)
		return fail(err, VIR_ERR_CONFIG_UNSUPPORTED,
			    "disk image '%s' keeps its data in another file, which is not supported",
			    path);
	if (h->backing_file) {
		g_autofree char *clean = qmp_clean(h->backing_file);

		return fail(err, VIR_ERR_CONFIG_UNSUPPORTED,
			    "disk image '%s' names a backing file that the XML does not: '%s'",
			    path, clean);
	}
	if (h->is_encrypted)
		return fail(err, VIR_ERR_CONFIG_UNSUPPORTED,
			    "disk image '%s' is encrypted, which is not supported", path);
	if (h->is_corrupt)
		return fail(err, VIR_ERR_OPERATION_FAILED,
			    "disk image '%s' is marked as corrupt; 'qemu-img check' tells more",
			    path);
	return true;
}

static bool check_raw(int fd, const char *path, GError **err)
{
	guint8 start[4];
	ssize_t n = pread(fd, start, sizeof(start), 0);

	if (n < 0)
		return fail_os(err, errno, "read disk image '%s'", path);
	if (!qcow2_has_magic(start, (size_t)n))
		return true;
	return fail(err, VIR_ERR_CONFIG_UNSUPPORTED,
		    "disk image '%s' is qcow2, but the XML says 'raw': "
		    "<driver name='qemu' type='qcow2'/>", path);
}

/* QEMU would refuse as well, but only after a process, and its message names no domain's fault. */
static bool check_unlocked(int fd, const char *path, GError **err)
{
	struct flock lock = {
		.l_type = F_WRLCK,
		.l_whence = SEEK_SET,
		.l_start = LOCK_UNSHARED_WRITE,
		.l_len = 1,
	};

	if (fcntl(fd, F_OFD_GETLK, &lock) < 0 || lock.l_type == F_UNLCK)
		return true;
	return fail(err, VIR_ERR_RESOURCE_BUSY,
		    "disk image '%s' is in use by another QEMU process", path);
}

bool image_check(const struct hv_disk *disk, bool is_readonly, GError **err)
{
	auto_close int fd = open_image(disk->path, is_readonly ? O_RDONLY : O_RDWR, err);
	struct qcow2_header header;
	bool is_good;

	if (fd < 0)
		return false;
	if (!is_readonly && !check_unlocked(fd, disk->path, err))
		return false;
	if (!is_qcow2(disk->format))
		return check_raw(fd, disk->path, err);
	if (!read_header(fd, disk->path, &header, err))
		return false;
	is_good = check_header(&header, disk->path, err);
	qcow2_header_clear(&header);
	return is_good;
}

char *image_digest(const char *path, const char *format, GError **err)
{
	auto_close int fd = -1;
	struct qcow2_header header;
	char *digest;

	if (!is_qcow2(format))
		return NULL;
	fd = open_image(path, O_RDONLY, err);
	if (fd < 0 || !read_header(fd, path, &header, err))
		return NULL;
	digest = g_steal_pointer(&header.digest);
	qcow2_header_clear(&header);
	return digest;
}

bool image_has_bitmaps(const struct hv_disk *disk, bool *ret_has, GError **err)
{
	auto_close int fd = -1;
	struct qcow2_header header;

	*ret_has = false;
	if (!is_qcow2(disk->format))
		return true;
	fd = open_image(disk->path, O_RDONLY, err);
	if (fd < 0 || !read_header(fd, disk->path, &header, err))
		return false;
	*ret_has = header.has_bitmaps;
	qcow2_header_clear(&header);
	return true;
}

/* ---- qemu-img ---- */

bool image_is_plain(const struct hv_disk *disk, GError **err)
{
	auto_close int fd = open_image(disk->path, O_RDONLY, err);
	struct qcow2_header header;
	bool is_plain;

	if (fd < 0 || !read_header(fd, disk->path, &header, err))
		return false;
	is_plain = !header.has_data_file && !header.backing_file;
	if (!is_plain)
		check_header(&header, disk->path, err);
	qcow2_header_clear(&header);
	return is_plain;
}

/* Run "qemu-img ARGS…", all words of which are ours but the path, which is absolute and so never an
 * option, and a tag. The header is looked at first: qemu-img would open what it names. */
static bool qemu_img(const struct hv_disk *disk, const char *const *args, bool is_reader,
		     char **ret_out, GError **err)
{
	g_autofree char *program = NULL;
	g_autoptr(GPtrArray) argv = g_ptr_array_new();

	if (!image_is_plain(disk, err))
		return false;
	program = child_find("qemu-img", "qemu-utils", err);
	if (!program)
		return false;
	g_ptr_array_add(argv, (char *)"qemu-img");
	for (; *args; args++)
		g_ptr_array_add(argv, (char *)*args);
	g_ptr_array_add(argv, NULL);
	if (child_run(program, (const char *const *)argv->pdata, is_reader,
		      is_reader ? INFO_TIMEOUT_MS : -1, ret_out, err))
		return true;
	return fail_prefix(err, "disk image '%s'", disk->path);
}

void image_snapshot_free(void *snapshot)
{
	struct image_snapshot *s = snapshot;

	g_free(s->id);
	g_free(s->name);
	g_free(s);
}

static struct image_snapshot *read_snapshot(json_object *item)
{
	struct image_snapshot *s;
	const char *id, *name;
	gint64 size;

	if (!json_object_is_type(item, json_type_object) || !json_get_string(item, "id", &id) ||
	    !json_get_string(item, "name", &name) ||
	    !json_get_int(item, "vm-state-size", &size) || size < 0)
		return NULL;
	s = g_new0(struct image_snapshot, 1);
	s->id = g_strdup(id);
	s->name = g_strdup(name);
	s->vm_state_size = (guint64)size;
	json_get_int(item, "date-sec", &s->time);
	return s;
}

GPtrArray *image_snapshots_of(json_object *info)
{
	GPtrArray *snapshots = g_ptr_array_new_with_free_func(image_snapshot_free);
	json_object *array;

	if (!json_get_array(info, "snapshots", &array))
		return snapshots;
	for (size_t i = 0; i < json_object_array_length(array); i++) {
		struct image_snapshot *s = read_snapshot(json_object_array_get_idx(array, i));

		if (s)
			g_ptr_array_add(snapshots, s);
	}
	return snapshots;
}

const struct image_snapshot *image_find_name(const GPtrArray *snapshots, const char *name)
{
	for (guint i = 0; i < snapshots->len; i++) {
		const struct image_snapshot *s = g_ptr_array_index(snapshots, i);

		if (strcmp(s->name, name) == 0)
			return s;
	}
	return NULL;
}

/* NULL without an error: qemu-img is to say what there is. */
static GPtrArray *read_table(const struct hv_disk *disk)
{
	auto_close int fd = open_image(disk->path, O_RDONLY, NULL);
	struct qcow2_header header;
	GPtrArray *snapshots;

	if (fd < 0 || !is_qcow2(disk->format) || !read_header(fd, disk->path, &header, NULL))
		return NULL;
	snapshots = header.backing_file || header.has_data_file || header.is_corrupt ?
			    NULL : snapshot_table_read(fd, &header);
	qcow2_header_clear(&header);
	return snapshots;
}

static GPtrArray *ask_snapshots(const struct hv_disk *disk, GError **err)
{
	const char *const args[] = {"info", "-U", "-f", disk->format, "--output=json", disk->path,
				    NULL};
	g_autoptr(json_object) info = NULL;
	g_autofree char *out = NULL;

	if (!qemu_img(disk, args, true, &out, err))
		return NULL;
	info = json_parse(out, strlen(out), err);
	if (!info || !json_object_is_type(info, json_type_object)) {
		g_clear_error(err);
		fail(err, VIR_ERR_INTERNAL_ERROR, "qemu-img's answer about '%s' is not understood",
		     disk->path);
		return NULL;
	}
	return image_snapshots_of(info);
}

GPtrArray *image_snapshots(const struct hv_disk *disk, GError **err)
{
	GPtrArray *snapshots = read_table(disk);

	return snapshots ? snapshots : ask_snapshots(disk, err);
}

/* `qemu-img snapshot` has no -f: the format goes into the image's description. */
static bool snapshot_command(const struct hv_disk *disk, const char *option, const char *which,
			     GError **err)
{
	g_autofree char *path = argv_escape(disk->path);
	g_autofree char *image = g_strdup_printf("driver=%s,file.driver=file,file.filename=%s",
						 disk->format, path);
	const char *const args[] = {"snapshot", "-q", "--image-opts", option, which, image, NULL};

	return qemu_img(disk, args, false, NULL, err);
}

bool image_snapshot_create(const struct hv_disk *disk, const char *tag, GError **err)
{
	return snapshot_command(disk, "-c", tag, err);
}

bool image_snapshot_delete(const struct hv_disk *disk, const char *tag, GError **err)
{
	return snapshot_command(disk, "-d", tag, err);
}

bool image_snapshot_apply(const struct hv_disk *disk, const char *id, GError **err)
{
	return snapshot_command(disk, "-a", id, err);
}

bool image_repair(const struct hv_disk *disk, GError **err)
{
	const char *const args[] = {"check", "-q", "-f", disk->format, "-r", "leaks", disk->path,
				    NULL};

	return !is_qcow2(disk->format) || qemu_img(disk, args, false, NULL, err);
}
