/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* Which of a domain's two configurations is meant: bits of virDomainModificationImpact. */
#include <glib.h>
#include <stdbool.h>

struct op;
struct xml_tree;

/* VIR_ERR_OPERATION_INVALID: it does not have the one that is asked for. */
bool impact_check(bool is_alive, bool has_config, const char *name, unsigned int impact,
		  GError **err);
/* Lock the domain to change them; 0 (current) becomes the one that it is in. */
bool impact_lock(struct op *op, const char *name, unsigned int *impact, GError **err);

/* One change of both, or of either. */
struct impact_change {
	unsigned int impact;
	bool (*edit)(struct op *op, struct xml_tree *tree, const void *data, GError **err);
	/* A guest obeys before its XML says so: the command can be repeated. Its monitor is open.
	 * NULL: the XML is all that it has. */
	bool (*obey)(struct op *op, const struct xml_tree *live, const void *data, GError **err);
	const void *data;
};
/* Lock the domain, edit what is meant, let the guest obey, and write both. */
bool impact_apply(struct op *op, const char *name, const struct impact_change *change, GError **err);
