/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * What a test connection starts with: the one domain of test:///default, or the domains of a node
 * file, in libvirt's format:
 *
 *   <node>
 *     <domain type='test' xmlns:test='http://libvirt.org/schemas/domain/test/1.0'>
 *       <test:runstate>5</test:runstate>    virDomainState; running when there is none
 *       <test:transient/>  <test:hasmanagedsave/>
 *       <test:domainsnapshot>…</test:domainsnapshot>
 *       …
 *     </domain>
 *     <domain file='other.xml'/>            relative to the node file; snapshots likewise
 *   </node>
 *
 * Networks, pools and other objects that domsh has none of are passed over.
 */
#include <glib.h>
#include <stdbool.h>
#include "model/state.h"

/* The domain "test": running, persistent, id 1. */
struct test_default {
	const char *name, *uuid, *run_id;
	const char *open, *open_live; /* start tag of the root element, off and running */
	const char *body;             /* the rest of the XML */
};
extern const struct test_default test_default;

struct test_domain {
	char *xml;
	enum guest_state state;
	bool is_transient;
	bool has_managed_save;
	GPtrArray *snapshots; /* char *, XML of each; parents first */
};

/* The domains of a node file, in its order. Errors: VIR_ERR_XML_ERROR, OS_ERROR; the file is
 * named. */
GPtrArray *test_node_read(const char *path, GError **err);
