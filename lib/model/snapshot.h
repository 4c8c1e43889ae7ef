/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* A snapshot record as data; its XML form is lib/xml/snapshot.h, its file lib/store/records.h. */
#include <glib.h>
#include <stdbool.h>

enum snapshot_state {
	SNAPSHOT_SHUTOFF,
	SNAPSHOT_RUNNING,
	SNAPSHOT_PAUSED,
	SNAPSHOT_DISK_ONLY, /* "disk-snapshot" */
	SNAPSHOT_STATE_COUNT
};

enum snapshot_kind { SNAPSHOT_KIND_NO, SNAPSHOT_KIND_INTERNAL, SNAPSHOT_KIND_EXTERNAL };

struct snapshot_disk {
	char *name; /* target, "vda" */
	enum snapshot_kind kind;
	bool is_default; /* the XML names the disk but says no kind; kind is internal then */
	char *file;      /* external: the overlay; NULL: to be chosen */
	char *format;    /* of the overlay, "qcow2"; NULL: not said */
};
void snapshot_disk_free(struct snapshot_disk *disk);

struct snapshot_record {
	char *name;
	char *description;
	char *parent;
	enum snapshot_state state;
	gint64 creation_time; /* seconds since the epoch */
	enum snapshot_kind memory;
	bool has_memory; /* the XML says what becomes of the memory */
	char *memory_file;
	GPtrArray *disks; /* struct snapshot_disk */
	bool has_domain;
	bool has_active_mark; /* libvirt's <active>1</active>; not seen by snapshot_peek */
	char *domain_uuid;    /* of the <domain> inside, when parsed in full */
};

struct snapshot_record *snapshot_record_new(void); /* with an empty array of disks */
void snapshot_record_free(struct snapshot_record *rec);
typedef struct snapshot_record snapshot_record;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(snapshot_record, snapshot_record_free)

bool snapshot_record_is_external(const struct snapshot_record *rec);
const char *snapshot_state_name(enum snapshot_state state);
/* False when the word is unknown. */
bool snapshot_state_parse(const char *word, enum snapshot_state *ret_state);
