/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Checkpoints: by now only the answer whether there are any. */
#include "api/call.h"
#include "api/list.h"
#include "store/domain.h"

#define LIST_FLAGS \
	(VIR_DOMAIN_CHECKPOINT_LIST_ROOTS | VIR_DOMAIN_CHECKPOINT_LIST_TOPOLOGICAL | \
	 VIR_DOMAIN_CHECKPOINT_LIST_LEAVES | VIR_DOMAIN_CHECKPOINT_LIST_NO_LEAVES)

int virDomainListAllCheckpoints(virDomainPtr domain, virDomainCheckpointPtr **checkpoints,
				unsigned int flags)
{
	struct domain_state state = { 0 };
	unsigned int n;
	struct call c;

	if (!call_domain(&c, __func__, domain, ACCESS_READ) || !call_flags(&c, flags, LIST_FLAGS) ||
	    call_end(&c, engine_state(c.engine, c.name, &state, &c.err)) < 0)
		return -1;
	n = state.n_checkpoints;
	domain_state_clear(&state);
	if (n > 0) {
		call_no_support(&c);
		return -1;
	}
	return list_hand_out(list_of_handles(), checkpoints);
}

const char *virDomainCheckpointGetName(virDomainCheckpointPtr checkpoint)
{
	struct call c;

	return call_handle(&c, __func__, checkpoint, HANDLE_CHECKPOINT) ? checkpoint->name : NULL;
}

int virDomainCheckpointFree(virDomainCheckpointPtr checkpoint)
{
	struct call c;

	if (!call_handle(&c, __func__, checkpoint, HANDLE_CHECKPOINT))
		return -1;
	handle_unref(checkpoint);
	return 0;
}
