/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The fingerprint of disks: has anything but us written to them since a guest was saved? */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <linux/fs.h>
#include "base/cleanup.h"
#include "base/error.h"
#include "base/util.h"
#include "engine/image.h"

/* "<kind> <size> <mtime> <header> <path>"; block devices have a size only. */
static char *disk_line(struct hv *hv, const struct hv_disk *disk, GError **err)
{
	auto_close int fd = open(disk->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	g_autofree char *header = NULL;
	struct stat st;
	guint64 size = 0;

	if (fd < 0 || fstat(fd, &st) < 0) {
		fail_os(err, errno, "disk '%s' (%s)", disk->target, disk->path);
		return NULL;
	}
	if (S_ISBLK(st.st_mode)) {
		if (ioctl(fd, BLKGETSIZE64, &size) < 0)
			size = 0;
		return g_strdup_printf("block %020" G_GUINT64_FORMAT " %020d.%09d %s %s\n", size,
				       0, 0, "-", disk->path);
	}
	if (hv->ops->image_header) {
		g_autoptr(GError) e = NULL;

		header = hv->ops->image_header(hv, disk->path, disk->format, &e);
		if (e) {
			g_propagate_error(err, g_steal_pointer(&e));
			return NULL;
		}
	}
	return g_strdup_printf("file %020" G_GINT64_FORMAT " %020" G_GINT64_FORMAT ".%09ld %s %s\n",
			       (gint64)st.st_size, (gint64)st.st_mtim.tv_sec, st.st_mtim.tv_nsec,
			       header ? header : "-", disk->path);
}

char *fingerprint_take(struct hv *hv, const struct hv_disk *disks, size_t n, GError **err)
{
	/* Never empty: a guest without disks has one as well. */
	g_autoptr(GString) text = g_string_new("fingerprint 1\n");

	for (size_t i = 0; i < n && !hv->ops->simulates_disks; i++) {
		g_autofree char *line = disk_line(hv, &disks[i], err);

		if (!line)
			return NULL;
		g_string_append(text, line);
	}
	return g_string_free(g_steal_pointer(&text), FALSE);
}

static const char *line_path(const char *line)
{
	/* kind, size, mtime, header, then the path */
	for (int i = 0; i < 4 && line; i++) {
		line = strchr(line, ' ');
		line = line ? line + 1 : NULL;
	}
	return line ? line : "?";
}

static const char *find_line(char **lines, struct fingerprint_disks from, const char *target)
{
	for (size_t i = 0; i < from.n; i++)
		if (strcmp(from.disks[i].target, target) == 0)
			return lines[i + 1]; /* the first one is the head */
	return NULL;
}

char *fingerprint_rename(const char *print, struct fingerprint_disks from,
			 struct fingerprint_disks to)
{
	g_autofree char *stripped = g_strchomp(g_strdup(print));
	g_auto(GStrv) lines = g_strsplit(stripped, "\n", -1);
	g_autoptr(GString) text = g_string_new(NULL);

	/* Of a hypervisor that has no disks, or not what was asked about. */
	if (g_strv_length(lines) != from.n + 1)
		return g_strdup(print);
	g_string_append_printf(text, "%s\n", lines[0]);
	for (size_t i = 0; i < to.n; i++) {
		const char *line = find_line(lines, from, to.disks[i].target);

		if (line)
			g_string_append_printf(text, "%.*s%s\n", (int)(line_path(line) - line), line,
					       to.disks[i].path);
	}
	return g_string_free(g_steal_pointer(&text), FALSE);
}

char *fingerprint_compare(const char *saved, const char *now)
{
	g_autofree char *a = g_strstrip(g_strdup(saved)), *b = g_strstrip(g_strdup(now));
	g_auto(GStrv) before = g_strsplit(a, "\n", -1), after = g_strsplit(b, "\n", -1);

	for (guint i = 0; before[i] || after[i]; i++) {
		if (!after[i])
			return g_strdup_printf("'%s' is gone", line_path(before[i]));
		if (!before[i])
			return g_strdup_printf("'%s' was added", line_path(after[i]));
		if (g_strcmp0(line_path(before[i]), line_path(after[i])) != 0)
			return g_strdup_printf("'%s' is now '%s'", line_path(before[i]),
					       line_path(after[i]));
		if (strcmp(before[i], after[i]) != 0)
			return g_strdup_printf("'%s' was written to", line_path(after[i]));
	}
	return NULL;
}
