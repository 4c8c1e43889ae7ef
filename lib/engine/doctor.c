/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is out of step in a store. Everything is only looked at; commands repair as they come by. */
#include "engine/doctor.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "base/cleanup.h"
#include "base/error.h"
#include "base/escape.h"
#include "base/util.h"
#include "store/lock.h"
#include "xml/peek.h"

static void finding_free(void *data)
{
	struct finding *f = data;

	g_free(f->domain);
	g_free(f->item);
	g_free(f->what);
	g_free(f->remedy);
	g_free(f->done);
	g_free(f);
}

void exam_tell(struct exam *x, const char *code, const char *item, const char *remedy,
	       const char *format, ...)
{
	struct finding *f = g_new0(struct finding, 1);
	va_list args;

	va_start(args, format);
	f->what = g_strdup_vprintf(format, args);
	va_end(args);
	f->domain = g_strdup(x->name);
	f->code = code;
	f->item = g_strdup(item);
	f->remedy = g_strdup(remedy);
	g_ptr_array_add(x->findings, f);
}

/* ---- One domain ---- */

/* Work that was begun; while somebody holds the lock it is being done. */
static void examine_intent(struct exam *x)
{
	static const char remedy[] =
		"the next command that changes the domain finishes it or takes it back";
	struct intent in = { 0 };
	g_autoptr(GError) error = NULL;

	if (!x->state.has_intent || lock_probe(x->dd->fd, "lock") == LOCK_HELD)
		return;
	if (!intent_read(x->dd, &in, &error)) {
		if (!error_is_os(error, ENOENT))
			exam_tell(x, "intent-broken", NULL, "look at the file 'intent' in its directory",
			     "unfinished work that cannot be read: %s", error->message);
		return;
	}
	exam_tell(x, "intent", NULL, remedy, "'%s' was not finished", in.op);
	intent_clear(&in);
}

static void examine_run(struct exam *x)
{
	const struct domain_state *s = &x->state;

	if (s->is_foreign_run)
		exam_tell(x, "foreign-run", NULL, "only that machine knows whether the guest runs there",
		     "its run/ is of another machine");
	else if (s->is_alive && !s->is_supervised)
		exam_tell(x, "unsupervised", NULL, "any command that changes the guest starts a guard",
		     "the guest runs without a guard");
	else if (s->has_run && !s->is_alive && !s->is_supervised)
		exam_tell(x, "stale-run", NULL, "the next command that changes the domain clears it",
		     "the guest ended and nobody did what its end asks for");
}

static void examine_existence(struct exam *x)
{
	switch (domain_existence(&x->state)) {
	case EXISTENCE_UNCLEAR:
		exam_tell(x, "unclear", NULL, "look into its directory: what is there must not go by itself",
		     "no configuration, but state that only it explains");
		break;
	case EXISTENCE_GARBAGE:
		if (lock_probe(x->dd->fd, "lock") != LOCK_HELD)
			exam_tell(x, "leftover", NULL, "the next command on this name puts it into the trash",
			     "the directory of a transient guest that has ended");
		break;
	default:
		break;
	}
}

static void examine_index(struct exam *x, const char *uuid)
{
	g_autofree char *hint = store_uuid_hint(x->st, uuid);

	if (g_strcmp0(hint, x->name) == 0)
		return;
	exam_tell(x, "uuid", NULL,
		  "doctor --fix, or defining it again, writes it; until then its uuid looks free",
		  "the index has %s under its uuid", hint ? hint : "nothing");
}

static void examine_config(struct exam *x)
{
	const char *file = x->state.has_config ? "domain.xml" : "live.xml";
	g_autofree char *text = NULL, *uuid = NULL;
	g_autoptr(xml_tree) tree = NULL;
	g_autoptr(GError) error = NULL;
	size_t size;

	if (!x->state.has_config && !x->state.is_alive)
		return;
	if (domain_read_xml(x->dd, file, &text, &size, &error))
		tree = xml_parse(text, size, "domain", &error);
	if (!tree) {
		exam_tell(x, "config", NULL, "trash-list shows older ones", "%s cannot be used: %s", file,
		     error->message);
		return;
	}
	uuid = xml_peek_one(text, size, "domain/uuid");
	if (uuid)
		examine_index(x, uuid);
	else
		exam_tell(x, "config", NULL, "define it again with a uuid", "%s has no uuid", file);
}

/* What an undefine or a restore wrote before it was cut short. */
static void examine_tombstone(struct exam *x)
{
	if (x->state.has_config && exists_at(x->dd->fd, "tombstone") == 1 &&
	    lock_probe(x->dd->fd, "lock") != LOCK_HELD)
		exam_tell(x, "tombstone", NULL, "the next command that changes the domain removes it",
			  "an undefine was begun and never happened");
}

static void examine_records(struct exam *x)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GPtrArray) records = engine_snapshots(x->e, x->name, &error);

	if (!records)
		exam_tell(x, "record", NULL, NULL, "snapshot records cannot be read: %s", error->message);
	for (guint i = 0; records && i < records->len; i++) {
		const struct snapshot_record *r = records->pdata[i];

		if (r->state == SNAPSHOT_STATE_COUNT)
			exam_tell(x, "record", r->name, "snapshot-delete --metadata puts it aside",
			     "the record of snapshot '%s' cannot be read", r->name);
	}
	if (records && x->state.has_config && !x->state.has_intent)
		exam_tags(x, records);
}

static void examine_image(struct exam *x)
{
	g_autoptr(GError) error = NULL;
	struct image img;

	if (!x->state.has_managed_save)
		return;
	if (x->state.is_alive)
		exam_tell(x, "managed-save", NULL, NULL, "a managed save image exists although the domain runs");
	image_init(&img);
	if (!image_open(&img, x->dd->fd, "managed-save", false, &error))
		exam_tell(x, "managed-save", NULL, "start --force-boot puts it aside and boots",
		     "the managed save image cannot be used: %s", error->message);
	image_clear(&img);
}

/* What a guest that has gone left is not looked at: it goes as a whole. */
static void examine_content(struct exam *x)
{
	if (x->work == DOCTOR_SETTLE || domain_existence(&x->state) == EXISTENCE_GARBAGE)
		return;
	examine_config(x);
	examine_records(x);
	examine_image(x);
}

static void examine_domain(struct exam *x)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(domain_dir) dd = domain_open(x->st, x->name, &error);

	if (!dd && error_is(error, VIR_ERR_NO_DOMAIN))
		return;
	if (!dd || !domain_read_state(dd, &x->state, &error)) {
		exam_tell(x, "unreadable", NULL, NULL, "its directory cannot be read: %s", error->message);
		return;
	}
	x->dd = dd;
	examine_existence(x);
	examine_intent(x);
	examine_run(x);
	examine_tombstone(x);
	examine_content(x);
	domain_state_clear(&x->state);
	x->dd = NULL;
}

/* ---- All of them ---- */

static void examine_leftovers(struct exam *x)
{
	g_autoptr(GPtrArray) left = store_leftovers(x->st);

	for (guint i = 0; i < left->len; i++)
		exam_tell(x, g_str_has_prefix(left->pdata[i], "trash/") ? "todo" : "staging",
			  left->pdata[i], "the next command that makes or removes a name finishes it",
			  "'%s' was left half done", (char *)left->pdata[i]);
}

/* by-uuid is a superset on purpose (retiring leaves it): entries that lead nowhere are no finding. */
static GPtrArray *examine(struct engine *e, const char *name, enum doctor_work work, GError **err)
{
	g_autoptr(store) st = store_open(e->root, false, e->command, err);
	g_autoptr(GPtrArray) findings = g_ptr_array_new_with_free_func(finding_free);
	g_autoptr(domain_dir) there = st && name ? domain_open(st, name, err) : NULL;
	g_autoptr(GPtrArray) names = NULL;
	struct exam x = { .e = e, .st = st, .name = name, .work = work, .findings = findings };

	if (!st || (name && !there))
		return NULL;
	if (name) {
		examine_domain(&x);
		return g_steal_pointer(&findings);
	}
	examine_leftovers(&x);
	names = store_names(st, err);
	for (guint i = 0; names && i < names->len; i++) {
		x.name = names->pdata[i];
		examine_domain(&x);
	}
	return names ? g_steal_pointer(&findings) : NULL;
}

static bool is_same(const struct finding *a, const struct finding *b)
{
	return strcmp(a->code, b->code) == 0 && g_strcmp0(a->domain, b->domain) == 0 &&
	       g_strcmp0(a->item, b->item) == 0;
}

/* What is found again was not repaired, whatever the repair thinks. */
static void look_again(struct engine *e, const char *name, enum doctor_work work,
		       GPtrArray *findings)
{
	g_autoptr(GPtrArray) still = examine(e, name, work, NULL);

	for (guint i = 0; i < findings->len; i++)
		for (guint k = 0; still && k < still->len; k++)
			if (is_same(findings->pdata[i], still->pdata[k]))
				g_clear_pointer(&((struct finding *)findings->pdata[i])->done,
						g_free);
}

GPtrArray *engine_doctor(struct engine *e, const char *name, enum doctor_work work, GError **err)
{
	GPtrArray *findings = examine(e, name, work, err);

	if (!findings || work == DOCTOR_LOOK)
		return findings;
	doctor_fix(e, findings, work);
	look_again(e, name, work, findings);
	return findings;
}
