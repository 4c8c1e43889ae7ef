/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api/typed-params.h"
#include <string.h>

void params_init(struct params *p)
{
	p->array = g_array_new(FALSE, TRUE, sizeof(virTypedParameter));
}

static virTypedParameterPtr add(struct params *p, const char *field, int type)
{
	virTypedParameter made = { .type = type };

	g_strlcpy(made.field, field, sizeof(made.field));
	g_array_append_val(p->array, made);
	return &g_array_index(p->array, virTypedParameter, p->array->len - 1);
}

void params_int(struct params *p, const char *field, int value)
{
	add(p, field, VIR_TYPED_PARAM_INT)->value.i = value;
}

void params_uint(struct params *p, const char *field, unsigned int value)
{
	add(p, field, VIR_TYPED_PARAM_UINT)->value.ui = value;
}

void params_ullong(struct params *p, const char *field, guint64 value)
{
	add(p, field, VIR_TYPED_PARAM_ULLONG)->value.ul = value;
}

int params_take(struct params *p, virTypedParameterPtr *ret_params)
{
	int n = (int)p->array->len;

	*ret_params = (virTypedParameterPtr)(void *)g_array_free(p->array, n == 0);
	p->array = NULL;
	return n;
}

virTypedParameterPtr virTypedParamsGet(virTypedParameterPtr params, int nparams,
				       const char *name)
{
	for (int i = 0; params && name && i < nparams; i++)
		if (strcmp(params[i].field, name) == 0)
			return &params[i];
	return NULL;
}

void virTypedParamsFree(virTypedParameterPtr params, int nparams)
{
	for (int i = 0; params && i < nparams; i++)
		if (params[i].type == VIR_TYPED_PARAM_STRING)
			g_free(params[i].value.s);
	g_free(params);
}
