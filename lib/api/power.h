/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* Shutdown and reboot: the ways of asking a guest, which both take as flags of the same values. */
#include "api/call.h"

/* No bit that is not known; VIR_ERR_ARGUMENT_UNSUPPORTED for a way that no guest here has. */
bool power_check(struct call *c, unsigned int flags);
/* The agent first where both are asked for, then the button; without flags the button. */
bool power_ask(struct call *c, unsigned int flags, const char *agent_mode,
	       bool (*press)(struct engine *e, const char *name, GError **err));
