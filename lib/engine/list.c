/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What lists and one-line answers tell of domains. */
#include "engine/read.h"

#include <string.h>
#include "base/error.h"
#include "store/lock.h"
#include "xml/peek.h"

static struct domain_brief *brief_of(const char *name, const struct domain_state *s)
{
	struct domain_brief *b = g_new0(struct domain_brief, 1);

	b->name = g_strdup(name);
	b->has_config = s->has_config;
	b->is_alive = s->is_alive;
	b->is_supervised = s->is_supervised;
	b->id = s->is_alive && s->has_run_state ? s->run.id : -1;
	b->state = GUEST_SHUTOFF;
	if (s->is_alive) {
		b->state = s->has_run_state ? s->run.state : GUEST_NOSTATE;
		b->reason = s->has_run_state ? s->run.reason : 0;
		if (b->state == GUEST_SHUTOFF) /* the process is about to leave */
			b->state = GUEST_SHUTDOWN;
	}
	return b;
}

/* What cannot be read is told, never left out. */
static struct domain_brief *brief_unknown(const char *name)
{
	struct domain_brief *b = g_new0(struct domain_brief, 1);

	b->name = g_strdup(name);
	b->has_config = true;
	b->id = -1;
	b->state = GUEST_NOSTATE;
	return b;
}

static bool is_unknown(const struct domain_brief *b)
{
	return !b->is_alive && b->state == GUEST_NOSTATE;
}

void domain_brief_free(struct domain_brief *b)
{
	if (!b)
		return;
	g_free(b->name);
	g_free(b->uuid);
	g_free(b->title);
	g_free(b);
}

/* ---- All of them ---- */

/* As open_domain does it, and without opening the directory of one that is simply off. */
static bool read_listed(struct store *st, const char *name, struct domain_state *s, GError **err)
{
	g_autoptr(domain_dir) dd = NULL;

	if (!domain_read_brief_of(st, name, s, err))
		return false;
	if (s->has_config || s->is_alive)
		return true;
	domain_state_clear(s);
	dd = open_domain(st, name, s, err);
	return dd != NULL;
}

static GPtrArray *names_in(struct store *st, const char *prefix, GError **err)
{
	GPtrArray *names = store_names(st, err);
	guint kept = 0;

	for (guint i = 0; names && i < names->len; i++) {
		gpointer name = g_steal_pointer(&names->pdata[i]);

		if (g_str_has_prefix(name, prefix))
			names->pdata[kept++] = name;
		else
			g_free(name);
	}
	if (names)
		g_ptr_array_set_size(names, (gint)kept);
	return names;
}

GPtrArray *engine_names(struct engine *e, const char *prefix, GError **err)
{
	g_autoptr(store) st = open_store(e, err);

	return st ? names_in(st, prefix, err) : NULL;
}

GPtrArray *engine_list(struct engine *e, GError **err)
{
	return engine_list_prefixed(e, "", err);
}

GPtrArray *engine_list_prefixed(struct engine *e, const char *prefix, GError **err)
{
	g_autoptr(store) st = open_store(e, err);
	g_autoptr(GPtrArray) list =
		g_ptr_array_new_with_free_func((GDestroyNotify)domain_brief_free);
	g_autoptr(GPtrArray) names = st ? names_in(st, prefix, err) : NULL;

	for (guint i = 0; names && i < names->len; i++) {
		struct domain_state s = { 0 };
		g_autoptr(GError) gone = NULL;

		if (read_listed(st, names->pdata[i], &s, &gone))
			g_ptr_array_add(list, brief_of(names->pdata[i], &s));
		else if (!error_is(gone, VIR_ERR_NO_DOMAIN))
			g_ptr_array_add(list, brief_unknown(names->pdata[i]));
		domain_state_clear(&s);
	}
	return names ? g_steal_pointer(&list) : NULL;
}

/* A guest that ends meanwhile takes its live.xml along: then the other one counts. */
static void read_texts(struct domain_dir *dd, struct domain_brief *b)
{
	static const char *const paths[] = { "domain/uuid", "domain/title" };
	g_autofree char *text = NULL;
	char *values[G_N_ELEMENTS(paths)] = { NULL };
	size_t size;

	if (!(b->is_alive && domain_read_xml(dd, "live.xml", &text, &size, NULL)) &&
	    !domain_read_xml(dd, "domain.xml", &text, &size, NULL))
		return;
	xml_peek(text, size, paths, G_N_ELEMENTS(paths), values);
	b->uuid = values[0];
	b->title = values[1];
}

static bool read_details(struct store *st, struct domain_brief *b, unsigned int details,
			 GError **err)
{
	g_autoptr(domain_dir) dd = domain_open(st, b->name, err);

	if (!dd)
		return false;
	if (details & (BRIEF_UUID | BRIEF_TITLE))
		read_texts(dd, b);
	return (!(details & BRIEF_MANAGED_SAVE) ||
		domain_has_file(dd, "managed-save", &b->has_managed_save, err)) &&
	       (!(details & BRIEF_AUTOSTART) || !b->has_config ||
		domain_has_file(dd, "autostart", &b->is_autostart, err)) &&
	       (!(details & BRIEF_SNAPSHOTS) ||
		domain_has_records(dd, "snapshots", &b->has_snapshots, err)) &&
	       (!(details & BRIEF_CHECKPOINTS) ||
		domain_has_records(dd, "checkpoints", &b->has_checkpoints, err));
}

bool engine_list_details(struct engine *e, GPtrArray *briefs, unsigned int details, GError **err)
{
	g_autoptr(store) st = open_store(e, err);

	if (!st)
		return false;
	for (guint i = 0; i < briefs->len;) {
		struct domain_brief *b = briefs->pdata[i];
		g_autoptr(GError) why = NULL;

		if (read_details(st, b, details, &why) || is_unknown(b)) {
			i++;
		} else if (error_is(why, VIR_ERR_NO_DOMAIN)) {
			g_ptr_array_remove_index(briefs, i);
		} else {
			g_propagate_error(err, g_steal_pointer(&why));
			return false;
		}
	}
	return true;
}

/* ---- One ---- */

bool engine_exists(struct engine *e, const char *name, GError **err)
{
	g_autoptr(store) st = open_store(e, err);
	struct domain_state s = { 0 };
	g_autoptr(domain_dir) dd = NULL;

	if (!st)
		return false;
	if (domain_is_defined(st, name))
		return true;
	dd = open_domain(st, name, &s, err);
	domain_state_clear(&s);
	return dd != NULL;
}

struct domain_brief *engine_glance(struct engine *e, const char *name, GError **err)
{
	g_autoptr(store) st = open_store(e, err);
	struct domain_state s = { 0 };
	struct domain_brief *b = NULL;

	if (st && read_listed(st, name, &s, err))
		b = brief_of(name, &s);
	domain_state_clear(&s);
	return b;
}

static const char *last_reason_words[] = { "unknown", "shutdown", "destroyed", "crashed",
					   "migrated", "saved", "failed", "from-snapshot" };

/* Why it is off: what its last run left. */
static int off_reason(struct domain_dir *dd)
{
	g_autofree char *run_id = NULL, *reason = NULL;

	if (!last_run_read(dd, &run_id, &reason, NULL) || !reason)
		return 0;
	for (guint i = 0; i < G_N_ELEMENTS(last_reason_words); i++)
		if (strcmp(reason, last_reason_words[i]) == 0)
			return i;
	return 0;
}

struct domain_brief *engine_brief(struct engine *e, const char *name, GError **err)
{
	g_autoptr(store) st = open_store(e, err);
	struct domain_state s = { 0 };
	g_autoptr(domain_dir) dd = st ? open_domain(st, name, &s, err) : NULL;
	struct domain_brief *b = dd ? brief_of(name, &s) : NULL;

	if (b && b->is_alive)
		b->is_supervised = lock_probe(dd->fd, "run/guard") == LOCK_HELD;
	else if (b)
		b->reason = off_reason(dd);
	domain_state_clear(&s);
	return b;
}
