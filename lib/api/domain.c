/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Finding domains and asking them: nothing here changes anything. */
#include <string.h>
#include "api/call.h"
#include "api/uuid.h"
#include "base/error.h"
#include "store/domain.h"
#include "xml/peek.h"

/* ---- Finding ------------------------------------------------------------------------------ */

virDomainPtr virDomainLookupByName(virConnectPtr conn, const char *name)
{
	struct call c;

	if (!call_connect(&c, __func__, conn, ACCESS_READ) || !call_not_null(&c, name, "name") ||
	    call_end(&c, engine_exists(c.engine, name, &c.err)) < 0)
		return NULL;
	return domain_new(conn, name, NULL);
}

virDomainPtr virDomainLookupByID(virConnectPtr conn, int id)
{
	g_autofree char *name = NULL;
	struct call c;

	if (!call_connect(&c, __func__, conn, ACCESS_READ))
		return NULL;
	if (id < 0) {
		call_fail(&c, VIR_ERR_INVALID_ARG, "id in %s must not be negative", __func__);
		return NULL;
	}
	name = engine_name_by_id(c.engine, id, &c.err);
	return call_end(&c, name != NULL) < 0 ? NULL : domain_new(conn, name, NULL);
}

static virDomainPtr look_up_uuid(struct call *c, const unsigned char *uuid)
{
	char text[VIR_UUID_STRING_BUFLEN];
	g_autofree char *name = NULL;

	uuid_format(uuid, text);
	name = engine_name_by_uuid(c->engine, text, &c->err);
	return call_end(c, name != NULL) < 0 ? NULL : domain_new(c->conn, name, text);
}

virDomainPtr virDomainLookupByUUID(virConnectPtr conn, const unsigned char *uuid)
{
	struct call c;

	if (!call_connect(&c, __func__, conn, ACCESS_READ) || !call_not_null(&c, uuid, "uuid"))
		return NULL;
	return look_up_uuid(&c, uuid);
}

virDomainPtr virDomainLookupByUUIDString(virConnectPtr conn, const char *uuidstr)
{
	unsigned char uuid[VIR_UUID_BUFLEN];
	struct call c;

	if (!call_connect(&c, __func__, conn, ACCESS_READ) ||
	    !call_not_null(&c, uuidstr, "uuidstr"))
		return NULL;
	if (!uuid_parse(uuidstr, uuid)) {
		call_fail(&c, VIR_ERR_INVALID_ARG, "'%s' is not a uuid", uuidstr);
		return NULL;
	}
	return look_up_uuid(&c, uuid);
}

/* ---- The handle --------------------------------------------------------------------------- */

virConnectPtr virDomainGetConnect(virDomainPtr domain)
{
	struct call c;

	return call_handle(&c, __func__, domain, HANDLE_DOMAIN) ? domain->conn : NULL;
}

int virDomainRef(virDomainPtr domain)
{
	struct call c;

	if (!call_handle(&c, __func__, domain, HANDLE_DOMAIN))
		return -1;
	handle_ref(domain);
	return 0;
}

int virDomainFree(virDomainPtr domain)
{
	struct call c;

	if (!call_handle(&c, __func__, domain, HANDLE_DOMAIN))
		return -1;
	handle_unref(domain);
	return 0;
}

const char *virDomainGetName(virDomainPtr domain)
{
	struct call c;

	return call_handle(&c, __func__, domain, HANDLE_DOMAIN) ? domain_name(domain) : NULL;
}

int virDomainGetUUIDString(virDomainPtr domain, char *buf)
{
	const char *uuid;
	struct call c;

	if (!call_handle(&c, __func__, domain, HANDLE_DOMAIN) || !call_not_null(&c, buf, "buf"))
		return -1;
	c.engine = domain->conn->engine;
	uuid = domain_uuid(domain, &c.err);
	if (call_end(&c, uuid != NULL) < 0)
		return -1;
	g_strlcpy(buf, uuid, VIR_UUID_STRING_BUFLEN);
	return 0;
}

int virDomainGetUUID(virDomainPtr domain, unsigned char *uuid)
{
	const char *text;
	struct call c;

	if (!call_handle(&c, __func__, domain, HANDLE_DOMAIN) || !call_not_null(&c, uuid, "uuid"))
		return -1;
	c.engine = domain->conn->engine;
	text = domain_uuid(domain, &c.err);
	if (call_end(&c, text != NULL) < 0)
		return -1;
	if (uuid_parse(text, uuid))
		return 0;
	call_fail(&c, VIR_ERR_INTERNAL_ERROR, "'%s' is not a uuid", text);
	return -1;
}

/* ---- State -------------------------------------------------------------------------------- */

/* NULL with the last error set. */
static struct domain_brief *ask_brief(struct call *c, const char *function, virDomainPtr domain)
{
	struct domain_brief *brief;

	if (!call_domain(c, function, domain, ACCESS_READ))
		return NULL;
	brief = engine_glance(c->engine, c->name, &c->err);
	return call_end(c, brief != NULL) < 0 ? NULL : brief;
}

unsigned int virDomainGetID(virDomainPtr domain)
{
	struct call c;
	struct domain_brief *brief = ask_brief(&c, __func__, domain);
	unsigned int id = brief ? (unsigned int)brief->id : (unsigned int)-1;

	g_clear_pointer(&brief, domain_brief_free);
	return id;
}

int virDomainGetState(virDomainPtr domain, int *state, int *reason, unsigned int flags)
{
	struct domain_brief *brief;
	struct call c;

	if (!call_domain(&c, __func__, domain, ACCESS_READ) || !call_flags(&c, flags, 0) ||
	    !call_not_null(&c, state, "state"))
		return -1;
	brief = reason ? engine_brief(c.engine, c.name, &c.err) :
			 engine_glance(c.engine, c.name, &c.err);
	if (call_end(&c, brief != NULL) < 0)
		return -1;
	*state = (int)brief->state;
	if (reason)
		*reason = MAX(brief->reason, 0);
	domain_brief_free(brief);
	return 0;
}

int virDomainIsActive(virDomainPtr domain)
{
	struct call c;
	struct domain_brief *brief = ask_brief(&c, __func__, domain);
	int is_active = brief ? brief->is_alive : -1;

	g_clear_pointer(&brief, domain_brief_free);
	return is_active;
}

int virDomainIsPersistent(virDomainPtr domain)
{
	struct call c;
	struct domain_brief *brief = ask_brief(&c, __func__, domain);
	int is_persistent = brief ? brief->has_config : -1;

	g_clear_pointer(&brief, domain_brief_free);
	return is_persistent;
}

int virDomainIsUpdated(virDomainPtr domain)
{
	struct call c;

	if (call_domain(&c, __func__, domain, ACCESS_READ))
		call_no_support(&c);
	return -1;
}

/* Facts that only the whole directory tells; to be cleared with domain_state_clear(). */
static bool ask_state(struct call *c, struct domain_state *ret_state)
{
	*ret_state = (struct domain_state){ 0 };
	return call_end(c, engine_state(c->engine, c->name, ret_state, &c->err)) == 0;
}

int virDomainGetAutostart(virDomainPtr domain, int *autostart)
{
	struct domain_state state;
	struct call c;

	if (!call_domain(&c, __func__, domain, ACCESS_READ) ||
	    !call_not_null(&c, autostart, "autostart") || !ask_state(&c, &state))
		return -1;
	*autostart = state.is_autostart;
	domain_state_clear(&state);
	return 0;
}

int virDomainHasManagedSaveImage(virDomainPtr domain, unsigned int flags)
{
	struct domain_state state;
	struct call c;
	int has_image;

	if (!call_domain(&c, __func__, domain, ACCESS_READ) || !call_flags(&c, flags, 0) ||
	    !ask_state(&c, &state))
		return -1;
	has_image = state.has_managed_save;
	domain_state_clear(&state);
	return has_image;
}

/* ---- Configuration ------------------------------------------------------------------------ */

/* To be cleared with domain_info_clear(). */
static bool ask_info(struct call *c, struct domain_info *ret_info)
{
	*ret_info = (struct domain_info){ 0 };
	return call_end(c, engine_info(c->engine, c->name, false, ret_info, &c->err)) == 0;
}

int virDomainGetInfo(virDomainPtr domain, virDomainInfoPtr info)
{
	struct domain_brief *brief;
	struct domain_info config;
	struct call c;

	if (!call_domain(&c, __func__, domain, ACCESS_READ) || !call_not_null(&c, info, "info"))
		return -1;
	brief = engine_brief(c.engine, c.name, &c.err);
	if (call_end(&c, brief != NULL) < 0)
		return -1;
	if (!ask_info(&c, &config)) {
		domain_brief_free(brief);
		return -1;
	}
	*info = (virDomainInfo){
		.state = (unsigned char)brief->state,
		.maxMem = (unsigned long)config.max_memory_kib,
		.memory = (unsigned long)config.memory_kib,
		.nrVirtCpu = (unsigned short)MIN(config.vcpus, G_MAXUSHORT),
		.cpuTime = brief->is_alive ? engine_cpu_time(c.engine, c.name) : 0,
	};
	domain_info_clear(&config);
	domain_brief_free(brief);
	return 0;
}

char *virDomainGetOSType(virDomainPtr domain)
{
	struct domain_info info;
	struct call c;
	char *type;

	if (!call_domain(&c, __func__, domain, ACCESS_READ) || !ask_info(&c, &info))
		return NULL;
	type = g_strdup(info.os_type ? info.os_type : "");
	domain_info_clear(&info);
	return type;
}

unsigned long virDomainGetMaxMemory(virDomainPtr domain)
{
	struct domain_info info;
	unsigned long kib;
	struct call c;

	if (!call_domain(&c, __func__, domain, ACCESS_READ) || !ask_info(&c, &info))
		return 0;
	kib = (unsigned long)info.max_memory_kib;
	domain_info_clear(&info);
	return kib;
}

int virDomainGetMaxVcpus(virDomainPtr domain)
{
	struct domain_info info;
	struct call c;
	int n;

	if (!call_domain(&c, __func__, domain, ACCESS_READ) || !ask_info(&c, &info))
		return -1;
	n = (int)info.max_vcpus;
	domain_info_clear(&info);
	return n;
}

/* A guest that runs has its CPU spelled out already; of one that is off only the next start knows. */
static bool cpu_is_known(struct call *c, const char *xml)
{
	g_autofree char *mode = xml_peek_one(xml, strlen(xml), "domain/cpu/@mode");

	return !mode || !g_str_equal(mode, "host-model") ||
	       fail(&c->err, VIR_ERR_ARGUMENT_UNSUPPORTED,
		    "the CPU of '%s' is that of the host, which is spelled out when the guest "
		    "starts", c->name);
}

/* What a save image carries is the XML of the running guest, with its secrets. */
char *virDomainGetXMLDesc(virDomainPtr domain, unsigned int flags)
{
	bool has_secrets = flags & (VIR_DOMAIN_XML_SECURE | VIR_DOMAIN_XML_MIGRATABLE);
	struct call c;
	char *xml;

	if (!call_domain(&c, __func__, domain, ACCESS_READ) ||
	    !call_flags(&c, flags, VIR_DOMAIN_XML_SECURE | VIR_DOMAIN_XML_INACTIVE |
				   VIR_DOMAIN_XML_UPDATE_CPU | VIR_DOMAIN_XML_MIGRATABLE) ||
	    !call_secure(&c, has_secrets))
		return NULL;
	xml = engine_xml(c.engine, c.name, flags & VIR_DOMAIN_XML_INACTIVE, has_secrets, &c.err);
	if (xml && (flags & VIR_DOMAIN_XML_UPDATE_CPU) && !cpu_is_known(&c, xml))
		g_clear_pointer(&xml, g_free);
	return call_end(&c, xml != NULL) < 0 ? NULL : xml;
}
