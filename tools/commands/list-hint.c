/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands/list-hint.h"

#include <stdlib.h>
#include <string.h>
#include <libvirt/virterror.h>

#include "mem.h"
#include "output/errors.h"

/* How many domains there are; -1 when that cannot be read. */
static int count_domains(virConnectPtr conn)
{
	int n = conn ? virConnectListAllDomains(conn, NULL, 0) : -1;

	virResetLastError();
	return n;
}

/* The other one of the two places that people mix up; NULL: the connection is to neither. */
static const char *other_uri(const char *uri)
{
	if (uri && strcmp(uri, "qemu:///session") == 0)
		return "qemu:///system";
	if (uri && strcmp(uri, "qemu:///system") == 0)
		return "qemu:///session";
	return NULL;
}

static void hint_elsewhere(const struct shell *sh, const char *other)
{
	virConnectPtr conn = virConnectOpenReadOnly(other);
	bool is_denied = !conn && virGetLastErrorCode() == VIR_ERR_OPERATION_DENIED;
	int n = count_domains(conn);

	if (is_denied)
		warn(sh, "Those of %s are shown to root: sudo %s -c %s list --all", other,
		     sh->settings.program, other);
	else if (n > 0)
		warn(sh, "There %s %d in %s: %s -c %s list --all", n == 1 ? "is" : "are", n, other,
		     sh->settings.program, other);
	if (conn)
		virConnectClose(conn);
	virResetLastError();
}

void hint_empty_list(struct shell *sh, bool all)
{
	auto_free char *uri = NULL;
	const char *other;
	int n;

	if (!sh->terminal || !sh->error_terminal || sh->settings.quiet || sh->settings.json)
		return;
	uri = virConnectGetURI(sh->conn);
	other = other_uri(uri);
	n = count_domains(sh->conn);
	if (n > 0 && !all)
		warn(sh, "%d %s off: 'list --all' shows %s", n, n == 1 ? "domain is" : "domains are",
		     n == 1 ? "it" : "them");
	else if (n == 0)
		warn(sh, "There are no domains in %s: 'define FILE' makes one", uri ? uri : "here");
	if (n == 0 && other)
		hint_elsewhere(sh, other);
}
