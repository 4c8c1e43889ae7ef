/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "base/json.h"

#include <string.h>

#include "base/error.h"
#include "base/util.h"

#define JSON_DEPTH 32
#define JSON_FORMAT 1

G_DEFINE_AUTOPTR_CLEANUP_FUNC(json_tokener, json_tokener_free)

static bool only_blanks(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (!g_ascii_isspace(text[i]))
			return false;
	}
	return true;
}

json_object *json_parse(const char *text, size_t size, GError **err)
{
	g_autoptr(json_tokener) tok = NULL;
	g_autoptr(json_object) value = NULL;
	size_t used;

	if (size > G_MAXINT / 2 || memchr(text, '\0', size)) {
		fail(err, VIR_ERR_INVALID_ARG, "not JSON: too large or with a NUL byte");
		return NULL;
	}
	tok = json_tokener_new_ex(JSON_DEPTH);
	json_tokener_set_flags(tok, JSON_TOKENER_STRICT | JSON_TOKENER_ALLOW_TRAILING_CHARS |
					    JSON_TOKENER_VALIDATE_UTF8);
	value = json_tokener_parse_ex(tok, text, size);
	used = json_tokener_get_parse_end(tok);
	/* A number at the very end is complete only when something follows it. */
	if (json_tokener_get_error(tok) == json_tokener_continue) {
		value = json_tokener_parse_ex(tok, "", 1);
		used = size;
	}
	if (json_tokener_get_error(tok) != json_tokener_success) {
		fail(err, VIR_ERR_INVALID_ARG, "not JSON: %s",
		     json_tokener_error_desc(json_tokener_get_error(tok)));
		return NULL;
	}
	if (!value || !only_blanks(text + used, size - used)) {
		fail(err, VIR_ERR_INVALID_ARG, "not JSON: more or less than one value");
		return NULL;
	}
	return g_steal_pointer(&value);
}

static bool get_typed(json_object *obj, const char *key, json_type type, json_object **ret_value)
{
	json_object *value = NULL;

	if (!json_object_is_type(obj, json_type_object))
		return false;
	if (!json_object_object_get_ex(obj, key, &value) || !json_object_is_type(value, type))
		return false;
	*ret_value = value;
	return true;
}

bool json_get_string(json_object *obj, const char *key, const char **ret_text)
{
	json_object *value;
	const char *text;

	if (!get_typed(obj, key, json_type_string, &value))
		return false;
	text = json_object_get_string(value);
	/* "\u0000" would silently cut the text. */
	if (strlen(text) != (size_t)json_object_get_string_len(value))
		return false;
	*ret_text = text;
	return true;
}

bool json_get_int(json_object *obj, const char *key, gint64 *ret_value)
{
	json_object *value;
	gint64 number;

	if (!get_typed(obj, key, json_type_int, &value))
		return false;
	number = json_object_get_int64(value);
	/* json-c clamps what does not fit; a clamped value is a wrong one. */
	if (number == G_MAXINT64 && json_object_get_uint64(value) > G_MAXINT64)
		return false;
	*ret_value = number;
	return true;
}

bool json_get_bool(json_object *obj, const char *key, bool *ret_value)
{
	json_object *value;

	if (!get_typed(obj, key, json_type_boolean, &value))
		return false;
	*ret_value = json_object_get_boolean(value);
	return true;
}

bool json_get_object(json_object *obj, const char *key, json_object **ret_value)
{
	return get_typed(obj, key, json_type_object, ret_value);
}

bool json_get_array(json_object *obj, const char *key, json_object **ret_value)
{
	return get_typed(obj, key, json_type_array, ret_value);
}

/* json-c reports lack of memory where GLib aborts; a file with a key missing would be worse. */
static void add(json_object *obj, const char *key, json_object *value)
{
	if (!value || json_object_object_add(obj, key, value) < 0)
		g_error("out of memory while making JSON");
}

void json_set_string(json_object *obj, const char *key, const char *text)
{
	if (text)
		add(obj, key, json_object_new_string(text));
}

void json_set_int(json_object *obj, const char *key, gint64 value)
{
	add(obj, key, json_object_new_int64(value));
}

void json_set_bool(json_object *obj, const char *key, bool value)
{
	add(obj, key, json_object_new_boolean(value));
}

json_object *json_read_file(int dirfd, const char *name, GError **err)
{
	g_autoptr(json_object) obj = NULL;
	g_autofree char *text = NULL;
	size_t size;
	gint64 format;

	if (!read_file_at(dirfd, name, JSON_FILE_MAX, &text, &size, err))
		return NULL;
	obj = json_parse(text, size, err);
	if (!obj) {
		fail_prefix(err, "file '%s'", name);
		return NULL;
	}
	if (!json_get_int(obj, "v", &format)) {
		fail(err, VIR_ERR_INTERNAL_ERROR, "file '%s' has no format number", name);
		return NULL;
	}
	if (format != JSON_FORMAT) {
		fail(err, VIR_ERR_OPERATION_UNSUPPORTED,
		     "file '%s' has format %" G_GINT64_FORMAT ", this domsh knows format %d", name,
		     format, JSON_FORMAT);
		return NULL;
	}
	return g_steal_pointer(&obj);
}
