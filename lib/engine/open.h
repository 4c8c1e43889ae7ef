/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* How each driver is opened: e->uri, e->config and e->command are there; root and hv are to be
 * set. Errors as of engine_open. */
#include "engine/op.h"

bool open_test(struct engine *e, GError **err);
