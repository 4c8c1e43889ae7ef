/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api/handle.h"
#include <string.h>
#include "api/events.h"
#include "api/line.h"
#include "base/error.h"
#include "base/phrases.h"

bool handle_is(const void *handle, enum handle_kind kind)
{
	return handle && ((const struct handle *)handle)->kind == kind;
}

void handle_ref(void *handle)
{
	g_atomic_int_inc(&((struct handle *)handle)->n_refs);
}

static void handle_init(struct handle *handle, enum handle_kind kind)
{
	handle->kind = kind;
	handle->n_refs = 1;
}

static void connect_destroy(virConnectPtr conn)
{
	events_end(conn->events);
	engine_close(conn->engine);
}

static void domain_destroy(virDomainPtr domain)
{
	g_slist_free_full(domain->names, g_free);
	g_free(domain->uuid);
	handle_unref(domain->conn);
}

static void snapshot_destroy(virDomainSnapshotPtr snapshot)
{
	g_free(snapshot->name);
	handle_unref(snapshot->domain);
}

static void checkpoint_destroy(virDomainCheckpointPtr checkpoint)
{
	g_free(checkpoint->name);
	handle_unref(checkpoint->domain);
}

static void stream_destroy(virStreamPtr stream)
{
	line_free(stream->line);
	handle_unref(stream->conn);
}

static void handle_destroy(void *handle)
{
	enum handle_kind kind = ((struct handle *)handle)->kind;

	((struct handle *)handle)->kind = 0;
	switch (kind) {
	case HANDLE_CONNECT: connect_destroy(handle); break;
	case HANDLE_DOMAIN: domain_destroy(handle); break;
	case HANDLE_SNAPSHOT: snapshot_destroy(handle); break;
	case HANDLE_CHECKPOINT: checkpoint_destroy(handle); break;
	case HANDLE_STREAM: stream_destroy(handle); break;
	}
	g_free(handle);
}

int handle_unref(void *handle)
{
	int left = g_atomic_int_add(&((struct handle *)handle)->n_refs, -1) - 1;

	if (left == 0)
		handle_destroy(handle);
	return left;
}

virConnectPtr connect_new(struct engine *take_engine, bool is_read_only)
{
	virConnectPtr conn = g_new0(virConnect, 1);

	handle_init(&conn->handle, HANDLE_CONNECT);
	conn->engine = take_engine;
	conn->is_read_only = is_read_only;
	conn->events = events_new();
	return conn;
}

virDomainPtr domain_new(virConnectPtr conn, const char *name, const char *uuid)
{
	virDomainPtr domain = g_new0(virDomain, 1);

	handle_init(&domain->handle, HANDLE_DOMAIN);
	handle_ref(conn);
	domain->conn = conn;
	domain->names = g_slist_prepend(NULL, g_strdup(name));
	domain->uuid = g_strdup(uuid);
	return domain;
}

virDomainSnapshotPtr snapshot_new(virDomainPtr domain, const char *name)
{
	virDomainSnapshotPtr snapshot = g_new0(virDomainSnapshot, 1);

	handle_init(&snapshot->handle, HANDLE_SNAPSHOT);
	handle_ref(domain);
	snapshot->domain = domain;
	snapshot->name = g_strdup(name);
	return snapshot;
}

virStreamPtr stream_new(virConnectPtr conn, bool is_nonblocking)
{
	virStreamPtr stream = g_new0(virStream, 1);

	handle_init(&stream->handle, HANDLE_STREAM);
	handle_ref(conn);
	stream->conn = conn;
	stream->is_nonblocking = is_nonblocking;
	return stream;
}

const char *domain_name(virDomainPtr domain)
{
	return ((GSList *)g_atomic_pointer_get(&domain->names))->data;
}

void domain_set_name(virDomainPtr domain, const char *name)
{
	GSList *names = g_atomic_pointer_get(&domain->names);

	g_atomic_pointer_set(&domain->names, g_slist_prepend(names, g_strdup(name)));
}

const char *domain_uuid(virDomainPtr domain, GError **err)
{
	char *uuid = g_atomic_pointer_get(&domain->uuid);

	if (uuid)
		return uuid;
	uuid = engine_uuid(domain->conn->engine, domain_name(domain), err);
	if (!uuid)
		return NULL;
	if (!g_atomic_pointer_compare_and_exchange(&domain->uuid, NULL, uuid))
		g_free(uuid);
	return g_atomic_pointer_get(&domain->uuid);
}

bool domain_verify(virDomainPtr domain, GError **err)
{
	const char *known = g_atomic_pointer_get(&domain->uuid);
	g_autofree char *now = NULL;

	if (!known)
		return true;
	now = engine_uuid(domain->conn->engine, domain_name(domain), err);
	if (!now)
		return false;
	if (strcmp(now, known) != 0)
		return fail(err, VIR_ERR_NO_DOMAIN, PHRASE_NO_DOMAIN_UUID " (%s)", known,
			    domain_name(domain));
	return true;
}
