/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/qemu/argv.h"

#include "base/error.h"
#include "driver/qemu/port.h"

#define SERIALS_MAX 4 /* ISA ports that firmware knows */

static void collect(struct argv_builder *b, enum port_kind kind)
{
	const GPtrArray *ports = port_list(b->in->cfg, kind);

	for (guint i = 0; i < ports->len; i++) {
		const struct serial_config *port = g_ptr_array_index(ports, i);

		if (port_listens(port))
			g_ptr_array_add(b->spec->sockets, port->path ? g_strdup(port->path)
								     : port_socket(kind, i));
	}
}

bool argv_collect_sockets(struct argv_builder *b, GError **err)
{
	if (b->in->cfg->serials->len > SERIALS_MAX)
		return fail(err, VIR_ERR_CONFIG_UNSUPPORTED,
			    "more than %d serial ports are not supported", SERIALS_MAX);
	for (enum port_kind kind = 0; kind < PORT_KIND_COUNT; kind++)
		collect(b, kind);
	argv_collect_channels(b);
	return true;
}

/* How a port's other end is said to QEMU. */
static char *backend_of(struct argv_builder *b, const struct serial_config *port, const char *id)
{
	g_autofree char *path = port->path ? argv_escape(port->path) : NULL;

	switch (port->kind) {
	case CHARDEV_UNIX:
		if (port_listens(port))
			return g_strdup_printf("socket,id=%s,fd=%d,server=on,wait=off", id,
					       spec_socket_fd(b->next_socket++));
		return g_strdup_printf("socket,id=%s,path=%s,server=off", id, path);
	case CHARDEV_FILE:
		return g_strdup_printf("file,id=%s,path=%s,append=%s", id, path,
				       port->append ? "on" : "off");
	case CHARDEV_PTY:
		return g_strdup_printf("pty,id=%s", id);
	case CHARDEV_NULL:
	case CHARDEV_COUNT:
		break;
	}
	return g_strdup_printf("null,id=%s", id);
}

static void add_paths(struct argv_builder *b, const struct serial_config *port)
{
	if (port->kind == CHARDEV_FILE)
		spec_add_made_path(b->spec, port->path);
	if (port->kind != CHARDEV_PTY)
		return;
	spec_add_path(b->spec, "/dev/ptmx", true);
	spec_add_path(b->spec, "/dev/pts", true);
}

static json_object *device_of(struct argv_builder *b, enum port_kind kind,
			      const struct serial_config *port, guint i)
{
	g_autofree char *name = port_name(kind, i), *chardev = port_chardev(kind, i);
	g_autofree char *id = g_strconcat("ua-", name, NULL);
	json_object *device;

	device = argv_device(b, kind == PORT_SERIAL ? "isa-serial" : "virtconsole", id, NULL);
	json_set_string(device, "chardev", chardev);
	if (kind == PORT_SERIAL) {
		json_set_int(device, "index", port->port);
	} else {
		json_set_string(device, "bus", "virtio-serial0.0");
		json_set_int(device, "nr", port->port);
	}
	return device;
}

static bool add_port(struct argv_builder *b, enum port_kind kind, guint i, GError **err)
{
	const struct serial_config *port = g_ptr_array_index(port_list(b->in->cfg, kind), i);
	g_autofree char *name = port_name(kind, i), *chardev = port_chardev(kind, i);
	g_autofree char *backend = NULL;

	if (port->kind >= CHARDEV_COUNT)
		return fail(err, VIR_ERR_CONFIG_UNSUPPORTED, "the type of %s is not supported",
			    name);
	backend = backend_of(b, port, chardev);
	argv_add(b, "-chardev", backend);
	add_paths(b, port);
	argv_add_json(b, "-device", device_of(b, kind, port, i));
	return true;
}

bool argv_add_ports(struct argv_builder *b, GError **err)
{
	for (enum port_kind kind = 0; kind < PORT_KIND_COUNT; kind++)
		for (guint i = 0; i < port_list(b->in->cfg, kind)->len; i++)
			if (!add_port(b, kind, i, err))
				return false;
	return true;
}
