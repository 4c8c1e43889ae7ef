/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Places in run/ are written down nowhere, because they move with it: readers are told them. */
#include "driver/qemu/show.h"

#include "driver/qemu/argv.h"
#include "driver/qemu/port.h"
#include "driver/qemu/vnc.h"

/* As if the user had named the socket of a port. */
static void show_socket(struct xml_node *port, const char *run_dir, char *take_name)
{
	g_autofree char *name = take_name;
	g_autofree char *path = g_build_filename(run_dir, name, NULL);
	struct xml_node *source = xml_child(port, "source");

	if (!source)
		source = xml_add_first(port, "source");
	xml_set_attr(source, "mode", "bind");
	xml_set_attr(source, "path", path);
}

static void show_ports(const struct domain_config *cfg, enum port_kind kind, const char *run_dir)
{
	const GPtrArray *ports = port_list(cfg, kind);

	for (guint i = 0; i < ports->len; i++) {
		const struct serial_config *port = g_ptr_array_index(ports, i);

		if (port->kind == CHARDEV_UNIX && !port->path)
			show_socket(port->node, run_dir, port_socket(kind, i));
	}
}

static void show_channel(const struct channel_config *channel, bool is_open)
{
	xml_set_attr(xml_child(channel->node, "target"), "state",
		     is_open ? "connected" : "disconnected");
}

void show_live(struct xml_tree *live, const char *run_dir, guint32 channels)
{
	g_autoptr(domain_config) cfg = domain_config_read(live, NULL);

	for (enum port_kind kind = 0; cfg && kind < PORT_KIND_COUNT; kind++)
		show_ports(cfg, kind, run_dir);
	for (guint i = 0; cfg && i < cfg->channels->len; i++) {
		const struct channel_config *channel = g_ptr_array_index(cfg->channels, i);

		if (!channel->path)
			show_socket(channel->node, run_dir, argv_channel_socket(i));
		show_channel(channel, i < 32 && channels & 1u << i);
	}
	if (cfg)
		vnc_show(cfg, run_dir);
}
