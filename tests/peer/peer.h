/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * What stands in for domsh's own functions when the shell is linked to the system's libvirt, so
 * that the same tests run against the library whose names ours bears. The shell does not know.
 * What libvirt can do is in libvirt.c; for the rest the script beside it makes functions that say
 * they are not supported.
 */

/* Make "this function is not supported" the last error; returns -1. */
int not_supported(const char *function);
