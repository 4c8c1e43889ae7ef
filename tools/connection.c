/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "connection.h"

#include <stdlib.h>
#include <libvirt/virterror.h>

#include "job.h"
#include "output/errors.h"

/* What -c or the environment names; NULL leaves it to the library. */
static const char *wanted_uri(const struct shell *sh)
{
	static const char *const variables[] = {
		"DOMSH_DEFAULT_CONNECT_URI", "VIRSH_DEFAULT_CONNECT_URI", "LIBVIRT_DEFAULT_URI",
	};

	if (sh->settings.uri)
		return *sh->settings.uri ? sh->settings.uri : NULL;
	for (size_t i = 0; i < sizeof(variables) / sizeof(*variables); i++) {
		const char *uri = getenv(variables[i]);

		if (uri && *uri)
			return uri;
	}
	return NULL;
}

bool connection_need(struct shell *sh)
{
	const char *uri;

	if (sh->conn)
		return true;
	uri = wanted_uri(sh);
	sh->conn = sh->settings.readonly ? virConnectOpenReadOnly(uri) : virConnectOpen(uri);
	if (!sh->conn)
		return fail_call(sh, "failed to connect to the hypervisor");
	job_listen(sh);
	return true;
}

virConnectPtr connection_look(const struct shell *sh)
{
	virConnectPtr conn = sh->conn;

	if (conn && virConnectRef(conn) < 0)
		conn = NULL;
	if (!conn)
		conn = virConnectOpenReadOnly(wanted_uri(sh));
	virResetLastError();
	return conn;
}

void connection_close(struct shell *sh)
{
	if (sh->conn)
		virConnectClose(sh->conn);
	sh->conn = NULL;
}
