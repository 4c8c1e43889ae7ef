/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* What define and create share: reading a definition and its facts. */
#include "engine/op.h"

/* op->tree, op->name and op->uuid (a new one when the XML has none) from a user's XML. */
bool definition_parse(struct op *op, const char *xml, GError **err);
/* Name and uuid against what exists; op is locked. */
void definition_facts(struct op *op, const char *wanted_uuid);
/* What of op->tree is not honoured: FACT_XML_UNSUPPORTED and op->unsupported. */
void definition_unsupported(struct op *op);
/* Does op->tree change a writable disk under a managed save image? FACT_DISKS_DIFFER. */
void definition_compare_disks(struct op *op);
/* uuid, machine, MACs, aliases into op->tree. */
void definition_pin(struct op *op);
