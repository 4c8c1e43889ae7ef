/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/qemu/serial.h"

#include "base/error.h"
#include "driver/qemu/port.h"

struct found {
	const struct serial_config *port; /* NULL: none */
	enum port_kind kind;
	guint i;
};

static struct found find_alias(const struct domain_config *cfg, const char *alias)
{
	for (enum port_kind kind = 0; kind < PORT_KIND_COUNT; kind++) {
		const GPtrArray *ports = port_list(cfg, kind);

		for (guint i = 0; i < ports->len; i++) {
			const struct serial_config *port = g_ptr_array_index(ports, i);

			if (g_strcmp0(port->alias, alias) == 0)
				return (struct found){ port, kind, i };
		}
	}
	return (struct found){ 0 };
}

/* The first <console>: one of virtio, or serial port 0 under another name. Without one, that port. */
static struct found find_console(const struct xml_tree *live, const struct domain_config *cfg)
{
	const struct xml_node *console = xml_at(xml_root(live), "devices/console");
	const bool is_virtio = cfg->consoles->len > 0 &&
			       (cfg->serials->len == 0 || (console && !console_is_serial(console)));
	const GPtrArray *ports = is_virtio ? cfg->consoles : cfg->serials;

	for (guint i = 0; !is_virtio && i < ports->len; i++) {
		const struct serial_config *port = g_ptr_array_index(ports, i);

		if (port->port == 0)
			return (struct found){ port, PORT_SERIAL, i };
	}
	if (ports->len == 0)
		return (struct found){ 0 };
	return (struct found){ g_ptr_array_index(ports, 0),
			       is_virtio ? PORT_CONSOLE : PORT_SERIAL, 0 };
}

static bool not_there(const struct domain_config *cfg, const char *alias, GError **err)
{
	if (alias)
		return fail(err, VIR_ERR_INVALID_ARG,
			    "domain '%s' has no serial port or console '%s'", cfg->name, alias);
	return fail(err, VIR_ERR_OPERATION_UNSUPPORTED,
		    "domain '%s' has no console and no serial port", cfg->name);
}

static char *path_of(const struct found *f)
{
	if (f->port->kind == CHARDEV_PTY)
		return xml_attr_at(f->port->node, "source", "path");
	if (!port_listens(f->port))
		return NULL;
	return f->port->path ? g_strdup(f->port->path) : port_socket(f->kind, f->i);
}

bool serial_console(const struct xml_tree *live, const char *alias, struct hv_console *ret,
		    GError **err)
{
	g_autoptr(domain_config) cfg = domain_config_read(live, err);
	g_autofree char *name = NULL;
	struct found f;
	char *path;

	if (!cfg)
		return false;
	f = alias ? find_alias(cfg, alias) : find_console(live, cfg);
	if (!f.port)
		return not_there(cfg, alias, err);
	name = port_name(f.kind, f.kind == PORT_SERIAL ? (guint)f.port->port : f.i);
	path = path_of(&f);
	if (!path)
		return fail(err, VIR_ERR_OPERATION_UNSUPPORTED,
			    "%s of domain '%s' is neither a terminal (type='pty') nor "
			    "a socket that QEMU listens on (type='unix', mode='bind')",
			    name, cfg->name);
	*ret = (struct hv_console){
		.port = g_steal_pointer(&name),
		.path = path,
		.is_socket = f.port->kind == CHARDEV_UNIX,
	};
	return true;
}
