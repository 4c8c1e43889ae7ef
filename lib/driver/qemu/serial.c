/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/qemu/serial.h"

#include "base/error.h"
#include "driver/qemu/argv.h"

/* Index of the port meant; -1. The console is port 0 under another name. */
static int find_port(const struct domain_config *cfg, const char *alias, GError **err)
{
	int first = -1;

	for (guint i = 0; i < cfg->serials->len; i++) {
		const struct serial_config *serial = g_ptr_array_index(cfg->serials, i);

		if (alias ? g_strcmp0(serial->alias, alias) == 0 : serial->port == 0)
			return (int)i;
		first = 0;
	}
	if (alias)
		fail(err, VIR_ERR_INVALID_ARG, "domain '%s' has no serial port '%s'", cfg->name,
		     alias);
	else if (first < 0)
		fail(err, VIR_ERR_OPERATION_UNSUPPORTED,
		     "domain '%s' has no console and no serial port", cfg->name);
	return alias ? -1 : first;
}

static char *path_of(const struct serial_config *serial, int index)
{
	if (serial->kind == CHARDEV_PTY)
		return xml_attr_at(serial->node, "source", "path");
	if (serial->kind != CHARDEV_UNIX || (serial->path && !serial->is_listening))
		return NULL;
	return serial->path ? g_strdup(serial->path) : argv_serial_socket((guint)index);
}

bool serial_console(const struct xml_tree *live, const char *alias, struct hv_console *ret,
		    GError **err)
{
	g_autoptr(domain_config) cfg = domain_config_read(live, err);
	int index = cfg ? find_port(cfg, alias, err) : -1;
	const struct serial_config *serial;
	char *path;

	if (index < 0)
		return false;
	serial = g_ptr_array_index(cfg->serials, index);
	path = path_of(serial, index);
	if (!path)
		return fail(err, VIR_ERR_OPERATION_UNSUPPORTED,
			    "serial port %d of domain '%s' is neither a terminal (type='pty') nor "
			    "a socket that QEMU listens on (type='unix', mode='bind')",
			    serial->port, cfg->name);
	*ret = (struct hv_console){
		.port = g_strdup_printf("serial%d", serial->port),
		.path = path,
		.is_socket = serial->kind == CHARDEV_UNIX,
	};
	return true;
}
