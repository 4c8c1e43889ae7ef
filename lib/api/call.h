/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * One public call, from its door to its result. The order in every function:
 *
 *	struct call c;
 *
 *	if (!call_domain(&c, __func__, domain, ACCESS_WRITE) || !call_flags(&c, flags, SUPPORTED))
 *		return -1;
 *	return call_end(&c, engine_suspend(c.engine, c.name, &c.err));
 *
 * A door (call_connect, call_domain, …) clears the last error, checks the handle, then read-only.
 * Doors and checks that say no have set the last error already; call_end turns c.err into it.
 */
#include <glib.h>
#include <stdbool.h>
#include <libvirt/virterror.h>
#include "api/handle.h"

struct engine_answer;

enum access { ACCESS_READ, ACCESS_WRITE };

struct call {
	const char *function;
	virConnectPtr conn;
	struct engine *engine; /* of conn */
	const char *name;      /* of the domain */
	GError *err;           /* for the engine's answer */
};

/* ---- Doors ---- */

/* Only the handle: for what needs neither engine nor access. */
bool call_handle(struct call *c, const char *function, const void *handle, enum handle_kind kind);
bool call_connect(struct call *c, const char *function, virConnectPtr conn, enum access access);
/* As well: the domain is still the one that the handle was made for. */
bool call_domain(struct call *c, const char *function, virDomainPtr domain, enum access access);
bool call_snapshot(struct call *c, const char *function, virDomainSnapshotPtr snapshot,
		   enum access access);

/* ---- Checks ---- */

/* No bit but the supported ones. */
bool call_flags(struct call *c, unsigned int flags, unsigned int supported);
/* Not both of a pair of bits; the names are for the message. */
struct flag_pair {
	unsigned int one, other;
	const char *one_name, *other_name;
};
bool call_exclusive(struct call *c, unsigned int flags, const struct flag_pair *pair);
/* An argument that must not be NULL. */
bool call_not_null(struct call *c, const void *argument, const char *argument_name);
/* An array and its length, which must not be negative. */
bool call_array(struct call *c, const void *array, const char *array_name, int length);
/* A flag that shows secrets, on a connection that may not. */
bool call_secure(struct call *c, bool wants_secrets);

/* ---- Results ---- */

/* Set the last error and return false. */
bool call_fail(struct call *c, virErrorNumber code, const char *fmt, ...) G_GNUC_PRINTF(3, 4);
/* For what is declared and not built: VIR_ERR_NO_SUPPORT; returns false. */
bool call_no_support(struct call *c);
/* 0, or -1 with c->err as last error. */
int call_end(struct call *c, bool is_ok);
/* The same of a call that answers so: its remarks are kept for domshTakeRemarks(). */
int call_end_answer(struct call *c, bool is_ok, struct engine_answer *take_answer);
/* And the domain's handle, or NULL. */
virDomainPtr call_end_domain(struct call *c, bool is_ok, struct engine_answer *take_answer);
