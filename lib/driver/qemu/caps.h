/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * What an emulator can do: versioned names of machines, and whether it has a few commands. Asked
 * once of a QEMU without a machine (20 ms), kept in memory and in a small file of the cache
 * directory, keyed by real path, inode, size and mtime of the binary. May be used from several
 * threads at once.
 */
#include <glib.h>
#include <stdbool.h>
#include "model/hv.h"

struct caps_cache;

/* cache_dir: NULL for none; made when it is missing. */
struct caps_cache *caps_new(const char *cache_dir);
void caps_free(struct caps_cache *c);

/* "q35" → "pc-q35-7.2", a versioned name → itself; NULL when the emulator does not know it, or is
 * not there. */
char *caps_machine(struct caps_cache *c, const char *emulator, const char *name);
/* Machines and CPU models of `ret`, the rest is not touched. OPERATION_FAILED: it cannot be asked. */
bool caps_probe(struct caps_cache *c, const char *emulator, struct hv_probe *ret, GError **err);
/* Does it have that QMP command? Only what caps.c lists is known. */
bool caps_has(struct caps_cache *c, const char *emulator, const char *command);
