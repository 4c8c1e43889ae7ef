/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * A scope of its own for a guest, where systemd runs: else it would end with the unit or the login
 * that started it. systemd is asked through busctl, once, after the start; an answer that does not
 * come or is no is for guard.log, and the guest goes on where it is. A guard that adopts asks for
 * nothing: QEMU stays where it was put.
 *
 * DOMSH_BUSCTL names another program to be run instead, also where systemd does not run (tests).
 */

struct guard;
struct scope;

/* NULL: nobody to ask. */
struct scope *scope_ask(struct guard *g);
void scope_free(struct scope *s);
