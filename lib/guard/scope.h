/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * A scope of its own for a guest, where systemd runs: else it would end with the unit or the login
 * that started it. systemd is asked through busctl, once, after the start; an answer that does not
 * come or is no is for guard.log, and the guest goes on where it is. A guard that adopts asks for
 * nothing: QEMU stays where it was put.
 *
 * A user's own systemd ends with his last login unless he lingers, and takes its scopes along, while
 * the login's own scope is left alone (KillUserProcesses=no): there a guest stays where it is.
 *
 * At a host's shutdown domsh-shutdown.service is stopped before the scopes, and they before the file
 * systems are unmounted. Whoever stops a scope sends SIGTERM to both: QEMU ends in good order, and the
 * guard does what that asks for (watch.c).
 *
 * DOMSH_BUSCTL names another program to be run instead, also where systemd does not run (tests).
 */
#include <glib.h>
#include <stdbool.h>

struct guard;
struct scope;

/* NULL: nobody to ask. */
struct scope *scope_ask(struct guard *g);
void scope_free(struct scope *s);

/* ---- scope-place.c ---- */

/* Is who has this in /proc/self/cgroup in a login, and not in a unit? */
bool scope_is_of_login(const char *cgroups);
