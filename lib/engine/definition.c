/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Define, rename, and the flags that are files. */
#include "engine/op.h"

#include <string.h>
#include "base/error.h"
#include "base/escape.h"
#include "base/phrases.h"
#include "engine/definition.h"
#include "engine/inspect.h"
#include "xml/peek.h"

static char *machine_for(void *data, const char *emulator, const char *alias)
{
	struct engine *e = data;

	return e->hv->ops->machine_for(e->hv, emulator, alias);
}

bool definition_parse(struct op *op, const char *xml, GError **err)
{
	struct domain_identity id = { 0 };

	op->tree = xml_parse(xml, strlen(xml), "domain", err);
	if (!op->tree || !domain_xml_check(op->tree, &id, err))
		return false;
	op->name = g_steal_pointer(&id.name);
	op->uuid = id.uuid ? g_steal_pointer(&id.uuid) : g_uuid_string_random();
	domain_identity_clear(&id);
	return true;
}

void definition_pin(struct op *op)
{
	struct domain_pins pins = { machine_for, op->e };

	op_settle(op, op->tree); /* somebody's dumpxml of a running guest */
	domain_xml_pin(op->tree, op->uuid, &pins);
}

/* Does the uuid belong to a domain of another name? */
static char *owner_of_uuid(struct op *op, const char *uuid)
{
	g_autofree char *name = store_uuid_hint(op->store, uuid);

	if (!name)
		return NULL;
	/* The hint is right; one that names what is not there is stale, and all are asked. */
	if (strcmp(name, op->name) == 0 && !(op->facts & FACT_NEW))
		return NULL;
	g_free(name);
	name = engine_name_by_uuid(op->e, uuid, NULL);
	return name && strcmp(name, op->name) != 0 ? g_steal_pointer(&name) : NULL;
}

void definition_facts(struct op *op, const char *wanted_uuid)
{
	g_autofree char *owner = owner_of_uuid(op, wanted_uuid);

	if (!(op->facts & FACT_NEW) && op->uuid && g_ascii_strcasecmp(op->uuid, wanted_uuid) != 0) {
		op->facts |= FACT_UUID_DIFFERS;
		op_detail(op, REASON_UUID_DIFFERS,
			  g_strdup_printf(PHRASE_EXISTS, op->name, op->uuid));
	}
	if (owner) {
		op->facts |= FACT_UUID_TAKEN;
		op_detail(op, REASON_UUID_TAKEN,
			  g_strdup_printf(PHRASE_EXISTS, owner, wanted_uuid));
	}
	if ((op->facts & FACT_NEW) && kept_exists(op->store, wanted_uuid))
		op->facts |= FACT_KEPT;
}

void definition_unsupported(struct op *op)
{
	op->unsupported = op->e->hv->ops->unsupported(op->tree);
	if (!op->unsupported || !op->unsupported->len)
		return;
	op->facts |= FACT_XML_UNSUPPORTED;
	op_detail(op, REASON_XML_UNSUPPORTED,
		  g_strdup(((struct reason *)op->unsupported->pdata[0])->label));
}

/* Path and format of each writable disk, as one text. */
static char *writable_disks(const struct xml_tree *tree)
{
	g_autoptr(domain_config) view = domain_config_read(tree, NULL);
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; view && i < view->disks->len; i++) {
		const struct disk_config *d = view->disks->pdata[i];

		if (disk_is_writable(d))
			g_string_append_printf(text, "%s %s\n", d->source ? d->source : "-",
					       d->format);
	}
	return g_string_free(g_steal_pointer(&text), FALSE);
}

/* Only asked when there is an image whose disks must not change under it. */
void definition_compare_disks(struct op *op)
{
	g_autofree char *text = NULL, *before = NULL, *after = NULL;
	g_autoptr(xml_tree) tree = NULL;
	size_t size;

	if (!(op->facts & FACT_MANAGED_SAVE) ||
	    !domain_read_xml(op->dd, "domain.xml", &text, &size, NULL))
		return;
	tree = xml_parse(text, size, "domain", NULL);
	before = tree ? writable_disks(tree) : NULL;
	after = writable_disks(op->tree);
	if (g_strcmp0(before, after) != 0)
		op->facts |= FACT_DISKS_DIFFER;
}

/* A redefinition of the same name and uuid needs only the domain's lock. */
static bool lock_for_define(struct op *op, GError **err)
{
	g_autofree char *name = g_steal_pointer(&op->name);
	g_autofree char *there = engine_uuid(op->e, name, NULL);
	g_autofree char *uuid = g_steal_pointer(&op->uuid);
	bool done;

	op_settle_first(op, name);
	if ((!there || g_ascii_strcasecmp(there, uuid) != 0) && !op_lock_store(op, err))
		return false;
	done = op_lock_or_new(op, name, err);
	if (done && (op->facts & FACT_NEW) && op->store_lock < 0) {
		/* It went away in between. */
		g_clear_pointer(&op->name, g_free);
		done = op_lock_store(op, err) && op_lock_or_new(op, name, err);
	}
	if (done) {
		definition_facts(op, uuid);
		g_free(op->uuid);
		op->uuid = g_steal_pointer(&uuid);
	}
	return done;
}

static bool define(struct op *op, const char *xml, GError **err)
{
	struct verdict v;

	if (!definition_parse(op, xml, err) || !op_open(op, err))
		return false;
	/* Before any lock, as it may ask the hypervisor's binary what its machines are called; in a
	 * store that is fit to cache the answer. */
	definition_pin(op);
	if (!lock_for_define(op, err))
		return false;
	definition_unsupported(op);
	definition_compare_disks(op);
	v = rules_define(op->facts, op->flags);
	if (v.n_reasons)
		return op_refuse(op, &v, err);
	op->stages_config = true;
	op->event = "defined";
	op->event_detail = (op->facts & FACT_NEW) ? "added" : "updated";
	return op_execute(op, &v.plan, err);
}

/* Nobody should learn it at the start. */
static void warn_of_start(struct op *op)
{
	for (guint i = 0; op->unsupported && i < op->unsupported->len; i++) {
		const struct reason *r = op->unsupported->pdata[i];

		op_remark(op, g_strdup_printf("'start %s' will refuse: %s %s%s%s", op->name,
					      r->label, r->what, r->option ? "; " : "",
					      r->option ? r->option : ""));
	}
}

bool engine_define(struct engine *e, const char *xml, bool validate, struct engine_answer *ret,
		   GError **err)
{
	struct op op;
	bool done;

	op_init(&op, e, "define", validate ? RULE_VALIDATE : 0);
	done = define(&op, xml, err);
	if (done) {
		warn_of_start(&op);
		op_answer(&op, ret);
	}
	op_end(&op);
	return done;
}

static bool rename_domain(struct op *op, const char *name, const char *new_name, GError **err)
{
	struct verdict v;
	g_autoptr(GError) e = NULL;
	g_autoptr(domain_dir) taken = NULL;

	if (!name_check("domain", new_name, VIR_ERR_XML_ERROR, err))
		return false;
	if (!op_open(op, err))
		return false;
	op_settle_first(op, name);
	if (!op_lock_store(op, err) || !op_lock(op, name, err))
		return false;
	taken = domain_open(op->store, new_name, &e);
	if (taken || !error_is(e, VIR_ERR_NO_DOMAIN)) {
		op->facts |= FACT_NAME_TAKEN;
		op_detail(op, REASON_NAME_TAKEN, g_strdup(new_name));
	}
	v = rules_rename(op->facts, op->flags);
	if (v.n_reasons)
		return op_refuse(op, &v, err);
	g_free(op->name);
	op->name = g_strdup(new_name);
	op_news(op, name, "undefined", "renamed");
	op_news(op, NULL, "defined", "renamed");
	return op_execute(op, &v.plan, err);
}

bool engine_rename(struct engine *e, const char *name, const char *new_name, GError **err)
{
	struct op op;
	bool done;

	op_init(&op, e, "rename", 0);
	done = rename_domain(&op, name, new_name, err);
	op_end(&op);
	return done;
}

static bool set_flag_file(struct engine *e, const char *name, const char *file, bool on,
			  GError **err)
{
	struct op op;
	bool done;

	op_init(&op, e, file, 0);
	done = op_lock(&op, name, err);
	if (done && !(op.facts & FACT_PERSISTENT))
		done = fail(err, VIR_ERR_OPERATION_INVALID,
			    "cannot set %s for transient domain '%s'", file, name);
	else if (done)
		done = domain_set_flag_file(op.dd, file, on, err);
	op_end(&op);
	return done;
}

bool engine_set_autostart(struct engine *e, const char *name, bool on, GError **err)
{
	return set_flag_file(e, name, "autostart", on, err);
}

bool engine_set_protected(struct engine *e, const char *name, bool on, GError **err)
{
	return set_flag_file(e, name, "protected", on, err);
}

/* As start would have it: pinned, and refused for the same reasons. */
static char *native(struct op *op, const char *xml, GError **err)
{
	struct hv *hv = op->e->hv;
	struct verdict unsupported = { .n_reasons = 1, .reasons = { REASON_XML_UNSUPPORTED } };

	if (!hv->ops->native) {
		fail(err, VIR_ERR_NO_SUPPORT, "guests of this driver have no command line");
		return NULL;
	}
	if (!definition_parse(op, xml, err))
		return NULL;
	definition_pin(op);
	definition_unsupported(op);
	if (op->facts & FACT_XML_UNSUPPORTED) {
		op_refuse(op, &unsupported, err);
		return NULL;
	}
	return hv->ops->native(hv, op->tree, err);
}

char *engine_native(struct engine *e, const char *xml, GError **err)
{
	struct op op;
	char *text;

	op_init(&op, e, "domxml-to-native", 0);
	text = native(&op, xml, err);
	op_end(&op);
	return text;
}
