/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whatever changes a domain; each call is refused on a read-only connection first. */
#include <domsh/domsh.h>
#include "api/call.h"
#include "api/outcome.h"

/* ---- Definition --------------------------------------------------------------------------- */

static virDomainPtr define(const char *function, virConnectPtr conn, const char *xml,
			   unsigned int flags)
{
	struct engine_answer answer = { 0 };
	struct call c;
	bool is_ok;

	if (!call_connect(&c, function, conn, ACCESS_WRITE) ||
	    !call_flags(&c, flags, VIR_DOMAIN_DEFINE_VALIDATE) || !call_not_null(&c, xml, "xml"))
		return NULL;
	is_ok = engine_define(c.engine, xml, flags & VIR_DOMAIN_DEFINE_VALIDATE, &answer, &c.err);
	return call_end_domain(&c, is_ok, &answer);
}

virDomainPtr virDomainDefineXML(virConnectPtr conn, const char *xml)
{
	return define(__func__, conn, xml, 0);
}

virDomainPtr virDomainDefineXMLFlags(virConnectPtr conn, const char *xml, unsigned int flags)
{
	return define(__func__, conn, xml, flags);
}

#define UNDEFINE(name) VIR_DOMAIN_UNDEFINE_##name
#define UNDEFINE_FLAGS \
	(UNDEFINE(MANAGED_SAVE) | UNDEFINE(SNAPSHOTS_METADATA) | UNDEFINE(NVRAM) | \
	 UNDEFINE(KEEP_NVRAM) | UNDEFINE(CHECKPOINTS_METADATA) | UNDEFINE(TPM) | \
	 UNDEFINE(KEEP_TPM))

static bool undefine_check(struct call *c, unsigned int flags)
{
	static const struct flag_pair nvram = { UNDEFINE(NVRAM), UNDEFINE(KEEP_NVRAM), "nvram",
						"keep-nvram" };
	static const struct flag_pair tpm = { UNDEFINE(TPM), UNDEFINE(KEEP_TPM), "tpm",
					      "keep-tpm" };

	return call_flags(c, flags, UNDEFINE_FLAGS) && call_exclusive(c, flags, &nvram) &&
	       call_exclusive(c, flags, &tpm);
}

static int undefine(const char *function, virDomainPtr domain, unsigned int flags)
{
	struct call c;

	if (!call_domain(&c, function, domain, ACCESS_WRITE) || !undefine_check(&c, flags))
		return -1;
	return call_end(&c, engine_undefine(c.engine, c.name, flags, NULL, &c.err));
}

int virDomainUndefine(virDomainPtr domain)
{
	return undefine(__func__, domain, 0);
}

int virDomainUndefineFlags(virDomainPtr domain, unsigned int flags)
{
	return undefine(__func__, domain, flags);
}

int domshDomainUndefine(virDomainPtr domain, unsigned int flags, unsigned int domshFlags,
			struct domshPlanItem **items, int *nitems)
{
	g_autoptr(GPtrArray) plan = NULL;
	struct call c;

	if (!call_domain(&c, __func__, domain, ACCESS_WRITE) || !undefine_check(&c, flags) ||
	    !call_flags(&c, domshFlags, DOMSH_UNDEFINE_PURGE | DOMSH_UNDEFINE_DRY_RUN) ||
	    (items && !call_not_null(&c, nitems, "nitems")))
		return -1;
	if (domshFlags & DOMSH_UNDEFINE_PURGE)
		flags |= UNDEFINE_PURGE;
	if (domshFlags & DOMSH_UNDEFINE_DRY_RUN)
		flags |= UNDEFINE_DRY_RUN;
	if (call_end(&c, engine_undefine(c.engine, c.name, flags, &plan, &c.err)) < 0)
		return -1;
	if (items)
		*nitems = outcome_plan(plan, items);
	return 0;
}

int virDomainRename(virDomainPtr domain, const char *newName, unsigned int flags)
{
	struct call c;

	if (!call_domain(&c, __func__, domain, ACCESS_WRITE) || !call_flags(&c, flags, 0) ||
	    !call_not_null(&c, newName, "newName") ||
	    call_end(&c, engine_rename(c.engine, c.name, newName, &c.err)) < 0)
		return -1;
	domain_set_name(domain, newName);
	return 0;
}

int virDomainSetAutostart(virDomainPtr domain, int autostart)
{
	struct call c;

	if (!call_domain(&c, __func__, domain, ACCESS_WRITE))
		return -1;
	return call_end(&c, engine_set_autostart(c.engine, c.name, autostart != 0, &c.err));
}

/* ---- Starting ----------------------------------------------------------------------------- */

#define START(name) VIR_DOMAIN_START_##name

virDomainPtr virDomainCreateXML(virConnectPtr conn, const char *xmlDesc, unsigned int flags)
{
	struct engine_answer answer = { 0 };
	struct call c;
	bool is_ok;

	if (!call_connect(&c, __func__, conn, ACCESS_WRITE) ||
	    !call_flags(&c, flags, START(PAUSED) | START(AUTODESTROY) | START(RESET_NVRAM)) ||
	    !call_not_null(&c, xmlDesc, "xmlDesc"))
		return NULL;
	is_ok = engine_create(c.engine, xmlDesc, flags, &answer, &c.err);
	return call_end_domain(&c, is_ok, &answer);
}

static int start(const char *function, virDomainPtr domain, unsigned int flags,
		 unsigned int domsh_flags)
{
	struct engine_answer answer = { 0 };
	struct call c;
	bool is_ok;

	if (!call_domain(&c, function, domain, ACCESS_WRITE) ||
	    !call_flags(&c, flags,
			START(PAUSED) | START(AUTODESTROY) | START(FORCE_BOOT) |
				START(RESET_NVRAM)) ||
	    !call_flags(&c, domsh_flags, DOMSH_START_ACCEPT_DISKS))
		return -1;
	if (domsh_flags & DOMSH_START_ACCEPT_DISKS)
		flags |= START_ACCEPT_DISKS;
	is_ok = engine_start(c.engine, c.name, flags, &answer, &c.err);
	return call_end_answer(&c, is_ok, &answer);
}

int virDomainCreate(virDomainPtr domain)
{
	return start(__func__, domain, 0, 0);
}

int virDomainCreateWithFlags(virDomainPtr domain, unsigned int flags)
{
	return start(__func__, domain, flags, 0);
}

int domshDomainCreate(virDomainPtr domain, unsigned int flags, unsigned int domshFlags)
{
	return start(__func__, domain, flags, domshFlags);
}

/* ---- Stopping ----------------------------------------------------------------------------- */

static int destroy(const char *function, virDomainPtr domain, unsigned int flags)
{
	const unsigned int graceful = VIR_DOMAIN_DESTROY_GRACEFUL;
	struct call c;

	if (!call_domain(&c, function, domain, ACCESS_WRITE) || !call_flags(&c, flags, graceful))
		return -1;
	return call_end(&c, engine_destroy(c.engine, c.name, flags & graceful, &c.err));
}

int virDomainDestroy(virDomainPtr domain)
{
	return destroy(__func__, domain, 0);
}

int virDomainDestroyFlags(virDomainPtr domain, unsigned int flags)
{
	return destroy(__func__, domain, flags);
}

int virDomainSuspend(virDomainPtr domain)
{
	struct call c;

	if (!call_domain(&c, __func__, domain, ACCESS_WRITE))
		return -1;
	return call_end(&c, engine_suspend(c.engine, c.name, &c.err));
}

int virDomainResume(virDomainPtr domain)
{
	struct call c;

	if (!call_domain(&c, __func__, domain, ACCESS_WRITE))
		return -1;
	return call_end(&c, engine_resume(c.engine, c.name, &c.err));
}

/* ---- Managed save ------------------------------------------------------------------------- */

int virDomainManagedSave(virDomainPtr domain, unsigned int flags)
{
	static const struct flag_pair resume_state = { VIR_DOMAIN_SAVE_RUNNING,
						       VIR_DOMAIN_SAVE_PAUSED, "running",
						       "paused" };
	struct call c;

	if (!call_domain(&c, __func__, domain, ACCESS_WRITE) ||
	    !call_flags(&c, flags, resume_state.one | resume_state.other) ||
	    !call_exclusive(&c, flags, &resume_state))
		return -1;
	return call_end(&c, engine_managed_save(c.engine, c.name, flags, &c.err));
}

int virDomainManagedSaveRemove(virDomainPtr domain, unsigned int flags)
{
	struct call c;

	if (!call_domain(&c, __func__, domain, ACCESS_WRITE) || !call_flags(&c, flags, 0))
		return -1;
	return call_end(&c, engine_managed_save_remove(c.engine, c.name, false, NULL, &c.err));
}

int domshDomainManagedSaveRemove(virDomainPtr domain, unsigned int domshFlags, long long *kept)
{
	const bool is_purge = domshFlags & DOMSH_MANAGED_SAVE_PURGE;
	gint64 bytes = 0;
	struct call c;
	bool is_ok;

	if (!call_domain(&c, __func__, domain, ACCESS_WRITE) ||
	    !call_flags(&c, domshFlags, DOMSH_MANAGED_SAVE_PURGE))
		return -1;
	is_ok = engine_managed_save_remove(c.engine, c.name, is_purge, &bytes, &c.err);
	if (call_end(&c, is_ok) < 0)
		return -1;
	if (kept)
		*kept = bytes;
	return 0;
}
