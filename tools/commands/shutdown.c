/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The command shutdown. All guests are asked before the first is waited for. */
#include <libvirt/virterror.h>
#include <domsh/domsh.h>

#include "command.h"
#include "commands/modes.h"
#include "commands/waiting.h"
#include "output/errors.h"
#include "output/json.h"
#include "output/output.h"

struct shutdown_args {
	struct domain_target domain;
	const char *mode;
	unsigned wait, destroy;
	long long timeout;
};

static const struct option shutdown_options[] = {
	DOMAINS_THAT(shutdown_args, VIR_CONNECT_LIST_DOMAINS_ACTIVE),
	MODE_AT(shutdown_args),
	{ .name = "wait", BIT_AT(shutdown_args, wait, 1),
	  .summary = "return when the guest is off and all that its end asks for is done" },
	{ .name = "timeout", VALUE_AT(OPTION_NUMBER, shutdown_args, timeout), .min = 1,
	  .max = 1000000000, .needs = "wait",
	  .summary = "fail when it still runs so many seconds after the command began" },
	{ .name = "then-destroy", BIT_AT(shutdown_args, destroy, 1), .needs = "timeout",
	  .summary = "destroy it then instead" },
	{ .name = NULL },
};

static bool run_shutdown(struct shell *sh, const void *args)
{
	const struct shutdown_args *a = args;
	virDomainPtr domain = a->domain.domain;
	const char *name = virDomainGetName(domain);
	unsigned flags, used;

	if (!parse_modes(sh, a->mode, &flags))
		return false;
	if (domshDomainShutdown(domain, flags, &used) < 0)
		return fail_call(sh, "Failed to shutdown domain '%s'", name);
	if (!a->wait || !sh->settings.json)
		tell_mode(sh, name, "is being shutdown", used);
	return true;
}

static void tell_end(const struct shell *sh, const char *name, bool is_destroyed)
{
	struct json_object *o;

	if (!sh->settings.json) {
		say(sh, is_destroyed ? "Domain '%s' did not shut down in time and was destroyed"
				     : "Domain '%s' is shut off", name);
		return;
	}
	o = json_object_new_object();
	json_put_text(o, "domain", name);
	json_put_text(o, "done", sh->running);
	json_put_bool(o, "destroyed", is_destroyed);
	json_print(o, stdout);
}

/* It may have ended by itself since it was looked at last. */
static bool end_it(struct shell *sh, virDomainPtr domain, const char *name)
{
	if (virDomainDestroyFlags(domain, 0) == 0) {
		tell_end(sh, name, true);
		return true;
	}
	if (virGetLastErrorCode() != VIR_ERR_OPERATION_INVALID &&
	    virGetLastErrorCode() != VIR_ERR_NO_DOMAIN)
		return fail_call(sh, "Failed to destroy domain '%s', which did not shut down", name);
	tell_end(sh, name, false);
	return true;
}

static bool after_shutdown(struct shell *sh, const void *args)
{
	const struct shutdown_args *a = args;
	virDomainPtr domain = a->domain.domain;
	const char *name = virDomainGetName(domain);
	int is_off;

	if (!a->wait)
		return true;
	is_off = wait_since_begin(sh, domain, DOMSH_AWAIT_INACTIVE, a->timeout);
	if (is_off < 0)
		return fail_call(sh, "Failed to wait for domain '%s'", name);
	if (!is_off && sh->interrupted)
		return fail_own(sh, VIR_ERR_OPERATION_ABORTED,
				"Interrupted; '%s' was asked to shut down and may still do so",
				name);
	if (!is_off && a->destroy)
		return end_it(sh, domain, name);
	if (!is_off)
		return fail_own(sh, VIR_ERR_OPERATION_TIMEOUT,
				"Domain '%s' did not shut down in %lld s and still runs: go on "
				"waiting with 'await %s domain-inactive', or end it with "
				"'destroy %s'", name, a->timeout, name, name);
	tell_end(sh, name, false);
	return true;
}

const struct command command_shutdown = {
	.name = "shutdown",
	.summary = "ask a guest to shut down",
	.about = "Asks the guest and returns; it may take its time, or not care. Where an agent in "
		 "the guest has its channel open that is asked, and the power button is pressed when it "
		 "does not answer; else the button is pressed at once. --mode acpi only presses it, --mode "
		 "agent only asks the agent. --wait returns when it is off. Of several domains, all "
		 "are asked, then all are waited for.",
	.options = shutdown_options,
	.args_size = sizeof(struct shutdown_args),
	.props = COMMAND_LONG,
	.run = run_shutdown,
	.after = after_shutdown,
};
