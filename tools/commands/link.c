/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The cable of a network card: domif-getlink, domif-setlink. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <domsh/domsh.h>
#include <libvirt/virterror.h>

#include "command.h"
#include "mem.h"
#include "output/errors.h"
#include "output/outcome.h"
#include "output/render.h"

struct link_args {
	struct domain_target domain;
	const char *interface, *state;
	unsigned config, print;
};

#define INTERFACE_AT                                                                      \
	{ .name = "interface", VALUE_AT(OPTION_STRING, link_args, interface),             \
	  .props = OPTION_REQUIRED | OPTION_POSITIONAL,                                   \
	  .summary = "MAC address of the interface, or its name on the host" }

static bool is_mac(const char *text)
{
	return strlen(text) == 17 && strspn(text, "0123456789abcdefABCDEF:") == 17;
}

/* Look it up; false: an error was printed. *ret_mac is the caller's to free, as is *ret_link. */
static bool find(struct shell *sh, const struct link_args *a, char **ret_mac, char **ret_link)
{
	struct domshInterface *nics;
	int n = domshDomainListInterfaces(a->domain.domain,
					  a->config ? VIR_DOMAIN_XML_INACTIVE : 0, &nics);

	if (n < 0)
		return fail_call(sh, "Failed to get interface information");
	*ret_mac = *ret_link = NULL;
	for (int i = 0; i < n && !*ret_mac; i++) {
		if (!nics[i].mac || (strcasecmp(nics[i].mac, a->interface) != 0 &&
				     (!nics[i].name || strcmp(nics[i].name, a->interface) != 0)))
			continue;
		*ret_mac = mem_copy(nics[i].mac);
		*ret_link = mem_copy(nics[i].link);
	}
	domshInterfacesFree(nics, n);
	if (*ret_mac)
		return true;
	return fail_own(sh, VIR_ERR_INVALID_ARG, "Interface (%s: %s) not found.",
			is_mac(a->interface) ? "mac" : "dev", a->interface);
}

/* ---- domif-getlink ------------------------------------------------------------------------ */

static const struct option getlink_options[] = {
	DOMAIN_AT(link_args),
	INTERFACE_AT,
	{ .name = "config", BIT_AT(link_args, config, 1),
	  .summary = "of the stored configuration" },
	{ .name = NULL },
};

static bool run_getlink(struct shell *sh, const void *args)
{
	const struct link_args *a = args;
	auto_free char *mac = NULL, *link = NULL;
	const struct column columns[] = {
		{ "interface", NULL }, { "link", a->interface }, { NULL, NULL },
	};
	struct sheet s;

	if (!find(sh, a, &mac, &link))
		return false;
	sheet_init(&s, columns);
	sheet_add(&s, (struct value[]){ value_text(a->interface), value_text(link) });
	render_bare_record(sh, &s);
	return true;
}

const struct command command_domif_getlink = {
	.name = "domif-getlink",
	.summary = "tell whether a network cable is plugged in",
	.about = "Prints 'up' or 'down' as the configuration of the guest has it; what the guest makes "
		 "of it, is not asked.",
	.options = getlink_options,
	.args_size = sizeof(struct link_args),
	.run = run_getlink,
};

/* ---- domif-setlink ------------------------------------------------------------------------ */

static const char *const states[] = { "up", "down", NULL };

static const struct option setlink_options[] = {
	DOMAIN_AT(link_args),
	INTERFACE_AT,
	{ .name = "state", VALUE_AT(OPTION_STRING, link_args, state), .words = states,
	  .props = OPTION_REQUIRED | OPTION_POSITIONAL, .summary = "up: plugged in; down: pulled" },
	{ .name = "config", BIT_AT(link_args, config, 1),
	  .summary = "of the stored configuration, for the next start" },
	{ .name = "print-xml", BIT_AT(link_args, print, 1),
	  .unsupported = "no command takes the XML of an interface; dumpxml --xpath prints it",
	  .summary = "print the interface's XML instead" },
	{ .name = NULL },
};

static bool run_setlink(struct shell *sh, const void *args)
{
	const struct link_args *a = args;
	auto_free char *mac = NULL, *link = NULL;

	if (strcmp(a->state, "up") != 0 && strcmp(a->state, "down") != 0)
		return fail_own(sh, VIR_ERR_INVALID_ARG, "invalid link state '%s'", a->state);
	if (!find(sh, a, &mac, &link))
		return false;
	if (domshDomainSetLink(a->domain.domain, mac, strcmp(a->state, "up") == 0,
			       a->config ? VIR_DOMAIN_AFFECT_CONFIG : 0) < 0)
		return fail_call(sh, "Failed to update interface link state");
	outcome(sh, virDomainGetName(a->domain.domain), NULL, "Device updated successfully");
	return true;
}

const struct command command_domif_setlink = {
	.name = "domif-setlink",
	.summary = "pull or plug a guest's network cable",
	.about = "The driver in a running guest sees it at once. Of a domain that is off, and with "
		 "--config, the stored configuration is changed.",
	.options = setlink_options,
	.args_size = sizeof(struct link_args),
	.run = run_setlink,
};
