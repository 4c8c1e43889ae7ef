/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Past everything that the library knows: QEMU's own language, and that of the agent in a guest. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <libvirt/libvirt-qemu.h>
#include <libvirt/virterror.h>

#include "command.h"
#include "output/errors.h"
#include "output/json.h"
#include "mem.h"
#include "output/outcome.h"
#include "output/output.h"
#include "output/render.h"

/* ---- qemu-monitor-command ------------------------------------------------------------------ */

struct monitor_args {
	struct domain_target domain;
	unsigned hmp, pretty, value;
	const char *fds;
	struct word_list words;
};

static const struct option monitor_options[] = {
	DOMAIN_THAT(monitor_args, VIR_CONNECT_LIST_DOMAINS_ACTIVE),
	{ .name = "hmp", BIT_AT(monitor_args, hmp, 1), .excludes = 1 | 2,
	  .summary = "the command is one of QEMU's monitor for people" },
	{ .name = "pretty", BIT_AT(monitor_args, pretty, 1), .excludes = 1,
	  .summary = "the reply in several lines" },
	{ .name = "return-value", BIT_AT(monitor_args, value, 1), .excludes = 2,
	  .summary = "only what the reply holds under 'return'" },
	{ .name = "pass-fds", VALUE_AT(OPTION_STRING, monitor_args, fds),
	  .unsupported = "files cannot be handed to a guest",
	  .summary = "open files for the command: N,M,…" },
	{ .name = "cmd", VALUE_AT(OPTION_REST, monitor_args, words),
	  .props = OPTION_REQUIRED | OPTION_POSITIONAL,
	  .summary = "the command; several words are joined" },
	{ .name = NULL },
};

/* Takes the reply; NULL: it is an error, which was printed. */
static struct json_object *value_of(struct shell *sh, struct json_object *take_reply)
{
	struct json_object *value, *error, *text;

	if (json_object_object_get_ex(take_reply, "error", &error)) {
		const char *desc = json_object_object_get_ex(error, "desc", &text)
			? json_object_get_string(text) : "no reason given";

		fail_own(sh, VIR_ERR_OPERATION_FAILED, "QEMU refused the command: %s", desc);
		json_object_put(take_reply);
		return NULL;
	}
	value = json_object_get(json_object_object_get(take_reply, "return"));
	json_object_put(take_reply);
	return value ? value : json_object_new_object();
}

static void show_reply(struct shell *sh, const char *name, bool pretty, struct json_object *reply)
{
	int form = JSON_C_TO_STRING_NOSLASHESCAPE |
		   (pretty ? JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED : 0);
	struct json_object *document;

	if (!sh->settings.json) {
		render_document(sh, NULL, NULL, "reply",
				json_object_to_json_string_ext(reply, form));
		return;
	}
	document = json_object_new_object();
	json_put_text(document, "domain", name);
	json_object_object_add(document, "reply", json_object_get(reply));
	json_print(document, stdout);
}

static bool run_monitor(struct shell *sh, const void *args)
{
	const struct monitor_args *a = args;
	const char *name = virDomainGetName(a->domain.domain);
	auto_free char *command = mem_join(a->words.items, a->words.count);
	auto_free char *text = NULL;
	struct json_object *reply;
	char *result;

	if (virDomainQemuMonitorCommand(a->domain.domain, command, &result,
					a->hmp ? VIR_DOMAIN_QEMU_MONITOR_COMMAND_HMP : 0) < 0)
		return fail_library(sh);
	text = result;
	if (a->hmp) {
		render_document(sh, "domain", name, "reply", text);
		return true;
	}
	reply = json_tokener_parse(text);
	if (reply && a->value)
		reply = value_of(sh, reply);
	if (!reply)
		return false;
	show_reply(sh, name, a->pretty, reply);
	json_object_put(reply);
	return true;
}

const struct command command_qemu_monitor_command = {
	.name = "qemu-monitor-command",
	.summary = "give QEMU a command of its own",
	.about = "Sends a command of QEMU's protocol, a JSON object with 'execute', or with --hmp a "
		 "line of its monitor for people, and prints the reply. What is changed this way "
		 "passes by all rules and records.",
	.options = monitor_options,
	.args_size = sizeof(struct monitor_args),
	.run = run_monitor,
};

/* ---- qemu-agent-command -------------------------------------------------------------------- */

struct agent_args {
	struct domain_target domain;
	struct word_list words;
	long long timeout;
	unsigned async, block, pretty;
};

static const struct option agent_options[] = {
	DOMAIN_THAT(agent_args, VIR_CONNECT_LIST_DOMAINS_RUNNING),
	{ .name = "timeout", VALUE_AT(OPTION_NUMBER, agent_args, timeout), .min = 1,
	  .max = INT_MAX, .excludes = 1, .summary = "wait at most so many seconds; 5 unless given" },
	{ .name = "async", BIT_AT(agent_args, async, 1), .excludes = 1,
	  .summary = "hand it over and do not wait for the answer" },
	{ .name = "block", BIT_AT(agent_args, block, 1), .excludes = 1,
	  .summary = "wait as long as it takes" },
	{ .name = "pretty", BIT_AT(agent_args, pretty, 1), .summary = "the answer in several lines" },
	{ .name = "cmd", VALUE_AT(OPTION_REST, agent_args, words),
	  .props = OPTION_REQUIRED | OPTION_POSITIONAL,
	  .summary = "the command, a JSON object; several words are joined" },
	{ .name = NULL },
};

static bool run_agent(struct shell *sh, const void *args)
{
	const struct agent_args *a = args;
	const char *name = virDomainGetName(a->domain.domain);
	int timeout = a->async	 ? VIR_DOMAIN_QEMU_AGENT_COMMAND_NOWAIT
		      : a->block ? VIR_DOMAIN_QEMU_AGENT_COMMAND_BLOCK
		      : a->timeout ? (int)a->timeout
				   : VIR_DOMAIN_QEMU_AGENT_COMMAND_DEFAULT;
	auto_free char *command = mem_join(a->words.items, a->words.count);
	auto_free char *text = virDomainQemuAgentCommand(a->domain.domain, command, timeout, 0);
	struct json_object *reply;

	if (!text)
		return fail_library(sh);
	if (a->async) {
		outcome(sh, name, NULL, "The agent in '%s' has got the command", name);
		return true;
	}
	reply = json_tokener_parse(text);
	show_reply(sh, name, a->pretty, reply);
	json_object_put(reply);
	return true;
}

const struct command command_qemu_agent_command = {
	.name = "qemu-agent-command",
	.summary = "send the agent in a guest a command",
	.about = "Sends one command in the agent's own language, and prints its answer. The agent "
		 "is a program of the guest's; what it says is the guest's word. It gets 5 seconds to show "
		 "that it is there, and as long for the answer, in total, unless --timeout or "
		 "--block says otherwise.",
	.options = agent_options,
	.args_size = sizeof(struct agent_args),
	.run = run_agent,
};
