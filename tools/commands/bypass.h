/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* The option --bypass-cache of what reads or writes memory. */
#include "command.h"

/* O_DIRECT wants whole blocks at their places, and the stream is QEMU's own writing, in pieces of any
 * size: only a process in between could put it together. */
#define BYPASS_CACHE_AT(type, flag)                                                         \
	{ .name = "bypass-cache", BIT_AT(type, flags, flag),                                \
	  .unsupported = "QEMU reads and writes saved memory itself, in pieces that only the cache " \
			 "makes blocks of",                                                 \
	  .summary = "read and write around the cache" }
