/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Commands that tell where a guest's screen and terminal are. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <domsh/domsh.h>
#include <libvirt/virterror.h>

#include "command.h"
#include "output/errors.h"
#include "mem.h"
#include "output/output.h"
#include "output/render.h"

#define VNC_PORT 5900

struct display_args {
	struct domain_target domain;
};

static const struct option display_options[] = {
	DOMAIN_AT(display_args),
	{ .name = NULL },
};

static bool is_off(const struct shell *sh, virDomainPtr domain)
{
	if (virDomainGetID(domain) != (unsigned)-1)
		return false;
	fail_own(sh, VIR_ERR_OPERATION_INVALID, "Domain is not running");
	return true;
}

/* Everybody who listens on an address of all is reached on this host. */
static const char *host_of(const struct domshDisplay *d)
{
	static const char *const everywhere[] = { "0.0.0.0", "::" };

	for (size_t i = 0; i < 2; i++)
		if (d->listen && strcmp(d->listen, everywhere[i]) == 0)
			return NULL;
	return d->listen;
}

/* ---- vncdisplay --------------------------------------------------------------------------- */

static char *vnc_text(const struct domshDisplay *d)
{
	if (d->port >= 0)
		return mem_format("%s:%d", host_of(d) ? host_of(d) : "", d->port - VNC_PORT);
	return mem_copy(d->socket);
}

static bool run_vncdisplay(struct shell *sh, const void *args)
{
	virDomainPtr domain = ((const struct display_args *)args)->domain.domain;
	auto_free char *text = NULL;
	struct domshDisplay *displays;
	int n;

	if (is_off(sh, domain))
		return false;
	n = domshDomainListDisplays(domain, 0, &displays);
	if (n < 0)
		return fail_library(sh);
	for (int i = 0; i < n && !text; i++)
		if (displays[i].type && strcmp(displays[i].type, "vnc") == 0)
			text = vnc_text(&displays[i]);
	domshDisplaysFree(displays, n);
	if (!text)
		return fail_own(sh, VIR_ERR_OPERATION_INVALID,
				"Failed to get VNC port. Is this domain using VNC?");
	render_value(sh, "domain", virDomainGetName(domain), "display", value_text(text));
	return true;
}

const struct command command_vncdisplay = {
	.name = "vncdisplay",
	.summary = "print where a guest's VNC display is",
	.about = "Prints address and number of the VNC display ('127.0.0.1:0'), or the path of its "
		 "unix socket. VNC viewers take either.",
	.options = display_options,
	.args_size = sizeof(struct display_args),
	.run = run_vncdisplay,
};

/* ---- ttyconsole --------------------------------------------------------------------------- */

static bool run_ttyconsole(struct shell *sh, const void *args)
{
	virDomainPtr domain = ((const struct display_args *)args)->domain.domain;
	auto_free char *path = NULL;

	if (is_off(sh, domain))
		return false;
	path = domshDomainGetTerminal(domain);
	if (!path && virGetLastError())
		return fail_library(sh);
	if (!path)
		return fail_own(sh, VIR_ERR_OPERATION_INVALID,
				"The guest's console is on no terminal");
	render_value(sh, "domain", virDomainGetName(domain), "tty", value_text(path));
	return true;
}

const struct command command_ttyconsole = {
	.name = "ttyconsole",
	.summary = "print the terminal of a guest's console",
	.about = "Prints the device of the terminal that the guest's first console is on. Consoles "
		 "on sockets or files have none.",
	.options = display_options,
	.args_size = sizeof(struct display_args),
	.run = run_ttyconsole,
};

/* ---- domdisplay --------------------------------------------------------------------------- */

struct domdisplay_args {
	struct domain_target domain;
	unsigned password, all;
	const char *type;
};

static const struct option domdisplay_options[] = {
	DOMAIN_AT(domdisplay_args),
	{ .name = "include-password", BIT_AT(domdisplay_args, password, 1),
	  .summary = "with the password, where there is one" },
	{ .name = "type", VALUE_AT(OPTION_STRING, domdisplay_args, type),
	  .props = OPTION_POSITIONAL, .summary = "only displays of a type: vnc, spice, rdp" },
	{ .name = "all", BIT_AT(domdisplay_args, all, 1), .summary = "all of them, one a line" },
	{ .name = NULL },
};

/* NULL: it cannot be reached. */
static char *display_uri(const struct domshDisplay *d)
{
	const bool vnc = strcmp(d->type, "vnc") == 0;
	const char *host = host_of(d) ? host_of(d) : "localhost";
	const char *colon = strchr(host, ':');
	auto_free char *secret = d->password && vnc ? mem_format(":%s@", d->password) : mem_copy("");
	auto_free char *tail = d->password && !vnc ? mem_format("?password=%s", d->password)
						   : mem_copy("");

	if (d->port < 0 && d->tlsPort < 0)
		return d->socket ? mem_format("%s+unix://%s", d->type, d->socket) : NULL;
	return mem_format("%s://%s%s%s%s:%d%s", d->type, secret, colon ? "[" : "", host,
			  colon ? "]" : "", vnc ? d->port - VNC_PORT
					: d->port >= 0 ? d->port : d->tlsPort, tail);
}

static void add_displays(struct sheet *s, const struct domdisplay_args *a,
			 const struct domshDisplay *displays, int n)
{
	for (int i = 0; i < n; i++) {
		if (!displays[i].type || (a->type && strcmp(a->type, displays[i].type) != 0))
			continue;
		auto_free char *uri = display_uri(&displays[i]);
		if (uri)
			sheet_add(s, (struct value[]){ value_text(displays[i].type),
						       value_text(uri) });
		if (uri && !a->all)
			return;
	}
}

static const struct column domdisplay_columns[] = {
	{ "type", NULL }, { "uri", "" }, { NULL, NULL },
};

static bool run_domdisplay(struct shell *sh, const void *args)
{
	const struct domdisplay_args *a = args;
	virDomainPtr domain = a->domain.domain;
	struct domshDisplay *displays;
	struct sheet s;
	int n;

	if (is_off(sh, domain))
		return false;
	n = domshDomainListDisplays(domain, a->password ? VIR_DOMAIN_XML_SECURE : 0, &displays);
	if (n < 0)
		return fail_library(sh);
	sheet_init(&s, domdisplay_columns);
	add_displays(&s, a, displays, n);
	domshDisplaysFree(displays, n);
	if (s.nrows == 0) {
		sheet_free(&s);
		if (a->type)
			return fail_own(sh, VIR_ERR_OPERATION_INVALID,
					"No graphical display with type '%s' found", a->type);
		return fail_own(sh, VIR_ERR_OPERATION_INVALID, "No graphical display found");
	}
	render_lines(sh, &s);
	return true;
}

const struct command command_domdisplay = {
	.name = "domdisplay",
	.summary = "print a URI of a guest's display",
	.about = "Prints a URI that viewers such as remote-viewer take. A display on a unix socket "
		 "is vnc+unix:///PATH.",
	.options = domdisplay_options,
	.args_size = sizeof(struct domdisplay_args),
	.run = run_domdisplay,
};
