/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Opening test:///default and test:///FILE: a private store, filled with what the URI stands for.
 * From then on it is a store as any other.
 */
#include "engine/open.h"

#include <libvirt/libvirt-domain-snapshot.h>
#include <libvirt/libvirt-domain.h>
#include <string.h>
#include "base/cleanup.h"
#include "base/error.h"
#include "driver/test/node.h"
#include "driver/test/test.h"
#include "engine/op.h"
#include "xml/snapshot.h"

/* ---- test:///default ---- */

static bool put_texts(struct domain_dir *dd, GError **err)
{
	g_autofree char *config = g_strconcat(test_default.open, test_default.body, NULL);
	g_autofree char *live = g_strconcat(test_default.open_live, test_default.body, NULL);

	return domain_put_config(dd, config, err) && domain_put_live(dd, live, err);
}

static bool run_guest(struct domain_dir *dd, struct hv *hv, GError **err)
{
	auto_close int run = run_new(dd, test_default.run_id, err);
	struct guest g = { .name = test_default.name,
			   .uuid = test_default.uuid,
			   .dir_fd = dd->fd,
			   .run_fd = run,
			   .run_id = test_default.run_id };

	return run >= 0 && store_next_id(dd->store, &g.id, err) &&
	       hv->ops->spawn(hv, &g, NULL, false, err) &&
	       test_hv_pretend(hv, &g, GUEST_RUNNING, err) &&
	       last_run_write(dd, g.run_id, 0, NULL, err) && run_publish(dd, g.run_id, err);
}

/* As define and start would leave it, but without any XML being parsed: most who open this want
 * to read a line. */
static bool fill_default(struct hv *hv, void *data, GError **err)
{
	const struct engine *e = data;
	g_autoptr(store) st = store_open(test_hv_root(hv), true, e->command, err);
	struct domain_dir *dd = st ? staging_new(st, err) : NULL;
	bool done = dd && put_texts(dd, err) && run_guest(dd, hv, err) &&
		    store_uuid_link(st, test_default.uuid, test_default.name, err) &&
		    staging_publish(dd, test_default.name, err);

	domain_close(dd);
	return done;
}

/* ---- test:///FILE ---- */

static bool pretend(struct engine *e, const char *name, enum guest_state state, GError **err)
{
	struct op op;
	bool done;

	op_init(&op, e, "start", 0);
	done = op_lock(&op, name, err) && op_open_guest(&op, err) &&
	       test_hv_pretend(e->hv, &op.guest, state, err);
	op_end(&op);
	return done;
}

/* Old records may lack the domain; today's stands in. */
static char *complete_record(struct engine *e, const char *name, const char *text, GError **err)
{
	g_autoptr(xml_tree) record = xml_parse(text, strlen(text), "snapshot", err);
	g_autoptr(xml_tree) domain = NULL;
	g_autofree char *now = NULL;

	if (!record)
		return NULL;
	if (!xml_child(xml_root(record), "domain")) {
		now = engine_xml(e, name, true, true, err);
		domain = now ? xml_parse(now, strlen(now), "domain", err) : NULL;
		if (!domain)
			return NULL;
		xml_graft(xml_root(record), xml_root(domain), NULL);
	}
	return xml_format(record);
}

static bool add_snapshot(struct engine *e, const char *name, const char *text, GError **err)
{
	g_autofree char *uuid = engine_uuid(e, name, err);
	g_autofree char *xml = complete_record(e, name, text, err);
	g_autoptr(snapshot_record) rec = xml ? snapshot_parse(xml, strlen(xml), true, err) : NULL;
	unsigned int flags = VIR_DOMAIN_SNAPSHOT_CREATE_REDEFINE;

	if (!uuid || !rec)
		return false;
	if (rec->has_active_mark)
		flags |= VIR_DOMAIN_SNAPSHOT_CREATE_CURRENT;
	if (!engine_snapshot_create(e, name, xml, flags, NULL, err))
		return false;
	test_hv_add_tag(e->hv, uuid, rec->name,
			rec->state == SNAPSHOT_RUNNING || rec->state == SNAPSHOT_PAUSED);
	return true;
}

static bool add_run(struct engine *e, const struct test_domain *d, struct engine_answer *ret,
		    GError **err)
{
	if (d->is_transient)
		return engine_create(e, d->xml, VIR_DOMAIN_START_PAUSED, ret, err);
	if (!engine_define(e, d->xml, false, ret, err))
		return false;
	return d->state == GUEST_SHUTOFF ||
	       engine_start(e, ret->name, VIR_DOMAIN_START_PAUSED, NULL, err);
}

static bool add_rest(struct engine *e, const struct test_domain *d, const char *name, GError **err)
{
	if (d->state != GUEST_SHUTOFF && !pretend(e, name, d->state, err))
		return false;
	for (guint i = 0; i < d->snapshots->len; i++)
		if (!add_snapshot(e, name, d->snapshots->pdata[i], err))
			return false;
	return !d->has_managed_save ||
	       (engine_start(e, name, 0, NULL, err) && engine_managed_save(e, name, 0, err));
}

static bool add_domain(struct engine *e, const struct test_domain *d, GError **err)
{
	struct engine_answer made = { 0 };
	bool done = add_run(e, d, &made, err) && add_rest(e, d, made.name, err);

	engine_answer_clear(&made);
	return done;
}

struct file_fill {
	const char *path;
	const char *command;
};

/* By the same functions as everybody's define and start. */
static bool fill_from_file(struct hv *hv, void *data, GError **err)
{
	const struct file_fill *fill = data;
	g_autoptr(GPtrArray) domains = test_node_read(fill->path, err);
	struct engine *e = domains ? engine_open_with(test_hv_root(hv), hv, fill->command, err) :
				     NULL;
	bool done = e != NULL;

	for (guint i = 0; done && i < domains->len; i++)
		if (!add_domain(e, domains->pdata[i], err))
			done = fail_prefix(err, "'%s', domain %u", fill->path, i + 1);
	if (e)
		e->hv = NULL; /* not its own */
	engine_close(e);
	return done;
}

/* ---- Both ---- */

/* The path of "test:///path?query". */
static char *path_of(const char *uri, GError **err)
{
	const char *start = g_str_has_prefix(uri, "test:///") ? uri + strlen("test://") : NULL;
	g_autofree char *escaped = start ? g_strndup(start, strcspn(start, "?#")) : NULL;
	char *path = escaped && strcmp(escaped, "/") != 0 ? g_uri_unescape_string(escaped, NULL) :
							     NULL;

	if (!path)
		fail(err, VIR_ERR_INVALID_ARG,
		     "URI '%s' needs an absolute path: use test:///default or test:///path/FILE.xml",
		     uri);
	return path;
}

bool open_test(struct engine *e, GError **err)
{
	g_autofree char *path = path_of(e->uri, err);
	struct file_fill fill = { path, e->command };

	if (!path)
		return false;
	e->hv = strcmp(path, "/default") == 0 ? test_hv_open(true, fill_default, e, err) :
						test_hv_open(false, fill_from_file, &fill, err);
	if (!e->hv)
		return false;
	e->root = g_strdup(test_hv_root(e->hv));
	return true;
}
