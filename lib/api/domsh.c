/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What <domsh/domsh.h> declares beside flags for libvirt's own functions (domain-change.c). */
#include <domsh/domsh.h>
#include "api/call.h"
#include "api/last-error.h"
#include "api/outcome.h"
#include "api/process.h"
#include "engine/inspect.h"
#include "xml/xpath.h"

void domshSetCommand(const char *command)
{
	process_set_command(command);
}

int domshErrorReasons(virErrorPtr err, struct domshReason **reasons)
{
	const GPtrArray *found = last_error_reasons(err);

	if (!reasons)
		return found ? (int)found->len : 0;
	return outcome_reasons(found, reasons);
}

char *domshXMLPath(const char *xml, const char *expression, unsigned int flags)
{
	struct call c = { .function = __func__ };
	char *text;

	last_error_clear();
	if (!call_not_null(&c, xml, "xml") || !call_not_null(&c, expression, "expression") ||
	    !call_flags(&c, flags, DOMSH_XML_PATH_WRAP))
		return NULL;
	text = xpath_select(xml, strlen(xml), expression, flags & DOMSH_XML_PATH_WRAP, &c.err);
	return call_end(&c, text != NULL) < 0 ? NULL : text;
}

int domshDomainIsSupervised(virDomainPtr domain)
{
	struct domain_brief *brief;
	struct call c;
	int is_supervised;

	if (!call_domain(&c, __func__, domain, ACCESS_READ))
		return -1;
	brief = engine_brief(c.engine, c.name, &c.err);
	if (call_end(&c, brief != NULL) < 0)
		return -1;
	is_supervised = brief->is_alive && brief->is_supervised;
	domain_brief_free(brief);
	return is_supervised;
}

/* ---- Trash -------------------------------------------------------------------------------- */

int domshTrashList(virConnectPtr conn, const char *domain, struct domshTrashEntry **entries)
{
	g_autoptr(GPtrArray) found = NULL;
	struct call c;

	if (!call_connect(&c, __func__, conn, ACCESS_READ) ||
	    !call_not_null(&c, entries, "entries"))
		return -1;
	found = engine_trash_list(c.engine, domain, &c.err);
	return call_end(&c, found != NULL) < 0 ? -1 : outcome_trash(found, entries);
}

int domshTrashRestore(virConnectPtr conn, const char *id, char **restored)
{
	g_autofree char *name = NULL;
	struct call c;

	if (!call_connect(&c, __func__, conn, ACCESS_WRITE) || !call_not_null(&c, id, "id") ||
	    call_end(&c, engine_trash_restore(c.engine, id, &name, &c.err)) < 0)
		return -1;
	if (restored)
		*restored = g_steal_pointer(&name);
	return 0;
}

int domshTrashEmpty(virConnectPtr conn, const char *id, long long olderThan, int dryRun,
		    long long *freed)
{
	gint64 bytes = 0;
	struct call c;
	int n;

	if (!call_connect(&c, __func__, conn, ACCESS_WRITE))
		return -1;
	if (olderThan < 0) {
		call_fail(&c, VIR_ERR_INVALID_ARG, "olderThan in %s must not be negative",
			  __func__);
		return -1;
	}
	n = engine_trash_empty(c.engine, id, olderThan, dryRun != 0, &bytes, &c.err);
	if (call_end(&c, n >= 0) < 0)
		return -1;
	if (freed)
		*freed = bytes;
	return n;
}
