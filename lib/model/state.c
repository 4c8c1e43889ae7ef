/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "model/state.h"

enum existence domain_existence(const struct domain_state *s)
{
	if (!s)
		return EXISTENCE_NONE;
	if (s->is_alive)
		return s->has_config ? EXISTENCE_RUNNING : EXISTENCE_TRANSIENT;
	if (s->has_config)
		return EXISTENCE_SHUTOFF;
	if (s->has_managed_save || s->has_intent || s->is_foreign_run)
		return EXISTENCE_UNCLEAR;
	return EXISTENCE_GARBAGE;
}
