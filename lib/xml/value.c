/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "xml/value.h"

#include <stdarg.h>
#include <string.h>

#include "base/error.h"

#define MAX_KIB (G_GUINT64_CONSTANT(1) << 50) /* of memory; no overflow in bytes either */

/* libvirt's units, compared without case; KB and the like are powers of 1000. */
static const struct unit {
	const char *name;
	guint64 bytes;
} units[] = {
	{ "b", 1 },
	{ "byte", 1 },
	{ "bytes", 1 },
	{ "k", 1024 },
	{ "KiB", 1024 },
	{ "KB", 1000 },
	{ "M", G_GUINT64_CONSTANT(1) << 20 },
	{ "MiB", G_GUINT64_CONSTANT(1) << 20 },
	{ "MB", 1000000 },
	{ "G", G_GUINT64_CONSTANT(1) << 30 },
	{ "GiB", G_GUINT64_CONSTANT(1) << 30 },
	{ "GB", 1000000000 },
	{ "T", G_GUINT64_CONSTANT(1) << 40 },
	{ "TiB", G_GUINT64_CONSTANT(1) << 40 },
	{ "TB", G_GUINT64_CONSTANT(1000000000000) },
	{ "P", G_GUINT64_CONSTANT(1) << 50 },
	{ "PiB", G_GUINT64_CONSTANT(1) << 50 },
	{ "PB", G_GUINT64_CONSTANT(1000000000000000) },
	{ "E", G_GUINT64_CONSTANT(1) << 60 },
	{ "EiB", G_GUINT64_CONSTANT(1) << 60 },
	{ "EB", G_GUINT64_CONSTANT(1000000000000000000) },
};

bool fail_at(GError **err, const struct xml_node *node, const char *attribute, const char *fmt, ...)
{
	g_autofree char *path = xml_path(node, attribute);
	g_autofree char *problem = NULL;
	va_list args;

	va_start(args, fmt);
	problem = g_strdup_vprintf(fmt, args);
	va_end(args);
	return fail(err, VIR_ERR_XML_ERROR, "'%s': %s", path, problem);
}

bool value_uint(const char *text, guint64 max, guint64 *ret_number)
{
	for (const char *p = text; *p; p++) {
		if (!g_ascii_isdigit(*p))
			return false;
	}
	return g_ascii_string_to_unsigned(text, 10, 0, max, ret_number, NULL);
}

static const struct unit *find_unit(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(units); i++) {
		if (g_ascii_strcasecmp(units[i].name, name) == 0)
			return &units[i];
	}
	return NULL;
}

bool value_memory(const struct xml_node *node, guint64 *ret_kib, GError **err)
{
	g_autofree char *text = xml_text(node, NULL);
	g_autofree char *name = xml_attr(node, "unit");
	const struct unit *unit = find_unit(name ? name : "KiB");
	guint64 number, bytes;

	if (!unit)
		return fail_at(err, node, "unit", "unknown unit '%s'", name);
	if (!value_uint(text, G_MAXUINT64, &number) || number == 0)
		return fail_at(err, node, NULL, "'%s' is not an amount of memory", text);
	if (!g_uint64_checked_mul(&bytes, number, unit->bytes) || bytes / 1024 > MAX_KIB)
		return fail_at(err, node, NULL, "'%s' %s is too large", text, unit->name);
	*ret_kib = bytes / 1024 + (bytes % 1024 > 0);
	return true;
}

static bool read_uint(const struct xml_node *node, const char *attribute, const char *text,
		      guint64 min, guint64 max, unsigned int *ret_number, GError **err)
{
	guint64 number;

	if (!value_uint(text, max, &number) || number < min)
		return fail_at(err, node, attribute,
			       "'%s' is not a whole number from %" G_GUINT64_FORMAT
			       " to %" G_GUINT64_FORMAT,
			       text, min, max);
	*ret_number = (unsigned int)number;
	return true;
}

bool value_attr_uint(const struct xml_node *node, const char *name, guint64 min, guint64 max,
		     unsigned int *ret_number, GError **err)
{
	g_autofree char *text = xml_attr(node, name);

	return !text || read_uint(node, name, text, min, max, ret_number, err);
}

bool value_text_uint(const struct xml_node *node, guint64 min, guint64 max,
		     unsigned int *ret_number, GError **err)
{
	g_autofree char *text = node ? xml_text(node, NULL) : NULL;

	return !text || read_uint(node, NULL, text, min, max, ret_number, err);
}

unsigned int value_index(const char *word, const char *const *words, unsigned int n)
{
	unsigned int i = 0;

	while (i < n && g_strcmp0(word, words[i]) != 0)
		i++;
	return i;
}

bool value_attr_is(const struct xml_node *node, const char *name, const char *value)
{
	g_autofree char *actual = xml_attr(node, name);

	return g_strcmp0(actual, value) == 0;
}

bool value_path(const struct xml_node *node, const char *path, GError **err)
{
	if (!path || g_path_is_absolute(path))
		return true;
	return fail_at(err, node, NULL, "the path '%s' must be absolute", path);
}
