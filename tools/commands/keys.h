/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* Names of keys as the Linux kernel has them. */

/* The number of "KEY_A", 0 when there is no such name. */
unsigned key_by_name(const char *name);
