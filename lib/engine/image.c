/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "engine/image.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/cleanup.h"
#include "base/error.h"
#include "base/sys.h"
#include "base/util.h"
#include "xml/peek.h"

#define MAGIC_DONE "LibvirtQemudSave"
#define MAGIC_PART "LibvirtQemudPart"
#define VERSION 2
#define DATA_MAX (32u << 20)
#define ALIGNMENT 4096
#define NO_CHECKSUM "00000000000000000000000000000000"
#define SUM "sum='"

/* As libvirt writes it, in the byte order of the host. */
struct header {
	char magic[16];
	guint32 version;
	guint32 data_len; /* XML, cookie and padding */
	guint32 was_running;
	guint32 compressed;
	guint32 cookie_offset; /* within the data; 0: none */
	guint32 unused[14];
};

G_STATIC_ASSERT(sizeof(struct header) == 92);

void image_init(struct image *img)
{
	*img = (struct image){ .fd = -1, .length = -1 };
}

void image_clear(struct image *img)
{
	close_fd(&img->fd);
	g_free(img->xml);
	g_free(img->run_id);
	g_free(img->checksum);
	g_free(img->fingerprint);
	image_init(img);
}

/* ---- Writing ---- */

/* Same length whatever the values: numbers are zero-padded, sums have a placeholder. The
 * fingerprint comes last and room is kept for it. */
static char *cookie_text(const struct image *img, const char *sum)
{
	g_autofree char *disks = g_markup_escape_text(img->fingerprint ? img->fingerprint : "", -1);

	return g_strdup_printf("<cookie>\n"
			       "  <domsh:image xmlns:domsh='urn:domsh:save-image:1' run-id='%s' "
			       "length='%020" G_GINT64_FORMAT "' checksum='%s' " SUM "%s'>%s"
			       "</domsh:image>\n</cookie>\n",
			       img->run_id, MAX(img->length, 0),
			       img->checksum ? img->checksum : NO_CHECKSUM, sum, disks);
}

static struct header header_of(const struct image *img, const char *magic)
{
	struct header h = { .version = VERSION,
			    .data_len = img->stream - sizeof(h),
			    .was_running = img->was_running,
			    .cookie_offset = img->cookie ? img->cookie - sizeof(h) : 0 };

	memcpy(h.magic, magic, sizeof(h.magic));
	return h;
}

/* The sum of all before the stream, with the finished magic and the sum itself left out, so that it
 * does not change when the magic does. area: the cookie's, with NO_CHECKSUM for the sum. */
static char *head_sum(const struct image *img, const char *area)
{
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_MD5);
	struct header h = header_of(img, MAGIC_DONE);

	g_checksum_update(sum, (const guchar *)&h, sizeof(h));
	g_checksum_update(sum, (const guchar *)img->xml, strlen(img->xml) + 1);
	g_checksum_update(sum, (const guchar *)area, img->room);
	return g_strdup(g_checksum_get_string(sum));
}

static size_t cookie_room(const struct hv_disk *disks, size_t n)
{
	size_t room = 1024;

	/* A path may need six bytes for one when escaped; the rest of a line is under 256. */
	for (size_t i = 0; i < n; i++)
		room += 6 * strlen(disks[i].path) + 256;
	return room;
}

static bool write_cookie(struct image *img, GError **err)
{
	g_autofree char *blank = cookie_text(img, NO_CHECKSUM);
	g_autofree char *area = g_malloc0(img->room);
	g_autofree char *sum = NULL, *text = NULL;

	if (strlen(blank) >= img->room)
		return fail(err, VIR_ERR_INTERNAL_ERROR, "save image: cookie does not fit");
	memcpy(area, blank, strlen(blank));
	sum = head_sum(img, area);
	text = cookie_text(img, sum);
	memcpy(area, text, strlen(text));
	if (sys_pwrite(img->fd, area, img->room, img->cookie) < 0)
		return fail_os(err, errno, "write the header of the save image");
	return true;
}

/* Where XML, cookie and stream lie; `room` is what the cookie needs. */
static void lay_out(struct image *img, const char *xml, size_t room)
{
	size_t before = sizeof(struct header) + strlen(xml) + 1, total = before + room;

	total += (ALIGNMENT - total % ALIGNMENT) % ALIGNMENT;
	img->xml = g_strdup(xml);
	img->cookie = before;
	img->room = total - before;
	img->stream = total;
}

/* A new file with all of it but the cookie. */
static bool write_head(struct image *img, int dirfd, const char *name, const char *magic,
		       GError **err)
{
	struct header h = header_of(img, magic);

	if (img->stream - sizeof(h) > DATA_MAX)
		return fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "the XML is too long for a save image");
	img->fd = sys_create(dirfd, name);
	if (img->fd < 0)
		return fail_os(err, errno, "create the save image");
	return (sys_write(img->fd, &h, sizeof(h)) == 0 &&
		sys_write(img->fd, img->xml, strlen(img->xml) + 1) == 0) ||
	       fail_os(err, errno, "write the save image");
}

bool image_create(struct image *img, const struct image_plan *p, int dirfd, const char *name,
		  GError **err)
{
	lay_out(img, p->xml, cookie_room(p->disks, p->n_disks));
	img->run_id = g_strdup(p->run_id);
	img->was_running = p->was_running;
	if (!write_head(img, dirfd, name, MAGIC_PART, err) || !write_cookie(img, err))
		return false;
	if (lseek(img->fd, img->stream, SEEK_SET) < 0)
		return fail_os(err, errno, "seek in the save image");
	return true;
}

/* NULL with errno; ECANCELED: the watch (or NULL) said so. */
static char *stream_checksum(int fd, gint64 offset, gint64 length, const struct watch *watch)
{
	g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_MD5);
	g_autofree guchar *buffer = g_malloc(1 << 20);

	for (gint64 done = 0; done < length;) {
		ssize_t got = pread(fd, buffer, MIN(length - done, 1 << 20), offset + done);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return NULL;
		g_checksum_update(sum, buffer, got);
		done += got;
		if (!watch_goes_on(watch, done, 2 * length)) {
			errno = ECANCELED;
			return NULL;
		}
	}
	return g_strdup(g_checksum_get_string(sum));
}

bool image_complete(struct image *img, GError **err)
{
	off_t end = lseek(img->fd, 0, SEEK_END);
	auto_close int fd = -1;
	g_autofree char *self = g_strdup_printf("/proc/self/fd/%d", img->fd);

	if (end < 0)
		return fail_os(err, errno, "measure the save image");
	if (end <= img->stream)
		return fail(err, VIR_ERR_OPERATION_FAILED, "the hypervisor wrote an empty save image");
	img->length = end - img->stream;
	/* Ours is open for writing only. */
	fd = open(self, O_RDONLY | O_CLOEXEC);
	g_free(img->checksum);
	img->checksum = fd < 0 ? NULL : stream_checksum(fd, img->stream, img->length, NULL);
	if (!img->checksum)
		return fail_os(err, errno, "read the save image back");
	if (!write_cookie(img, err))
		return false;
	if (sys_fsync(img->fd) < 0)
		return fail_os(err, errno, "sync the save image");
	return true;
}

/* ---- Copying with another XML ---- */

/* libvirt's own cookie goes along as it is. */
static char *foreign_cookie(const struct image *img, GError **err)
{
	g_autofree char *text = g_malloc0(img->room + 1);

	if (pread(img->fd, text, img->room, img->cookie) == (ssize_t)img->room)
		return g_steal_pointer(&text);
	fail_os(err, errno, "read the save image");
	return NULL;
}

static bool copy_cookie(struct image *img, const char *foreign, GError **err)
{
	g_autofree char *area = NULL;

	if (img->run_id)
		return write_cookie(img, err);
	area = g_malloc0(img->room);
	memcpy(area, foreign, strlen(foreign));
	return sys_pwrite(img->fd, area, img->room, img->cookie) == 0 ||
	       fail_os(err, errno, "write the header of the save image");
}

bool image_copy(struct image *img, const struct image *from, const struct image_plan *p, int dirfd,
		const char *name, GError **err)
{
	g_autofree char *foreign = NULL;
	struct stat st;

	if (!from->run_id && from->cookie && !(foreign = foreign_cookie(from, err)))
		return false;
	lay_out(img, p->xml, from->run_id ? cookie_room(p->disks, p->n_disks) :
			     foreign	  ? strlen(foreign) + 1 :
					    0);
	if (!from->run_id && !foreign)
		img->cookie = 0;
	img->run_id = g_strdup(from->run_id);
	img->length = from->length;
	img->checksum = g_strdup(from->checksum);
	img->fingerprint = g_strdup(p->fingerprint);
	img->was_running = p->was_running;
	if (fstat(from->fd, &st) < 0)
		return fail_os(err, errno, "measure the save image");
	if (!write_head(img, dirfd, name, MAGIC_DONE, err) ||
	    (img->cookie && !copy_cookie(img, foreign, err)))
		return false;
	if (sys_copy_range(from->fd, from->stream, img->fd, img->stream,
			   st.st_size - from->stream) < 0 ||
	    sys_fsync(img->fd) < 0)
		return fail_os(err, errno, "copy the save image");
	return true;
}

bool image_seal(struct image *img, const char *fingerprint, GError **err)
{
	g_free(img->fingerprint);
	img->fingerprint = g_strdup(fingerprint);
	if (!write_cookie(img, err))
		return false;
	if (sys_pwrite(img->fd, MAGIC_DONE, 16, 0) < 0)
		return fail_os(err, errno, "write the header of the save image");
	if (sys_fsync(img->fd) < 0)
		return fail_os(err, errno, "sync the save image");
	return true;
}

/* ---- Reading ---- */

static bool broken(GError **err, const char *why)
{
	return fail(err, VIR_ERR_OPERATION_FAILED, "save image: %s", why);
}

static bool read_exactly(int fd, void *buffer, size_t size, off_t offset)
{
	return pread(fd, buffer, size, offset) == (ssize_t)size;
}

static const char *header_fault(const struct header *h, bool is_partial)
{
	bool done = memcmp(h->magic, MAGIC_DONE, 16) == 0;
	bool part = memcmp(h->magic, MAGIC_PART, 16) == 0;

	if (!done && !part)
		return "it is not a save image";
	if (part && !is_partial)
		return "it is incomplete: whoever wrote it did not come to its end";
	if (GUINT32_SWAP_LE_BE(h->version) == VERSION)
		return "it was made on a host of the other byte order";
	if (h->version != VERSION)
		return "its version is not supported";
	if (h->compressed)
		return "compressed images are not supported";
	if (h->data_len == 0 || h->data_len > DATA_MAX)
		return "its header is damaged";
	if (h->cookie_offset >= h->data_len)
		return "its header is damaged";
	return NULL;
}

/* Is all before the stream what we wrote? */
static bool is_head_whole(const struct image *img, char *area)
{
	char *at = strstr(area, " " SUM);
	g_autofree char *there = NULL, *sum = NULL;

	if (!at || strlen(at) < strlen(" " SUM NO_CHECKSUM))
		return false;
	at += strlen(" " SUM);
	there = g_strndup(at, strlen(NO_CHECKSUM));
	memcpy(at, NO_CHECKSUM, strlen(NO_CHECKSUM));
	sum = head_sum(img, area);
	return strcmp(sum, there) == 0;
}

/* Ours, or a foreign one without what only we record. A damaged one of ours is not foreign. */
static bool read_cookie(struct image *img, char *cookie)
{
	static const char *const paths[] = { "cookie/domsh:image/@run-id",
					     "cookie/domsh:image/@length",
					     "cookie/domsh:image/@checksum",
					     "cookie/domsh:image" };
	char *values[4] = { NULL };

	/* Nobody writes an empty one. */
	if (cookie[0] != '<')
		return false;
	xml_peek(cookie, strlen(cookie), paths, 4, values);
	img->run_id = values[0];
	img->length = values[1] ? g_ascii_strtoll(values[1], NULL, 10) : -1;
	img->checksum = values[2];
	img->fingerprint = values[3];
	g_free(values[1]);
	if (!img->run_id)
		return strstr(cookie, "domsh") == NULL;
	return is_head_whole(img, cookie);
}

static bool read_data(struct image *img, const struct header *h, GError **err)
{
	g_autofree char *data = g_malloc0((gsize)h->data_len + 1);
	size_t xml_max = h->cookie_offset ? h->cookie_offset : h->data_len;

	if (!read_exactly(img->fd, data, h->data_len, sizeof(*h)))
		return broken(err, "it is cut within its header");
	if (data[0] == '\0' || strnlen(data, xml_max) == xml_max)
		return broken(err, "its header is damaged");
	img->xml = g_strdup(data);
	img->stream = sizeof(*h) + h->data_len;
	img->was_running = h->was_running;
	if (h->cookie_offset) {
		img->cookie = sizeof(*h) + h->cookie_offset;
		img->room = h->data_len - h->cookie_offset;
		if (!read_cookie(img, data + h->cookie_offset))
			return broken(err, "its header is damaged");
	}
	return true;
}

static bool read_image(struct image *img, bool is_partial, GError **err)
{
	struct header h;
	const char *fault;
	struct stat st;

	if (fstat(img->fd, &st) < 0 || !S_ISREG(st.st_mode))
		return broken(err, "it is not a regular file");
	if (!read_exactly(img->fd, &h, sizeof(h), 0))
		return broken(err, "it is cut within its header");
	fault = header_fault(&h, is_partial);
	if (fault)
		return broken(err, fault);
	if (st.st_size < (off_t)(sizeof(h) + h.data_len))
		return broken(err, "it is cut within its header");
	if (!read_data(img, &h, err))
		return false;
	if (st.st_size == img->stream)
		return broken(err, "it holds no memory");
	if (!is_partial && img->run_id && st.st_size != img->stream + img->length)
		return broken(err, "its memory stream is damaged (its length differs)");
	if (lseek(img->fd, img->stream, SEEK_SET) < 0)
		return fail_os(err, errno, "seek in the save image");
	return true;
}

#define OPEN_FLAGS (O_CLOEXEC | O_NONBLOCK | O_NOCTTY)

bool image_open(struct image *img, int dirfd, const char *name, bool is_partial, GError **err)
{
	/* What is to be finished is written to as well. */
	img->fd = openat(dirfd, name, (is_partial ? O_RDWR : O_RDONLY) | OPEN_FLAGS | O_NOFOLLOW);
	if (img->fd < 0)
		return fail_os(err, errno, "open the save image");
	return read_image(img, is_partial, err);
}

bool image_open_file(struct image *img, const char *path, bool is_locked, GError **err)
{
	img->fd = open(path, (is_locked ? O_RDWR : O_RDONLY) | OPEN_FLAGS);
	if (img->fd < 0)
		return fail_os(err, errno, "open '%s'", path);
	return read_image(img, false, err) || fail_prefix(err, "'%s'", path);
}

static bool is_complete(struct image *img, const struct watch *watch)
{
	struct stat st;
	g_autofree char *sum = NULL;

	errno = 0;
	if (img->length <= 0 || !img->checksum || fstat(img->fd, &st) < 0 ||
	    st.st_size != img->stream + img->length)
		return false;
	sum = stream_checksum(img->fd, img->stream, img->length, watch);
	return g_strcmp0(sum, img->checksum) == 0;
}

bool image_is_complete(struct image *img)
{
	return is_complete(img, NULL);
}

bool image_verify(struct image *img, const struct watch *watch, GError **err)
{
	if (img->run_id && !is_complete(img, watch)) {
		if (errno == ECANCELED)
			return fail(err, VIR_ERR_OPERATION_ABORTED,
				    "reading the saved memory was cancelled; it is kept");
		return broken(err, "its memory stream is damaged (length or checksum differ)");
	}
	if (lseek(img->fd, img->stream, SEEK_SET) < 0)
		return fail_os(err, errno, "seek in the save image");
	return true;
}
