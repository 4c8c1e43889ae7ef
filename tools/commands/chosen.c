/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands/chosen.h"

#include <libvirt/virterror.h>

#include "output/errors.h"

bool chosen_find(struct shell *sh, const struct domain_target *domain,
		 const struct snapshot_target *named, bool current, struct chosen *ret)
{
	if (!named->snapshot && !current)
		return fail_own(sh, VIR_ERR_INVALID_ARG, "--snapshotname or --current is required");
	*ret = (struct chosen){ named->snapshot, false };
	if (named->snapshot)
		return true;
	*ret = (struct chosen){ virDomainSnapshotCurrent(domain->domain, 0), true };
	return ret->snapshot || fail_library(sh);
}

void chosen_release(struct chosen *c)
{
	if (c->owned)
		virDomainSnapshotFree(c->snapshot);
}
