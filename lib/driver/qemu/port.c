/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/qemu/port.h"

static const char *const names[] = {
	[PORT_SERIAL] = "serial",
	[PORT_CONSOLE] = "console",
};
G_STATIC_ASSERT(G_N_ELEMENTS(names) == PORT_KIND_COUNT);

const GPtrArray *port_list(const struct domain_config *cfg, enum port_kind kind)
{
	return kind == PORT_SERIAL ? cfg->serials : cfg->consoles;
}

char *port_name(enum port_kind kind, guint i)
{
	return g_strdup_printf("%s%u", names[kind], i);
}

char *port_chardev(enum port_kind kind, guint i)
{
	return g_strdup_printf("char%s%u", names[kind], i);
}

char *port_socket(enum port_kind kind, guint i)
{
	return g_strdup_printf("%s%u.sock", names[kind], i);
}

bool port_listens(const struct serial_config *port)
{
	return port->kind == CHARDEV_UNIX && (port->is_listening || !port->path);
}
