/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "crash/operations.h"

static const struct operation *const families[] = {
	domain_operations,
	life_operations,
	snapshot_operations,
	doctor_operations,
};

const struct operation *operation_at(unsigned int i)
{
	for (unsigned int f = 0; f < G_N_ELEMENTS(families); f++)
		for (const struct operation *op = families[f]; op->name; op++)
			if (i-- == 0)
				return op;
	return NULL;
}
