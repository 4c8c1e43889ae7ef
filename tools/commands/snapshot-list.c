/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command snapshot-list. */
#include <stdio.h>
#include <domsh/domsh.h>
#include <libvirt/virterror.h>

#include "command.h"
#include "output/errors.h"
#include "mem.h"
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

/* ---- Forms -------------------------------------------------------------------------------- */

/* What is listed. A tree begins with the snapshot that it was asked from. */
struct listing {
	struct domshSnapshot *snapshots;
	size_t count;
	const char *from; /* its name; NULL: all are listed */
};

static void show_tree(struct shell *sh, const struct listing *l)
{
	auto_free struct tree_node *nodes = mem_alloc((l->count + 1) * sizeof(*nodes));
	size_t n = 0;

	if (l->from)
		nodes[n++] = (struct tree_node){ l->from, NULL };
	for (size_t i = 0; i < l->count; i++)
		nodes[n++] = (struct tree_node){ l->snapshots[i].name, l->snapshots[i].parent };
	tree_print(sh, nodes, n);
}

static void add_row(struct sheet *s, const struct domshSnapshot *e)
{
	char time[40] = "-", children[16];

	if (e->time)
		time_text(time, e->time);
	snprintf(children, sizeof(children), "%u", e->children);
	sheet_add(s, (struct value[]){
		value_text(e->name),
		{ .kind = VALUE_TIME, .text = time, .number = e->time },
		e->state ? value_text(e->state) : value_none("unknown"), value_text(e->parent),
		e->state ? value_text(e->isExternal ? "external" : "internal") : value_none("-"),
		value_bool(e->isCurrent, e->isCurrent ? "yes" : "no"),
		value_number(e->children, children) });
}

static void show_rows(struct shell *sh, const struct listing *l, unsigned flags)
{
	bool bare = flags & LIST_NAME;
	struct sheet s;
	struct column columns[] = {
		{ "name", "Name" }, { "creation_time", bare ? NULL : "Creation Time" },
		{ "state", bare ? NULL : "State" },
		{ "parent", flags & LIST_PARENT ? "Parent" : NULL },
		{ "location", NULL }, { "current", NULL }, { "children", NULL }, { NULL, NULL },
	};

	sheet_init(&s, columns);
	for (size_t i = 0; i < l->count; i++)
		add_row(&s, &l->snapshots[i]);
	if (bare)
		render_lines(sh, &s);
	else
		render_table(sh, &s);
}

/* ---- The command -------------------------------------------------------------------------- */

static unsigned filter_of(const struct list_args *a, const char *from)
{
	if (from)
		return a->filter | (a->flags & LIST_DESCENDANTS
					    ? VIR_DOMAIN_SNAPSHOT_LIST_DESCENDANTS : 0);
	return a->filter | (a->flags & LIST_ROOTS ? VIR_DOMAIN_SNAPSHOT_LIST_ROOTS : 0);
}

static bool show(struct shell *sh, const struct list_args *a, const char *from)
{
	struct listing l = { .from = from };
	int n = domshDomainListSnapshots(a->domain.domain, from, filter_of(a, from), &l.snapshots);

	if (n < 0)
		return fail_call(sh, "Failed to list the snapshots of domain '%s'", a->domain.word);
	l.count = (size_t)n;
	if ((a->flags & LIST_TREE) && !sh->settings.json)
		show_tree(sh, &l);
	else
		show_rows(sh, &l, a->flags);
	domshSnapshotsFree(l.snapshots, n);
	return true;
}

static bool run_list(struct shell *sh, const void *args)
{
	const struct list_args *a = args;
	virDomainSnapshotPtr current;
	bool ok;

	if (!(a->flags & LIST_CURRENT))
		return show(sh, a, a->from.word);
	current = virDomainSnapshotCurrent(a->domain.domain, 0);
	if (!current)
		return fail_library(sh);
	ok = show(sh, a, virDomainSnapshotGetName(current));
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
