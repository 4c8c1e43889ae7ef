/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Which values Tab offers: domains, snapshots, entries of the trash, files, words. */
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <domsh/domsh.h>
#include <libvirt/virterror.h>

#include "command.h"
#include "complete/complete.h"
#include "connection.h"
#include "mem.h"
#include "language/options.h"
#include "domains.h"
#include "table.h"

struct request {
	const struct shell *sh;
	const struct partial *partial; /* NULL: there is no command yet */
	const struct option *option;
	struct candidates *out;
};

/* ---- What the connection knows ------------------------------------------------------------ */

/* One of several domains that was named already is not offered again. */
static bool is_named(const struct request *r, const char *name)
{
	const struct word_list *list;

	if (!r->partial)
		return false;
	if (r->option->props & OPTION_SEVERAL)
		list = &r->partial->bound.names;
	else if (r->option->kind == OPTION_REST)
		list = bound_at(&r->partial->bound, r->option);
	else
		return false;
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->items[i], name) == 0)
			return true;
	return false;
}

/* What costs several looks into the directory of each domain. */
#define COSTLY (VIR_CONNECT_LIST_DOMAINS_HAS_SNAPSHOT | VIR_CONNECT_LIST_DOMAINS_MANAGEDSAVE)
#define COSTLY_MAX 1000 /* of more domains it is not asked: Tab is at once, or it is no help */

/* Domains that can be meant; -1: none can be told. Of any domain the name is enough. */
static int list_domains(const struct request *r, virConnectPtr conn, struct domshDomain **ret)
{
	const char *typed = r->out->typed + r->out->lead;
	unsigned filter = r->option->domains;
	int n;

	if (!filter)
		return domshConnectListDomains(conn, typed, 0, DOMSH_LIST_ONLY_NAMES, ret);
	n = domshConnectListDomains(conn, typed, filter & ~COSTLY, 0, ret);
	if (!(filter & COSTLY) || n <= 0 || n > COSTLY_MAX)
		return n;
	domshDomainsFree(*ret, n);
	*ret = NULL;
	return domshConnectListDomains(conn, typed, filter, 0, ret);
}

static void add_domains(const struct request *r, virConnectPtr conn)
{
	struct domshDomain *domains = NULL;
	int n = list_domains(r, conn, &domains);

	for (int i = 0; i < n; i++)
		if (!is_named(r, domains[i].name))
			candidates_add_value(r->out, domains[i].name);
	domshDomainsFree(domains, n);
}

/* The domain that the words before the cursor name. */
static const char *domain_word(const struct partial *p)
{
	for (const struct option *o = p->bound.command->options; o && o->name; o++)
		if (o->kind == OPTION_DOMAIN && bound_has(&p->bound, o))
			return ((const struct domain_target *)bound_at(&p->bound, o))->word;
	return NULL;
}

static void add_snapshots(const struct request *r, virConnectPtr conn)
{
	const char *word = r->partial ? domain_word(r->partial) : NULL;
	virDomainPtr domain = word ? domain_by_word(conn, word) : NULL;
	virDomainSnapshotPtr *snapshots = NULL;
	int n = domain ? virDomainListAllSnapshots(domain, &snapshots, 0) : 0;

	for (int i = 0; i < n; i++) {
		candidates_add_value(r->out, virDomainSnapshotGetName(snapshots[i]));
		virDomainSnapshotFree(snapshots[i]);
	}
	free(snapshots);
	if (domain)
		virDomainFree(domain);
}

static void add_trash(const struct request *r, virConnectPtr conn)
{
	struct domshTrashEntry *entries = NULL;
	int n = domshTrashList(conn, NULL, &entries);

	for (int i = 0; i < n; i++) {
		candidates_add_value(r->out, entries[i].id);
		candidates_add_value(r->out, entries[i].domain);
	}
	if (n > 0)
		domshTrashListFree(entries, n);
}

static void ask(const struct request *r,
		void (*add)(const struct request *r, virConnectPtr conn))
{
	virConnectPtr conn = connection_look(r->sh);

	if (!conn)
		return;
	add(r, conn);
	virConnectClose(conn);
	virResetLastError();
}

/* ---- Files -------------------------------------------------------------------------------- */

static bool is_directory(int dir, const struct dirent *entry)
{
	struct stat st;

	if (entry->d_type != DT_UNKNOWN && entry->d_type != DT_LNK)
		return entry->d_type == DT_DIR;
	return fstatat(dir, entry->d_name, &st, 0) == 0 && S_ISDIR(st.st_mode);
}

/* The directory part of what is typed, as the system knows it. */
static char *directory_of(const char *typed, size_t length)
{
	const char *home = getenv("HOME");

	if (length == 0)
		return mem_copy(".");
	if (typed[0] == '~' && typed[1] == '/' && home)
		return mem_format("%s%.*s", home, (int)length - 1, typed + 1);
	return mem_format("%.*s", (int)length, typed);
}

static void add_files(const struct request *r, bool only_directories)
{
	const char *typed = r->out->typed + r->out->lead, *slash = strrchr(typed, '/');
	int length = slash ? (int)(slash + 1 - typed) : 0;
	auto_free char *path = directory_of(typed, (size_t)length);
	DIR *dir = opendir(path);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		const char *name = entry->d_name;
		bool is_dir;

		if ((name[0] == '.' && typed[length] != '.') || strcmp(name, ".") == 0 ||
		    strcmp(name, "..") == 0 ||
		    strncmp(name, typed + length, strlen(typed + length)) != 0)
			continue;
		is_dir = is_directory(dirfd(dir), entry);
		if (only_directories && !is_dir)
			continue;
		auto_free char *whole = mem_format("%.*s%s%s", length, typed, name,
						   is_dir ? "/" : "");
		candidates_add_value(r->out, whole);
	}
	if (dir)
		closedir(dir);
}

/* ---- Words -------------------------------------------------------------------------------- */

static void add_words(const struct request *r, const char *const *words)
{
	for (size_t i = 0; words && words[i]; i++)
		candidates_add_value(r->out, words[i]);
}

static void add_commands_and_groups(const struct request *r)
{
	for (const struct group *g = groups; g->title; g++) {
		candidates_add_value(r->out, g->keyword);
		for (size_t i = 0; g->commands[i]; i++)
			candidates_add_value(r->out, g->commands[i]->name);
	}
}

static void add_by_kind(const struct request *r)
{
	switch (r->option->kind) {
	case OPTION_WORD:
	case OPTION_STRING:
		add_words(r, r->option->words);
		break;
	case OPTION_DOMAIN:
		ask(r, add_domains);
		break;
	case OPTION_SNAPSHOT:
		ask(r, add_snapshots);
		break;
	case OPTION_FILE:
		add_files(r, false);
		break;
	default:
		break;
	}
}

void complete_value(const struct shell *sh, const struct partial *p, const struct option *o,
		    struct candidates *c)
{
	static const char *const uris[] = {
		"qemu:///session", "qemu:///system", "qemu:///embed?root=", "test:///default",
		NULL,
	};
	const struct request r = { sh, p, o, c };

	switch (o->offer) {
	case OFFER_COMMANDS:
		add_commands_and_groups(&r);
		break;
	case OFFER_DIRECTORIES:
		add_files(&r, true);
		break;
	case OFFER_FILES:
		add_files(&r, false);
		break;
	case OFFER_DOMAINS:
		ask(&r, add_domains);
		break;
	case OFFER_TRASH:
		ask(&r, add_trash);
		break;
	case OFFER_URIS:
		add_words(&r, uris);
		break;
	case OFFER_BY_KIND:
	case OFFER_COUNT:
		add_by_kind(&r);
		break;
	}
}
