/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/qemu/argv.h"

#include <string.h>

#include "driver/qemu/chardev.h"

char *argv_channel_socket(guint i)
{
	return g_strdup_printf("channel%u.sock", i);
}

/* Our end of the agent's channel is found again by the spec (agent.h). */
void argv_collect_channels(struct argv_builder *b)
{
	const GPtrArray *channels = b->in->cfg->channels;

	for (guint i = 0; i < channels->len; i++) {
		const struct channel_config *channel = g_ptr_array_index(channels, i);
		char *socket = channel->path ? g_strdup(channel->path)
					     : argv_channel_socket(i);

		g_ptr_array_add(b->spec->sockets, socket);
		if (strcmp(channel->name, CHANNEL_AGENT) != 0 || b->spec->agent)
			continue;
		b->spec->agent = g_strdup(socket);
		b->spec->agent_chardev = g_strdup_printf(CHANNEL_CHARDEV "%u", i);
	}
}

static const struct xml_node *controller_node(const struct argv_builder *b)
{
	const struct xml_node *node = xml_at(xml_root(b->in->tree), "devices/controller");

	for (; node; node = xml_next(node, "controller")) {
		g_autofree char *type = xml_attr(node, "type");

		if (g_strcmp0(type, "virtio-serial") == 0)
			return node;
	}
	return NULL;
}

/* The channels' sockets are the last ones. */
void argv_add_channels(struct argv_builder *b)
{
	const GPtrArray *channels = b->in->cfg->channels;
	const struct xml_node *controller = controller_node(b);
	guint first = b->spec->sockets->len - channels->len;

	if (!controller)
		return;
	argv_add_json(b, "-device",
		      argv_device(b, "virtio-serial-pci", "virtio-serial0", controller));
	for (guint i = 0; i < channels->len; i++) {
		const struct channel_config *channel = g_ptr_array_index(channels, i);
		g_autofree char *chardev = g_strdup_printf(CHANNEL_CHARDEV "%u", i);
		g_autofree char *id = g_strdup_printf(CHANNEL_DEVICE "%u", i);
		g_autofree char *backend = g_strdup_printf("socket,id=%s,fd=%d,server=on,wait=off",
							   chardev, spec_socket_fd(first + i));
		json_object *device = argv_device(b, "virtserialport", id, NULL);

		argv_add(b, "-chardev", backend);
		json_set_string(device, "bus", "virtio-serial0.0");
		json_set_int(device, "nr", channel->port);
		json_set_string(device, "chardev", chardev);
		json_set_string(device, "name", channel->name);
		argv_add_json(b, "-device", device);
	}
}
