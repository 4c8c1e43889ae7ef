/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crash/syncs.h"

#include <stdatomic.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static _Atomic unsigned int *count;

/* Instead of the C library's, for all that is linked into this program. */
int fsync(int fd)
{
	if (count)
		atomic_fetch_add(count, 1);
	return (int)syscall(SYS_fsync, fd);
}

void syncs_reset(void)
{
	if (!count)
		count = mmap(NULL, sizeof(*count), PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (count == MAP_FAILED)
		_exit(1);
	atomic_store(count, 0);
}

unsigned int syncs_count(void)
{
	return atomic_load(count);
}
