/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "domains.h"

#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <libvirt/virterror.h>

#include "language/glob.h"
#include "language/numbers.h"
#include "language/suggest.h"
#include "mem.h"
#include "output/errors.h"

static bool looks_like_uuid(const char *word)
{
	size_t digits = 0;

	for (; *word; word++) {
		if (isxdigit((unsigned char)*word))
			digits++;
		else if (*word != '-')
			return false;
	}
	return digits == 32;
}

virDomainPtr domain_by_word(virConnectPtr conn, const char *word)
{
	virDomainPtr domain = NULL;
	long long id;

	if (number_parse(word, 0, INT_MAX, &id))
		domain = virDomainLookupByID(conn, (int)id);
	if (!domain && looks_like_uuid(word))
		domain = virDomainLookupByUUIDString(conn, word);
	if (domain)
		return domain;
	virResetLastError();
	return virDomainLookupByName(conn, word);
}

static void free_domains(virDomainPtr *domains, int n)
{
	for (int i = 0; i < n; i++)
		virDomainFree(domains[i]);
	free(domains);
}

/* ---- One that is not there ---------------------------------------------------------------- */

/* What the user may have meant. Free it. */
static char *hint_for(virConnectPtr conn, const char *word)
{
	struct suggestions near = { .wanted = word };
	virDomainPtr *domains = NULL;
	int n;
	char *text;

	if (strlen(word) > 4 && strcmp(word + strlen(word) - 4, ".xml") == 0 &&
	    access(word, F_OK) == 0)
		return mem_format("; it is a file: 'define %s' makes a domain of it", word);
	n = virConnectListAllDomains(conn, &domains, 0);
	for (int i = 0; i < n; i++)
		suggest_consider(&near, virDomainGetName(domains[i]));
	text = suggest_text(&near, "");
	free_domains(domains, n);
	return text;
}

static bool fail_absent(struct shell *sh, const char *word)
{
	virErrorPtr err = virSaveLastError();
	bool is_absent = err && err->code == VIR_ERR_NO_DOMAIN;
	auto_free char *hint = is_absent ? hint_for(sh->conn, word) : NULL;

	return fail_saved(sh, err, hint, "failed to get domain '%s'", word);
}

static bool is_absent(void)
{
	return virGetLastErrorCode() == VIR_ERR_NO_DOMAIN;
}

bool domain_find(struct shell *sh, struct domain_target *at, bool absence_ok)
{
	at->domain = domain_by_word(sh->conn, at->word);
	if (!at->domain && !(absence_ok && is_absent()))
		return fail_absent(sh, at->word);
	virResetLastError();
	return true;
}

/* ---- Several ------------------------------------------------------------------------------ */

/* One search: the list it fills and what it is for. */
struct search {
	struct shell *shell;
	struct domain_list *list;
	unsigned filter;
	bool absence_ok, may_repeat;
};

static bool is_listed(const struct domain_list *list, const char *name)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].domain &&
		    strcmp(virDomainGetName(list->items[i].domain), name) == 0)
			return true;
	return false;
}

/* domain: NULL when there is none and that is fine. */
static void add(const struct search *s, const char *word, virDomainPtr take_domain)
{
	struct domain_list *list = s->list;

	if (take_domain && s->may_repeat && is_listed(list, virDomainGetName(take_domain))) {
		virDomainFree(take_domain);
		return;
	}
	list->items = mem_resize(list->items, list->count + 1, sizeof(*list->items));
	list->items[list->count++] = (struct domain_target){ word, take_domain };
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(virDomainGetName(*(const virDomainPtr *)a),
		      virDomainGetName(*(const virDomainPtr *)b));
}

/* Returns how many; -1 with the library's error. */
static int add_matches(const struct search *s, const char *pattern)
{
	virDomainPtr *domains = NULL;
	int n = virConnectListAllDomains(s->shell->conn, &domains, s->filter), matches = 0;

	if (n > 0)
		qsort(domains, (size_t)n, sizeof(virDomainPtr), compare_names);
	for (int i = 0; i < n; i++) {
		if (glob_matches(pattern, virDomainGetName(domains[i]))) {
			add(s, virDomainGetName(domains[i]), domains[i]);
			matches++;
		} else {
			virDomainFree(domains[i]);
		}
	}
	free(domains);
	return n < 0 ? -1 : matches;
}

/* How the domains that a command can act on are called. */
static const char *filter_text(unsigned filter)
{
	static const struct {
		unsigned filter;
		const char *text;
	} rows[] = {
		{ VIR_CONNECT_LIST_DOMAINS_INACTIVE, " that is off" },
		{ VIR_CONNECT_LIST_DOMAINS_ACTIVE, " that is on" },
		{ VIR_CONNECT_LIST_DOMAINS_RUNNING, " that is running" },
		{ VIR_CONNECT_LIST_DOMAINS_PAUSED, " that is paused" },
		{ VIR_CONNECT_LIST_DOMAINS_PERSISTENT, " that is defined" },
		{ VIR_CONNECT_LIST_DOMAINS_MANAGEDSAVE, " with a managed save image" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (rows[i].filter == filter)
			return rows[i].text;
	return "";
}

static bool find_matches(const struct search *s, const char *pattern)
{
	int n = add_matches(s, pattern);

	s->list->is_open = true;
	if (n > 0)
		return true;
	if (n < 0)
		return fail_call(s->shell, "Failed to list domains");
	if (!s->absence_ok)
		return fail_own(s->shell, VIR_ERR_NO_DOMAIN,
				"no domain%s matches '%s'; nothing was done",
				filter_text(s->filter), pattern);
	add(s, pattern, NULL);
	return true;
}

static bool find_word(const struct search *s, const char *word)
{
	virDomainPtr domain = domain_by_word(s->shell->conn, word);

	if (!domain && is_absent() && glob_is_pattern(word))
		return find_matches(s, word);
	if (!domain && !(s->absence_ok && is_absent()))
		return fail_absent(s->shell, word);
	virResetLastError();
	add(s, word, domain);
	return true;
}

bool domains_find(struct shell *sh, const struct word_list *words, unsigned filter,
		  bool absence_ok, struct domain_list *list)
{
	const struct search s = { sh, list, filter, absence_ok, words->count > 1 };

	list->is_open = words->count > 1;
	for (size_t i = 0; i < words->count; i++)
		if (!find_word(&s, words->items[i]))
			return false;
	return true;
}

void domains_release(struct domain_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].domain)
			virDomainFree(list->items[i].domain);
	free(list->items);
	*list = (struct domain_list){ 0 };
}
