/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * Facts: what is true of a domain and of a request, as one bit set. Rules see nothing else, so
 * their input space is finite and every case runs in a unit test.
 */
#include <glib.h>

#define FACT_TABLE(X)                                                                       \
	/* of the domain */                                                                 \
	X(PERSISTENT, "persistent")                /* domain.xml exists */                  \
	X(ALIVE, "alive")                          /* run/alive is held */                  \
	X(PAUSED, "paused")                                                                 \
	X(PROTECTED, "protected")                                                           \
	X(UNCLEAR, "unclear")                      /* unfinished work nobody could finish */ \
	X(SNAPSHOTS, "snapshots")                  /* by directory entry */                 \
	X(EXTERNAL_SNAPSHOTS, "external-snapshots")                                         \
	X(CHECKPOINTS, "checkpoints")                                                       \
	X(MANAGED_SAVE, "managed-save")                                                     \
	X(NVRAM, "nvram")                          /* ours or outside, the file exists */   \
	X(NVRAM_OUTSIDE, "nvram-outside")                                                   \
	X(NVRAM_UNFIT, "nvram-unfit")              /* outside, over 64 MiB or no file */    \
	X(TPM, "tpm")                                                                       \
	X(TPM_KEPT, "tpm-kept")                    /* persistent_state='yes' */             \
	X(WORTH_KEEPING, "worth-keeping")          /* its end goes into the trash */        \
	X(WISHES, "wishes")                        /* the file `keep` asks for something */ \
	X(KEPT, "kept")                            /* kept/<uuid> waits for it */           \
	/* of a definition */                                                               \
	X(NEW, "new")                              /* no domain of that name */             \
	X(UUID_DIFFERS, "uuid-differs")            /* the name has another uuid */          \
	X(UUID_TAKEN, "uuid-taken")                /* the uuid has another name */          \
	X(NAME_TAKEN, "name-taken")                                                         \
	X(DISKS_DIFFER, "disks-differ")            /* path or format of a writable disk */  \
	X(XML_UNSUPPORTED, "xml-unsupported")                                               \
	/* of a managed save image */                                                       \
	X(IMAGE_BROKEN, "image-broken")            /* corrupt, foreign, cut */              \
	X(IMAGE_OTHER_RUN, "image-other-run")                                               \
	X(DISKS_CHANGED, "disks-changed")          /* the fingerprint differs */            \
	X(IMAGE_PAUSED, "image-paused")            /* to be resumed paused */               \
	/* of a file that memory is saved to */                                             \
	X(FILE_TAKEN, "file-taken")                /* is there, and no image of this domain */ \
	X(FILE_UNFIT, "file-unfit")                /* a disk, in the store, no regular file */ \
	/* of a snapshot request */                                                         \
	X(RECORD_EXISTS, "record-exists")                                                   \
	X(TAG_EXISTS, "tag-exists")                /* in an image, without a record */      \
	X(TAG_NUMERIC, "tag-numeric")              /* would be taken for an id */           \
	X(TAG_COLLIDES, "tag-collides")            /* an id equals the name */              \
	X(TAG_INCOMPLETE, "tag-incomplete")        /* missing on a disk, or no memory */    \
	X(NO_DISKS, "no-disks")                    /* no writable disk */                   \
	X(RAW_DISKS, "raw-disks")                  /* a writable disk is not qcow2 */       \
	X(NVRAM_RAW, "nvram-raw")                  /* firmware variables no image holds */  \
	X(WANTS_EXTERNAL, "wants-external")                                                 \
	X(WANTS_PARTIAL, "wants-partial")          /* leaves a writable disk out */         \
	X(BITMAPS, "bitmaps")                                                               \
	X(RECORD_BROKEN, "record-broken")          /* does not parse */                     \
	X(RECORD_NO_DOMAIN, "record-no-domain")                                             \
	X(RECORD_EXTERNAL, "record-external")                                               \
	X(RECORD_MEMORY, "record-memory")          /* made while running or paused */       \
	X(CONFIG_DIFFERS, "config-differs")        /* recorded machine is not today's */    \
	X(SEVERAL, "several")                      /* more than one record changes */       \
	X(KEEPS, "keeps")                          /* a revert that keeps what is now */    \
	X(PARENT_BAD, "parent-bad")                /* unknown, itself or a cycle */         \
	X(STATE_CHANGED, "state-changed")          /* online↔offline, disk-only↔full */     \
	/* of a trash entry */                                                              \
	X(IN_TRASH, "in-trash")                    /* a whole directory */                  \
	X(NO_CONFIG, "no-config")                  /* no XML to make one from */            \
	X(UNDEFINED, "undefined")                  /* undefined.xml of a living guest */    \
	/* of unfinished work, for reconcile */                                             \
	X(OP_START, "op-start")                                                             \
	X(OP_SAVE, "op-save")                                                               \
	X(OP_SNAPSHOT, "op-snapshot")                                                       \
	X(OP_DELETE, "op-delete")                                                           \
	X(OP_REVERT, "op-revert")                                                           \
	X(OP_RENAME, "op-rename")                  /* of a record */                        \
	X(PUBLISHED, "published")                  /* run/ is of the intent's run-id */     \
	X(PRELAUNCH, "prelaunch")                  /* never continued */                    \
	X(CONTINUED, "continued")                  /* the intent's step `cont` */           \
	X(COMPLETE, "complete")                    /* image or tag is complete */           \
	X(STOPS_GUEST, "stops-guest")              /* a revert that gives the guest up */   \
	X(WAS_RUNNING, "was-running")

enum fact {
#define X(name, word) FACT_BIT_##name,
	FACT_TABLE(X)
#undef X
	FACT_COUNT
};

/* The bit of each fact (gcc and clang let enum constants be as wide as they need). */
enum fact_bit {
#define X(name, word) FACT_##name = 1ull << FACT_BIT_##name,
	FACT_TABLE(X)
#undef X
};

/* All of them. */
#define FACT_ALL (~0ull >> (64 - FACT_COUNT))

const char *fact_name(enum fact fact);
