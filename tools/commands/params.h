/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* The value of a typed parameter as text. */
#include <libvirt/libvirt.h>

char *param_text(const virTypedParameter *p); /* free() */
