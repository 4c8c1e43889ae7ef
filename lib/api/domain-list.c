/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists of domains: virConnectListAllDomains(), the call that tells what each is, and the four older
 * functions. */
#include <domsh/domsh.h>
#include <string.h>
#include "api/call.h"
#include "api/list.h"

#define FLAG(name) VIR_CONNECT_LIST_DOMAINS_##name

static const unsigned int groups[] = {
	FLAG(ACTIVE) | FLAG(INACTIVE),
	FLAG(PERSISTENT) | FLAG(TRANSIENT),
	FLAG(RUNNING) | FLAG(PAUSED) | FLAG(SHUTOFF) | FLAG(OTHER),
	FLAG(MANAGEDSAVE) | FLAG(NO_MANAGEDSAVE),
	FLAG(AUTOSTART) | FLAG(NO_AUTOSTART),
	FLAG(HAS_SNAPSHOT) | FLAG(NO_SNAPSHOT),
	FLAG(HAS_CHECKPOINT) | FLAG(NO_CHECKPOINT),
};
#define BRIEF_FLAGS ((1u << 8) - 1)                   /* the first three groups */
#define DETAIL_FLAGS (((1u << 16) - 1) & ~BRIEF_FLAGS) /* those that need a look into each */

static unsigned int brief_bits(const struct domain_brief *brief)
{
	unsigned int bits = brief->is_alive ? FLAG(ACTIVE) : FLAG(INACTIVE);

	bits |= brief->has_config ? FLAG(PERSISTENT) : FLAG(TRANSIENT);
	switch (brief->state) {
	case GUEST_RUNNING: return bits | FLAG(RUNNING);
	case GUEST_PAUSED: return bits | FLAG(PAUSED);
	case GUEST_SHUTOFF: return bits | FLAG(SHUTOFF);
	default: return bits | FLAG(OTHER);
	}
}

static unsigned int detail_bits(const struct domain_brief *brief)
{
	return (brief->has_managed_save ? FLAG(MANAGEDSAVE) : FLAG(NO_MANAGEDSAVE)) |
	       (brief->is_autostart ? FLAG(AUTOSTART) : FLAG(NO_AUTOSTART)) |
	       (brief->has_snapshots ? FLAG(HAS_SNAPSHOT) : FLAG(NO_SNAPSHOT)) |
	       (brief->has_checkpoints ? FLAG(HAS_CHECKPOINT) : FLAG(NO_CHECKPOINT));
}

/* What has to be looked at for a filter. */
static unsigned int details_for(unsigned int flags)
{
	static const struct {
		unsigned int flags, detail;
	} rows[] = {
		{ FLAG(MANAGEDSAVE) | FLAG(NO_MANAGEDSAVE), BRIEF_MANAGED_SAVE },
		{ FLAG(AUTOSTART) | FLAG(NO_AUTOSTART), BRIEF_AUTOSTART },
		{ FLAG(HAS_SNAPSHOT) | FLAG(NO_SNAPSHOT), BRIEF_SNAPSHOTS },
		{ FLAG(HAS_CHECKPOINT) | FLAG(NO_CHECKPOINT), BRIEF_CHECKPOINTS },
	};
	unsigned int details = 0;

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
		details |= flags & rows[i].flags ? rows[i].detail : 0;
	return details;
}

/* Only those that pass stay. */
static GPtrArray *sift(GPtrArray *take_briefs, unsigned int flags,
		       unsigned int (*bits)(const struct domain_brief *))
{
	GPtrArray *kept = g_ptr_array_new_with_free_func((GDestroyNotify)domain_brief_free);

	for (guint i = 0; i < take_briefs->len; i++)
		if (list_passes(flags, bits(take_briefs->pdata[i]), groups, G_N_ELEMENTS(groups)))
			g_ptr_array_add(kept, g_steal_pointer(&take_briefs->pdata[i]));
	g_ptr_array_unref(take_briefs);
	return kept;
}

/* What passes the filters, with `details` (enum brief_detail) filled in; NULL with the last error
 * set. Who is out by what is known of all is not looked at any more. */
static GPtrArray *select_domains(struct call *c, const char *prefix, unsigned int flags,
				 unsigned int details)
{
	g_autoptr(GPtrArray) briefs = engine_list_prefixed(c->engine, prefix, &c->err);

	details |= details_for(flags);
	if (briefs)
		briefs = sift(briefs, flags & BRIEF_FLAGS, brief_bits);
	if (call_end(c, briefs && (!details ||
				   engine_list_details(c->engine, briefs, details, &c->err))) < 0)
		return NULL;
	return sift(g_steal_pointer(&briefs), flags & DETAIL_FLAGS, detail_bits);
}

int virConnectListAllDomains(virConnectPtr conn, virDomainPtr **domains, unsigned int flags)
{
	g_autoptr(GPtrArray) briefs = NULL;
	g_autoptr(GPtrArray) found = NULL;
	struct call c;

	if (!call_connect(&c, __func__, conn, ACCESS_READ) ||
	    !call_flags(&c, flags, BRIEF_FLAGS | DETAIL_FLAGS))
		return -1;
	briefs = select_domains(&c, "", flags, 0);
	if (!briefs)
		return -1;
	found = list_of_handles();
	for (guint i = 0; i < briefs->len; i++) {
		const struct domain_brief *brief = briefs->pdata[i];

		g_ptr_array_add(found, domain_new(conn, brief->name, NULL));
	}
	return list_hand_out(g_steal_pointer(&found), domains);
}

/* ---- What each is ------------------------------------------------------------------------- */

static struct domshDomain describe(struct domain_brief *brief)
{
	return (struct domshDomain){
		.name = g_steal_pointer(&brief->name),
		.uuid = g_steal_pointer(&brief->uuid),
		.title = g_steal_pointer(&brief->title),
		.id = (unsigned int)brief->id,
		.state = (int)brief->state,
		.isPersistent = brief->has_config,
		.hasManagedSave = brief->has_managed_save,
	};
}

/* Returns how many. */
static int hand_out(GPtrArray *briefs, struct domshDomain **domains)
{
	*domains = g_new0(struct domshDomain, briefs->len + 1);
	for (guint i = 0; i < briefs->len; i++)
		(*domains)[i] = describe(briefs->pdata[i]);
	return (int)briefs->len;
}

static int hand_out_names(GPtrArray *names, struct domshDomain **domains)
{
	*domains = g_new0(struct domshDomain, names->len + 1);
	for (guint i = 0; i < names->len; i++)
		(*domains)[i] = (struct domshDomain){ .name = g_steal_pointer(&names->pdata[i]),
						      .id = (unsigned int)-1 };
	return (int)names->len;
}

int domshConnectListDomains(virConnectPtr conn, const char *prefix, unsigned int flags,
			    unsigned int details, struct domshDomain **domains)
{
	const unsigned int known = DOMSH_LIST_UUID | DOMSH_LIST_TITLE | DOMSH_LIST_MANAGED_SAVE;
	unsigned int wanted = (details & DOMSH_LIST_UUID ? BRIEF_UUID : 0) |
			      (details & DOMSH_LIST_TITLE ? BRIEF_TITLE : 0) |
			      (details & DOMSH_LIST_MANAGED_SAVE ? BRIEF_MANAGED_SAVE : 0);
	bool only_names = details == DOMSH_LIST_ONLY_NAMES;
	g_autoptr(GPtrArray) found = NULL;
	struct call c;

	if (!call_connect(&c, __func__, conn, ACCESS_READ) ||
	    !call_flags(&c, flags, only_names ? 0 : BRIEF_FLAGS | DETAIL_FLAGS) ||
	    !call_flags(&c, details, only_names ? DOMSH_LIST_ONLY_NAMES : known) ||
	    !call_not_null(&c, domains, "domains"))
		return -1;
	prefix = prefix ? prefix : "";
	if (!only_names) {
		found = select_domains(&c, prefix, flags, wanted);
		return found ? hand_out(found, domains) : -1;
	}
	found = engine_names(c.engine, prefix, &c.err);
	return call_end(&c, found != NULL) < 0 ? -1 : hand_out_names(found, domains);
}

void domshDomainsFree(struct domshDomain *domains, int n)
{
	for (int i = 0; domains && i < n; i++) {
		g_free(domains[i].name);
		g_free(domains[i].uuid);
		g_free(domains[i].title);
	}
	g_free(domains);
}

/* ---- The older functions ------------------------------------------------------------------ */

/* The active or the inactive domains; NULL with the last error set. */
static GPtrArray *list_half(struct call *c, bool is_active)
{
	GPtrArray *briefs = engine_list(c->engine, &c->err);

	if (call_end(c, briefs != NULL) < 0)
		return NULL;
	for (guint i = briefs->len; i > 0; i--) {
		const struct domain_brief *brief = briefs->pdata[i - 1];

		if (brief->is_alive != is_active)
			g_ptr_array_remove_index(briefs, i - 1);
	}
	return briefs;
}

static int count_half(const char *function, virConnectPtr conn, bool is_active)
{
	g_autoptr(GPtrArray) briefs = NULL;
	struct call c;

	if (!call_connect(&c, function, conn, ACCESS_READ))
		return -1;
	briefs = list_half(&c, is_active);
	return briefs ? (int)briefs->len : -1;
}

int virConnectNumOfDomains(virConnectPtr conn)
{
	return count_half(__func__, conn, true);
}

int virConnectNumOfDefinedDomains(virConnectPtr conn)
{
	return count_half(__func__, conn, false);
}

static int compare_ids(const void *a, const void *b)
{
	const struct domain_brief *const *x = a, *const *y = b;

	return ((*x)->id > (*y)->id) - ((*x)->id < (*y)->id);
}

int virConnectListDomains(virConnectPtr conn, int *ids, int maxids)
{
	g_autoptr(GPtrArray) briefs = NULL;
	struct call c;
	int n;

	if (!call_connect(&c, __func__, conn, ACCESS_READ) || !call_array(&c, ids, "ids", maxids))
		return -1;
	briefs = list_half(&c, true);
	if (!briefs)
		return -1;
	g_ptr_array_sort(briefs, compare_ids);
	n = MIN((int)briefs->len, maxids);
	for (int i = 0; i < n; i++)
		ids[i] = ((const struct domain_brief *)briefs->pdata[i])->id;
	return n;
}

int virConnectListDefinedDomains(virConnectPtr conn, char **const names, int maxnames)
{
	g_autoptr(GPtrArray) briefs = NULL;
	struct call c;
	int n;

	if (!call_connect(&c, __func__, conn, ACCESS_READ) ||
	    !call_array(&c, names, "names", maxnames))
		return -1;
	briefs = list_half(&c, false);
	if (!briefs)
		return -1;
	n = MIN((int)briefs->len, maxnames);
	for (int i = 0; i < n; i++)
		names[i] = g_strdup(((const struct domain_brief *)briefs->pdata[i])->name);
	return n;
}
