/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "language/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "mem.h"

static int failed(int reason)
{
	errno = reason;
	return -1;
}

static int take_all(int fd, struct buffer *b)
{
	char chunk[16384];
	ssize_t n;

	while ((n = read(fd, chunk, sizeof(chunk))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (b->length + (size_t)n > FILE_LIMIT)
			return failed(EFBIG);
		if (memchr(chunk, '\0', (size_t)n))
			return failed(EILSEQ);
		buffer_add(b, chunk, (size_t)n);
	}
	return 0;
}

char *input_read(const char *path)
{
	bool is_stdin = strcmp(path, "-") == 0 || strcmp(path, "/dev/stdin") == 0;
	int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct buffer b = { 0 };
	int result, reason;

	if (fd < 0)
		return NULL;
	result = take_all(fd, &b);
	reason = errno;
	if (!is_stdin)
		close(fd);
	if (result == 0)
		return buffer_take(&b);
	free(b.text);
	errno = reason;
	return NULL;
}
