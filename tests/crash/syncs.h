/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* How often the disk was asked to make something durable, in this process and its children. A kill
 * does not show a missing fsync, only a power cut would; so they are counted. */
void syncs_reset(void);
unsigned int syncs_count(void);
