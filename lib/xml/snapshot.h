/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * Snapshot records: libvirt's <domainsnapshot>, one file each, small header elements first so
 * that name, parent, state and creationTime can be read without the domain (snapshot_peek).
 * libvirt's own record files load as they are (`<active>` is read).
 */
#include <glib.h>
#include <stdbool.h>
#include "model/snapshot.h"
#include "xml/tree.h"

/* name_check and the rule of snapshots alone, no leading '.'. VIR_ERR_XML_ERROR. */
bool snapshot_name_check(const char *name, GError **err);

/* Parse what a user gave for creating a snapshot, or a complete record (redefine, or a file of the
 * store). For creating only name, description, memory and disks count; the rest is ignored.
 * redefine: name, state and creationTime must be there and right (VIR_ERR_XML_ERROR;
 * unknown state VIR_ERR_CONFIG_UNSUPPORTED). Name rules: name_check. Without a name, `name` stays
 * NULL when creating. */
struct snapshot_record *snapshot_parse(const char *text, size_t size, bool redefine, GError **err);

/* Has it only elements and attributes that we know? is_record: it may have those of a record that
 * was dumped. VIR_ERR_XML_ERROR names the first other one. */
bool snapshot_check_known(const char *text, size_t size, bool is_record, GError **err);

/* The record as XML. domain: config at snapshot time (NULL: none); inactive: persistent config
 * when it was running and differs (NULL: none). */
char *snapshot_format(const struct snapshot_record *rec, const struct xml_tree *domain,
		      const struct xml_tree *inactive);
/* The domain and inactiveDomain (as <domain>) inside a record; NULL, without an error, when there
 * is none. */
struct xml_tree *snapshot_domain(const char *text, size_t size, GError **err);
struct xml_tree *snapshot_inactive_domain(const char *text, size_t size, GError **err);

/* Header elements only, without libxml2; disks only where one may be external. NULL when the text
 * is not a record. */
struct snapshot_record *snapshot_peek(const char *text, size_t size);
/* The same text with another parent (NULL: none), everything else kept byte for byte where
 * possible. */
char *snapshot_reparent(const char *text, size_t size, const char *parent, GError **err);
