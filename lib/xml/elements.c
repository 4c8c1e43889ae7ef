/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Walk a domain and hold every element, attribute and text against the table. */
#include "xml/elements.h"

#include <string.h>

#include "base/error.h"
#include "xml/domain.h"
#include "xml/elements-table.h"

#define MAX_REASONS 64

/* way_out: what could stand there instead, or NULL. */
static void report_with(GPtrArray *reasons, const struct xml_node *node, const char *attribute,
			const char *what, const char *way_out)
{
	g_autofree char *path = xml_path(node, attribute);
	g_autofree char *valid = g_utf8_make_valid(what, -1);
	g_autofree char *brief = g_utf8_substring(valid, 0, MIN(g_utf8_strlen(valid, -1), 100));

	if (reasons->len < MAX_REASONS)
		g_ptr_array_add(reasons, reason_new("unsupported-xml", *path ? path : "domain",
						    brief, way_out));
}

static void report(GPtrArray *reasons, const struct xml_node *node, const char *attribute,
		   const char *what)
{
	report_with(reasons, node, attribute, what, NULL);
}

/* "it can be 'a', 'b'" of "a|b"; NULL when the row says nothing that can be listed. */
static char *values_text(const struct element_row *row)
{
	g_auto(GStrv) words = row && row->values && *row->values ? g_strsplit(row->values, "|", -1)
								 : NULL;
	g_autofree char *list = words ? g_strjoinv("', '", words) : NULL;

	return list ? g_strdup_printf("it can be '%s'", list) : NULL;
}

/* The same of the types that an element can have: rows "path[a]" and "path[b]". */
static char *types_text(const char *path)
{
	g_autofree char *start = g_strdup_printf("%s[", path);
	g_autoptr(GString) text = g_string_new(NULL);

	for (size_t i = 0; i < element_rows_count; i++) {
		bool is_type = g_str_has_prefix(element_rows[i].path, start);
		const char *type = is_type ? element_rows[i].path + strlen(start) : "";
		const char *end = strchr(type, ']');

		if (end && !end[1])
			g_string_append_printf(text, "%s'%.*s'", text->len ? ", " : "its type can be ",
					       (int)(end - type), type);
	}
	return text->len ? g_strdup(text->str) : NULL;
}

static bool matches(const char *pattern, const char *value)
{
	g_auto(GStrv) words = NULL;

	if (!pattern)
		return true;
	words = g_strsplit(pattern, "|", -1);
	for (char **word = words; *word; word++) {
		if (g_pattern_match_simple(*word, value))
			return true;
	}
	return *pattern == '\0' && *value == '\0';
}

static const struct element_row *find_row(const char *path)
{
	for (size_t i = 0; i < element_rows_count; i++) {
		if (strcmp(element_rows[i].path, path) == 0)
			return &element_rows[i];
	}
	return NULL;
}

struct walk {
	const struct xml_node *root;
	GPtrArray *reasons;
	GHashTable *counts; /* path → how often it was seen, for rows with a maximum */
};

/* Refusals are read by others than those who may read the XML. */
static const char *shown_value(const char *name, const char *value)
{
	return g_str_has_prefix(name, "passw") ? "a password" : value;
}

static void check_attributes(struct walk *w, const struct xml_node *node, const char *path)
{
	char *name, *value;

	for (size_t pos = 0; xml_attr_each(node, &pos, &name, &value);) {
		g_autofree char *full = g_strdup_printf("%s%s@%s", path, *path ? "/" : "", name);
		const struct element_row *row = find_row(full);
		bool is_namespace = strcmp(name, "xmlns") == 0 || g_str_has_prefix(name, "xmlns:");
		g_autofree char *way_out = values_text(row);

		if (!is_namespace && (!row || !matches(row->values, value)))
			report_with(w->reasons, node, name, shown_value(name, value), way_out);
		g_free(name);
		g_free(value);
	}
}

static bool is_too_many(struct walk *w, const struct element_row *row)
{
	guint count = GPOINTER_TO_UINT(g_hash_table_lookup(w->counts, row->path)) + 1;

	g_hash_table_insert(w->counts, (gpointer)row->path, GUINT_TO_POINTER(count));
	return row->max > 0 && count > row->max;
}

static void check_element(struct walk *w, const struct xml_node *node, const char *path);

/* The row of an element: of its kind (`disk[file]`) or of its name. ret_path: the row's path. */
static const struct element_row *find_element(const struct xml_node *node, const char *parent,
					      char **ret_path)
{
	g_autofree char *type = xml_attr(node, "type");
	g_autofree char *plain = g_strdup_printf("%s%s%s", parent, *parent ? "/" : "",
						 xml_name(node));
	g_autofree char *typed = g_strdup_printf("%s[%s]", plain, type ? type : "");
	const struct element_row *row = find_row(typed);

	if (!row) {
		row = find_row(plain);
		g_free(g_steal_pointer(&typed));
	}
	*ret_path = typed ? g_steal_pointer(&typed) : g_steal_pointer(&plain);
	return row;
}

/* What to write instead, and how; NULL: nothing is known that would do. */
static char *remedy_of(const struct walk *w, const struct xml_node *node, const char *parent,
		       const char *type)
{
	const struct xml_node *name_node = xml_child(w->root, "name");
	g_autofree char *name = name_node ? xml_text(name_node, NULL) : NULL;
	g_autofree char *path = g_strdup_printf("%s/%s", parent, xml_name(node));

	for (size_t i = 0; i < element_remedies_count; i++) {
		const struct element_remedy *r = &element_remedies[i];

		if (strcmp(r->path, path) == 0 && matches(r->type, type ? type : ""))
			return g_strdup_printf("%s: domsh edit %s", r->remedy, name ? name : "NAME");
	}
	return NULL;
}

static void report_unknown(struct walk *w, const struct xml_node *node, const char *parent,
			   const char *path)
{
	g_autofree char *type = xml_attr(node, "type");
	g_autofree char *remedy = remedy_of(w, node, parent, type);

	if (!remedy && type)
		remedy = types_text(path);
	report_with(w->reasons, node, NULL, type ? type : "this element is not supported", remedy);
}

static void check_child(struct walk *w, const struct xml_node *node, const char *parent)
{
	g_autofree char *path = NULL;
	const struct element_row *row = find_element(node, parent, &path);

	if (xml_is_foreign(node) || !row)
		report_unknown(w, node, parent, path);
	else if (is_too_many(w, row))
		report(w->reasons, node, NULL, "there can be no more of these");
	else if (!row->is_opaque)
		check_element(w, node, path);
}

/* The text of an element that only holds others must be blank, hence values "". */
static void check_element(struct walk *w, const struct xml_node *node, const char *path)
{
	const struct element_row *row = *path ? find_row(path) : NULL;
	g_autofree char *text = xml_text(node, NULL);
	g_autofree char *way_out = values_text(row);

	if (!matches(row ? row->values : "", text))
		report_with(w->reasons, node, NULL, text, way_out);
	check_attributes(w, node, path);
	for (const struct xml_node *n = xml_child(node, NULL); n; n = xml_next(n, NULL)) {
		if (w->reasons->len == MAX_REASONS)
			return;
		check_child(w, n, path);
	}
}

/* ---- What no single element shows ---- */

/* A longer password would be cut by the protocol. What it is, is told nowhere. */
static void check_graphics(struct walk *w, const struct domain_config *cfg)
{
	for (guint i = 0; i < cfg->graphics->len; i++) {
		const struct graphics_config *graphics = cfg->graphics->pdata[i];
		size_t size = graphics->password ? strlen(graphics->password) : 1;

		if (graphics->address && !g_hostname_is_ip_address(graphics->address))
			report(w->reasons, graphics->node, NULL, "only a numeric address to listen on");
		if (graphics->port && graphics->port < VNC_PORT_MIN)
			report(w->reasons, graphics->node, "port", "only ports from 5900 on");
		if (size < 1 || size > VNC_PASSWORD_MAX)
			report(w->reasons, graphics->node, "passwd", "only 1 to 8 bytes");
	}
}

static bool is_q35(const struct domain_config *cfg)
{
	return cfg->machine && matches("q35|pc-q35-*", cfg->machine);
}

/* IDE has two buses of two, the SATA controller six ports of one. */
static bool drive_address_fits(const struct xml_node *address, enum disk_bus bus)
{
	g_autofree char *bus_number = xml_attr(address, "bus");
	g_autofree char *unit = xml_attr(address, "unit");

	if (bus == DISK_BUS_IDE)
		return matches("0|1", bus_number ? bus_number : "0") &&
		       matches("0|1", unit ? unit : "0");
	return matches("0", bus_number ? bus_number : "0");
}

static void check_disk(struct walk *w, const struct disk_config *disk, bool on_q35)
{
	const struct xml_node *address = xml_child(disk->node, "address");
	g_autofree char *type = address ? xml_attr(address, "type") : NULL;
	const char *wanted = disk->bus == DISK_BUS_VIRTIO ? "pci" : "drive";

	if (disk->bus == DISK_BUS_IDE && on_q35)
		report(w->reasons, disk->node, NULL, "q35 has no ide: bus='sata'");
	if (disk->bus == DISK_BUS_VIRTIO && disk->device == DISK_DEVICE_CDROM)
		report(w->reasons, disk->node, NULL, "a cdrom needs bus='sata' or 'ide'");
	if (type && strcmp(type, wanted) != 0)
		report(w->reasons, address, "type", type);
	else if (type && strcmp(wanted, "drive") == 0 && !drive_address_fits(address, disk->bus))
		report(w->reasons, address, NULL, "there is no such place on its controller");
}

static void check_disks(struct walk *w, const struct domain_config *cfg)
{
	for (guint i = 0; i < cfg->disks->len; i++)
		check_disk(w, cfg->disks->pdata[i], is_q35(cfg));
}

/* The root that the machine has by itself; ports below it are empty. */
static void check_pci_roots(struct walk *w, const struct domain_config *cfg)
{
	const struct xml_node *devices = xml_child(w->root, "devices");

	for (const struct xml_node *n = devices ? xml_child(devices, "controller") : NULL; n;
	     n = xml_next(n, "controller")) {
		g_autofree char *model = xml_attr(n, "model");
		bool of_q35 = model && g_str_has_prefix(model, "pcie-");

		if (of_q35 != is_q35(cfg) && (of_q35 || g_strcmp0(model, "pci-root") == 0))
			report(w->reasons, n, "model", model);
	}
}

static void check_firmware(struct walk *w, const struct domain_config *cfg)
{
	const struct xml_node *loader = xml_at(w->root, "os/loader");
	const struct xml_node *nvram = xml_at(w->root, "os/nvram");
	g_autofree char *type = loader ? xml_attr(loader, "type") : NULL;

	if (loader && !type)
		report(w->reasons, loader, NULL, "only type='pflash'");
	if (nvram && !cfg->loader)
		report(w->reasons, nvram, NULL, "there is no <loader>");
	if ((cfg->initrd || cfg->cmdline) && !cfg->kernel)
		report(w->reasons, xml_child(w->root, "os"), NULL, "there is no <kernel>");
}

/* The balloon is what makes the guest smaller than its machine. */
static void check_memory(struct walk *w, const struct domain_config *cfg)
{
	if (cfg->memory_kib < cfg->max_memory_kib && g_strcmp0(cfg->balloon, "virtio") != 0)
		report(w->reasons, xml_child(w->root, "currentMemory"), NULL,
		       "less than <memory> needs <memballoon model='virtio'/>");
}

static void check_together(struct walk *w, const struct xml_tree *domain)
{
	g_autoptr(domain_config) cfg = domain_config_read(domain, NULL);

	if (!cfg)
		return; /* a wrong value: the reader of the configuration tells */
	check_graphics(w, cfg);
	check_disks(w, cfg);
	check_pci_roots(w, cfg);
	check_firmware(w, cfg);
	check_memory(w, cfg);
}

GPtrArray *elements_unsupported(const struct xml_tree *domain)
{
	g_autoptr(GHashTable) counts = g_hash_table_new(g_str_hash, g_str_equal);
	g_autoptr(GPtrArray) reasons = g_ptr_array_new_with_free_func((GDestroyNotify)reason_free);
	struct walk w = { xml_root(domain), reasons, counts };

	check_element(&w, w.root, "");
	check_together(&w, domain);
	return reasons->len > 0 ? g_steal_pointer(&reasons) : NULL;
}
