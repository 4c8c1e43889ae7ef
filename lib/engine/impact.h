/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* Which of a domain's two configurations is meant: bits of virDomainModificationImpact. */
#include <glib.h>
#include <stdbool.h>

struct op;

/* VIR_ERR_OPERATION_INVALID: it does not have the one that is asked for. */
bool impact_check(bool is_alive, bool has_config, const char *name, unsigned int impact,
		  GError **err);
/* Lock the domain to change them; 0 (current) becomes the one that it is in. */
bool impact_lock(struct op *op, const char *name, unsigned int *impact, GError **err);
