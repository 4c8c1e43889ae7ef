/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * The head of a record read in one pass over its bytes, for lists of thousands. Only what we write
 * ourselves is understood: anything else is left to the tree.
 */
#include "xml/snapshot-head.h"

#include <string.h>

#include "xml/scan.h"
#include "xml/value.h"

#define DEPTH 4

enum { NAME, STATE, PARENT, TIME, DESCRIPTION, N_VALUES };

static const struct {
	const char *path[DEPTH];
} values[N_VALUES] = {
	[NAME] = { { "domainsnapshot", "name" } },
	[STATE] = { { "domainsnapshot", "state" } },
	[PARENT] = { { "domainsnapshot", "parent", "name" } },
	[TIME] = { { "domainsnapshot", "creationTime" } },
	[DESCRIPTION] = { { "domainsnapshot", "description" } },
};

struct head {
	struct xml_scan scan;
	struct span open[DEPTH];
	int depth;
	bool has_domain, is_over;
	struct snapshot_record *rec;
	char *texts[N_VALUES];
};

/* From the inside, where paths differ; most are of another depth anyway. */
static bool is_at(const struct head *h, const char *const *path)
{
	if (h->depth == 0 || !path[h->depth - 1] || (h->depth < DEPTH && path[h->depth]))
		return false;
	for (int i = h->depth; i-- > 0;)
		if (!span_is(h->open[i], path[i]))
			return false;
	return true;
}

/* "no" or "internal"; what is external is not read here. */
static bool read_kind(const struct head *h, enum snapshot_kind *ret_kind)
{
	struct xml_attribute a;

	if (!xml_find_attribute(h->scan.whole, "snapshot", &a))
		return false;
	*ret_kind = span_is(a.value, "no") ? SNAPSHOT_KIND_NO : SNAPSHOT_KIND_INTERNAL;
	return span_is(a.value, "no") || span_is(a.value, "internal");
}

static bool enter(struct head *h)
{
	static const char *const memory[DEPTH] = { "domainsnapshot", "memory" };
	static const char *const disk[DEPTH] = { "domainsnapshot", "disks", "disk" };
	struct span name = h->scan.name;
	enum snapshot_kind kind;
	bool is_none;

	if (h->depth == DEPTH || xml_declares_namespace(h->scan.whole, &is_none))
		return false;
	if (h->depth == 1 && (span_is(name, "domain") || span_is(name, "inactiveDomain"))) {
		h->has_domain = span_is(name, "domain");
		h->is_over = true;
		return true;
	}
	h->open[h->depth++] = name;
	if (is_at(h, memory)) {
		h->rec->has_memory = read_kind(h, &h->rec->memory);
		return h->rec->has_memory;
	}
	return !is_at(h, disk) || read_kind(h, &kind);
}

static bool leave(struct head *h)
{
	struct span name = h->scan.name;

	if (h->depth == 0 || h->open[h->depth - 1].size != name.size ||
	    memcmp(h->open[h->depth - 1].at, name.at, name.size) != 0)
		return false;
	h->depth--;
	h->is_over = h->depth == 0;
	return true;
}

static bool take_text(struct head *h)
{
	for (int i = 0; i < N_VALUES; i++) {
		if (!is_at(h, values[i].path))
			continue;
		if (h->texts[i])
			return false;
		h->texts[i] = xml_decode(h->scan.whole, false);
		return h->texts[i] != NULL;
	}
	return true;
}

static bool scan(struct head *h)
{
	while (!h->is_over) {
		bool ok;

		switch (xml_scan_next(&h->scan)) {
		case TOKEN_OPEN:
			ok = enter(h);
			break;
		case TOKEN_EMPTY:
			ok = enter(h) && (h->is_over || leave(h));
			break;
		case TOKEN_CLOSE:
			ok = leave(h);
			break;
		case TOKEN_TEXT:
			ok = take_text(h);
			break;
		default:
			ok = false;
		}
		if (!ok)
			return false;
	}
	return true;
}

static bool fill(struct head *h)
{
	struct snapshot_record *rec = h->rec;
	guint64 seconds;
	bool is_online;

	if (!h->texts[NAME] || !h->texts[STATE] || !h->texts[TIME] ||
	    !snapshot_state_parse(h->texts[STATE], &rec->state) ||
	    !value_uint(h->texts[TIME], G_MAXINT64, &seconds))
		return false;
	is_online = rec->state == SNAPSHOT_RUNNING || rec->state == SNAPSHOT_PAUSED;
	if (!rec->has_memory)
		rec->memory = is_online ? SNAPSHOT_KIND_INTERNAL : SNAPSHOT_KIND_NO;
	rec->name = g_steal_pointer(&h->texts[NAME]);
	rec->description = g_steal_pointer(&h->texts[DESCRIPTION]);
	rec->parent = g_steal_pointer(&h->texts[PARENT]);
	rec->creation_time = (gint64)seconds;
	rec->has_domain = h->has_domain;
	return (is_online || rec->memory == SNAPSHOT_KIND_NO) &&
	       snapshot_name_check(rec->name, NULL);
}

struct snapshot_record *snapshot_head(const char *text, size_t size)
{
	g_autoptr(snapshot_record) rec = snapshot_record_new();
	struct head h = { .rec = rec };
	bool ok;

	xml_scan_init(&h.scan, text, size);
	ok = scan(&h) && fill(&h);
	for (int i = 0; i < N_VALUES; i++)
		g_free(h.texts[i]);
	return ok ? g_steal_pointer(&rec) : NULL;
}
