/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands/modes.h"

#include <string.h>
#include <libvirt/virterror.h>

#include "output/errors.h"
#include "output/json.h"
#include "output/output.h"

const char *const power_modes[] = { "acpi", "agent", "agent,acpi", NULL };

/* In the order of their bits; the library says which of them there are not. */
static const char *const names[] = { "acpi", "agent", "initctl", "signal", "paravirt", NULL };

bool parse_modes(struct shell *sh, const char *text, unsigned *ret_flags)
{
	unsigned flags = 0;

	while (text && *text) {
		size_t length = strcspn(text, ","), i = 0;

		while (names[i] && (strlen(names[i]) != length ||
					  strncmp(names[i], text, length) != 0))
			i++;
		if (!names[i])
			return fail_own(sh, VIR_ERR_INVALID_ARG,
					"Unknown mode %.*s value, expecting 'acpi', 'agent', "
					"'initctl', 'signal', or 'paravirt'", (int)length, text);
		flags |= 1u << i;
		text += length + (text[length] == ',');
	}
	*ret_flags = flags;
	return true;
}

/* Of `used`: its name for programs; for people what is not seen from the command. */
static const struct {
	unsigned used;
	const char *mode, *line;
} ways[] = {
	{ VIR_DOMAIN_SHUTDOWN_ACPI_POWER_BTN, "acpi", NULL },
	{ VIR_DOMAIN_SHUTDOWN_GUEST_AGENT, "agent", "The agent in the guest was asked" },
	{ VIR_DOMAIN_SHUTDOWN_GUEST_AGENT | VIR_DOMAIN_SHUTDOWN_ACPI_POWER_BTN, "agent,acpi",
	  "The agent in the guest did not answer, so the power button was pressed" },
};

static void print_mode(const struct shell *sh, const char *name, const char *mode)
{
	struct json_object *o = json_object_new_object();

	json_put_text(o, "domain", name);
	json_put_text(o, "done", sh->running);
	if (mode)
		json_put_text(o, "mode", mode);
	json_print(o, stdout);
}

void tell_mode(const struct shell *sh, const char *name, const char *line, unsigned used)
{
	const char *mode = NULL, *more = NULL;

	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		if (ways[i].used != used)
			continue;
		mode = ways[i].mode;
		more = ways[i].line;
	}
	if (sh->settings.json) {
		print_mode(sh, name, mode);
		return;
	}
	say(sh, "Domain '%s' %s", name, line);
	if (more)
		say(sh, "%s", more);
}
