/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What people and programs noted about a domain. */
#include <string.h>
#include "api/call.h"
#include "engine/inspect.h"

/* In the order of virDomainMetadataType. */
static const struct {
	enum note note;
	const char *name;
} types[] = {
	[VIR_DOMAIN_METADATA_DESCRIPTION] = { NOTE_DESCRIPTION, "description" },
	[VIR_DOMAIN_METADATA_TITLE] = { NOTE_TITLE, "title" },
	[VIR_DOMAIN_METADATA_ELEMENT] = { NOTE_ELEMENT, "element" },
};

static bool check_type(struct call *c, int type, const char *uri)
{
	if (type < 0 || type >= (int)G_N_ELEMENTS(types))
		return call_fail(c, VIR_ERR_INVALID_ARG, "unknown type of metadata %d", type);
	if (type == VIR_DOMAIN_METADATA_ELEMENT)
		return call_not_null(c, uri, "uri");
	if (uri)
		return call_fail(c, VIR_ERR_INVALID_ARG, "uri in %s must be NULL for a %s",
				 c->function, types[type].name);
	return true;
}

char *virDomainGetMetadata(virDomainPtr domain, int type, const char *uri, unsigned int flags)
{
	static const struct flag_pair impact = { VIR_DOMAIN_AFFECT_LIVE, VIR_DOMAIN_AFFECT_CONFIG,
						 "live", "config" };
	struct call c;
	char *text;

	if (!call_domain(&c, __func__, domain, ACCESS_READ) ||
	    !call_flags(&c, flags, impact.one | impact.other) ||
	    !call_exclusive(&c, flags, &impact) || !check_type(&c, type, uri))
		return NULL;
	text = engine_note(c.engine, c.name, types[type].note, uri, flags, &c.err);
	return call_end(&c, text != NULL) < 0 ? NULL : text;
}

/* A prefix that can stand before a colon. */
static bool check_key(struct call *c, const char *key)
{
	bool is_word = *key && (g_ascii_isalpha(*key) || *key == '_');

	for (const char *p = key; *p; p++)
		is_word = is_word && (g_ascii_isalnum(*p) || strchr("_-.", *p));
	return is_word || call_fail(c, VIR_ERR_INVALID_ARG,
				    "'%s' cannot be the prefix of a namespace", key);
}

static bool check_text(struct call *c, int type, const char *text, const char *key)
{
	if (type == VIR_DOMAIN_METADATA_ELEMENT)
		return !text || (call_not_null(c, key, "key") && check_key(c, key));
	if (key)
		return call_fail(c, VIR_ERR_INVALID_ARG, "key in %s must be NULL for a %s",
				 c->function, types[type].name);
	if (type == VIR_DOMAIN_METADATA_TITLE && text && strchr(text, '\n'))
		return call_fail(c, VIR_ERR_XML_ERROR, "Domain title can't contain newlines");
	return true;
}

int virDomainSetMetadata(virDomainPtr domain, int type, const char *metadata, const char *key,
			 const char *uri, unsigned int flags)
{
	struct note_change change = { .text = metadata, .key = key, .uri = uri, .impact = flags };
	struct call c;

	if (!call_domain(&c, __func__, domain, ACCESS_WRITE) ||
	    !call_flags(&c, flags, VIR_DOMAIN_AFFECT_LIVE | VIR_DOMAIN_AFFECT_CONFIG) ||
	    !check_type(&c, type, uri) || !check_text(&c, type, metadata, key))
		return -1;
	change.note = types[type].note;
	return call_end(&c, engine_set_note(c.engine, c.name, &change, &c.err));
}
