/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <assert.h>
#include "model/facts.h"

static_assert(FACT_COUNT <= 64, "facts are bits of one 64-bit word");

const char *fact_name(enum fact fact)
{
	static const char *const names[FACT_COUNT] = {
#define X(name, word) [FACT_BIT_##name] = word,
		FACT_TABLE(X)
#undef X
	};

	return (unsigned int)fact < FACT_COUNT ? names[fact] : "?";
}
