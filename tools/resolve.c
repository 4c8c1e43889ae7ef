/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "resolve.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <libvirt/virterror.h>

#include "domains.h"
#include "output/errors.h"
#include "language/input.h"

static virDomainPtr domain_of(const struct bound *b)
{
	for (const struct option *o = b->command->options; o->name; o++)
		if (o->kind == OPTION_DOMAIN)
			return ((struct domain_target *)bound_at(b, o))->domain;
	return NULL;
}

static bool find_snapshot(struct shell *sh, const struct bound *b, struct snapshot_target *at)
{
	at->snapshot = virDomainSnapshotLookupByName(domain_of(b), at->word, 0);
	return at->snapshot || fail_library(sh);
}

static bool read_file(struct shell *sh, struct file_target *at)
{
	at->text = input_read(at->path);
	if (at->text)
		return true;
	if (errno == EFBIG)
		return fail_own(sh, VIR_ERR_INVALID_ARG, "File '%s' is larger than %u MiB",
				at->path, FILE_LIMIT / 1024 / 1024);
	if (errno == EILSEQ)
		return fail_own(sh, VIR_ERR_INVALID_ARG, "File '%s' contains a NUL byte: not XML",
				at->path);
	return fail_own(sh, VIR_ERR_SYSTEM_ERROR, "Failed to open file '%s': %s", at->path,
			strerror(errno));
}

static bool absence_is_fine(const struct bound *b)
{
	for (const struct option *o = b->command->options; o->name; o++)
		if ((o->props & OPTION_MISSING_OK) && bound_has(b, o))
			return true;
	return false;
}

static bool resolve_option(struct shell *sh, struct bound *b, const struct option *o)
{
	void *at = bound_at(b, o);

	switch (o->kind) {
	case OPTION_DOMAIN:
		if (o->props & OPTION_SEVERAL)
			return domains_find(sh, &b->names, o->domains, absence_is_fine(b),
					    &b->domains);
		return domain_find(sh, at, absence_is_fine(b));
	case OPTION_SNAPSHOT:
		return find_snapshot(sh, b, at);
	case OPTION_FILE:
		return read_file(sh, at);
	default:
		return true;
	}
}

bool resolve_bound(struct shell *sh, struct bound *b)
{
	for (const struct option *o = b->command->options; o && o->name; o++)
		if (bound_has(b, o) && !resolve_option(sh, b, o))
			return false;
	return true;
}

static void release_option(const struct bound *b, const struct option *o)
{
	void *at = bound_at(b, o);

	if (o->kind == OPTION_DOMAIN && !(o->props & OPTION_SEVERAL) && ((struct domain_target *)at)->domain)
		virDomainFree(((struct domain_target *)at)->domain);
	if (o->kind == OPTION_SNAPSHOT && ((struct snapshot_target *)at)->snapshot)
		virDomainSnapshotFree(((struct snapshot_target *)at)->snapshot);
	if (o->kind == OPTION_FILE)
		free(((struct file_target *)at)->text);
}

void resolve_release(struct bound *b)
{
	for (const struct option *o = b->command->options; o && o->name; o++)
		release_option(b, o);
	domains_release(&b->domains);
}
