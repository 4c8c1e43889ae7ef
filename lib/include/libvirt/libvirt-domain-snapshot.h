/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * Snapshots of domains. Programs include <libvirt/libvirt.h>.
 *
 * A snapshot has a record (XML in the domain's directory: name, parent, state, time, the
 * domain's configuration of that moment) and data (tags in the disk images, memory included).
 * "Metadata" means the record. The records of a domain form a forest through their parents; at
 * most one of them is the current snapshot, the parent of the next one.
 *
 * A handle names a snapshot; it does not keep it. When the snapshot is gone, calls that need it
 * fail with VIR_ERR_NO_DOMAIN_SNAPSHOT; when its domain is gone, with VIR_ERR_NO_DOMAIN.
 */
#include <libvirt/libvirt-domain.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct _virDomainSnapshot virDomainSnapshot; /* opaque */
typedef virDomainSnapshot *virDomainSnapshotPtr;

/*
 * The name of a snapshot.
 *
 * Returns a string that lives as long as the handle, or NULL with
 * VIR_ERR_INVALID_DOMAIN_SNAPSHOT.
 */
const char *virDomainSnapshotGetName(virDomainSnapshotPtr snapshot);

/*
 * The domain of a snapshot.
 *
 * Returns a borrowed handle that lives as long as the snapshot's (virDomainRef() to keep it), or
 * NULL with VIR_ERR_INVALID_DOMAIN_SNAPSHOT.
 */
virDomainPtr virDomainSnapshotGetDomain(virDomainSnapshotPtr snapshot);

/*
 * The connection of a snapshot, borrowed in the same way (virConnectRef() to keep it).
 *
 * Returns NULL with VIR_ERR_INVALID_DOMAIN_SNAPSHOT.
 */
virConnectPtr virDomainSnapshotGetConnect(virDomainSnapshotPtr snapshot);

/* Creating a snapshot. */
typedef enum {
	VIR_DOMAIN_SNAPSHOT_CREATE_REDEFINE = (1 << 0),    /* write the record only: put back one
							    * that was dumped, or replace it */
	VIR_DOMAIN_SNAPSHOT_CREATE_CURRENT = (1 << 1),     /* with REDEFINE: make it current */
	VIR_DOMAIN_SNAPSHOT_CREATE_NO_METADATA = (1 << 2), /* data without a record */
	VIR_DOMAIN_SNAPSHOT_CREATE_HALT = (1 << 3),        /* stop the guest afterwards */
	VIR_DOMAIN_SNAPSHOT_CREATE_DISK_ONLY = (1 << 4),   /* disks without memory */
	VIR_DOMAIN_SNAPSHOT_CREATE_REUSE_EXT = (1 << 5),   /* overlay files exist already */
	VIR_DOMAIN_SNAPSHOT_CREATE_QUIESCE = (1 << 6),     /* agent freezes file systems */
	VIR_DOMAIN_SNAPSHOT_CREATE_ATOMIC = (1 << 7),      /* all disks or none; always so here */
	VIR_DOMAIN_SNAPSHOT_CREATE_LIVE = (1 << 8),        /* guest runs while memory is saved */
	VIR_DOMAIN_SNAPSHOT_CREATE_VALIDATE = (1 << 9),    /* refuse elements nobody knows */
} virDomainSnapshotCreateFlags;

/*
 * Take a snapshot, or (REDEFINE) write the record of one. The new snapshot's parent is the
 * current one, and it becomes current itself; a redefined one only with CURRENT. Either all of it
 * exists afterwards or none.
 *
 * xmlDesc: a <domainsnapshot> document, at most 1 MiB. Without <name> the name is the time in
 * seconds since the epoch. With REDEFINE it must be complete, as dumped.
 * flags: virDomainSnapshotCreateFlags.
 * Returns a handle to be freed with virDomainSnapshotFree(), or NULL with: VIR_ERR_XML_ERROR
 * (bad document or name), VIR_ERR_OPERATION_FAILED (the name is taken),
 * VIR_ERR_OPERATION_INVALID (refused; reasons), VIR_ERR_INVALID_ARG (redefine: unknown parent, a
 * cycle, another domain's uuid), VIR_ERR_CONFIG_UNSUPPORTED (disks that cannot take part, a kind
 * of snapshot that is not supported).
 * Rule: snapshot-create.
 */
virDomainSnapshotPtr virDomainSnapshotCreateXML(virDomainPtr domain, const char *xmlDesc,
						unsigned int flags);

/* Reading a snapshot's XML. */
typedef enum {
	VIR_DOMAIN_SNAPSHOT_XML_SECURE = VIR_DOMAIN_XML_SECURE, /* with secrets */
} virDomainSnapshotXMLFlags;

/*
 * The record of a snapshot.
 *
 * flags: virDomainSnapshotXMLFlags; SECURE is denied on a read-only connection.
 * Returns a string that the caller frees with free(), or NULL with VIR_ERR_NO_DOMAIN_SNAPSHOT or
 * VIR_ERR_XML_ERROR (the record does not parse).
 */
char *virDomainSnapshotGetXMLDesc(virDomainSnapshotPtr snapshot, unsigned int flags);

/*
 * Listing snapshots. Bits in one group are alternatives that add up; all or none of a group mean
 * no filter. Groups: LEAVES/NO_LEAVES, METADATA/NO_METADATA, INACTIVE/ACTIVE/DISK_ONLY,
 * INTERNAL/EXTERNAL. One bit has two names: ROOTS counts for a domain's list, DESCENDANTS for a
 * snapshot's.
 */
typedef enum {
	VIR_DOMAIN_SNAPSHOT_LIST_ROOTS = (1 << 0),        /* those without a parent */
	VIR_DOMAIN_SNAPSHOT_LIST_DESCENDANTS = (1 << 0),  /* children of children, too */
	VIR_DOMAIN_SNAPSHOT_LIST_LEAVES = (1 << 2),       /* those without children */
	VIR_DOMAIN_SNAPSHOT_LIST_NO_LEAVES = (1 << 3),    /* those with children */
	VIR_DOMAIN_SNAPSHOT_LIST_METADATA = (1 << 1),     /* those with a record: all here */
	VIR_DOMAIN_SNAPSHOT_LIST_NO_METADATA = (1 << 4),  /* those without: none here */
	VIR_DOMAIN_SNAPSHOT_LIST_INACTIVE = (1 << 5),     /* taken while the guest was off */
	VIR_DOMAIN_SNAPSHOT_LIST_ACTIVE = (1 << 6),       /* taken with memory */
	VIR_DOMAIN_SNAPSHOT_LIST_DISK_ONLY = (1 << 7),    /* taken live, without memory */
	VIR_DOMAIN_SNAPSHOT_LIST_INTERNAL = (1 << 8),     /* data inside the disk images */
	VIR_DOMAIN_SNAPSHOT_LIST_EXTERNAL = (1 << 9),     /* data in files of its own */
	VIR_DOMAIN_SNAPSHOT_LIST_TOPOLOGICAL = (1 << 10), /* parents before their children */
} virDomainSnapshotListFlags;

/*
 * How many snapshots a domain has.
 *
 * flags: virDomainSnapshotListFlags.
 * Returns their number, or -1 with VIR_ERR_NO_DOMAIN.
 */
int virDomainSnapshotNum(virDomainPtr domain, unsigned int flags);

/*
 * The names of a domain's snapshots, in byte order unless TOPOLOGICAL asks otherwise.
 *
 * names: room for nameslen pointers; receives strings that the caller frees one by one with
 * free(). May be NULL when nameslen is 0.
 * nameslen: at least 0; further snapshots are left out.
 * Returns how many were written, or -1 with VIR_ERR_INVALID_ARG or VIR_ERR_NO_DOMAIN.
 * The set may change between two calls: prefer virDomainListAllSnapshots().
 */
int virDomainSnapshotListNames(virDomainPtr domain, char **names, int nameslen, unsigned int flags);

/*
 * All snapshots of a domain, in byte order of their names unless TOPOLOGICAL asks otherwise.
 *
 * snaps: when not NULL, receives an array that ends with a NULL beyond the count. Free each entry
 * with virDomainSnapshotFree() and the array with free(). NULL: only count.
 * Returns their number, or -1 with VIR_ERR_NO_DOMAIN; then *snaps is not touched.
 */
int virDomainListAllSnapshots(virDomainPtr domain, virDomainSnapshotPtr **snaps,
			      unsigned int flags);

/* As virDomainSnapshotNum(), among the children of one snapshot (DESCENDANTS: all below it). */
int virDomainSnapshotNumChildren(virDomainSnapshotPtr snapshot, unsigned int flags);

/* As virDomainSnapshotListNames(), among the children of one snapshot. */
int virDomainSnapshotListChildrenNames(virDomainSnapshotPtr snapshot, char **names, int nameslen,
				       unsigned int flags);

/* As virDomainListAllSnapshots(), among the children of one snapshot. */
int virDomainSnapshotListAllChildren(virDomainSnapshotPtr snapshot, virDomainSnapshotPtr **snaps,
				     unsigned int flags);

/*
 * Find a snapshot by its name.
 *
 * flags: 0.
 * Returns a handle to be freed with virDomainSnapshotFree(), or NULL with VIR_ERR_INVALID_ARG
 * (name is NULL), VIR_ERR_NO_DOMAIN_SNAPSHOT or VIR_ERR_NO_DOMAIN.
 */
virDomainSnapshotPtr virDomainSnapshotLookupByName(virDomainPtr domain, const char *name,
						   unsigned int flags);

/*
 * Whether a domain has a current snapshot.
 *
 * flags: 0.
 * Returns 1 or 0, or -1 with VIR_ERR_NO_DOMAIN.
 */
int virDomainHasCurrentSnapshot(virDomainPtr domain, unsigned int flags);

/*
 * The current snapshot.
 *
 * flags: 0.
 * Returns a handle to be freed with virDomainSnapshotFree(), or NULL with
 * VIR_ERR_NO_DOMAIN_SNAPSHOT (there is none) or VIR_ERR_NO_DOMAIN.
 */
virDomainSnapshotPtr virDomainSnapshotCurrent(virDomainPtr domain, unsigned int flags);

/*
 * The parent of a snapshot.
 *
 * flags: 0.
 * Returns a handle to be freed with virDomainSnapshotFree(), or NULL with
 * VIR_ERR_NO_DOMAIN_SNAPSHOT (the snapshot is gone, or is a root: the message tells which).
 */
virDomainSnapshotPtr virDomainSnapshotGetParent(virDomainSnapshotPtr snapshot, unsigned int flags);

/*
 * Whether this is the current snapshot.
 *
 * flags: 0.
 * Returns 1 or 0, or -1 with VIR_ERR_NO_DOMAIN_SNAPSHOT.
 */
int virDomainSnapshotIsCurrent(virDomainSnapshotPtr snapshot, unsigned int flags);

/*
 * Whether a record of it is kept. What can be looked up has one.
 *
 * flags: 0.
 * Returns 1, or -1 with VIR_ERR_NO_DOMAIN_SNAPSHOT.
 */
int virDomainSnapshotHasMetadata(virDomainSnapshotPtr snapshot, unsigned int flags);

/* Reverting. RUNNING and PAUSED exclude each other; neither: the state that was recorded. */
typedef enum {
	VIR_DOMAIN_SNAPSHOT_REVERT_RUNNING = 1 << 0,     /* run afterwards */
	VIR_DOMAIN_SNAPSHOT_REVERT_PAUSED = 1 << 1,      /* be paused afterwards */
	VIR_DOMAIN_SNAPSHOT_REVERT_FORCE = 1 << 2,       /* accept a risky one */
	VIR_DOMAIN_SNAPSHOT_REVERT_RESET_NVRAM = 1 << 3, /* start with fresh firmware variables */
} virDomainSnapshotRevertFlags;

/*
 * Put disks, memory, configuration and run state back to what they were. What happened since is
 * given up permanently, but for the configuration and the firmware variables (NVRAM), which go into
 * the domain's old/; domshSnapshotRevert() keeps it in a snapshot. The snapshot becomes current.
 *
 * flags: virDomainSnapshotRevertFlags, RESET_NVRAM not yet.
 * Returns 0, or -1 with: VIR_ERR_OPERATION_INVALID (refused; reasons),
 * VIR_ERR_SNAPSHOT_REVERT_RISKY (possible with FORCE; the message says what is risky),
 * VIR_ERR_CONFIG_UNSUPPORTED, VIR_ERR_OPERATION_FAILED (the guest and its disks were put back to
 * what they were before the call).
 * Rule: snapshot-revert.
 */
int virDomainRevertToSnapshot(virDomainSnapshotPtr snapshot, unsigned int flags);

/* Deleting. CHILDREN and CHILDREN_ONLY exclude each other. */
typedef enum {
	VIR_DOMAIN_SNAPSHOT_DELETE_CHILDREN = (1 << 0),      /* it and all below it */
	VIR_DOMAIN_SNAPSHOT_DELETE_METADATA_ONLY = (1 << 1), /* records only: the data stays, the
							      * records go into old/ */
	VIR_DOMAIN_SNAPSHOT_DELETE_CHILDREN_ONLY = (1 << 2), /* all below it, but not it */
} virDomainSnapshotDeleteFlags;

/*
 * Delete a snapshot: its data permanently, then its record. Children come under its parent; when
 * it was current, its parent becomes current.
 *
 * flags: virDomainSnapshotDeleteFlags.
 * Returns 0, or -1 with VIR_ERR_OPERATION_INVALID (refused; reasons), VIR_ERR_OPERATION_FAILED (a
 * disk or the data in it is missing: METADATA_ONLY forgets the record),
 * VIR_ERR_CONFIG_UNSUPPORTED (external).
 * Rule: snapshot-delete.
 */
int virDomainSnapshotDelete(virDomainSnapshotPtr snapshot, unsigned int flags);

/*
 * Count one more holder of the handle. Give it back with virDomainSnapshotFree().
 *
 * Returns 0, or -1 with VIR_ERR_INVALID_DOMAIN_SNAPSHOT.
 */
int virDomainSnapshotRef(virDomainSnapshotPtr snapshot);

/*
 * Give up a reference; the snapshot itself is not touched.
 *
 * Returns 0, or -1 with VIR_ERR_INVALID_DOMAIN_SNAPSHOT.
 */
int virDomainSnapshotFree(virDomainSnapshotPtr snapshot);

#ifdef __cplusplus
}
#endif
