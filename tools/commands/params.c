/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands/params.h"

#include "mem.h"

char *param_text(const virTypedParameter *p)
{
	switch (p->type) {
	case VIR_TYPED_PARAM_INT: return mem_format("%d", p->value.i);
	case VIR_TYPED_PARAM_UINT: return mem_format("%u", p->value.ui);
	case VIR_TYPED_PARAM_LLONG: return mem_format("%lld", p->value.l);
	case VIR_TYPED_PARAM_ULLONG: return mem_format("%llu", p->value.ul);
	case VIR_TYPED_PARAM_DOUBLE: return mem_format("%f", p->value.d);
	case VIR_TYPED_PARAM_BOOLEAN: return mem_copy(p->value.b ? "yes" : "no");
	case VIR_TYPED_PARAM_STRING: return mem_copy(p->value.s);
	default: return mem_copy("");
	}
}
