/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* The option --mode of shutdown and reboot: ways of asking a guest, joined by commas. The values
 * of virDomainShutdownFlagValues are those of virDomainRebootFlagValues. */
#include "command.h"

/* For Tab: the ways that there are. */
extern const char *const power_modes[];

#define MODE_AT(type)                                                                     \
	{ .name = "mode", VALUE_AT(OPTION_STRING, type, mode), .words = power_modes,      \
	  .props = OPTION_POSITIONAL,                                                     \
	  .summary = "how the guest is asked: acpi, agent, or 'agent,acpi'; else the agent if it is "       \
		     "there, and acpi" }

/* NULL: none, which is the driver's choice. false: an error was printed. */
bool parse_modes(struct shell *sh, const char *text, unsigned *ret_flags);

/* "Domain 'NAME' LINE", and which of the ways it was. */
void tell_mode(const struct shell *sh, const char *name, const char *line, unsigned used);
