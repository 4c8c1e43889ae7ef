/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The trash: what can be taken back. */
#include <stdlib.h>
#include <domsh/domsh.h>
#include <libvirt/virterror.h>

#include "command.h"
#include "output/errors.h"
#include "output/json.h"
#include "mem.h"
#include "output/outcome.h"
#include "output/output.h"
#include "output/render.h"
#include "output/text.h"

/* ---- trash-list --------------------------------------------------------------------------- */

struct list_args {
	const char *domain;
};

static const struct option list_options[] = {
	{ .name = "domain", VALUE_AT(OPTION_STRING, list_args, domain),
	  .props = OPTION_POSITIONAL, .offer = OFFER_DOMAINS,
	  .summary = "name of a domain, which need not exist any more; its old/ is shown too" },
	{ .name = NULL },
};

static void add_entry(struct sheet *s, const struct domshTrashEntry *e)
{
	char time[40], size[32];

	time_text(time, e->time);
	text_size(size, e->size);
	sheet_add(s, (struct value[]){
		value_text(e->id), value_text(e->domain), value_text(e->what),
		{ .kind = VALUE_TIME, .text = time, .number = e->time },
		e->size < 0 ? value_none(size) : value_number(e->size, size),
		e->command ? value_text(e->command) : value_none("-"),
		value_text(e->uuid) });
}

static bool run_list(struct shell *sh, const void *args)
{
	static const struct column columns[] = {
		{ "id", "Id" }, { "domain", "Domain" }, { "what", "What" }, { "time", "Time" },
		{ "size", "Size" }, { "command", "Command" }, { "uuid", NULL }, { NULL, NULL },
	};
	const struct list_args *a = args;
	struct domshTrashEntry *entries = NULL;
	struct sheet s;
	int n = domshTrashList(sh->conn, a->domain, &entries);

	if (n < 0)
		return fail_call(sh, "Failed to list the trash");
	sheet_init(&s, columns);
	for (int i = 0; i < n; i++)
		add_entry(&s, &entries[i]);
	domshTrashListFree(entries, n);
	render_table(sh, &s);
	return true;
}

const struct command command_trash_list = {
	.name = "trash-list",
	.summary = "list what can be taken back",
	.about = "Lists the trash, the oldest first: what it is, which command put it there, and "
		 "how much space it takes.",
	.options = list_options,
	.args_size = sizeof(struct list_args),
	.run = run_list,
};

/* ---- trash-restore ------------------------------------------------------------------------ */

struct restore_args {
	const char *entry;
};

static const struct option restore_options[] = {
	{ .name = "entry", VALUE_AT(OPTION_STRING, restore_args, entry),
	  .props = OPTION_REQUIRED | OPTION_POSITIONAL, .offer = OFFER_TRASH,
	  .summary = "an id of trash-list, or a domain's name for its newest entry" },
	{ .name = NULL },
};

static bool run_restore(struct shell *sh, const void *args)
{
	const struct restore_args *a = args;
	auto_free char *name = NULL;

	if (domshTrashRestore(sh->conn, a->entry, &name) < 0)
		return fail_call(sh, "Failed to restore '%s' from the trash", a->entry);
	outcome(sh, name ? name : a->entry, NULL, "Domain '%s' restored from the trash",
		name ? name : a->entry);
	return true;
}

const struct command command_trash_restore = {
	.name = "trash-restore",
	.summary = "take something back from the trash",
	.about = "Puts a domain, a configuration, a snapshot record or a saved memory back where "
		 "it was. Refused when its name or its UUID is taken meanwhile.",
	.options = restore_options,
	.args_size = sizeof(struct restore_args),
	.run = run_restore,
};

/* ---- trash-empty -------------------------------------------------------------------------- */

struct empty_args {
	const char *entry;
	long long older_than;
	unsigned dry_run;
};

static const struct option empty_options[] = {
	{ .name = "entry", VALUE_AT(OPTION_STRING, empty_args, entry), .props = OPTION_POSITIONAL,
	  .excludes = 1, .offer = OFFER_TRASH,
	  .summary = "an id of trash-list; everything unless given" },
	{ .name = "older-than", VALUE_AT(OPTION_DURATION, empty_args, older_than), .excludes = 1,
	  .summary = "only what is there for longer: 7d, 12h, 90m; a bare number is days" },
	{ .name = "dry-run", BIT_AT(empty_args, dry_run, 1),
	  .summary = "tell what would be freed, and change nothing" },
	{ .name = NULL },
};

static void tell_freed(const struct shell *sh, const struct empty_args *a, int n, long long freed)
{
	struct json_object *o;
	char size[32];

	if (!sh->settings.json) {
		text_size(size, freed);
		if (a->dry_run)
			print_line(sh, "Would delete %d %s permanently, %s", n,
				   n == 1 ? "entry" : "entries", size);
		else
			say(sh, "Deleted %d %s permanently, %s", n, n == 1 ? "entry" : "entries",
			    size);
		return;
	}
	o = json_object_new_object();
	json_put_text(o, "done", a->dry_run ? NULL : sh->running);
	json_put_bool(o, "dry_run", a->dry_run);
	json_put_number(o, "entries", n, true);
	json_put_number(o, "freed", freed, true);
	json_print(o, stdout);
}

static bool run_empty(struct shell *sh, const void *args)
{
	const struct empty_args *a = args;
	long long freed = 0;
	int n = domshTrashEmpty(sh->conn, a->entry, a->older_than, a->dry_run != 0, &freed);

	if (n < 0)
		return fail_call(sh, "Failed to empty the trash");
	tell_freed(sh, a, n, freed);
	return true;
}

const struct command command_trash_empty = {
	.name = "trash-empty",
	.summary = "delete what is in the trash permanently",
	.about = "Deletes one entry, or all, or all that are older than a time, the old/ of every "
		 "domain included. This cannot be taken back.",
	.options = empty_options,
	.args_size = sizeof(struct empty_args),
	.run = run_empty,
};
