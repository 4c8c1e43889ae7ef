/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/* json-c with the checks that foreign input needs: every getter tells whether the key was there
 * with the right type, and changes nothing when not. Our own files are one object of at most
 * JSON_FILE_MAX bytes with a format number "v" that must be 1. */
#include <glib.h>
#include <json-c/json.h>
#include <stdbool.h>

#define JSON_FILE_MAX 65536

G_DEFINE_AUTOPTR_CLEANUP_FUNC(json_object, json_object_put)

/* Parse exactly one JSON value from text; depth is limited. NULL and err set when it is not. */
json_object *json_parse(const char *text, size_t size, GError **err);

/* *ret_text stays owned by the object. */
bool json_get_string(json_object *obj, const char *key, const char **ret_text);
bool json_get_int(json_object *obj, const char *key, gint64 *ret_value);
bool json_get_bool(json_object *obj, const char *key, bool *ret_value);
bool json_get_object(json_object *obj, const char *key, json_object **ret_value);
bool json_get_array(json_object *obj, const char *key, json_object **ret_value);

void json_set_string(json_object *obj, const char *key, const char *text); /* NULL: not set */
void json_set_int(json_object *obj, const char *key, gint64 value);
void json_set_bool(json_object *obj, const char *key, bool value);

/* Read one of our own files: bounded, one object, "v" == 1. Fails with ENOENT (OS_ERROR) when
 * there is none. */
json_object *json_read_file(int dirfd, const char *name, GError **err);
