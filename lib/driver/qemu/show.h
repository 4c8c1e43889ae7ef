/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
#include "model/hv.h"

/* See hv.h. */
void show_live(struct xml_tree *live, const char *run_dir, guint32 channels);
