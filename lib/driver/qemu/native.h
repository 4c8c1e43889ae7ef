/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* What would be executed, for people: one option a line, quoted for a shell. */
#include "driver/qemu/spec.h"

char *native_text(const struct spec *spec);
