/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "commands/snapshot-xml.h"

#include <string.h>

#include "mem.h"
#include "output/text.h"

enum { FILE_KEY, SNAPSHOT_KEY, DRIVER_KEY, STYPE_KEY, KEY_COUNT };

static const char *const keys[KEY_COUNT] = {
	[FILE_KEY] = "file=",
	[SNAPSHOT_KEY] = "snapshot=",
	[DRIVER_KEY] = "driver=",
	[STYPE_KEY] = "stype=",
};

/* One part of a spec: up to a comma that is not doubled. *at moves behind it. NULL at the end. */
static char *next_part(const char **at)
{
	struct buffer b = { 0 };
	const char *p = *at;

	if (!p)
		return NULL;
	for (; *p && (p[0] != ',' || p[1] == ','); p++) {
		buffer_add(&b, p, 1);
		p += p[0] == ',';
	}
	*at = *p ? p + 1 : NULL;
	return buffer_take(&b);
}

struct parts {
	char *first; /* the part without a key */
	char *values[KEY_COUNT];
};

static void parts_free(struct parts *p)
{
	free(p->first);
	for (size_t k = 0; k < KEY_COUNT; k++)
		free(p->values[k]);
}

static bool keep_value(struct parts *p, const char *part, unsigned allowed)
{
	for (size_t k = 0; k < KEY_COUNT; k++) {
		size_t length = strlen(keys[k]);

		if (!(allowed & 1u << k) || p->values[k] || strncmp(part, keys[k], length) != 0)
			continue;
		p->values[k] = mem_copy(part + length);
		return true;
	}
	return false;
}

/* The first part may have no key; `allowed` has a bit for each key that may follow. */
static bool parts_parse(struct parts *p, const char *spec, unsigned allowed, bool first_is_plain)
{
	const char *at = spec;
	char *part;
	bool ok = true;

	if (first_is_plain)
		p->first = next_part(&at);
	while (ok && (part = next_part(&at))) {
		ok = keep_value(p, part, allowed);
		free(part);
	}
	return ok;
}

static void add_element(struct buffer *b, const char *lead, const char *text, const char *trail)
{
	if (!text)
		return;
	auto_free char *safe = text_xml(text);
	buffer_printf(b, "%s%s%s", lead, safe, trail);
}

static bool add_memory(struct buffer *b, const char *spec)
{
	struct parts p = { 0 };
	bool plain = strncmp(spec, "file=", 5) != 0 && strncmp(spec, "snapshot=", 9) != 0;
	bool ok = parts_parse(&p, spec, 1u << FILE_KEY | 1u << SNAPSHOT_KEY, plain) &&
		  !(p.first && p.values[FILE_KEY]);

	if (ok) {
		buffer_puts(b, "  <memory");
		add_element(b, " snapshot='", p.values[SNAPSHOT_KEY], "'");
		add_element(b, " file='", plain ? p.first : p.values[FILE_KEY], "'");
		buffer_puts(b, "/>\n");
	}
	parts_free(&p);
	return ok;
}

static void add_disk_parts(struct buffer *b, const struct parts *p)
{
	const char *driver = p->values[DRIVER_KEY], *file = p->values[FILE_KEY];
	bool block = p->values[STYPE_KEY] && strcmp(p->values[STYPE_KEY], "block") == 0;

	add_element(b, "    <disk name='", p->first, "'");
	add_element(b, " snapshot='", p->values[SNAPSHOT_KEY], "'");
	add_element(b, " type='", p->values[STYPE_KEY], "'");
	buffer_puts(b, driver || file ? ">\n" : "/>\n");
	add_element(b, "      <driver type='", driver, "'/>\n");
	add_element(b, block ? "      <source dev='" : "      <source file='", file, "'/>\n");
	if (driver || file)
		buffer_puts(b, "    </disk>\n");
}

static bool add_disk(struct buffer *b, const char *spec)
{
	struct parts p = { 0 };
	bool ok = parts_parse(&p, spec, (1u << KEY_COUNT) - 1, true) && *p.first;

	if (ok)
		add_disk_parts(b, &p);
	parts_free(&p);
	return ok;
}

static bool add_disks(struct buffer *b, const struct word_list *disks, const char **ret_bad)
{
	if (disks->count > 0)
		buffer_puts(b, "  <disks>\n");
	for (size_t i = 0; i < disks->count; i++) {
		if (!add_disk(b, disks->items[i])) {
			*ret_bad = disks->items[i];
			return false;
		}
	}
	if (disks->count > 0)
		buffer_puts(b, "  </disks>\n");
	return true;
}

char *snapshot_spec_xml(const struct snapshot_spec *spec, const char **ret_kind,
			const char **ret_bad)
{
	struct buffer b = { 0 };

	buffer_puts(&b, "<domainsnapshot>\n");
	add_element(&b, "  <name>", spec->name, "</name>\n");
	add_element(&b, "  <description>", spec->description, "</description>\n");
	*ret_kind = "memspec";
	*ret_bad = spec->memory;
	if (!spec->memory || add_memory(&b, spec->memory)) {
		*ret_kind = "diskspec";
		if (add_disks(&b, &spec->disks, ret_bad)) {
			buffer_puts(&b, "</domainsnapshot>\n");
			return buffer_take(&b);
		}
	}
	free(b.text);
	return NULL;
}
