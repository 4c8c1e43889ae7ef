/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "driver/qemu/runtime.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/error.h"
#include "base/sys.h"
#include "base/util.h"
#include "driver/qemu/argv.h"
#include "driver/qemu/chardev.h"
#include "driver/qemu/link.h"
#include "driver/qemu/port.h"
#include "driver/qemu/vnc.h"

#define NVRAM_MAX (64u << 20)

/* ---- Ptys ---- */

/* QEMU's word is taken for a path only when it can be nothing but a pty. */
static const char *pty_path(const char *filename)
{
	static const char prefix[] = "pty:/dev/pts/";
	const char *number = filename + strlen(prefix);

	if (!g_str_has_prefix(filename, prefix) || !*number || strlen(number) > 7 ||
	    strspn(number, G_CSET_DIGITS) != strlen(number))
		return NULL;
	return filename + strlen("pty:");
}

static void set_source(struct xml_node *node, const char *path)
{
	struct xml_node *source = xml_child(node, "source");

	if (!source)
		source = xml_add_first(node, "source");
	xml_set_attr(source, "path", path);
}

/* As libvirt writes it: the console that is port 0 by another name says it as well. */
static void write_pty(struct xml_tree *tree, const struct serial_config *port, const char *path)
{
	struct xml_node *console = xml_at(xml_root(tree), "devices/console");
	g_autofree char *type = console ? xml_attr(console, "type") : NULL;

	set_source(port->node, path);
	if (strcmp(xml_name(port->node), "console") == 0) {
		xml_set_attr(port->node, "tty", path);
	} else if (port->port == 0 && g_strcmp0(type, "pty") == 0 && console_is_serial(console)) {
		set_source(console, path);
		xml_set_attr(console, "tty", path);
	}
}

static bool find_ptys_of(struct qmp *q, struct xml_tree *tree, const struct domain_config *cfg,
			 enum port_kind kind, GError **err)
{
	const GPtrArray *ports = port_list(cfg, kind);
	g_autoptr(json_object) chardevs = NULL;

	for (guint i = 0; i < ports->len; i++) {
		const struct serial_config *port = g_ptr_array_index(ports, i);
		g_autofree char *label = port_chardev(kind, i);
		const char *filename, *path;

		if (port->kind != CHARDEV_PTY)
			continue;
		if (!chardevs && !qmp_call(q, "query-chardev", NULL, &chardevs, err))
			return false;
		filename = chardev_filename(chardevs, label);
		path = filename ? pty_path(filename) : NULL;
		if (!path)
			return fail(err, VIR_ERR_INTERNAL_ERROR,
				    "QEMU does not tell the terminal of %s", label);
		write_pty(tree, port, path);
	}
	return true;
}

static bool find_ptys(struct qmp *q, struct xml_tree *tree, const struct domain_config *cfg,
		      GError **err)
{
	for (enum port_kind kind = 0; kind < PORT_KIND_COUNT; kind++)
		if (!find_ptys_of(q, tree, cfg, kind, err))
			return false;
	return true;
}

/* ---- Balloon ---- */

static bool size_balloon(struct qmp *q, const struct domain_config *cfg, GError **err)
{
	json_object *args;

	if (g_strcmp0(cfg->balloon, "virtio") != 0 || cfg->memory_kib >= cfg->max_memory_kib)
		return true;
	args = json_object_new_object();
	json_set_int(args, "value", (gint64)(cfg->memory_kib * 1024));
	return qmp_call(q, "balloon", args, NULL, err);
}

bool runtime_finish(struct guest *g, struct qmp *q, struct xml_tree *tree,
		    const struct domain_config *cfg, GError **err)
{
	return find_ptys(q, tree, cfg, err) && vnc_open(g, q, cfg, err) &&
	       link_apply(q, cfg, err) && size_balloon(q, cfg, err);
}

/* ---- NVRAM ---- */

bool runtime_prepare_nvram(const struct guest *g, const struct domain_config *cfg, GError **err)
{
	g_autofree char *text = NULL;
	size_t size;
	int there;

	if (!cfg->loader || cfg->nvram)
		return true;
	there = exists_at(g->dir_fd, NVRAM_FILE);
	if (there != 0)
		return there > 0 || fail_os(err, errno, "look for the NVRAM of '%s'", g->name);
	if (!cfg->nvram_template)
		return fail(err, VIR_ERR_CONFIG_UNSUPPORTED,
			    "domain '%s' has no NVRAM yet and names no template: "
			    "<nvram template='/usr/share/OVMF/OVMF_VARS_4M.fd'/>", g->name);
	if (!read_file_at(AT_FDCWD, cfg->nvram_template, NVRAM_MAX, &text, &size, err))
		return fail_prefix(err, "NVRAM template '%s'", cfg->nvram_template);
	/* By rename: half a file would be taken for the whole. */
	return sys_replace_file(g->dir_fd, NVRAM_FILE, text, size, err);
}
