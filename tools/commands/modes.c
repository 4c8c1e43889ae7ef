/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands/modes.h"

#include <string.h>
#include <libvirt/virterror.h>

#include "output/errors.h"

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
