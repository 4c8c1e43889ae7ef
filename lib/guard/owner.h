/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * The connection that a guest was started by with --autodestroy holds run/owner locked
 * (engine/tie.h). When the lock is free the guest is destroyed: as destroy does it, whoever works
 * on the domain meanwhile.
 */

struct guard;
struct owner;

/* Watch it from now on; NULL when the guest has no owner. */
struct owner *owner_new(struct guard *g);
void owner_free(struct owner *o);
