/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Lists of domains: virConnectListAllDomains() and the four older functions. */
#include <string.h>
#include "api/call.h"
#include "api/list.h"
#include "base/error.h"
#include "store/domain.h"

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
#define STATE_FLAGS (((1u << 16) - 1) & ~BRIEF_FLAGS) /* those that need all facts */

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

static unsigned int state_bits(const struct domain_state *state)
{
	return (state->has_managed_save ? FLAG(MANAGEDSAVE) : FLAG(NO_MANAGEDSAVE)) |
	       (state->is_autostart ? FLAG(AUTOSTART) : FLAG(NO_AUTOSTART)) |
	       (state->n_snapshots ? FLAG(HAS_SNAPSHOT) : FLAG(NO_SNAPSHOT)) |
	       (state->n_checkpoints ? FLAG(HAS_CHECKPOINT) : FLAG(NO_CHECKPOINT));
}

/* A domain that went away meanwhile passes nothing and is no error. */
static bool passes(struct call *c, const struct domain_brief *brief, unsigned int flags,
		   bool *ret_passes)
{
	unsigned int bits = brief_bits(brief);
	struct domain_state state = { 0 };
	bool is_in = list_passes(flags & BRIEF_FLAGS, bits, groups, G_N_ELEMENTS(groups));

	if (is_in && (flags & STATE_FLAGS)) {
		if (engine_state(c->engine, brief->name, &state, &c->err)) {
			bits = state_bits(&state);
			domain_state_clear(&state);
			is_in = list_passes(flags & STATE_FLAGS, bits, groups,
					    G_N_ELEMENTS(groups));
		} else if (error_is(c->err, VIR_ERR_NO_DOMAIN)) {
			g_clear_error(&c->err);
			is_in = false;
		} else {
			return false;
		}
	}
	*ret_passes = is_in;
	return true;
}

int virConnectListAllDomains(virConnectPtr conn, virDomainPtr **domains, unsigned int flags)
{
	g_autoptr(GPtrArray) briefs = NULL;
	g_autoptr(GPtrArray) found = NULL;
	struct call c;

	if (!call_connect(&c, __func__, conn, ACCESS_READ) ||
	    !call_flags(&c, flags, BRIEF_FLAGS | STATE_FLAGS))
		return -1;
	briefs = engine_list(c.engine, &c.err);
	if (call_end(&c, briefs != NULL) < 0)
		return -1;
	found = list_of_handles();
	for (guint i = 0; i < briefs->len; i++) {
		const struct domain_brief *brief = briefs->pdata[i];
		bool is_in = false;

		if (call_end(&c, passes(&c, brief, flags, &is_in)) < 0)
			return -1;
		if (is_in)
			g_ptr_array_add(found, domain_new(conn, brief->name, NULL));
	}
	return list_hand_out(g_steal_pointer(&found), domains);
}

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
