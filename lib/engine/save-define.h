/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* What managedsave-define and taking back an old XML from old/ share. */
#include <glib.h>
#include <stdbool.h>

struct op;

/* op is locked. */
bool managed_save_define(struct op *op, const char *xml, GError **err);
