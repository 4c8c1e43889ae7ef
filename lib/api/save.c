/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Memory in files: save, restore, and the XML of what was saved. */
#include <domsh/domsh.h>
#include "api/call.h"
#include "api/typed-params.h"

static const struct flag_pair resume_state = { VIR_DOMAIN_SAVE_RUNNING, VIR_DOMAIN_SAVE_PAUSED,
					       "running", "paused" };

static bool check_state(struct call *c, unsigned int flags)
{
	return call_flags(c, flags, resume_state.one | resume_state.other) &&
	       call_exclusive(c, flags, &resume_state);
}

/* ---- Save --------------------------------------------------------------------------------- */

static int save(const char *function, virDomainPtr domain, const struct save_request *r)
{
	struct call c;

	if (!call_domain(&c, function, domain, ACCESS_WRITE) || !check_state(&c, r->flags) ||
	    !call_not_null(&c, r->file, "to"))
		return -1;
	return call_end(&c, engine_save(c.engine, c.name, r, &c.err));
}

int virDomainSave(virDomainPtr domain, const char *to)
{
	return save(__func__, domain, &(struct save_request){ .file = to });
}

int virDomainSaveFlags(virDomainPtr domain, const char *to, const char *dxml, unsigned int flags)
{
	return save(__func__, domain,
		    &(struct save_request){ .file = to, .xml = dxml, .flags = flags });
}

int domshDomainSave(virDomainPtr domain, const char *to, const char *dxml, unsigned int flags,
		    unsigned int domshFlags)
{
	struct call c;

	if (!call_domain(&c, __func__, domain, ACCESS_WRITE) ||
	    !call_flags(&c, domshFlags, DOMSH_SAVE_OVERWRITE))
		return -1;
	return save(__func__, domain,
		    &(struct save_request){ .file = to, .xml = dxml, .flags = flags,
					    .overwrites = domshFlags & DOMSH_SAVE_OVERWRITE });
}

/* ---- Restore ------------------------------------------------------------------------------ */

static int restore(const char *function, virConnectPtr conn, const struct save_request *r)
{
	struct engine_answer answer = { 0 };
	struct call c;
	bool is_ok;

	if (!call_connect(&c, function, conn, ACCESS_WRITE) || !check_state(&c, r->flags) ||
	    !call_not_null(&c, r->file, "from"))
		return -1;
	is_ok = engine_restore(c.engine, r, &answer, &c.err);
	return call_end_answer(&c, is_ok, &answer);
}

int virDomainRestore(virConnectPtr conn, const char *from)
{
	return restore(__func__, conn, &(struct save_request){ .file = from });
}

int virDomainRestoreFlags(virConnectPtr conn, const char *from, const char *dxml,
			  unsigned int flags)
{
	return restore(__func__, conn,
		       &(struct save_request){ .file = from, .xml = dxml, .flags = flags });
}

virDomainPtr domshDomainRestore(virConnectPtr conn, const char *from, const char *dxml,
				unsigned int flags, unsigned int domshFlags)
{
	struct save_request r = { .file = from, .xml = dxml, .flags = flags,
				  .accepts_disks = domshFlags & DOMSH_RESTORE_ACCEPT_DISKS };
	struct engine_answer answer = { 0 };
	struct call c;
	bool is_ok;

	if (!call_connect(&c, __func__, conn, ACCESS_WRITE) || !check_state(&c, flags) ||
	    !call_flags(&c, domshFlags, DOMSH_RESTORE_ACCEPT_DISKS) ||
	    !call_not_null(&c, from, "from"))
		return NULL;
	is_ok = engine_restore(c.engine, &r, &answer, &c.err);
	return call_end_domain(&c, is_ok, &answer);
}

/* ---- The same with parameters ------------------------------------------------------------- */

static bool read_params(struct call *c, virTypedParameterPtr params, int n, struct save_request *r)
{
	if (!call_array(c, params, "params", n))
		return false;
	for (int i = 0; i < n; i++) {
		const virTypedParameter *p = &params[i];
		bool is_text = p->type == VIR_TYPED_PARAM_STRING;

		if (is_text && g_str_equal(p->field, VIR_DOMAIN_SAVE_PARAM_FILE))
			r->file = p->value.s;
		else if (is_text && g_str_equal(p->field, VIR_DOMAIN_SAVE_PARAM_DXML))
			r->xml = p->value.s;
		else
			return call_fail(c, VIR_ERR_INVALID_ARG,
					 "parameter '%s' is not known, or no string", p->field);
	}
	return r->file || call_fail(c, VIR_ERR_INVALID_ARG, "parameter '%s' is missing",
				    VIR_DOMAIN_SAVE_PARAM_FILE);
}

int virDomainSaveParams(virDomainPtr domain, virTypedParameterPtr params, int nparams,
			unsigned int flags)
{
	struct save_request r = { .flags = flags };
	struct call c;

	if (!call_domain(&c, __func__, domain, ACCESS_WRITE) || !check_state(&c, flags) ||
	    !read_params(&c, params, nparams, &r))
		return -1;
	return save(__func__, domain, &r);
}

int virDomainRestoreParams(virConnectPtr conn, virTypedParameterPtr params, int nparams,
			   unsigned int flags)
{
	struct save_request r = { .flags = flags };
	struct call c;

	if (!call_connect(&c, __func__, conn, ACCESS_WRITE) || !check_state(&c, flags) ||
	    !read_params(&c, params, nparams, &r))
		return -1;
	return restore(__func__, conn, &r);
}

/* ---- The XML of what was saved ------------------------------------------------------------ */

int virDomainSaveImageDefineXML(virConnectPtr conn, const char *file, const char *dxml,
				unsigned int flags)
{
	struct call c;

	if (!call_connect(&c, __func__, conn, ACCESS_WRITE) || !check_state(&c, flags) ||
	    !call_not_null(&c, file, "file") || !call_not_null(&c, dxml, "dxml"))
		return -1;
	return call_end(&c, engine_saved_define(c.engine, file, dxml, flags, &c.err));
}

int virDomainManagedSaveDefineXML(virDomainPtr domain, const char *dxml, unsigned int flags)
{
	struct call c;

	if (!call_domain(&c, __func__, domain, ACCESS_WRITE) || !check_state(&c, flags) ||
	    !call_not_null(&c, dxml, "dxml"))
		return -1;
	return call_end(&c, engine_managed_save_define(c.engine, c.name, dxml, flags, &c.err));
}
