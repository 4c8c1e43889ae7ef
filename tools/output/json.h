/* SPDX-License-Identifier: LGPL-2.1-or-later */
#pragma once
/*
 * JSON documents of the shell: json-c, with the conventions of our output. Keys are stable
 * English; unknown is null; bytes that are not UTF-8 become U+FFFD, so every document is valid.
 */
#include <stdbool.h>
#include <stdio.h>
#include <json-c/json.h>

void json_put_text(struct json_object *o, const char *key, const char *text); /* NULL: null */
void json_put_number(struct json_object *o, const char *key, long long number, bool known);
void json_put_bool(struct json_object *o, const char *key, bool value);
/* Epoch seconds, and beside them key_iso in UTC; 0 (not known) gives null. */
void json_put_time(struct json_object *o, const char *key, long long time);
/* One line; takes the document. */
void json_print(struct json_object *take_document, FILE *out);
