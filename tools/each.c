/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "each.h"

#include <libvirt/virterror.h>

#include "mem.h"
#include "output/errors.h"

static void turn_to(struct shell *sh, const struct bound *b, size_t i)
{
	struct domain_target *at = bound_at(b, options_several(b->command));

	virResetLastError();
	*at = b->domains.items[i];
	sh->each = !b->domains.is_open ? NULL : at->domain ? virDomainGetName(at->domain) : at->word;
	sh->nth = i;
}

static bool check_all(struct shell *sh, const struct bound *b)
{
	size_t refused = 0;

	if (!b->command->check || b->domains.count < 2)
		return true;
	for (size_t i = 0; i < b->domains.count; i++) {
		turn_to(sh, b, i);
		refused += !b->command->check(sh, b->args);
	}
	sh->each = NULL;
	return refused == 0 ||
	       fail_own(sh, VIR_ERR_OPERATION_INVALID,
			"%zu of %zu domains refused; nothing was done to any of them", refused,
			b->domains.count);
}

static bool tell_interrupted(struct shell *sh, const struct bound *b, size_t first)
{
	struct buffer names = { 0 };

	sh->each = NULL;
	for (size_t i = first; i < b->domains.count; i++)
		buffer_printf(&names, "%s'%s'", i > first ? ", " : "", b->domains.items[i].word);
	auto_free char *list = buffer_take(&names);
	return fail_own(sh, VIR_ERR_OPERATION_ABORTED, "Interrupted before %s", list);
}

/* One step for all domains of which `ok` is true, and say there how it went. */
static bool step_all(struct shell *sh, const struct bound *b, bool *ok,
		     bool (*step)(struct shell *sh, const void *args))
{
	bool all = true;

	for (size_t i = 0; i < b->domains.count; i++) {
		if (!ok[i])
			continue;
		if (sh->interrupted && b->domains.count > 1)
			return tell_interrupted(sh, b, i);
		turn_to(sh, b, i);
		ok[i] = step(sh, b->args);
		all = all && ok[i];
		if (!ok[i] && sh->settings.strict)
			return false;
	}
	return all;
}

static bool run_several(struct shell *sh, const struct bound *b)
{
	const struct command *c = b->command;
	auto_free bool *ok = mem_alloc(b->domains.count * sizeof(*ok));
	bool all;

	if (!check_all(sh, b))
		return false;
	for (size_t i = 0; i < b->domains.count; i++)
		ok[i] = true;
	all = step_all(sh, b, ok, c->run);
	if (c->after && (all || !sh->settings.strict))
		all = step_all(sh, b, ok, c->after) && all;
	return all;
}

bool each_run(struct shell *sh, struct bound *b)
{
	bool ok = options_several(b->command) ? run_several(sh, b) : b->command->run(sh, b->args);

	sh->each = NULL;
	sh->nth = 0;
	return ok;
}
