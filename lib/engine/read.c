/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Reading: files and lock probes only. No lock is taken, nothing is changed, no process asked. */
#include "engine/read.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "base/error.h"
#include "base/phrases.h"
#include "base/util.h"
#include "engine/inspect.h"
#include "store/lock.h"
#include "xml/node.h"
#include "xml/peek.h"

#define READ_TRIES 5

struct store *open_store(struct engine *e, GError **err)
{
	struct store *st = NULL;

	pthread_mutex_lock(&e->reader_mutex);
	if (e->reader && !store_is_there(e->reader))
		g_clear_pointer(&e->reader, store_close);
	if (!e->reader)
		e->reader = store_open(e->root, false, e->command, err);
	if (e->reader)
		st = store_ref(e->reader);
	pthread_mutex_unlock(&e->reader_mutex);
	return st;
}

struct domain_dir *open_domain(struct store *st, const char *name, struct domain_state *s,
			       GError **err)
{
	g_autoptr(domain_dir) dd = domain_open(st, name, err);

	if (!dd || !domain_read_brief(dd, s, err))
		return NULL;
	if (!s->has_config && !s->is_alive) {
		domain_state_clear(s);
		if (!domain_read_state(dd, s, err))
			return NULL;
		if (domain_existence(s) == EXISTENCE_GARBAGE) {
			domain_state_clear(s);
			fail(err, VIR_ERR_NO_DOMAIN, PHRASE_NO_DOMAIN_NAME, name);
			return NULL;
		}
	}
	return g_steal_pointer(&dd);
}

bool engine_state(struct engine *e, const char *name, struct domain_state *ret_state, GError **err)
{
	g_autoptr(store) st = open_store(e, err);
	struct domain_state s = { 0 };
	g_autoptr(domain_dir) dd = st ? open_domain(st, name, &s, err) : NULL;

	domain_state_clear(&s);
	return dd && domain_read_state(dd, ret_state, err);
}

/* ---- Looking up ---- */

static char *uuid_of(struct domain_dir *dd, const struct domain_state *s)
{
	const char *file = s->has_config ? "domain.xml" : "live.xml";
	g_autofree char *text = NULL;
	size_t size;

	if (!domain_read_xml(dd, file, &text, &size, NULL))
		return NULL;
	return xml_peek_one(text, size, "domain/uuid");
}

static bool has_uuid(struct store *st, const char *name, const char *uuid)
{
	struct domain_state s = { 0 };
	g_autoptr(domain_dir) dd = open_domain(st, name, &s, NULL);
	g_autofree char *there = dd ? uuid_of(dd, &s) : NULL;

	domain_state_clear(&s);
	return there && g_ascii_strcasecmp(there, uuid) == 0;
}

char *engine_name_by_uuid(struct engine *e, const char *uuid, GError **err)
{
	g_autoptr(store) st = open_store(e, err);
	g_autofree char *hint = st ? store_uuid_hint(st, uuid) : NULL;
	g_autoptr(GPtrArray) names = NULL;

	if (!st)
		return NULL;
	if (hint && has_uuid(st, hint, uuid))
		return g_steal_pointer(&hint);
	names = store_names(st, err);
	for (guint i = 0; names && i < names->len; i++)
		if (has_uuid(st, names->pdata[i], uuid))
			return g_strdup(names->pdata[i]);
	if (names)
		fail(err, VIR_ERR_NO_DOMAIN, PHRASE_NO_DOMAIN_UUID, uuid);
	return NULL;
}

char *engine_name_by_id(struct engine *e, int id, GError **err)
{
	g_autoptr(GPtrArray) list = engine_list(e, err);

	for (guint i = 0; list && i < list->len; i++) {
		const struct domain_brief *b = list->pdata[i];

		if (b->is_alive && b->id == id)
			return g_strdup(b->name);
	}
	if (list)
		fail(err, VIR_ERR_NO_DOMAIN, PHRASE_NO_DOMAIN_ID, id);
	return NULL;
}

char *engine_uuid(struct engine *e, const char *name, GError **err)
{
	g_autoptr(store) st = open_store(e, err);
	struct domain_state s = { 0 };
	g_autoptr(domain_dir) dd = st ? open_domain(st, name, &s, err) : NULL;
	char *uuid = dd ? uuid_of(dd, &s) : NULL;

	domain_state_clear(&s);
	if (dd && !uuid)
		fail(err, VIR_ERR_INTERNAL_ERROR, "domain '%s' has no readable uuid", name);
	return uuid;
}

/* ---- Documents ---- */

static void strip_secrets(struct xml_node *node)
{
	static const char *const secrets[] = { "passwd", "password" };

	for (guint i = 0; i < G_N_ELEMENTS(secrets); i++) {
		g_autofree char *value = xml_attr(node, secrets[i]);

		if (value)
			xml_set_attr(node, secrets[i], NULL);
	}
	for (struct xml_node *child = xml_child(node, NULL); child; child = xml_next(child, NULL))
		strip_secrets(child);
}

char *op_strip_secrets(char *take_text, size_t size, GError **err)
{
	g_autofree char *text = take_text;
	g_autoptr(xml_tree) tree = NULL;

	if (!strstr(text, "passw"))
		return g_steal_pointer(&text);
	tree = xml_parse(text, size, "record", err);
	if (!tree)
		return NULL;
	strip_secrets(xml_root(tree));
	return xml_format(tree);
}

/* A copy of bytes wherever it may be: the directory's name is the name, and secrets stay. */
static char *fit_for_showing(const char *name, char *take_text, size_t size, bool security,
			     GError **err)
{
	g_autofree char *text = take_text;
	g_autofree char *there = xml_peek_one(text, size, "domain/name");
	bool has_secret = !security && strstr(text, "passw");
	g_autoptr(xml_tree) tree = NULL;

	if (g_strcmp0(there, name) == 0 && !has_secret)
		return g_steal_pointer(&text);
	tree = xml_parse(text, size, "domain", err);
	if (!tree)
		return NULL;
	domain_xml_set_name(tree, name);
	if (has_secret)
		strip_secrets(xml_root(tree));
	return xml_format(tree);
}

/* The configuration of now, as its file has it. */
struct today {
	char *text;
	size_t size;
	bool is_live;
	guint32 channels;
};

static bool read_once(struct engine *e, const char *name, bool inactive, struct today *ret,
		      GError **err)
{
	g_autoptr(store) st = open_store(e, err);
	struct domain_state s = { 0 };
	g_autoptr(domain_dir) dd = st ? open_domain(st, name, &s, err) : NULL;

	ret->is_live = s.is_alive && !(inactive && s.has_config);
	ret->channels = s.run.channels;
	domain_state_clear(&s);
	return dd && domain_read_xml(dd, ret->is_live ? "live.xml" : "domain.xml", &ret->text,
				     &ret->size, err);
}

/* A guest that ends between the two looks takes its live.xml along: look again. */
static bool read_today(struct engine *e, const char *name, bool inactive, struct today *ret,
		       GError **err)
{
	g_autoptr(GError) why = NULL;

	for (int i = 0; i < READ_TRIES; i++) {
		g_clear_error(&why);
		if (read_once(e, name, inactive, ret, &why))
			return true;
		if (!error_is_os(why, ENOENT))
			break;
	}
	g_propagate_error(err, g_steal_pointer(&why));
	return false;
}

static char *show(struct engine *e, const char *name, const struct today *take_today,
		  bool security, GError **err)
{
	g_autofree char *text = take_today->text;
	g_autofree char *run_dir = engine_run_path(e, name, NULL);
	g_autoptr(xml_tree) tree = xml_build(text, take_today->size, "domain", err);

	if (!tree)
		return NULL;
	domain_xml_set_name(tree, name);
	e->hv->ops->show(tree, run_dir, take_today->channels);
	if (!security)
		strip_secrets(xml_root(tree));
	return xml_format(tree);
}

char *engine_xml(struct engine *e, const char *name, bool inactive, bool security, GError **err)
{
	struct today today;

	if (!read_today(e, name, inactive, &today, err))
		return NULL;
	return today.is_live && e->hv->ops->show
		       ? show(e, name, &today, security, err)
		       : fit_for_showing(name, today.text, today.size, security, err);
}

void domain_info_clear(struct domain_info *info)
{
	g_free(info->os_type);
	g_free(info->title);
	memset(info, 0, sizeof(*info));
}

static guint64 scaled_kib(const char *number, const char *unit)
{
	static const struct {
		const char *unit;
		double kib;
	} units[] = { { "b", 1.0 / 1024 }, { "bytes", 1.0 / 1024 }, { "k", 1 }, { "KiB", 1 },
		      { "M", 1024 },       { "MiB", 1024 },         { "G", 1 << 20 },
		      { "GiB", 1 << 20 },  { "T", 1 << 30 },        { "TiB", 1 << 30 },
		      { "KB", 1000.0 / 1024 }, { "MB", 1e6 / 1024 }, { "GB", 1e9 / 1024 } };
	double value = number ? g_ascii_strtoull(number, NULL, 10) : 0;

	for (guint i = 0; unit && i < G_N_ELEMENTS(units); i++)
		if (g_ascii_strcasecmp(unit, units[i].unit) == 0)
			return value * units[i].kib;
	return value;
}

bool engine_info(struct engine *e, const char *name, bool inactive, struct domain_info *ret_info,
		 GError **err)
{
	static const char *const paths[] = { "domain/memory",        "domain/memory/@unit",
					     "domain/currentMemory", "domain/currentMemory/@unit",
					     "domain/vcpu",          "domain/vcpu/@current",
					     "domain/os/type",       "domain/title" };
	char *v[G_N_ELEMENTS(paths)] = { NULL };
	struct today today;

	if (!read_today(e, name, inactive, &today, err))
		return false;
	xml_peek(today.text, today.size, paths, G_N_ELEMENTS(paths), v);
	g_free(today.text);
	memset(ret_info, 0, sizeof(*ret_info));
	ret_info->max_memory_kib = scaled_kib(v[0], v[1]);
	ret_info->memory_kib = v[2] ? scaled_kib(v[2], v[3]) : ret_info->max_memory_kib;
	ret_info->max_vcpus = v[4] ? g_ascii_strtoull(v[4], NULL, 10) : 1;
	ret_info->vcpus = v[5] ? g_ascii_strtoull(v[5], NULL, 10) : ret_info->max_vcpus;
	ret_info->os_type = g_steal_pointer(&v[6]);
	ret_info->title = g_steal_pointer(&v[7]);
	for (guint i = 0; i < G_N_ELEMENTS(paths); i++)
		g_free(v[i]);
	return true;
}

/* Fields 14 and 15 of /proc/PID/stat, after the name in parentheses. */
static guint64 process_ticks(int pid)
{
	g_autofree char *path = g_strdup_printf("/proc/%d/stat", pid);
	g_autofree char *text = NULL;
	g_auto(GStrv) fields = NULL;
	const char *rest;

	if (!g_file_get_contents(path, &text, NULL, NULL))
		return 0;
	rest = strrchr(text, ')');
	fields = rest ? g_strsplit(rest + 2, " ", 15) : NULL;
	if (!fields || g_strv_length(fields) < 13)
		return 0;
	return g_ascii_strtoull(fields[11], NULL, 10) + g_ascii_strtoull(fields[12], NULL, 10);
}

guint64 engine_cpu_time(struct engine *e, const char *name)
{
	struct domain_state s = { 0 };
	guint64 ticks = 0;

	if (!engine_state(e, name, &s, NULL))
		return 0;
	if (s.is_alive && s.has_run_state && pid_start_time(s.run.pid) == s.run.pid_start)
		ticks = process_ticks(s.run.pid);
	domain_state_clear(&s);
	return ticks * (G_GUINT64_CONSTANT(1000000000) / sysconf(_SC_CLK_TCK));
}
