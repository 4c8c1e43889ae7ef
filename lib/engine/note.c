/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Title, description and elements of <metadata>: what people and programs note about a domain. */
#include "engine/inspect.h"

#include <string.h>
#include <libvirt/libvirt-domain.h>
#include "base/error.h"
#include "engine/impact.h"
#include "engine/news.h"
#include "engine/op.h"
#include "xml/node.h"
#include "xml/peek.h"

static const struct {
	const char *element, *path;
	/* The first of these that is there stands before it. */
	const char *after[5];
} notes[] = {
	[NOTE_DESCRIPTION] = { "description", "domain/description",
			       { "title", "genid", "uuid", "name" } },
	[NOTE_TITLE] = { "title", "domain/title", { "genid", "uuid", "name" } },
	[NOTE_ELEMENT] = { "metadata", NULL,
			   { "description", "title", "genid", "uuid", "name" } },
};

/* ---- Namespaces ---- */

/* Length of the prefix of a name, 0 when it has none. */
static size_t prefix_length(const char *name)
{
	const char *colon = strchr(name, ':');

	return colon ? (size_t)(colon - name) : 0;
}

/* The namespace that an element of <metadata> is in, as far as itself says it. */
static char *namespace_of(const struct xml_node *node)
{
	size_t length = prefix_length(xml_name(node));
	g_autofree char *declaration = length
		? g_strdup_printf("xmlns:%.*s", (int)length, xml_name(node)) : g_strdup("xmlns");
	char *uri = NULL;

	for (const struct xml_node *at = node; at && !uri; at = xml_parent(at))
		uri = xml_attr(at, declaration);
	return uri;
}

static struct xml_node *find_element(const struct xml_tree *tree, const char *uri)
{
	struct xml_node *metadata = xml_child(xml_root(tree), "metadata");
	struct xml_node *node = metadata ? xml_child(metadata, NULL) : NULL;

	for (; node; node = xml_next(node, NULL)) {
		g_autofree char *there = namespace_of(node);

		if (g_strcmp0(there, uri) == 0)
			return node;
	}
	return NULL;
}

/* A name with its prefix changed; to NULL: without one. Names in other namespaces stay. */
static char *renamed(const char *name, const char *from, const char *to)
{
	size_t length = prefix_length(name);

	if ((from ? strlen(from) : 0) != length || (from && strncmp(name, from, length) != 0))
		return g_strdup(name);
	return to ? g_strdup_printf("%s:%s", to, name + (length ? length + 1 : 0))
		  : g_strdup(name + (length ? length + 1 : 0));
}

/* Copy an element with what is below it under other names; its own declaration is left out. */
static void copy_renamed(struct xml_node *to, const struct xml_node *from, const char *old,
			 const char *new)
{
	g_autofree char *own = old ? g_strdup_printf("xmlns:%s", old) : NULL;
	g_autofree char *text = xml_text(from, NULL);
	char *name, *value;

	for (size_t pos = 0; xml_attr_each(from, &pos, &name, &value);) {
		if (g_strcmp0(name, own) != 0)
			xml_set_attr(to, name, value);
		g_free(name);
		g_free(value);
	}
	if (!xml_child(from, NULL) && text && *text)
		xml_set_text(to, text);
	for (struct xml_node *child = xml_child(from, NULL); child; child = xml_next(child, NULL)) {
		g_autofree char *child_name = renamed(xml_name(child), old, new);

		copy_renamed(xml_add(to, xml_keep_string(to->tree, child_name)), child, old, new);
	}
}

/* The element without its prefix, as it was given to set. */
static char *element_text(const struct xml_node *node)
{
	size_t length = prefix_length(xml_name(node));
	g_autofree char *prefix = length ? g_strndup(xml_name(node), length) : NULL;
	g_autofree char *name = renamed(xml_name(node), prefix, NULL);
	g_autoptr(xml_tree) tree = NULL;

	if (!prefix)
		return xml_format_node(node);
	tree = xml_new(name);
	copy_renamed(xml_root(tree), node, prefix, NULL);
	return xml_format(tree);
}

/* ---- Reading ---- */

static bool impact_of(struct engine *e, const char *name, unsigned int impact, GError **err)
{
	struct domain_brief *b = engine_brief(e, name, err);
	bool is_fine = b && impact_check(b->is_alive, b->has_config, name, impact, err);

	domain_brief_free(b);
	return is_fine;
}

char *engine_note(struct engine *e, const char *name, enum note note, const char *uri,
		  unsigned int impact, GError **err)
{
	bool inactive = impact & VIR_DOMAIN_AFFECT_CONFIG;
	g_autofree char *xml = NULL;
	g_autoptr(xml_tree) tree = NULL;
	struct xml_node *node;
	char *text = NULL;

	if (!impact_of(e, name, impact, err))
		return NULL;
	xml = engine_xml(e, name, inactive, true, err);
	if (!xml)
		return NULL;
	if (note != NOTE_ELEMENT) {
		text = xml_peek_one(xml, strlen(xml), notes[note].path);
	} else {
		tree = xml_build(xml, strlen(xml), "domain", err);
		if (!tree)
			return NULL;
		node = find_element(tree, uri);
		text = node ? element_text(node) : NULL;
	}
	if (!text && note == NOTE_ELEMENT)
		fail(err, VIR_ERR_NO_DOMAIN_METADATA, "domain '%s' has no element of namespace '%s'",
		     name, uri);
	else if (!text)
		fail(err, VIR_ERR_NO_DOMAIN_METADATA, "domain '%s' has no %s", name,
		     notes[note].element);
	return text;
}

/* ---- Writing ---- */

static struct xml_node *make_place(struct xml_tree *tree, enum note note)
{
	struct xml_node *root = xml_root(tree);
	struct xml_node *node = xml_child(root, notes[note].element);

	for (guint i = 0; !node && i < G_N_ELEMENTS(notes[note].after) && notes[note].after[i]; i++) {
		struct xml_node *before = xml_child(root, notes[note].after[i]);

		if (before)
			node = xml_add_after(before, notes[note].element);
	}
	return node ? node : xml_add_first(root, notes[note].element);
}

static void set_text(struct xml_tree *tree, const struct note_change *change)
{
	struct xml_node *node = xml_child(xml_root(tree), notes[change->note].element);

	if (change->text && *change->text)
		xml_set_text(make_place(tree, change->note), change->text);
	else if (node)
		xml_remove(node);
}

static bool set_element(struct xml_tree *tree, const struct note_change *change, GError **err)
{
	struct xml_node *old = find_element(tree, change->uri), *place;
	struct xml_node *metadata = xml_child(xml_root(tree), "metadata");
	g_autoptr(xml_tree) new = NULL;
	g_autofree char *name = NULL, *declaration = NULL;

	if (change->text) {
		new = xml_parse(change->text, strlen(change->text), "metadata", err);
		if (!new)
			return false;
	}
	if (old)
		xml_remove(old);
	if (!new) {
		if (metadata && !xml_child(metadata, NULL))
			xml_remove(metadata);
		return true;
	}
	name = renamed(xml_name(xml_root(new)), NULL, change->key);
	declaration = g_strdup_printf("xmlns:%s", change->key);
	place = xml_add(make_place(tree, NOTE_ELEMENT), xml_keep_string(tree, name));
	xml_set_attr(place, declaration, change->uri);
	copy_renamed(place, xml_root(new), NULL, change->key);
	return true;
}

/* The file's text with the change in it; what libxml2 would not read is not written. */
static char *changed_text(struct op *op, const char *file, const struct note_change *change,
			  GError **err)
{
	g_autofree char *text = NULL;
	g_autoptr(xml_tree) check = NULL;

	if (!op_load_tree(op, file, err))
		return NULL;
	if (change->note == NOTE_ELEMENT && !set_element(op->tree, change, err))
		return NULL;
	if (change->note != NOTE_ELEMENT)
		set_text(op->tree, change);
	text = xml_format(op->tree);
	check = xml_parse(text, strlen(text), "domain", err);
	return check ? g_steal_pointer(&text) : NULL;
}

static bool set_note(struct op *op, const char *name, const struct note_change *change,
		     GError **err)
{
	g_autofree char *live = NULL, *config = NULL;
	unsigned int impact = change->impact;

	if (!impact_lock(op, name, &impact, err))
		return false;
	if ((impact & VIR_DOMAIN_AFFECT_LIVE) &&
	    !(live = changed_text(op, "live.xml", change, err)))
		return false;
	if ((impact & VIR_DOMAIN_AFFECT_CONFIG) &&
	    !(config = changed_text(op, "domain.xml", change, err)))
		return false;
	return (!config || domain_put_config(op->dd, config, err)) &&
	       (!live || domain_put_live(op->dd, live, err));
}

static void tell(struct op *op, const struct note_change *change)
{
	g_autoptr(json_object) line = news_line(op->name, op->uuid, "metadata-change");

	json_set_string(line, "type",
			change->note == NOTE_ELEMENT ? "element" : notes[change->note].element);
	json_set_string(line, "uri", change->uri);
	store_event(op->store, json_object_to_json_string_ext(line, JSON_C_TO_STRING_PLAIN));
}

bool engine_set_note(struct engine *e, const char *name, const struct note_change *change,
		     GError **err)
{
	struct op op;
	bool done;

	op_init(&op, e, "metadata", 0);
	done = set_note(&op, name, change, err);
	if (done)
		tell(&op, change);
	op_end(&op);
	return done;
}
