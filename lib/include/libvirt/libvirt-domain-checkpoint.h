/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * Checkpoints: points from which incremental backups are counted. domsh keeps their records:
 * undefine and rename know them. Programs include <libvirt/libvirt.h>.
 */
#include <libvirt/libvirt-domain.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct _virDomainCheckpoint virDomainCheckpoint; /* opaque */
typedef virDomainCheckpoint *virDomainCheckpointPtr;

/* Creating a checkpoint. */
typedef enum {
	VIR_DOMAIN_CHECKPOINT_CREATE_REDEFINE = (1 << 0),          /* only the record */
	VIR_DOMAIN_CHECKPOINT_CREATE_QUIESCE = (1 << 1),           /* agent freezes file systems */
	VIR_DOMAIN_CHECKPOINT_CREATE_REDEFINE_VALIDATE = (1 << 2), /* redefine, look at bitmaps */
} virDomainCheckpointCreateFlags;

/* Reading a checkpoint's XML. */
typedef enum {
	VIR_DOMAIN_CHECKPOINT_XML_SECURE = (1 << 0),    /* with secrets */
	VIR_DOMAIN_CHECKPOINT_XML_NO_DOMAIN = (1 << 1), /* without <domain> */
	VIR_DOMAIN_CHECKPOINT_XML_SIZE = (1 << 2),      /* with the current size of each bitmap */
} virDomainCheckpointXMLFlags;

/* Listing checkpoints. One bit has two names: ROOTS counts for a domain's list, DESCENDANTS for
 * a checkpoint's. */
typedef enum {
	VIR_DOMAIN_CHECKPOINT_LIST_ROOTS = (1 << 0),       /* those without a parent */
	VIR_DOMAIN_CHECKPOINT_LIST_DESCENDANTS = (1 << 0), /* children of children, too */
	VIR_DOMAIN_CHECKPOINT_LIST_TOPOLOGICAL = (1 << 1), /* parents before their children */
	VIR_DOMAIN_CHECKPOINT_LIST_LEAVES = (1 << 2),      /* those without children */
	VIR_DOMAIN_CHECKPOINT_LIST_NO_LEAVES = (1 << 3),   /* those with children */
} virDomainCheckpointListFlags;

/* Deleting a checkpoint. */
typedef enum {
	VIR_DOMAIN_CHECKPOINT_DELETE_CHILDREN = (1 << 0),      /* it and all below it */
	VIR_DOMAIN_CHECKPOINT_DELETE_METADATA_ONLY = (1 << 1), /* records only, bitmaps stay */
	VIR_DOMAIN_CHECKPOINT_DELETE_CHILDREN_ONLY = (1 << 2), /* all below it, but not it */
} virDomainCheckpointDeleteFlags;

/*
 * All checkpoints of a domain, in byte order of their names unless TOPOLOGICAL asks otherwise.
 *
 * checkpoints: when not NULL, receives an array that ends with a NULL beyond the count. Free each
 * entry with virDomainCheckpointFree() and the array with free(). NULL: only count.
 * flags: virDomainCheckpointListFlags. Both or none of LEAVES and NO_LEAVES mean no filter.
 * Returns their number, or -1 with VIR_ERR_NO_DOMAIN, or VIR_ERR_NO_SUPPORT when there are any:
 * they are counted by now, not read.
 */
int virDomainListAllCheckpoints(virDomainPtr domain, virDomainCheckpointPtr **checkpoints,
				unsigned int flags);

/*
 * The name of a checkpoint.
 *
 * Returns a string that lives as long as the handle, or NULL with
 * VIR_ERR_INVALID_DOMAIN_CHECKPOINT.
 */
const char *virDomainCheckpointGetName(virDomainCheckpointPtr checkpoint);

/*
 * Give up a reference; the checkpoint itself is not touched.
 *
 * Returns 0, or -1 with VIR_ERR_INVALID_DOMAIN_CHECKPOINT.
 */
int virDomainCheckpointFree(virDomainCheckpointPtr checkpoint);

#ifdef __cplusplus
}
#endif
