/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "api/power.h"

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

bool power_check(struct call *c, unsigned int flags)
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

bool power_ask(struct call *c, unsigned int flags, const char *agent_mode,
	       bool (*press)(struct engine *e, const char *name, GError **err))
{
	if (!(flags & WAY(GUEST_AGENT)))
		return press(c->engine, c->name, &c->err);
	if (engine_agent_power(c->engine, c->name, agent_mode, &c->err))
		return true;
	if (!(flags & WAY(ACPI_POWER_BTN)))
		return false;
	g_clear_error(&c->err);
	return press(c->engine, c->name, &c->err);
}
