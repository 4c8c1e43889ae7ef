/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * A guest as this process reaches it: its liveness lock, its second monitor (ctl.qmp, which belongs
 * to whoever holds the domain's lock) and its guard. guest->session is a struct session, made on
 * first use and freed by session_close.
 */
#include <glib.h>
#include <stdbool.h>
#include "driver/qemu/qmp.h"
#include "model/hv.h"

/* Does a process hold run/alive? Unknown (an unreadable file) counts as yes: nothing is concluded
 * from it. */
bool session_is_alive(const struct guest *g);
bool session_has_guard(const struct guest *g);

/* The open monitor, ready for commands; connects when there is none. Owned by the session.
 * timeout_ms as in qmp_call_fd. OPERATION_INVALID: QEMU is gone. */
struct qmp *session_qmp(struct guest *g, gint64 timeout_ms, GError **err);
/* Command and answer within QMP_TIMEOUT_MS. */
bool session_call(struct guest *g, const char *command, json_object *take_args,
		  json_object **ret_value, GError **err);
void session_close(struct guest *g);

/* Execute the guard ("start" or "adopt") and wait until it is ready or has failed. After start the
 * control socket stays open: EOF before go makes it give up. */
bool session_run_guard(struct guest *g, const char *guard_path, const char *verb, GError **err);
/* Say go and let the control socket go. */
bool session_go(struct guest *g, GError **err);
/* EOF for the guard; wait until it has left and QEMU with it, kill what is left. */
void session_abandon(struct guest *g);
/* Ask QEMU to quit, kill it when it does not, wait until it is gone. */
bool session_quit(struct guest *g, GError **err);

/* The last lines of run/log in one, fit for a message; "" when there are none. */
char *session_log_tail(const struct guest *g);
