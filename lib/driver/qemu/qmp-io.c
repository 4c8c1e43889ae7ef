/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/qemu/qmp-io.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "driver/qemu/qmp.h"

#define READ_SIZE 65536
#define FDS_MAX 253 /* SCM_MAX_FD: as many as one message can carry */

struct unsent {
	char *text;
	size_t size, done;
	int fd; /* goes with the first byte */
};

static void unsent_free(void *data)
{
	struct unsent *u = data;

	close_fd(&u->fd);
	g_free(u->text);
	g_free(u);
}

void qmp_io_init(struct qmp_io *io, int take_fd)
{
	int flags = fcntl(take_fd, F_GETFL);

	if (flags >= 0)
		fcntl(take_fd, F_SETFL, flags | O_NONBLOCK);
	io->fd = take_fd;
	io->in = g_byte_array_new();
	g_queue_init(&io->unsent);
}

void qmp_io_clear(struct qmp_io *io)
{
	close_fd(&io->fd);
	g_byte_array_unref(io->in);
	g_queue_clear_full(&io->unsent, unsent_free);
}

static bool connect_failed(GError **err, int errnum)
{
	switch (errnum) {
	case ECONNREFUSED:
	case ENOENT:
		return fail(err, VIR_ERR_OPERATION_INVALID, "QEMU is gone: its monitor is closed");
	case EAGAIN:
		return fail(err, VIR_ERR_OPERATION_TIMEOUT,
			    "QEMU does not accept connections to its monitor");
	default:
		return fail_os(err, errnum, "connect to QEMU's monitor");
	}
}

int qmp_io_connect(int dirfd, const char *name, GError **err)
{
	auto_close int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int n;

	if (fd < 0) {
		fail_os(err, errno, "make a socket");
		return -1;
	}
	/* A path of the domain directory may be longer than an address can be. */
	n = g_snprintf(addr.sun_path, sizeof(addr.sun_path), "/proc/self/fd/%d/%s", dirfd, name);
	if (n >= (int)sizeof(addr.sun_path)) {
		connect_failed(err, ENAMETOOLONG);
		return -1;
	}
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0) {
		connect_failed(err, errno);
		return -1;
	}
	return take_fd(&fd);
}

pid_t qmp_io_peer_pid(const struct qmp_io *io)
{
	struct ucred cred = {0};
	socklen_t size = sizeof(cred);

	if (getsockopt(io->fd, SOL_SOCKET, SO_PEERCRED, &cred, &size) < 0)
		return 0;
	return cred.pid;
}

/* ---- Sending ---- */

void qmp_io_queue(struct qmp_io *io, const char *text, int fd)
{
	struct unsent *u = g_new0(struct unsent, 1);

	/* No newline behind it: QEMU would leave it unread when the command is `quit`, and its end
	 * of the connection would then be reset. */
	u->text = g_strdup(text);
	u->size = strlen(text);
	u->fd = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 3);
	g_queue_push_tail(&io->unsent, u);
}

bool qmp_io_has_unsent(const struct qmp_io *io)
{
	return !g_queue_is_empty((GQueue *)&io->unsent);
}

static ssize_t send_some(int fd, struct unsent *u)
{
	union {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = {0};
	struct iovec iov = {.iov_base = u->text + u->done, .iov_len = u->size - u->done};
	struct msghdr msg = {.msg_iov = &iov, .msg_iovlen = 1};

	if (u->fd >= 0) {
		struct cmsghdr *header = &control.align;

		header->cmsg_level = SOL_SOCKET;
		header->cmsg_type = SCM_RIGHTS;
		header->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(header), &u->fd, sizeof(int));
		msg.msg_control = control.bytes;
		msg.msg_controllen = sizeof(control.bytes);
	}
	return sendmsg(fd, &msg, MSG_NOSIGNAL);
}

static bool is_later(int errnum)
{
	return errnum == EAGAIN || errnum == EWOULDBLOCK || errnum == EINTR;
}

/* An end without a reply is an ordinary end; a reset is one with bytes of ours still unread. */
static bool ended(GError **err)
{
	return fail(err, VIR_ERR_OPERATION_INVALID, "QEMU is gone: it closed its monitor");
}

bool qmp_io_flush(struct qmp_io *io, GError **err)
{
	struct unsent *u;

	while ((u = g_queue_peek_head(&io->unsent))) {
		ssize_t n = send_some(io->fd, u);

		if (n < 0 && is_later(errno))
			return true;
		if (n < 0 && (errno == EPIPE || errno == ECONNRESET)) {
			/* What the peer said before it went is still to be read; then comes its end. */
			g_queue_clear_full(&io->unsent, unsent_free);
			return true;
		}
		if (n < 0)
			return fail_os(err, errno, "send to QEMU's monitor");
		close_fd(&u->fd);
		u->done += (size_t)n;
		if (u->done == u->size)
			unsent_free(g_queue_pop_head(&io->unsent));
	}
	return true;
}

/* ---- Receiving ---- */

/* Nothing of ours asks QEMU for a descriptor; left open they would fill our table. */
static void close_received(struct msghdr *msg)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		size_t n = c->cmsg_len > CMSG_LEN(0) ? (c->cmsg_len - CMSG_LEN(0)) / sizeof(int) : 0;

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		for (size_t i = 0; i < n; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(int));
			close(fd);
		}
	}
}

static ssize_t receive_some(int fd, void *buffer, size_t size)
{
	union {
		char bytes[CMSG_SPACE(FDS_MAX * sizeof(int))];
		struct cmsghdr align;
	} control;
	struct iovec iov = {.iov_base = buffer, .iov_len = size};
	struct msghdr msg = {
		.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.bytes,
		.msg_controllen = sizeof(control.bytes),
	};
	ssize_t n = recvmsg(fd, &msg, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);

	if (n >= 0)
		close_received(&msg);
	return n;
}

/* Forget what has been handed out, and the memory of a line that was uncommonly long. */
static void compact(struct qmp_io *io)
{
	if (io->start == 0)
		return;
	if (io->start == io->in->len && io->start > 16 * READ_SIZE) {
		g_byte_array_unref(io->in);
		io->in = g_byte_array_new();
	} else {
		g_byte_array_remove_range(io->in, 0, (guint)io->start);
	}
	io->scanned -= io->start;
	io->start = 0;
}

bool qmp_io_read(struct qmp_io *io, GError **err)
{
	guint used;
	ssize_t n;

	compact(io);
	used = io->in->len;
	g_byte_array_set_size(io->in, used + READ_SIZE);
	n = receive_some(io->fd, io->in->data + used, READ_SIZE);
	g_byte_array_set_size(io->in, used + (guint)MAX(n, 0));
	if (n < 0 && is_later(errno))
		return true;
	if (n == 0 || (n < 0 && errno == ECONNRESET))
		return ended(err);
	if (n < 0)
		return fail_os(err, errno, "read from QEMU's monitor");
	if (io->in->len > QMP_LINE_MAX && !memchr(io->in->data + io->scanned, '\n',
						   io->in->len - io->scanned))
		return fail(err, VIR_ERR_INTERNAL_ERROR,
			    "QEMU's monitor broke the protocol: a line of more than %u bytes",
			    QMP_LINE_MAX);
	return true;
}

bool qmp_io_next_line(struct qmp_io *io, const char **ret_line, size_t *ret_size)
{
	const guint8 *data = io->in->data;
	const guint8 *newline;

	if (io->scanned >= io->in->len)
		return false;
	newline = memchr(data + io->scanned, '\n', io->in->len - io->scanned);
	if (!newline) {
		io->scanned = io->in->len;
		return false;
	}
	*ret_line = (const char *)data + io->start;
	*ret_size = (size_t)(newline - (data + io->start));
	io->start = io->scanned = (size_t)(newline - data) + 1;
	return true;
}

void qmp_io_shut(struct qmp_io *io)
{
	shutdown(io->fd, SHUT_RDWR);
	g_queue_clear_full(&io->unsent, unsent_free);
}
