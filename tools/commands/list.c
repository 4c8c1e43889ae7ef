/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command list. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <domsh/domsh.h>

#include "command.h"
#include "output/errors.h"
#include "mem.h"
#include "output/render.h"
#include "commands/list-hint.h"
#include "commands/states.h"

enum {
	LIST_INACTIVE = 1 << 0,
	LIST_ALL = 1 << 1,
	LIST_UUID = 1 << 2,
	LIST_NAME = 1 << 3,
	LIST_ID = 1 << 4,
	LIST_TABLE = 1 << 5,
	LIST_MANAGED_SAVE = 1 << 6,
	LIST_TITLE = 1 << 7,
	LIST_BARE = LIST_UUID | LIST_NAME | LIST_ID,
};

struct list_args {
	unsigned filter; /* virConnectListAllDomainsFlags */
	unsigned flags;  /* LIST_… */
};

#define FILTER(option, bits, text) \
	{ .name = option, BIT_AT(list_args, filter, VIR_CONNECT_LIST_DOMAINS_##bits), \
	  .summary = text }
#define SHOW(option, bits, text) \
	{ .name = option, BIT_AT(list_args, flags, bits), .summary = text }

static const struct option list_options[] = {
	SHOW("inactive", LIST_INACTIVE, "those that are off"),
	SHOW("all", LIST_ALL, "those that are off as well as those that run"),
	FILTER("transient", TRANSIENT, "only those that are not defined and end with their guest"),
	FILTER("persistent", PERSISTENT, "only those that are defined"),
	FILTER("with-snapshot", HAS_SNAPSHOT, "only those with snapshots"),
	FILTER("without-snapshot", NO_SNAPSHOT, "only those without"),
	FILTER("with-checkpoint", HAS_CHECKPOINT, "only those with checkpoints"),
	FILTER("without-checkpoint", NO_CHECKPOINT, "only those without"),
	FILTER("state-running", RUNNING, "only running ones"),
	FILTER("state-paused", PAUSED, "only paused ones"),
	FILTER("state-shutoff", SHUTOFF, "only those that are shut off"),
	FILTER("state-other", OTHER, "only those in another state"),
	FILTER("autostart", AUTOSTART, "only those started at boot"),
	FILTER("no-autostart", NO_AUTOSTART, "only those not started at boot"),
	FILTER("with-managed-save", MANAGEDSAVE, "only those with a managed save image"),
	FILTER("without-managed-save", NO_MANAGEDSAVE, "only those without"),
	SHOW("uuid", LIST_UUID, "bare UUIDs, no table"),
	SHOW("name", LIST_NAME, "bare names, no table"),
	SHOW("id", LIST_ID, "bare ids, no table; of running ones only, unless with names or UUIDs"),
	SHOW("table", LIST_TABLE, "a table in any case; --uuid is then a column"),
	SHOW("managed-save", LIST_MANAGED_SAVE, "call those with a managed save image 'saved'"),
	SHOW("title", LIST_TITLE, "a column with the title"),
	{ .name = NULL },
};

/* ---- Rows --------------------------------------------------------------------------------- */

enum { ID, NAME, STATE, TITLE, UUID, PERSISTENT, COLUMN_COUNT };

static bool is_active(const struct domshDomain *d)
{
	return d->id != (unsigned)-1;
}

/* Active ones by id, then the others by name, whatever its case. */
static int compare(const void *a, const void *b)
{
	const struct domshDomain *x = a, *y = b;
	int order;

	if (is_active(x) != is_active(y))
		return is_active(x) ? -1 : 1;
	if (is_active(x))
		return x->id < y->id ? -1 : x->id > y->id;
	order = strcasecmp(x->name, y->name);
	return order ? order : strcmp(x->name, y->name);
}

/* People are told, behind the word, which guests leave no domain behind; scripts never. */
static char *shown_state(const struct shell *sh, const struct domshDomain *d)
{
	bool is_saved = d->state == VIR_DOMAIN_SHUTOFF && d->hasManagedSave;
	bool vanishes = sh->terminal && !sh->settings.json && !d->isPersistent;
	const char *word = is_saved ? "saved" : state_word(d->state);

	return vanishes ? mem_format("%s (transient)", word) : mem_copy(word);
}

static void add_row(const struct shell *sh, struct sheet *s, const struct domshDomain *d,
		    unsigned flags)
{
	auto_free char *state = shown_state(sh, d);
	char id[16] = "-";
	struct value row[COLUMN_COUNT] = {
		[NAME] = value_text(d->name),
		[STATE] = value_text(state),
		[TITLE] = { .kind = VALUE_ABSENT },
		[UUID] = value_text(d->uuid),
		[PERSISTENT] = value_bool(d->isPersistent, NULL),
	};

	if (is_active(d))
		snprintf(id, sizeof(id), "%u", d->id);
	row[ID] = is_active(d) ? value_number(d->id, id) : value_none(id);
	if (flags & LIST_TITLE)
		row[TITLE] = value_text(d->title ? d->title : "");
	sheet_add(s, row);
}

/* ---- Forms -------------------------------------------------------------------------------- */

/* Bare lines have UUID, id, name in that order. */
static void show_bare(struct shell *sh, const struct domshDomain *list, int n, unsigned flags)
{
	struct sheet s;
	char id[16] = "-";
	struct column columns[] = {
		{ "uuid", flags & LIST_UUID ? "" : NULL },
		{ "id", flags & LIST_ID ? "" : NULL },
		{ "name", flags & LIST_NAME ? "" : NULL },
		{ NULL, NULL },
	};

	sheet_init(&s, columns);
	for (int i = 0; i < n; i++) {
		if ((flags & LIST_BARE) == LIST_ID && !is_active(&list[i]))
			continue;
		if (is_active(&list[i]))
			snprintf(id, sizeof(id), "%u", list[i].id);
		sheet_add(&s, (struct value[]){
			value_text(list[i].uuid),
			value_text(is_active(&list[i]) ? id : "-"), value_text(list[i].name) });
	}
	render_lines(sh, &s);
}

static void show_table(struct shell *sh, const struct domshDomain *list, int n, unsigned flags)
{
	struct sheet s;
	struct column columns[COLUMN_COUNT + 1] = {
		[ID] = { "id", "Id" },
		[NAME] = { "name", "Name" },
		[STATE] = { "state", "State" },
		[TITLE] = { "title", flags & LIST_TITLE ? "Title" : NULL },
		[UUID] = { "uuid", flags & LIST_UUID ? "UUID" : NULL },
		[PERSISTENT] = { "persistent", NULL },
	};

	sheet_init(&s, columns);
	for (int i = 0; i < n; i++)
		add_row(sh, &s, &list[i], flags);
	render_table(sh, &s);
}

static unsigned wanted(const struct list_args *a)
{
	unsigned which = VIR_CONNECT_LIST_DOMAINS_ACTIVE;
	unsigned states = VIR_CONNECT_LIST_DOMAINS_RUNNING | VIR_CONNECT_LIST_DOMAINS_PAUSED |
			  VIR_CONNECT_LIST_DOMAINS_SHUTOFF | VIR_CONNECT_LIST_DOMAINS_OTHER;

	if (a->flags & LIST_ALL)
		which |= VIR_CONNECT_LIST_DOMAINS_INACTIVE;
	else if (a->flags & LIST_INACTIVE)
		which = VIR_CONNECT_LIST_DOMAINS_INACTIVE;
	else if (a->filter & states)
		which = 0; /* the states say it all */
	return which | a->filter;
}

/* What is in the XML is not read for nothing. */
static unsigned details(const struct shell *sh, unsigned flags)
{
	return (sh->settings.json || (flags & LIST_UUID) ? DOMSH_LIST_UUID : 0) |
	       (flags & LIST_TITLE ? DOMSH_LIST_TITLE : 0) |
	       (flags & LIST_MANAGED_SAVE ? DOMSH_LIST_MANAGED_SAVE : 0);
}

static bool run_list(struct shell *sh, const void *args)
{
	const struct list_args *a = args;
	struct domshDomain *list = NULL;
	int n = domshConnectListDomains(sh->conn, NULL, wanted(a), details(sh, a->flags),
					&list);

	if (n < 0)
		return fail_call(sh, "Failed to list domains");
	qsort(list, (size_t)n, sizeof(*list), compare);
	if ((a->flags & LIST_BARE) && !(a->flags & LIST_TABLE) && !sh->settings.json)
		show_bare(sh, list, n, a->flags);
	else
		show_table(sh, list, n, a->flags);
	domshDomainsFree(list, n);
	if (n == 0 && a->filter == 0)
		hint_empty_list(sh, a->flags & (LIST_ALL | LIST_INACTIVE));
	return true;
}

const struct command command_list = {
	.name = "list",
	.summary = "list domains",
	.about = "Lists the domains that run; with --inactive those that are off, with --all both. "
		 "Filters narrow it down; two filters that contradict each other cancel out. "
		 "With --uuid, --name and --id only these are printed, one domain a line.",
	.options = list_options,
	.args_size = sizeof(struct list_args),
	.run = run_list,
};
