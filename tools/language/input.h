/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* Files that the user names for a command to read. */
#include <stddef.h>

#define FILE_LIMIT (10u * 1024 * 1024)

/* The whole of a file or, for "-" and /dev/stdin, of standard input. NULL on failure, with errno:
 * EFBIG for more than FILE_LIMIT bytes, EILSEQ for a NUL byte in it. Free the result. */
char *input_read(const char *path);
