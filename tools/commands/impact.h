/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* Options that say which of a domain's two configurations is meant. The command's struct has the
 * members `impact` (the bits) and `current`; the exclusions are bits 1 and 2. */
#include "command.h"

#define IMPACT(type)                                                                      \
	{ .name = "live", BIT_AT(type, impact, VIR_DOMAIN_AFFECT_LIVE), .excludes = 1,    \
	  .summary = "of the guest that runs" },                                          \
	{ .name = "config", BIT_AT(type, impact, VIR_DOMAIN_AFFECT_CONFIG), .excludes = 2, \
	  .summary = "of the stored configuration" },                                     \
	{ .name = "current", BIT_AT(type, current, 1), .excludes = 1 | 2,                 \
	  .summary = "of the state that the domain is in; this is the default" }
