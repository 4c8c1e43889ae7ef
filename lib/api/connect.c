/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include <errno.h>
#include <netdb.h>
#include <string.h>
#include <unistd.h>
#include "api/call.h"
#include "api/last-error.h"
#include "api/process.h"
#include "base/error.h"
#include "engine/inspect.h"
#include "model/watch.h"

int virInitialize(void)
{
	last_error_clear();
	return 0;
}

int virGetVersion(unsigned long *libVer, const char *type, unsigned long *typeVer)
{
	struct call c = { .function = __func__ };

	(void)type;
	last_error_clear();
	if (!call_not_null(&c, libVer, "libVer"))
		return -1;
	*libVer = LIBVIR_VERSION_NUMBER;
	if (typeVer)
		*typeVer = LIBVIR_VERSION_NUMBER;
	return 0;
}

static virConnectPtr open_connection(const char *function, const char *uri, bool is_read_only)
{
	struct call c = { .function = function };
	g_autofree char *command = process_command();
	struct engine *opened;

	last_error_clear();
	opened = engine_open(uri && *uri ? uri : NULL, command, &c.err);
	if (call_end(&c, opened != NULL) < 0)
		return NULL;
	return connect_new(opened, is_read_only);
}

virConnectPtr virConnectOpen(const char *name)
{
	return open_connection(__func__, name, false);
}

virConnectPtr virConnectOpenReadOnly(const char *name)
{
	return open_connection(__func__, name, true);
}

static bool goes_on(void *data, gint64 done, gint64 total)
{
	virConnectPtr conn = data;

	return !conn->progress.func ||
	       conn->progress.func(conn, done, total, conn->progress.opaque) == 0;
}

int domshConnectSetProgress(virConnectPtr conn, domshProgressFunc func, void *opaque)
{
	const struct watch watch = { goes_on, conn };
	struct call c;

	if (!call_connect(&c, __func__, conn, ACCESS_READ))
		return -1;
	conn->progress.func = func;
	conn->progress.opaque = opaque;
	engine_set_watch(c.engine, &watch);
	return 0;
}

int virConnectRef(virConnectPtr conn)
{
	struct call c;

	if (!call_handle(&c, __func__, conn, HANDLE_CONNECT))
		return -1;
	handle_ref(conn);
	return 0;
}

int virConnectClose(virConnectPtr conn)
{
	struct call c;

	if (!call_handle(&c, __func__, conn, HANDLE_CONNECT))
		return -1;
	return handle_unref(conn);
}

const char *virConnectGetType(virConnectPtr conn)
{
	struct call c;

	if (!call_connect(&c, __func__, conn, ACCESS_READ))
		return NULL;
	return engine_type(c.engine);
}

int virConnectGetVersion(virConnectPtr conn, unsigned long *hvVer)
{
	struct call c;

	if (!call_connect(&c, __func__, conn, ACCESS_READ) || !call_not_null(&c, hvVer, "hvVer"))
		return -1;
	return call_end(&c, engine_version(c.engine, hvVer, &c.err));
}

int virConnectGetLibVersion(virConnectPtr conn, unsigned long *libVer)
{
	struct call c;

	if (!call_connect(&c, __func__, conn, ACCESS_READ) || !call_not_null(&c, libVer, "libVer"))
		return -1;
	*libVer = LIBVIR_VERSION_NUMBER;
	return 0;
}

/* The resolver's canonical name for `host` when it has one with a domain, else NULL. */
static char *qualified_name(const char *host)
{
	struct addrinfo hints = { .ai_flags = AI_CANONNAME };
	struct addrinfo *info = NULL;
	char *name = NULL;

	if (strchr(host, '.') || g_str_has_prefix(host, "localhost"))
		return NULL;
	if (getaddrinfo(host, NULL, &hints, &info) != 0)
		return NULL;
	if (info->ai_canonname && !g_str_has_prefix(info->ai_canonname, "localhost"))
		name = g_strdup(info->ai_canonname);
	freeaddrinfo(info);
	return name;
}

char *virConnectGetHostname(virConnectPtr conn)
{
	char host[256] = "";
	struct call c;
	char *name;

	if (!call_connect(&c, __func__, conn, ACCESS_READ))
		return NULL;
	if (gethostname(host, sizeof(host) - 1) < 0) {
		fail_os(&c.err, errno, "ask for the host's name");
		call_end(&c, false);
		return NULL;
	}
	name = qualified_name(host);
	return name ? name : g_strdup(host);
}

char *virConnectGetURI(virConnectPtr conn)
{
	struct call c;

	if (!call_connect(&c, __func__, conn, ACCESS_READ))
		return NULL;
	return g_strdup(engine_uri(c.engine));
}

int virConnectIsAlive(virConnectPtr conn)
{
	struct call c;

	return call_connect(&c, __func__, conn, ACCESS_READ) ? 1 : -1;
}

int virConnectIsEncrypted(virConnectPtr conn)
{
	struct call c;

	return call_connect(&c, __func__, conn, ACCESS_READ) ? 0 : -1;
}

int virConnectIsSecure(virConnectPtr conn)
{
	struct call c;

	return call_connect(&c, __func__, conn, ACCESS_READ) ? 1 : -1;
}

int virNodeGetSecurityModel(virConnectPtr conn, virSecurityModelPtr secmodel)
{
	struct call c;

	if (!call_connect(&c, __func__, conn, ACCESS_READ) ||
	    !call_not_null(&c, secmodel, "secmodel"))
		return -1;
	*secmodel = (virSecurityModel){ .model = "none", .doi = "0" };
	return 0;
}
