/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What a domain's words ask for. Pure. */
#include "guard/policy.h"

#include <string.h>

#include "base/json.h"

/* Which of the three words an end is about; STOP follows when QEMU has not ended by itself. */
static const struct {
	const char *event, *key, *value;
	enum policy_end about;
} ends[] = {
	{ "SHUTDOWN", "reason", "guest-shutdown", END_POWEROFF },
	{ "SHUTDOWN", "reason", "guest-reset", END_REBOOT },
	{ "SHUTDOWN", "reason", "host-qmp-system-reset", END_REBOOT },
	{ "SHUTDOWN", "reason", "guest-panic", END_CRASH },
	{ "GUEST_PANICKED", "action", "pause", END_CRASH },
};

static const struct {
	const char *word;
	enum policy_action action;
} words[] = {
	{ "destroy", POLICY_QUIT },
	{ "restart", POLICY_RESTART },
	{ "preserve", POLICY_NONE },
	{ "coredump-destroy", POLICY_DUMP_QUIT },
	{ "coredump-restart", POLICY_DUMP_RESTART },
};

static const char *word_about(const struct spec *spec, enum policy_end about)
{
	const char *const given[] = {
		[END_POWEROFF] = spec->on_poweroff,
		[END_REBOOT] = spec->on_reboot,
		[END_CRASH] = spec->on_crash,
	};

	if (given[about])
		return given[about];
	return about == END_REBOOT ? "restart" : "destroy";
}

enum policy_action policy_about(const struct spec *spec, enum policy_end about)
{
	for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
		if (strcmp(words[i].word, word_about(spec, about)) == 0)
			return words[i].action;
	}
	return POLICY_NONE;
}

enum policy_action policy_for(const struct spec *spec, const char *event, json_object *data)
{
	for (size_t i = 0; i < G_N_ELEMENTS(ends); i++) {
		const char *text;

		if (strcmp(ends[i].event, event) == 0 && data &&
		    json_get_string(data, ends[i].key, &text) && strcmp(text, ends[i].value) == 0)
			return policy_about(spec, ends[i].about);
	}
	return POLICY_NONE;
}
