/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* Serial ports of a running guest, from the outside. */
#include "model/hv.h"

bool serial_console(const struct xml_tree *live, const char *alias, struct hv_console *ret,
		    GError **err);
