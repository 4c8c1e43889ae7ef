/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Shutdown and reboot: the ways of asking a guest, which both take as flags of the same values. */
#include <domsh/domsh.h>
#include "api/call.h"
#include "engine/inspect.h"

#define WAY(name) VIR_DOMAIN_SHUTDOWN_##name

G_STATIC_ASSERT((int)WAY(ACPI_POWER_BTN) == (int)VIR_DOMAIN_REBOOT_ACPI_POWER_BTN);
G_STATIC_ASSERT((int)WAY(GUEST_AGENT) == (int)VIR_DOMAIN_REBOOT_GUEST_AGENT);

static const struct {
	unsigned int flag;
	const char *name;
} absent[] = {
	{ WAY(INITCTL), "initctl" },
	{ WAY(SIGNAL), "signal" },
	{ WAY(PARAVIRT), "paravirt" },
};

static bool check(struct call *c, unsigned int flags)
{
	if (!call_flags(c, flags, WAY(ACPI_POWER_BTN) | WAY(GUEST_AGENT) | WAY(INITCTL) |
					  WAY(SIGNAL) | WAY(PARAVIRT)))
		return false;
	for (guint i = 0; i < G_N_ELEMENTS(absent); i++) {
		if (flags & absent[i].flag)
			return call_fail(c, VIR_ERR_ARGUMENT_UNSUPPORTED,
					 "a guest of %s cannot be asked by '%s'; by acpi and agent it can",
					 engine_type(c->engine), absent[i].name);
	}
	return true;
}

/* The whole call; used may be NULL. */
static int power_ask(struct call *c, virDomainPtr domain, bool is_reboot, unsigned int flags,
	      unsigned int *used)
{
	const struct power_wish wish = {
		.is_reboot = is_reboot,
		.by_agent = flags & WAY(GUEST_AGENT),
		.by_button = flags & WAY(ACPI_POWER_BTN),
	};
	struct power_wish done;

	if (!call_domain(c, c->function, domain, ACCESS_WRITE) || !check(c, flags) ||
	    call_end(c, engine_power(c->engine, c->name, &wish, &done, &c->err)) < 0)
		return -1;
	if (used)
		*used = (done.by_agent ? WAY(GUEST_AGENT) : 0) |
			(done.by_button ? WAY(ACPI_POWER_BTN) : 0);
	return 0;
}

int virDomainShutdown(virDomainPtr domain)
{
	struct call c = { .function = __func__ };

	return power_ask(&c, domain, false, 0, NULL);
}

int virDomainShutdownFlags(virDomainPtr domain, unsigned int flags)
{
	struct call c = { .function = __func__ };

	return power_ask(&c, domain, false, flags, NULL);
}

int domshDomainShutdown(virDomainPtr domain, unsigned int flags, unsigned int *used)
{
	struct call c = { .function = __func__ };

	return power_ask(&c, domain, false, flags, used);
}

int virDomainReboot(virDomainPtr domain, unsigned int flags)
{
	struct call c = { .function = __func__ };

	return power_ask(&c, domain, true, flags, NULL);
}

int domshDomainReboot(virDomainPtr domain, unsigned int flags, unsigned int *used)
{
	struct call c = { .function = __func__ };

	return power_ask(&c, domain, true, flags, used);
}
