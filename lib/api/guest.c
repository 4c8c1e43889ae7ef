/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Buttons, keyboard, screen, console and monitor of a running guest. */
#include <string.h>
#include <libvirt/libvirt-qemu.h>
#include "api/call.h"
#include "api/keycode.h"
#include "api/line.h"
#include "engine/inspect.h"

int virDomainReset(virDomainPtr domain, unsigned int flags)
{
	struct call c;

	if (!call_domain(&c, __func__, domain, ACCESS_WRITE) || !call_flags(&c, flags, 0))
		return -1;
	return call_end(&c, engine_reset(c.engine, c.name, &c.err));
}

int virDomainInjectNMI(virDomainPtr domain, unsigned int flags)
{
	struct call c;

	if (!call_domain(&c, __func__, domain, ACCESS_WRITE) || !call_flags(&c, flags, 0))
		return -1;
	return call_end(&c, engine_inject_nmi(c.engine, c.name, &c.err));
}

int virDomainSetLifecycleAction(virDomainPtr domain, unsigned int type, unsigned int action,
				unsigned int flags)
{
	const struct lifecycle_change change = { type, action, flags };
	struct call c;

	if (!call_domain(&c, __func__, domain, ACCESS_WRITE) ||
	    !call_flags(&c, flags, VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG))
		return -1;
	if (type >= VIR_DOMAIN_LIFECYCLE_LAST || action >= VIR_DOMAIN_LIFECYCLE_ACTION_LAST) {
		call_fail(&c, VIR_ERR_INVALID_ARG, "%s %u of a guest's end does not exist",
			  type >= VIR_DOMAIN_LIFECYCLE_LAST ? "type" : "action",
			  type >= VIR_DOMAIN_LIFECYCLE_LAST ? type : action);
		return -1;
	}
	return call_end(&c, engine_set_lifecycle(c.engine, c.name, &change, &c.err));
}

static bool translate(struct call *c, unsigned int codeset, const unsigned int *from, int n,
		      unsigned int *to)
{
	if (codeset != VIR_KEYCODE_SET_LINUX && codeset != VIR_KEYCODE_SET_QNUM)
		return call_fail(c, VIR_ERR_ARGUMENT_UNSUPPORTED,
				 "key codes of set %u cannot be translated; linux and qnum can",
				 codeset);
	for (int i = 0; i < n; i++) {
		to[i] = codeset == VIR_KEYCODE_SET_LINUX ? keycode_from_linux(from[i]) : from[i];
		if (to[i] == 0 || to[i] > 255)
			return call_fail(c, VIR_ERR_INVALID_ARG, "no key has the code %u", from[i]);
	}
	return true;
}

int virDomainSendKey(virDomainPtr domain, unsigned int codeset, unsigned int holdtime,
		     unsigned int *keycodes, int nkeycodes, unsigned int flags)
{
	unsigned int codes[VIR_DOMAIN_SEND_KEY_MAX_KEYS];
	struct call c;

	if (!call_domain(&c, __func__, domain, ACCESS_WRITE) || !call_flags(&c, flags, 0) ||
	    !call_not_null(&c, keycodes, "keycodes"))
		return -1;
	if (nkeycodes < 1 || nkeycodes > VIR_DOMAIN_SEND_KEY_MAX_KEYS) {
		call_fail(&c, VIR_ERR_INVALID_ARG, "1 to %d keys can be pressed together, not %d",
			  VIR_DOMAIN_SEND_KEY_MAX_KEYS, nkeycodes);
		return -1;
	}
	if (!translate(&c, codeset, keycodes, nkeycodes, codes))
		return -1;
	return call_end(&c, engine_send_keys(c.engine, c.name, codes, (size_t)nkeycodes, holdtime,
					     &c.err));
}

static bool is_fresh(struct call *c, virStreamPtr stream)
{
	return !stream->line || call_fail(c, VIR_ERR_OPERATION_INVALID,
					  "the stream in %s is in use, or was", c->function);
}

char *virDomainScreenshot(virDomainPtr domain, virStreamPtr stream, unsigned int screen,
			  unsigned int flags)
{
	struct call c;
	int fd;

	if (!call_handle(&c, __func__, stream, HANDLE_STREAM) ||
	    !call_domain(&c, __func__, domain, ACCESS_WRITE) || !call_flags(&c, flags, 0))
		return NULL;
	if (!is_fresh(&c, stream))
		return NULL;
	fd = engine_screenshot(c.engine, c.name, screen, &c.err);
	if (call_end(&c, fd >= 0) < 0)
		return NULL;
	stream->line = line_new(&(struct line_fds){ fd, -1, -1 }, false);
	return g_strdup("image/png");
}

/* A console has one user at a time in any case: that is what SAFE asks for. */
int virDomainOpenConsole(virDomainPtr domain, const char *devName, virStreamPtr stream,
			 unsigned int flags)
{
	struct console console;
	struct call c;

	if (!call_handle(&c, __func__, stream, HANDLE_STREAM) ||
	    !call_domain(&c, __func__, domain, ACCESS_WRITE) ||
	    !call_flags(&c, flags, VIR_DOMAIN_CONSOLE_FORCE | VIR_DOMAIN_CONSOLE_SAFE) ||
	    !is_fresh(&c, stream) ||
	    call_end(&c, engine_console(c.engine, c.name, devName,
					flags & VIR_DOMAIN_CONSOLE_FORCE, &console, &c.err)) < 0)
		return -1;
	stream->line = line_new(&(struct line_fds){ console.fd, console.lock, console.asked },
				true);
	return 0;
}

int virDomainGetControlInfo(virDomainPtr domain, virDomainControlInfoPtr info,
			    unsigned int flags)
{
	static const unsigned int states[] = {
		[CONTROL_OK] = VIR_DOMAIN_CONTROL_OK,
		[CONTROL_JOB] = VIR_DOMAIN_CONTROL_JOB,
		[CONTROL_OCCUPIED] = VIR_DOMAIN_CONTROL_OCCUPIED,
		[CONTROL_SILENT] = VIR_DOMAIN_CONTROL_ERROR,
	};
	enum control control;
	struct call c;

	if (!call_domain(&c, __func__, domain, ACCESS_READ) || !call_flags(&c, flags, 0) ||
	    !call_not_null(&c, info, "info") ||
	    call_end(&c, engine_control(c.engine, c.name, !c.conn->is_read_only, &control,
					&c.err)) < 0)
		return -1;
	*info = (virDomainControlInfo){
		.state = states[control],
		.details = control == CONTROL_SILENT ? VIR_DOMAIN_CONTROL_ERROR_REASON_MONITOR : 0,
	};
	return 0;
}

int virDomainQemuMonitorCommand(virDomainPtr domain, const char *cmd, char **result,
				unsigned int flags)
{
	const unsigned int hmp = VIR_DOMAIN_QEMU_MONITOR_COMMAND_HMP;
	struct call c;
	char *reply;

	if (!call_domain(&c, __func__, domain, ACCESS_WRITE) || !call_flags(&c, flags, hmp) ||
	    !call_not_null(&c, cmd, "cmd") || !call_not_null(&c, result, "result"))
		return -1;
	reply = engine_monitor(c.engine, c.name, cmd, flags & hmp, &c.err);
	if (call_end(&c, reply != NULL) < 0)
		return -1;
	*result = reply;
	return 0;
}

/* In milliseconds; negative: the preset. */
static gint64 agent_timeout(int timeout)
{
	if (timeout == VIR_DOMAIN_QEMU_AGENT_COMMAND_BLOCK)
		return G_MAXINT;
	return timeout == VIR_DOMAIN_QEMU_AGENT_COMMAND_DEFAULT ? -1 : timeout * G_GINT64_CONSTANT(1000);
}

static char *ask_agent(struct call *c, const char *cmd, int timeout)
{
	if (timeout != VIR_DOMAIN_QEMU_AGENT_COMMAND_NOWAIT)
		return engine_agent_command(c->engine, c->name, cmd, agent_timeout(timeout), &c->err);
	return engine_agent_post(c->engine, c->name, cmd, &c->err) ? g_strdup("") : NULL;
}

char *virDomainQemuAgentCommand(virDomainPtr domain, const char *cmd, int timeout,
				unsigned int flags)
{
	struct call c;
	char *reply;

	if (!call_domain(&c, __func__, domain, ACCESS_WRITE) || !call_flags(&c, flags, 0) ||
	    !call_not_null(&c, cmd, "cmd"))
		return NULL;
	if (timeout < VIR_DOMAIN_QEMU_AGENT_COMMAND_MIN || strchr(cmd, '\n')) {
		call_fail(&c, VIR_ERR_INVALID_ARG,
			  timeout < VIR_DOMAIN_QEMU_AGENT_COMMAND_MIN ?
				  "the timeout of an agent's command is too small" :
				  "an agent's command is one line");
		return NULL;
	}
	reply = ask_agent(&c, cmd, timeout);
	call_end(&c, reply != NULL);
	return reply;
}
