/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xml/snapshot.h"

#include <string.h>

#include "base/error.h"
#include "base/escape.h"
#include "xml/node.h"
#include "xml/snapshot-head.h"
#include "xml/value.h"

#define ROOT "domainsnapshot"
#define END_TAG "</" ROOT ">"

static const char *const kind_names[] = {
	[SNAPSHOT_KIND_NO] = "no",
	[SNAPSHOT_KIND_INTERNAL] = "internal",
	[SNAPSHOT_KIND_EXTERNAL] = "external",
};

bool snapshot_name_check(const char *name, GError **err)
{
	if (name[0] == '.')
		return fail(err, VIR_ERR_XML_ERROR, "snapshot name '%s' cannot begin with '.'",
			    name);
	return name_check("snapshot", name, VIR_ERR_XML_ERROR, err);
}

/* ---- Reading ---- */

static char *exact_text(const struct xml_node *root, const char *path)
{
	const struct xml_node *node = xml_at(root, path);

	return node ? xml_text_exact(node) : NULL;
}

/* The snapshot attribute; *ret_is_there is false, and *ret_kind left alone, without one. */
static bool read_kind(const struct xml_node *node, enum snapshot_kind *ret_kind,
		      bool *ret_is_there, GError **err)
{
	g_autofree char *word = xml_attr(node, "snapshot");
	guint i = value_index(word, kind_names, G_N_ELEMENTS(kind_names));

	*ret_is_there = word != NULL;
	if (word && i == G_N_ELEMENTS(kind_names))
		return fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "unknown snapshot kind '%s' of <%s>",
			    word, xml_name(node));
	if (word)
		*ret_kind = i;
	return true;
}

static bool read_memory(const struct xml_node *root, struct snapshot_record *rec, GError **err)
{
	const struct xml_node *memory = xml_child(root, "memory");

	if (!memory)
		return true;
	rec->memory_file = xml_attr(memory, "file");
	if (!read_kind(memory, &rec->memory, &rec->has_memory, err))
		return false;
	if (!rec->has_memory && rec->memory_file) {
		rec->memory = SNAPSHOT_KIND_EXTERNAL;
		rec->has_memory = true;
	}
	if (rec->memory != SNAPSHOT_KIND_EXTERNAL && rec->memory_file)
		return fail(err, VIR_ERR_XML_ERROR, "a memory file needs snapshot='external'");
	if (rec->memory == SNAPSHOT_KIND_EXTERNAL && !rec->memory_file)
		return fail(err, VIR_ERR_XML_ERROR, "external memory needs a file");
	return value_path(memory, rec->memory_file, err);
}

static bool read_disk(const struct xml_node *node, struct snapshot_disk *disk, GError **err)
{
	bool has_kind;

	disk->name = xml_attr(node, "name");
	disk->kind = SNAPSHOT_KIND_INTERNAL;
	if (!disk->name || !*disk->name)
		return fail(err, VIR_ERR_XML_ERROR, "missing name from disk snapshot element");
	if (!read_kind(node, &disk->kind, &has_kind, err))
		return false;
	disk->is_default = !has_kind;
	disk->format = xml_attr_at(node, "driver", "type");
	disk->file = xml_attr_at(node, "source", "file");
	if (!disk->file)
		disk->file = xml_attr_at(node, "source", "dev");
	if (disk->file && !disk->is_default && disk->kind != SNAPSHOT_KIND_EXTERNAL)
		return fail(err, VIR_ERR_XML_ERROR, "disk '%s': a file needs snapshot='external'",
			    disk->name);
	return value_path(node, disk->file, err);
}

static bool read_disks(const struct xml_node *root, struct snapshot_record *rec, GError **err)
{
	const struct xml_node *disks = xml_child(root, "disks");
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

	for (const struct xml_node *n = disks ? xml_child(disks, "disk") : NULL; n;
	     n = xml_next(n, "disk")) {
		struct snapshot_disk *disk = g_new0(struct snapshot_disk, 1);

		g_ptr_array_add(rec->disks, disk);
		if (!read_disk(n, disk, err))
			return false;
		if (!g_hash_table_add(seen, disk->name))
			return fail(err, VIR_ERR_XML_ERROR, "disk '%s' is listed twice",
				    disk->name);
	}
	return true;
}

static bool read_time(const struct xml_node *root, struct snapshot_record *rec, GError **err)
{
	g_autofree char *text = xml_text(root, "creationTime");
	guint64 seconds;

	if (!text)
		return fail(err, VIR_ERR_XML_ERROR, "missing creationTime from existing snapshot");
	if (!value_uint(text, G_MAXINT64, &seconds))
		return fail(err, VIR_ERR_XML_ERROR, "creationTime '%s' is not a number", text);
	rec->creation_time = (gint64)seconds;
	return true;
}

static bool read_state(const struct xml_node *root, struct snapshot_record *rec, GError **err)
{
	g_autofree char *word = xml_text(root, "state");

	if (!word)
		return fail(err, VIR_ERR_XML_ERROR, "missing state from existing snapshot");
	if (!snapshot_state_parse(word, &rec->state))
		return fail(err, VIR_ERR_CONFIG_UNSUPPORTED,
			    "invalid state '%s' in domain snapshot XML", word);
	if (!rec->has_memory)
		rec->memory = rec->state == SNAPSHOT_RUNNING || rec->state == SNAPSHOT_PAUSED
				      ? SNAPSHOT_KIND_INTERNAL
				      : SNAPSHOT_KIND_NO;
	if (rec->memory != SNAPSHOT_KIND_NO &&
	    (rec->state == SNAPSHOT_SHUTOFF || rec->state == SNAPSHOT_DISK_ONLY))
		return fail(err, VIR_ERR_XML_ERROR, "a snapshot in state '%s' has no memory", word);
	return true;
}

static bool read_name(const struct xml_node *root, bool is_needed, struct snapshot_record *rec,
		      GError **err)
{
	rec->name = exact_text(root, "name");
	if (rec->name)
		return snapshot_name_check(rec->name, err);
	return !is_needed || fail(err, VIR_ERR_XML_ERROR, "missing name from existing snapshot");
}

/* What only a record has: libvirt ignores it in the XML of a new snapshot. */
static bool read_past(const struct xml_node *root, struct snapshot_record *rec, GError **err)
{
	g_autofree char *active = xml_text(root, "active");

	rec->parent = exact_text(root, "parent/name");
	rec->has_active_mark = g_strcmp0(active, "1") == 0;
	return read_state(root, rec, err) && read_time(root, rec, err);
}

static struct snapshot_record *read_record(const struct xml_tree *tree, bool redefine, GError **err)
{
	g_autoptr(snapshot_record) rec = snapshot_record_new();
	const struct xml_node *root = xml_root(tree);

	if (xml_is_foreign(root) || strcmp(xml_name(root), ROOT) != 0) {
		fail(err, VIR_ERR_XML_ERROR, "unexpected root element <%s>, expecting <%s>",
		     xml_name(root), ROOT);
		return NULL;
	}
	if (!read_name(root, redefine, rec, err) || !read_memory(root, rec, err) ||
	    !read_disks(root, rec, err))
		return NULL;
	rec->description = exact_text(root, "description");
	rec->has_domain = xml_child(root, "domain") != NULL;
	rec->domain_uuid = xml_text(root, "domain/uuid");
	if (redefine && !read_past(root, rec, err))
		return NULL;
	return g_steal_pointer(&rec);
}

struct snapshot_record *snapshot_parse(const char *text, size_t size, bool redefine, GError **err)
{
	g_autoptr(xml_tree) tree = xml_parse(text, size, "snapshot", err);

	return tree ? read_record(tree, redefine, err) : NULL;
}

static struct xml_tree *extract(const char *text, size_t size, const char *name, GError **err)
{
	g_autoptr(xml_tree) tree = xml_parse(text, size, "snapshot", err);
	const struct xml_node *node = tree ? xml_child(xml_root(tree), name) : NULL;

	return node ? xml_tree_from(node, "domain") : NULL;
}

struct xml_tree *snapshot_domain(const char *text, size_t size, GError **err)
{
	return extract(text, size, "domain", err);
}

struct xml_tree *snapshot_inactive_domain(const char *text, size_t size, GError **err)
{
	return extract(text, size, "inactiveDomain", err);
}

/* ---- Reading the header only ---- */

/* Where the first domain begins inside the root element; NULL: nowhere. */
static const char *find_domain(const char *text, size_t size)
{
	struct xml_scan scan;
	int depth = 0;

	for (xml_scan_init(&scan, text, size);;) {
		enum token_kind kind = xml_scan_next(&scan);

		switch (kind) {
		case TOKEN_OPEN:
		case TOKEN_EMPTY:
			if (depth == 1 && (span_is(scan.name, "domain") ||
					   span_is(scan.name, "inactiveDomain")))
				return scan.whole.at;
			depth += kind == TOKEN_OPEN;
			break;
		case TOKEN_CLOSE:
			depth--;
			break;
		case TOKEN_END:
		case TOKEN_BAD:
			return NULL;
		default:
			break;
		}
	}
}

/* A record that was torn off anywhere does not end as it should. */
static bool is_whole(const char *text, size_t size)
{
	size_t end = strlen(END_TAG);

	while (size > 0 && xml_is_blank(text[size - 1]))
		size--;
	return size >= end && memcmp(text + size - end, END_TAG, end) == 0;
}

/* NULL when the elements do not stand in the usual order, or are wrong. */
static struct snapshot_record *read_header(const char *text, size_t size)
{
	const char *domain = find_domain(text, size);
	g_autofree char *header = domain ? g_strdup_printf("%.*s" END_TAG, (int)(domain - text), text)
					 : g_strndup(text, size);
	g_autoptr(xml_tree) tree = xml_build(header, strlen(header), "snapshot", NULL);
	struct snapshot_record *rec = tree ? read_record(tree, true, NULL) : NULL;

	if (rec)
		rec->has_domain = domain && g_str_has_prefix(domain, "<domain");
	return rec;
}

struct snapshot_record *snapshot_peek(const char *text, size_t size)
{
	bool whole = is_whole(text, size);
	struct snapshot_record *rec = whole ? snapshot_head(text, size) : NULL;

	if (!rec && whole)
		rec = read_header(text, size);
	return rec ? rec : snapshot_parse(text, size, true, NULL);
}

/* ---- Writing ---- */

static void add_text(struct xml_node *parent, const char *name, const char *text)
{
	if (text)
		xml_set_text(xml_add(parent, name), text);
}

static void add_disks(struct xml_node *root, const struct snapshot_record *rec)
{
	struct xml_node *disks;

	if (!rec->disks || rec->disks->len == 0)
		return;
	disks = xml_add(root, "disks");
	for (guint i = 0; i < rec->disks->len; i++) {
		const struct snapshot_disk *disk = rec->disks->pdata[i];
		struct xml_node *node = xml_add(disks, "disk");

		xml_set_attr(node, "name", disk->name);
		xml_set_attr(node, "snapshot", kind_names[disk->kind]);
		if (disk->kind != SNAPSHOT_KIND_EXTERNAL)
			continue;
		xml_set_attr(node, "type", "file");
		if (disk->format)
			xml_set_attr(xml_add(node, "driver"), "type", disk->format);
		if (disk->file)
			xml_set_attr(xml_add(node, "source"), "file", disk->file);
	}
}

char *snapshot_format(const struct snapshot_record *rec, const struct xml_tree *domain,
		      const struct xml_tree *inactive)
{
	g_autoptr(xml_tree) tree = xml_new(ROOT);
	g_autofree char *seconds = g_strdup_printf("%" G_GINT64_FORMAT, rec->creation_time);
	struct xml_node *root = xml_root(tree), *memory;

	add_text(root, "name", rec->name);
	add_text(root, "description", rec->description);
	add_text(root, "state", snapshot_state_name(rec->state));
	if (rec->parent)
		add_text(xml_add(root, "parent"), "name", rec->parent);
	add_text(root, "creationTime", seconds);
	memory = xml_add(root, "memory");
	xml_set_attr(memory, "snapshot", kind_names[rec->memory]);
	xml_set_attr(memory, "file", rec->memory_file);
	add_disks(root, rec);
	if (domain)
		xml_graft(root, xml_root(domain), "domain");
	if (inactive)
		xml_graft(root, xml_root(inactive), "inactiveDomain");
	return xml_format(tree);
}

static void set_parent(struct xml_node *root, const char *name)
{
	struct xml_node *parent = xml_child(root, "parent"), *before;

	if (!name) {
		if (parent)
			xml_remove(parent);
		return;
	}
	before = xml_child(root, "state");
	if (!parent)
		parent = before ? xml_add_after(before, "parent") : xml_add_first(root, "parent");
	xml_set_text(xml_ensure(parent, "name"), name);
}

char *snapshot_reparent(const char *text, size_t size, const char *parent, GError **err)
{
	g_autoptr(xml_tree) tree = xml_parse(text, size, "snapshot", err);

	if (!tree)
		return NULL;
	set_parent(xml_root(tree), parent);
	return xml_format(tree);
}
