/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * The objects behind the public pointers: counted references that know what they are.
 *
 * A handle begins with its kind, a number that is unlikely to be there by chance and is wiped when
 * the handle goes, so that NULL, foreign pointers and (as far as memory tells) freed handles are
 * recognised. A snapshot holds its domain, a domain its connection. Counting and the fields that
 * change (a domain's name and UUID) are atomic.
 */
#include <glib.h>
#include <stdbool.h>
#include <domsh/domsh.h>
#include "engine/engine.h"

enum handle_kind {
	HANDLE_CONNECT = 0x6d6f6301,
	HANDLE_DOMAIN = 0x6d6f6402,
	HANDLE_SNAPSHOT = 0x6d6f7303,
	HANDLE_CHECKPOINT = 0x6d6f6b04,
	HANDLE_STREAM = 0x6d6f7405,
};

struct handle {
	guint32 kind; /* enum handle_kind; 0 once it is gone */
	gint n_refs;
};

struct _virConnect {
	struct handle handle;
	struct engine *engine;
	bool is_read_only;
	struct events *events;
	struct {
		domshProgressFunc func; /* NULL: nobody */
		void *opaque;
	} progress;
};

struct _virDomain {
	struct handle handle;
	virConnectPtr conn;
	GSList *names; /* the first counts; older ones stay valid for those who asked */
	char *uuid;    /* canonical text; NULL until somebody wants to know */
};

struct _virDomainSnapshot {
	struct handle handle;
	virDomainPtr domain;
	char *name;
};

struct _virDomainCheckpoint {
	struct handle handle;
	virDomainPtr domain;
	char *name;
};

struct _virStream {
	struct handle handle;
	virConnectPtr conn;
	bool is_nonblocking;
	struct line *line; /* NULL: not in use yet */
	struct stream_watch *watch; /* its callback in the event loop; NULL: none */
};

bool handle_is(const void *handle, enum handle_kind kind);
void handle_ref(void *handle);
/* Returns how many references are left. At 0 the handle is gone and gave back what it held. */
int handle_unref(void *handle);

virConnectPtr connect_new(struct engine *take_engine, bool is_read_only);
/* uuid: canonical, or NULL when it is not known yet. */
virDomainPtr domain_new(virConnectPtr conn, const char *name, const char *uuid);
virDomainSnapshotPtr snapshot_new(virDomainPtr domain, const char *name);
virStreamPtr stream_new(virConnectPtr conn, bool is_nonblocking);

const char *domain_name(virDomainPtr domain);
void domain_set_name(virDomainPtr domain, const char *name);
/* The UUID: the known one, else the engine's answer, which is remembered. */
const char *domain_uuid(virDomainPtr domain, GError **err);
/* Does its name still mean the domain that the handle was made for, as far as the handle knows?
 * VIR_ERR_NO_DOMAIN when it does not. */
bool domain_verify(virDomainPtr domain, GError **err);
