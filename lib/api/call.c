/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api/call.h"
#include <string.h>
#include "api/last-error.h"
#include "api/remarks.h"
#include "base/error.h"
#include "base/phrases.h"
#include "engine/engine.h"

static const struct {
	const char *type; /* engine_type() */
	virErrorDomain domain;
} drivers[] = {
	{ "QEMU", VIR_FROM_QEMU },
	{ "TEST", VIR_FROM_TEST },
	{ "TEST", VIR_FROM_TEST },
};

static virErrorDomain driver_domain(const struct call *c)
{
	if (!c->engine)
		return VIR_FROM_NONE;
	for (size_t i = 0; i < G_N_ELEMENTS(drivers); i++) {
		if (strcmp(drivers[i].type, engine_type(c->engine)) == 0)
			return drivers[i].domain;
	}
	return VIR_FROM_NONE;
}

/* ---- Results ------------------------------------------------------------------------------ */

bool call_fail(struct call *c, virErrorNumber code, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	last_error_take(g_error_new_valist(DOM_ERROR, code, fmt, args), driver_domain(c));
	va_end(args);
	return false;
}

bool call_no_support(struct call *c)
{
	return call_fail(c, VIR_ERR_NO_SUPPORT, "%s", c->function);
}

int call_end(struct call *c, bool is_ok)
{
	if (is_ok)
		return 0;
	g_assert(c->err);
	last_error_take(g_steal_pointer(&c->err), driver_domain(c));
	return -1;
}

int call_end_answer(struct call *c, bool is_ok, struct engine_answer *take_answer)
{
	remarks_keep(g_steal_pointer(&take_answer->remarks));
	engine_answer_clear(take_answer);
	return call_end(c, is_ok);
}

virDomainPtr call_end_domain(struct call *c, bool is_ok, struct engine_answer *take_answer)
{
	g_autofree char *name = g_steal_pointer(&take_answer->name);

	return call_end_answer(c, is_ok, take_answer) < 0 ? NULL : domain_new(c->conn, name, NULL);
}

/* ---- Doors -------------------------------------------------------------------------------- */

static virErrorNumber invalid_handle_code(enum handle_kind kind)
{
	switch (kind) {
	case HANDLE_CONNECT: return VIR_ERR_INVALID_CONN;
	case HANDLE_DOMAIN: return VIR_ERR_INVALID_DOMAIN;
	case HANDLE_SNAPSHOT: return VIR_ERR_INVALID_DOMAIN_SNAPSHOT;
	case HANDLE_CHECKPOINT: return VIR_ERR_INVALID_DOMAIN_CHECKPOINT;
	case HANDLE_STREAM: return VIR_ERR_INVALID_STREAM;
	}
	return VIR_ERR_INTERNAL_ERROR;
}

bool call_handle(struct call *c, const char *function, const void *handle, enum handle_kind kind)
{
	*c = (struct call){ .function = function };
	last_error_clear();
	if (handle_is(handle, kind))
		return true;
	return call_fail(c, invalid_handle_code(kind), "%s", function);
}

/* The part of every door that comes after the handle. */
static bool call_enter(struct call *c, virConnectPtr conn, enum access access)
{
	c->conn = conn;
	c->engine = conn->engine;
	if (access == ACCESS_WRITE && conn->is_read_only)
		return call_fail(c, VIR_ERR_OPERATION_DENIED, PHRASE_READ_ONLY, c->function);
	return true;
}

static bool call_enter_domain(struct call *c, virDomainPtr domain, enum access access)
{
	if (!call_enter(c, domain->conn, access))
		return false;
	c->name = domain_name(domain);
	return call_end(c, domain_verify(domain, &c->err)) == 0;
}

bool call_connect(struct call *c, const char *function, virConnectPtr conn, enum access access)
{
	return call_handle(c, function, conn, HANDLE_CONNECT) && call_enter(c, conn, access);
}

bool call_domain(struct call *c, const char *function, virDomainPtr domain, enum access access)
{
	return call_handle(c, function, domain, HANDLE_DOMAIN) &&
	       call_enter_domain(c, domain, access);
}

bool call_snapshot(struct call *c, const char *function, virDomainSnapshotPtr snapshot,
		   enum access access)
{
	return call_handle(c, function, snapshot, HANDLE_SNAPSHOT) &&
	       call_enter_domain(c, snapshot->domain, access);
}

/* ---- Checks ------------------------------------------------------------------------------- */

bool call_flags(struct call *c, unsigned int flags, unsigned int supported)
{
	unsigned int unsupported = flags & ~supported;

	if (!unsupported)
		return true;
	return call_fail(c, VIR_ERR_INVALID_ARG, "unsupported flags (0x%x) in function %s",
			 unsupported, c->function);
}

bool call_exclusive(struct call *c, unsigned int flags, const struct flag_pair *pair)
{
	if (!(flags & pair->one) || !(flags & pair->other))
		return true;
	return call_fail(c, VIR_ERR_INVALID_ARG, "flags '%s' and '%s' exclude each other in %s",
			 pair->one_name, pair->other_name, c->function);
}

bool call_not_null(struct call *c, const void *argument, const char *argument_name)
{
	if (argument)
		return true;
	return call_fail(c, VIR_ERR_INVALID_ARG, "%s in %s must not be NULL", argument_name,
			 c->function);
}

bool call_array(struct call *c, const void *array, const char *array_name, int length)
{
	if (length < 0)
		return call_fail(c, VIR_ERR_INVALID_ARG, "length of %s in %s must not be negative",
				 array_name, c->function);
	return length == 0 || call_not_null(c, array, array_name);
}

bool call_secure(struct call *c, bool wants_secrets)
{
	if (!wants_secrets || !c->conn->is_read_only)
		return true;
	return call_fail(c, VIR_ERR_OPERATION_DENIED, PHRASE_READ_ONLY, "reading secrets");
}
