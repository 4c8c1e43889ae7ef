/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* Arrays of named values, built one by one and handed out. */
#include <glib.h>
#include <libvirt/libvirt-common.h>

struct params {
	GArray *array; /* of virTypedParameter */
};

void params_init(struct params *p);
void params_int(struct params *p, const char *field, int value);
void params_uint(struct params *p, const char *field, unsigned int value);
void params_ullong(struct params *p, const char *field, guint64 value);
/* Hand the array out (NULL when it is empty); returns its length. */
int params_take(struct params *p, virTypedParameterPtr *ret_params);
