/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/test/node.h"

#include <fcntl.h>
#include <string.h>

#include "base/error.h"
#include "base/util.h"
#include "xml/tree.h"

#define MARK "test:"
#define TRANSIENT_MARK MARK "transient"
#define SAVED_MARK MARK "hasmanagedsave"
#define STATE_MARK MARK "runstate"
#define SNAPSHOT_MARK MARK "domainsnapshot"

const struct test_default test_default = {
	.name = "test",
	.uuid = "6695eb01-f6a4-8304-79aa-97f2502e193f",
	.run_id = "00000000-0000-4000-8000-000000000001",
	.open = "<domain type='test'>\n",
	.open_live = "<domain type='test' id='1'>\n",
	.body =
		"  <name>test</name>\n"
		"  <uuid>6695eb01-f6a4-8304-79aa-97f2502e193f</uuid>\n"
		"  <memory unit='KiB'>8388608</memory>\n"
		"  <currentMemory unit='KiB'>2097152</currentMemory>\n"
		"  <vcpu placement='static'>2</vcpu>\n"
		"  <os>\n"
		"    <type arch='i686'>hvm</type>\n"
		"    <boot dev='hd'/>\n"
		"  </os>\n"
		"  <clock offset='utc'/>\n"
		"  <on_poweroff>destroy</on_poweroff>\n"
		"  <on_reboot>restart</on_reboot>\n"
		"  <on_crash>destroy</on_crash>\n"
		"  <devices>\n"
		"    <disk type='file' device='disk'>\n"
		"      <source file='/guest/diskimage1'/>\n"
		"      <target dev='vda' bus='virtio'/>\n"
		"      <address type='pci' domain='0x0000' bus='0x01' slot='0x00'"
		" function='0x0'/>\n"
		"    </disk>\n"
		"    <interface type='network'>\n"
		"      <mac address='aa:bb:cc:dd:ee:ff'/>\n"
		"      <source network='default'/>\n"
		"      <target dev='testnet0'/>\n"
		"      <address type='pci' domain='0x0000' bus='0x00' slot='0x01'"
		" function='0x0'/>\n"
		"    </interface>\n"
		"    <memballoon model='virtio'>\n"
		"      <address type='pci' domain='0x0000' bus='0x00' slot='0x02'"
		" function='0x0'/>\n"
		"    </memballoon>\n"
		"  </devices>\n"
		"</domain>\n",
};

static void domain_free(struct test_domain *d)
{
	g_free(d->xml);
	g_ptr_array_unref(d->snapshots);
	g_free(d);
}

/* ---- Files ---- */

static struct xml_tree *parse_file(const char *path, const char *what, GError **err)
{
	g_autofree char *text = NULL;
	struct xml_tree *tree;
	size_t size;

	if (!read_file_at(AT_FDCWD, path, XML_MAX_SIZE, &text, &size, err))
		return NULL;
	tree = xml_parse(text, size, what, err);
	if (!tree)
		fail_prefix(err, "'%s'", path);
	return tree;
}

/* A tree of the element, or of the file that it names instead. */
static struct xml_tree *resolve(const struct xml_node *node, const char *root, const char *dir,
				GError **err)
{
	g_autofree char *file = xml_attr(node, "file");
	g_autofree char *path = NULL;

	if (!file)
		return xml_tree_from(node, root);
	path = g_path_is_absolute(file) ? g_strdup(file) : g_build_filename(dir, file, NULL);
	return parse_file(path, root, err);
}

/* ---- One domain ---- */

/* Everything called `test:`, in any place among the children; NULL when there is none. */
static struct xml_node *next_mark(const struct xml_node *root, const struct xml_node *after)
{
	struct xml_node *n = after ? xml_next(after, NULL) : xml_child(root, NULL);

	while (n && strncmp(xml_name(n), MARK, strlen(MARK)) != 0)
		n = xml_next(n, NULL);
	return n;
}

static bool read_state(struct test_domain *d, const struct xml_node *node, GError **err)
{
	g_autofree char *text = xml_text(node, NULL);
	guint64 value;

	if (!g_ascii_string_to_unsigned(text, 10, 0, G_MAXUINT, &value, NULL))
		return fail(err, VIR_ERR_XML_ERROR, "invalid runstate '%.20s'", text);
	if (value > GUEST_PMSUSPENDED)
		return fail(err, VIR_ERR_XML_ERROR, "runstate '%.20s' out of range", text);
	d->state = (enum guest_state)value;
	return true;
}

static bool read_mark(struct test_domain *d, const struct xml_node *node, const char *dir,
		      GError **err)
{
	const char *name = xml_name(node);
	g_autoptr(xml_tree) snapshot = NULL;

	if (strcmp(name, TRANSIENT_MARK) == 0)
		d->is_transient = true;
	else if (strcmp(name, SAVED_MARK) == 0)
		d->has_managed_save = true;
	else if (strcmp(name, STATE_MARK) == 0)
		return read_state(d, node, err);
	else if (strcmp(name, SNAPSHOT_MARK) == 0) {
		snapshot = resolve(node, "domainsnapshot", dir, err);
		if (!snapshot)
			return false;
		g_ptr_array_add(d->snapshots, xml_format(snapshot));
	}
	return true;
}

static bool check(const struct test_domain *d, GError **err)
{
	if (d->is_transient && d->state == GUEST_SHUTOFF)
		return fail(err, VIR_ERR_XML_ERROR,
			    "transient domain cannot have runstate 'shutoff'");
	if (d->has_managed_save && d->state != GUEST_SHUTOFF)
		return fail(err, VIR_ERR_XML_ERROR,
			    "domain with managedsave data can only have runstate 'shutoff'");
	return true;
}

static bool read_domain(struct test_domain *d, struct xml_tree *tree, const char *dir, GError **err)
{
	struct xml_node *root = xml_root(tree), *node;

	while ((node = next_mark(root, NULL))) {
		if (!read_mark(d, node, dir, err))
			return false;
		xml_remove(node);
	}
	xml_set_attr(root, "xmlns:test", NULL);
	d->xml = xml_format(tree);
	return check(d, err);
}

static bool add_domain(GPtrArray *list, const struct xml_node *node, const char *dir, GError **err)
{
	struct test_domain *d = g_new0(struct test_domain, 1);
	g_autoptr(xml_tree) tree = resolve(node, "domain", dir, err);

	d->state = GUEST_RUNNING;
	d->snapshots = g_ptr_array_new_with_free_func(g_free);
	g_ptr_array_add(list, d);
	return tree && read_domain(d, tree, dir, err);
}

GPtrArray *test_node_read(const char *path, GError **err)
{
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)domain_free);
	g_autoptr(xml_tree) tree = parse_file(path, "node", err);
	g_autofree char *dir = g_path_get_dirname(path);
	const struct xml_node *root = tree ? xml_root(tree) : NULL;

	if (!root)
		return NULL;
	if (strcmp(xml_name(root), "node") != 0) {
		fail(err, VIR_ERR_XML_ERROR, "'%s': expecting root element of 'node', not '%s'", path,
		     xml_name(root));
		return NULL;
	}
	for (const struct xml_node *n = xml_child(root, "domain"); n; n = xml_next(n, "domain")) {
		if (!add_domain(list, n, dir, err)) {
			fail_prefix(err, "'%s', domain %u", path, list->len);
			return NULL;
		}
	}
	return g_steal_pointer(&list);
}
