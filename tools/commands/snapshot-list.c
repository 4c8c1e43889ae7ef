/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command snapshot-list. */
#include <stdlib.h>
#include <string.h>
#include <libvirt/virterror.h>

#include "command.h"
#include "output/errors.h"
#include "mem.h"
#include "commands/peek.h"
#include "output/render.h"
#include "output/tree.h"

enum {
	LIST_PARENT = 1 << 0,
	LIST_TREE = 1 << 1,
	LIST_NAME = 1 << 2,
	LIST_CURRENT = 1 << 3,
	LIST_ROOTS = 1 << 4,
	LIST_DESCENDANTS = 1 << 5,
};

struct list_args {
	struct domain_target domain;
	struct snapshot_target from;
	unsigned flags;  /* LIST_… */
	unsigned filter; /* virDomainSnapshotListFlags */
};

/* Bits of option.excludes: a tree stands against each filter, these not against each other. */
enum {
	X_START = 1 << 0, /* --roots, --from, --current */
	X_PARENT_ROOTS = 1 << 1,
	X_TREE_PARENT = 1 << 2,
	X_TREE_ROOTS = 1 << 3,
	X_TREE_NAME = 1 << 4,
	X_TREE_LEAVES = 1 << 5,
	X_TREE_NO_LEAVES = 1 << 6,
	X_TREE_METADATA = 1 << 7,
	X_TREE_NO_METADATA = 1 << 8,
	X_TREE_INACTIVE = 1 << 9,
	X_TREE_ACTIVE = 1 << 10,
	X_TREE_DISK_ONLY = 1 << 11,
	X_TREE_INTERNAL = 1 << 12,
	X_TREE_EXTERNAL = 1 << 13,
	X_TREE = X_TREE_PARENT | X_TREE_ROOTS | X_TREE_NAME | X_TREE_LEAVES | X_TREE_NO_LEAVES |
		 X_TREE_METADATA | X_TREE_NO_METADATA | X_TREE_INACTIVE | X_TREE_ACTIVE |
		 X_TREE_DISK_ONLY | X_TREE_INTERNAL | X_TREE_EXTERNAL,
};

#define FILTER(option, bits, text)                                                        \
	{ .name = option, BIT_AT(list_args, filter, VIR_DOMAIN_SNAPSHOT_LIST_##bits),     \
	  .excludes = X_TREE_##bits, .summary = text }

static const struct option list_options[] = {
	DOMAIN_THAT(list_args, VIR_CONNECT_LIST_DOMAINS_HAS_SNAPSHOT),
	{ .name = "parent", BIT_AT(list_args, flags, LIST_PARENT),
	  .excludes = X_PARENT_ROOTS | X_TREE_PARENT, .summary = "a column with the parent" },
	{ .name = "roots", BIT_AT(list_args, flags, LIST_ROOTS),
	  .excludes = X_START | X_PARENT_ROOTS | X_TREE_ROOTS,
	  .summary = "only those without a parent" },
	FILTER("leaves", LEAVES, "only those without children"),
	FILTER("no-leaves", NO_LEAVES, "only those with children"),
	FILTER("metadata", METADATA, "only those with a record, which undefine counts"),
	FILTER("no-metadata", NO_METADATA, "only those without"),
	FILTER("inactive", INACTIVE, "only those taken while the domain was off"),
	FILTER("active", ACTIVE, "only those with the memory of a guest"),
	FILTER("disk-only", DISK_ONLY, "only those of disks alone"),
	FILTER("internal", INTERNAL, "only those inside the disk images"),
	FILTER("external", EXTERNAL, "only those in files of their own"),
	{ .name = "tree", BIT_AT(list_args, flags, LIST_TREE), .excludes = X_TREE,
	  .summary = "draw who descends from whom" },
	{ .name = "from", VALUE_AT(OPTION_SNAPSHOT, list_args, from), .props = OPTION_POSITIONAL,
	  .excludes = X_START, .summary = "only children of this one" },
	{ .name = "current", BIT_AT(list_args, flags, LIST_CURRENT), .excludes = X_START,
	  .summary = "only children of the current one" },
	{ .name = "descendants", BIT_AT(list_args, flags, LIST_DESCENDANTS),
	  .needs = "from|current", .summary = "not only children, but all that descend from it" },
	{ .name = "name", BIT_AT(list_args, flags, LIST_NAME), .excludes = X_TREE_NAME,
	  .summary = "bare names, no table; with --parent the parent's behind it" },
	{ .name = "topological",
	  BIT_AT(list_args, filter, VIR_DOMAIN_SNAPSHOT_LIST_TOPOLOGICAL),
	  .summary = "parents before children, instead of by name" },
	{ .name = NULL },
};

/* ---- What is listed ----------------------------------------------------------------------- */

struct entry {
	virDomainSnapshotPtr snapshot;
	struct snapshot_facts facts;
};

struct listing {
	virDomainSnapshotPtr *snapshots; /* all to be freed */
	struct entry *entries;
	size_t count;
};

static int by_name(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	return strcmp(virDomainSnapshotGetName(x->snapshot),
		      virDomainSnapshotGetName(y->snapshot));
}

static int fetch_below(const struct list_args *a, virDomainSnapshotPtr start,
		       virDomainSnapshotPtr **ret)
{
	unsigned flags = a->filter;

	if (a->flags & LIST_DESCENDANTS)
		flags |= VIR_DOMAIN_SNAPSHOT_LIST_DESCENDANTS;
	return virDomainSnapshotListAllChildren(start, ret, flags);
}

static int fetch(const struct list_args *a, virDomainSnapshotPtr start, virDomainSnapshotPtr **ret)
{
	unsigned roots = a->flags & LIST_ROOTS ? VIR_DOMAIN_SNAPSHOT_LIST_ROOTS : 0;

	if (start)
		return fetch_below(a, start, ret);
	return virDomainListAllSnapshots(a->domain.domain, ret, a->filter | roots);
}

/* A tree begins with the snapshot that it was asked from. */
static void listing_fill(struct listing *l, int n, const struct list_args *a,
			 virDomainSnapshotPtr start)
{
	bool with_start = start && (a->flags & LIST_TREE);

	l->entries = mem_alloc(((size_t)n + 1) * sizeof(*l->entries));
	if (with_start)
		l->entries[l->count++].snapshot = start;
	for (int i = 0; i < n; i++)
		l->entries[l->count++].snapshot = l->snapshots[i];
	if (!(a->filter & VIR_DOMAIN_SNAPSHOT_LIST_TOPOLOGICAL))
		qsort(l->entries, l->count, sizeof(*l->entries), by_name);
}

static void listing_facts(struct listing *l)
{
	for (size_t i = 0; i < l->count; i++) {
		auto_free char *xml = virDomainSnapshotGetXMLDesc(l->entries[i].snapshot, 0);

		if (xml)
			peek_snapshot(xml, &l->entries[i].facts);
		else
			virResetLastError();
	}
}

static void listing_free(struct listing *l, int n)
{
	for (size_t i = 0; i < l->count; i++)
		snapshot_facts_free(&l->entries[i].facts);
	for (int i = 0; i < n; i++)
		virDomainSnapshotFree(l->snapshots[i]);
	free(l->snapshots);
	free(l->entries);
}

/* ---- Forms -------------------------------------------------------------------------------- */

static void show_tree(struct shell *sh, const struct listing *l)
{
	auto_free struct tree_node *nodes = mem_alloc(l->count * sizeof(*nodes));

	for (size_t i = 0; i < l->count; i++)
		nodes[i] = (struct tree_node){ virDomainSnapshotGetName(l->entries[i].snapshot),
					       l->entries[i].facts.parent };
	tree_print(sh, nodes, l->count);
}

static void add_row(struct sheet *s, const struct entry *e)
{
	char time[40] = "-";

	if (e->facts.created)
		time_text(time, e->facts.created);
	sheet_add(s, (struct value[]){
		value_text(virDomainSnapshotGetName(e->snapshot)),
		{ .kind = VALUE_TIME, .text = time, .number = e->facts.created },
		e->facts.state ? value_text(e->facts.state) : value_none("unknown"),
		value_text(e->facts.parent) });
}

static void show_rows(struct shell *sh, const struct listing *l, unsigned flags)
{
	bool bare = flags & LIST_NAME;
	struct sheet s;
	struct column columns[] = {
		{ "name", "Name" }, { "creation_time", bare ? NULL : "Creation Time" },
		{ "state", bare ? NULL : "State" },
		{ "parent", flags & LIST_PARENT ? "Parent" : NULL }, { NULL, NULL },
	};

	sheet_init(&s, columns);
	for (size_t i = 0; i < l->count; i++)
		add_row(&s, &l->entries[i]);
	if (bare)
		render_lines(sh, &s);
	else
		render_table(sh, &s);
}

static bool show(struct shell *sh, const struct list_args *a, virDomainSnapshotPtr start)
{
	struct listing l = { 0 };
	int n = fetch(a, start, &l.snapshots);

	if (n < 0)
		return fail_call(sh, "Failed to list the snapshots of domain '%s'", a->domain.word);
	listing_fill(&l, n, a, start);
	if (sh->settings.json || (a->flags & LIST_PARENT) || !(a->flags & LIST_NAME))
		listing_facts(&l);
	if ((a->flags & LIST_TREE) && !sh->settings.json)
		show_tree(sh, &l);
	else
		show_rows(sh, &l, a->flags);
	listing_free(&l, n);
	return true;
}

static bool run_list(struct shell *sh, const void *args)
{
	const struct list_args *a = args;
	virDomainSnapshotPtr current;
	bool ok;

	if (!(a->flags & LIST_CURRENT))
		return show(sh, a, a->from.snapshot);
	current = virDomainSnapshotCurrent(a->domain.domain, 0);
	if (!current)
		return fail_library(sh);
	ok = show(sh, a, current);
	virDomainSnapshotFree(current);
	return ok;
}

const struct command command_snapshot_list = {
	.name = "snapshot-list",
	.summary = "list the snapshots of a domain",
	.about = "Lists snapshots by name, with the time when they were taken and what the domain "
		 "did then. Two filters that contradict each other cancel out.",
	.options = list_options,
	.args_size = sizeof(struct list_args),
	.run = run_list,
};
