/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The XML of a running guest becomes one that lasts: what only that run had is taken out. */
#include <string.h>

#include "xml/domain.h"
#include "xml/value.h"

static bool is_below(const char *path, const char *dir)
{
	size_t size = strlen(dir);

	return path && strncmp(path, dir, size) == 0 && path[size] == '/';
}

/* A terminal is of one run, and so is whether the guest listens. */
static void settle_port(struct xml_node *node, const char *own_dir)
{
	struct xml_node *source = xml_child(node, "source"), *target = xml_child(node, "target");
	g_autofree char *path = source ? xml_attr(source, "path") : NULL;

	if (source && (value_attr_is(node, "type", "pty") || is_below(path, own_dir)))
		xml_remove(source);
	if (target)
		xml_set_attr(target, "state", NULL);
	xml_set_attr(node, "tty", NULL);
}

static void settle_socket(struct xml_node *node, const char *own_dir)
{
	g_autofree char *path = xml_attr(node, "socket");

	if (is_below(path, own_dir))
		xml_set_attr(node, "socket", NULL);
}

static void settle_graphics(struct xml_node *node, const char *own_dir)
{
	struct xml_node *listen = xml_child(node, "listen");
	g_autofree char *port = xml_attr(node, "port");

	if (port && value_attr_is(node, "autoport", "yes"))
		xml_set_attr(node, "port", "-1");
	settle_socket(node, own_dir);
	if (listen)
		settle_socket(listen, own_dir);
}

static const struct {
	const char *element;
	void (*settle)(struct xml_node *node, const char *own_dir);
} rows[] = {
	{ "serial", settle_port },
	{ "console", settle_port },
	{ "channel", settle_port },
	{ "graphics", settle_graphics },
};

void domain_xml_settle(struct xml_tree *tree, const char *own_dir)
{
	struct xml_node *root = xml_root(tree), *devices = xml_child(root, "devices");

	xml_set_attr(root, "id", NULL);
	for (guint i = 0; devices && i < G_N_ELEMENTS(rows); i++) {
		struct xml_node *node = xml_child(devices, rows[i].element);

		for (; node; node = xml_next(node, rows[i].element))
			rows[i].settle(node, own_dir);
	}
}
