/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * What a command is: a row. Parsing, help, completion and the manual's synopsis all read it.
 *
 * A row names its options and the struct that the parser fills for its handler; by the time the
 * handler runs, domains, snapshots and files that the user named are looked up and read, and
 * after it they are released. A handler therefore only acts and prints.
 */
#include <stdbool.h>
#include <stddef.h>
#include <libvirt/libvirt.h>

struct shell;

/* What the parser puts into the command's struct, at option.at. */
enum option_kind {
	OPTION_BOOL,     /* unsigned: option.bit is set in it */
	OPTION_STRING,   /* const char *; option.words, if any, are what Tab offers */
	OPTION_WORD,     /* const char *, one of option.words */
	OPTION_NUMBER,   /* long long, from option.min to option.max */
	OPTION_SCALED,   /* unsigned long long, bytes; option.min is the default unit's size */
	OPTION_DURATION, /* long long, seconds; bare numbers are days */
	OPTION_REST,     /* struct word_list, as many as there are */
	OPTION_DOMAIN,   /* struct domain_target */
	OPTION_SNAPSHOT, /* struct snapshot_target, of the row's domain */
	OPTION_FILE,     /* struct file_target */
	OPTION_KIND_COUNT
};

enum {
	OPTION_REQUIRED = 1 << 0,
	OPTION_POSITIONAL = 1 << 1, /* may be given without its name */
	OPTION_EMPTY_OK = 1 << 2,   /* an empty value means something */
	OPTION_MISSING_OK = 1 << 3, /* with it, a domain that does not exist is no error */
	/* A domain of which several may be named, also by patterns: `run` is called for one after
	 * the other. Of bare words after the first, those that a positional of kind OPTION_WORD
	 * knows are that option's, as in virsh; there is no other positional beside it. */
	OPTION_SEVERAL = 1 << 4,
};

/* What Tab offers for a value whose kind does not say it. */
enum offer {
	OFFER_BY_KIND, /* words, domains, snapshots and files; for other kinds nothing */
	OFFER_COMMANDS, /* and the keywords of groups */
	OFFER_DIRECTORIES,
	OFFER_DOMAINS,
	OFFER_FILES,
	OFFER_TRASH, /* ids of entries, and the domains they are of */
	OFFER_URIS,
	OFFER_COUNT
};

struct word_list {
	const char **items;
	size_t count;
};

struct domain_target {
	const char *word;
	virDomainPtr domain; /* NULL when not given, or absent and that is allowed */
};

/* Several of them: each once, all looked up before anything is done with the first. */
struct domain_list {
	struct domain_target *items;
	size_t count;
	bool is_open; /* several words, or a pattern: there may be more or less than one */
};

struct snapshot_target {
	const char *word;
	virDomainSnapshotPtr snapshot;
};

struct file_target {
	const char *path;
	char *text; /* whole content, at most FILE_LIMIT bytes */
};

struct option {
	const char *name;
	const char *alias; /* another spelling, kept for old scripts, not shown */
	enum option_kind kind;
	unsigned props;
	size_t at;
	unsigned bit;
	const char *const *words; /* of OPTION_WORD; of OPTION_STRING: what may be joined by commas */
	long long min, max;
	unsigned excludes;       /* options that share a bit cannot be given together */
	const char *needs;       /* "a" or "a|b": at least one of these must be given too */
	const char *unsupported; /* why it is refused as yet */
	unsigned domains;        /* Tab: only these, virConnectListAllDomainsFlags; 0: all */
	enum offer offer;        /* Tab */
	const char *summary;
};

enum {
	COMMAND_OFFLINE = 1 << 0, /* needs no connection */
	COMMAND_LONG = 1 << 2,    /* may take long: Ctrl-C is listened to, see job.h */
	COMMAND_HEEDS = 1 << 3,   /* a long one that Ctrl-C ends as its time would: the program goes on */
	COMMAND_ABSENT = 1 << 1,  /* one of virsh's that is not built: takes any words, says why */
};

struct command {
	const char *name;
	const char *summary; /* one line */
	const char *about;   /* sentences for help */
	const struct option *options; /* ends with a row without name; NULL: none */
	size_t args_size;
	unsigned props;
	bool (*run)(struct shell *sh, const void *args); /* false: an error was printed */
	/* For rows with OPTION_SEVERAL, both may be NULL. `check` is called for all domains before
	 * the first run, when there are several: if one fails, none is touched. `after` is called
	 * when run was called for all, for those that it was true for. */
	bool (*check)(struct shell *sh, const void *args);
	bool (*after)(struct shell *sh, const void *args);
};

#define BIT_AT(type, member, bits) \
	.kind = OPTION_BOOL, .at = offsetof(struct type, member), .bit = (bits)
#define VALUE_AT(k, type, member) .kind = (k), .at = offsetof(struct type, member)
#define DOMAIN_AT(type) DOMAIN_THAT(type, 0)
/* `which`: those that the command can act on, VIR_CONNECT_LIST_DOMAINS_… */
#define DOMAIN_THAT(type, which)                                                          \
	{ .name = "domain", VALUE_AT(OPTION_DOMAIN, type, domain),                        \
	  .props = OPTION_REQUIRED | OPTION_POSITIONAL, .domains = (which),               \
	  .summary = "name, id or uuid of the domain" }
#define DOMAINS_AT(type) DOMAINS_THAT(type, 0)
#define DOMAINS_THAT(type, which)                                                         \
	{ .name = "domain", VALUE_AT(OPTION_DOMAIN, type, domain),                        \
	  .props = OPTION_REQUIRED | OPTION_POSITIONAL | OPTION_SEVERAL,                  \
	  .domains = (which),                                                             \
	  .summary = "names, ids or uuids of domains, or patterns of names: * ? […]" }
