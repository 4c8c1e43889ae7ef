/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the agent in a guest is asked for by name: its clock, its host name, its file systems. */
#include <string.h>
#include "api/call.h"
#include "base/error.h"
#include "base/json.h"
#include "engine/inspect.h"

#define NS_PER_S G_GINT64_CONSTANT(1000000000)
#define SHOWS_MS 5000          /* to show that it is there */
#define LONG_MS (10 * 60 * 1000) /* for what writes to disks */

/* Arguments may be NULL. The answer is the caller's; NULL: an error. */
static json_object *ask(struct call *c, const char *command, json_object *take_args, gint64 wait_ms)
{
	g_autoptr(json_object) request = json_object_new_object(), reply = NULL;
	g_autofree char *text = NULL;
	json_object *value;

	json_set_string(request, "execute", command);
	if (take_args)
		json_object_object_add(request, "arguments", take_args);
	text = engine_agent_command(c->engine, c->name,
				    json_object_to_json_string_ext(request, JSON_C_TO_STRING_PLAIN),
				    wait_ms, &c->err);
	reply = text ? json_parse(text, strlen(text), &c->err) : NULL;
	if (reply && json_object_object_get_ex(reply, "return", &value) && value)
		return json_object_get(value);
	if (reply)
		fail(&c->err, VIR_ERR_INTERNAL_ERROR, "the guest agent's answer to '%s' says nothing",
			  command);
	return NULL;
}

/* One that is not there must not be waited for as long as one that works. */
static bool is_there(struct call *c)
{
	int is_up = engine_await_agent(c->engine, c->name, SHOWS_MS, &c->err);

	return is_up > 0 || (is_up == 0 && fail(&c->err, VIR_ERR_AGENT_UNRESPONSIVE,
						     "it did not answer within %d s",
						     SHOWS_MS / 1000));
}

static bool need_number(struct call *c, const char *command, json_object *value)
{
	return json_object_is_type(value, json_type_int) ||
	       fail(&c->err, VIR_ERR_INTERNAL_ERROR, "the guest agent answers '%s' with no number",
			 command);
}

/* ---- Clock -------------------------------------------------------------------------------- */

int virDomainGetTime(virDomainPtr domain, long long *seconds, unsigned int *nseconds,
		     unsigned int flags)
{
	static const char command[] = "guest-get-time";
	g_autoptr(json_object) value = NULL;
	struct call c;
	gint64 time;

	if (!call_domain(&c, __func__, domain, ACCESS_READ) || !call_flags(&c, flags, 0))
		return -1;
	value = ask(&c, command, NULL, -1);
	if (call_end(&c, value && need_number(&c, command, value)) < 0)
		return -1;
	time = json_object_get_int64(value);
	if (seconds)
		*seconds = time / NS_PER_S;
	if (nseconds)
		*nseconds = (unsigned int)(time % NS_PER_S);
	return 0;
}

int virDomainSetTime(virDomainPtr domain, long long seconds, unsigned int nseconds,
		     unsigned int flags)
{
	g_autoptr(json_object) value = NULL;
	json_object *args = NULL;
	struct call c;

	if (!call_domain(&c, __func__, domain, ACCESS_WRITE) ||
	    !call_flags(&c, flags, VIR_DOMAIN_TIME_SYNC))
		return -1;
	if (seconds < 0 || seconds > G_MAXINT64 / NS_PER_S - 1 || nseconds >= NS_PER_S) {
		call_fail(&c, VIR_ERR_INVALID_ARG, "a time of %lld s and %u ns", seconds, nseconds);
		return -1;
	}
	if (!(flags & VIR_DOMAIN_TIME_SYNC)) {
		args = json_object_new_object();
		json_set_int(args, "time", seconds * NS_PER_S + nseconds);
	}
	value = ask(&c, "guest-set-time", args, -1);
	return call_end(&c, value != NULL);
}

/* ---- Name --------------------------------------------------------------------------------- */

char *virDomainGetHostname(virDomainPtr domain, unsigned int flags)
{
	g_autoptr(json_object) value = NULL;
	const char *name = NULL;
	struct call c;

	if (!call_domain(&c, __func__, domain, ACCESS_WRITE) ||
	    !call_flags(&c, flags, VIR_DOMAIN_GET_HOSTNAME_AGENT))
		return NULL;
	value = ask(&c, "guest-get-host-name", NULL, -1);
	if (value && !json_get_string(value, "host-name", &name))
		fail(&c.err, VIR_ERR_INTERNAL_ERROR, "the guest agent tells no host name");
	return call_end(&c, name != NULL) < 0 ? NULL : g_strdup(name);
}

/* ---- File systems ------------------------------------------------------------------------- */

static int count_of(struct call *c, const char *command, json_object *take_args)
{
	g_autoptr(json_object) args = take_args, value = NULL;

	value = is_there(c) ? ask(c, command, g_steal_pointer(&args), LONG_MS) : NULL;
	if (call_end(c, value && need_number(c, command, value)) < 0)
		return -1;
	return json_object_get_int(value);
}

int virDomainFSFreeze(virDomainPtr domain, const char **mountpoints, unsigned int nmountpoints,
		      unsigned int flags)
{
	json_object *args = NULL, *list;
	struct call c;

	if (!call_domain(&c, __func__, domain, ACCESS_WRITE) || !call_flags(&c, flags, 0) ||
	    (nmountpoints > 0 && !call_not_null(&c, mountpoints, "mountpoints")))
		return -1;
	if (nmountpoints == 0)
		return count_of(&c, "guest-fsfreeze-freeze", NULL);
	list = json_object_new_array();
	for (unsigned int i = 0; i < nmountpoints; i++)
		json_object_array_add(list, json_object_new_string(mountpoints[i]));
	args = json_object_new_object();
	json_object_object_add(args, "mountpoints", list);
	return count_of(&c, "guest-fsfreeze-freeze-list", args);
}

int virDomainFSThaw(virDomainPtr domain, const char **mountpoints, unsigned int nmountpoints,
		    unsigned int flags)
{
	struct call c;

	(void)mountpoints;
	if (!call_domain(&c, __func__, domain, ACCESS_WRITE) || !call_flags(&c, flags, 0))
		return -1;
	if (nmountpoints > 0) {
		call_fail(&c, VIR_ERR_ARGUMENT_UNSUPPORTED,
			  "an agent thaws all file systems at once, not some");
		return -1;
	}
	return count_of(&c, "guest-fsfreeze-thaw", NULL);
}

int virDomainFSTrim(virDomainPtr domain, const char *mountPoint, unsigned long long minimum,
		    unsigned int flags)
{
	g_autoptr(json_object) value = NULL;
	json_object *args;
	struct call c;

	if (!call_domain(&c, __func__, domain, ACCESS_WRITE) || !call_flags(&c, flags, 0))
		return -1;
	if (mountPoint || minimum > G_MAXINT64) {
		call_fail(&c, VIR_ERR_ARGUMENT_UNSUPPORTED,
			  mountPoint ? "an agent trims all file systems at once, not one"
				     : "a minimum of %llu bytes", minimum);
		return -1;
	}
	args = json_object_new_object();
	json_set_int(args, "minimum", (gint64)minimum);
	if (!is_there(&c)) {
		json_object_put(args);
		return call_end(&c, false);
	}
	value = ask(&c, "guest-fstrim", args, LONG_MS);
	return call_end(&c, value != NULL);
}
