/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What every definition of a domain must have. */
#include <string.h>

#include "base/error.h"
#include "base/escape.h"
#include "xml/domain-config.h"
#include "xml/value.h"

#define TITLE_MAX 1024

/* Elements of which a second one would be silently ignored, although it may be the one meant. */
static const char *const singles[] = {
	"name",	  "uuid",     "title", "description", "metadata",    "memory",	  "currentMemory",
	"vcpu",	  "os",	      "cpu",   "features",    "clock",	     "on_poweroff", "on_reboot",
	"on_crash", "devices",
};

void domain_identity_clear(struct domain_identity *id)
{
	g_clear_pointer(&id->name, g_free);
	g_clear_pointer(&id->uuid, g_free);
	g_clear_pointer(&id->title, g_free);
}

static bool check_root(const struct xml_node *root, GError **err)
{
	g_autofree char *type = NULL;

	if (xml_is_foreign(root) || strcmp(xml_name(root), "domain") != 0)
		return fail(err, VIR_ERR_XML_ERROR,
			    "unexpected root element <%s>, expecting <domain>", xml_name(root));
	type = xml_attr(root, "type");
	if (!type || !*type)
		return fail(err, VIR_ERR_XML_ERROR, "missing domain type attribute");
	return true;
}

static bool check_singles(const struct xml_node *root, GError **err)
{
	for (size_t i = 0; i < G_N_ELEMENTS(singles); i++) {
		const struct xml_node *first = xml_child(root, singles[i]);

		if (first && xml_next(first, singles[i]))
			return fail(err, VIR_ERR_XML_ERROR, "the domain has more than one <%s>",
				    singles[i]);
	}
	return true;
}

/* ---- Identity ---- */

/* 32 hexadecimal digits, with dashes in their places or with none at all. */
static char *canonical_uuid(const char *text)
{
	GString *uuid = g_string_sized_new(36);
	bool has_dashes = strlen(text) == 36;

	for (const char *p = text; *p; p++) {
		if (uuid->len == 8 || uuid->len == 13 || uuid->len == 18 || uuid->len == 23) {
			g_string_append_c(uuid, '-');
			if (has_dashes && *p++ != '-')
				break;
		}
		if (!g_ascii_isxdigit(*p) || uuid->len == 36)
			break;
		g_string_append_c(uuid, g_ascii_tolower(*p));
		if (p[1] == '\0' && uuid->len == 36)
			return g_string_free(uuid, FALSE);
	}
	g_string_free(uuid, TRUE);
	return NULL;
}

static bool read_name(const struct xml_node *root, char **ret_name, GError **err)
{
	const struct xml_node *node = xml_child(root, "name");
	g_autofree char *name = node ? xml_text_exact(node) : NULL;

	if (!name)
		return fail(err, VIR_ERR_XML_ERROR, "the domain has no <name>");
	if (xml_child(node, NULL))
		return fail(err, VIR_ERR_XML_ERROR, "<name> contains elements");
	if (!name_check("domain", name, VIR_ERR_XML_ERROR, err))
		return false;
	*ret_name = g_steal_pointer(&name);
	return true;
}

static bool read_uuid(const struct xml_node *root, char **ret_uuid, GError **err)
{
	g_autofree char *text = xml_text(root, "uuid");

	if (!text)
		return true;
	*ret_uuid = canonical_uuid(text);
	return *ret_uuid || fail(err, VIR_ERR_XML_ERROR, "'%.100s' is not a uuid", text);
}

static bool read_title(const struct xml_node *root, char **ret_title, GError **err)
{
	g_autofree char *title = xml_text(root, "title");

	if (title && strchr(title, '\n'))
		return fail(err, VIR_ERR_XML_ERROR, "<title> must be a single line");
	if (title && strlen(title) > TITLE_MAX)
		return fail(err, VIR_ERR_XML_ERROR, "<title> is longer than %d bytes", TITLE_MAX);
	*ret_title = g_steal_pointer(&title);
	return true;
}

static bool read_identity(const struct xml_node *root, struct domain_identity *id, GError **err)
{
	return read_name(root, &id->name, err) && read_uuid(root, &id->uuid, err) &&
	       read_title(root, &id->title, err);
}

/* ---- Things that must differ ---- */

/* Take `take_value` into the set; a second one is an error. NULL is nothing. */
static bool add_unique(GHashTable *set, const struct xml_node *node, const char *kind,
		       char *take_value, GError **err)
{
	if (!take_value)
		return true;
	if (g_hash_table_contains(set, take_value)) {
		fail_at(err, node, NULL, "%s '%s' is used by more than one device", kind,
			take_value);
		g_free(take_value);
		return false;
	}
	g_hash_table_add(set, take_value);
	return true;
}

static GHashTable *new_set(void)
{
	return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

static bool check_targets(const struct domain_config *cfg, GError **err)
{
	g_autoptr(GHashTable) seen = new_set();

	for (guint i = 0; i < cfg->disks->len; i++) {
		const struct disk_config *disk = cfg->disks->pdata[i];

		if (!add_unique(seen, disk->node, "target", g_strdup(disk->target), err))
			return false;
	}
	return true;
}

static bool is_unicast_mac(const char *mac)
{
	for (int i = 0; i < 17; i++) {
		if (i % 3 == 2 ? mac[i] != ':' : !g_ascii_isxdigit(mac[i]))
			return false;
	}
	return mac[17] == '\0' && g_ascii_xdigit_value(mac[1]) % 2 == 0;
}

static bool check_macs(const struct domain_config *cfg, GError **err)
{
	g_autoptr(GHashTable) seen = new_set();

	for (guint i = 0; i < cfg->nics->len; i++) {
		const struct nic_config *nic = cfg->nics->pdata[i];

		if (!nic->mac)
			continue;
		if (!is_unicast_mac(nic->mac))
			return fail_at(err, nic->node, NULL, "'%s' is not a unicast MAC address",
				       nic->mac);
		if (!add_unique(seen, nic->node, "MAC address", g_ascii_strdown(nic->mac, -1), err))
			return false;
	}
	return true;
}

static bool is_alias(const char *alias)
{
	for (const char *p = alias; *p; p++) {
		if (!g_ascii_isalnum(*p) && !strchr("-_.", *p))
			return false;
	}
	return *alias != '\0';
}

/* A console that is a serial port bears that port's alias. */
static bool check_aliases(const struct xml_node *root, GError **err)
{
	const struct xml_node *devices = xml_child(root, "devices");
	g_autoptr(GHashTable) seen = new_set();

	for (const struct xml_node *n = devices ? xml_child(devices, NULL) : NULL; n;
	     n = xml_next(n, NULL)) {
		char *alias = xml_attr_at(n, "alias", "name");

		if (alias && !is_alias(alias)) {
			fail_at(err, n, NULL, "'%s' is not an alias", alias);
			g_free(alias);
			return false;
		}
		if (strcmp(xml_name(n), "console") == 0 && console_is_serial(n))
			g_free(alias);
		else if (!add_unique(seen, n, "alias", alias, err))
			return false;
	}
	return true;
}

bool domain_xml_check(const struct xml_tree *tree, struct domain_identity *ret_id, GError **err)
{
	const struct xml_node *root = xml_root(tree);
	g_autoptr(domain_config) cfg = NULL;
	struct domain_identity id = { NULL, NULL, NULL };

	if (!check_root(root, err) || !check_singles(root, err))
		return false;
	cfg = domain_config_read(tree, err);
	if (!cfg || !check_targets(cfg, err) || !check_macs(cfg, err) ||
	    !check_aliases(root, err))
		return false;
	if (!read_identity(root, &id, err)) {
		domain_identity_clear(&id);
		return false;
	}
	*ret_id = id;
	return true;
}
