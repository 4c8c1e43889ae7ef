/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What happens at a guest's own end. */
#include <string.h>

#include "command.h"
#include "commands/impact.h"
#include "output/errors.h"
#include "output/outcome.h"

struct lifecycle_args {
	struct domain_target domain;
	const char *type, *action;
	unsigned impact, current;
};

/* In the order of virDomainLifecycle and virDomainLifecycleAction. */
static const char *const types[] = { "poweroff", "reboot", "crash", NULL };
static const char *const actions[] = { "destroy",  "restart",	       "rename-restart",
				       "preserve", "coredump-destroy", "coredump-restart",
				       NULL };

static const struct option lifecycle_options[] = {
	DOMAIN_AT(lifecycle_args),
	{ .name = "type", VALUE_AT(OPTION_WORD, lifecycle_args, type), .words = types,
	  .props = OPTION_REQUIRED | OPTION_POSITIONAL, .summary = "which end" },
	{ .name = "action", VALUE_AT(OPTION_WORD, lifecycle_args, action), .words = actions,
	  .props = OPTION_REQUIRED | OPTION_POSITIONAL, .summary = "what happens then" },
	IMPACT(lifecycle_args),
	{ .name = NULL },
};

static unsigned index_of(const char *const *words, const char *word)
{
	unsigned i = 0;

	while (strcmp(words[i], word) != 0)
		i++;
	return i;
}

static bool run_set_lifecycle_action(struct shell *sh, const void *args)
{
	const struct lifecycle_args *a = args;
	const char *name = virDomainGetName(a->domain.domain);

	if (virDomainSetLifecycleAction(a->domain.domain, index_of(types, a->type),
					index_of(actions, a->action), a->impact) < 0)
		return fail_call(sh, "Unable to change lifecycle action.");
	outcome(sh, name, NULL, "Domain '%s' will %s at its %s", name, a->action, a->type);
	return true;
}

const struct command command_set_lifecycle_action = {
	.name = "set-lifecycle-action",
	.summary = "set what happens when a guest powers off, reboots or crashes",
	.about = "The configuration says it as on_poweroff, on_reboot and on_crash. Of a running "
		 "guest the action counts from now on; --config sets the stored one, and both "
		 "together set both.",
	.options = lifecycle_options,
	.args_size = sizeof(struct lifecycle_args),
	.run = run_set_lifecycle_action,
};
