/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * Which files QEMU may open by name, enforced by the kernel: landlock(7), where there is one.
 * Descriptors that it has already are not touched. What is not handled by landlock at all: connect()
 * to sockets in the file system, stat() and the like, and the network.
 */
#include <glib.h>

struct spec;

/* The version of the kernel's landlock; 0: it has none. */
int landlock_version(void);
/* In the child, between fork and exec, as the user that QEMU will be: from now on only what the spec
 * names and the programs and data of the system may be opened, only QEMU itself may be sent signals.
 * Nothing is done where the kernel has no landlock. Returns NULL, or with errno what failed. */
const char *landlock_enter(const struct spec *spec);
