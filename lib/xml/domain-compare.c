/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Is it the same machine? Memory of one machine that is loaded into another is silent corruption:
 * QEMU takes swapped disks, another CPU and additional devices without an error. So everything
 * counts, but what is listed here as belonging to the host, to people, or to the future.
 *
 * Both trees are turned into facts ("devices/disk[vda]/source/@file" = "/a.qcow2") and compared.
 */
#include <string.h>

#include "xml/domain-config.h"
#include "xml/value.h"

/* Not part of the machine, with all that is below. A leading "*" stands for any device. */
static const char *const ignored[] = {
	"@id",
	"name", /* and the identity, which others compare */
	"uuid",
	"title",
	"description",
	"metadata",
	"currentMemory", /* the balloon travels with the memory */
	"on_poweroff",
	"on_reboot",
	"on_crash",
	"on_lockfailure",
	"resource",
	"cputune",
	"blkiotune",
	"memtune",
	"numatune",
	"seclabel",
	"os/boot",
	"os/bootmenu",
	"os/nvram/@template",
	"vcpu/@placement",
	"vcpu/@cpuset",
	"cpu/@check",
	"cpu/model/@fallback",
	"memory/@unit", /* the value is compared in KiB */
	"memory/@dumpCore",
	"devices/emulator",
	"devices/graphics", /* a guest sees its video card, not who looks at it */
	"devices/audio",
	"*/alias",
	"*/boot",
	"*/log",
	"disk/@snapshot",
	"disk/@index",
	"disk/source/@index",
	"disk/driver/@name",
	"disk/driver/@cache",
	"disk/driver/@discard",
	"disk/driver/@io",
	"disk/driver/@error_policy",
	"disk/driver/@rerror_policy",
	"disk/driver/@detect_zeroes",
	"disk/backingStore",
	"disk/iotune",
	"interface/target",
	"interface/link",
	"interface/bandwidth",
	"interface/backend",
	"serial/@type",
	"serial/@tty",
	"serial/source",
	"serial/protocol",
	"console/@type",
	"console/@tty",
	"console/source",
	"channel/source",
	"channel/target/@state",
	"rng/backend",
	"rng/rate",
	NULL,
};

/* Where the host keeps what the guest sees as a disk. */
static const char *const places[] = {
	"disk/@type",
	"disk/driver/@type",
	"disk/source/@file",
	"disk/source/@dev",
	NULL,
};

/* What a run adds to a definition; and identity, which is settled before. */
static const char *const of_a_run[] = {
	"@id",
	"name",
	"uuid",
	"memory/@unit", /* the value is compared in KiB */
	"currentMemory/@unit",
	"serial/@tty",
	"serial/source",
	"console/@tty",
	"console/source",
	"interface/target",
	NULL,
};

/* What a start chooses where the definition leaves it open. */
static const char *const chosen[] = { "*/address", "*/alias", "controller", NULL };

/* What is left out of a comparison: two of the lists. */
struct scope {
	const char *const *lists[2];
};
static const struct scope machine = { { ignored, NULL } };
static const struct scope guest = { { ignored, places } };
static const struct scope definition = { { of_a_run, NULL } };
static const struct scope asked_for = { { of_a_run, chosen } };

/* What is meant when it is not written: an attribute (NULL: the text) of a child (NULL: of the
 * element itself). */
static const struct preset {
	const char *element, *child, *attribute, *value;
} presets[] = {
	{ "", "vcpu", NULL, "1" },
	{ "", "clock", "offset", "utc" },
	{ "os", "type", "arch", "x86_64" },
	{ "devices/disk", NULL, "type", "file" },
	{ "devices/disk", NULL, "device", "disk" },
	{ "devices/disk", "driver", "type", "raw" },
	{ "devices/serial", "target", "port", "0" },
	{ "devices/controller", NULL, "index", "0" },
};

struct facts {
	const struct scope *scope;
	GPtrArray *keys; /* char *, in document order */
	GHashTable *values; /* key → value; owns the values, the array the keys */
};

static void facts_init(struct facts *f, const struct scope *scope)
{
	f->scope = scope;
	f->keys = g_ptr_array_new_with_free_func(g_free);
	f->values = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
}

static void facts_clear(struct facts *f)
{
	g_hash_table_unref(f->values);
	g_ptr_array_unref(f->keys);
}

/* A key that is there already must not hide the second value: it gets a mark. */
static void add_fact(struct facts *f, const char *path, const char *attribute, const char *value)
{
	char *key = attribute ? g_strdup_printf("%s%s@%s", path, *path ? "/" : "", attribute)
			      : g_strdup(path);

	while (g_hash_table_contains(f->values, key)) {
		char *longer = g_strconcat(key, "'", NULL);

		g_free(key);
		key = longer;
	}
	g_ptr_array_add(f->keys, key);
	g_hash_table_insert(f->values, key, g_strdup(value));
}

/* `plain` is the path without [keys]: "devices/disk/source/@file". */
static bool is_listed(const char *const *list, const char *plain)
{
	const char *below = g_str_has_prefix(plain, "devices/") ? plain + strlen("devices/") : NULL;
	const char *in_device = below ? strchr(below, '/') : NULL;

	for (; list && *list; list++) {
		const char *row = *list;

		if (strcmp(row, plain) == 0 || (below && strcmp(row, below) == 0))
			return true;
		if (in_device && row[0] == '*' && strcmp(row + 1, in_device) == 0)
			return true;
	}
	return false;
}

static bool is_skipped(const struct facts *f, const char *plain)
{
	return is_listed(f->scope->lists[0], plain) || is_listed(f->scope->lists[1], plain);
}

static char *join(const char *path, const char *step)
{
	return *path ? g_strconcat(path, "/", step, NULL) : g_strdup(step);
}

/* How an element is told from its like: a disk by its target, features by name, others by
 * counting. `seen` counts by name, below one parent. */
static char *step_of(const struct xml_node *node, GHashTable *seen)
{
	const char *name = xml_name(node);
	guint position = GPOINTER_TO_UINT(g_hash_table_lookup(seen, name));
	g_autofree char *key = NULL;

	if (strcmp(name, "disk") == 0)
		key = xml_attr_at(node, "target", "dev");
	else if (strcmp(name, "feature") == 0 || strcmp(name, "timer") == 0)
		key = xml_attr(node, "name");
	if (key)
		return g_strdup_printf("%s[%s]", name, key);
	g_hash_table_insert(seen, (char *)name, GUINT_TO_POINTER(position + 1));
	return position == 0 ? g_strdup(name) : g_strdup_printf("%s[%u]", name, position + 1);
}

static void add_attributes(struct facts *f, const struct xml_node *node, const char *path,
			   const char *plain)
{
	char *name, *value;

	for (size_t pos = 0; xml_attr_each(node, &pos, &name, &value);) {
		g_autofree char *step = g_strconcat("@", name, NULL);
		g_autofree char *full = join(plain, step);

		if (!is_skipped(f, full) && !g_str_has_prefix(name, "xmlns"))
			add_fact(f, path, name, value);
		g_free(name);
		g_free(value);
	}
}

static bool is_skipped_preset(const struct facts *f, const struct preset *row)
{
	g_autofree char *plain = g_strconcat(row->element, row->child ? "/" : "",
					     row->child ? row->child : "", "/@",
					     row->attribute ? row->attribute : "", NULL);

	return is_skipped(f, plain);
}

static void add_presets(struct facts *f, const struct xml_node *node, const char *path,
			const char *plain)
{
	for (size_t i = 0; i < G_N_ELEMENTS(presets); i++) {
		const struct preset *row = &presets[i];
		const struct xml_node *at = row->child ? xml_child(node, row->child) : node;
		g_autofree char *given = at && row->attribute ? xml_attr(at, row->attribute) : NULL;
		g_autofree char *full = row->child ? join(path, row->child) : g_strdup(path);

		if (strcmp(row->element, plain) != 0 || given || (at && !row->attribute))
			continue;
		if (!is_skipped_preset(f, row))
			add_fact(f, full, row->attribute, row->value);
	}
}

static char *text_of(const struct xml_node *node, const char *plain)
{
	guint64 kib;

	if ((strcmp(plain, "memory") == 0 || strcmp(plain, "currentMemory") == 0) &&
	    value_memory(node, &kib, NULL))
		return g_strdup_printf("%" G_GUINT64_FORMAT " KiB", kib);
	return xml_text(node, NULL);
}

static bool is_bare(const struct xml_node *node)
{
	char *name, *value;
	size_t pos = 0;

	if (xml_child(node, NULL))
		return false;
	if (!xml_attr_each(node, &pos, &name, &value))
		return true;
	g_free(name);
	g_free(value);
	return false;
}

static bool is_counted(const struct xml_node *node)
{
	return strcmp(xml_name(node), "console") != 0 || !console_is_serial(node) ||
	       !xml_child(xml_parent(node), "serial");
}

static void add_element(struct facts *f, const struct xml_node *node, const char *path,
			const char *plain);

static void add_children(struct facts *f, const struct xml_node *node, const char *path,
			 const char *plain)
{
	g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

	for (const struct xml_node *n = xml_child(node, NULL); n; n = xml_next(n, NULL)) {
		g_autofree char *below = join(plain, xml_name(n));
		g_autofree char *step = NULL;
		g_autofree char *full = NULL;

		if (is_skipped(f, below) || !is_counted(n))
			continue;
		step = step_of(n, seen);
		full = join(path, step);
		add_element(f, n, full, below);
	}
}

/* An element counts itself when it has text, or has nothing at all, like <acpi/>. */
static void add_element(struct facts *f, const struct xml_node *node, const char *path,
			const char *plain)
{
	g_autofree char *text = text_of(node, plain);

	if (*text || is_bare(node))
		add_fact(f, path, NULL, text);
	add_attributes(f, node, path, plain);
	add_presets(f, node, path, plain);
	add_children(f, node, path, plain);
}

static void facts_of(struct facts *f, const struct xml_tree *tree, const struct scope *scope)
{
	facts_init(f, scope);
	add_element(f, xml_root(tree), "", "");
}

/* The first fact of a that b has not, or has otherwise, as a sentence in which they are called so. */
static char *find_difference(const struct facts *a, const struct facts *b, const char *one,
			     const char *other)
{
	for (guint i = 0; i < a->keys->len; i++) {
		const char *key = a->keys->pdata[i];
		const char *of_a = g_hash_table_lookup(a->values, key);
		const char *of_b = g_hash_table_lookup(b->values, key);

		if (!g_hash_table_contains(b->values, key))
			return g_strdup_printf("only %s has '%s'", one, key);
		if (g_strcmp0(of_a, of_b) != 0)
			return g_strdup_printf("'%s' is '%s' in %s and '%s' in %s", key, of_a, one,
					       of_b, other);
	}
	return NULL;
}

/* What is found is NULL when there is no difference. */
static bool settle(char *take_difference, char **ret_difference)
{
	bool is_same = !take_difference;

	if (ret_difference && take_difference)
		*ret_difference = take_difference;
	else
		g_free(take_difference);
	return is_same;
}

static bool same(const struct xml_tree *a, const struct xml_tree *b, const struct scope *scope,
		 char **ret_difference)
{
	struct facts of_a, of_b;
	char *difference;

	facts_of(&of_a, a, scope);
	facts_of(&of_b, b, scope);
	difference = find_difference(&of_a, &of_b, "one of them", "the other");
	if (!difference)
		difference = find_difference(&of_b, &of_a, "one of them", "the other");
	facts_clear(&of_a);
	facts_clear(&of_b);
	return settle(difference, ret_difference);
}

bool domain_xml_same_machine(const struct xml_tree *a, const struct xml_tree *b,
			     char **ret_difference)
{
	return same(a, b, &machine, ret_difference);
}

bool domain_xml_same_guest(const struct xml_tree *a, const struct xml_tree *b,
			   char **ret_difference)
{
	return same(a, b, &guest, ret_difference);
}

bool domain_xml_same_definition(const struct xml_tree *saved, const struct xml_tree *defined,
				char **ret_difference)
{
	struct facts of_saved, of_defined, of_asked;
	char *difference;

	facts_of(&of_saved, saved, &definition);
	facts_of(&of_defined, defined, &definition);
	facts_of(&of_asked, saved, &asked_for);
	difference = find_difference(&of_defined, &of_saved, "the definition", "the image");
	if (!difference)
		difference = find_difference(&of_asked, &of_defined, "the image", "the definition");
	facts_clear(&of_saved);
	facts_clear(&of_defined);
	facts_clear(&of_asked);
	return settle(difference, ret_difference);
}
