/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Devices of a domain as lists, read from its configuration. */
#include <string.h>
#include <domsh/domsh.h>
#include "api/call.h"
#include "engine/inspect.h"
#include "xml/tree.h"

/* One attribute of an element, or of its child. */
static char *get(const struct xml_node *node, const char *child, const char *attribute)
{
	return child ? xml_attr_at(node, child, attribute) : xml_attr(node, attribute);
}

/* The first of these attributes of <source> that is there. */
static char *source_of(const struct xml_node *node, const char *const *attributes)
{
	char *source = NULL;

	for (; !source && *attributes; attributes++)
		source = get(node, "source", *attributes);
	return source;
}

/* To be walked with xml_next; the tree is the caller's. *ret_n: how many there are. */
static struct xml_node *list_devices(const struct xml_tree *tree, const char *element, int *ret_n)
{
	struct xml_node *devices = xml_child(xml_root(tree), "devices");
	struct xml_node *first = devices ? xml_child(devices, element) : NULL;

	*ret_n = 0;
	for (struct xml_node *node = first; node; node = xml_next(node, element))
		++*ret_n;
	return first;
}

/* The door that all lists have. */
static struct xml_tree *enter(struct call *c, virDomainPtr domain, unsigned int flags,
			      unsigned int supported)
{
	struct xml_tree *tree;

	if (!call_domain(c, c->function, domain, ACCESS_READ) ||
	    !call_flags(c, flags, VIR_DOMAIN_XML_INACTIVE | supported) ||
	    !call_secure(c, flags & VIR_DOMAIN_XML_SECURE))
		return NULL;
	tree = engine_tree(c->engine, c->name, flags & VIR_DOMAIN_XML_INACTIVE, &c->err);
	return call_end(c, tree != NULL) < 0 ? NULL : tree;
}

/* ---- Disks -------------------------------------------------------------------------------- */

static void read_disk(const struct xml_node *node, struct domshDisk *disk)
{
	static const char *const attributes[] = { "file", "dev", "dir", "name", "volume", NULL };

	disk->target = get(node, "target", "dev");
	disk->source = source_of(node, attributes);
	disk->type = get(node, NULL, "type");
	disk->device = get(node, NULL, "device");
	if (!disk->device)
		disk->device = g_strdup("disk");
	disk->format = get(node, "driver", "type");
}

int domshDomainListDisks(virDomainPtr domain, unsigned int flags, struct domshDisk **disks)
{
	struct call c = { .function = __func__ };
	g_autoptr(xml_tree) tree = enter(&c, domain, flags, 0);
	struct xml_node *node;
	int n, i = 0;

	if (!tree || !call_not_null(&c, disks, "disks"))
		return -1;
	node = list_devices(tree, "disk", &n);
	*disks = g_new0(struct domshDisk, n + 1);
	for (; node; node = xml_next(node, "disk"))
		read_disk(node, &(*disks)[i++]);
	return n;
}

void domshDisksFree(struct domshDisk *disks, int n)
{
	for (int i = 0; disks && i < n; i++) {
		g_free(disks[i].target);
		g_free(disks[i].source);
		g_free(disks[i].type);
		g_free(disks[i].device);
		g_free(disks[i].format);
	}
	g_free(disks);
}

/* ---- Interfaces --------------------------------------------------------------------------- */

static void read_interface(const struct xml_node *node, struct domshInterface *nic)
{
	static const char *const attributes[] = { "network", "bridge", "dev", "name", "path",
						  "address", NULL };

	nic->name = get(node, "target", "dev");
	nic->type = get(node, NULL, "type");
	nic->source = source_of(node, attributes);
	nic->model = get(node, "model", "type");
	nic->mac = get(node, "mac", "address");
	nic->link = get(node, "link", "state");
	if (!nic->link)
		nic->link = g_strdup("up");
}

int domshDomainListInterfaces(virDomainPtr domain, unsigned int flags,
			      struct domshInterface **interfaces)
{
	struct call c = { .function = __func__ };
	g_autoptr(xml_tree) tree = enter(&c, domain, flags, 0);
	struct xml_node *node;
	int n, i = 0;

	if (!tree || !call_not_null(&c, interfaces, "interfaces"))
		return -1;
	node = list_devices(tree, "interface", &n);
	*interfaces = g_new0(struct domshInterface, n + 1);
	for (; node; node = xml_next(node, "interface"))
		read_interface(node, &(*interfaces)[i++]);
	return n;
}

void domshInterfacesFree(struct domshInterface *interfaces, int n)
{
	for (int i = 0; interfaces && i < n; i++) {
		g_free(interfaces[i].name);
		g_free(interfaces[i].type);
		g_free(interfaces[i].source);
		g_free(interfaces[i].model);
		g_free(interfaces[i].mac);
		g_free(interfaces[i].link);
	}
	g_free(interfaces);
}

int domshDomainSetLink(virDomainPtr domain, const char *mac, int up, unsigned int flags)
{
	const struct link_change change = { mac, up != 0, flags };
	struct call c;

	if (!call_domain(&c, __func__, domain, ACCESS_WRITE) ||
	    !call_flags(&c, flags, VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG) ||
	    !call_not_null(&c, mac, "mac"))
		return -1;
	return call_end(&c, engine_set_link(c.engine, c.name, &change, &c.err));
}

/* ---- Displays ----------------------------------------------------------------------------- */

static int read_port(const struct xml_node *node, const char *attribute)
{
	g_autofree char *text = xml_attr(node, attribute);
	gint64 port = text ? g_ascii_strtoll(text, NULL, 10) : -1;

	return port > 0 && port <= 65535 ? (int)port : -1;
}

static void read_display(const struct xml_node *node, bool has_secrets, struct domshDisplay *display)
{
	display->type = get(node, NULL, "type");
	display->port = read_port(node, "port");
	display->tlsPort = read_port(node, "tlsPort");
	display->listen = get(node, NULL, "listen");
	if (!display->listen)
		display->listen = get(node, "listen", "address");
	display->socket = get(node, NULL, "socket");
	if (!display->socket)
		display->socket = get(node, "listen", "socket");
	if (has_secrets)
		display->password = get(node, NULL, "passwd");
}

int domshDomainListDisplays(virDomainPtr domain, unsigned int flags,
			    struct domshDisplay **displays)
{
	struct call c = { .function = __func__ };
	g_autoptr(xml_tree) tree = enter(&c, domain, flags, VIR_DOMAIN_XML_SECURE);
	struct xml_node *node;
	int n, i = 0;

	if (!tree || !call_not_null(&c, displays, "displays"))
		return -1;
	node = list_devices(tree, "graphics", &n);
	*displays = g_new0(struct domshDisplay, n + 1);
	for (; node; node = xml_next(node, "graphics"))
		read_display(node, flags & VIR_DOMAIN_XML_SECURE, &(*displays)[i++]);
	return n;
}

void domshDisplaysFree(struct domshDisplay *displays, int n)
{
	for (int i = 0; displays && i < n; i++) {
		g_free(displays[i].type);
		g_free(displays[i].listen);
		g_free(displays[i].socket);
		g_free(displays[i].password);
	}
	g_free(displays);
}

/* ---- Terminal ----------------------------------------------------------------------------- */

char *domshDomainGetTerminal(virDomainPtr domain)
{
	static const char *const places[] = { "devices/console", "devices/serial" };
	struct call c = { .function = __func__ };
	g_autoptr(xml_tree) tree = enter(&c, domain, 0, 0);
	char *path = NULL;

	for (guint i = 0; tree && !path && i < G_N_ELEMENTS(places); i++) {
		struct xml_node *node = xml_at(xml_root(tree), places[i]);
		g_autofree char *type = node ? xml_attr(node, "type") : NULL;

		if (node && g_strcmp0(type, "pty") == 0)
			path = get(node, "source", "path");
	}
	return path;
}
